"""The benchmark: ratios against textbook SimPy in the same run, never asserted. Run with ``make bench``.

Seconds are this process's own processor seconds (the smallest of several runs), so that a busy machine disturbs
little; only the gain of a second core is wall time.
"""

from __future__ import annotations

import gc
import multiprocessing
import time
from collections.abc import Callable

from sim.kpis import measure
from sim.ledger import Run
from sim.relay import Event
from sim.run import simulate
from sim.scenarios import load
from sim.shop.scenario import Scenario
from tests.bench.textbook import mm10m
from tests.bench.years import peak, shop_year

_CALLS = 40_000


def best(run: Callable[[], int], times: int = 3) -> float:
    """Things done per processor second, the best of several runs."""
    rates = []
    for _ in range(times):
        gc.collect()
        started = time.process_time()
        done = run()
        rates.append(done / (time.process_time() - started))
    return max(rates)


def attempts(run: Run) -> int:
    """Offered attempts of a run."""
    return len(run.ledger.rows(Event.RANG))


def scaled(times: int, days: int, name: str = "base") -> Scenario:
    """The base shop so many times as large: calls, people, duties and the manager's meetings."""
    base = load(name).scenario
    sets = [f"calls.per_day={base.calls.per_day * times}", f"horizon.days={days}", "horizon.warmup_days=0"]
    sets += [f"people.{group}.count={settings.count * times}" for group, settings in base.people.items()]
    sets += [f"duties.minutes_per_day={base.duties.minutes_per_day * times}"]
    return load(name, sets).scenario


def per_call(scenario: Scenario, times: int = 2) -> float:
    """Processor microseconds an offered attempt: demand, run and ledger columns."""
    return 1e6 / best(lambda: attempts(simulate(scenario, 1, 0)), times)


def kpi_share(scenario: Scenario) -> float:
    """Seconds of all measures over seconds of the run."""
    started = time.process_time()
    run = simulate(scenario, 1, 0)
    middle = time.process_time()
    measure(run)
    return (time.process_time() - middle) / (middle - started)


def second_core(scenarioshop_years: int = 4) -> float:
    """Wall time of so many shop-years on one core over that on two."""
    context = multiprocessing.get_context("spawn")
    seconds = []
    for workers in (1, 2):
        with context.Pool(workers) as pool:
            pool.map(shop_year, range(workers), chunksize=1)  # imports are paid before
            started = time.perf_counter()
            pool.map(shop_year, range(scenarioshop_years), chunksize=1)
            seconds.append(time.perf_counter() - started)
    return seconds[0] / seconds[1]


def peak_memory() -> float:
    """Megabytes that a shop-year and its measures need beyond imports, in a process of its own."""
    context = multiprocessing.get_context("spawn")
    receive, send = context.Pipe(False)
    process = context.Process(target=peak, args=(send,))
    process.start()
    megabytes: float = receive.recv()
    process.join()
    return megabytes


def main() -> None:
    """Print the table."""
    year = scaled(1, 365)
    simulate(scaled(1, 5), 1, 0)  # what is imported late is imported now
    textbook = best(lambda: mm10m(_CALLS))
    phones = load("phones_only", ["horizon.days=10", "people.agent.count=10", "calls.types.call.arrivals.per_hour=150"])
    plain = best(lambda: attempts(simulate(phones.scenario, 1, 0)))
    rows = [("textbook SimPy, M/M/10 with patience", f"{textbook:,.0f} calls/s", "1")]
    rows += [("our phones alone, the same queue", f"{plain:,.0f} attempts/s", f"{plain / textbook:.2f}")]
    for name in ("separate", "combined"):
        rate = best(lambda name=name: attempts(simulate(scaled(1, 365, name), 1, 0)))  # type: ignore[misc]
        rows.append((f"base shop, {name}, everything on", f"{rate:,.0f} attempts/s", f"{rate / textbook:.2f}"))
    rows.append(("all measures over the run", "", f"{kpi_share(year):.2f}"))
    one = per_call(year)
    rows.append(("cost per attempt, 1 x", f"{one:.0f} us", "1"))
    for times, days in ((25, 21), (100, 7)):
        cost = per_call(scaled(times, days), 1)
        small = per_call(scaled(1, days * 10 if times == 25 else 70))
        rows.append((f"cost per attempt, {times} x", f"{cost:.0f} us", f"{cost / small:.2f}"))
    rows.append(("two cores over one (wall)", "", f"{second_core():.2f}"))
    rows.append(("a shop-year beyond imports", f"{peak_memory():.0f} MB", ""))
    width = max(len(row[0]) for row in rows)
    print(f"{'':{width}}  {'measured':>20}  {'ratio':>6}")
    for label, figure, ratio in rows:
        print(f"{label:{width}}  {figure:>20}  {ratio:>6}")


if __name__ == "__main__":
    main()
