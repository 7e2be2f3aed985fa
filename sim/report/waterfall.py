"""The waterfall: where the money goes between what the callers were worth and what was collected."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from matplotlib.axes import Axes

from sim.kpis import KPIS
from sim.report.drawing import INK, RULE, Picture, bare, colour, data_uri, drawn, legend, short
from sim.report.measures import currency, means
from sim.report.numbers import scale
from sim.study.results import Floats, Results

CAUSES = 7  # losses that have a row of their own
BAR_IN = (0.17, 0.135)  # height of a bar; of one among many
SMALL_SHARE = 0.012  # of the potential: smaller losses are folded together
#: in the trade's words
CAUSES_IN_WORDS = {
    "abandoned": "hung up while waiting",
    "balked": "hung up at once",
    "blocked": "found the line busy",
    "after_hours": "rang after hours",
    "voicemail": "met the voicemail",
    "cut_off": "cut off at closing",
    "no_rapport": "not won on the phone",
    "shopper": "only shopping for a price",
    "put_off_by_wait": "put off by the wait",
    "no_slot": "no visit soon enough",
    "screened_out": "screened out",
    "cancelled": "cancelled",
    "no_show": "nobody at home",
    "declined_at_triage": "declined at triage",
    "lost_baton": "baton dropped, never found",
    "sale_not_made": "replacement not sold",
    "dispute": "disputed",
    "open_retrying": "still trying at the end",
    "open_unvisited": "not yet visited at the end",
    "open_unbilled": "not yet billed at the end",
    "open_unpaid": "not yet paid at the end",
    "discounts": "discounts",
    "discount": "discounts",
    "uncollected": "billed, never paid",
    "unbilled": "done, never billed",
}

Row = tuple[str, Floats]  # a name, and an amount a plan


def waterfall(results: Results) -> Picture | None:
    """From the potential down to what was collected, one row a cause and one bar a plan."""
    if not results.has("potential") or not means(results, "potential").all():  # or a plan of which no run is finished
        return None
    rows = rows_of(results)
    with drawn(0.4 + len(rows) * (0.16 + BAR_IN[len(results.plans) > 2] * len(results.plans))) as figure:
        _bars(figure.add_subplot(), rows, results)
        legend(figure, results.plans)
        remark = f"What the callers were worth, what was lost to what, and what came in, over {results.days:,} days."
        return Picture(data_uri(figure), _collected(rows, results), remark, _told(rows, results))


def rows_of(results: Results) -> list[Row]:
    """Potential, causes of loss (the largest first, small ones together), collected."""
    losses = [key for key in results.keys if key.startswith("loss_") and not key.endswith("_per_year")]
    found: list[Row] = [(_cause(key), means(results, key)) for key in losses]
    found.sort(key=lambda row: -float(row[1].sum()))
    least = SMALL_SHARE * float(means(results, "potential").max())
    large = [row for row in found[:CAUSES] if row[1].max() >= least]
    rest = sum((row[1] for row in found[len(large) :]), np.zeros(len(results.plans)))
    other: list[Row] = [("other losses", rest)] if rest.any() else []
    return [("potential", means(results, "potential")), *large, *other, ("collected", means(results, "collected"))]


def _cause(key: str) -> str:
    """A cause of loss in the trade's words."""
    return CAUSES_IN_WORDS.get(key.removeprefix("loss_"), KPIS[key].label.removeprefix("lost: "))


def _bars(axes: Axes, rows: Sequence[Row], results: Results) -> None:
    how = scale(KPIS["potential"], currency(results))
    plans, widest = len(results.plans), float(rows[0][1].max())
    high = 0.84 / plans
    for place, plan, left, size in _floating(rows):
        y = place + (plan - (plans - 1) / 2.0) * high
        strength = 1.0 if place in (0, len(rows) - 1) else 0.55
        axes.barh(y, size, left=left, height=0.86 * high, color=colour(plan), alpha=strength, linewidth=0)
        end = max(left, left + size) + 0.008 * widest
        axes.text(end, y, short(size, how), va="center", fontsize=7.5, color=INK)
    axes.set_yticks(range(len(rows)), [row[0] for row in rows])
    axes.set_ylim(len(rows) - 0.45, -0.55)
    axes.set_xlim(0.0, 1.13 * widest)
    bare(axes)
    for between in (0.5, len(rows) - 1.5):
        axes.axhline(between, color=RULE, linewidth=0.8)


def _floating(rows: Sequence[Row]) -> Iterator[tuple[int, int, float, float]]:
    """Row, plan, left end and length of each bar: losses hang from what is left, the first and last row stand at 0."""
    left = np.zeros(len(rows[0][1]))
    for place, (_, amounts) in enumerate(rows):
        left = np.zeros(len(amounts)) if place in (0, len(rows) - 1) else left - amounts
        for plan, size in enumerate(amounts.tolist()):
            yield place, plan, float(left[plan]), size
        left = amounts if place == 0 else left


def _collected(rows: Sequence[Row], results: Results) -> str:
    """How much of the potential each plan collects, the most first."""
    share = 100.0 * rows[-1][1] / rows[0][1]
    order = sorted(range(len(results.plans)), key=lambda plan: -share[plan])
    if len(order) == 1:
        return f"{share[0]:.0f} % of the potential is collected"
    if len(order) > 2:
        best = results.plans[order[0]]
        return f"{share.min():.0f} to {share.max():.0f} % of the potential is collected, the most under {best}"
    best, other = (f"{share[plan]:.0f} %" for plan in order)
    under = [results.plans[plan] for plan in order]
    return f"{best} of the potential is collected under {under[0]}, {other} under {under[1]}"


def _told(rows: Sequence[Row], results: Results) -> str:
    how = scale(KPIS["potential"], currency(results))
    parts = [f"{name} {' and '.join(short(size, how) for size in amounts)}" for name, amounts in rows]
    return f"Bars for {' and '.join(results.plans)}: {'; '.join(parts)}."
