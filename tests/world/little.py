"""A little world: fixed durations, nothing goes wrong unless the test says so, and its story told in lines.

Everything is an ordinary scenario and an ordinary run; calls come as a trace, single draws are replaced by address.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

from sim.ledger import Run
from sim.relay import DAY_MIN, Channel, End, Event, Handoff, Hat, Kind, Loss, Outcome, Spent
from sim.run import simulate
from sim.scenarios.schema import completed
from sim.shop.scenario import Scenario, findings
from sim.streams import Address, name_key

PLAIN = """
[calls]
competitor_half_life_min = 1e9
tiers = [1, 0, 0]
tier_misread = 0

[calls.types.lead]
purpose = "lead"
booked_share = 1
best_share = 1
talk_min = {family = "fixed", mean = 5}

[calls.types.question]
purpose = "question"
talk_min = {family = "fixed", mean = 3}

[calls.types.status]
purpose = "status"
talk_min = {family = "fixed", mean = 2}

[calls.types.complaint]
purpose = "complaint"
talk_min = {family = "fixed", mean = 6}

[calls.types.change]
purpose = "change"
talk_min = {family = "fixed", mean = 4}

[calls.types.billing]
purpose = "billing"
talk_min = {family = "fixed", mean = 4}

[phones]
colder_per_min = 0
cold_after_side = 0

[jobs]
travel_fixed_min = 10
area_radius_km = 0
travel_noise_cv = 0
paperwork_min = {family = "fixed", mean = 10}
no_show_share = 0
return_share = 0
return_if_lacking = 0
cancel_share = 0
cancel_per_day = 0
question_share = 0
question_if_lacking = 0

[jobs.types.repair]
share = 1
trade = "hvac"
work_min = {family = "fixed", mean = 60}
ticket = {family = "fixed", mean = 200}
materials_share = 0
tolerance_days = {family = "fixed", mean = 10}

[slots]
emergency_reserve = 0

[dispatch]
fill_holes = false
prepare_ahead = false
morning_plan_min = 0

[desk]
check_min = {family = "fixed", mean = 1}
assign_min = {family = "fixed", mean = 2}
look_ahead_min = {family = "fixed", mean = 1}
brief_min = {family = "fixed", mean = 3}
tabs_min = {family = "fixed", mean = 1}
update_min = {family = "fixed", mean = 2}
report_min = {family = "fixed", mean = 2}
close_min = {family = "fixed", mean = 3}
question_min = {family = "fixed", mean = 4}
repair_min = {family = "fixed", mean = 5}
hole_min = {family = "fixed", mean = 3}
follow_up_min = {family = "fixed", mean = 5}
audit_min = {family = "fixed", mean = 15}
status_patience_min = {family = "fixed", mean = 30}
audit = false
look_ahead = false
keeps_tabs = false

[handoffs]
baited_share = 0
expectations_share = 1
names_technician_share = 0

[handoffs.booking]
drop_between = 0
drop_to_self = 0
drop_per_interruption = 0
lacks_address = 0
lacks_equipment = 0
lacks_need = 0
lacks_payment = 0

[handoffs.brief]
drop_between = 0
drop_to_self = 0
drop_per_interruption = 0
lacks_address = 0
lacks_equipment = 0
lacks_need = 0
lacks_payment = 0

[handoffs.update]
drop_between = 0
drop_to_self = 0
drop_per_interruption = 0
lacks_address = 0
lacks_equipment = 0
lacks_need = 0
lacks_payment = 0

[handoffs.report]
drop_between = 0
drop_to_self = 0
drop_per_interruption = 0
lacks_address = 0
lacks_equipment = 0
lacks_need = 0
lacks_payment = 0

[handoffs.close]
drop_between = 0
drop_to_self = 0
drop_per_interruption = 0
lacks_address = 0
lacks_equipment = 0
lacks_need = 0
lacks_payment = 0

[gifts]
phone_sd = 0
desk_sd = 0
technician_sd = 0

[attention]
switch_s = {family = "fixed", mean = 0}
leave_side_s = {family = "fixed", mean = 0}
resume_lag_s = {family = "fixed", mean = 0}

[duties]
minutes_per_day = 0
meetings_min_per_day = 0

[satisfaction]
referral_chance = 0

[prices]
pays_at_door_if_asked = 1
pays_at_door = 1
bad_debt_share = 0
invoice_days = {family = "fixed", mean = 10}
"""
#: each call type also has this, unless it says otherwise
TYPE: dict[str, Any] = {
    "wrap_up_min": {"family": "fixed", "mean": 1},
    "patience_min": {"family": "never"},
    "balk_share": 0,
    "redial_chance": 0,
    "redial_delay_min": {"family": "fixed", "mean": 10},
}
Draws = Mapping[int, Mapping[int, float]]


class Story:
    """What happened in a little world, in lines such as ``09:05 A hung_up ann``; a later day as ``1/09:05``."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.rows = run.ledger.table.tolist()
        counts: dict[str, int] = {}
        for person in run.people:
            counts[person.group] = counts.get(person.group, 0) + 1
        self.names = {p.id: p.group if counts[p.group] == 1 else p.name for p in run.people}
        self.root_of = {int(row[4]): int(row[2]) for row in self.rows if row[4] >= 0 and row[2] >= 0}
        self.root_of_call = {int(row[3]): int(row[2]) for row in self.rows if row[3] >= 0}

    def of(self, *events: str, who: str = "", root: str = "") -> list[str]:
        """The lines of some kinds of events, of one person, of one root (A was the first need)."""
        wanted = {Event[name.upper()] for name in events if not name.startswith("loss")}
        return [
            self.line(row)
            for row in self.rows
            if (int(row[1]) in wanted or ("loss" in events and int(row[1]) >= Event.LOSS))
            and (not who or self.names.get(int(row[7])) == who)
            and (not root or self.letter(row) == root)
        ]

    def day(self, who: str, *, day: int = 0) -> list[str]:
        """How a person's minutes of a day were spent: ``09:00-09:05 talk``, desk work with the need's letter."""
        lines = []
        for row in self.rows:
            code = int(row[1]) - Event.SPENT
            if 0 <= code <= max(Spent) and self.names.get(int(row[7])) == who and row[0] // DAY_MIN == day:
                job = self.root_of.get(int(row[4]), -1)
                letter = f" {chr(65 + job)}" if job >= 0 else ""
                begun = clock(row[0] - row[9]).split("/")[-1]
                lines.append(f"{begun}-{clock(row[0]).split('/')[-1]} {Spent(code).name.lower()}{letter}")
        return lines

    def count(self, event: str) -> int:
        """How often something happened."""
        return len(self.run.ledger.rows(Event[event.upper()]))

    def letter(self, row: list[float]) -> str:
        """The need that a row is about: A was the first."""
        root = int(row[2])
        if root < 0:
            root = self.root_of.get(int(row[4]), -1)
        return chr(65 + root) if root >= 0 else ""

    def line(self, row: list[float]) -> str:
        """One event in words."""
        code = int(row[1])
        words = [clock(row[0]), self.letter(row)]
        if code >= Event.LOSS:
            words += ["loss", Loss(code - Event.LOSS).name.lower(), f"{row[9]:g}"]
        elif code in range(Event.SPENT, Event.SPENT + len(Spent)):
            words += [Spent(code - Event.SPENT).name.lower(), self.names.get(int(row[7]), ""), f"{row[9]:g}"]
        else:
            words += [Event(code).name.lower(), self.names.get(int(row[7]), ""), detail(Event(code), row[9])]
        return " ".join(filter(None, words))


_CODES: dict[Event, Any] = {
    Event.CALL_ENDED: Outcome, Event.JOB_ENDED: End, Event.FOUND: Channel, Event.DROPPED: Handoff,
    Event.PASSED: Handoff,
    Event.NOT_BOOKED: Loss, Event.INTERRUPTED: Kind, Event.COVER_ON: Hat, Event.COVER_OFF: Hat,
}  # fmt: skip
_TOLD = {
    Event.ANSWERED, Event.ARRIVED, Event.COLLECTED, Event.PAID, Event.OVERTIME, Event.UNCOLLECTED, Event.UNBILLED,
    Event.DISCOUNT, Event.CARRIED_OVER, Event.REBOOKED, Event.QUOTED, Event.SOLD, Event.LADDER_UP, Event.LADDER_DOWN,
    Event.WENT_ON_BREAK, Event.ABSENT, Event.INVOICED, Event.INVOICE_PAID, Event.DUTY_UNDONE, Event.LACKED,
    Event.REDIAL_PLANNED, Event.SWITCHED,
}  # fmt: skip


def detail(event: Event, value: float) -> str:
    """An event's detail in words, where it tells something."""
    if event in _CODES:
        return str(_CODES[event](int(value)).name.lower())
    return f"{value:g}" if event in _TOLD else ""


def clock(minutes: float) -> str:
    """``09:05``, with seconds where there are any, and the day before it from the second day on."""
    seconds = round(minutes * 60.0)
    day, second = divmod(seconds, 86_400)
    text = f"{second // 3600:02d}:{second // 60 % 60:02d}" + (f":{second % 60:02d}" if second % 60 else "")
    return f"{day}/{text}" if day else text


def minute(text: str) -> float:
    """The inverse of :func:`clock`."""
    day, _, time = text.rpartition("/")
    parts = [int(part) for part in time.split(":")]
    return float(day or 0) * DAY_MIN + parts[0] * 60.0 + parts[1] + (parts[2] / 60.0 if len(parts) > 2 else 0.0)


def merged(base: dict[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """Tables laid over tables; a distribution is replaced as a whole."""
    for key, value in change.items():
        if isinstance(value, dict) and isinstance(base.get(key), dict) and "family" not in value:
            merged(base[key], value)
        else:
            base[key] = value
    return base


def scenario(text: str, calls: Iterable[str] | str = (), days: int = 1) -> Scenario:
    """The plain little shop with changes, and the calls of its trace: ``09:00 lead`` or ``1/09:00 question 7``."""
    values = merged(tomllib.loads(PLAIN), tomllib.loads(text))
    if not any("technician" in group["hats"] for group in values["people"].values()):  # a shop of phones only
        values["jobs"]["types"] = {}
        del values["calls"]["types"]["lead"]
    for kind in values["calls"]["types"].values():
        for name, value in TYPE.items():
            kind.setdefault(name, value)
    values.setdefault("horizon", {}).setdefault("days", days)
    if calls:
        lines = [line.split() for line in (calls.split(",") if isinstance(calls, str) else calls)]
        said = [(minute(line[0]), line[1], float(line[2]) if len(line) > 2 else -1.0) for line in lines]
        values["calls"]["trace"] = {"file": "", "time_column": "", "calls": said, "days": days}
    shop = Scenario.model_validate(completed(values))
    assert [finding for finding in findings(shop) if not finding.warning] == []
    return shop


def story(text: str, calls: Iterable[str] | str = (), days: int = 1, draws: Draws | None = None, **more: Any) -> Story:
    """Run a little world; ``draws`` replaces uniforms of the n-th call of the trace."""
    said = list(calls.split(",") if isinstance(calls, str) else calls)
    rows: dict[int, int] = {}
    overrides = {}
    for n, line in enumerate(said):
        day = int(minute(line.split()[0]) // DAY_MIN)
        row = rows[day] = rows.get(day, -1) + 1
        for column, u in (draws or {}).get(n, {}).items():
            overrides[int(Address.ROOT), name_key("trace") << 32 | day, row, int(column)] = u
    return Story(simulate(scenario(text, said, days), overrides=overrides, **more))
