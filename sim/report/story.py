"""One dropped baton, told: what happened to one customer, in dated sentences, each of which is a row of the ledger.

Which of them is told: of the needs born in the counted days whose story is over (else of all of them), the one of which
the books put most money down to that hand-off's baton; of equals one whose customer was forgotten after the drop, then
the one that lay unnoticed longest before it was found, then the first.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.kpis import Tables
from sim.kpis.arrays import BATON, CALL, CAUSE, CENTS, DETAIL, EVENT, JOB, PERSON, ROOT, TIME, VISIT
from sim.kpis.causes import STILL_OPEN
from sim.ledger import Floats, Run
from sim.relay import DAY_MIN, Channel, End, Event, Fate, Handoff, Loss, Outcome, Spent
from sim.report.numbers import money

#: what a hand-off carries, as the subject of a sentence
CARRIED = {
    Handoff.BOOKING: "the booking", Handoff.BRIEF: "the brief", Handoff.UPDATE: "the word about the change",
    Handoff.REPORT: "the report", Handoff.CLOSE: "the closing of the job",
}  # fmt: skip
_GOES_NOWHERE = {
    Handoff.BOOKING: "the booking never reaches the desk", Handoff.BRIEF: "the brief never reaches the technician",
    Handoff.UPDATE: "the word about the change never reaches the customer",
    Handoff.REPORT: "the report of the visit never reaches the desk",
    Handoff.CLOSE: "the closing of the job never reaches the books",
}  # fmt: skip
_LACKED = ("the address", "what equipment it is", "what is needed", "the form of payment")
_LOST = {
    Loss.ABANDONED: "hung up while waiting", Loss.BALKED: "did not want to wait", Loss.BLOCKED: "all lines were taken",
    Loss.AFTER_HOURS: "the phones were closed", Loss.VOICEMAIL: "never spoken with", Loss.CUT_OFF: "cut off at closing",
    Loss.NO_RAPPORT: "not won on the phone", Loss.SHOPPER: "only compared prices",
    Loss.PUT_OFF_BY_WAIT: "put off by the wait", Loss.NO_SLOT: "no time soon enough",
    Loss.SCREENED_OUT: "turned away when it was busy", Loss.CANCELLED: "cancelled", Loss.NO_SHOW: "nobody at home",
    Loss.DECLINED_AT_TRIAGE: "no time could be found", Loss.LOST_BATON: "lost baton",
    Loss.SALE_NOT_MADE: "a sale that was not made", Loss.DISPUTE: "the customer refuses to pay",
    Loss.OPEN_RETRYING: "the customer still tries", Loss.OPEN_UNVISITED: "not visited yet",
    Loss.OPEN_UNBILLED: "not billed yet", Loss.OPEN_UNPAID: "not paid yet",
}  # fmt: skip
_ENDED = {
    End.CLOSED: "the job is closed", End.CANCELLED: "the job is cancelled",
    End.NO_SHOW: "the job is given up, since nobody is ever at home",
    End.DECLINED_AT_TRIAGE: "no time can be found for the job, and it is given up",
    End.LOST_BATON: "the customer goes to somebody else",
    End.UNFINISHED_AT_HORIZON: "here the days watched end, and the job is still open",
    End.NEVER_CLOSED: "the job is given up: nobody will ever close it",
}  # fmt: skip
_UNANSWERED = {
    Outcome.ABANDONED: "nobody answers, and the customer hangs up",
    Outcome.BALKED: "nobody is free, and the customer hangs up",
    Outcome.BLOCKED: "all lines are taken",
    Outcome.VOICEMAIL: "nobody answers, and the customer leaves a message",
    Outcome.AFTER_HOURS_MISSED: "the phones are closed",
    Outcome.ANSWERING_SERVICE: "the answering service has taken the call",
    Outcome.CUT_OFF_AT_CLOSING: "closing time: the customer is cut off",
    Outcome.TREE_ABANDONED: "the customer gives up in the phone menu",
    Outcome.TIMED_OUT: "nobody answers, and a message ends the call",
}
_MONEY = {
    Event.PAID_AT_DOOR: "the customer pays {} at the door", Event.INVOICED: "an invoice of {} goes out",
    Event.INVOICE_PAID: "the invoice is paid: {}", Event.DISCOUNT: "the customer gets a discount of {}",
    Event.UNCOLLECTED: "the invoice is never paid: {} written off", Event.UNBILLED: "work for {} is never billed",
    Event.QUOTED: "{who} quotes a replacement at {}", Event.SOLD: "the replacement is sold for {}",
}  # fmt: skip
_DONE = {
    Event.LEAD_BY_WEB: "a customer asks by web form to be rung back",
    Event.MOVED: "the call is passed on and waits again",
    Event.CALLED_BACK: "{who} rings the customer back",
    Event.LOST_TO_COMPETITOR: "the customer has found somebody else", Event.ON_BOARD: "the job is on the board",
    Event.BRIEFED: "{who} has the brief",
    Event.FORGOTTEN: "nobody has come and nobody has said a word: the customer was forgotten",
    Event.UPDATE_KEPT: "the customer is told of the change before having to ask",
    Event.REFUSED_OVERTIME: "{who} goes home rather than stay longer for it",
    Event.RETURN_NEEDED: "it is not finished: another visit is needed",
    Event.REPORTED: "the desk knows that the visit is over",
    Event.COMPLAINT_SAVED: "{who} keeps the customer with a discount",
    Event.COMPLAINT_LOST: "{who} cannot keep the customer",
}  # fmt: skip


class Sentence(NamedTuple):
    """What one row of the ledger says."""

    time: float  # minutes from 00:00 of day 0
    row: int  # of the ledger
    text: str


@dataclass(frozen=True, slots=True)
class Chain:
    """One real example of a dropped baton, from the first ring to the last cent."""

    handoff: Handoff
    start: datetime.date
    root: int  # -1: no such baton was dropped
    baton: int
    sentences: tuple[Sentence, ...]

    def lines(self) -> list[str]:
        """The sentences with their dates; the day is said where it changes."""
        if self.root < 0:
            return [f"In the days counted it never happened that {_GOES_NOWHERE[self.handoff]}."]
        told, before = [], ""
        for time, _, text in self.sentences:
            day, clock = self._day(time), _clock(time)
            told.append(f"{clock if day == before else f'{day}, {clock}'}: {text}")
            before = day
        return told

    def _day(self, time: float) -> str:
        date = self.start + datetime.timedelta(days=int(time // DAY_MIN))
        year = f" {date.year}" if date.year != self.start.year else ""
        return f"{_WEEKDAYS[date.weekday()]} {date.day} {_MONTHS[date.month - 1]}{year}"


_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def chain(run: Run | Tables, handoff: Handoff) -> Chain:
    """The most telling dropped baton of a kind (the rule is said above), told from the ledger."""
    tables = run if isinstance(run, Tables) else Tables(run)
    start = tables.run.scenario.horizon.start
    chosen = _most_telling(tables, handoff)
    if chosen < 0:
        return Chain(handoff, start, -1, -1, ())
    row = tables.run.ledger.table[chosen]
    return Chain(handoff, start, int(row[ROOT]), int(row[BATON]), tuple(_Teller(tables, chosen).sentences()))


def _most_telling(tables: Tables, handoff: Handoff) -> int:
    """The row of the drop to tell; -1: there is none."""
    run = tables.run
    drops = [int(n) for n in run.ledger.rows(Event.DROPPED) if run.ledger.table[n, DETAIL] == handoff]
    born = run.roots.born
    counted = [n for n in drops if run.start <= born[int(run.ledger.table[n, ROOT])] < run.end]
    return max(counted, key=lambda n: (*_how_telling(tables, handoff, n), -n), default=-1)


def _how_telling(tables: Tables, handoff: Handoff, drop: int) -> tuple[bool, float, bool, float]:
    ledger = tables.run.ledger
    time, root, baton = ledger.table[drop, [TIME, ROOT, BATON]]
    ends = tables.of(Event.JOB_ENDED)
    ended = ends[ends[:, ROOT] == root, DETAIL]
    over = int(tables.last_cause[int(root)]) not in STILL_OPEN and End.UNFINISHED_AT_HORIZON not in ended
    cents = 0.0
    if tables.lost_by[int(root)] == handoff:
        for event in (Event.UNBILLED, Event.LOSS + Loss.LOST_BATON):
            rows = tables.of(event)
            cents += float(rows[rows[:, ROOT] == root, DETAIL].sum())
    forgotten = tables.of(Event.FORGOTTEN)
    missed = bool(((forgotten[:, ROOT] == root) & (forgotten[:, TIME] >= time)).any())
    found = tables.of(Event.FOUND)
    found = found[(found[:, BATON] == baton) & (found[:, DETAIL] != Channel.NEVER)]
    return over, cents, missed, float(found[0, TIME] - time) if len(found) else -1.0


def _clock(time: float) -> str:
    minute = int(time % DAY_MIN)
    return f"{minute // 60:02d}:{minute % 60:02d}"


def how_long(minutes: float) -> str:
    """A duration as one says it: 35 s, 12 min, 3 h 20 min, 4 days."""
    if minutes < 1.5:
        return f"{round(minutes * 60.0)} s"
    if round(minutes) < 90:
        return f"{round(minutes)} min"
    if minutes < 2 * DAY_MIN:
        hours, rest = divmod(round(minutes), 60)
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{round(minutes / DAY_MIN)} days"


def _plain(name: str) -> str:
    return name.replace("_", " ").strip()


class _Teller:
    """Reads the rows of one need and says what an owner would want to hear of them."""

    def __init__(self, tables: Tables, drop: int) -> None:
        self.run = tables.run
        self.table = tables.run.ledger.table
        self.drop = drop
        self.root = int(self.table[drop, ROOT])
        self.job = int(self.table[drop, JOB])
        self.baton = int(self.table[drop, BATON])
        scenario = tables.run.scenario
        self.sign = scenario.prices.currency
        self.types = list(scenario.calls.types)
        self.jobs = list(scenario.jobs.types)
        calls = scenario.calls
        self.about = {
            calls.status: '"where is my technician?"', calls.complaint: '"you forgot me"',
            calls.change: '"I cannot make it"', calls.billing: '"where is my bill?"',
        }  # fmt: skip
        self.names = {person.id: _plain(person.name) for person in tables.run.people}
        mine = (self.table[:, ROOT] == self.root) | (self.table[:, JOB] == self.job)
        self.rows = sorted({*np.flatnonzero(mine).tolist(), *self._waits()})
        self.rang: dict[int, float] = {}

    def _waits(self) -> Iterator[int]:
        """While a brief or report lay on the floor, its technician waited for the desk."""
        if self.table[self.drop, VISIT] < 0 or self.table[self.drop, DETAIL] == Handoff.CLOSE:
            return
        technician, dropped = self._technician(self.drop), self.table[self.drop, TIME]
        found = self.run.ledger.of(Event.FOUND)
        times = found[found[:, BATON] == self.baton, TIME]
        until = times[0] if len(times) else dropped
        waits = self.run.ledger.rows(Event.SPENT + Spent.WAIT_FOR_DESK)
        rows = self.table[waits]
        his = (rows[:, PERSON] == technician) & (rows[:, JOB] < 0)
        then = (rows[:, TIME] > dropped) & (rows[:, TIME] - rows[:, DETAIL] <= until)
        yield from waits[his & then & (rows[:, TIME] // DAY_MIN == dropped // DAY_MIN)].tolist()

    def _technician(self, n: int) -> int:
        """Whose visit it was at a row: who was last given the job."""
        before = self.table[:n]
        given = before[(before[:, EVENT] == Event.ASSIGNED) & (before[:, JOB] == self.job), PERSON]
        return int(given[-1])

    def sentences(self) -> Iterator[Sentence]:
        """All that is worth telling, in order, and what came of it all."""
        for n in self.rows:
            text = self._text(n, self.table[n])
            if text:
                yield Sentence(float(self.table[n, TIME]), n, f"{text[0].upper()}{text[1:]}.")
        roots = self.run.roots
        last = self.rows[-1]
        came, worth = int(roots.collected[self.root]), int(roots.potential[self.root])
        text = f"In the end {money(came / CENTS, self.sign)} of {money(worth / CENTS, self.sign)} came in."
        yield Sentence(float(self.table[last, TIME]), last, text)

    def _who(self, row: Floats) -> str:
        return self.names.get(int(row[PERSON]), "somebody")

    def _text(self, n: int, row: Floats) -> str:
        code = int(row[EVENT])
        if code >= Event.LOSS:
            cause = Loss(code - Event.LOSS)
            return f"{'open' if cause in STILL_OPEN else 'lost'}: {self._money(row)} ({_LOST[cause]})"
        if code in _MONEY:
            return _MONEY[Event(code)].format(self._money(row), who=self._who(row))
        if code in _DONE:
            return _DONE[Event(code)].format(who=self._who(row))
        told = _TOLD.get(code)
        return told(self, n, row) if told is not None else ""

    def _money(self, row: Floats) -> str:
        return money(row[DETAIL] / CENTS, self.sign)

    # What takes more than a word

    def _ring(self, n: int, row: Floats) -> str:
        self.rang[int(row[CALL])] = float(row[TIME])
        name = self.types[int(row[DETAIL])]
        if row[JOB] >= 0:
            text = (
                f"the customer rings: {self.about[name]}" if name in self.about else "the customer rings about the job"
            )
        elif len(self.rang) > 1:
            text = "the customer rings again"
        else:
            sent = " sent by another" if self.run.roots.parent[self.root] >= 0 else ""
            text = f"a customer{sent} rings ({_plain(name)})"
        answers = [m for m in self.rows if m > n and self.table[m, CALL] == row[CALL]]
        for m in answers:
            then = self.table[m]
            if then[EVENT] == Event.ANSWERED:
                wait = f" after {how_long(then[DETAIL])}" if round(then[DETAIL] * 60.0) > 0 else " at once"
                return f"{text}; {self._who(then)} answers{wait}"
            if then[EVENT] == Event.MOVED:
                break
        return text

    def _call_ended(self, n: int, row: Floats) -> str:
        text = _UNANSWERED.get(Outcome(int(row[DETAIL])), "")
        waited = row[TIME] - self.rang.get(int(row[CALL]), row[TIME])
        if text and row[DETAIL] in (Outcome.ABANDONED, Outcome.TIMED_OUT):
            text += f" after {how_long(waited)}"
        return text

    def _hung_up(self, n: int, row: Floats) -> str:
        return (
            f"{self._who(row)} has spoken with the customer for {how_long(row[DETAIL])}"
            if row[JOB] >= 0 and self._about_a_job(row)
            else ""
        )

    def _about_a_job(self, row: Floats) -> bool:
        rang = [m for m in self.rows if self.table[m, EVENT] == Event.RANG and self.table[m, CALL] == row[CALL]]
        return bool(rang) and bool(self.table[rang[0], JOB] >= 0)

    def _booked(self, n: int, row: Floats) -> str:
        who = self._who(row) if row[PERSON] >= 0 else "the answering service"
        worth = money(int(self.run.roots.potential[self.root]) / CENTS, self.sign)
        return f"{who} books a job ({_plain(self.jobs[int(row[DETAIL])])}), worth up to {worth}"

    def _arrived(self, n: int, row: Floats) -> str:
        late = row[DETAIL]
        when = f"{how_long(late)} after the promised time" if round(late * 60.0) > 0 else "in time"
        return f"{self._who(row)} arrives, {when}"

    def _work_done(self, n: int, row: Floats) -> str:
        return f"{self._who(row)} is done, after {how_long(row[DETAIL])} of work"

    def _moved_by(self, n: int, row: Floats) -> str:
        days = int(row[DETAIL])
        far = f"{abs(days)} day{'s' if abs(days) != 1 else ''}"
        if row[EVENT] == Event.CARRIED_OVER:
            return f"it does not fit in any more: the job is moved by {far}"
        return (
            "a new time is agreed on the same day"
            if not days
            else f"a new day is agreed, {far} {'later' if days > 0 else 'earlier'}"
        )

    def _ended(self, n: int, row: Floats) -> str:
        return _ENDED[End(int(row[DETAIL]))]

    def _lacked(self, n: int, row: Floats) -> str:
        passed = next(
            m
            for m in reversed(self.rows)
            if m < n and self.table[m, EVENT] == Event.PASSED and self.table[m, BATON] == row[BATON]
        )
        fields = [words for bit, words in enumerate(_LACKED) if int(row[DETAIL]) >> bit & 1]
        return f"{CARRIED[Handoff(int(self.table[passed, DETAIL]))]} does not say {' or '.join(fields)}"

    def _dropped(self, n: int, row: Floats) -> str:
        cause = self.table[int(row[CAUSE])]
        text = _GOES_NOWHERE[Handoff(int(row[DETAIL]))]
        if row[DETAIL] == Handoff.BRIEF:
            text = text.replace("the technician", self.names[self._technician(n)])
        if cause[EVENT] == Event.INTERRUPTED:
            return f"{text}: the phone rang while {self._who(cause)} had it in hand"
        return f"{text}: {self._who(row)} let it fall" if row[PERSON] >= 0 else text

    def _found(self, n: int, row: Floats) -> str:
        drop = self.table[int(row[CAUSE])]
        lost, since = CARRIED[Handoff(int(drop[DETAIL]))], how_long(row[TIME] - drop[TIME])
        if row[DETAIL] == Channel.NEVER:
            return f"nobody will ever notice any more that {lost} was lost"
        by = {
            Channel.CUSTOMER: "the customer's call shows",
            Channel.TECHNICIAN: "the technician rings the desk, which shows",
            Channel.AUDIT: "the evening audit shows",
        }[Channel(int(row[DETAIL]))]  # fmt: skip
        return f"{by} that {lost} was lost, {since} ago"

    def _baton_ended(self, n: int, row: Floats) -> str:
        """Only of the one that is told: nobody noticed until the end."""
        if row[BATON] != self.baton or row[DETAIL] != Fate.DROPPED_NEVER_FOUND:
            return ""
        if any(self.table[m, EVENT] == Event.FOUND and self.table[m, BATON] == self.baton for m in self.rows):
            return ""
        lost = CARRIED[Handoff(int(self.table[self.drop, DETAIL]))]
        return f"until the days watched end, nobody has noticed that {lost} was lost"

    def _waited(self, n: int, row: Floats) -> str:
        return f"{self._who(row)} has waited {how_long(row[DETAIL])} for the desk, paid"

    def _in_vain(self, n: int, row: Floats) -> str:
        return f"nobody was at home: {self._who(row)} has waited {how_long(row[DETAIL])} in vain"


_Told = Callable[[_Teller, int, Floats], str]
_TOLD: dict[int, _Told] = {
    Event.RANG: _Teller._ring, Event.CALL_ENDED: _Teller._call_ended, Event.HUNG_UP: _Teller._hung_up,
    Event.BOOKED: _Teller._booked, Event.ARRIVED: _Teller._arrived, Event.WORK_DONE: _Teller._work_done,
    Event.CARRIED_OVER: _Teller._moved_by, Event.REBOOKED: _Teller._moved_by, Event.JOB_ENDED: _Teller._ended,
    Event.LACKED: _Teller._lacked, Event.DROPPED: _Teller._dropped, Event.FOUND: _Teller._found,
    Event.BATON_ENDED: _Teller._baton_ended, Event.SPENT + Spent.WAIT_FOR_DESK: _Teller._waited,
    Event.SPENT + Spent.FUTILE: _Teller._in_vain,
}  # fmt: skip
