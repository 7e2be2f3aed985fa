"""The people: what their hours went into. Occupancy is of those who normally wear a hat, hours are of all."""
# ruff: noqa: D205 (a definition is one sentence, and some are longer than a line)

from __future__ import annotations

from sim.kpis.arrays import share
from sim.kpis.register import HAPPENED, MINUTES, OF_PAY, OF_PEOPLE, Chapter
from sim.kpis.stints import SIDE
from sim.kpis.view import View
from sim.relay import HATS, Event, Hat, Spent

kpi = Chapter("people", MINUTES, OF_PEOPLE).kpi

#: hours that are shown for what they went into, whatever the hat
SHOWN = {
    Spent.SWITCH: ("hours changing hats", "Hours spent changing hats, which also count for the hat that follows."),
    Spent.RESUME: ("hours finding back", "Hours spent finding back into broken work, which also count for its hat."),
    Spent.LOOK_AHEAD: ("hours looking ahead", "Hours in which the desk looked ahead."),
    Spent.UPDATE: ("hours telling customers", "Hours spent telling customers of a change."),
    Spent.OUTBOUND: ("hours ringing customers", "Hours spent on calls that the desk made."),
    Spent.CALL_BACK: ("hours ringing back", "Hours spent ringing back callers who were missed or came by web."),
    Spent.ALONE: ("hours without an answer", "Hours on site spent finding out what nobody at the desk answered."),
    Spent.EARLY: ("hours too early", "Hours in which technicians waited for a promised window to begin."),
    Spent.FUTILE: ("hours in vain", "Hours on site in vain: nobody was at home."),
}  # fmt: skip


def _occupancy(name: str, hat: Hat) -> None:
    words = name.replace("_", " ")

    @kpi(
        f"hours as {words}",
        "h",
        key=f"hours_{name}",
        definition=f"Hours spent under the {words} hat by anybody, changing over to it included.",
    )
    def hours(x: View) -> float:
        return float(x.worked.under[x.people, hat].sum()) / 60.0

    @kpi(
        f"hours as {words}, covered",
        "h",
        key=f"hours_{name}_covered",
        definition=f"Those of hours_{name} that were spent by people who do not normally wear the hat.",
    )
    def covered(x: View) -> float:
        return float(x.worked.under[x.people & ~x.wearers(hat), hat].sum()) / 60.0

    @kpi(
        f"hours present of {words}s",
        "h",
        key=f"hours_present_{name}",
        definition=f"Hours in which people who normally wear the {words} hat were there, breaks left out.",
    )
    def present(x: View) -> float:
        return float(x.worked.present[x.wearers(hat)].sum()) / 60.0

    @kpi(
        f"occupancy as {words}",
        "share",
        key=f"occupancy_{name}_share",
        definition=f"Minutes that people who normally wear the {words} hat spent under it over their minutes "
        "present; side work, waiting for the desk and other hats are not in the numerator.",
    )
    def occupancy(x: View) -> float:
        return share(hours(x) - covered(x), present(x))


for _name, _hat in HATS.items():
    _occupancy(_name, _hat)


def _shown(kind: Spent, label: str, meaning: str) -> None:
    @kpi(label, "h", key=f"hours_{kind.name.lower()}", definition=meaning)
    def hours(x: View) -> float:
        return x.hours_of(kind)


for _kind, _said in SHOWN.items():
    _shown(_kind, *_said)


@kpi("hours on side work", "h")
def hours_side(x: View) -> float:
    """Hours spent on side duties by anybody."""
    return float(x.worked.under[x.people, SIDE].sum()) / 60.0


@kpi("office busy with customers", "share")
def office_busy_share(x: View) -> float:
    """Minutes under the csr or dispatcher hat over minutes present, both of people who wear either;
    comparable between combined and separate roles.
    """
    office = x.wearers(Hat.CSR, Hat.DISPATCHER)
    return share(
        float(x.worked.under[office][:, [Hat.CSR, Hat.DISPATCHER]].sum()),
        float(x.worked.present[office].sum()),
    )


@kpi("interruptions", "times", "lower", window=HAPPENED)
def interruptions(x: View) -> float:
    """Times that work was put down for a ringing phone."""
    return x.count(Event.INTERRUPTED)


@kpi("changes of hat", "times", "lower", window=HAPPENED)
def switches(x: View) -> float:
    """Times that somebody changed hats."""
    return x.count(Event.SWITCHED)


@kpi("cover hats put on", "times", window=HAPPENED)
def covers(x: View) -> float:
    """Times that somebody put on a hat that they are only trained to cover."""
    return x.count(Event.COVER_ON)


@kpi("paid hours", "h", splits=OF_PAY)
def paid_h(x: View) -> float:
    """Regular paid hours, days away included, and overtime."""
    return float((x.worked.paid + x.worked.overtime)[x.people].sum()) / 60.0


@kpi("overtime", "h", splits=OF_PAY)
def overtime_h(x: View) -> float:
    """Hours worked after the end of a shift."""
    return float(x.worked.overtime[x.people].sum()) / 60.0


@kpi("overtime refused", "times", window=HAPPENED)
def overtime_refused(x: View) -> float:
    """Times that a technician would not stay longer."""
    return x.count(Event.REFUSED_OVERTIME)


@kpi("days away", "days", window=HAPPENED)
def days_absent(x: View) -> float:
    """Scheduled days of anybody lost to vacation or sickness."""
    return x.count(Event.ABSENT)


@kpi("csr shifts", "shifts", window=HAPPENED)
def csr_shifts(x: View) -> float:
    """Days on which somebody who wears the csr hat was there, each person counted."""
    return x.shifts(Hat.CSR)


@kpi("technician-days", "days", window=HAPPENED)
def technician_days(x: View) -> float:
    """Days on which somebody who wears the technician hat was there, each person counted."""
    return x.shifts(Hat.TECHNICIAN)


@kpi("billable hours", "h", "higher", window=HAPPENED)
def billable_h(x: View) -> float:
    """Billable hours on site, counted when the work was done."""
    return x.total(Event.WORK_DONE) / 60.0


@kpi("billable hours a technician-day", "h/day", "higher", window=HAPPENED)
def billable_h_per_technician_day(x: View) -> float:
    """Billable hours on site over technician-days."""
    return share(billable_h(x), technician_days(x))


@kpi("billable share of paid hours", "share", "higher", splits=OF_PAY)
def billable_share(x: View) -> float:
    """Billable hours over the paid hours, overtime included, of those who wear the technician hat."""
    paid = (x.worked.paid + x.worked.overtime)[x.wearers(Hat.TECHNICIAN)]
    return share(billable_h(x) * 60.0, float(paid.sum()))


@kpi("technicians waiting for the desk", "h", "lower")
def technician_wait_for_desk_h(x: View) -> float:
    """Paid hours in which technicians waited for the desk."""
    return x.hours_of(Spent.WAIT_FOR_DESK)


@kpi("waiting for the desk a technician-day", "h/day", "lower")
def technician_wait_for_desk_h_per_technician_day(x: View) -> float:
    """Hours in which technicians waited for the desk over technician-days."""
    return share(technician_wait_for_desk_h(x), technician_days(x))


@kpi("travel", "h", "lower")
def travel_h(x: View) -> float:
    """Hours spent driving."""
    return x.hours_of(Spent.TRAVEL)
