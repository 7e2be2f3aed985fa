"""The picture of a study that is no map: every difference with its interval, against the line at zero."""

from __future__ import annotations

import textwrap
from typing import NamedTuple

from sim.analysis.ruling import Tried, certain
from sim.analysis.studying import Studied
from sim.kpis import KPIS
from sim.report.drawing import COLOURS, INK, MUTED, RULE, brief, drawn, short, svg
from sim.report.numbers import Scale, scale
from sim.report.study_words import about, currency_of, named, value, verdict, what
from sim.statistics import Estimate

MORE, LESS, UNTOLD = COLOURS[2], COLOURS[1], "#8a96a1"
ROW_IN, WIDTH_IN = 0.34, 8.2
_LETTERS = 84


class Row(NamedTuple):
    """One line of the picture; without an estimate it is a heading."""

    text: str
    found: Estimate | None = None
    strong: bool = False


def figure(found: Studied) -> str:
    """Differences at the base, then of the claim under each variation; as SVG text."""
    rows = _rows(found)
    how = scale(KPIS[found.measure], currency_of(found.file))
    lines = textwrap.wrap(_title(found), _LETTERS)
    with drawn(ROW_IN * len(rows) + 0.95 + 0.2 * len(lines), WIDTH_IN) as picture:
        axes = picture.add_subplot()
        axes.axvline(0.0, color=MUTED, linewidth=1.0)
        for place, row in enumerate(rows):
            if row.found is not None:
                _dot(axes, place, row.found, how, row.strong)
        axes.set_yticks(range(len(rows)), [row.text for row in rows])
        for label, row in zip(axes.get_yticklabels(), rows, strict=True):
            label.set_fontweight("bold" if row.found is None or row.strong else "normal")
            label.set_fontsize(8.5)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.margins(x=0.12)
        axes.xaxis.set_major_formatter(lambda x, _: short(x / how.factor, how))
        axes.locator_params(axis="x", nbins=6)
        axes.grid(axis="x")
        axes.spines["left"].set_visible(False)
        axes.set_xlabel(_axis(found), fontsize=8.5)
        picture.suptitle("\n".join(lines), fontsize=10.5, fontweight="bold", color=INK, x=0.01, ha="left")
        return svg(picture)


def _title(found: Studied) -> str:
    settings = found.file.settings
    said = settings.claim or settings.question
    ruling = found.ruled.ruling.value if settings.claim else ""
    return f"{said} {ruling.capitalize()}." if ruling else said


def _axis(found: Studied) -> str:
    kind = found.file.settings.kind
    of = {
        "compare": f"less {found.results.plans[0]}",
        "hire": "against leaving all as it is",
        "batons": "won if that hand-off were perfect",
        "map": "",
    }[kind]
    return (
        f"{what(found.measure)}, {of}; the bar is the 95 % interval, each alone\n"
        "green: certainly more, orange: certainly less, grey: cannot be told"
    )


def _dot(axes, place: int, found: Estimate, how: Scale, strong: bool) -> None:  # type: ignore[no-untyped-def]
    colour = {1: MORE, -1: LESS, 0: UNTOLD}[certain(found)]
    low, mean, high = (x * how.factor for x in (found.low, found.mean, found.high))
    axes.plot([low, high], [place, place], color=colour, linewidth=3.2 if strong else 2.0, solid_capstyle="butt")
    axes.plot([mean], [place], "o" if certain(found) else "D", color=colour, markersize=7.5 if strong else 5.5)
    axes.annotate(brief(found.mean, how), (mean, place), (0, 5), textcoords="offset points", ha="center",
                  fontsize=7.5, color=INK,
                  bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.4, "alpha": 0.8})  # fmt: skip
    axes.axhline(place, color=RULE, linewidth=0.4, zorder=0)


def _rows(found: Studied) -> list[Row]:
    results, key, settings = found.results, found.measure, found.file.settings
    plans = list(range(1, len(results.plans)))
    if settings.kind in ("hire", "batons"):
        plans.sort(key=lambda plan: -results.difference(plan, key).mean)
    chosen = settings.about or (results.plans[-1] if settings.kind == "compare" else "")
    rows = [
        Row(
            named(found.file, results.plans[plan]),
            results.difference(plan, key),
            results.plans[plan].removeprefix("perfect ") == chosen,
        )
        for plan in plans
    ]
    if len(found.cases) > 1:
        rows.append(Row(_heading(found)))
        tried = [each for moved in found.moved for each in moved.tried]
        rows += [Row(_case(found, each), each.difference) for each in tried]
    return rows


def _heading(found: Studied) -> str:
    settings = found.file.settings
    name = named(found.file, settings.about or found.results.plans[-1])
    return f"{name} less the dearest other, with" if settings.kind == "batons" else f"{name}, all else as it is, with"


def _case(found: Studied, case: Tried) -> str:
    words, unit = about(found.file, case.name)
    return f"{textwrap.shorten(words, 60, placeholder='...')} = {value(case.value, unit)}"


def shows(found: Studied) -> str:
    """What the picture shows, for those who cannot see it."""
    return f"{what(found.measure)}: {verdict(found)}" if found.file.settings.claim else what(found.measure)
