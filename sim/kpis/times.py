"""How long the relay takes from the hang-up: means over the jobs that reached the station in the window."""

from __future__ import annotations

import numpy as np

from sim.kpis.arrays import mean
from sim.kpis.register import HAPPENED, OF_JOBS, Chapter
from sim.kpis.view import View

kpi = Chapter("times", HAPPENED, OF_JOBS).kpi

_STATIONS = (
    ("time_hangup_to_board_min", "on_board", "min", "hang-up to board", "the desk had checked the booking"),
    (
        "time_hangup_to_assignment_min",
        "assigned",
        "min",
        "hang-up to assignment",
        "a technician was first assigned",
    ),
    ("time_hangup_to_door_h", "arrived", "h", "hang-up to door", "a technician first was at the door"),
    (
        "time_hangup_to_payment_d",
        "paid",
        "d",
        "hang-up to payment",
        "it was first paid, at the door or by invoice",
    ),
    ("time_hangup_to_close_h", "closed", "h", "hang-up to close", "its file was closed"),
)
_MINUTES = {"min": 1.0, "h": 60.0, "d": 1440.0}


def _station(key: str, station: str, unit: str, label: str, what: str) -> None:
    meaning = f"Mean time from the hang-up after booking until {what}, of jobs that came so far in the window."

    @kpi(label, unit, "lower", key=key, definition=meaning)
    def duration(x: View) -> float:
        reached = getattr(x.journeys, station)
        inside = (reached >= x.window[0]) & (reached < x.window[1])
        return mean(np.asarray((reached - x.journeys.hung_up)[inside])) / _MINUTES[unit]


for _said in _STATIONS:
    _station(*_said)
