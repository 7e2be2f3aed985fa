"""A map as an owner reads it: which plan wins where, and by how much; and how that moves with what is assumed."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle

from sim.analysis.mapping import At, Mapped, Sheet, Won, won
from sim.analysis.studying import range_now
from sim.kpis import KPIS
from sim.report.drawing import COLOURS, INK, MUTED, brief, drawn, svg
from sim.report.numbers import MINUS, scale
from sim.report.study_words import about, currency_of, joined, value, what
from sim.study import Results

PALE = 0.30  # of the colour where the winner cannot be told
NOBODY = 0.5  # of all calls abandoned under the best plan: nobody would run a shop like that
_HATCH = "////"
#: plans that have the same colour on every map, whichever others are there
_KNOWN = ("combined", "combined_focused", "separate", "cross_trained")


class _Look(NamedTuple):
    """How the cells of a panel are written: size of the type, the sign of money, the plan asked about."""

    size: float
    currency: str
    about: int | None = None


def figure(found: Mapped) -> str:
    """The first measure large, the next two small beside it; as SVG text."""
    keys = found.file.settings.measures[:3]
    with drawn(7.4, 12.4) as picture:
        if len(keys) == 1:
            places = [picture.add_subplot()]
        else:
            grid = picture.add_gridspec(len(keys) - 1, 2, width_ratios=(1.75, 1.0))
            places = [picture.add_subplot(grid[:, 0])]
            places += [picture.add_subplot(grid[row, 1]) for row in range(len(keys) - 1)]
        for axes, key in zip(places, keys, strict=True):
            large = axes is places[0]
            look = _Look(9.0 if large else 7.0, currency_of(found.file), _about(found) if large else None)
            _sheet(axes, found, found.sheets[0], key, look, frame=large)
            axes.set_title(_heading(found, key), loc="left", fontsize=10.5 if large else 9.0, fontweight="bold")
        _legend(picture, found, frame=True)
        title = "\n".join(textwrap.wrap(_title(found), 105))
        picture.suptitle(title, fontsize=13, fontweight="bold", color=INK, x=0.01, ha="left")
        return svg(picture)


def _title(found: Mapped) -> str:
    """Where the plan that the claim is about stands, and who wins most."""
    key, place = found.file.settings.measures[0], _about(found)
    names = [plan.name for plan in found.file.plans]
    winners = [won(results, key) for results in found.sheets[0].cells.values()]
    wins = [sum(each.told and each.plan == plan for each in winners) for plan in range(len(names))]
    order = sorted((plan for plan in range(len(names)) if wins[plan] and plan != place), key=lambda plan: -wins[plan])
    parts = [f"{names[plan]} wins {wins[plan]}" for plan in order]
    unknown = f"in {len(winners) - sum(wins)} the lead of the best is not certain"
    if place is None:
        return f"Of {len(winners)} cells {joined([*parts, unknown], 'and')}"
    behind = sum(place not in each.alike for each in winners)
    head = f"{names[place]} wins {wins[place]} of {len(winners)} cells and is certainly behind the best in {behind}"
    return f"{head}; {joined([*parts, unknown], 'and')}"


def _heading(found: Mapped, key: str) -> str:
    """What is won in a panel."""
    how = scale(KPIS[key], currency_of(found.file))
    unit = {"share": "points"}.get(KPIS[key].unit, how.unit)
    who = {"lower": "who has least", "higher": "who has most"}.get(KPIS[key].direction, "who has most")
    lead = ", and the lead over the next best" if key == found.file.settings.measures[0] else ""
    return f"{what(key)[:1].upper()}{what(key)[1:]}: {who}{lead} ({unit})"


def _about(found: Mapped) -> int | None:
    """The plan that the claim is about."""
    names = [plan.name for plan in found.file.plans]
    return names.index(found.file.settings.about) if found.file.settings.about else None


def _sheet(axes: Axes, found: Mapped, sheet: Sheet, key: str, look: _Look, *, frame: bool = False) -> None:
    across, up = found.file.settings.across, found.file.settings.up
    assert across is not None, "a map has columns"
    assert up is not None, "a map has rows"
    for at, results in sheet.cells.items():
        _cell(axes, at, results, key, look)
    for x, y in _best_rows(sheet, key) if frame else ():
        axes.add_patch(Rectangle((x - 0.47, y - 0.47), 0.94, 0.94, fill=False, edgecolor=INK, linewidth=2.4))
    axes.set_xlim(-0.5, len(across.values) - 0.5)
    axes.set_ylim(-0.5, len(up.values) - 0.5)
    axes.set_xticks(range(len(across.values)), [f"{x:g}" for x in across.values])
    axes.set_yticks(range(len(up.values)), [f"{y:g}" for y in up.values])
    axes.set_xlabel(across.label, fontsize=look.size)
    axes.set_ylabel(up.label, fontsize=look.size)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _cell(axes: Axes, at: At, results: Results, key: str, look: _Look) -> None:
    """The winner's colour; where its lead is not certain pale, hatched in the colour of the next best."""
    x, y = at
    winner = won(results, key)
    colours = _colours(results.plans)
    colour = colours[winner.plan]
    face = _mixed(colour, 1.0 if winner.told else PALE)
    stripes = "white" if winner.told else _mixed(colours[winner.second], 0.6)
    axes.add_patch(
        Rectangle((x - 0.48, y - 0.48), 0.96, 0.96, facecolor=face, edgecolor=stripes,
                  hatch=None if winner.told else _HATCH, linewidth=0.0)
    )  # fmt: skip
    ink = "white" if winner.told and _dark(colour) else INK
    box = None if winner.told else {"facecolor": "white", "edgecolor": "none", "pad": 1.0, "alpha": 0.85}
    axes.text(x, y, _said(results, winner, key, look), ha="center", va="center", fontsize=look.size, color=ink,
              fontweight="bold" if winner.told else "normal", linespacing=1.15, bbox=box)  # fmt: skip
    if _nobody(results):
        axes.plot([x - 0.38], [y + 0.36], marker="x", color=ink, markersize=look.size * 0.55, markeredgewidth=1.5)


def _said(results: Results, winner: Won, key: str, look: _Look) -> str:
    """Who wins (all that cannot be told from the best), by how much, and what the plan asked about has less."""
    marks = letters(results.plans)
    shown = winner.alike[:1] if winner.told else winner.alike
    lines = ["\N{THIN SPACE}".join(marks[plan] for plan in shown), _lead(winner.lead.mean, key, look.currency)]
    if look.about is not None and look.about not in (winner.plan, winner.second):
        less = results.difference(look.about, key, winner.plan).mean
        lines.append(f"{marks[look.about]} {MINUS}{_lead(less, key, look.currency).lstrip('+')}")
    return "\n".join(lines)


def _lead(lead: float, key: str, currency: str) -> str:
    """A lead without its sign, to two digits: those of the interval are in the table."""
    how = scale(KPIS[key], currency)
    if KPIS[key].unit == "share":
        return f"{abs(lead * how.factor):.1f}"
    return f"+{brief(abs(lead), how) if KPIS[key].unit.startswith('money') else f'{abs(lead):.2f}'}"


def _colours(names: Sequence[str]) -> list[str]:
    """A colour for each plan: its own where it is well known, else one that is free."""
    own = {name: COLOURS[_KNOWN.index(name)] for name in names if name in _KNOWN}
    free = [colour for colour in COLOURS if colour not in own.values()]
    others = [name for name in names if name not in own]
    return [own.get(name) or free[others.index(name) % len(free)] for name in names]


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
    colours = _colours(names)
    handles = [
        Patch(facecolor=colours[place], label=f"{mark}  {name.replace('_', ' ')}")
        for place, (mark, name) in enumerate(zip(marks, names, strict=True))
    ]
    handles.append(
        Patch(
            facecolor="#eceff1",
            edgecolor=MUTED,
            hatch=_HATCH,
            linewidth=0.0,
            label="striped: the lead over the next best is not certain (95 %)",
        )
    )
    if frame:
        handles.append(
            Patch(facecolor="none", edgecolor=INK, linewidth=2.0, label="office size that brings most in its column")
        )
    if any(_nobody(results) for sheet in found.sheets for results in sheet.cells.values()):
        label = f"\N{MULTIPLICATION SIGN}  the best plan still loses over {NOBODY:.0%} of calls"
        handles.append(Patch(facecolor="none", edgecolor="none", label=label))
    picture.legend(
        handles=handles, loc="outside lower left", ncols=4, frameon=False, fontsize=9, alignment="left",
        title=_key(found, marks), title_fontsize=9,
    )  # fmt: skip


def _key(found: Mapped, marks: Sequence[str]) -> str:
    """How a cell is read."""
    place = _about(found)
    more = (
        ""
        if place is None or len(marks) < 3
        else f"; what {found.file.settings.about} ({marks[place]}) has less than the first"
    )
    return f"In a cell: the winner, or all that cannot be told from it, best first; its lead over the next best{more}."


# How the border moves


def border(found: Mapped) -> str:
    """The map once for each assumption and value tried, a row for each assumption; as SVG text."""
    names = list(found.file.settings.vary)
    key = found.file.settings.measures[0]
    rows = [[sheet for sheet in found.sheets[1:] if sheet.name == name] for name in names]
    width = 1 + max(map(len, rows))
    look = _Look(7.5, currency_of(found.file), _about(found))
    with drawn(1.75 * len(rows) + 1.5, 3.1 * width + 0.6) as picture:
        grid = picture.subplots(len(rows), width, squeeze=False)
        for line, name, sheets in zip(grid, names, rows, strict=True):
            shown = sorted([found.sheets[0], *sheets], key=lambda sheet: _order(found, name, sheet))
            for axes in line[len(shown) :]:
                axes.set_visible(False)
            for axes, sheet in zip(line, shown, strict=False):
                _sheet(axes, found, sheet, key, look)
                axes.set_xlabel("")
                axes.set_ylabel("")
                weight = "bold" if sheet.name else "normal"
                axes.set_title(_above(found, name, sheet), loc="left", fontsize=9, fontweight=weight)
            line[0].set_ylabel("\n".join(textwrap.wrap(about(found.file, name)[0], 20)), fontsize=9, color=INK)
        _legend(picture, found, frame=False)
        picture.suptitle(_border_title(found), fontsize=11, fontweight="bold", color=INK, x=0.01, ha="left")
        return svg(picture)


def _border_title(found: Mapped) -> str:
    across, up = found.file.settings.across, found.file.settings.up
    assert across is not None, "a map has columns"
    assert up is not None, "a map has rows"
    said = f"Who has most {what(found.file.settings.measures[0])}, one assumption at a time at the ends of its range"
    return f"{said}\nEach small map: {across.label} from left to right, {up.label} from bottom to top"


def _order(found: Mapped, name: str, sheet: Sheet) -> float:
    """From the least value to the largest; the plans as they are just after the values that they begin with."""
    if sheet.name:
        return sheet.value
    low, high = range_now(found.file.plans, name)
    return 0.0 if math.isnan(low) else (low + high) / 2.0


def _above(found: Mapped, name: str, sheet: Sheet) -> str:
    unit = about(found.file, name)[1]
    if sheet.name:
        return f"at {value(sheet.value, unit)}"
    low, high = range_now(found.file.plans, name)
    if math.isnan(low):
        return "as it is"
    return f"as it is: {value(low, unit)}" + ("" if low == high else f" to {value(high, unit)}")


def shows(found: Mapped) -> str:
    """What the map shows, for those who cannot see it."""
    return _title(found)
