"""What dropped batons cost, in words and as a table, with one real example of each."""

from __future__ import annotations

from sim.analysis import BatonCosts, Cost
from sim.kpis import KPIS, Tables
from sim.ledger import Run
from sim.relay import Handoff
from sim.report.machine import limits as limits_of
from sim.report.numbers import NONE, Scale, amount, limits, plain, scale, tells
from sim.report.story import Chain, chain
from sim.report.tables import Table, signed
from sim.report.words import leaning_sentence, listed
from sim.statistics import Estimate

MONEY = "contribution_per_year"
WHO = {
    Handoff.BOOKING: "booking: from who books to the desk",
    Handoff.BRIEF: "brief: from the desk to the technician",
    Handoff.UPDATE: "update: from the desk to the customer",
    Handoff.REPORT: "report: from the technician to the desk",
    Handoff.CLOSE: "close: from the desk to the books",
}


def sentences(found: BatonCosts) -> list[str]:
    """Which hand-off is dearest, what all of them cost together, and why that is not their sum."""
    sure = [cost for cost in found.costs if tells(cost.counterfactual) and cost.counterfactual.mean > 0.0]
    return [_dearest(found, sure), _together(found), _unknown(found, sure), leaning_sentence(found.results)]


def _money(found: BatonCosts) -> Scale:
    return scale(KPIS[MONEY], found.results.scenarios[0].prices.currency)


def _size(estimate: Estimate, how: Scale) -> str:
    low, high = limits(estimate, how)
    return f"{amount(estimate.mean, estimate.half_width, how)} a year, 95 % between {low} and {high}"


def _dearest(found: BatonCosts, sure: list[Cost]) -> str:
    how, n = _money(found), found.together.n
    if not sure:
        return f"By {n:,} replications of {found.results.plans[0]} no hand-off can be told to cost anything by itself."
    first = sure[0]
    name, plan = first.handoff.name.lower(), found.results.plans[0]
    return f"The dearest hand-off of {plan} is the {name}: perfect, it would bring {_size(first.counterfactual, how)}."


def _together(found: BatonCosts) -> str:
    how = _money(found)
    if not tells(found.together):
        low, high = limits(found.together, how)
        return (
            f"All hand-offs perfect would bring between {low} and {high} a year, so that cannot be told from nothing."
        )
    text = f"All five perfect would bring {_size(found.together, how)}"
    if not tells(found.interaction):
        return f"{text}; that is about the sum of each alone."
    word = "more" if found.interaction.mean > 0.0 else "less"
    size = amount(abs(found.interaction.mean), found.interaction.half_width, how)
    return f"{text}; that is {size} {word} than the sum of each alone, because freed hours meet the same work."


def _unknown(found: BatonCosts, sure: list[Cost]) -> str:
    rest = [cost.handoff.name.lower() for cost in found.costs if cost not in sure]
    if not rest:
        return "Each of the five costs money beyond doubt."
    return f"Of {listed(rest)} these runs cannot tell that they cost anything."


def table(found: BatonCosts) -> Table:
    """One row a hand-off, the dearest first, and all of them."""
    how = _money(found)
    count = scale(KPIS["batons_dropped"], "")
    rows = [
        (
            WHO[cost.handoff],
            signed(cost.counterfactual, how),
            plain(cost.booked, how),
            plain(cost.dropped, count),
            signed(cost.forgotten, count),
        )
        for cost in found.costs
    ]
    rows.append(("all five together", signed(found.together, how), NONE, NONE, NONE))
    headers = (
        "hand-off", f"perfect would bring, {how.unit}", f"booked to its batons, {how.unit}", "dropped a year",
        "fewer customers forgotten a year",
    )  # fmt: skip
    return Table("", headers, tuple(rows), fixed=1)


def remarks(found: BatonCosts) -> str:
    """What the numbers are, and how two so different ones go together."""
    results = found.results
    return (
        f"Mean ± half of the 95 % interval over {found.together.n:,} replications of {results.days:,} days, seed "
        f"{results.seed}. “Perfect would bring”: the same shop and callers with that hand-off never dropped, "
        "incomplete or late, in contribution by expected tickets. “Booked to its batons”: what the books put down to a "
        "baton that nobody repaired. They differ, because hours that are freed serve somebody else, or nobody."
    )


def chains(run: Run) -> str:
    """One real example of each hand-off, told from the ledger, or that there is none."""
    tables = Tables(run)
    return "\n\n".join("\n".join(_example(chain(tables, handoff))) for handoff in Handoff)


def _example(told: Chain) -> list[str]:
    if told.root < 0:
        return told.lines()
    return [f"One real {told.handoff.name.lower()} that was dropped:", *(f"  {line}" for line in told.lines())]


def as_data(found: BatonCosts, run: Run) -> dict[str, object]:
    """All of it for JSON."""
    tables = Tables(run)
    return {
        "seed": found.results.seed, "days": found.results.days, "replications": found.together.n,
        "together": limits_of(found.together), "interaction": limits_of(found.interaction),
        "handoffs": [
            {
                "handoff": cost.handoff.name.lower(), "cost_per_year": limits_of(cost.counterfactual),
                "booked_per_year": limits_of(cost.booked), "dropped_per_year": limits_of(cost.dropped),
                "forgotten_less_per_year": limits_of(cost.forgotten), "example": chain(tables, cost.handoff).lines(),
            }
            for cost in found.costs
        ],
    }  # fmt: skip
