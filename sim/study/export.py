"""Kept studies as tables: a row for each plan and replication."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.study.rows import unpack
from sim.study.store import Store

if TYPE_CHECKING:
    import pandas as pd


def load_results(study: str | int | None = None, store: Store | Path | str | None = None) -> pd.DataFrame:
    """The runs of a kept study, one row for each plan and replication.

    ``study`` is a name or number that ``baton studies`` lists (of several with a name the one asked last); by default
    the study that was asked last. ``store`` is a store or its file, by default the usual one. The columns are ``plan``
    (its name in the study), ``replication`` and ``seed``, then every measure by its key, in the unit of ``sim.KPIS``
    and NaN where it never happened. Runs of a study of an older model have that model's measures. Raises `StoreError`
    where there is no such store or study.
    """
    if isinstance(store, Store):
        return _table(store, study)
    with Store(store, readonly=True) as opened:
        return _table(opened, study)


def _table(store: Store, which: str | int | None) -> pd.DataFrame:
    import pandas as pd  # slow to import

    study = store.study(which)
    runs: dict[str, list[tuple[int, dict[str, float]]]] = {}
    keys: dict[str, None] = {}
    for plan, replication, listed, blob in store.rows(study):
        runs.setdefault(plan, []).append((replication, dict(zip(listed, unpack(blob).tolist(), strict=True))))
        keys |= dict.fromkeys(listed)
    wide = [(name, n, run) for fingerprint, name in study.plans for n, run in runs.get(fingerprint, [])]
    head = pd.DataFrame(
        {
            "plan": pd.Series([name for name, _, _ in wide], dtype="str"),
            "replication": np.array([n for _, n, _ in wide], dtype=np.int64),
            "seed": pd.Series([study.seed] * len(wide), dtype="int64" if study.seed < 2**63 else "object"),
        }
    )
    values = np.array([[run.get(key, np.nan) for key in keys] for _, _, run in wide], dtype=np.float64)
    measures = pd.DataFrame(values.reshape(len(wide), len(keys)), columns=list(keys))
    return pd.concat([head, measures], axis="columns")
