"""Choices between normal plans whose best is known."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.statistics import KimNelson, Zone, rinott_replications

Floats = NDArray[np.float64]


class Plans(NamedTuple):
    """Normal plans with known means and a Cholesky factor of their covariance."""

    means: Floats
    factor: Floats

    def draw(self, rng: np.random.Generator, n: int) -> Floats:
        return np.asarray(self.means[:, np.newaxis] + self.factor @ rng.standard_normal((self.means.size, n)))


def plans(means: list[float], sds: list[float] | float = 1.0, correlation: float = 0.0) -> Plans:
    """Plans with these means and sds, every two of them equally correlated."""
    k = len(means)
    spread = np.broadcast_to(np.asarray(sds, dtype=np.float64), k)
    matrix = np.full((k, k), correlation) + (1.0 - correlation) * np.eye(k)
    return Plans(np.array(means, dtype=np.float64), spread[:, np.newaxis] * np.linalg.cholesky(matrix))


def kim_nelson(source: Plans, zone: Zone, rng: np.random.Generator, batch: int = 100) -> KimNelson:
    """A procedure driven to its end on fresh replications."""
    procedure = KimNelson(source.means.size, zone)
    while needs := procedure.needs(batch):
        fresh = source.draw(rng, max(needs.values()))
        procedure.take({plan: fresh[plan, :n] for plan, n in needs.items()})
    return procedure


def rinott(source: Plans, zone: Zone, rng: np.random.Generator) -> int:
    """The plan that Rinott's two stages choose."""
    first = source.draw(rng, zone.first)
    totals = rinott_replications(first, zone)
    more = source.draw(rng, int(totals.max()) - zone.first)
    means = [np.append(first[i], more[i, : n - zone.first]).mean() for i, n in enumerate(totals)]
    return int(np.argmax(means))
