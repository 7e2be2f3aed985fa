"""Settings that are varied: what can be said, what is refused, and what the plans then are."""

import pytest

from sim.analysis import space
from sim.scenarios import ScenarioError, load
from tests.analysis.shops import shop

BASE = load("separate").scenario


def test_a_list_a_range_and_a_name_alone() -> None:
    """A list is kept as it is, a range has its ends and levels, and a name alone takes its sensible range."""
    listed, ranged, sensible = space(
        [BASE], ["calls.per_day=40,80,60", "attention.switch_s=0:60:3", "gifts.phone_sd"]
    ).varied
    assert listed.axis(5) == (40.0, 80.0, 60.0)
    assert ranged.axis(ranged.levels or 0) == (0.0, 30.0, 60.0)
    assert (sensible.low, sensible.high) == (0.05, 0.2)


def test_a_plan_at_its_own_values_is_the_same() -> None:
    """A plan whose settings are changed to nothing else than they are stays equal, distributions included."""
    found = space([BASE], ["calls.per_day=60,61", "attention.switch_s=30,31", "calls.types.new.redial_chance=0.4,0.5"])
    assert found.at((60.0, 30.0, 0.4)) == (BASE,)


def test_distributions_are_varied_by_their_mean() -> None:
    """A distribution keeps its family and is stretched to the mean asked for, in the unit of the setting."""
    (plan,) = space([BASE], ["attention.switch_s=0:60", "calls.types.*.patience_min=1:8"]).at((60.0, 2.0))
    assert (plan.attention.switch_s.low, plan.attention.switch_s.high) == (20.0, 100.0)
    assert plan.attention.switch_s.expectation() == 1.0
    assert {kind.patience_min[0].value.mean for kind in plan.calls.types.values()} == {2.0}


def test_a_mean_of_nothing_is_nothing() -> None:
    """A distribution that is varied down to a mean of 0 always gives 0."""
    (plan,) = space([BASE], ["attention.switch_s=0:60"]).at((0.0,))
    assert plan.attention.switch_s.expectation() == 0.0


def test_whole_numbers_are_rounded() -> None:
    """A whole number is rounded wherever a range falls between two, and comes once on a grid."""
    (count,) = space([BASE], ["people.csr.count=1:3"]).varied
    assert count.axis(9) == (1.0, 2.0, 3.0)
    assert count.at(0.3) == 2.0


def test_a_setting_of_one_plan_only_is_varied_there() -> None:
    """A group that only one plan has is varied in that plan, and the other stays as it is."""
    other = load("separate", {"people": {"helper": {"wage_per_hour": 10, "count": 0}}}).scenario
    found = space([BASE, other], ["people.helper.wage_per_hour=10:30"])
    first, second = found.at((30.0,))
    assert found.partly() == ["people.helper.wage_per_hour"]
    assert first == BASE
    assert second.people["helper"].wage_per_hour == 30.0


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("calls.per_dya=1,2", 'Did you mean "per_day"'),
        ("people.csrs.count=1,2", 'Did you mean "csr"'),
        ("phones.at_closing=1,2", "is not a number"),
        ("calls.profile=1,2", "changes over the day"),
        ("calls.weekday=1,2", "is a list"),
        ("calls.tier_misread=0:2", "it should be at most 1"),
        ("people.*.count=0,1", "nobody works here"),
        ("calls.per_day=80:40", "calls.per_day=40:80"),
        ("calls.per_day=40:40", "has no length"),
        ("calls.per_day=40:80:1", "at least 2"),
        ("calls.per_day=1:2:3:4", "a range from low to high"),
        ("calls.per_day=40,many", "'many' is not a number"),
        ("calls.per_day=nan:3", "'nan' is not a number"),
        ("calls.per_day=", "should be a setting and what to try"),
        ("=3", "should be a setting and what to try"),
        ("people.csr.count", "no range that is known to be sensible"),
    ],
)
def test_what_cannot_be_varied_is_told(said: str, told: str) -> None:
    """Names that lead nowhere, settings that are no numbers and ranges that are none are refused with the way out."""
    with pytest.raises((ScenarioError, ValueError)) as refused:
        space([BASE], [said])
    assert told in str(refused.value)


def test_endless_patience_has_no_mean() -> None:
    """A distribution without a mean is refused."""
    with pytest.raises(ScenarioError, match="endless"):
        space([shop()], ["calls.types.call.patience_min=1:5"])


def test_nothing_and_twice_are_refused() -> None:
    """No setting at all, and the same setting twice, are refused."""
    with pytest.raises(ValueError, match="at least one"):
        space([BASE], [])
    with pytest.raises(ValueError, match="twice"):
        space([BASE], ["calls.per_day=1,2", "calls.per_day=3,4"])
