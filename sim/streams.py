"""Uniforms by address: the same callers ring on the same Tuesday under every plan.

One counter-based generator (Philox 4x64, Salmon et al. 2011, as numpy ships it) is keyed by (seed, replication). A draw
is *addressed*, never taken in turn: its counter is (kind, entity, n), so adding a person, a policy or a mechanism
leaves all other draws alone. One uniform per quantity, turned into the quantity by an inverse distribution only.

:class:`Draw` is the registry of columns. It is append-only: a new column goes to the end of its group's reserve, so
that old seeds keep their callers. ``REVEALED`` says with which ledger event a draw becomes known to anybody; before
the earliest such event, changing the draw must leave the ledger as it was.
"""

from __future__ import annotations

import hashlib
from array import array
from enum import IntEnum
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: columns of an attempt's row; attempt 0 of a root is the first part of the root's own row
ATTEMPT_WIDTH = 16
#: columns of a root's row: attempt, need, job, first visit, first visit's batons and desk work
ROOT_WIDTH = 112
#: columns of a later visit's row (the same columns as a root's visit part)
VISIT_WIDTH = 64
VISIT_START = 48


class Address(IntEnum):
    """Kinds of things that own draws."""

    DAY = 1  # entity = day
    ARRIVALS = 2  # entity = type << 32 | day
    ROOT = 3  # entity = type << 32 | day, n = row of the block
    ATTEMPT = 4  # entity = root key, n = serial of the attempt
    VISIT = 5  # entity = root key, n = visit
    CHAIR = 6  # entity = hash of the chair's name
    CHAIR_DAY = 7  # entity = hash of the chair's name, n = day
    WORK = 8  # entity = root key (or day, for duties), n = kind, visit and interruption of a piece of work
    DUTY = 9  # entity = day, n = piece
    BORN = 10  # entity = root key of the child (referrals)


class Draw(IntEnum):
    """The registry of columns in a root's row (append-only within each group)."""

    # an attempt (also the columns of Address.ATTEMPT rows)
    PATIENCE = 0
    BALK = 1
    TREE = 2
    TALK = 3
    WRAP_UP = 4
    BECOMES = 5
    REDIAL = 6
    REDIAL_DELAY = 7
    ROUTE = 8
    MESSAGE = 9
    SERVICE = 10
    COMPLAINT = 11
    SAVE = 12
    SAVE_MIN = 13
    SWITCH = 14
    LEAVE_SIDE = 15
    # the need (16..47)
    JOB_TYPE = 16
    TIER = 17
    TIER_RECORDED = 18
    PLACE_ANGLE = 19
    PLACE_RADIUS = 20
    BEST = 21
    BOOK = 22
    TOLERANCE = 23
    COMPETITOR = 24
    WEB = 25
    TICKET = 26
    QUOTE = 27
    SALE_BEST = 28
    SALE = 29
    SALE_HALF_LIFE = 30
    CANCEL = 31
    CANCEL_WHEN = 32
    REBOOK = 33
    PAY_AT_DOOR = 34
    PAY_DELAY = 35
    BAD_DEBT = 36
    STATUS_PATIENCE = 38
    REFERRAL = 39
    REFERRAL_DELAY = 40
    CALL_BACK_REACHED = 41
    CALL_BACK_MIN = 42
    FOLLOW_UP_MIN = 43
    BAITED = 44
    HOLE = 45
    NAMED = 46
    EXPECTATIONS = 47
    # a visit (48..111; later visits have rows of their own with the same columns less 48)
    TRAVEL = 48
    WORK = 49
    PAPERWORK = 50
    NO_SHOW = 51
    RETURN = 52
    QUESTION = 53
    QUESTION_MIN = 54
    CHECK_MIN = 55
    ASSIGN_MIN = 56
    LOOK_AHEAD_MIN = 57
    BRIEF_MIN = 58
    TABS_MIN = 59
    UPDATE_MIN = 60
    REPORT_MIN = 61
    CLOSE_MIN = 62
    REPAIR_MIN = 63
    OVERTIME = 64
    EYE = 65
    # batons: five blocks of six columns from 70: drop, incomplete, which field, channel, delay, spare
    BATON = 70
    # the need again (100..111), appended
    REPLACEMENT = 100
    HOLE_MIN = 102
    CHECK_FINDS = 103
    LOOK_AHEAD_FINDS = 104
    DISPUTE = 105


BATON_COLUMNS = 6


class BatonDraw(IntEnum):
    """Columns of one baton's block, from ``Draw.BATON + BATON_COLUMNS * handoff``."""

    DROP = 0
    INCOMPLETE = 1
    CHANNEL = 2
    DELAY = 3
    AUDIT_NIGHT = 4


class WorkDraw(IntEnum):
    """Columns of a piece of work's row, one row per interruption (0 is its beginning)."""

    DROP = 0
    RESUME = 1
    SWITCH = 2


class DayDraw(IntEnum):
    """Columns of a day's row."""

    BUSYNESS = 0
    COUNT = 1


class ChairDraw(IntEnum):
    """Columns of a chair's row: standard normal scores of the gifts, and the person's own order of work."""

    PHONE = 0
    DESK = 1
    RAPPORT = 2
    PHONE_SPEED = 3
    PHONE_ACCURACY = 4
    DESK_SPEED = 5
    DESK_ACCURACY = 6
    EYE = 7
    TECH_SKILL = 8
    TECH_SPEED = 9
    SALES = 10
    OVERTIME = 11
    ORDER = 16  # 16 further columns


class ChairDayDraw(IntEnum):
    """Columns of a chair's day."""

    SICK = 0
    VACATION = 1


#: what makes each of a root's draws known: the first of these rows that the ledger has of that root or its job. A row
#: is named by its relay.Event, or by the relay.Spent of minutes that end with it; PASSED and DROPPED may name the
#: hand-off; "X after Y" is the first X that follows the first Y. Columns that are not named are known from the root's
#: first row on. Before the earliest of these rows, changing the draw leaves the ledger as it was (a test overrides
#: single draws).
REVEALED: dict[int, tuple[str, ...]] = {
    Draw.PATIENCE: ("CALL_ENDED",),
    Draw.BALK: ("QUEUED", "CALL_ENDED"),
    Draw.TREE: ("TREE_PASSED", "CALL_ENDED"),
    Draw.TALK: ("HUNG_UP",),
    Draw.WRAP_UP: ("WRAPPED",),
    Draw.BECOMES: ("HUNG_UP",),
    Draw.REDIAL: ("CALL_ENDED",),
    Draw.REDIAL_DELAY: ("CALL_ENDED",),
    Draw.MESSAGE: ("CALL_ENDED",),
    Draw.SERVICE: ("BOOKED", "CALL_ENDED"),
    Draw.COMPLAINT: ("HUNG_UP after DROPPED",),
    Draw.SAVE: ("COMPLAINT_SAVED", "COMPLAINT_LOST"),
    Draw.SAVE_MIN: ("MANAGING", "COMPLAINT_SAVED", "COMPLAINT_LOST"),
    Draw.JOB_TYPE: ("HUNG_UP", "BOOKED", "CALLED_BACK", "LOSS"),
    Draw.TIER: ("HUNG_UP", "ASSIGNED", "CANDIDATE"),
    Draw.TIER_RECORDED: ("HUNG_UP", "ASSIGNED", "CANDIDATE"),
    Draw.PLACE_ANGLE: ("ASSIGNED", "CANDIDATE"),
    Draw.PLACE_RADIUS: ("ASSIGNED", "CANDIDATE"),
    Draw.BEST: ("HUNG_UP", "BOOKED", "CALLED_BACK", "LOSS"),
    Draw.BOOK: ("HUNG_UP", "BOOKED", "CALLED_BACK", "LOSS"),
    Draw.TOLERANCE: ("HUNG_UP", "BOOKED", "CALLED_BACK", "LOSS"),
    Draw.COMPETITOR: ("LOST_TO_COMPETITOR", "CALLED_BACK", "RANG after REDIAL_PLANNED"),
    Draw.TICKET: ("WORK_DONE", "LOSS"),
    Draw.QUOTE: ("QUOTED", "LOSS"),
    Draw.REPLACEMENT: ("QUOTED", "LOSS"),
    Draw.SALE_BEST: ("SOLD", "LOSS"),
    Draw.SALE: ("SOLD", "LOSS"),
    Draw.SALE_HALF_LIFE: ("FOLLOWED_UP",),
    Draw.CANCEL: ("RANG after BOOKED", "OUTBOUND", "ARRIVED", "FORGOTTEN", "JOB_ENDED"),
    Draw.CANCEL_WHEN: ("RANG after BOOKED", "OUTBOUND", "ARRIVED", "FORGOTTEN", "JOB_ENDED"),
    Draw.REBOOK: ("REBOOKED", "JOB_ENDED"),
    Draw.PAY_AT_DOOR: ("PAID_AT_DOOR", "INVOICED", "UNBILLED", "LOSS"),
    Draw.PAY_DELAY: ("INVOICE_PAID", "BILL_REFUSED", "UNCOLLECTED", "EXPECTED_BAD_DEBT", "LOSS"),
    Draw.BAD_DEBT: ("INVOICE_PAID", "UNCOLLECTED", "LOSS"),
    Draw.DISPUTE: ("INVOICE_PAID", "BILL_REFUSED", "UNCOLLECTED", "LOSS"),
    Draw.STATUS_PATIENCE: ("FORGOTTEN", "RANG after BOOKED", "JOB_ENDED"),
    Draw.REFERRAL: ("REFERRED",),
    Draw.REFERRAL_DELAY: ("REFERRED",),
    Draw.CALL_BACK_REACHED: ("CALLED_BACK", "RANG after REDIAL_PLANNED"),
    Draw.CALL_BACK_MIN: ("CALLED_BACK",),
    Draw.FOLLOW_UP_MIN: ("REPORTED",),
    Draw.BAITED: ("WORK_DONE",),
    Draw.HOLE: ("OUTBOUND after ON_BOARD", "REBOOKED"),
    Draw.HOLE_MIN: ("ON_BOARD",),
    Draw.NAMED: ("BOOKED",),
    Draw.EXPECTATIONS: ("FORGOTTEN", "RANG after BOOKED", "JOB_ENDED"),
    Draw.TRAVEL: ("TRAVEL", "ARRIVED"),
    Draw.WORK: ("ON_SITE", "QUOTED", "PAPERWORK", "WORK_DONE"),
    Draw.PAPERWORK: ("PAPERWORK", "WORK_DONE"),
    Draw.NO_SHOW: ("ARRIVED",),
    Draw.RETURN: ("WORK_DONE",),
    Draw.QUESTION: ("ARRIVED",),
    Draw.QUESTION_MIN: ("ARRIVED",),
    Draw.CHECK_MIN: ("DESK", "OUTBOUND", "ON_BOARD", "BATON_ENDED"),
    Draw.CHECK_FINDS: ("OUTBOUND", "ON_BOARD", "BATON_ENDED"),
    Draw.ASSIGN_MIN: ("DESK after ASSIGNED", "PASSED BRIEF"),
    Draw.BRIEF_MIN: ("DESK after ASSIGNED", "PASSED BRIEF"),
    Draw.LOOK_AHEAD_MIN: ("ON_BOARD",),
    Draw.LOOK_AHEAD_FINDS: ("ON_BOARD",),
    Draw.TABS_MIN: ("UPDATE", "PASSED UPDATE"),
    Draw.UPDATE_MIN: ("UPDATE", "PASSED UPDATE"),
    Draw.REPORT_MIN: ("DESK after ARRIVED", "OUTBOUND after ARRIVED", "REPORTED"),
    Draw.CLOSE_MIN: ("DESK after REPORTED", "PASSED CLOSE"),
    Draw.REPAIR_MIN: ("OUTBOUND", "ON_BOARD", "REPORTED", "BATON_ENDED"),
    Draw.OVERTIME: ("REFUSED_OVERTIME", "SET_OFF"),
}
for _place, _handoff in enumerate(("BOOKING", "BRIEF", "UPDATE", "REPORT", "CLOSE")):  # relay.Handoff
    _first = Draw.BATON + BATON_COLUMNS * _place
    _found = ("FOUND", "JOB_ENDED", "RANG after DROPPED")
    REVEALED[_first + BatonDraw.DROP] = REVEALED[_first + BatonDraw.INCOMPLETE] = (f"PASSED {_handoff}",)
    REVEALED[_first + BatonDraw.CHANNEL] = _found
    REVEALED[_first + BatonDraw.DELAY] = REVEALED[_first + BatonDraw.AUDIT_NIGHT] = _found
# a technician who will notice that the report was lost waits for the desk at once
REVEALED[Draw.BATON + 3 * BATON_COLUMNS + BatonDraw.CHANNEL] = ("DROPPED REPORT",)
# the same uniform says whether a customer to whom nothing was promised rings about a visit that is late
REVEALED[Draw.BATON + 2 * BATON_COLUMNS + BatonDraw.CHANNEL] = ("FORGOTTEN", "FOUND", "JOB_ENDED", "RANG after BOOKED")


@cache
def name_key(name: str) -> int:
    """24 bits of a name, the same on every machine."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=3).digest(), "big")


def root_key(type_key: int, day: int, row: int) -> int:
    """The address of a fresh root: 24 bits of type, 20 of day, 20 of row."""
    return type_key << 40 | day << 20 | row


def child_key(parent: int, n: int) -> int:
    """The address of the n-th root born of another (63 bits and a mark, so that it never meets a fresh one)."""
    digest = hashlib.blake2b(parent.to_bytes(8, "big") + n.to_bytes(4, "big"), digest_size=8).digest()
    return int.from_bytes(digest, "big") | 1 << 63


def rows_of(block: NDArray[np.float64]) -> list[array[float]]:
    """The rows of a block, each to go its own way; packed, because most of their draws are never looked at."""
    packed, width = array("d", block.tobytes()), block.shape[1]
    return [packed[start : start + width] for start in range(0, len(packed), width)]


class Streams:
    """All the uniforms of one replication, by address.

    Parameters
    ----------
    seed, replication : the key; both are whole numbers >= 0.
    overrides : single draws to replace, ``{(address, entity, n, column): uniform}``; tests of what may be known when.
    """

    __slots__ = ("_generator", "_philox", "_place", "_state", "overrides")

    def __init__(
        self, seed: int, replication: int = 0, overrides: dict[tuple[int, int, int, int], float] | None = None
    ):
        self._philox = np.random.Philox(key=np.array([seed, replication], dtype=np.uint64))
        self._generator = np.random.Generator(self._philox)
        state = self._philox.state
        # plain numbers: the bit generator takes them over one by one, three times as fast as those of an array
        self._place: dict[str, Any] = {"key": state["state"]["key"].tolist()}
        self._state: Any = {**state, "state": self._place, "buffer": state["buffer"].tolist(), "buffer_pos": 4}
        self.overrides = overrides or {}

    def _seek(self, address: int, entity: int, n: int) -> None:
        self._place["counter"] = (0, n, entity, address)
        self._philox.state = self._state

    def block(self, address: int, entity: int, rows: int, width: int) -> NDArray[np.float64]:
        """``rows`` x ``width`` uniforms in [0, 1): a longer block begins with the shorter one."""
        self._seek(address, entity, 0)
        uniforms = self._generator.random((rows, width))
        for (a, e, row, column), value in self.overrides.items():
            if a == address and e == entity and row < rows:
                uniforms[row, column] = value
        return uniforms

    def row(self, address: int, entity: int, n: int = 0, width: int = ATTEMPT_WIDTH) -> array[float]:
        """The ``width`` uniforms of one thing."""
        self._seek(address, entity, n)
        uniforms = array("d", self._generator.random(width).tobytes())
        for (a, e, row, column), value in self.overrides.items():
            if a == address and e == entity and row == n:
                uniforms[column] = value
        return uniforms
