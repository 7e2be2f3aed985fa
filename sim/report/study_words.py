"""A study in words: the answer, the verdict, what it leans on and what would turn it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from sim.analysis.comparing import Ended
from sim.analysis.mapping import Mapped, Sheet, claimed, won
from sim.analysis.ruling import Ruling, Tried, certain
from sim.analysis.studying import Moved, Studied
from sim.kpis import KPIS
from sim.report.hiring import words as step_words
from sim.report.numbers import THIN, amount, limits, scale, tells
from sim.scenarios.changing import has, setting
from sim.scenarios.study_file import StudyFile
from sim.shop.staffing import steps
from sim.statistics import Estimate

Answered = Studied | Mapped

#: shorter than what the settings and measures say of themselves
_ASSUMPTIONS = {
    "handoffs.*.drop_between": "chance of a drop between two people",
    "handoffs.*.drop_to_self": "chance of a drop to oneself",
    "handoffs.*.drop_per_interruption": "chance of a drop added by an interruption",
    "attention.switch_s": "time to change hats",
    "gifts.correlation": "correlation of phone and desk gifts",
    "handoffs.manuals_factor": "what hand-offs lack with manuals, of what they lack without",
    "handoffs.mastery": "how far manuals are known by heart",
    "handoffs.mastery_rapport": "rapport gained by knowing them",
    "calls.types.*.patience_min": "how long callers wait",
    "calls.tier_misread": "chance that a customer's tier is misread",
    "screening.declined_talk_share": "talk time of a declined call, of the usual",
    "screening.asks_min": "longer for calls that are kept",
}
_MEASURES = {
    "contribution_expected_per_year": "contribution a year",
    "abandoned_share": "calls abandoned",
    "billable_h_per_technician_day": "billable hours a technician-day",
    "contribution_week_p5": "contribution in the bad week",
}


def difference(key: str, found: Estimate, currency: str) -> str:
    """A difference with its interval: ``+$40,000 (95 % $20,000 to $60,000)``; shares in percentage points."""
    how = scale(KPIS[key], currency)
    low, high = limits(found, how)
    text = f"{'+' if found.mean > 0 else ''}{amount(found.mean, found.half_width, how)} (95{THIN}% {low} to {high})"
    return _points(text, key)


def level(key: str, found: Estimate, currency: str) -> str:
    """A mean with half its interval."""
    how = scale(KPIS[key], currency)
    return f"{amount(found.mean, found.half_width, how)} ± {amount(found.half_width, found.half_width, how)}"


def _points(text: str, key: str) -> str:
    if KPIS[key].unit != "share":
        return text
    marker = f"95{THIN}%"
    return marker.join(part.replace(f"{THIN}%", " points") for part in text.split(marker))


def currency_of(file: StudyFile) -> str:
    """The sign of money."""
    return file.plans[0].prices.currency


def what(key: str) -> str:
    """A measure in words."""
    return _MEASURES.get(key, KPIS[key].label)


def named(file: StudyFile, plan: str) -> str:
    """A plan as an owner would say it: of a study of the next step, the step."""
    if file.settings.kind != "hire":
        return plan
    return next((step_words(step) for step in steps(file.plans[0]) if step.key == plan), plan)


def joined(parts: Sequence[str], last: str = "or") -> str:
    """All of them in a row, however long: ``a, b or c``."""
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}" if len(parts) > 1 else "".join(parts)


def about(file: StudyFile, name: str) -> tuple[str, str]:
    """What an assumption is, in a few words, and its unit."""
    found = setting(next((plan for plan in file.plans if has(plan, name)), file.plans[0]), name)
    words = _ASSUMPTIONS.get(name) or found.doc or name
    return (
        f"{words} ({name.split('.')[1]})"
        if name.startswith("handoffs.") and name.count(".") > 1 and "*" not in name
        else words
    ), found.unit


def value(x: float, unit: str) -> str:
    """A value of an assumption with its unit."""
    return f"{x:g}{f'{THIN}{unit}' if unit else ''}".replace("-", "\N{MINUS SIGN}")


def case(file: StudyFile, name: str, x: float) -> str:
    """One variation in words: ``changing hats = 120 s``."""
    words, unit = about(file, name)
    return f"{words} = {value(x, unit)}"


# The verdict


def verdict(found: Answered) -> str:
    """The verdict with what it hangs on: ``holds``, ``holds when ...``, ``cannot tell``."""
    if isinstance(found, Mapped):
        return _map_verdict(found)
    ruled, file = found.ruled, found.file
    if ruled.ruling is Ruling.ASSUMED:
        return f"assumed: {file.settings.assumed.rstrip('.')}"
    if ruled.ruling is Ruling.HOLDS_WHEN and ruled.base > 0:
        return _holds_but(found)
    if ruled.ruling is Ruling.HOLDS_WHEN:
        return f"holds when {_cases(file, ruled.holds, 'or')}; cannot be told with the plans as they are"
    if ruled.ruling is Ruling.DOES_NOT_HOLD and ruled.holds:
        return f"does not hold; it would with {_cases(file, ruled.holds, 'or')}"
    return str(ruled.ruling.value)


def _holds_but(found: Studied) -> str:
    """Certain with the plans as they are, and lost under some variations."""
    ruled = found.ruled
    rest = " and under the other variations" if ruled.holds else ""
    open_ = f"not certain with {_cases(found.file, ruled.open)}" if ruled.open else ""
    turned = f"the opposite is certain with {_cases(found.file, ruled.turned)}" if ruled.turned else ""
    return f"holds when all is as assumed{rest}; {', '.join(filter(None, (open_, turned)))}"


def _cases(file: StudyFile, tried: Sequence[Tried], last: str = "or") -> str:
    return joined([case(file, each.name, each.value) for each in tried], last)


def _map_verdict(found: Mapped) -> str:
    if found.ruling in (Ruling.ASSUMED, Ruling.NO_CLAIM):
        return str(found.ruling.value)
    yes, no, total = counts(found, found.sheets[0])
    if found.ruling is Ruling.HOLDS_WHEN:
        return f"holds when there are {_named(found)} ({yes} of {total} cells); the opposite is certain in {no}"
    if found.ruling is Ruling.DOES_NOT_HOLD:
        return f"does not hold: certain in none of {total} cells, the opposite in {no}"
    return str(found.ruling.value)


def _named(found: Mapped) -> str:
    """The cells in which the claim is certain."""
    across, up = found.file.settings.across, found.file.settings.up
    assert across is not None, "a map has columns"
    assert up is not None, "a map has rows"
    sign = found.file.settings.sign
    by_row: dict[str, list[str]] = {}
    for (x, y), results in found.sheets[0].cells.items():
        if certain(claimed(found.file, results)) * sign == 1:
            by_row.setdefault(f"{up.values[y]:g}", []).append(f"{across.values[x]:g}")
    alike: dict[str, list[str]] = {}
    for row, columns in by_row.items():
        alike.setdefault(joined(columns), []).append(row)
    return joined([f"{joined(rows)} {up.label} for {xs} {across.label}" for xs, rows in alike.items()])


def counts(found: Mapped, sheet: Sheet) -> tuple[int, int, int]:
    """Cells of a sheet in which the claim (more, where none is made) is certain, its opposite is, and all cells."""
    sign = found.file.settings.sign or 1
    signs = [certain(claimed(found.file, results)) * sign for results in sheet.cells.values()]
    return signs.count(1), signs.count(-1), len(signs)


# The result


def result(found: Answered) -> str:
    """The result in one line, with its interval."""
    file = found.file
    money = currency_of(file)
    key = file.settings.measures[0]
    if isinstance(found, Mapped):
        return _map_result(found)
    text = difference(key, found.base.difference, money)
    if file.settings.kind == "batons":
        name = file.settings.about or "the dearest"
        return f"{name} less the dearest other: {text}"
    first, other = found.results.plans[0], file.settings.about or found.results.plans[-1]
    if file.settings.kind == "hire":
        return f"{named(file, other)}, against leaving all as it is: {text}"
    return f"{other} less {first}: {text}"


def _map_result(found: Mapped) -> str:
    """How often the plan that the claim is about is ahead of the first, and behind it."""
    yes, no, total = counts(found, found.sheets[0])
    names = [plan.name for plan in found.file.plans]
    about_ = found.file.settings.about or names[-1]
    return f"{about_} certainly ahead of {names[0]} in {yes} of {total} cells, behind in {no}"


def _won(found: Mapped, key: str) -> str:
    file, sheet = found.file, found.sheets[0]
    winners: dict[int, int] = {}
    unknown = 0
    for results in sheet.cells.values():
        winner = won(results, key)
        if winner.told:
            winners[winner.plan] = winners.get(winner.plan, 0) + 1
        else:
            unknown += 1
    names = [plan.name for plan in file.plans]
    parts = [f"{names[plan]} wins {n}" for plan, n in sorted(winners.items(), key=lambda each: -each[1])]
    return f"of {len(sheet.cells)} cells {joined([*parts, f'{unknown} cannot be told'], 'and')}"


def answer(found: Answered) -> list[str]:
    """Question, answer and verdict, a line each."""
    settings = found.file.settings
    lines = [settings.question]
    if settings.claim:
        lines.append(f"Claim: {settings.claim}")
    lines += others(found)
    if found.file.settings.sign or settings.assumed:
        lines.append(f"Verdict: {verdict(found)}.")
    if isinstance(found, Studied) and found.ended is Ended.BUDGET:
        lines.append("The budget was spent before the difference was as precise as asked.")
    return lines


def others(found: Answered) -> list[str]:
    """What was found in each measure; of hire and batons every step and hand-off, the best or dearest first."""
    file, money = found.file, currency_of(found.file)
    if isinstance(found, Mapped):
        return [f"By {what(key)}, {_won(found, key)}." for key in file.settings.measures]
    results, keys = found.results, file.settings.measures
    plans = range(1, len(results.plans))
    if file.settings.kind in ("batons", "hire"):
        order = sorted(plans, key=lambda plan: -results.difference(plan, keys[0]).mean)
        return [
            f"{named(file, results.plans[plan])}: {difference(keys[0], results.difference(plan, keys[0]), money)}"
            for plan in order
        ]
    return [
        f"{results.plans[plan]} less {results.plans[0]}, {what(key)}: "
        f"{difference(key, results.difference(plan, key), money)}"
        for plan in plans
        for key in keys
        if results.has(key)
    ]


# What it leans on


def leans(found: Answered) -> list[str]:
    """Each assumption that was varied, and how far it must move to turn the sign."""
    if isinstance(found, Mapped):
        return [_sheet(found, sheet) for sheet in found.sheets[1:]]
    return [_moved(found, moved) for moved in found.moved if moved.tried]


def turns(found: Answered) -> list[str]:
    """The assumptions that turn the sign somewhere in what was tried, and where, in a few words."""
    if isinstance(found, Mapped):
        return []
    return [f"`{moved.name}` {_place(found, moved)}" for moved in found.moved if _crossing(found, moved)]


def _crossing(found: Studied, moved: Moved) -> list[Tried]:
    """Values at which the mean has the opposite sign; none where the plans as they are tell no sign."""
    return [
        each
        for each in moved.tried
        if tells(found.base.difference) and each.difference.mean * found.base.difference.mean < 0.0
    ]


def _moved(found: Studied, moved: Moved) -> str:
    words, unit = about(found.file, moved.name)
    key, money = found.measure, currency_of(found.file)
    ends = ", ".join(f"at {value(each.value, unit)} {difference(key, each.difference, money)}" for each in moved.tried)
    now = "" if math.isnan(moved.now) else f", now {value(moved.now, unit)}"
    return f"{words} (`{moved.name}`{now}): {ends}; {_turn(found, moved)}"


def _turn(found: Studied, moved: Moved) -> str:
    if not tells(found.base.difference):
        told = [each for each in moved.tried if tells(each.difference)]
        return "told at that end" if len(told) == 1 else "told at both" if told else "the sign is not told"
    return f"the sign turns {_place(found, moved)}" if _crossing(found, moved) else "the sign does not turn"


def _place(found: Studied, moved: Moved) -> str:
    """About where the sign turns, on a straight line from where the plans are."""
    unit = about(found.file, moved.name)[1]
    crossing = _crossing(found, moved)
    sure = "" if any(tells(each.difference) for each in crossing) else ", though not beyond doubt"
    if math.isnan(moved.turns):
        return f"before {value(crossing[0].value, unit)}{sure}"
    return f"at about {value(float(f'{moved.turns:.2g}'), unit)}{sure}"


def _sheet(found: Mapped, sheet: Sheet) -> str:
    yes, no, total = counts(found, sheet)
    names = [plan.name for plan in found.file.plans]
    claimed_, first = found.file.settings.about or names[-1], names[0]
    where = case(found.file, sheet.name, sheet.value)
    return f"{where}: {claimed_} ahead of {first} in {yes} of {total} cells, behind in {no}"


def grid(found: Mapped) -> str:
    """What the plan that the claim is about has more than the first, by cell, as a table."""
    file = found.file
    across, up = file.settings.across, file.settings.up
    assert across is not None, "a map has columns"
    assert up is not None, "a map has rows"
    key, money = file.settings.measures[0], currency_of(file)
    about_, first = file.settings.about or file.plans[-1].name, file.plans[0].name
    head = ["", *(f"{x:g}" for x in across.values)]
    lines = [head, ["---"] * len(head)]
    for y in reversed(range(len(up.values))):
        cells = [claimed(file, found.sheets[0].cells[x, y]) for x in range(len(across.values))]
        lines.append([f"{up.values[y]:g}", *(_pm(key, each, money) for each in cells)])
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    told = f"{about_} less {first}, {what(key)}: mean and half of the 95{THIN}% interval, in bold where it is certain"
    return f"{told}. Columns: {across.label}; rows: {up.label}.\n\n{table}"


def _pm(key: str, found: Estimate, money: str) -> str:
    how = scale(KPIS[key], money)
    text = f"{amount(found.mean, found.half_width, how)} ± {amount(found.half_width, found.half_width, how)}"
    return f"**{text}**" if certain(found) else text


def as_data(found: Answered) -> dict[str, Any]:
    """The answer for the manifest, from which the table of verdicts is made."""
    data: dict[str, Any] = {
        "ruling": (found.ruling if isinstance(found, Mapped) else found.ruled.ruling).value,
        "verdict": verdict(found),
        "result": result(found),
        "leans": leans(found),
        "turns": turns(found),
    }
    return data
