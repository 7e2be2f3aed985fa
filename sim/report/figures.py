"""Four pictures of a comparison: where the money goes, what a plan is worth, what callers meet, and when."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from sim.kpis import KPIS
from sim.report.drawing import INK, MUTED, RULE, Picture, bare, called, colour, data_uri, drawn, legend, short
from sim.report.measures import better, currency, label, means, verdict
from sim.report.numbers import Scale, amount, limits, scale
from sim.report.waterfall import waterfall
from sim.report.words import headline, title
from sim.study.results import Results

PANELS = ("abandoned_share", "service_level_share", "billable_h_per_technician_day", "wait_all_mean_s")

MOST_BANDS = 3  # of intervals over one another that can still be told apart


def figures(results: Results) -> list[Picture]:
    """The pictures for which there are numbers."""
    found = [waterfall(results), difference(results), panels(results), by_hour(results)]
    return [picture for picture in found if picture is not None]


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
        axes.set_yticks(list(others), [called(results.plans[plan]) for plan in others])
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
    first, other = (called(name).replace("\n", " ") for name in results.plans[:2])
    other = other if len(results.plans) == 2 else "the other"
    left, right = (first, other) if sign > 0 else (other, first)
    return f"\N{LEFTWARDS ARROW} {left} better      {right} better \N{RIGHTWARDS ARROW}"


def _dot(axes: Axes, results: Results, plan: int, how: Scale) -> None:
    found = results.difference(plan, headline(results).key)
    low, mean, high = (x * how.factor for x in (found.low, found.mean, found.high))
    axes.plot([low, high], [plan, plan], color=colour(plan), linewidth=2.4, solid_capstyle="butt")
    axes.plot([low, low, np.nan, high, high], [plan - 0.13, plan + 0.13, np.nan, plan - 0.13, plan + 0.13],
              color=colour(plan), linewidth=1.6)  # fmt: skip
    axes.plot([mean], [plan], "o", color=colour(plan), markersize=8)
    axes.annotate(
        amount(found.mean, found.half_width, how),
        (mean, plan),
        (0, 9),
        textcoords="offset points",
        ha="center",
        fontsize=8.5,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
    )


def _differences_told(results: Results, how: Scale) -> str:
    key = headline(results).key
    parts = []
    for plan in range(1, len(results.plans)):
        found = results.difference(plan, key)
        low, high = limits(found, how)
        parts.append(
            f"{results.plans[plan]} {amount(found.mean, found.half_width, how)}, 95 % between {low} and {high}"
        )
    return f"Difference to {results.plans[0]}: {'; '.join(parts)}."


# What callers and technicians meet


def panels(results: Results) -> Picture | None:
    """Abandonment, service level and billable hours (or the wait): one small panel each."""
    keys = [key for key in PANELS if results.has(key) and means(results, key).any()][:3]
    if not keys:
        return None
    plans = len(results.plans)
    with drawn(len(keys) * (0.4 + (0.24 if plans < 3 else 0.19) * plans)) as figure:
        for place, key in enumerate(keys, start=1):
            _panel(figure.add_subplot(len(keys), 1, place), results, key)
        remark = "Mean of the replications; the dark line is its 95 % interval."
        return Picture(data_uri(figure), _seen(results, keys[0]), remark, _panels_told(results, keys))


def _panel(axes: Axes, results: Results, key: str) -> None:
    how = scale(KPIS[key], currency(results))
    largest = 0.0
    for plan in range(len(results.plans)):
        found = results.estimate(plan, key)
        mean, half = found.mean * how.factor, np.nan_to_num(found.half_width) * how.factor
        axes.barh(plan, mean, height=0.66, color=colour(plan), alpha=0.55, linewidth=0)
        axes.plot([mean - half, mean + half], [plan, plan], color=INK, linewidth=1.4, solid_capstyle="butt")
        axes.text(mean + half, plan, f"  {amount(found.mean, found.half_width, how)}", va="center", fontsize=8.5)
        largest = max(largest, mean + half)
    axes.set_yticks(range(len(results.plans)), [called(name, lines=1) for name in results.plans])
    axes.set_ylim(len(results.plans) - 0.5, -0.5)
    axes.set_xlim(0.0, largest * 1.22)
    wish = {"higher": "more is better", "lower": "less is better"}.get(KPIS[key].direction, "")
    axes.set_title(f"{label(key, results)}{f' ({wish})' if wish else ''}", loc="left", fontsize=8.5, color=MUTED, pad=3)
    bare(axes)
    axes.axvline(0.0, color=RULE, linewidth=1.0)


def _seen(results: Results, key: str) -> str:
    """Where the first panel's measure is best, if that can be told."""
    found, what = means(results, key), label(key, results)
    best = int(found.argmax() if better(key) > 0 else found.argmin())
    others = [plan for plan in range(len(found)) if plan != best]
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
    if len(hours) < 2 or not np.nan_to_num(split.values[..., split.keys.index(key)]).any():  # or nobody gives up
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
        legend(figure, results.plans)
        band = "; the band is the 95 % interval" if len(results.plans) <= MOST_BANDS else ""
        remark = f"Calls abandoned, of those offered in that hour{band}."
        return Picture(data_uri(figure), _worst_hour(results, hours, key), remark, _hours_told(results, hours, key))


def _happened(results: Results, name: str, key: str) -> bool:
    return any(results.split_estimate("hour", plan, name, key).n > 0 for plan in range(len(results.plans)))


def _line(axes: Axes, results: Results, plan: int, hours: Sequence[str], key: str) -> None:
    found = [results.split_estimate("hour", plan, name, key) for name in hours]
    mean, low, high = (100.0 * np.array([getattr(each, name) for each in found]) for name in ("mean", "low", "high"))
    places = np.arange(len(hours))
    if len(results.plans) <= MOST_BANDS:
        low, high = np.maximum(low, 0.0), np.minimum(high, 100.0)  # no share is beyond
        axes.fill_between(places, low, high, color=colour(plan), alpha=0.18, linewidth=0)
    axes.plot(places, mean, "o-", color=colour(plan), markersize=4, linewidth=1.8)


def _hours_told(results: Results, hours: Sequence[str], key: str) -> str:
    how = scale(KPIS[key], currency(results))
    lines = []
    for plan, plan_name in enumerate(results.plans):
        means = [short(results.split_estimate("hour", plan, name, key).mean, how) for name in hours]
        lines.append(f"{plan_name}: {', '.join(f'{name} {mean}' for name, mean in zip(hours, means, strict=True))}")
    return f"{'; '.join(lines)}."


def _worst_hour(results: Results, hours: Sequence[str], key: str) -> str:
    worst: dict[str, list[str]] = {}
    for plan, plan_name in enumerate(results.plans):
        shares = np.array([results.split_estimate("hour", plan, name, key).mean for name in hours])
        if not np.isnan(shares).all():
            worst.setdefault(_clock(hours[int(np.nanargmax(shares))]), []).append(plan_name)
    if len(worst) == 1:
        return f"Callers give up most often {next(iter(worst))}"
    if len(results.plans) > 2:
        return "When callers give up"
    return f"Callers give up most often {', '.join(f'{when} under {plans[0]}' for when, plans in worst.items())}"


def _clock(name: str) -> str:
    hour = int(name.partition(":")[0])
    return f"between {hour}:00 and {hour + 1}:00"
