"""Whoever takes the manager's choices is asked, told what is known, and obeyed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.world.little import story

SHOP = """
[people.ann]
hats = ["csr"]
[people.max]
hats = ["service_manager"]
[people.dora]
hats = ["dispatcher"]
[people.tom]
hats = ["technician"]
trades = ["hvac"]
"""
LADDER = '[ladder]\nenabled = true\nsteps = ["stop_side_work", "manager_answers"]\nlongest_wait_s = 60\nhold_min = 5\n'
SCREENING = "[screening]\nenabled = true\non_at = 5\noff_at = 1\nhold_min = 0\n[calls]\ntiers = [0, 0, 1]\n"
CALLS = "09:00 question 10, 09:01 question, 09:07 question, 09:12 lead, 09:40 lead"
Asked = list[tuple[str, dict[str, Any], Any]]


def test_who_decides_is_told_what_is_known_and_what_the_rule_would_do() -> None:
    """Every reading asks about screening with its signal, and the rule's own answer changes nothing."""
    asked: Asked = []

    def agree(question: str, known: Mapping[str, Any], rule: Any) -> Any:
        asked.append((question, dict(known), rule))
        return rule

    told = story(SHOP + SCREENING, CALLS, decide=agree)
    assert told.run.digest() == story(SHOP + SCREENING, CALLS).run.digest()
    assert {question for question, _, _ in asked} == {"screening"}
    assert ("screening", {"on": False, "signal": 6.0}, True) in asked


def test_a_no_to_screening_is_obeyed() -> None:
    """Where the rule would screen, a no keeps every lead booked."""
    told = story(SHOP + SCREENING, CALLS, decide=lambda question, known, rule: False)
    assert told.of("screen_on") == []
    assert [line for line in told.of("call_ended") if "screened" in line] == []


def test_a_yes_to_screening_is_obeyed() -> None:
    """Screening that is ordered at the first reading declines the lead that the rule would have booked."""
    told = story(SHOP + SCREENING, "09:00 lead", decide=lambda question, known, rule: True)
    assert told.of("screen_on", "call_ended")[-1] == "09:02:30 A call_ended screened_out"


def test_the_ladders_step_can_be_chosen() -> None:
    """Asked for a step, an answer of two goes straight to it, and the manager answers."""
    asked: Asked = []

    def two(question: str, known: Mapping[str, Any], rule: Any) -> Any:
        asked.append((question, dict(known), rule))
        return 2 if question == "ladder" else rule

    told = story(SHOP + LADDER, "09:00 question, 09:01 question", decide=two)
    assert told.of("ladder_up")[0].endswith("ladder_up 2")
    assert told.of("answered")[1] == "09:01 B answered max 0"
    assert {"step", "level", "longest_wait_min"} <= set(
        next(known for question, known, _ in asked if question == "ladder")
    )


def test_nobody_is_asked_where_nothing_is_watched() -> None:
    """Without ladder and screening there is no choice to make."""

    def never(question: str, known: Mapping[str, Any], rule: Any) -> Any:
        raise AssertionError(question)

    assert story(SHOP, CALLS, decide=never).count("screen_on") == 0
