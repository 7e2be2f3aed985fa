"""Hand-offs: when a baton is dropped, what it lacks, and how that is noticed.

The chance of a drop has three parts: between two people, to oneself, and added by each interruption while the baton is
in hand. It decides much of combined against separate and nobody has measured it: all three are assumptions, to be
swept.
"""

from __future__ import annotations

from collections.abc import Iterable

from sim.relay import Handoff, Missing
from sim.shop.settings import Chance, NonNegative, Settings, setting


class Handing(Settings):
    """One kind of hand-off."""

    drop_between: Chance = setting(0.02, "dropped between two people", sensible=(0, 0.1))
    drop_to_self: Chance = setting(0.0, "dropped when the receiver is the sender", sensible=(0, 0.05))
    drop_per_interruption: Chance = setting(0.02, "more dropped at each interruption in hand", sensible=(0, 0.1))
    lacks_address: Chance = setting(0.0, "address missing or wrong", sensible=(0, 0.1))
    lacks_equipment: Chance = setting(0.0, "equipment missing", sensible=(0, 0.2))
    lacks_need: Chance = setting(0.0, "need misunderstood", sensible=(0, 0.2))
    lacks_payment: Chance = setting(0.0, "form of payment missing", sensible=(0, 0.3))
    customer_notices: Chance = setting(0.5, "if dropped: the customer rings", sensible=(0.2, 1))
    technician_notices: Chance = setting(0.0, "if dropped: the technician rings the desk", sensible=(0, 1))
    audit_notices: Chance = setting(0.3, "if dropped: found by each evening audit", sensible=(0, 1))
    notice_delay_min: NonNegative = setting(
        30.0, "mean time until the customer or technician rings", unit="min", sensible=(5, 240)
    )
    perfect: bool = setting(
        False,
        "counterfactual: never dropped or incomplete, and what it is for is done when it is passed",
        grade="choice",
    )


class Handoffs(Settings):
    """All five batons."""

    booking: Handing = setting(
        Handing(
            drop_between=0.02, drop_per_interruption=0.02, lacks_address=0.02, lacks_equipment=0.08, lacks_need=0.05,
            lacks_payment=0.10, customer_notices=0.7, audit_notices=0.3,
        ), "CSR to dispatcher", grade="choice",
    )  # fmt: skip
    brief: Handing = setting(
        Handing(
            drop_between=0.02, drop_per_interruption=0.02, lacks_equipment=0.05, lacks_need=0.03, customer_notices=0.0,
            technician_notices=1.0, audit_notices=0.0, notice_delay_min=10.0,
        ), "dispatcher to technician", grade="choice",
    )  # fmt: skip
    update: Handing = setting(
        Handing(drop_between=0.05, drop_per_interruption=0.02, customer_notices=0.8, audit_notices=0.0),
        "dispatcher to customer", grade="choice",
    )  # fmt: skip
    report: Handing = setting(
        Handing(
            drop_between=0.04, drop_per_interruption=0.02, lacks_equipment=0.05, lacks_payment=0.05,
            customer_notices=0.1, technician_notices=0.7, audit_notices=0.5, notice_delay_min=20.0,
        ), "technician to dispatcher", grade="choice",
    )  # fmt: skip
    close: Handing = setting(
        Handing(
            drop_between=0.02, drop_to_self=0.02, drop_per_interruption=0.02, customer_notices=0.05, audit_notices=0.2,
        ),
        "dispatcher to books", grade="choice",
    )  # fmt: skip
    self_handoff_factor: NonNegative = setting(
        0.0, "times so incomplete when handed to oneself (one knows what one forgot to write)", sensible=(0, 1)
    )
    shared_board: bool = setting(False, "a shared board instead of paper", grade="choice")
    shared_board_factor: NonNegative = setting(0.3, "times so many drops between people with it", sensible=(0.1, 1))
    manuals: bool = setting(False, "integrated manuals", grade="choice")
    manuals_factor: NonNegative = setting(0.5, "times so incomplete with them", sensible=(0.2, 1))
    mastery: Chance = setting(0.5, "how far the manual is known by heart", sensible=(0, 1))
    mastery_rapport: NonNegative = setting(0.05, "rapport gained by full mastery", sensible=(0, 0.15))
    baited_share: Chance = setting(
        0.1, "calls on which a host is drawn into quoting a price or a diagnosis", sensible=(0, 0.3)
    )
    baited_discount: Chance = setting(0.1, "discount on site where a price was quoted", sensible=(0, 0.3))
    expectations_share: Chance = setting(0.8, "calls on which it is said what happens next", sensible=(0.3, 1))
    names_technician_share: Chance = setting(0.05, "bookings that promise a technician by name", sensible=(0, 0.3))


_GAPS = ("lacks_address", "lacks_equipment", "lacks_need", "lacks_payment")
#: settings that say nothing about a hand-off: who could not notice, gaps that nothing hangs on
NO_EFFECT = {
    "booking": ("technician_notices", "notice_delay_min"),
    "brief": ("customer_notices", "lacks_payment"),
    "update": ("drop_to_self", "technician_notices", "audit_notices", "notice_delay_min", *_GAPS),
    "close": ("technician_notices", "notice_delay_min", *_GAPS),
}

_LACKS = (
    ("lacks_address", Missing.ADDRESS), ("lacks_equipment", Missing.EQUIPMENT), ("lacks_need", Missing.NEED),
    ("lacks_payment", Missing.PAYMENT),
)  # fmt: skip


def handing(handoffs: Handoffs, which: Handoff) -> Handing:
    """The settings of one baton."""
    found: Handing = getattr(handoffs, which.name.lower())
    return found


def perfect(handoffs: Handoffs, which: Iterable[Handoff]) -> Handoffs:
    """The same batons, these of them perfect."""
    names = [handoff.name.lower() for handoff in which]
    return handoffs.model_copy(
        update={name: getattr(handoffs, name).model_copy(update={"perfect": True}) for name in names}
    )


def drop_chance(hand: Handing, handoffs: Handoffs, to_self: bool, accuracy: float) -> float:
    """Chance that a baton is dropped when it is passed; the board helps only between people."""
    if hand.perfect:
        return 0.0
    if to_self:
        return min(1.0, hand.drop_to_self / accuracy)
    board = handoffs.shared_board_factor if handoffs.shared_board else 1.0
    return min(1.0, hand.drop_between * board / accuracy)


def fumble_chance(hand: Handing, accuracy: float) -> float:
    """Chance that a baton in hand is dropped by one interruption."""
    return 0.0 if hand.perfect else min(1.0, hand.drop_per_interruption / accuracy)


def incompleteness(hand: Handing, handoffs: Handoffs, to_self: bool, accuracy: float) -> float:
    """Factor on each field's chance to be missing."""
    factor = 1.0 / accuracy
    if handoffs.manuals:
        factor *= 1.0 - (1.0 - handoffs.manuals_factor) * (0.5 + 0.5 * handoffs.mastery)
    return factor * handoffs.self_handoff_factor if to_self else factor


def field_chances(hand: Handing) -> tuple[tuple[float, int], ...]:
    """The fields that may be missing: (chance of this one or one before it, its bit)."""
    edge, found = 0.0, []
    for name, field in () if hand.perfect else _LACKS:
        chance = getattr(hand, name)
        if chance > 0.0:
            edge += chance
            found.append((edge, 1 << field))
    return tuple(found)


def missing_field(fields: tuple[tuple[float, int], ...], factor: float, u: float) -> int:
    """Bit of the missing field: at most one per baton, into whose (scaled) chance the uniform falls; 0: none."""
    for edge, bit in fields:
        if u < edge * factor:
            return bit
    return 0


def audit_night(u: float, chance: float) -> int | None:
    """How many evening audits until one finds it (1 is the next); None if none ever does. Geometric by inversion."""
    if chance <= 0.0:
        return None
    night, missed = 1, 1.0 - chance
    while u >= 1.0 - missed and night < 60:
        night += 1
        missed *= 1.0 - chance
    return night if night < 60 else None


def host_rapport(rapport: float, handoffs: Handoffs) -> float:
    """Rapport of a host who knows the manual by heart."""
    return rapport * (1.0 + handoffs.mastery_rapport * handoffs.mastery) if handoffs.manuals else rapport
