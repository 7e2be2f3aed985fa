"""The hand-offs: passed, dropped, incomplete, and how that came to light."""

from __future__ import annotations

import numpy as np

from sim.kpis.arrays import BATON, DETAIL, TIME, Positions, known, last_by, mean, share
from sim.kpis.register import HAPPENED, Chapter
from sim.kpis.view import View
from sim.ledger import Floats
from sim.relay import Channel, Event, Fate, Handoff, Missing

kpi = Chapter("batons", HAPPENED, ("type", "tier", "job", "hour", "group", "person")).kpi
_OF_NEEDS = ("type", "tier", "job", "hour")  # where the row's person is not the one who let it fall


@kpi("batons passed", "batons")
def batons_passed(x: View) -> float:
    """Hand-offs passed on, to oneself too; split by person by the sender."""
    return x.count(Event.PASSED)


@kpi("batons dropped", "batons", "lower")
def batons_dropped(x: View) -> float:
    """Hand-offs dropped, repaired later or not; split by person by who let it fall."""
    return x.count(Event.DROPPED)


def _handoff(handoff: Handoff) -> None:
    name = handoff.name.lower()

    @kpi(
        f"{name} batons passed",
        "batons",
        key=f"batons_passed_{name}",
        definition=f"Hand-offs of the {name} passed on.",
    )
    def passed(x: View) -> float:
        return float((x.rows(Event.PASSED)[:, DETAIL] == handoff).sum())

    meaning = f"Hand-offs of the {name} dropped, repaired later or not."

    @kpi(f"{name} batons dropped", "batons", "lower", key=f"batons_dropped_{name}", definition=meaning)
    def dropped(x: View) -> float:
        return float((x.rows(Event.DROPPED)[:, DETAIL] == handoff).sum())


for _each in Handoff:
    _handoff(_each)


def _field(field: Missing) -> None:
    name = field.name.lower()
    meaning = f"Hand-offs found to lack the {name}."

    @kpi(
        f"batons lacking {name}",
        "batons",
        "lower",
        key=f"batons_lacking_{name}",
        definition=meaning,
        splits=_OF_NEEDS,
    )
    def lacking(x: View) -> float:
        masks = x.rows(Event.LACKED)[:, DETAIL].astype(np.int64)
        return float((masks >> field & 1).sum())


for _missing in Missing:
    _field(_missing)


@kpi("batons lacking something", "batons", "lower", splits=_OF_NEEDS)
def batons_lacking(x: View) -> float:
    """Hand-offs found to lack at least one field."""
    return x.count(Event.LACKED)


def _channel(channel: Channel) -> None:
    name = channel.name.lower()
    meaning = f"Dropped hand-offs that came to light by the {name}."

    @kpi(
        f"drops found by {name}",
        "batons",
        key=f"batons_found_by_{name}",
        definition=meaning,
        splits=_OF_NEEDS,
    )
    def found(x: View) -> float:
        return float((x.rows(Event.FOUND)[:, DETAIL] == channel).sum())


for _by in (Channel.CUSTOMER, Channel.TECHNICIAN, Channel.AUDIT):
    _channel(_by)


def _noticed_after(x: View) -> Floats:
    """Minutes from each drop in the window until it was noticed, NaN if that never happened."""
    dropped, found = x.rows(Event.DROPPED), x.tables.of(Event.FOUND)
    found = found[found[:, DETAIL] != Channel.NEVER]
    batons = Positions(np.unique(dropped[:, BATON]))
    times = np.append(last_by(batons.of(found[:, BATON]), found[:, TIME], batons.n), np.nan)
    return times[batons.of(dropped[:, BATON])] - dropped[:, TIME]


@kpi("drops never found", "batons", "lower", splits=_OF_NEEDS)
def batons_found_by_never(x: View) -> float:
    """Hand-offs dropped in the window that nobody had noticed when the run stopped."""
    return float(np.isnan(_noticed_after(x)).sum())


@kpi("drop until noticed", "h", "lower", splits=_OF_NEEDS)
def batons_noticed_after_h(x: View) -> float:
    """Mean time from a drop until it was noticed, of those that were."""
    return mean(known(_noticed_after(x))) / 60.0


@kpi("baton in the air", "min", "lower", splits=_OF_NEEDS)
def batons_in_the_air_min(x: View) -> float:
    """Mean time from passing a baton on until it was picked up."""
    return mean(x.rows(Event.PICKED_UP)[:, DETAIL])


def _begun(x: View) -> Positions:
    """The batons that were passed, or dropped before they could be, in the window."""
    both = (x.rows(Event.PASSED)[:, BATON], x.rows(Event.DROPPED)[:, BATON])
    return Positions(np.unique(np.concatenate(both)))


def _fate(fate: Fate) -> None:
    name, words = fate.name.lower(), fate.name.lower().replace("_", " ")
    meaning = f"Hand-offs passed or dropped in the window whose one fate was: {words}."

    @kpi(f"batons {words}", "batons", key=f"batons_fate_{name}", definition=meaning)
    def count(x: View) -> float:
        ended, batons = x.tables.of(Event.BATON_ENDED), _begun(x)
        fates = last_by(batons.of(ended[:, BATON]), ended[:, DETAIL], batons.n)
        return float((fates == fate).sum())


for _end in Fate:
    _fate(_end)


@kpi("share of batons dropped", "share", "lower")
def batons_dropped_share(x: View) -> float:
    """Hand-offs dropped over hand-offs passed, or dropped before they could be."""
    return share(batons_dropped(x), float(_begun(x).n))
