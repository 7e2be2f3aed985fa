"""How pictures are drawn: colours, type, and SVG that is the same byte for byte from the same numbers."""

from __future__ import annotations

import base64
import io
import math
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import escape
from typing import Any, NamedTuple

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from sim.report.numbers import MINUS, NONE, Scale, with_unit

#: colours that the colour-blind tell apart (Okabe and Ito, 2008), in the order of the plans
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#4D4D4D")
INK, MUTED, RULE = "#1b2733", "#5d6b78", "#d9dfe4"
WIDTH_IN = 5.4
NAME_WIDTH = 18  # letters of a plan's name in a line of a picture
LEGEND_WIDTH = 66  # letters side by side in a legend
_STYLE: dict[Any, Any] = {
    "svg.hashsalt": "baton",
    "svg.fonttype": "path",
    "font.family": "DejaVu Sans",
    "font.size": 9.0,
    "text.color": INK,
    "axes.labelcolor": MUTED,
    "axes.edgecolor": RULE,
    "xtick.color": MUTED,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.major.size": 0.0,
    "ytick.major.size": 0.0,
    "axes.axisbelow": True,
    "grid.color": RULE,
    "grid.linewidth": 0.6,
    "text.parse_math": False,  # a dollar sign is money
}


class Picture(NamedTuple):
    """A drawn figure for a page. Its title is text of the page, which a phone can wrap."""

    uri: str  # the image, as a data URI
    title: str  # what is seen
    remark: str  # what is measured, and in which unit
    alt: str  # the numbers, for those who cannot see it

    def __repr__(self) -> str:
        return f"Picture({self.title!r})"

    def _repr_html_(self) -> str:
        """As notebooks show it."""
        title, remark, alt = (escape(text) for text in (self.title, self.remark, self.alt))
        picture = f'<img src="{self.uri}" alt="{alt}">'
        return f"<figure><figcaption><b>{title}</b></figcaption>{picture}<p>{remark}</p></figure>"


def colour(plan: int) -> str:
    """The colour of a plan, the same in every figure."""
    return COLOURS[plan % len(COLOURS)]


@contextmanager
def drawn(height_in: float, width_in: float = WIDTH_IN) -> Iterator[Figure]:
    """An empty figure in the house style."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(width_in, height_in), layout="constrained")
        FigureCanvasSVG(figure)
        yield figure


def data_uri(figure: Figure) -> str:
    """The figure as an SVG data URI (inlined SVGs would share their ids); to be called while it is drawn."""
    out = io.BytesIO()
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    return "data:image/svg+xml;base64," + base64.b64encode(out.getvalue()).decode("ascii")


def svg(figure: Figure) -> str:
    """The figure as an SVG file on white; to be called while it is drawn."""
    out = io.BytesIO()
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None}, facecolor="white")
    return out.getvalue().decode("utf-8")


def bare(axes: Axes) -> None:
    """Rows with names and no frame: the numbers are written beside what they measure."""
    for side in ("bottom", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(axis="x", labelbottom=False)


def short(x: float, how: Scale) -> str:
    """A number that fits into a picture: ``$1.23M``, ``$412k``, ``7.2 %``; what no letter stands for has a power."""
    size = abs(x * how.factor)
    if not math.isfinite(size):
        return NONE
    if size >= 1e15:
        return with_unit(f"{MINUS if x < 0.0 else ''}{size:.2g}", how)
    for unit, letter in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")):
        if size >= 0.9995 * unit:
            text = _three_digits(size / unit) + letter
            break
    else:
        text = _three_digits(size)
    return with_unit(f"{MINUS}{text}" if x < 0.0 and text.strip("0.") else text, how)


def brief(x: float, how: Scale) -> str:
    """A number to two digits: ``$96k``, ``$3.6k``, ``$2M``; for places where its interval is drawn beside it."""
    size = float(f"{abs(x * how.factor):.2g}")
    unit, letter = next(((unit, letter) for unit, letter in ((1e6, "M"), (1e3, "k")) if size >= unit), (1.0, ""))
    return with_unit(f"{MINUS if x < 0.0 and size else ''}{size / unit:g}{letter}", how)


def called(name: str, lines: int = 2) -> str:
    """A plan's name as a picture has room for it: in so many short lines."""
    wrapped = textwrap.wrap(name, NAME_WIDTH) or [name]
    if len(wrapped) > lines:
        wrapped[lines - 1] = f"{wrapped[lines - 1][: NAME_WIDTH - 1]}\N{HORIZONTAL ELLIPSIS}"
    return "\n".join(wrapped[:lines])


def _three_digits(x: float) -> str:
    return f"{x:.0f}" if x >= 99.95 or x == round(x) else f"{x:.1f}" if x >= 9.995 else f"{x:.2f}"


def legend(figure: Figure, plans: Sequence[str]) -> None:
    """The plans' names in their colours, below; a single plan needs none."""
    if len(plans) > 1:
        handles = [
            figure.axes[0].plot([], [], "s", color=colour(place), markersize=7, label=called(name))[0]
            for place, name in enumerate(plans)
        ]
        widest = max(len(line) for name in plans for line in called(name).split("\n"))
        columns = max(1, min(4, len(handles), LEGEND_WIDTH // (widest + 4)))
        figure.legend(
            handles=handles, loc="outside lower left", ncols=columns, frameon=False, fontsize=8.5,
            handletextpad=0.2, columnspacing=1.4,
        )  # fmt: skip
