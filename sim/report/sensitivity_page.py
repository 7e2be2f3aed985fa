"""One page about what matters and what turns the verdict: an HTML file without scripts that loads nothing."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined

from sim.analysis import Sensitivity
from sim.report import sensitivity, varied
from sim.report.drawing import colour
from sim.report.measures import currency
from sim.report.sensitivity_figures import figures


def page(found: Sensitivity, version: str) -> str:
    """The study as HTML; the same bytes from the same results."""
    environment = Environment(
        loader=PackageLoader("sim.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    answer, *others = sensitivity.sentences(found)
    money = currency(found.results)
    settings = [
        (each.name, varied.words(each), varied.span(each, each.low, each.high, money), each.setting.grade)
        for each in (found.space.varied[place] for place in found.order)
    ]
    return environment.get_template("sensitivity.html.j2").render(
        found=found,
        results=found.results,
        title=sensitivity.title(found),
        answer=answer,
        others=others,
        pictures=figures(found),
        table=sensitivity.table(found),
        remarks=sensitivity.remarks(found),
        settings=settings,
        horizon=found.results.scenarios[0].horizon,
        version=version,
        colour=colour,
    )
