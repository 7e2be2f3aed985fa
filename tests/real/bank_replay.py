"""The log replayed through ordinary scenario files, a day each: within one the head-counts are alike on all days."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.kpis import Tables
from sim.relay import Outcome
from sim.run import simulate
from sim.scenarios import load
from tests.real import bank_log, bank_staff
from tests.real.bank_log import CLASSES, HEAD_START_S, Day, Floats, Log
from tests.real.bank_staff import PERIOD_S, Heads

Ints = NDArray[np.int64]
Talk = Literal["own", "drawn", "quarter", "hour", "day"]
_WITHIN_S = {"quarter": 900, "hour": 3600, "day": 86_400}
HOURS = 24
_CELLS = (HOURS, len(CLASSES))


@dataclass(frozen=True)
class Counts:
    """Calls, callers who gave up and seconds waited: replications x days x hours of arrival x classes."""

    calls: Floats
    gave_up: Floats
    waited_s: Floats

    @classmethod
    def of(cls, replications: int, days: int) -> Counts:
        """Nothing counted yet."""
        return cls(*(np.zeros((replications, days, *_CELLS)) for _ in range(3)))

    def count(self, where: tuple[int, int], hour: Ints, kind: Ints, gave_up: Floats, waited_s: Floats) -> None:
        """Enter the calls of one day of one replication."""
        cell = hour * len(CLASSES) + kind
        for total, weights in ((self.calls, None), (self.gave_up, gave_up), (self.waited_s, waited_s)):
            total[where] = np.bincount(cell, weights, HOURS * len(CLASSES)).reshape(_CELLS)

    @property
    def abandoned(self) -> Floats:
        """Share that gave up, of each replication."""
        return np.asarray(self.gave_up.sum((1, 2, 3)) / self.calls.sum((1, 2, 3)))

    @property
    def wait_s(self) -> Floats:
        """Mean wait of each replication, of those who gave up too."""
        return np.asarray(self.waited_s.sum((1, 2, 3)) / self.calls.sum((1, 2, 3)))

    def abandoned_by(self, axis: str) -> Floats:
        """Share that gave up by "day", "hour" or "class", over all replications; NaN where nobody rang."""
        over = tuple(n for n in range(4) if n != ("replication", "day", "hour", "class").index(axis))
        with np.errstate(invalid="ignore"):
            return np.asarray(self.gave_up.sum(over) / self.calls.sum(over))

    def __str__(self) -> str:
        return f"abandoned {_spread(100.0 * self.abandoned)} %, mean wait {_spread(self.wait_s)} s"


def _spread(values: Floats) -> str:
    """The mean over replications, with its standard error where there are several."""
    se = f" (se {values.std(ddof=1) / values.size**0.5:.2f})" if values.size > 1 else ""
    return f"{values.mean():.2f}{se}"


def recorded(log: Log) -> Counts:
    """What the log itself says."""
    counts = Counts.of(1, len(log.days))
    for number, day in enumerate(log.days):
        hour = (day.calls.entered // 3600).to_numpy(dtype=np.int64)
        kind = day.calls.reason.map(CLASSES.index).to_numpy(dtype=np.int64)
        gave_up = (day.calls.outcome == "HANG").to_numpy(dtype=np.float64)
        counts.count((0, number), hour, kind, gave_up, day.calls.q_time_s.to_numpy(dtype=np.float64))
    return counts


@dataclass(frozen=True)
class Bank:
    """The log, and a folder outside the repository for what is derived from it."""

    log: Log
    folder: Path

    def prepare(self) -> None:
        """Write the samples as the CSV files that scenario files name."""
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
        talk: Talk = "own",
        classes: bool = True,
        patience: dict[str, str] | None = None,
        wrap_up: bool = True,
    ) -> Counts:
        """Run every day of the month; by default each call has the handle time it had, and waits as its class does.

        ``talk`` is each call's own (drawn only for those who were not answered), or drawn for all, or that of another
        call of the same class in the same quarter of an hour, hour or day. ``patience`` names other distributions.
        """
        counts = Counts.of(replications, len(self.log.days))
        names = CLASSES if classes else ("call",)
        types = "".join(self._call_type(name, (patience or {}).get(name), wrap_up) for name in names)
        for number, day in enumerate(self.log.days):
            self._write_calls(day, talk)
            path = self.folder / "day.toml"
            path.write_text(
                _SCENARIO.format(
                    file=(self.folder / "day.csv").as_posix(), own_talk="" if talk == "drawn" else _OWN_TALK,
                    which=_BY_REASON if classes else 'type = "call"', hours=_hours(day.calls.entered),
                    heads=_steps(bank_staff.whole(heads(day))), types=types,
                ),
                encoding="utf-8",
            )  # fmt: skip
            scenario = load(path).scenario
            for replication in range(replications):
                found = Tables(simulate(scenario, seed=1, replication=replication)).attempts
                gave_up = np.isin(found.outcome, (Outcome.ABANDONED, Outcome.BALKED))
                assert (gave_up | found.answered).all(), "somebody neither gave up nor was answered"
                counts.count((replication, number), found.hour, found.type, gave_up * 1.0, 60.0 * found.wait_min)
        return counts

    def _write_calls(self, day: Day, talk: Talk) -> None:
        """The calls of a day, as a log has them; whoever was not answered has no talk time, so it is drawn."""
        calls = day.calls
        known = calls.ser_time_s.clip(lower=0.5).where(calls.outcome == "AGENT")
        if talk in _WITHIN_S:
            lots = np.random.default_rng(0)
            within = [calls.reason, calls.entered // _WITHIN_S[talk], known.notna()]
            known = known.groupby(within).transform(lambda mine: lots.permutation(mine.to_numpy()))
        columns = {"date": day.date, "entered_s": calls.entered, "reason": calls.reason, "talk_s": known}
        pd.DataFrame(columns).to_csv(self.folder / "day.csv", index=False)

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
