"""Replications of plans: every plan meets the same callers in the same replication, so results pair."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext

from sim.shop.scenario import Scenario
from sim.study.engines import cores, engine
from sim.study.gather import names
from sim.study.results import Results
from sim.study.runs import Keeper, Runs
from sim.study.store import Store


def replicate(
    plans: Sequence[Scenario],
    *,
    replications: int,
    seed: int = 1,
    workers: int | None = None,
    cluster: str | None = None,
    store: Keeper | None = None,
    by: str | Sequence[str] | None = None,
    on_done: Callable[[int, int], None] | None = None,
) -> Results:
    """Run every plan ``replications`` times and return the measures.

    ``workers`` is the number of processes (the cores by default; 1 stays in this process) and changes nothing in the
    results, nor does ``cluster``: the address of a Dask cluster, or ``local`` (see :func:`sim.study.engine`). ``store``
    keeps the runs and gives those that it has; a :class:`sim.study.store.Store` also writes down the study. ``by``
    names dimensions to split by as well.
    ``on_done(finished, total)`` is called after each run. On Ctrl-C the workers are ended and what is finished is
    returned, marked ``interrupted``. Raises ``ValueError`` for plans that cannot be compared (see :func:`faults`) and
    for numbers below 1, `EngineError` where a cluster cannot be had or is lost.
    """
    wrong = [*faults(plans), *_faults_of_numbers(replications, workers, seed)]
    if wrong:
        raise ValueError(" ".join(wrong))
    ways = (by,) if isinstance(by, str) else tuple(by or ())
    width = min(workers or cores(), len(plans) * replications)
    study = None
    if isinstance(store, Store):
        store = study = store.begin("replicate", plans, seed=seed, replications=replications, by=ways)
    with engine(workers if cluster is not None else width, cluster) as crew, study or nullcontext():
        runs = Runs(seed, engine=crew, store=store, by=ways, told=on_done)
        runs.upto(plans, replications)
        if study is not None:
            study.finish("interrupted" if runs.interrupted else "finished")
    return runs.results(plans, replications)


def faults(plans: Sequence[Scenario]) -> list[str]:
    """Why these plans cannot be compared, one sentence each."""
    if not plans:
        return ["There is no plan to run."]
    first, first_name = plans[0], names(plans)[0]
    found = []
    for plan, name in zip(plans[1:], names(plans)[1:], strict=True):
        for what, one, other, remedy in _unlike(first, plan):
            if one != other:
                found.append(f"{first_name} has {what} {one} and {name} has {other}: {remedy}.")
    return found


def _unlike(first: Scenario, other: Scenario) -> list[tuple[str, object, object, str]]:
    """What two plans must have in common: what it is, the one's, the other's, and what to do."""
    a, b = first.horizon, other.horizon
    same = "give both the same"
    return [
        ("horizon.days", first.days, other.days, "give both the same, for example with --days"),
        ("horizon.warmup_days", a.warmup_days, b.warmup_days, same),
        ("horizon.start", a.start.isoformat(), b.start.isoformat(), f"{same}, or their days are different weekdays"),
        (
            "prices.currency",
            first.prices.currency,
            other.prices.currency,
            f"{same}, money cannot be compared otherwise",
        ),
    ]


def _faults_of_numbers(replications: int, workers: int | None, seed: int) -> list[str]:
    found = []
    if replications < 1:
        found.append(f"There must be at least 1 replication, not {replications}.")
    if workers is not None and workers < 1:
        found.append(f"There must be at least 1 worker, not {workers}.")
    if seed < 0:
        found.append(f"The seed must not be negative, not {seed}.")
    return found
