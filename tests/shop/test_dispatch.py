"""Dispatch policies: what each prefers, how ties fall, and that emergencies go before all others."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.shop.dispatch import POLICIES, Candidate, Dispatch, accepts_hole, best

PLAIN = Candidate(
    booked_at=100.0, window_start=480.0, window_end=720.0, tier=1, km=5.0, value=400.0, minutes=100.0, emergency=False,
    order=1,
)  # fmt: skip
candidates = st.builds(
    Candidate,
    booked_at=st.integers(0, 3).map(float),
    window_start=st.just(480.0),
    window_end=st.sampled_from([720.0, 960.0]),
    tier=st.integers(0, 2),
    km=st.integers(0, 3).map(float),
    value=st.sampled_from([100.0, 400.0]),
    minutes=st.sampled_from([50.0, 100.0]),
    emergency=st.booleans(),
    order=st.integers(0, 1000),
)
some = st.lists(candidates, min_size=1, max_size=6, unique_by=lambda candidate: candidate.order)
policies = st.sampled_from(sorted(POLICIES))


@pytest.mark.parametrize(
    ("policy", "better"),
    [
        ("first_come", {"booked_at": 99.0}),
        ("tier_first", {"tier": 0, "booked_at": 200.0}),
        ("nearest", {"km": 4.0, "booked_at": 200.0}),
        ("value_per_hour", {"value": 401.0}),
        ("value_per_hour", {"value": 300.0, "minutes": 70.0}),
        ("earliest_window", {"window_end": 719.0, "km": 50.0}),
        ("earliest_window", {"km": 4.0}),
    ],
)
def test_what_a_policy_prefers(policy: str, better: dict[str, Any]) -> None:
    """The better one is chosen, wherever it stands in the list and whatever its number."""
    one = PLAIN._replace(order=9, **better)
    assert best([PLAIN, one], policy) == 1
    assert best([one, PLAIN], policy) == 0


@given(some, policies)
def test_an_emergency_goes_before_all_others(listed: list[Candidate], policy: str) -> None:
    """Where there is an emergency, one is chosen, under every policy."""
    assert listed[best(listed, policy)].emergency == any(candidate.emergency for candidate in listed)


@given(some, policies)
def test_the_choice_does_not_hang_on_the_order_of_the_list(listed: list[Candidate], policy: str) -> None:
    """However the candidates are listed, the same one is chosen."""
    assert len({shuffled[best(list(shuffled), policy)] for shuffled in permutations(listed[:4])}) == 1


@given(some, policies)
def test_ties_fall_to_the_job_that_was_made_first(listed: list[Candidate], policy: str) -> None:
    """Of candidates that are alike but for their number the lowest number is chosen."""
    alike = [listed[0]._replace(order=candidate.order) for candidate in listed]
    assert alike[best(alike, policy)].order == min(candidate.order for candidate in listed)


@given(some, policies, candidates)
def test_a_further_candidate_wins_or_changes_nothing(listed: list[Candidate], policy: str, other: Candidate) -> None:
    """With one more candidate either that one is chosen or the choice stays."""
    other = other._replace(order=5000)
    assert [*listed, other][best([*listed, other], policy)] in (other, listed[best(listed, policy)])


@pytest.mark.parametrize(("days", "share"), [(0, 0.2), (3.5, 0.4), (7, 0.6), (20, 0.6)])
def test_a_hole_is_taken_the_likelier_the_more_days_it_saves(days: float, share: float) -> None:
    """The share goes from low to high over a week and no further."""
    settings = Dispatch(hole_accept_low=0.2, hole_accept_high=0.6)
    assert accepts_hole(share - 1e-9, settings, days)
    assert not accepts_hole(share + 1e-9, settings, days)
