"""Two pictures of a study of sensitivity: what matters how much, and the map of the verdict over two settings."""

from __future__ import annotations

import itertools
import textwrap

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import FuncFormatter

from sim.analysis import Chart, Sensitivity, Varied
from sim.report import varied as of
from sim.report.drawing import INK, MUTED, RULE, Picture, bare, colour, data_uri, drawn, short
from sim.report.measures import currency, label
from sim.report.numbers import THIN, Scale
from sim.report.sensitivity import POINTS, ahead, how, is_ahead
from sim.scenarios.leaves import fits, leaves

_WRAP = 34
_PALE = 0.5  # of the colour of a cell, so that its number can be read
_UNTOLD = "#e9edf0"
_MOST_NUMBERS = 8  # cells of a side in which numbers can still be read


def figures(found: Sensitivity) -> list[Picture]:
    """The pictures for which there are numbers."""
    pictures = [bars(found)] if found.screening is not None else []
    return pictures + ([chart(found, found.chart)] if found.chart is not None else [])


def bars(found: Sensitivity) -> Picture:
    """What matters how much: a bar a setting, and beside it how long a bar noise alone would draw."""
    screening = found.screening
    assert screening is not None, "bars are drawn after a screening"
    order = found.order
    with drawn(0.75 + 0.46 * len(order)) as figure:
        axes = figure.add_subplot()
        bare(axes)
        longest = float(max(screening.mu_star.max(), np.nanmax(screening.noise_floor), 1e-12))
        for row, place in enumerate(order):
            size, floor = float(screening.mu_star[place]), float(screening.noise_floor[place])
            tells = place in found.matters
            axes.barh(row, size, height=0.52, color=colour(0) if tells else RULE, linewidth=0)
            axes.barh(row, min(floor, size), height=0.52, color="white", alpha=_PALE, linewidth=0)
            axes.plot([floor, floor], [row - 0.36, row + 0.36], color=INK, linewidth=1.6, solid_capstyle="butt")
            end = max(size, floor) + 0.015 * longest
            axes.text(end, row, short(size, _in_picture(found)), va="center", fontsize=9, color=INK if tells else MUTED)
        axes.set_yticks(range(len(order)), [_named(found, found.space.varied[place]) for place in order], fontsize=8)
        axes.set_ylim(len(order) - 0.4, -0.6)
        axes.set_xlim(0.0, 1.16 * longest)
        noise = Line2D(
            [], [], color=INK, marker="|", markersize=11, markeredgewidth=1.6, linestyle="none",
            label="so far noise alone would reach",
        )  # fmt: skip
        figure.legend(handles=[noise], loc="outside lower right", frameon=False, fontsize=8)
        what = label(found.asked.measure, found.results)
        moved = f"the difference in {what}" if len(found.plans) == 2 else what
        remark = f"By how much the whole range of each setting moves {moved}. Grey: not to be told from noise."
        return Picture(
            data_uri(figure),
            f"What moves {'the difference' if len(found.plans) == 2 else what}",
            remark,
            _bars_told(found),
        )


def _in_picture(found: Sensitivity) -> Scale:
    """As the measure is shown, without words behind the number: a picture has no room for them."""
    shown = how(found)
    return shown._replace(after="") if shown.after == POINTS else shown


def _in_points(found: Sensitivity) -> str:
    return f", in{POINTS}" if how(found).after == POINTS else ""


def _named(found: Sensitivity, varied: Varied) -> str:
    words = textwrap.wrap(of.in_short(varied), _WRAP)
    return "\n".join([*words, of.span(varied, varied.low, varied.high, currency(found.results))])


def _bars_told(found: Sensitivity) -> str:
    screening, shown = found.screening, how(found)
    assert screening is not None, "bars are told after a screening"
    parts = [
        f"{of.words(found.space.varied[place])} {short(float(screening.mu_star[place]), shown)} "
        f"(noise {short(float(screening.noise_floor[place]), shown)})"
        for place in found.order
    ]
    return f"{'; '.join(parts)}."


def chart(found: Sensitivity, over: Chart) -> Picture:
    """The verdict over two settings: who is ahead by how much, hatched where that cannot be told."""
    with drawn(4.4) as figure:
        axes = figure.add_subplot()
        for side in ("left", "bottom"):
            axes.spines[side].set_visible(False)
        across, up = _edges(over.xs), _edges(over.ys)
        for x in range(len(over.xs)):
            for y in range(len(over.ys)):
                _cell(axes, found, over, (x, y), (across[x], across[x + 1]), (up[y], up[y + 1]))
        here = _here(axes, found, over)
        axes.set_xlim(across[0], across[-1])
        axes.set_ylim(up[0], up[-1])
        axes.set_xticks(_some(over.xs))
        axes.set_yticks(_some(over.ys))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _tick(found, over.across, value)))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _tick(found, over.up, value)))
        axes.set_xlabel(of.axis(over.across))
        axes.set_ylabel(of.axis(over.up))
        handles = [
            Patch(facecolor=colour(plan), alpha=_PALE, label=f"{name} {is_ahead(found)}")
            for plan, name in enumerate(found.plans)
            if name in _who(found, over)
        ]
        if None in _who(found, over):
            handles.append(Patch(facecolor=_UNTOLD, edgecolor=MUTED, hatch="////", linewidth=0, label="cannot be told"))
        figure.legend(handles=handles, loc="outside lower left", ncols=3, frameon=False, fontsize=8)
        remark = (
            f"{label(found.asked.measure, found.results).capitalize()} of {found.plans[1]} less that of "
            f"{found.plans[0]}{_in_points(found)}. Each cell at 95 % alone{'; the cross: today' * here}."
        )
        return Picture(data_uri(figure), _heading(found, over), remark, _chart_told(found, over))


def _who(found: Sensitivity, over: Chart) -> set[str | None]:
    """Who is ahead somewhere; None where it cannot be told somewhere."""
    signs = {over.sign(x, y) for x in range(len(over.xs)) for y in range(len(over.ys))}
    return {ahead(found, sign) if sign else None for sign in signs}


def _heading(found: Sensitivity, over: Chart) -> str:
    who = _who(found, over)
    named = [name for name in found.plans if name in who]
    if not named:
        return f"Which {is_ahead(found)} cannot be told anywhere here"
    if len(named) == 2:
        return f"Where {named[0]} and where {named[1]} {is_ahead(found)}"
    return f"{named[0]} {is_ahead(found)} {'wherever it can be told' if None in who else 'throughout'}"


def _edges(values: tuple[float, ...]) -> list[float]:
    """The borders of cells around values: half-way between them, and as far beyond the ends."""
    if len(values) == 1:
        return [values[0] - 0.5, values[0] + 0.5]
    middles = [(a + b) / 2.0 for a, b in itertools.pairwise(values)]
    return [2 * values[0] - middles[0], *middles, 2 * values[-1] - middles[-1]]


def _some(values: tuple[float, ...]) -> list[float]:
    every = -(-len(values) // _MOST_NUMBERS)
    return list(values[::every])


def _cell(
    axes: Axes, found: Sensitivity, over: Chart, place: tuple[int, int], x: tuple[float, float], y: tuple[float, float]
) -> None:
    cell, sign = over.cells[place[0]][place[1]], over.sign(*place)
    box = ((x[0], y[0]), x[1] - x[0], y[1] - y[0])
    if sign:
        plan = found.plans.index(ahead(found, sign))
        axes.add_patch(Rectangle(*box, facecolor=colour(plan), alpha=_PALE, edgecolor="white", linewidth=1.2))
    else:
        axes.add_patch(Rectangle(*box, facecolor=_UNTOLD, edgecolor="#b9c2ca", hatch="////", linewidth=0))
        axes.add_patch(Rectangle(*box, facecolor="none", edgecolor="white", linewidth=1.2))
    if max(len(over.xs), len(over.ys)) <= _MOST_NUMBERS:
        axes.text(
            sum(x) / 2, sum(y) / 2, short(cell.mean, _in_picture(found)), ha="center", va="center", fontsize=7,
            color=INK if sign else MUTED,
        )  # fmt: skip


def _here(axes: Axes, found: Sensitivity, over: Chart) -> bool:
    """A cross where the plans are, if all have the same two values; whether there is one."""
    x, y = _now(found, over.across), _now(found, over.up)
    if x is None or y is None or not (_within(x, over.xs) and _within(y, over.ys)):
        return False
    axes.plot([x], [y], marker="+", markersize=13, markeredgewidth=2.2, color=INK)
    return True


def _within(x: float, values: tuple[float, ...]) -> bool:
    return min(values) <= x <= max(values)


def _now(found: Sensitivity, varied: Varied) -> float | None:
    """What a setting is now, in its unit, where it is one number in all plans."""
    values = {
        varied.now(leaf.value)
        for plan in found.space.plans
        for name, leaf in leaves(plan).items()
        if fits(name, varied.name)
    }
    return values.pop() if len(values) == 1 else None


def _tick(found: Sensitivity, varied: Varied, value: float) -> str:
    text = of.value(varied, float(f"{value:.3g}"), currency(found.results))
    return text.removesuffix(f"{THIN}{varied.setting.unit}")


def _chart_told(found: Sensitivity, over: Chart) -> str:
    money = currency(found.results)
    parts = [
        f"{of.value(over.across, x, money)} and {of.value(over.up, y, money)}: "
        + (short(over.cells[i][j].mean, how(found)) if over.sign(i, j) else "cannot be told")
        for i, x in enumerate(over.xs)
        for j, y in enumerate(over.ys)
    ]
    return f"{of.words(over.across)} and {of.words(over.up)}: {'; '.join(parts)}."
