"""Hands for questions that are asked from Python: who makes the runs, and where they are kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sim.study.engines import engine
from sim.study.runs import Key, Runs, Told
from sim.study.store import Store
from sim.study.studies import State, Study
from sim.study.tasks import Measured

KIND = "python"  # how ``baton studies`` calls such a study


@contextmanager
def working(
    *,
    workers: int | None = None,
    cluster: str | None = None,
    seed: int = 1,
    store: Store | Path | str | None = None,
    by: str | Sequence[str] = (),
    budget: int | None = None,
    name: str = "",
    told: Told | None = None,
) -> Iterator[Runs]:
    """Runs to hand to a question, as in ``with sim.working(workers=2) as runs: sim.hire(plan, runs=runs)``.

    ``workers`` is the number of processes (the cores by default; 1 stays in this process) and changes nothing in the
    results; nor does ``cluster``, the address of a Dask cluster, or ``local``. ``store`` is a store or its file: runs
    are kept there and those that it has are not made again; the study is listed under ``name``. Without one nothing is
    kept. ``budget`` is the most runs that may be asked for. ``told(runs that are there, runs asked for)`` is called
    after each run. Raises ``ValueError`` for fewer than one worker, `StoreError` for a file that cannot be used and
    `EngineError` for a cluster that cannot.
    """
    if workers is not None and workers < 1:
        raise ValueError(f"There must be at least 1 worker, not {workers}.")
    ways = (by,) if isinstance(by, str) else tuple(by)
    with ExitStack() as stack:
        noted = None
        if store is not None:
            noted = _Noted(store if isinstance(store, Store) else stack.enter_context(Store(store)), name)
        crew = stack.enter_context(engine(workers, cluster))
        runs = Runs(seed, engine=crew, store=noted, by=ways, budget=budget, told=told)
        if noted is not None:
            stack.enter_context(noted.about(runs))
        yield runs


class _Noted:
    """A store that writes down the study when its first runs are asked for, and at the end how it ended."""

    def __init__(self, store: Store, name: str) -> None:
        self._store, self._name = store, name
        self._runs = Runs()
        self._study: Study | None = None

    @contextmanager
    def about(self, runs: Runs) -> Iterator[None]:
        """While these runs are made."""
        self._runs = runs
        try:
            yield
        except BaseException:
            if self._study is not None:
                self._study.finish("interrupted")
            raise
        if self._study is not None:
            self._study.also(runs.plans)
            ended: State = "interrupted" if runs.interrupted else "stopped by budget" if runs.exhausted else "finished"
            self._study.finish(ended)

    def find(self, keys: Sequence[Key], by: tuple[str, ...]) -> dict[Key, Measured]:
        """See :class:`sim.study.runs.Keeper`."""
        if self._study is None:
            self._study = self._store.begin(KIND, self._runs.plans, seed=self._runs.seed, by=by, name=self._name)
        return self._store.find(keys, by)

    def keep(self, key: Key, run: Measured) -> None:
        """See :class:`sim.study.runs.Keeper`."""
        self._store.keep(key, run)
