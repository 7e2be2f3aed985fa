"""What a study leaves in its folder: manifest, summary table, page. No dates, no places: equal studies, equal bytes."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

from sim.analysis.mapping import Mapped
from sim.analysis.studying import Studied, plans_of
from sim.kpis import KPIS
from sim.report.study_words import Answered, answer, as_data, grid, leans, others, verdict, what
from sim.scenarios.digest import digest
from sim.scenarios.dump import value_text
from sim.scenarios.study_file import StudyFile
from sim.shop.scenario import Scenario
from sim.statistics import Estimate
from sim.study import Results
from sim.study.model import MODEL, libraries

COLUMNS = (
    "case", "across", "up", "plan", "measure", "unit", "mean", "low", "high", "n",
    "less_first", "less_first_low", "less_first_high",
)  # fmt: skip


# The table


def summary(found: Answered) -> str:
    """One row for each case (and cell), plan and measure, as CSV; six digits."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for place, results in _all(found):
        writer.writerows([*place, *row] for row in _rows(results, found.file.settings.measures))
    return out.getvalue()


def _all(found: Answered) -> Iterator[tuple[tuple[str, str, str], Results]]:
    if isinstance(found, Studied):
        yield from (((case.label, "", ""), case.results) for case in found.cases)
        return
    across, up = found.file.settings.across, found.file.settings.up
    assert across is not None, "a map has columns"
    assert up is not None, "a map has rows"
    for sheet in found.sheets:
        for (x, y), results in sheet.cells.items():
            yield (sheet.label, f"{across.values[x]:g}", f"{up.values[y]:g}"), results


def _rows(results: Results, measures: tuple[str, ...]) -> Iterator[list[str]]:
    for place, plan in enumerate(results.plans):
        for key in measures:
            own, less = results.estimate(place, key), results.difference(place, key)
            yield [plan, key, KPIS[key].unit, *_limits(own), str(own.n), *_limits(less)]


def _limits(found: Estimate) -> list[str]:
    return ["" if math.isnan(x) else f"{x:.6g}" for x in found[:3]]


# The manifest


def manifest(found: Answered) -> str:
    """All that is needed to make the study again, and its verdict, as JSON."""
    file, settings = found.file, found.file.settings
    cases = dict.fromkeys(digest(plan) for _, results in _all(found) for plan in results.scenarios)
    first = next(results for _, results in _all(found))
    asked = settings.model_dump(mode="json", exclude_defaults=True)
    replications = first.asked
    content: dict[str, Any] = {
        "study": file.name,
        "asked": asked,
        "days": first.days,
        "seed": first.seed,
        "replications": replications,
        "runs": found.runs,
        "model": MODEL,
        "hash": _hash([asked, list(cases), first.seed, replications, MODEL]),
        "libraries": libraries(),
        "plans": _plans(file),
        "answer": as_data(found),
    }
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _hash(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


def _plans(file: StudyFile) -> list[dict[str, Any]]:
    """The plans as resolved: the first with all that is no default, the others by what they have otherwise."""
    plans = plans_of(file, file.plans)
    first = _settings_of(plans[0])
    found: list[dict[str, Any]] = []
    for place, plan in enumerate(plans):
        own = _settings_of(plan)
        said = own if place == 0 else {key: own.get(key) for key in {**first, **own} if own.get(key) != first.get(key)}
        found.append({"name": plan.name, "hash": digest(plan), "settings" if place == 0 else "differs": said})
    return found


def _settings_of(plan: Scenario) -> dict[str, Any]:
    values = plan.model_dump(mode="json", exclude_defaults=True, exclude={"calls": {"trace"}})
    values.pop("name", None)
    values.pop("title", None)
    return dict(_flat(values, ""))


def _flat(values: Mapping[str, Any], head: str) -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, dict) and value and "family" not in value:
            yield from _flat(value, f"{head}{key}.")
        else:
            yield f"{head}{key}", value


# The page


def page(found: Answered, figures: Mapping[str, str]) -> str:
    """The study in words; ``figures`` are files beside it, each with what it shows."""
    file, settings = found.file, found.file.settings
    parts = [f"# {settings.question}"]
    if settings.claim:
        parts.append(f"**Claim.** {settings.claim}")
    if settings.sign or settings.assumed:
        parts.append(f"**Verdict: {verdict(found)}.**")
    parts.append("\n".join(f"- {line}" for line in others(found)))
    parts += [f"![{shows}]({name})" for name, shows in figures.items()]
    if isinstance(found, Mapped):
        parts.append(f"## The claim, cell by cell\n\n{grid(found)}")
    parts.append("## Plans\n\n" + "\n".join(_plan_lines(file)))
    if settings.vary:
        heading = "## What it leans on\n\nEach assumption alone at the ends of its sensible range, all else as it is."
        parts.append(f"{heading}\n\n" + "\n".join(f"- {line}." for line in leans(found)))
    if settings.notes:
        parts.append(f"## Besides\n\n{settings.notes.strip()}")
    parts.append("## How it was run\n\n" + _how(found))
    return "\n\n".join(parts) + "\n"


def _plan_lines(file: StudyFile) -> Iterator[str]:
    for plan, asked in zip(file.plans, file.settings.plans, strict=True):
        changes = ", ".join(f"`{name}` = {_short(value)}" for name, value in asked.set.items())
        start = f"- **{plan.name}**: `{asked.extends}`"
        yield f"{start} with {changes}" if changes else f"{start}: {plan.title}" if plan.title else start
    if file.settings.set:
        yield "- In every plan: " + ", ".join(
            f"`{name}` = {_short(value)}" for name, value in file.settings.set.items()
        )
    for axis in (file.settings.across, file.settings.up):
        if axis is not None:
            names = ", ".join(f"`{name}` = {_short(list(values))}" for name, values in axis.set.items())
            yield f"- Along {axis.label} ({', '.join(f'{value:g}' for value in axis.values)}): {names}"


def _short(value: object) -> str:
    return value_text(value)


def _how(found: Answered) -> str:
    first = next(results for _, results in _all(found))
    all_ = list(_all(found))
    days = sum(int(results.finished.sum()) * (results.days + _warmup(results)) for _, results in all_)
    measures = ", ".join(f"{what(key)} (`{key}`)" for key in found.file.settings.measures)
    length = "" if isinstance(found, Mapped) else f" of {first.days} days"
    return (
        f"`baton study experiments/{found.file.name}.toml`: {first.asked} replications{length} after the warm-up, "
        f"seed {first.seed}, every plan on the same callers; {found.runs:,} runs, {days / 365:,.0f} shop-years in all. "
        f"Measures: {measures}. Intervals are 95 % each alone, differences paired by replication. "
        "[All numbers](summary.csv), [manifest](manifest.json)."
    )


def _warmup(results: Results) -> int:
    return results.scenarios[0].horizon.warmup_days


def told(found: Answered) -> str:
    """What the command prints."""
    return "\n".join(answer(found))
