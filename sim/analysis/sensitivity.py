"""What matters most, and what would turn the verdict: screening, indices, break-even and a map.

For one plan the measure itself is asked about, for two the paired difference: the second plan less the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.analysis.frames import frame_of
from sim.analysis.leaning import leaning, set_differently
from sim.analysis.sweeping import MEASURE, checked_measure
from sim.analysis.varying import Space, Varied, can_vary, parsed, space
from sim.analysis.verdict import Chart, NotThere, Point, Turn, Verdict, chart, most_points, turn
from sim.shop.scenario import Scenario
from sim.statistics import Estimate, Morris, Sobol, interval, morris, morris_points, sobol, sobol_triplets
from sim.study import Results, Runs, faults, names
from sim.study.results import Floats

if TYPE_CHECKING:
    from pandas import DataFrame

LEAST_TRAJECTORIES = 2
_DUST = 1e-9  # of the largest effect: what rounding leaves
TURNS = 2  # settings whose turn is searched unless some are named


@dataclass(frozen=True, slots=True)
class Asked:
    """What is wanted of a study of sensitivity.

    ``turn`` names the settings whose turning point is searched (None: the one or two that matter most), ``chart`` the
    two of the map; both may say a range, as ``vary`` does.
    """

    measure: str = MEASURE
    replications: int = 10
    trajectories: int = 6
    indices: bool = False
    keep: int = 4  # settings that indices are computed for
    base: int = 32  # base points of the indices
    turn: tuple[str, ...] | None = None
    chart: tuple[str, ...] = ()
    cells: int = 6  # a side of the map


class Needs(NamedTuple):
    """A step and the runs that it takes (at most, where a search may end early)."""

    step: str
    runs: int
    at_most: bool = False


class LeftOut(NamedTuple):
    """A step that was left out or cut short, on which setting, and what it would have taken."""

    step: str  # "screening", "indices", "turn" or "map"
    name: str
    runs: int
    why: str  # "budget", "interrupted" or "given up"


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """What was found, of the settings in the order in which they were named (``order``: most important first)."""

    space: Space
    asked: Asked
    results: Results  # of the plans as they are
    now: Estimate  # the measure, or the difference, with the plans as they are
    screening: Morris | None
    trajectories: int  # that were run
    kept: tuple[int, ...]  # settings that the indices are about
    indices: Sobol | None
    turns: tuple[Turn, ...]
    chart: Chart | None
    apart: tuple[str, ...]  # assumptions that the plans set differently and that were not varied
    left_out: tuple[LeftOut, ...]
    runs: int  # that were asked for in all
    interrupted: bool

    def __repr__(self) -> str:
        varied = self.space.names
        matter = ", ".join(varied[place] for place in self.matters) or "none"
        names = ", ".join(self.plans)
        return f"Sensitivity({names}: {len(varied)} settings, {self.runs:,} runs; above the noise: {matter})"

    @property
    def plans(self) -> tuple[str, ...]:
        """What the plans are called."""
        return names(self.space.plans)

    @property
    def order(self) -> tuple[int, ...]:
        """Places of the settings, those that move the answer most first."""
        if self.screening is None:
            return ()
        return tuple(int(place) for place in np.argsort(-self.screening.mu_star, kind="stable"))

    @property
    def matters(self) -> tuple[int, ...]:
        """Places of those whose effect is above the noise, most important first."""
        return _above(self.screening)

    def frame(self) -> DataFrame:
        """One row a setting, most important first; indices and turning points where there are any, else NaN."""
        columns = (
            "setting", "unit", "low", "high", "mu", "mu_star", "sigma", "noise_floor", "first", "first_low",
            "first_high", "total", "total_low", "total_high", "total_noise_floor", "turns_at", "turns_low",
            "turns_high",
        )  # fmt: skip
        return frame_of([self._row(place) for place in self.order], columns)

    def _row(self, place: int) -> tuple[object, ...]:
        assert self.screening is not None, "there is an order only after a screening"
        each = self.space.varied[place]
        effects = [float(part[place]) for part in self.screening]
        shares = [np.nan] * 7
        if self.indices is not None and place in self.kept:
            shares = [float(part[self.kept.index(place)]) for part in self.indices]
        turned = next((t for t in self.turns if t.varied.name == each.name), None)
        at = (np.nan,) * 3 if turned is None else (turned.about, turned.found.low, turned.found.high)
        return (each.name, each.setting.unit, each.low, each.high, *effects, *shares, *at)


def sensitivity(
    plans: Sequence[Scenario],
    vary: Sequence[str] | None = None,
    asked: Asked | None = None,
    *,
    runs: Runs | None = None,
) -> Sensitivity:
    """Ask which settings move the measure of one plan, or the difference between two, and what turns its sign.

    ``vary`` is as for `sweep`; by default the assumptions that the comparison leans on, over their sensible ranges.
    ``runs`` says who runs, with which seed and budget; what the budget has no room for is left out whole, and said.
    Raises `ScenarioError` and `ValueError` for what cannot be varied or asked.
    """
    return Study(plans, vary, asked or Asked()).answer(Runs() if runs is None else runs)


def assumed(plans: Sequence[Scenario]) -> list[str]:
    """Names, with stars, of the assumptions that a comparison leans on and that have a sensible range.

    Those that the plans set differently are what is compared, so they are not among them.
    """
    apart = set(set_differently(plans))
    found = [
        pattern
        for each in leaning(plans)
        if each.mechanism
        for pattern, settings in zip(each.patterns, each.settings, strict=True)
        if apart.isdisjoint(settings)
    ]
    return [name for name in dict.fromkeys(found) if can_vary(plans, name)]


class Study:
    """A study of sensitivity whose questions are checked: what it takes, and its answer."""

    def __init__(self, plans: Sequence[Scenario], vary: Sequence[str] | None, asked: Asked) -> None:
        _check(plans, asked)
        said = list(vary) if vary else assumed(plans)
        if not said:
            raise ValueError("these plans lean on no assumption that has a range: name settings to vary.")
        self.asked = asked
        self.apart = () if vary else tuple(set_differently(plans))
        self.space = space(plans, said)
        self.turn = [self._known(name) for name in asked.turn or ()]
        self.chart = [self._known(name) for name in asked.chart]
        if len({each.name for each in self.chart}) == 1:
            raise ValueError("a map needs two different settings.")
        extra = [each for each in (*self.turn, *self.chart) if each.name not in self.space.names]
        self.whole = space(plans, [*said, *dict.fromkeys(f"{each.name}={each.low!r}:{each.high!r}" for each in extra)])

    def _known(self, said: str) -> Varied:
        """A setting by its name alone as it is varied already, else as it is said."""
        return next((each for each in self.space.varied if each.name == said), None) or parsed(self.space.plans, said)

    def needs(self, plans: int) -> list[Needs]:
        """The steps and their runs, before anything is found twice."""
        a, d, point = self.asked, len(self.space.varied), plans * self.asked.replications
        found = [Needs("as they are", point), Needs("screening", a.trajectories * (d + 1) * point)]
        if a.indices:
            kept = min(a.keep, d)
            found.append(Needs("indices", (kept + 2) * a.base * point, True))
        if plans == 2 and a.turn is None:
            most = sorted((most_points(each) for each in self.space.varied), reverse=True)[:TURNS]
            found.append(Needs("turns", sum(most) * point, True))
        elif self.turn:
            found.append(Needs("turns", sum(map(most_points, self.turn)) * point, True))
        if self.chart:
            found.append(Needs("map", a.cells**2 * point))
        return found

    def answer(self, runs: Runs) -> Sensitivity:
        """Run it, step by step, as far as the budget goes."""
        verdict = Verdict(self.whole, self.asked.measure, self.asked.replications, runs)
        left: list[LeftOut] = []
        self._check_budget(verdict)
        try:
            now = interval(verdict.at([{}])[0])
        except NotThere:
            now = Estimate(np.nan, np.nan, np.nan, 0)
        screening, trajectories = self._screened(verdict, left)
        kept, indices = self._indexed(verdict, _above(screening)[: self.asked.keep], left)
        turns = tuple(self._turned(verdict, screening, left))
        chart_ = self._charted(verdict, left)
        return Sensitivity(
            self.space, self.asked, runs.results(self.space.plans, self.asked.replications), now, screening,
            trajectories, kept, indices, turns, chart_, self.apart, tuple(left), runs.there, runs.interrupted,
        )  # fmt: skip

    def _check_budget(self, verdict: Verdict) -> None:
        settings = len(self.space.varied)
        least = (LEAST_TRAJECTORIES * (settings + 1) + 1) * verdict.runs_a_point
        if least > verdict.room:
            raise ValueError(
                f"a budget of {verdict.runs.budget:,} runs is too small: {settings} setting{'s' * (settings > 1)} with "
                f"{verdict.replications} replications need at least {least:,}."
            )

    def _screened(self, verdict: Verdict, left: list[LeftOut]) -> tuple[Morris | None, int]:
        d = len(self.space.varied)
        each = (d + 1) * verdict.runs_a_point
        wished = self.asked.trajectories
        taken = wished if wished * each <= verdict.room else int(verdict.room // each)
        if taken < wished:
            left.append(LeftOut("screening", f"{wished - taken} of {wished}", (wished - taken) * each, "budget"))
        units = morris_points(taken, d, verdict.runs.seed)
        try:
            values = verdict.at([self._point(unit) for unit in units.reshape(-1, d)])
        except NotThere:
            left.append(_missing(verdict, "screening", "", taken * each))
            return None, 0
        return morris(units, values.reshape(taken, d + 1, -1), verdict.runs.seed), taken

    def _point(self, unit: Floats, places: Sequence[int] | None = None) -> Point:
        varied = self.space.varied if places is None else [self.space.varied[place] for place in places]
        return {each.name: each.at(float(u)) for each, u in zip(varied, unit, strict=True)}

    def _indexed(
        self, verdict: Verdict, kept: tuple[int, ...], left: list[LeftOut]
    ) -> tuple[tuple[int, ...], Sobol | None]:
        if not self.asked.indices or not kept:
            return (), None
        units = sobol_triplets(self.asked.base, len(kept), verdict.runs.seed)
        takes = units.shape[0] * units.shape[1] * verdict.runs_a_point
        if not self._room(verdict, "indices", "", takes, left):
            return (), None
        try:
            values = verdict.at([self._point(unit, kept) for unit in units.reshape(-1, len(kept))])
        except NotThere:
            left.append(_missing(verdict, "indices", "", takes))
            return (), None
        return kept, sobol(values.reshape(*units.shape[:2], -1), seed=verdict.runs.seed)

    def _turned(self, verdict: Verdict, screening: Morris | None, left: list[LeftOut]) -> Iterator[Turn]:
        wanted = self.turn
        if self.asked.turn is None and len(self.space.plans) == 2:
            wanted = [self.space.varied[place] for place in _above(screening)[:TURNS]]
        for each in wanted:
            takes = most_points(each) * verdict.runs_a_point
            if self._room(verdict, "turn", each.name, takes, left):
                try:
                    yield turn(verdict, each)
                except NotThere:
                    left.append(_missing(verdict, "turn", each.name, takes))

    def _charted(self, verdict: Verdict, left: list[LeftOut]) -> Chart | None:
        if not self.chart:
            return None
        across, up = self.chart
        called = f"{across.name} and {up.name}"
        takes = self.asked.cells**2 * verdict.runs_a_point
        if not self._room(verdict, "map", called, takes, left):
            return None
        try:
            return chart(verdict, across, up, self.asked.cells)
        except NotThere:
            left.append(_missing(verdict, "map", called, takes))
            return None

    def _room(self, verdict: Verdict, step: str, name: str, takes: int, left: list[LeftOut]) -> bool:
        """Whether the budget has room for a whole step; if not, it is left out."""
        if verdict.runs.interrupted:
            left.append(LeftOut(step, name, takes, "interrupted"))
        elif takes > verdict.room:
            left.append(LeftOut(step, name, takes, "budget"))
        else:
            return True
        return False


def _above(screening: Morris | None) -> tuple[int, ...]:
    if screening is None:
        return ()
    size = screening.mu_star
    least = np.maximum(screening.noise_floor, _DUST * size.max())
    return tuple(int(place) for place in np.argsort(-size, kind="stable") if size[place] > least[place])


def _check(plans: Sequence[Scenario], asked: Asked) -> None:
    checked_measure(asked.measure)
    if not 1 <= len(plans) <= 2:
        raise ValueError(f"sensitivity is about one plan, or about two against each other, not {len(plans)}.")
    if wrong := faults(plans):
        raise ValueError(" ".join(wrong))
    if asked.replications < 2:
        raise ValueError("there must be at least 2 replications, better 10: one says nothing of the noise.")
    if asked.trajectories < LEAST_TRAJECTORIES:
        raise ValueError(f"there must be at least {LEAST_TRAJECTORIES} trajectories, not {asked.trajectories}.")
    if asked.indices and (asked.base < 2 or asked.base & (asked.base - 1)):
        raise ValueError(f"the base points of the indices are a power of 2, such as 32, not {asked.base}.")
    if len(plans) == 1 and (asked.turn or asked.chart):
        raise ValueError("a turning point and a map are about a verdict: name a second plan.")
    if len(asked.chart) not in (0, 2):
        raise ValueError(f"a map needs two settings, such as calls.per_day,attention.switch_s, not {len(asked.chart)}.")


def _missing(verdict: Verdict, step: str, name: str, runs: int) -> LeftOut:
    why = "interrupted" if verdict.runs.interrupted else "budget" if verdict.runs.exhausted else "given up"
    return LeftOut(step, name, runs, why)
