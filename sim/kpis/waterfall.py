"""The waterfall, by root: what the needs born in the window were worth, and where each cent of it went.

Events of these roots count whenever they happen. Fresh roots (nobody referred them) have the same potential under
every plan; referred roots are shown apart, with a balance of their own.
"""

from __future__ import annotations

import numpy as np

from sim.kpis.arrays import CENTS, DETAIL, ROOT, Mask, whole_cents
from sim.kpis.causes import AFTER_BOOKING, NOT_BOOKED, NOT_REACHED, STILL_OPEN, in_words
from sim.kpis.register import BORN, MONEY, OF_ROOTS, Better, Chapter, Measure
from sim.kpis.tables import Tables
from sim.kpis.view import View
from sim.relay import Event, Handoff, Loss

kpi = Chapter("waterfall", BORN, OF_ROOTS).kpi

#: the parts that are not a terminal loss: key, event, what it is
REDUCED = (
    ("loss_discounts", Event.DISCOUNT, "lost: discounts", "Discounts given."),
    ("loss_uncollected", Event.UNCOLLECTED, "lost: uncollected", "Billed and never paid."),
    ("loss_unbilled", Event.UNBILLED, "lost: unbilled", "Work done and never billed."),
)
PARTS = (Event.COLLECTED, *(event for _, event, _, _ in REDUCED), *(Event.LOSS + loss for loss in Loss))


def cents(x: View, event: int, roots: Mask) -> int:
    """Whole cents that an event's rows, whenever written, put down to these roots."""
    rows = x.tables.of(event)
    chosen = np.append(roots, False)[x.tables.roots.of(rows[:, ROOT])]
    return whole_cents(rows[chosen, DETAIL])


def potential_cents(x: View, roots: Mask) -> int:
    """Whole cents that these roots were worth."""
    return int(x.run.roots.potential[roots].sum())


def gap_cents(x: View, roots: Mask) -> int:
    """The potential of these roots less all its parts."""
    return potential_cents(x, roots) - sum(cents(x, event, roots) for event in PARTS)


@kpi("potential", MONEY)
def potential(x: View) -> float:
    """What fresh needs were worth under the best possible handling, undiscounted."""
    return potential_cents(x, x.fresh) / CENTS


@kpi("collected", MONEY, "higher")
def collected(x: View) -> float:
    """The part of the potential of fresh needs that was collected."""
    return cents(x, Event.COLLECTED, x.fresh) / CENTS


@kpi("share of the potential collected", "share", "higher")
def collected_share(x: View) -> float:
    """Collected over potential, of fresh needs."""
    worth = potential_cents(x, x.fresh)
    return cents(x, Event.COLLECTED, x.fresh) / worth if worth else np.nan


def _part(key: str, event: int, label: str, meaning: str, better: Better = "lower") -> Measure:
    @kpi(label, MONEY, better, key=key, definition=f"{meaning.rstrip('.')} (potential of fresh needs).")
    def part(x: View) -> float:
        return cents(x, event, x.fresh) / CENTS

    return part


for _key, _event, _label, _meaning in REDUCED:
    _part(_key, _event, _label, _meaning)
for _loss in Loss:
    _words = in_words(_loss)
    _better: Better = "neither" if _loss in STILL_OPEN else "lower"
    _said = f"Potential that ended as: {_words}"
    _part(f"loss_{_loss.name.lower()}", Event.LOSS + _loss, f"lost: {_words}", _said, _better)


@kpi("gap in the balance", MONEY)
def waterfall_gap(x: View) -> float:
    """Potential of fresh needs less collected and every part that was not, which must be 0."""
    return gap_cents(x, x.fresh) / CENTS


# Taken together, as an owner would; these repeat the parts above


def _together(label: str, key: str, meaning: str, *parts: int) -> Measure:
    @kpi(label, MONEY, "lower", key=key, definition=meaning)
    def together(x: View) -> float:
        return sum(cents(x, event, x.fresh) for event in parts) / CENTS

    return together


def _of(causes: tuple[Loss, ...]) -> tuple[int, ...]:
    return tuple(Event.LOSS + cause for cause in causes)


lost_not_reached = _together(
    "not reached",
    "lost_not_reached",
    "Of the parts above: not reached (abandoned, balked, blocked, after hours, voicemail, cut off).",
    *_of(NOT_REACHED),
)
lost_not_booked = _together(
    "reached, not booked",
    "lost_not_booked",
    "Of the parts above: reached and not booked, for whatever reason, screened out included.",
    *_of(NOT_BOOKED),
)
lost_after_booking = _together(
    "lost after booking",
    "lost_after_booking",
    "Of the parts above: lost after the booking, discounts, uncollected and unbilled included.",
    *_of(AFTER_BOOKING),
    *(event for _, event, _, _ in REDUCED),
)
lost_still_open = _together(
    "still open at the end",
    "lost_still_open",
    "Of the parts above: what the end found open.",
    *_of(STILL_OPEN),
)


# What the books put down to a baton that nobody repaired, by hand-off; together these are lost baton and unbilled


def _by_baton(handoff: Handoff) -> None:
    name = handoff.name.lower()
    meaning = f"Of the parts above: lost baton and unbilled, where it was the {name}."
    if handoff in (Handoff.BRIEF, Handoff.UPDATE):
        meaning = (
            f"Always 0, since the books put nothing down to a lost {name}: what it causes is lost under other names."
        )

    @kpi(f"lost to the {name} baton", MONEY, "lower", key=f"lost_to_{name}_baton", definition=meaning)
    def lost(x: View) -> float:
        roots = np.asarray(x.fresh & (x.tables.lost_by == handoff))
        return sum(cents(x, event, roots) for event in (Event.UNBILLED, Event.LOSS + Loss.LOST_BATON)) / CENTS


for _handoff in Handoff:
    _by_baton(_handoff)


# Referred needs, which not every plan brings about


@kpi("potential of referred needs", MONEY, "higher")
def potential_referred(x: View) -> float:
    """What needs born in the window by a referral were worth."""
    return potential_cents(x, x.cohort & ~x.fresh) / CENTS


@kpi("collected of referred needs", MONEY, "higher")
def collected_referred(x: View) -> float:
    """The part of the potential of referred needs that was collected."""
    return cents(x, Event.COLLECTED, x.cohort & ~x.fresh) / CENTS


@kpi("not collected of referred needs", MONEY, "lower")
def lost_referred(x: View) -> float:
    """All other parts of the potential of referred needs."""
    return sum(cents(x, event, x.cohort & ~x.fresh) for event in PARTS[1:]) / CENTS


@kpi("gap in the balance of referred needs", MONEY)
def waterfall_gap_referred(x: View) -> float:
    """Potential of referred needs less collected and every part that was not, which must be 0."""
    return gap_cents(x, x.cohort & ~x.fresh) / CENTS


# Where it first went wrong against where the money was booked


def first_last(tables: Tables) -> dict[str, dict[str, float]]:
    """Potential of the window's fresh roots by first cause and by where it ended.

    Rows are first causes ("none": nothing went wrong); columns are ``collected``, the other parts and the
    terminal causes. In money; each column adds up to its KPI.
    """
    x = View(tables)
    names: dict[int, str] = {Event.COLLECTED: "collected"}
    names |= {event: key.removeprefix("loss_") for key, event, _, _ in REDUCED}
    names |= {Event.LOSS + loss: loss.name.lower() for loss in Loss}
    table: dict[str, dict[str, float]] = {}
    for cause in (-1, *Loss):
        chosen = x.fresh & (tables.run.roots.first_cause == cause)
        if chosen.any():
            row = {name: cents(x, event, chosen) / CENTS for event, name in names.items()}
            table["none" if cause == -1 else Loss(cause).name.lower()] = row
    return table
