"""The log replayed through ordinary scenario files, a day each, because head-counts are the same on every day of one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.kpis import Tables
from sim.relay import Outcome
from sim.run import simulate
from sim.scenarios import load
from tests.real import bank_log, bank_staff
from tests.real.bank_log import CLASSES, HEAD_START_S, Floats, Log
from tests.real.bank_staff import PERIOD_S, Heads

HOURS = 24


@dataclass(frozen=True)
class Counts:
    """Calls, callers who gave up and seconds waited: arrays of replications x days x hours of arrival."""

    calls: Floats
    gave_up: Floats
    waited_s: Floats

    @property
    def abandoned(self) -> Floats:
        """Share of each replication that gave up."""
        return np.asarray(self.gave_up.sum((1, 2)) / self.calls.sum((1, 2)))

    @property
    def wait_s(self) -> Floats:
        """Mean wait of each replication, of those who gave up too."""
        return np.asarray(self.waited_s.sum((1, 2)) / self.calls.sum((1, 2)))

    def abandoned_by(self, axis: str) -> Floats:
        """Share that gave up by "hour" or by "day", over all replications; NaN where nobody rang."""
        over = (0, 1) if axis == "hour" else (0, 2)
        with np.errstate(invalid="ignore"):
            return np.asarray(self.gave_up.sum(over) / self.calls.sum(over))

    def __str__(self) -> str:
        return f"abandoned {_spread(100 * self.abandoned, '%')}, mean wait {_spread(self.wait_s, ' s')}"


def _spread(values: Floats, unit: str) -> str:
    sd = f" (sd of a month {values.std(ddof=1):.2f}, {values.size} months)" if values.size > 1 else ""
    return f"{values.mean():.2f}{unit}{sd}"


def recorded(log: Log) -> Counts:
    """What the log itself says."""
    shape = (1, len(log.days), HOURS)
    counts = Counts(np.zeros(shape), np.zeros(shape), np.zeros(shape))
    for number, day in enumerate(log.days):
        hour = (day.calls.entered // 3600).to_numpy(dtype=np.int64)
        _count(counts, 0, number, hour, (day.calls.outcome == "HANG").to_numpy(), day.calls.q_time_s.to_numpy())
    return counts


def _count(
    counts: Counts, replication: int, day: int, hour: NDArray[np.int64], gave_up: NDArray[np.bool_], waited_s: Floats
) -> None:
    for total, weights in ((counts.calls, None), (counts.gave_up, gave_up), (counts.waited_s, waited_s)):
        total[replication, day] = np.bincount(hour, weights, HOURS)


@dataclass(frozen=True)
class Bank:
    """The log, and a folder outside the repository for what is derived from it."""

    log: Log
    folder: Path

    def prepare(self) -> None:
        """Write the calls of each day and the samples as the CSV files that scenario files name."""
        for day in self.log.days:
            served = day.calls.outcome == "AGENT"
            talk = day.calls.ser_time_s.clip(lower=0.5).where(served)  # nothing: nobody talked, so it is drawn
            columns = {"date": day.date, "entered_s": day.calls.entered, "reason": day.calls.reason, "talk_s": talk}
            pd.DataFrame(columns).to_csv(self.folder / f"{day.date}.csv", index=False)
        for name, calls in [("call", self.log.calls), *self.log.calls.groupby("reason")]:
            self._write(f"talk {name}", bank_log.talk_s(calls))
            self._write(f"patience {name}", bank_log.patience_s(calls))
        self._write("wrap-up", bank_log.wrap_up_s(self.log.days))

    def _write(self, name: str, sample: Floats) -> None:
        pd.DataFrame({"s": sample}).to_csv(self.folder / f"{name}.csv", index=False, float_format="%.2f")

    def replay(
        self,
        heads: Heads = bank_staff.away_while_it_rang,
        *,
        replications: int = 2,
        own_talk: bool = True,
        classes: bool = True,
        patience: dict[str, str] | None = None,
        wrap_up: bool = True,
    ) -> Counts:
        """Run every day of the month; by default each call has the handle time it had, and waits as its class does."""
        shape = (replications, len(self.log.days), HOURS)
        counts = Counts(np.zeros(shape), np.zeros(shape), np.zeros(shape))
        for number, day in enumerate(self.log.days):
            path = self.folder / f"{day.date}.toml"
            names = CLASSES if classes else ("call",)
            types = "".join(self._call_type(name, (patience or {}).get(name), wrap_up) for name in names)
            text = _SCENARIO.format(
                own_talk=_OWN_TALK if own_talk else "", which=_BY_REASON if classes else 'type = "call"',
                file=(self.folder / f"{day.date}.csv").as_posix(), heads=_steps(bank_staff.whole(heads(day))),
                hours=_hours(day.calls.entered), types=types,
            )  # fmt: skip
            path.write_text(text, encoding="utf-8")
            scenario = load(path).scenario
            for replication in range(replications):
                found = Tables(simulate(scenario, seed=1, replication=replication)).attempts
                gave_up = np.isin(found.outcome, (Outcome.ABANDONED, Outcome.BALKED))
                assert (gave_up | found.answered).all(), "somebody neither gave up nor was answered"
                _count(counts, replication, number, found.hour, gave_up, 60.0 * found.wait_min)
        return counts

    def _call_type(self, name: str, patience: str | None, wrap_up: bool) -> str:
        ahead = HEAD_START_S * CLASSES.index(name) if name in CLASSES else 0.0
        return _CALL_TYPE.format(
            name=name, ahead=ahead, talk=_sample(f"talk {name}"), patience=patience or _sample(f"patience {name}"),
            wrap_up=_sample("wrap-up") if wrap_up else '{ family = "fixed", mean = 0 }',
        )  # fmt: skip


_SCENARIO = """\
extends = "phones_only"
without = ["calls.types.call"]

[horizon]
days = 1
drain = true

[calls.trace]
file = "{file}"
date_column = "date"
time_column = "entered_s"
time_format = "seconds"
{which}
{own_talk}

[phones]
{hours}

[people.agent]
heads = {heads}
{types}"""

_OWN_TALK = 'handle_column = "talk_s"\nhandle_if_zero = "draw"'
_BY_REASON = 'type_column = "reason"'

_CALL_TYPE = """
[calls.types.{name}]
talk_min = {talk}
wrap_up_min = {wrap_up}
patience_min = {patience}
balk_share = 0
redial_chance = 0
base_score = {ahead}
"""


def _sample(name: str) -> str:
    return f'{{ family = "empirical", file = "{name}.csv", column = "s", unit = "s" }}'


def _steps(heads: list[int]) -> str:
    changes = [n for n, number in enumerate(heads) if n == 0 or number != heads[n - 1]]
    return "[" + ", ".join(f'{{ at = "{_clock(n * PERIOD_S)}", value = {heads[n]} }}' for n in changes) + "]"


def _hours(entered: pd.Series[float]) -> str:
    """The phones are open from the half hour of the day's first call to that of its last."""
    first, last = float(entered.min()) // 1800, float(entered.max()) // 1800 + 1
    return f'open = "{_clock(first * 1800)}"\nclose = "{_clock(last * 1800)}"'


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 3600:02d}:{int(seconds) % 3600 // 60:02d}"
