"""The things that are handed on: callers, calls, jobs, visits, batons and pieces of work.

What is *known* to the people of the shop are plain attributes. What nature has decided but nobody can know yet sits
apart in ``.fate`` (uniforms, addressed by :class:`sim.streams.Draw`), so that a decision that peeks is visible in the
text: nothing under ``sim/shop`` may name it.

Times are minutes from 00:00 of day 0; money is integer cents.
"""

from __future__ import annotations

from array import array
from collections.abc import Generator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

DAY_MIN = 1440.0
NEVER = float("inf")


class Hat(IntEnum):
    """What a person is for. A person may wear several."""

    CSR = 0
    DISPATCHER = 1
    TECHNICIAN = 2
    SERVICE_MANAGER = 3


HATS = {
    "csr": Hat.CSR,
    "dispatcher": Hat.DISPATCHER,
    "technician": Hat.TECHNICIAN,
    "service_manager": Hat.SERVICE_MANAGER,
}


class Kind(IntEnum):
    """Kinds of work, in the order of the shared priority list."""

    PHONE = 0
    WAITING_TECHNICIAN = 1
    COMPLAINT = 2
    LATE_CUSTOMER = 3
    NEW_BOOKING = 4
    CALL_BACK = 5
    BRIEF = 6
    REPORT = 7
    CLOSE = 8
    FOLLOW_UP = 9
    LOOK_AHEAD = 10
    UPDATE = 11
    AUDIT = 12
    MEETING = 13
    SIDE = 14
    VISIT = 15


class Outcome(IntEnum):
    """How one attempt to reach the shop ended. Exactly one per attempt."""

    BOOKED = 0
    RESOLVED = 1
    NOT_BOOKED = 2
    SCREENED_OUT = 3
    ABANDONED = 4
    BALKED = 5
    BLOCKED = 6
    VOICEMAIL = 7
    AFTER_HOURS_MISSED = 8
    ANSWERING_SERVICE = 9
    CUT_OFF_AT_CLOSING = 10
    IN_PROGRESS_AT_HORIZON = 11
    TREE_ABANDONED = 12
    TIMED_OUT = 13


class End(IntEnum):
    """How one job ended. Exactly one per job."""

    CLOSED = 0
    CANCELLED = 1
    NO_SHOW = 2
    DECLINED_AT_TRIAGE = 3
    LOST_BATON = 4
    UNFINISHED_AT_HORIZON = 5
    NEVER_CLOSED = 6


class Handoff(IntEnum):
    """The five batons."""

    BOOKING = 0
    BRIEF = 1
    UPDATE = 2
    REPORT = 3
    CLOSE = 4


class Fate(IntEnum):
    """What became of a baton. Exactly one per baton."""

    TAKEN = 0
    DROPPED_FOUND = 1
    DROPPED_NEVER_FOUND = 2
    WITHDRAWN = 3
    OPEN_AT_HORIZON = 4


class Channel(IntEnum):
    """How a dropped baton was noticed."""

    CUSTOMER = 0
    TECHNICIAN = 1
    AUDIT = 2
    NEVER = 3


class Missing(IntEnum):
    """Which field a baton lacked (bit numbers)."""

    ADDRESS = 0
    EQUIPMENT = 1
    NEED = 2
    PAYMENT = 3


class Loss(IntEnum):
    """Where the part of a root's potential that was not collected went. One terminal cause per root."""

    ABANDONED = 0
    BALKED = 1
    BLOCKED = 2
    AFTER_HOURS = 3
    VOICEMAIL = 4
    CUT_OFF = 5
    NO_RAPPORT = 6
    SHOPPER = 7
    PUT_OFF_BY_WAIT = 8
    NO_SLOT = 9
    SCREENED_OUT = 10
    CANCELLED = 11
    NO_SHOW = 12
    DECLINED_AT_TRIAGE = 13
    LOST_BATON = 14
    SALE_NOT_MADE = 15
    DISPUTE = 16
    OPEN_RETRYING = 17
    OPEN_UNVISITED = 18
    OPEN_UNBILLED = 19
    OPEN_UNPAID = 20


class Event(IntEnum):
    """Codes of the ledger. What ``detail`` holds is said beside each; money is in cents, durations in minutes."""

    # the phones
    RANG = 1  # an attempt reaches the shop; detail = call type index
    TREE_PASSED = 2  # left the phone tree towards a person
    QUEUED = 3  # must wait; detail = calls now waiting, this one included
    ANSWERED = 4  # person picks up; detail = wait in minutes (queue entry to answer)
    HUNG_UP = 5  # talk is over; detail = talk minutes
    WRAPPED = 6  # wrap-up is done; detail = handle minutes (talk + wrap-up)
    CALL_ENDED = 7  # detail = Outcome; time is when the attempt ended for the caller
    REDIAL_PLANNED = 8  # detail = minutes until the redial
    LEAD_BY_WEB = 9  # a root was born without a call
    MOVED = 10  # turned into another type and queued again; detail = new type index
    CALLED_BACK = 11  # somebody rang the customer; detail = minutes of talk
    LOST_TO_COMPETITOR = 12  # the root has been won elsewhere
    NOT_BOOKED = 13  # detail = Loss naming the reason
    # jobs
    BOOKED = 20  # detail = job type index
    ON_BOARD = 21  # the desk has checked the booking
    ASSIGNED = 22  # person = technician; detail = number of jobs chosen among
    BRIEFED = 23  # person = technician
    SET_OFF = 24  # person = technician
    ARRIVED = 25  # detail = minutes after the promised window's end (negative: on time)
    WORK_DONE = 26  # detail = billable minutes on site
    RETURN_NEEDED = 27  # the visit did not finish the job
    PAID_AT_DOOR = 28  # detail = cents
    REPORTED = 29  # the desk has the report; the technician is known to be free
    INVOICED = 30  # detail = cents
    INVOICE_PAID = 31  # detail = cents
    JOB_ENDED = 32  # detail = End
    CARRIED_OVER = 33  # moved to a later day; detail = days later
    REBOOKED = 34  # detail = days later
    QUOTED = 35  # a replacement was quoted; detail = cents
    SOLD = 36  # the quoted replacement was sold; detail = cents
    CANDIDATE = 37  # job that the desk had before it when it assigned (detail = its rank by the policy)
    FORGOTTEN = 38  # this customer was forgotten (once per job)
    UPDATE_KEPT = 39  # the promised word reached the customer first
    REFUSED_OVERTIME = 40
    SATISFIED = 41  # detail = satisfaction 0..1 at the end of the job
    REFERRED = 42  # a new root was born of this one; detail = its root id
    FOLLOWED_UP = 43  # the customer was rung about an open quote; person = who quoted; detail = chance of a sale
    BILL_REFUSED = 44  # a forgotten customer will not pay this invoice; detail = cents
    # batons
    PASSED = 50  # person = sender; detail = Handoff
    PICKED_UP = 51  # person = receiver; detail = minutes in the air
    LACKED = 52  # detail = bit mask of Missing
    DROPPED = 53  # detail = Handoff
    FOUND = 54  # a dropped baton was noticed; detail = Channel
    BATON_ENDED = 55  # detail = Fate
    # people; hat sits in detail of CAME
    CAME = 60  # detail = 1 at the shift's start, 2 back from a break
    LEFT = 61  # end of presence for the day
    WENT_ON_BREAK = 62  # detail = planned minutes
    ABSENT = 63  # a scheduled day away; detail = 1 vacation, 2 sick
    INTERRUPTED = 64  # detail = Kind of the work put down
    SWITCHED = 65  # has changed hats; detail = minutes
    COVER_ON = 66  # detail = Hat
    COVER_OFF = 67  # detail = Hat
    PAID = 68  # end of a scheduled day, worked or not; detail = regular paid minutes
    OVERTIME = 69  # detail = minutes worked after the shift's end
    # the manager
    SCREEN_ON = 70  # detail = signal in minutes
    SCREEN_OFF = 71
    LADDER_UP = 72  # detail = step now in force
    LADDER_DOWN = 73  # detail = step now in force
    DUTY_UNDONE = 74  # detail = minutes
    COMPLAINT_SAVED = 75
    COMPLAINT_LOST = 76
    # minutes spent, written when the stint ends: 100 + Spent
    SPENT = 100
    # money, in cents
    COLLECTED = 150
    DISCOUNT = 151
    UNCOLLECTED = 152
    UNBILLED = 153
    MATERIALS = 154
    # what was to be expected of it, in cents and parts of them (sim.shop.expected); for measures only
    EXPECTED_REVENUE = (
        155  # of what is billed now; at a sale's decision its chance less what it came to, times the price
    )
    EXPECTED_MATERIALS = 156
    EXPECTED_BAD_DEBT = 157  # of the invoice in the row that caused it
    # the terminal loss of a root: 200 + Loss; detail = cents
    LOSS = 200


class Spent(IntEnum):
    """What a person's minutes went into; the ledger writes ``Event.SPENT + Spent``."""

    TALK = 0
    WRAP_UP = 1
    DESK = 2
    OUTBOUND = 3
    SIDE = 4
    LOOK_AHEAD = 5
    UPDATE = 6
    SWITCH = 7
    RESUME = 8
    TRAVEL = 9
    ON_SITE = 10
    PAPERWORK = 11
    WAIT_FOR_DESK = 12
    MANAGING = 13
    RING = 14
    FUTILE = 15  # on site in vain: nobody was at home
    EARLY = 16  # waiting for the promised window to begin
    ALONE = 17  # finding out on site what nobody at the desk answered
    CALL_BACK = 18  # ringing back those who were missed


#: which hat a kind of minutes is worn under (switching and resuming count for the hat that follows)
SPENT_HAT = {
    Spent.TALK: Hat.CSR, Spent.WRAP_UP: Hat.CSR, Spent.RING: Hat.CSR, Spent.CALL_BACK: Hat.CSR,
    Spent.DESK: Hat.DISPATCHER, Spent.OUTBOUND: Hat.DISPATCHER, Spent.LOOK_AHEAD: Hat.DISPATCHER,
    Spent.UPDATE: Hat.DISPATCHER,
    Spent.TRAVEL: Hat.TECHNICIAN, Spent.ON_SITE: Hat.TECHNICIAN, Spent.PAPERWORK: Hat.TECHNICIAN,
    Spent.FUTILE: Hat.TECHNICIAN, Spent.EARLY: Hat.TECHNICIAN, Spent.ALONE: Hat.TECHNICIAN,
    Spent.MANAGING: Hat.SERVICE_MANAGER,
}  # fmt: skip


@dataclass(slots=True, eq=False)
class Caller:
    """A root need: a household's want that made somebody ring for the first time."""

    id: int
    key: int  # the same under every plan
    type: int  # index of the call type it first rang with
    born: float
    fate: array[float]  # this need's uniforms, see streams.Draw
    potential: int = 0  # cents; for the accounts only, nobody in the shop sees it
    winnable: bool = False  # likewise
    tier: int = 0
    recorded_tier: int = 0
    job_type: int = -1
    x: float = 0.0
    y: float = 0.0
    parent: int = -1
    handle_min: float = -1.0  # a trace's own talk minutes, else negative
    competitor_at: float = NEVER  # hidden until they say so
    missed_at: float = -1.0
    attempts: int = 0
    status_calls: int = 0
    pending: int = 0  # redials, call-backs and rebookings under way
    waited: float = 0.0
    forgotten: bool = False
    noted: bool = False  # to be rung back
    on_line: bool = False  # trying to reach the shop or speaking with it
    job: Job | None = None
    last_cause: int = -1  # Loss
    first_cause: int = -1
    settled: bool = False
    collected: int = 0
    discount: int = 0
    uncollected: int = 0
    unbilled: int = 0


@dataclass(slots=True, eq=False)
class Call:
    """One attempt to reach the shop."""

    id: int
    caller: Caller
    type: int
    arrived: float
    fate: array[float]
    attempt: int = 0
    purpose_job: Job | None = None
    baton: Baton | None = None  # the dropped baton this call is about
    queued: float = -1.0
    answered: float = -1.0
    state: int = 0  # 0 on its way, 1 waiting, 2 being served, 3 ended
    moved: bool = False
    legs: int = 0  # how often it was moved
    bonus: float = 0.0
    screening: bool = False
    outcome: int = -1


@dataclass(slots=True, eq=False)
class Job:
    """What was booked, until it is closed."""

    id: int
    caller: Caller
    type: int
    booked_at: float
    day: int  # the promised day
    window: int  # index of the promised arrival window
    window_start: float
    window_end: float
    minutes: float  # the desk's estimate, travel included
    seen: bool = False  # on the board
    technician: Any = None
    visit: Visit | None = None
    visits: int = 0
    missing: int = 0  # bit mask of Missing known nowhere yet
    payment_asked: bool = True
    expectations_set: bool = True
    confirmed: bool = False
    named_technician: Any = None
    moves: int = 0
    version: int = 0  # of what the customer believes; older vigils are void
    status_calls: int = 0
    updates: int = 0
    word: Any = None  # the piece of work that is to tell the customer of a change
    watched: int = -1  # the promise (number of moves) that the desk keeps tabs on
    ended: int = -1  # End
    served: bool = False
    paid_at_door: bool = False
    ticket: int = 0  # cents agreed on site
    expected: float = 0.0  # cents to be expected of it; for the accounts only
    quote: int = 0
    sold: bool = False
    promise_broken: bool = False
    told: bool = False
    arrived_late: float = 0.0
    held: tuple[int, int, float] | None = None  # what it holds on the slot board
    booking: Baton | None = None
    lost_by: int = -1  # the hand-off whose dropped baton nobody repaired
    saved: bool = False  # by the manager, at a discount
    missed_once: bool = False  # was not at home; will be the next time
    lost_update: Baton | None = None
    disputed: bool = False
    absent: bool = False  # called off, but nobody at the shop knows
    quote_open: bool = False
    sale_chance: float = 0.0  # of the quote on site, if the best could sell it; for the accounts only
    invoice_open: int = 0  # invoices not yet paid
    refused: tuple[Any, ...] = ()  # who refused to stay longer for it today


@dataclass(slots=True, eq=False)
class Visit:
    """One trip of one technician to one job."""

    id: int
    job: Job
    n: int
    fate: array[float]
    technician: Any = None
    briefed: bool = False
    missing: int = 0
    eye: float = 1.0  # of whoever assigned it
    reported_to: Any = None  # who took the report
    state: int = 0  # 0 assigned, 1 briefed, 2 under way, 3 on site, 4 done, 5 off
    set_off: float = -1.0
    arrived: float = -1.0
    done: float = -1.0


@dataclass(slots=True, eq=False)
class Baton:
    """One hand-off, with its fate."""

    id: int
    handoff: Handoff
    job: Job
    sender: Any
    sent: float
    to_self: bool = False
    visit: Visit | None = None
    picked_up: float = -1.0
    missing: int = 0
    dropped: bool = False
    fate: int = -1  # Fate
    channel: int = -1
    cause: int = -1  # ledger row of the event that dropped it


@dataclass(slots=True, eq=False)
class Work:
    """A piece of work that lies in a tray, is in somebody's hands, or is parked until an answer comes."""

    kind: Kind
    created: float
    order: int
    steps: Generator[Any, Any, None] | None = None
    call: Call | None = None
    job: Job | None = None
    visit: Visit | None = None
    baton: Baton | None = None
    holder: Any = None  # the one person it is for, else anybody's
    left: float = 0.0  # minutes left of the stint that was broken
    spent: Spent = Spent.DESK
    interruptions: int = 0
    begun: bool = False
    withdrawn: bool = False
    answer: Any = None
    person: Any = None  # whose hands it is in
    minutes: float = 0.0
    caller: Caller | None = None
    n: int = 0
    about: Any = None  # the technician a desk task is for


class OnPhone(float):
    """Minutes that nothing may break: talk with a customer, a meeting."""

    __slots__ = ()


@dataclass(slots=True, eq=False)
class Answer:
    """Something to wait for. The work that yields it is parked until somebody calls ``shop.answer``."""

    work: Work | None = None
    given: bool = False
    alone: bool = False  # nobody answered; whoever asked decided alone
