"""What a study file says: the question, the plans, what is measured, and what is varied."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from sim.relay import Handoff
from sim.shop.scenario import Finding
from sim.shop.settings import Many, Positive, Settings, setting

Kind = Literal["compare", "map", "batons", "hire"]
MEASURE = "contribution_expected_per_year"
REPLICATIONS = 10


def _plans(value: Any) -> Any:
    """A plan may be named alone, and a single one without brackets."""
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list):
        return items
    return tuple({"extends": item} if isinstance(item, str) else item for item in items)


def _words(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


class Planned(Settings):
    """One plan: a scenario by name or file, and what is changed in it."""

    name: str = setting("", "what it is called here; by default as the scenario is", grade="choice")
    extends: str = setting(..., "a built-in scenario or a file beside the study", grade="choice")
    set: dict[str, Any] = setting({}, "settings changed, by their dotted names", grade="choice")


class Axis(Settings):
    """One axis of a map: its values, and settings that go along with them, a value of each for every one of these."""

    label: str = setting(..., "what runs along the axis, with its unit", min_length=1, grade="choice")
    values: Many[float] = setting(..., "what is written along the axis", min_length=2, max_length=24, grade="choice")
    set: dict[str, Many[Any]] = setting(
        ..., "settings by dotted name, one value for each", min_length=1, grade="choice"
    )


class StudySettings(Settings):
    """A study: one question, put to some plans on the same callers."""

    question: str = setting(..., "the question, in one sentence", min_length=1, grade="choice")
    claim: str = setting("", "what is claimed, in one sentence", grade="choice")
    kind: Kind = setting("compare", "what is done with the plans", grade="choice")
    plans: Annotated[tuple[Planned, ...], BeforeValidator(_plans)] = setting(
        ..., "the plans; the others are held against the first", min_length=1, grade="choice"
    )
    measures: Annotated[Many[str], BeforeValidator(_words)] = setting(
        (MEASURE,), "what is measured; the verdict is about the first", min_length=1, grade="choice"
    )
    about: str = setting("", "what the claim is about: a plan, a step or a hand-off", grade="choice")
    expects: Literal["more", "less"] | None = setting(
        None, "whether the claim expects more or less of the first measure", grade="choice"
    )
    assumed: str = setting("", "why the model only returns what was put in, where it does", grade="choice")
    days: int | None = setting(
        None, "days counted; by default the plan's", unit="days", ge=1, le=36_500, grade="choice"
    )
    replications: int | None = setting(
        None, f"runs of each plan; {REPLICATIONS} unless precision is said", ge=2, le=100_000, grade="choice"
    )
    precision: Positive | None = setting(
        None, "half-width of the difference in the first measure to go on to, instead of replications", grade="choice"
    )
    seed: int = setting(1, "which callers ring", ge=0, le=2**63 - 1, grade="choice")
    set: dict[str, Any] = setting({}, "settings changed in every plan", grade="choice")
    vary: dict[str, Many[float]] = setting(
        {}, "assumptions it leans on: dotted names, and the values tried one at a time", grade="choice"
    )
    across: Axis | None = setting(None, "a map's columns", grade="choice")
    up: Axis | None = setting(None, "a map's rows, from the bottom", grade="choice")
    notes: str = setting("", "what a reader should know besides", grade="choice")

    @property
    def sign(self) -> int:
        """1 where more is claimed, -1 where less is, 0 where nothing is."""
        return {"more": 1, "less": -1, None: 0}[self.expects]


_MOST_PLANS = {"batons": 1, "hire": 1}
_LEAST_PLANS = {"compare": 2, "map": 2}


def findings(study: StudySettings) -> Iterator[Finding]:
    """What does not fit together in a study whose settings are right one by one."""
    yield from _of_kind(study)
    if study.claim and not study.expects and not study.assumed:
        yield Finding("expects", 'is missing: say whether the claim expects "more" or "less"')
    if study.expects and not study.claim:
        yield Finding("claim", "is missing: expects says which way it goes, and nobody says what")
    if study.precision is not None and study.replications is not None:
        yield Finding("precision", "goes on until the difference is known, so leave out replications")
    if study.precision is not None and study.kind != "compare":
        yield Finding("precision", 'is for kind = "compare"; say replications')
    for name, values in study.vary.items():
        if not values:
            yield Finding(f"vary.{name}", "has no values; write the ends of its sensible range, such as [0, 0.1]")
        if len(set(values)) < len(values):
            yield Finding(f"vary.{name}", "has a value twice")


def _of_kind(study: StudySettings) -> Iterator[Finding]:
    least, most = _LEAST_PLANS.get(study.kind, 1), _MOST_PLANS.get(study.kind, 99)
    if not least <= len(study.plans) <= most:
        wanted = "one plan" if most == 1 else f"at least {least} plans"
        yield Finding("plans", f'should be {wanted} for kind = "{study.kind}", not {len(study.plans)}')
    for which in ("across", "up"):
        axis: Axis | None = getattr(study, which)
        if study.kind == "map" and axis is None:
            yield Finding(
                which, f"is missing: a map has [across] and [up] (write [{which}] with label, values and set)"
            )
        elif study.kind != "map" and axis is not None:
            yield Finding(which, 'belongs to kind = "map"')
        elif axis is not None:
            yield from _of_axis(which, axis)
    if study.kind == "batons" and study.about and study.about not in HANDOFFS:
        yield Finding("about", f"there is no hand-off '{study.about}'; there are {', '.join(HANDOFFS)}")
    if study.kind in ("batons", "hire") and study.claim and not study.about and not study.assumed:
        yield Finding("about", "is missing: say which hand-off or step the claim is about")


def _of_axis(which: str, axis: Axis) -> Iterator[Finding]:
    if any(b <= a for a, b in pairwise(axis.values)):
        yield Finding(f"{which}.values", "should go up")
    for name, values in axis.set.items():
        if len(values) != len(axis.values):
            wanted = f"{len(axis.values)} values, one for each of {which}.values"
            yield Finding(f"{which}.set.{name}", f"should have {wanted}, not {len(values)}")


HANDOFFS = tuple(handoff.name.lower() for handoff in Handoff)
