"""Time to decide: what it takes to choose the best of four plans of the base shop, the textbook way and ours.

Run with ``make bench-decide``. Every way has the same plans, horizon, first sample, probability and indifference zone. A
table of replications of the real model is made once (through the store of runs); decisions are then drawn from it many
times, so that both how many replications they take and how often they are right is known. A replication is counted with
its warm-up.
"""

from __future__ import annotations

import argparse
import time
from typing import NamedTuple

import numpy as np

from sim.scenarios import load
from sim.statistics import Zone
from sim.study import Runs, Store, cores, engine
from tests.bench.deciding import Floats, Record, apart, eliminating, record, slippage, textbook

PLANS = ("separate", "combined", "combined_focused", "cross_trained")
REALISED, EXPECTED = "contribution_per_year", "contribution_expected_per_year"
FIRST = 20


class Way(NamedTuple):
    """One way to decide: what it is called, which measure it reads, whether plans share their callers, and how."""

    name: str
    measure: str
    shared: bool
    sequential: bool


WAYS = (
    Way("textbook: independent, Rinott", REALISED, False, False),
    Way("+ sequential elimination", REALISED, False, True),
    Way("+ common random numbers", REALISED, True, True),
    Way("+ expected tickets (ours)", EXPECTED, True, True),
)


def tables(replications: int, days: int, workers: int) -> tuple[dict[str, Floats], float]:
    """Both measures of so many replications of every plan, and seconds a run on one core."""
    plans = [load(name, [f"horizon.days={days}"]).scenario for name in PLANS]
    with Store() as store, engine(workers) as crew:
        runs = Runs(1, engine=crew, store=store)
        runs.upto(plans, replications)
        results = runs.results(plans, replications)
    started = time.process_time()
    Runs(2).upto(plans[:1], 1)
    seconds = time.process_time() - started
    return {
        key: np.stack([results.of(plan, key) for plan in range(len(plans))]) for key in (REALISED, EXPECTED)
    }, seconds


def decisions(way: Way, x: Floats, zone: Zone, times: int) -> Record:
    """So many decisions of one way on a table of one measure."""
    plans = len(x)
    if not way.sequential:
        return record(lambda sample: textbook(apart(sample), plans, zone), x, times)
    return record(lambda sample: eliminating(sample if way.shared else apart(sample), plans, zone, 1), x, times)


def main() -> None:
    """Print the table."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--replications", type=int, default=60, help="of the table (default 60)")
    ask.add_argument("--days", type=int, default=365, help="of a replication, after the warm-up (default 365)")
    ask.add_argument("--times", type=int, default=400, help="decisions of each kind (default 400)")
    ask.add_argument("--workers", type=int, default=cores())
    said = ask.parse_args()
    found, seconds = tables(said.replications, said.days, said.workers)
    mean = float(np.abs(found[REALISED].mean()))
    year = (said.days + load(PLANS[0]).scenario.horizon.warmup_days) / 365
    print(
        f"{said.replications} replications of {', '.join(PLANS)}; {said.days} days each, {seconds:.2f} s a run on one core"
    )
    for key, x in found.items():
        apart_sd = np.std((x[1:] - x[0]), axis=1, ddof=1).mean()
        print(
            f"{key}: mean {x.mean():,.0f}, sd {x.std(axis=1, ddof=1).mean():,.0f}, sd of paired differences {apart_sd:,.0f}"
        )
    for share in (0.01, 0.005):
        zone = Zone(share * mean, 0.95, FIRST)
        for case in ("least favourable", "as it is"):
            print(f"\nindifference zone {share:.1%} of contribution ({zone.delta:,.0f}), differences {case}")
            print(f"{'':32}  {'shop-years':>10}  {'minutes':>8}  {'fewer':>6}  {'correct':>7}")
            base = 0.0
            for way in WAYS:
                x = found[way.measure]
                x = slippage(x, zone.delta) if case == "least favourable" else x
                got = decisions(way, x, zone, said.times if way.sequential else max(50, said.times // 4))
                years = got.replications * year
                base = base or years
                print(
                    f"{way.name:32}  {years:10,.0f}  {got.replications * seconds / 60:8,.1f}  {base / years:6.1f}  {got.correct:7.3f}"
                )


if __name__ == "__main__":
    main()
