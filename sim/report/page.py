"""One page that says it all: an HTML file without scripts that loads nothing, for the screen, a phone or paper."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined

from sim.analysis import Comparison
from sim.kpis import KPIS
from sim.report import assumptions, deciding, figures, tables, words
from sim.report.drawing import colour
from sim.report.measures import chosen, currency, label, verdict
from sim.report.numbers import amount, scale
from sim.report.settings import Different, differences, in_words, leaves
from sim.study.results import Results

CARDS = (
    "contribution_per_year", "abandoned_share", "billable_h_per_technician_day", "customers_forgotten",
    "wait_all_mean_s", "service_level_share", "jobs_completed",
)  # fmt: skip
MOST_CARDS = 4
MOST_DIFFERENCES = 14


class Card(NamedTuple):
    """One measure at a glance: the better plan's number, the other's, and whether that is better."""

    label: str
    plan: str
    number: str
    against: str
    change: int  # as measures.verdict


class Leaning(NamedTuple):
    """One assumption with the settings to try it by."""

    words: str
    detail: str
    settings: tuple[tuple[str, str, str], ...]  # name, assumed value, sensible range


class Measure(NamedTuple):
    """A measure as it is defined."""

    label: str
    unit: str
    definition: str


def page(comparison: Comparison, version: str, by: Sequence[str] = ()) -> str:
    """The comparison as HTML; the same bytes from the same results. ``by`` names the splits that are also tables."""
    results = comparison.results
    environment = Environment(
        loader=PackageLoader("sim.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    horizon = results.scenarios[0].horizon
    title, (answer, *others) = deciding.title(comparison), deciding.sentences(comparison)
    return environment.get_template("comparison.html.j2").render(
        results=results,
        title=title,
        rest=_after(answer, title),
        others=others,
        cards=cards(results),
        pictures=figures.figures(results),
        measures=tables.measures(results),
        remarks=deciding.remarks(comparison),
        splits=tables.splits(results.only(by)),
        leaning=leaning(results),
        rule=assumptions.RULE,
        different=differing(results),
        most_different=MOST_DIFFERENCES,
        replications=max(results.replications(plan) for plan in range(len(results.plans))),
        horizon=horizon,
        counted_from=horizon.start + timedelta(days=horizon.warmup_days),
        definitions=definitions(results),
        version=version,
        colour=colour,
    )


def _after(answer: str, title: str) -> str:
    """The answer without its first clause, where that is the title."""
    rest = answer.removeprefix(f"{title}, ")
    return f"{rest[0].upper()}{rest[1:]}"


def cards(results: Results) -> list[Card]:
    """A few numbers at a glance, the best plan's against the first (or the next, where the first is best)."""
    lead = words.headline(results)
    order = words.ranked(results, lead)
    best = order[0]
    against = (0 if best else order[1]) if len(order) > 1 else None
    shown = [key for key in dict.fromkeys((lead.key, *CARDS)) if key in chosen(results)][:MOST_CARDS]
    return [_card(results, key, best, against) for key in shown]


def _card(results: Results, key: str, plan: int, against: int | None) -> Card:
    how, found = scale(KPIS[key], currency(results)), results.estimate(plan, key)
    if against is None:
        number = amount(found.mean, found.half_width, how, words.DIGITS)
        return Card(label(key, results), results.plans[plan], number, "", 0)
    change = results.difference(plan, key, against)
    numbers = words.side_by_side(results, key, plan, against)
    compared = f"{numbers[1]} under {results.plans[against]}"
    return Card(label(key, results), results.plans[plan], numbers[0], compared, verdict(key, change))


def leaning(results: Results) -> list[Leaning]:
    """What the conclusion leans on, with every setting's value and the range worth trying."""
    table = leaves(results.scenarios[0])
    found = []
    for assumption in assumptions.leaning(results.scenarios):
        rows = []
        for name in assumption.settings:
            if name in table:
                leaf = table[name]
                sensible = leaf.about.get("sensible")
                tried = f"{sensible[0]:g} to {sensible[1]:g}" if sensible else ""
                rows.append((name, in_words(leaf.value, leaf.about.get("unit", "")), tried))
        found.append(Leaning(assumption.words, assumption.detail, tuple(rows)))
    return found


def differing(results: Results) -> list[Different]:
    """Which settings set the plans apart."""
    return differences(results.scenarios) if len(results.plans) > 1 else []


def definitions(results: Results) -> list[Measure]:
    """What the measures of the table mean."""
    return [
        Measure(label(key, results), scale(KPIS[key], currency(results)).unit, KPIS[key].definition)
        for key in chosen(results)
    ]
