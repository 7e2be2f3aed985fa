"""Hand-offs: chances of a drop, what is missing, and the night of the audit that finds it."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.relay import Handoff, Missing
from sim.shop.handoffs import (
    Handing,
    Handoffs,
    audit_night,
    drop_chance,
    field_chances,
    handing,
    host_rapport,
    incompleteness,
    missing_field,
)

shares = st.floats(0, 1)
accuracies = st.floats(0.5, 2)
uniforms = st.floats(0, 1, exclude_max=True)


def test_every_baton_has_its_own_settings() -> None:
    """Each hand-off is read from the table of its name."""
    handoffs = Handoffs(report=Handing(drop_between=0.5))
    assert handing(handoffs, Handoff.REPORT).drop_between == 0.5
    assert [handing(handoffs, which) for which in Handoff] == [
        handoffs.booking, handoffs.brief, handoffs.update, handoffs.report, handoffs.close,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("to_self", "board", "accuracy", "chance"),
    [(False, False, 1.0, 0.1), (True, False, 1.0, 0.04), (False, True, 1.0, 0.03), (True, True, 1.0, 0.04), (False,
    False, 2.0, 0.05)],
)  # fmt: skip
def test_the_chance_of_a_drop(to_self: bool, board: bool, accuracy: float, chance: float) -> None:
    """Between people and to oneself have their own chances; a shared board helps only the first, accuracy both."""
    hand = Handing(drop_between=0.1, drop_to_self=0.04)
    handoffs = Handoffs(shared_board=board, shared_board_factor=0.3)
    assert drop_chance(hand, handoffs, to_self, accuracy) == pytest.approx(chance)


@given(shares, shares, st.booleans(), accuracies, st.booleans())
def test_a_chance_is_a_chance(between: float, own: float, board: bool, accuracy: float, to_self: bool) -> None:
    """Whatever is set, a drop has a chance between 0 and 1."""
    hand = Handing(drop_between=between, drop_to_self=own)
    assert 0 <= drop_chance(hand, Handoffs(shared_board=board, shared_board_factor=2.0), to_self, accuracy) <= 1


def test_what_one_hands_to_oneself_is_not_incomplete_by_default() -> None:
    """To oneself the incompleteness is times a factor, by default 0."""
    assert incompleteness(Handing(), Handoffs(), True, 1.0) == 0.0
    assert incompleteness(Handing(), Handoffs(self_handoff_factor=0.5), True, 1.0) == 0.5
    assert incompleteness(Handing(), Handoffs(), False, 2.0) == 0.5


def test_manuals_help_the_more_they_are_known_by_heart() -> None:
    """Fully mastered they bring the whole factor, unread still half of the way."""
    known, unread = (Handoffs(manuals=True, manuals_factor=0.4, mastery=mastery) for mastery in (1.0, 0.0))
    assert incompleteness(Handing(), known, False, 1.0) == pytest.approx(0.4)
    assert incompleteness(Handing(), unread, False, 1.0) == pytest.approx(0.7)
    assert incompleteness(Handing(), Handoffs(manuals_factor=0.4, mastery=1.0), False, 1.0) == 1.0


def test_mastery_raises_rapport_only_with_manuals() -> None:
    """Full mastery brings the whole gain, and without manuals there is nothing to master."""
    handoffs = Handoffs(manuals=True, mastery=1.0, mastery_rapport=0.1)
    assert host_rapport(1.2, handoffs) == pytest.approx(1.32)
    assert host_rapport(1.2, handoffs.model_copy(update={"manuals": False})) == 1.2


LACKING = Handing(lacks_address=0.1, lacks_need=0.2, lacks_payment=0.3)


def test_at_most_one_field_is_missing_and_each_by_its_chance() -> None:
    """The uniform falls into the fields' chances in their order; above their sum nothing is missing."""
    fields = field_chances(LACKING)
    assert [bit for _, bit in fields] == [1 << Missing.ADDRESS, 1 << Missing.NEED, 1 << Missing.PAYMENT]
    found = [missing_field(fields, 1.0, u) for u in (0.05, 0.15, 0.55, 0.65)]
    assert found == [1 << Missing.ADDRESS, 1 << Missing.NEED, 1 << Missing.PAYMENT, 0]


@given(uniforms, st.floats(0, 1), st.floats(0, 1))
def test_a_lower_chance_never_loses_what_was_kept(u: float, one: float, other: float) -> None:
    """With a smaller factor a field that was not missing does not get missing."""
    low, high = sorted((one, other))
    fields = field_chances(LACKING)
    if missing_field(fields, high, u) == 0:
        assert missing_field(fields, low, u) == 0


@pytest.mark.parametrize(("u", "night"), [(0.0, 1), (0.29, 1), (0.31, 2), (0.50, 2), (0.52, 3)])
def test_the_night_of_the_audit(u: float, night: int) -> None:
    """With a chance of 0.3 the first audit finds 0.3, the second up to 0.51, and so on."""
    assert audit_night(u, 0.3) == night


@given(uniforms, st.floats(0.05, 1.0))
def test_the_night_is_geometric_by_inversion(u: float, chance: float) -> None:
    """The night is the smallest n for which the chance to be found by then exceeds the uniform."""
    night = audit_night(u, chance)
    if night is not None and chance < 1.0:
        exact = math.floor(math.log1p(-u) / math.log1p(-chance)) + 1
        assert abs(night - exact) <= (abs(1.0 - (1.0 - chance) ** (night - 1) - u) < 1e-9 or night != exact) * 1
        assert 1.0 - (1.0 - chance) ** night > u - 1e-12


def test_an_audit_without_a_chance_never_finds_it() -> None:
    """With a chance of 0 no night is the one, with a chance of 1 the first is."""
    assert audit_night(0.0, 0.0) is None
    assert audit_night(1 - 2**-53, 1.0) == 1
