"""Where money goes that is not collected: the causes, grouped as an owner would."""

from __future__ import annotations

from sim.relay import Loss

NOT_REACHED = (Loss.ABANDONED, Loss.BALKED, Loss.BLOCKED, Loss.AFTER_HOURS, Loss.VOICEMAIL, Loss.CUT_OFF)
NOT_BOOKED = (Loss.NO_RAPPORT, Loss.SHOPPER, Loss.PUT_OFF_BY_WAIT, Loss.NO_SLOT, Loss.SCREENED_OUT)
STILL_OPEN = (Loss.OPEN_RETRYING, Loss.OPEN_UNVISITED, Loss.OPEN_UNBILLED, Loss.OPEN_UNPAID)
AFTER_BOOKING = (
    Loss.CANCELLED, Loss.NO_SHOW, Loss.DECLINED_AT_TRIAGE, Loss.LOST_BATON, Loss.SALE_NOT_MADE, Loss.DISPUTE,
)  # fmt: skip


def in_words(cause: Loss) -> str:
    """A cause as it is read."""
    return cause.name.lower().replace("_", " ")
