"""The desk: what each of its tasks takes."""

from __future__ import annotations

from sim.distributions import Distribution
from sim.shop.settings import Chance, Clock, NonNegative, Settings, setting, spread


class Desk(Settings):
    """Minutes of desk work per visit, and the proactive part."""

    check_min: Distribution = setting(
        spread("gamma", 1.0, 0.5), "checking a new booking", unit="min", sensible=(0.5, 3)
    )
    assign_min: Distribution = setting(
        spread("gamma", 1.5, 0.5), "choosing the next job for a technician", unit="min", sensible=(0.5, 4)
    )
    look_ahead_min: Distribution = setting(
        spread("gamma", 1.0, 0.5), "looking ahead on one visit", unit="min", sensible=(0.5, 3)
    )
    brief_min: Distribution = setting(spread("gamma", 2.0, 0.5), "briefing a technician", unit="min", sensible=(0.5, 5))
    tabs_min: Distribution = setting(
        spread("gamma", 1.5, 0.5), "keeping tabs on one visit", unit="min", sensible=(0.5, 3)
    )
    update_min: Distribution = setting(
        spread("gamma", 1.5, 0.5), "telling a customer of a change", unit="min", sensible=(0.5, 4)
    )
    report_min: Distribution = setting(spread("gamma", 2.0, 0.5), "taking a report", unit="min", sensible=(0.5, 5))
    close_min: Distribution = setting(spread("gamma", 2.5, 0.5), "closing a job", unit="min", sensible=(0.5, 6))
    question_min: Distribution = setting(
        spread("gamma", 3.0, 0.5), "answering a technician's question", unit="min", sensible=(1, 6)
    )
    question_patience_min: NonNegative = setting(
        20.0, "how long a technician on site waits for the desk to take a question up", unit="min", sensible=(5, 60)
    )
    alone_min: NonNegative = setting(
        10.0, "what it costs on site to find out alone instead", unit="min", sensible=(0, 30)
    )
    repair_min: Distribution = setting(
        spread("gamma", 3.0, 0.5), "ringing a customer about what a booking lacks", unit="min", sensible=(1, 6)
    )
    hole_min: Distribution = setting(
        spread("gamma", 3.0, 0.5), "offering a later customer a gap", unit="min", sensible=(1, 6)
    )
    follow_up_min: Distribution = setting(
        spread("gamma", 5.0, 0.5), "following up a quote", unit="min", sensible=(2, 10)
    )
    audit_min: Distribution = setting(spread("gamma", 15.0, 0.3), "the evening audit", unit="min", sensible=(5, 40))
    audit_at: Clock = setting(930.0, "when the audit is due", unit="time", grade="choice")
    look_ahead_at: Clock = setting(
        780.0, "from when on the desk looks ahead on the next working day", unit="time", grade="choice"
    )
    audit: bool = setting(True, "whether there is an evening audit", grade="choice")
    look_ahead: bool = setting(True, "whether the desk looks ahead when it is free", grade="choice")
    look_ahead_finds: Chance = setting(0.7, "gaps in a booking that looking ahead finds and mends", sensible=(0.3, 1))
    keeps_tabs: bool = setting(
        True, "whether the desk watches for visits that run late and tells the customer", grade="choice"
    )
    check_finds: Chance = setting(0.6, "gaps in a booking that the check finds and mends", sensible=(0.3, 1))
    warn_before_min: NonNegative = setting(
        30.0, "how long before a window's end the desk sees that a visit will be late", unit="min", sensible=(0, 90)
    )
    status_patience_min: Distribution = setting(
        spread("exponential", 30.0),
        "how long after the window a customer waits before ringing",
        unit="min",
        sensible=(10, 90),
    )
    gives_up_after_calls: int = setting(
        2, "status calls in vain after which a customer calls it off", ge=1, sensible=(1, 4)
    )
