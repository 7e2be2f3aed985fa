"""What matters most and what turns the verdict: sentences, a table and data."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from sim.analysis import Chart, LeftOut, Sensitivity, Turn, Varied, tolerance
from sim.kpis import KPIS
from sim.report import varied as of
from sim.report.machine import finite
from sim.report.machine import limits as limits_of
from sim.report.measures import better, currency, label
from sim.report.numbers import NOISE, NONE, THIN, Scale, amount, limits, rounded, scale, step, tells
from sim.report.tables import Table
from sim.report.words import listed
from sim.statistics import Morris

POINTS = " percentage points"
MOST = 5  # settings that a sentence bears
_ONE_WAY = 0.9  # of the effects' mean size: then all but few have one sign
_WHY = {
    "budget": "for the budget",
    "interrupted": "because it was interrupted",
    "given up": "because runs were given up",
}
_STEPS = {
    "screening": "trajectories of the screening",
    "indices": "the indices",
    "turn": "where the verdict turns along",
    "map": "the map of",
}


def sentences(found: Sensitivity) -> list[str]:
    """The verdict as it is, what moves it most, where it turns, and what was left out."""
    parts = [_now(found), *_most(found), *_shares(found), *(_turn(found, each) for each in found.turns)]
    if found.chart is not None:
        parts.append(_map(found, found.chart))
    return [*parts, *_apart(found), *_left_out(found.left_out)]


def title(found: Sensitivity) -> str:
    """What was asked, in a few words."""
    if len(found.plans) == 1:
        return f"What matters most for {label(found.asked.measure, found.results)} under {found.plans[0]}"
    return f"What matters most for {_against(found)}"


def how(found: Sensitivity) -> Scale:
    """How the measure is shown; differences of per cents are percentage points."""
    shown = scale(KPIS[found.asked.measure], currency(found.results))
    points = len(found.plans) == 2 and shown.unit == "%"
    return shown._replace(after=POINTS, unit=POINTS.strip()) if points else shown


def _against(found: Sensitivity) -> str:
    return f"{found.plans[0]} against {found.plans[1]}"


def ahead(found: Sensitivity, sign: float) -> str:
    """The plan that a sign of the difference (the second less the first) is good for, or that has more."""
    turned = sign * (better(found.asked.measure) or 1)
    return found.plans[1] if turned > 0 else found.plans[0]


def is_ahead(found: Sensitivity) -> str:
    """The verb that goes with it."""
    return "is ahead" if better(found.asked.measure) else "has more"


def _now(found: Sensitivity) -> str:
    shown, what, now = how(found), label(found.asked.measure, found.results), found.now
    if now.n == 0:
        return "Nothing is known yet: it was stopped before the plans were run as they are."
    if len(found.plans) == 1:
        size = amount(now.mean, now.half_width, shown)
        return f"As it is, {found.plans[0]} has {what} of {size}, 95 % {_between(found)}."
    if now.low == now.high == 0.0:
        return f"As they are, {found.plans[0]} and {found.plans[1]} do not differ in {what} at all."
    turn = 1.0 if now.mean > 0 else -1.0
    by, between = amount(abs(now.mean), now.half_width, shown), _between(found, turn)
    said = f"{ahead(found, now.mean)} {is_ahead(found)} by {by} in {what}, 95 % {between}"
    return (
        f"As they are, {said}."
        if tells(now)
        else f"As they are, it cannot be told which {is_ahead(found)}: on average {said}."
    )


def _between(found: Sensitivity, turn: float = 1.0) -> str:
    low, high = limits(found.now, how(found), turn)
    return f"between {low.removesuffix(POINTS)} and {high}"


def _most(found: Sensitivity) -> Iterator[str]:
    if found.screening is None:
        return
    moves = "the difference" if len(found.plans) == 2 else "it"
    if not found.matters:
        yield f"Nothing that was varied moves {moves} beyond the noise of these runs."
        return
    parts = [
        f"{rank}. {of.words(found.space.varied[place])} (moves {moves} by {_moved(found, place)} over "
        f"{_range(found, found.space.varied[place])})"
        for rank, place in enumerate(found.matters[:MOST], start=1)
    ]
    more = len(found.matters) - len(parts)
    yield f"{title(found)}: {'; '.join(parts)}{f'; and {more} more' if more else ''}."
    rest = [of.words(found.space.varied[place]) for place in found.order if place not in found.matters]
    if rest:
        yield f"Not to be told from noise: {'; '.join(rest)}."


def _moved(found: Sensitivity, place: int) -> str:
    assert found.screening is not None, "something matters only after a screening"
    return amount(float(found.screening.mu_star[place]), float(found.screening.noise_floor[place]), how(found), 2)


def _range(found: Sensitivity, varied: Varied) -> str:
    return of.span(varied, varied.low, varied.high, currency(found.results))


def _shares(found: Sensitivity) -> Iterator[str]:
    """Whose share of the spread is how large."""
    if found.indices is None:
        return
    order = np.argsort(-found.indices.total, kind="stable")
    parts = []
    for place in order:
        low, high = _per_cent(found.indices.total_low[place]), _per_cent(found.indices.total_high[place])
        name = of.words(found.space.varied[found.kept[place]])
        parts.append(f"{name} {_per_cent(found.indices.total[place])}{THIN}% ({low} to {high})")
    yield (
        "Of the spread that these cause when they vary together, each has a part, alone or with others (95 %): "
        f"{'; '.join(parts)}."
    )


def _per_cent(share: float) -> str:
    return rounded(100.0 * float(share), 1.0)


def _turn(found: Sensitivity, turn: Turn) -> str:
    what, money, seen = f"“{of.words(turn.varied)}”", currency(found.results), turn.found
    over = of.span(turn.varied, turn.varied.low, turn.varied.high, money)
    first, last = (f"{ahead(found, end.mean)} {is_ahead(found)}" for end in turn.ends)
    if turn.turns:
        about = of.value(turn.varied, turn.about, money, (seen.high - seen.low) / 2.0)
        between = of.span(turn.varied, seen.low, seen.high, money).replace(" to ", " and ")
        return (
            f"The verdict turns where {what} is about {about} (95 %: between {between}): below, {first}; above, {last}."
        )
    untold = f"The verdict is not seen to turn where {what} goes from {over}"
    near = tolerance(turn.varied) / 2.0
    if not math.isnan(seen.low):
        return f"{untold}: {first} up to {of.value(turn.varied, seen.low, money, near)}, beyond it cannot be told."
    if not math.isnan(seen.high):
        return f"{untold}: {last} from {of.value(turn.varied, seen.high, money, near)} on, below it cannot be told."
    if math.isnan(seen.unsure_low):
        return f"The verdict does not turn where {what} goes from {over}: {first} at both ends."
    return f"Which {is_ahead(found)} cannot be told anywhere where {what} goes from {over}."


def _map(found: Sensitivity, chart: Chart) -> str:
    signs = [chart.sign(x, y) for x in range(len(chart.xs)) for y in range(len(chart.ys))]
    counted = [(found.plans[1], sum(ahead(found, s) == found.plans[1] for s in signs if s))]
    counted.insert(0, (found.plans[0], sum(map(bool, signs)) - counted[0][1]))
    parts = [f"{name} {is_ahead(found)} in {'all' if n == len(signs) else n}" for name, n in counted if n]
    parts += [f"it cannot be told in {signs.count(0)}"] if 0 in signs else []
    return f"Of {len(signs)} combinations of {of.words(chart.across)} and {of.words(chart.up)}, {listed(parts)}."


def _apart(found: Sensitivity) -> Iterator[str]:
    if found.apart:
        names = ", ".join(found.apart)
        yield f"Not varied, because the plans themselves set it differently: {names} (--vary gives both the same)."


def _left_out(left: tuple[LeftOut, ...]) -> Iterator[str]:
    for why in dict.fromkeys(each.why for each in left):
        parts = [
            f"{f'{each.name} ' if each.step == 'screening' and each.name else ''}{_STEPS[each.step]}"
            f"{f' {each.name}' if each.step != 'screening' and each.name else ''} ({each.runs:,} runs)"
            for each in left
            if each.why == why
        ]
        yield f"Left out, {_WHY[why]}: {'; '.join(parts)}."


def table(found: Sensitivity) -> Table | None:
    """One row a setting, most important first."""
    if found.screening is None:
        return None
    shown, money = how(found), currency(found.results)
    turns = {turn.varied.name: turn for turn in found.turns}
    moves = "moves the difference" if len(found.plans) == 2 else "moves it"
    headers = [
        "",
        "setting",
        "from",
        "to",
        f"{moves} by, {shown.unit}",
        "of which noise",
        "spread of effects",
        "more of it",
    ]
    headers += ["alone, %", "in all, %"] if found.indices is not None else []
    headers += ["turns at"] if turns else []
    rows = []
    for rank, place in enumerate(found.order, start=1):
        each, screening = found.space.varied[place], found.screening
        to = step(float(screening.noise_floor[place]) * shown.factor, float(screening.mu_star.max()) * shown.factor)
        numbers = [
            rounded(_clean_of_dust(float(part[place]), screening) * shown.factor, to)
            for part in (screening.mu_star, screening.noise_floor, screening.sigma)
        ]
        row = [
            f"{rank}" if place in found.matters else NONE, each.name, of.value(each, each.low, money),
            of.value(each, each.high, money), *numbers,
            direction(found, place),
        ]  # fmt: skip
        if found.indices is not None:
            at = found.kept.index(place) if place in found.kept else None
            row += [NONE if at is None else _per_cent(part[at]) for part in (found.indices.first, found.indices.total)]
        if turns:
            row.append(_turns_at(turns.get(each.name), money))
        rows.append(tuple(row))
    return Table("", tuple(headers), tuple(rows), fixed=2)


def _clean_of_dust(x: float, screening: Morris) -> float:
    return 0.0 if abs(x) <= NOISE * float(screening.mu_star.max()) else x


def _turns_at(turn: Turn | None, money: str) -> str:
    if turn is None or not turn.turns:
        return NONE
    return of.value(turn.varied, turn.about, money, (turn.found.high - turn.found.low) / 2.0)


def direction(found: Sensitivity, place: int) -> str:
    """What more of a setting does: which plan it is good for, or whether the measure goes up or down."""
    assert found.screening is not None, "effects are there only after a screening"
    mu, size = float(found.screening.mu[place]), float(found.screening.mu_star[place])
    if place not in found.matters:
        return ""
    if abs(mu) < _ONE_WAY * size:
        return "depends"
    if len(found.plans) == 1:
        return "raises it" if mu > 0 else "lowers it"
    return f"helps {ahead(found, mu)}" if better(found.asked.measure) else f"more under {ahead(found, mu)}"


def remarks(found: Sensitivity) -> str:
    """What the numbers of the table are."""
    asked = found.asked
    text = (
        f"{found.trajectories} trajectories through the ranges (Morris), {asked.replications} replications of "
        f"{found.results.days:,} days at every point, seed {found.results.seed}, the same callers everywhere; "
        f"{found.runs:,} runs in all. “Moves by” is the mean size of the effect of the whole range (mu*), its noise "
        "what a setting without any effect stays below in 95 of 100 studies; the spread of effects (sigma) is large "
        "where an effect depends on other settings. Distributions are varied by their mean; whole numbers are rounded."
    )
    if found.indices is not None:
        noise = rounded(100.0 * float(np.max(found.indices.noise_floor)), 0.1)
        text += (
            f" Indices (Sobol) from {asked.base} base points over the ranges of the {len(found.kept)} that matter "
            f"most; noise adds up to {noise} % to “in all”."
        )
    if found.turns:
        text += (
            " A turn is searched along one setting, with all others as the plans have them, as if it were the only one."
        )
    if asked.replications < 6:
        text += " With fewer than 6 replications the noise is known only coarsely."
    return text


def as_data(found: Sensitivity) -> dict[str, object]:
    """All of it, for JSON."""
    frame = found.frame() if found.screening is not None else None
    return {
        "plans": list(found.plans), "measure": found.asked.measure, "seed": found.results.seed,
        "days": found.results.days, "replications": found.asked.replications, "runs": found.runs,
        "now": limits_of(found.now), "trajectories": found.trajectories,
        "settings": [] if frame is None else [_clean(row) for row in frame.to_dict("records")],
        "turns": [_turn_data(turn) for turn in found.turns],
        "map": None if found.chart is None else _map_data(found.chart),
        "left_out": [each._asdict() for each in found.left_out],
        "interrupted": found.interrupted,
    }  # fmt: skip


def _clean(row: dict[object, object]) -> dict[str, object]:
    return {str(key): finite(x) if isinstance(x, float) else x for key, x in row.items()}


def _turn_data(turn: Turn) -> dict[str, object]:
    seen = turn.found
    return {
        "setting": turn.varied.name, "low": turn.varied.low, "high": turn.varied.high, "turns": turn.turns,
        "at": finite(turn.about), "between": [finite(seen.low), finite(seen.high)],
        "unsure": [finite(seen.unsure_low), finite(seen.unsure_high)],
        "tried": [{"value": x, **limits_of(estimate)} for x, estimate in sorted(seen.seen.items())],
    }  # fmt: skip


def _map_data(chart: Chart) -> dict[str, object]:
    return {
        "across": chart.across.name, "up": chart.up.name,
        "cells": [
            {"across": x, "up": y, **limits_of(chart.cells[i][j])}
            for i, x in enumerate(chart.xs) for j, y in enumerate(chart.ys)
        ],
    }  # fmt: skip
