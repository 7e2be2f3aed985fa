"""Four pictures of a comparison: where the money goes, what a plan is worth, what callers meet, and when."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.kpis import KPIS
from sim.report.drawing import INK, MUTED, RULE, Picture, bare, colour, data_uri, drawn, short
from sim.report.measures import better, currency, label, verdict
from sim.report.numbers import Scale, amount, limits, scale
from sim.report.words import headline, title
from sim.study.results import Results

CAUSES = 7  # losses that have a row of their own
SMALL_SHARE = 0.012  # of the potential: smaller losses are folded together
PANELS = ("abandoned_share", "service_level_share", "billable_h_per_technician_day", "wait_all_mean_s")


def figures(results: Results) -> list[Picture]:
    """The pictures for which there are numbers."""
    found = [waterfall(results), difference(results), panels(results), by_hour(results)]
    return [picture for picture in found if picture is not None]


# Where the money goes


def waterfall(results: Results) -> Picture | None:
    """From the potential down to what was collected, one row a cause and one bar a plan."""
    if not results.has("potential") or not _mean(results, "potential").any():
        return None
    rows = _rows(results)
    with drawn(0.4 + len(rows) * (0.16 + 0.17 * len(results.plans))) as figure:
        _bars(figure.add_subplot(), rows, results)
        _legend(figure, results)
        remark = f"What the callers were worth, what was lost to what, and what came in, over {results.days:,} days."
        return Picture(data_uri(figure), _where_most_goes(rows), remark, _told(rows, results))


Row = tuple[str, np.ndarray[tuple[int], np.dtype[np.float64]]]


def _mean(results: Results, key: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    means = [results.estimate(plan, key).mean for plan in range(len(results.plans))]
    return np.nan_to_num(np.array(means, dtype=np.float64))


def _rows(results: Results) -> list[Row]:
    """Potential, causes of loss (the largest first, small ones together), collected."""
    losses = [key for key in results.keys if key.startswith("loss_") and not key.endswith("_per_year")]
    found: list[Row] = [(_cause(key), _mean(results, key)) for key in losses]
    found.sort(key=lambda row: -float(row[1].max()))
    least = SMALL_SHARE * float(_mean(results, "potential").max())
    large = [row for row in found[:CAUSES] if row[1].max() >= least]
    rest = sum((row[1] for row in found[len(large) :]), np.zeros(len(results.plans)))
    other: list[Row] = [("other losses", rest)] if rest.any() else []
    return [("potential", _mean(results, "potential")), *large, *other, ("collected", _mean(results, "collected"))]


def _cause(key: str) -> str:
    """A cause of loss in the trade's words."""
    return CAUSES_IN_WORDS.get(key.removeprefix("loss_"), KPIS[key].label.removeprefix("lost: "))


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


def _bars(axes: Axes, rows: Sequence[Row], results: Results) -> None:
    how = scale(KPIS["potential"], currency(results))
    plans, widest = len(results.plans), float(rows[0][1].max())
    high = 0.84 / plans
    left = np.zeros(plans)
    for place, (name, amounts) in enumerate(rows):
        whole = name in ("potential", "collected") and place in (0, len(rows) - 1)
        left = np.zeros(plans) if whole else left - amounts
        for plan, size in enumerate(amounts):
            y = place + (plan - (plans - 1) / 2.0) * high
            axes.barh(
                y, size, left=left[plan], height=0.86 * high, color=colour(plan), alpha=1.0 if whole else 0.55, linewidth=0
            )
            end = max(left[plan], left[plan] + size)
            axes.text(end + 0.008 * widest, y, short(size, how), va="center", fontsize=7.5, color=INK)
        left = amounts.copy() if place == 0 else left
    axes.set_yticks(range(len(rows)), [row[0] for row in rows])
    axes.set_ylim(len(rows) - 0.45, -0.55)
    axes.set_xlim(0.0, 1.13 * widest)
    bare(axes)
    for place in (0.5, len(rows) - 1.5):
        axes.axhline(place, color=RULE, linewidth=0.8)


def _where_most_goes(rows: Sequence[Row]) -> str:
    if len(rows) < 3:
        return "All of the potential is collected"
    kept = rows[-1][1] / np.where(rows[0][1] > 0, rows[0][1], np.nan)
    low, high = 100 * float(np.nanmin(kept)), 100 * float(np.nanmax(kept))
    share = f"{low:.0f} %" if round(low) == round(high) else f"{low:.0f} to {high:.0f} %"
    return f"{share} of the potential is collected; most is lost to “{rows[1][0]}”"


def _told(rows: Sequence[Row], results: Results) -> str:
    how = scale(KPIS["potential"], currency(results))
    parts = [f"{name} {' and '.join(short(size, how) for size in amounts)}" for name, amounts in rows]
    return f"Bars for {' and '.join(results.plans)}: {'; '.join(parts)}."


def _legend(figure: Figure, results: Results) -> None:
    """The plans' names in their colours."""
    if len(results.plans) > 1:
        handles = [
            figure.axes[0].plot([], [], "s", color=colour(plan), markersize=7, label=name)[0]
            for plan, name in enumerate(results.plans)
        ]
        figure.legend(
            handles=handles, loc="outside lower left", ncols=min(4, len(handles)), frameon=False, fontsize=8.5,
            handletextpad=0.2, columnspacing=1.4,
        )  # fmt: skip


# What a plan is worth


def difference(results: Results) -> Picture | None:
    """Each plan against the first: a dot with its interval, and the line at no difference."""
    lead = headline(results)
    if len(results.plans) < 2 or results.difference(1, lead.key).n < 2:
        return None
    how = scale(KPIS[lead.key], currency(results))
    others = range(1, len(results.plans))
    with drawn(0.85 + 0.42 * len(others)) as figure:
        axes = figure.add_subplot()
        axes.axvline(0.0, color=MUTED, linewidth=1.0)
        for plan in others:
            _dot(axes, results, plan, how)
        axes.set_yticks(list(others), [f"{results.plans[plan]}" for plan in others])
        axes.set_ylim(len(results.plans) - 0.4, 0.4)
        axes.margins(x=0.18)
        axes.xaxis.set_major_formatter(lambda x, _: short(x / how.factor, how))
        axes.locator_params(axis="x", nbins=6)
        axes.grid(axis="x")
        axes.spines["left"].set_visible(False)
        axes.set_xlabel(_sides(results, lead.sign), fontsize=8.5)
        remark = f"Difference to {results.plans[0]} in {label(lead.key, results)}, with its 95 % interval."
        return Picture(data_uri(figure), title(results), remark, _differences_told(results, how))


def _sides(results: Results, sign: float) -> str:
    """Which side of the line is whose."""
    other = results.plans[1] if len(results.plans) == 2 else "the other"
    left, right = (results.plans[0], other) if sign > 0 else (other, results.plans[0])
    return f"\N{LEFTWARDS ARROW} {left} better      {right} better \N{RIGHTWARDS ARROW}"


def _dot(axes: Axes, results: Results, plan: int, how: Scale) -> None:
    found = results.difference(plan, headline(results).key)
    low, mean, high = (x * how.factor for x in (found.low, found.mean, found.high))
    axes.plot([low, high], [plan, plan], color=colour(plan), linewidth=2.4, solid_capstyle="butt")
    axes.plot([low, low, np.nan, high, high], [plan - 0.13, plan + 0.13, np.nan] + [plan - 0.13, plan + 0.13],
              color=colour(plan), linewidth=1.6)  # fmt: skip
    axes.plot([mean], [plan], "o", color=colour(plan), markersize=8)
    axes.annotate(
        amount(found.mean, found.half_width, how), (mean, plan), (0, 9), textcoords="offset points", ha="center", fontsize=8.5
    )


def _differences_told(results: Results, how: Scale) -> str:
    key = headline(results).key
    parts = []
    for plan in range(1, len(results.plans)):
        found = results.difference(plan, key)
        low, high = limits(found, how)
        parts.append(f"{results.plans[plan]} {amount(found.mean, found.half_width, how)}, 95 % between {low} and {high}")
    return f"Difference to {results.plans[0]}: {'; '.join(parts)}."


# What callers and technicians meet


def panels(results: Results) -> Picture | None:
    """Abandonment, service level and billable hours (or the wait): one small panel each."""
    keys = [key for key in PANELS if results.has(key) and _mean(results, key).any()][:3]
    if not keys:
        return None
    plans = len(results.plans)
    with drawn(len(keys) * (0.4 + 0.24 * plans)) as figure:
        for place, key in enumerate(keys, start=1):
            _panel(figure.add_subplot(len(keys), 1, place), results, key)
        remark = "Mean of the replications; the dark line is its 95 % interval."
        return Picture(data_uri(figure), _seen(results, keys[0]), remark, _panels_told(results, keys))


def _panel(axes: Axes, results: Results, key: str) -> None:
    how = scale(KPIS[key], currency(results))
    largest = 0.0
    for plan, name in enumerate(results.plans):
        found = results.estimate(plan, key)
        mean, half = found.mean * how.factor, np.nan_to_num(found.half_width) * how.factor
        axes.barh(plan, mean, height=0.66, color=colour(plan), alpha=0.55, linewidth=0)
        axes.plot([mean - half, mean + half], [plan, plan], color=INK, linewidth=1.4, solid_capstyle="butt")
        axes.text(mean + half, plan, f"  {amount(found.mean, found.half_width, how)}", va="center", fontsize=8.5)
        largest = max(largest, mean + half)
    axes.set_yticks(range(len(results.plans)), results.plans)
    axes.set_ylim(len(results.plans) - 0.5, -0.5)
    axes.set_xlim(0.0, largest * 1.22)
    wish = {"higher": "more is better", "lower": "less is better"}.get(KPIS[key].direction, "")
    axes.set_title(f"{label(key, results)}{f' ({wish})' if wish else ''}", loc="left", fontsize=8.5, color=MUTED, pad=3)
    bare(axes)
    axes.axvline(0.0, color=RULE, linewidth=1.0)


def _seen(results: Results, key: str) -> str:
    """Where the first panel's measure is best, if that can be told."""
    means, what = _mean(results, key), label(key, results)
    best = int(means.argmax() if better(key) > 0 else means.argmin())
    others = [plan for plan in range(len(means)) if plan != best]
    if not others or any(verdict(key, results.difference(best, key, plan)) < 1 for plan in others):
        return "What callers and technicians meet"
    return f"{'Most' if better(key) > 0 else 'Fewest'} {what} under {results.plans[best]}"


def _panels_told(results: Results, keys: Sequence[str]) -> str:
    parts = []
    for key in keys:
        how = scale(KPIS[key], currency(results))
        found = [(name, results.estimate(plan, key)) for plan, name in enumerate(results.plans)]
        numbers = ", ".join(f"{name} {amount(each.mean, each.half_width, how)}" for name, each in found)
        parts.append(f"{label(key, results)}: {numbers}")
    return f"{'; '.join(parts)}."


# When


def by_hour(results: Results) -> Picture | None:
    """The share of calls abandoned by the hour of the day, where that was collected."""
    key = "abandoned_share"
    split = results.splits.get("hour")
    if split is None or key not in split.keys:
        return None
    hours = [name for name in split.labels if _happened(results, name, key)]
    if len(hours) < 2:
        return None
    with drawn(2.3) as figure:
        axes = figure.add_subplot()
        for plan in range(len(results.plans)):
            _line(axes, results, plan, hours, key)
        axes.set_xticks(range(len(hours)), [name.removesuffix(":00").lstrip("0") or "0" for name in hours])
        axes.set_xlabel("hour of the day at which they rang")
        axes.yaxis.set_major_formatter(lambda x, _: f"{x:g} %")
        axes.set_ylim(bottom=0.0)
        axes.grid(axis="y")
        axes.spines["left"].set_visible(False)
        _legend(figure, results)
        remark = "Calls abandoned, of those offered in that hour; the band is the 95 % interval."
        return Picture(data_uri(figure), _worst_hour(results, hours, key), remark, _hours_told(results, hours, key))


def _happened(results: Results, name: str, key: str) -> bool:
    return any(results.split_estimate("hour", plan, name, key).n > 0 for plan in range(len(results.plans)))


def _line(axes: Axes, results: Results, plan: int, hours: Sequence[str], key: str) -> None:
    found = [results.split_estimate("hour", plan, name, key) for name in hours]
    mean, low, high = (
        100.0 * np.array([getattr(each, name) for each in found]) for name in ("mean", "low", "high")
    )
    places = np.arange(len(hours))
    axes.fill_between(places, np.maximum(low, 0.0), high, color=colour(plan), alpha=0.18, linewidth=0)
    axes.plot(places, mean, "o-", color=colour(plan), markersize=4, linewidth=1.8)


def _hours_told(results: Results, hours: Sequence[str], key: str) -> str:
    how = scale(KPIS[key], currency(results))
    lines = []
    for plan, called in enumerate(results.plans):
        means = [short(results.split_estimate("hour", plan, name, key).mean, how) for name in hours]
        lines.append(f"{called}: {', '.join(f'{name} {mean}' for name, mean in zip(hours, means, strict=True))}")
    return f"{'; '.join(lines)}."


def _worst_hour(results: Results, hours: Sequence[str], key: str) -> str:
    worst = []
    for plan in range(len(results.plans)):
        means = [results.split_estimate("hour", plan, name, key).mean for name in hours]
        worst.append(hours[int(np.nanargmax(means))] if not np.isnan(means).all() else "")
    if len(set(worst)) > 1 or not worst[0]:
        return "When callers give up"
    hour = int(worst[0].partition(":")[0])
    return f"Callers give up most often between {hour}:00 and {hour + 1}:00"
