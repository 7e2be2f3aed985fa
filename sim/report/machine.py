"""Results for machines: JSON and CSV. What is not a number is null in JSON and empty in CSV."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

from sim.kpis import KPIS
from sim.report.numbers import scale
from sim.statistics import Estimate
from sim.study.results import Results

RUN_COLUMNS = ("scenario", "by", "class", "key", "label", "unit", "mean", "low", "high")
COMPARE_COLUMNS = ("plan", "against", "by", "class", "key", "label", "unit", "mean", "low", "high")


def run_json(results: Results) -> str:
    """One plan as one JSON object."""
    return dumps(_plan(results, 0))


def compare_json(results: Results, study: Mapping[str, object] | None = None) -> str:
    """All plans, each against the first, and how the study ended."""
    plans = range(len(results.plans))
    found: dict[str, object] = {
        "plans": [_plan(results, plan) for plan in plans],
        "differences": [_difference(results, plan) for plan in plans[1:]],
    }
    return dumps(found | ({"study": dict(study)} if study else {}))


def _plan(results: Results, plan: int) -> dict[str, Any]:
    found: dict[str, Any] = {
        "scenario": results.plans[plan],
        "seed": results.seed,
        "days": results.days,
        "replications": results.replications(plan),
        "kpis": {key: _described(key, results.estimate(plan, key), results) for key in results.keys},
    }
    if results.interrupted:
        found["interrupted"] = True
    if results.splits:
        found["by"] = {
            by: {
                name: {key: _described(key, results.split_estimate(by, plan, name, key), results) for key in split.keys}
                for name in split.labels
            }
            for by, split in results.splits.items()
        }
    return found


def _difference(results: Results, plan: int) -> dict[str, Any]:
    found: dict[str, Any] = {
        "plan": results.plans[plan],
        "against": results.plans[0],
        "kpis": {key: limits(results.difference(plan, key)) for key in results.keys},
    }
    if results.splits:
        found["by"] = {
            by: {
                name: {key: limits(results.split_difference(by, plan, name, key)) for key in split.keys}
                for name in split.labels
            }
            for by, split in results.splits.items()
        }
    return found


def _described(key: str, estimate: Estimate, results: Results) -> dict[str, Any]:
    return {**limits(estimate), "unit": _unit(key, results), "label": KPIS[key].label}


def _unit(key: str, results: Results) -> str:
    """The unit of the raw number: shares stay shares here."""
    unit = KPIS[key].unit
    return unit if unit == "share" else scale(KPIS[key], results.scenarios[0].prices.currency).unit


def limits(estimate: Estimate) -> dict[str, float | None]:
    """Mean and limits; null where there is no number."""
    return {name: finite(getattr(estimate, name)) for name in ("mean", "low", "high")}


def finite(x: float) -> float | None:
    """The number, or null where there is none."""
    return x if math.isfinite(x) else None


def dumps(found: object) -> str:
    """As JSON text; numbers must be finite."""
    return json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False)


def run_csv(results: Results) -> str:
    """One row a measure (and class of a split), with a header row."""
    rows = ((results.plans[0], *row) for row in _rows(results, 0))
    return _csv(RUN_COLUMNS, rows)


def compare_csv(results: Results) -> str:
    """The plans' measures (``against`` empty), then the differences to the first plan."""
    return _csv(COMPARE_COLUMNS, _compared(results))


def _compared(results: Results) -> Iterator[tuple[object, ...]]:
    for plan, name in enumerate(results.plans):
        yield from ((name, "", *row) for row in _rows(results, plan))
    for plan, name in enumerate(results.plans[1:], start=1):
        yield from ((name, results.plans[0], *row) for row in _rows(results, plan, against=0))


def _rows(results: Results, plan: int, against: int | None = None) -> Iterator[tuple[object, ...]]:
    for key in results.keys:
        whole = results.estimate(plan, key) if against is None else results.difference(plan, key, against)
        yield ("", "", *_row(key, whole, results))
    for by, split in results.splits.items():
        for name in split.labels:
            for key in split.keys:
                part = (
                    results.split_estimate(by, plan, name, key)
                    if against is None
                    else results.split_difference(by, plan, name, key, against)
                )
                yield (by, name, *_row(key, part, results))


def _row(key: str, estimate: Estimate, results: Results) -> tuple[object, ...]:
    numbers = (finite(x) for x in (estimate.mean, estimate.low, estimate.high))
    return (key, KPIS[key].label, _unit(key, results), *("" if x is None else repr(x) for x in numbers))


def _csv(columns: tuple[str, ...], rows: Iterator[tuple[object, ...]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue().rstrip("\n")
