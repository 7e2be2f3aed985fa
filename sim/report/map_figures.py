"""A map as an owner reads it: which plan wins where, and by how much; and how that moves with what is assumed."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle

from sim.analysis.mapping import At, Mapped, Sheet, won
from sim.analysis.studying import value_now
from sim.kpis import KPIS
from sim.report.drawing import COLOURS, INK, MUTED, drawn, svg
from sim.report.drawing import short as number
from sim.report.numbers import scale
from sim.report.study_words import about, currency_of, value, what
from sim.study import Results

PALE = 0.30  # of the colour where the winner cannot be told
NOBODY = 0.5  # of all calls abandoned under the best plan: nobody would run a shop like that
_HATCH = "////"


def figure(found: Mapped) -> str:
    """The first measure large, the next two small beside it; as SVG text."""
    keys = found.file.settings.measures[:3]
    with drawn(6.5, 11.0) as picture:
        if len(keys) == 1:
            places = [picture.add_subplot()]
        else:
            grid = picture.add_gridspec(len(keys) - 1, 2, width_ratios=(1.75, 1.0))
            places = [picture.add_subplot(grid[:, 0])]
            places += [picture.add_subplot(grid[row, 1]) for row in range(len(keys) - 1)]
        for axes, key in zip(places, keys, strict=True):
            large = axes is places[0]
            _sheet(axes, found, found.sheets[0], key, size=9.5 if large else 6.8, labels=True, frame=large)
            axes.set_title(_heading(found, key), loc="left", fontsize=10.5 if large else 9.0, fontweight="bold")
        _legend(picture, found, frame=True)
        title = "\n".join(textwrap.wrap(_title(found), 105))
        picture.suptitle(title, fontsize=13, fontweight="bold", color=INK, x=0.01, ha="left")
        return svg(picture)


def _title(found: Mapped) -> str:
    """Who wins most, in a sentence."""
    key = found.file.settings.measures[0]
    names = [plan.name for plan in found.file.plans]
    wins = [0] * len(names)
    for results in found.sheets[0].cells.values():
        winner = won(results, key)
        wins[winner.plan] += winner.told
    total, told = len(found.sheets[0].cells), sum(wins)
    best = max(range(len(names)), key=wins.__getitem__)
    if not told:
        return f"In none of {total} cells can it be told which plan brings most"
    rest = f"in {total - told} it cannot be told"
    others = ", ".join(f"{names[plan]} in {n}" for plan, n in enumerate(wins) if n and plan != best)
    return f"{names[best]} brings most in {wins[best]} of {total} cells{f', {others}' if others else ''}; {rest}"


def _heading(found: Mapped, key: str) -> str:
    """What is won in a panel."""
    how = scale(KPIS[key], currency_of(found.file))
    unit = {"share": "points"}.get(KPIS[key].unit, how.unit)
    who = {"lower": "who has least", "higher": "who has most"}.get(KPIS[key].direction, "who has most")
    lead = ", and the lead over the next best" if key == found.file.settings.measures[0] else ""
    return f"{what(key)[:1].upper()}{what(key)[1:]}: {who}{lead} ({unit})"


def _sheet(
    axes: Axes, found: Mapped, sheet: Sheet, key: str, *, size: float, labels: bool, frame: bool = False
) -> None:
    across, up = found.file.settings.across, found.file.settings.up
    assert across is not None, "a map has columns"
    assert up is not None, "a map has rows"
    for at, results in sheet.cells.items():
        _cell(axes, at, results, key, currency_of(found.file), size)
    if frame:
        for at in _best_rows(sheet, key):
            axes.add_patch(
                Rectangle((at[0] - 0.47, at[1] - 0.47), 0.94, 0.94, fill=False, edgecolor=INK, linewidth=2.2)
            )
    axes.set_xlim(-0.5, len(across.values) - 0.5)
    axes.set_ylim(-0.5, len(up.values) - 0.5)
    axes.set_xticks(range(len(across.values)), [f"{x:g}" for x in across.values] if labels else [])
    axes.set_yticks(range(len(up.values)), [f"{y:g}" for y in up.values] if labels else [])
    if labels:
        axes.set_xlabel(across.label, fontsize=size)
        axes.set_ylabel(up.label, fontsize=size)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _cell(axes: Axes, at: At, results: Results, key: str, currency: str, size: float) -> None:
    x, y = at
    winner = won(results, key)
    colour = COLOURS[winner.plan]
    axes.add_patch(
        Rectangle(
            (x - 0.48, y - 0.48), 0.96, 0.96, facecolor=_mixed(colour, 1.0 if winner.told else PALE),
            edgecolor="white" if winner.told else _mixed(colour, 0.75), hatch=None if winner.told else _HATCH,
            linewidth=0.0,
        )
    )  # fmt: skip
    lead = _lead(winner.lead.mean, key, currency)
    ink = "white" if winner.told and _dark(colour) else INK
    box = None if winner.told else {"facecolor": "white", "edgecolor": "none", "pad": 1.0, "alpha": 0.85}
    axes.text(x, y + 0.02, f"{_letter(results, winner.plan)}\n{lead}", ha="center", va="center", fontsize=size,
              color=ink, fontweight="bold" if winner.told else "normal", linespacing=1.15, bbox=box)  # fmt: skip
    if _nobody(results):
        axes.plot([x - 0.38], [y + 0.36], marker="x", color=ink, markersize=size * 0.55, markeredgewidth=1.5)


def _lead(lead: float, key: str, currency: str) -> str:
    how = scale(KPIS[key], currency)
    size = abs(lead)
    if KPIS[key].unit == "share":
        return f"{100.0 * size:.1f}"
    two = float(f"{size:.2g}")
    text = number(two, how)
    return f"+{text}" if KPIS[key].unit.startswith("money") else f"+{size:.2f}"


def _letter(results: Results, plan: int) -> str:
    return letters(results.plans)[plan]


def letters(names: Sequence[str]) -> list[str]:
    """A letter for each plan: the first of its name, or of a later word, that no other has; else a number."""
    found: list[str] = []
    for place, name in enumerate(names):
        wanted = [word[:1].upper() for word in reversed(name.replace("_", " ").replace("-", " ").split())]
        wanted = wanted if "_" in name or " " in name else wanted[:1]
        found.append(next((letter for letter in wanted if letter not in found), str(place + 1)))
    return found


def _nobody(results: Results) -> bool:
    shares = [results.estimate(plan, "abandoned_share").mean for plan in range(len(results.plans))]
    return min((share for share in shares if not math.isnan(share)), default=0.0) > NOBODY


def _best_rows(sheet: Sheet, key: str) -> list[At]:
    """In each column the row in which the best plan brings most: the size of the office that fits."""
    found: dict[int, tuple[float, At]] = {}
    for at, results in sheet.cells.items():
        best = max(results.estimate(plan, key).mean for plan in range(len(results.plans)))
        if at[0] not in found or best > found[at[0]][0]:
            found[at[0]] = (best, at)
    return [at for _, at in found.values()]


def _mixed(colour: str, share: float) -> str:
    """A colour with white."""
    parts = [int(colour[place : place + 2], 16) for place in (1, 3, 5)]
    return "#" + "".join(f"{round(255 + (part - 255) * share):02x}" for part in parts)


def _dark(colour: str) -> bool:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue < 160


def _legend(picture, found: Mapped, *, frame: bool) -> None:  # type: ignore[no-untyped-def]
    names = [plan.name for plan in found.file.plans]
    marks = letters(names)
    handles = [
        Patch(facecolor=COLOURS[place], label=f"{mark}  {name.replace('_', ' ')}")
        for place, (mark, name) in enumerate(zip(marks, names, strict=True))
    ]
    handles.append(
        Patch(
            facecolor="#eceff1",
            edgecolor=MUTED,
            hatch=_HATCH,
            linewidth=0.0,
            label="pale, hatched: lead not certain (95 %)",
        )
    )
    if frame:
        handles.append(
            Patch(facecolor="none", edgecolor=INK, linewidth=2.0, label="office size that brings most in its column")
        )
        if any(_nobody(results) for results in found.sheets[0].cells.values()):
            label = f"\N{MULTIPLICATION SIGN}  the best plan still loses over {NOBODY:.0%} of calls"
            handles.append(Patch(facecolor="none", edgecolor="none", label=label))
    picture.legend(handles=handles, loc="outside lower left", ncols=4, frameon=False, fontsize=9)


# How the border moves


def border(found: Mapped) -> str:
    """The map once for each assumption and value tried, a row for each assumption; as SVG text."""
    names = list(found.file.settings.vary)
    key = found.file.settings.measures[0]
    rows = [[sheet for sheet in found.sheets[1:] if sheet.name == name] for name in names]
    width = 1 + max(map(len, rows))
    with drawn(1.75 * len(rows) + 1.4, 2.75 * width + 1.0) as picture:
        grid = picture.subplots(len(rows), width, squeeze=False)
        for line, name, sheets in zip(grid, names, rows, strict=True):
            shown = sorted([found.sheets[0], *sheets], key=lambda sheet: _order(found, name, sheet))
            for axes in line[len(shown) :]:
                axes.set_visible(False)
            for axes, sheet in zip(line, shown, strict=False):
                _sheet(axes, found, sheet, key, size=7.5, labels=True)
                axes.set_xlabel("")
                axes.set_ylabel("")
                axes.set_title(
                    _above(found, name, sheet), loc="left", fontsize=8.5, fontweight="bold" if sheet.name else "normal"
                )
            words = about(found.file, name)[0]
            line[0].set_ylabel("\n".join(textwrap.wrap(words, 22)), fontsize=8.5, color=INK)
        across, up = found.file.settings.across, found.file.settings.up
        assert across is not None, "a map has columns"
        assert up is not None, "a map has rows"
        picture.supxlabel(
            f"each small map: {across.label} from left to right, {up.label} from bottom to top", fontsize=9
        )
        _legend(picture, found, frame=False)
        said = "How the border moves: one assumption at a time, at both ends of its range"
        picture.suptitle(said, fontsize=12, fontweight="bold", color=INK, x=0.01, ha="left")
        return svg(picture)


def _order(found: Mapped, name: str, sheet: Sheet) -> float:
    if sheet.name:
        return sheet.value
    now = value_now(found.file.plans, name)
    lowest = min(found.file.settings.vary[name])
    return now if not math.isnan(now) else lowest + 1e-9


def _above(found: Mapped, name: str, sheet: Sheet) -> str:
    unit = about(found.file, name)[1]
    if sheet.name:
        return value(sheet.value, unit)
    now = value_now(found.file.plans, name)
    return "as it is" if math.isnan(now) else f"as it is: {value(now, unit)}"


def shows(found: Mapped) -> str:
    """What the map shows, for those who cannot see it."""
    return _title(found)
