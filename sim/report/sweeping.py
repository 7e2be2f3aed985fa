"""A sweep in a table: one line a point and plan."""

from __future__ import annotations

from sim.analysis import Sweep
from sim.kpis import KPIS
from sim.report import varied as of
from sim.report.machine import finite
from sim.report.machine import limits as limits_of
from sim.report.measures import currency, label
from sim.report.numbers import NONE, plain, scale
from sim.report.tables import Table, signed


def sentence(found: Sweep, measure: str) -> str:
    """What was run, and where the first plan is best and worst."""
    design = {"grid": "a grid", "lhs": "a Latin hypercube", "sobol": "Sobol points"}[found.design]
    plans = "1 plan" if len(found.plans) == 1 else f"{len(found.plans)} plans"
    points = "1 point" if len(found.points) == 1 else f"{len(found.points):,} points"
    return f"{label(measure, found.results).capitalize()} of {plans} at {points} of {design}:"


def table(found: Sweep, measure: str) -> Table:
    """One row a point and plan: the settings, the measure, and with several plans the difference to the first."""
    how, money = scale(KPIS[measure], currency(found.results)), currency(found.results)
    several = len(found.plans) > 1
    headers = [
        "point",
        *found.space.names,
        *(["plan"] if several else []),
        f"{label(measure, found.results)}, {how.unit}",
    ]
    headers += [f"less {found.plans[0]}"] if several else []
    rows = []
    for point, values in enumerate(found.points):
        said = [of.value(each, x, money) for each, x in zip(found.space.varied, values, strict=True)]
        for plan, name in enumerate(found.plans):
            first = [f"{point}", *said] if plan == 0 else [""] * (1 + len(said))
            row = [*first, *([name] if several else []), plain(found.estimate(point, plan, measure), how)]
            if several:
                row.append(signed(found.difference(point, plan, measure), how) if plan else NONE)
            rows.append(tuple(row))
    return Table("", tuple(headers), tuple(rows), fixed=1 + len(found.space.names) + several)


def remarks(found: Sweep) -> str:
    """What the numbers of the table are, and what was done to the settings."""
    results = found.results
    text = (
        f"Mean ± half of the 95 % interval over {results.asked:,} replications of {results.days:,} days, seed "
        f"{results.seed}; every plan meets the same callers at every point, and differences are paired."
    )
    whole = [each.name for each in found.space.varied if each.setting.whole]
    text += f" Whole numbers are rounded: {', '.join(whole)}." if whole else ""
    for name in found.space.partly():
        there = [plan for plan, names in zip(found.plans, found.space.there, strict=True) if name in names]
        text += f" {name} is varied only in {' and '.join(there)}: the other plans have no such setting."
    return text


def as_data(found: Sweep, measure: str) -> dict[str, object]:
    """Points, and the means of every measure there, for JSON."""
    plans = range(len(found.plans))
    return {
        "plans": list(found.plans), "design": found.design, "seed": found.results.seed, "days": found.results.days,
        "replications": found.results.asked, "measure": measure,
        "points": [
            {
                "point": point,
                "values": dict(zip(found.space.names, values, strict=True)),
                "plans": [
                    {
                        "plan": found.plans[plan],
                        measure: limits_of(found.estimate(point, plan, measure)),
                        "less_first": limits_of(found.difference(point, plan, measure)) if plan else None,
                        "kpis": {key: finite(found.estimate(point, plan, key).mean) for key in found.results.keys},
                    }
                    for plan in plans
                ],
            }
            for point, values in enumerate(found.points)
        ],
    }  # fmt: skip
