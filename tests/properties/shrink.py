"""The smallest shop that breaks a law: ``python -m tests.properties.shrink 117`` shrinks the random shop number 117.

Settings are left out, one by one and whole groups first, as long as the same law stays broken.
"""

from __future__ import annotations

import copy
import pprint
import sys
from collections.abc import Callable, Iterator
from typing import Any

from pydantic import ValidationError

from sim.run import simulate
from tests.properties.laws import faults_of
from tests.properties.scenarios import Said, scenario_of, seeded

Path = tuple[Any, ...]


def shrunk(said: Said, fails: Callable[[Said], bool]) -> Said:
    """The shop with everything left out that is not needed for it to fail."""
    smaller = True
    while smaller:
        smaller = False
        for path in sorted(paths(said), key=len):
            tried = without(said, path)
            if tried is not None and fails(tried):
                said, smaller = tried, True
                break
    return said


def paths(said: Any, above: Path = ()) -> Iterator[Path]:
    """Every setting in a nested dict, and every entry of a list."""
    entries = said.items() if isinstance(said, dict) else enumerate(said) if isinstance(said, list) else ()
    for key, value in entries:
        yield (*above, key)
        yield from paths(value, (*above, key))


def without(said: Said, path: Path) -> Said | None:
    """A copy that lacks one setting; none if an earlier step has taken it away."""
    tried: Any = copy.deepcopy(said)
    inner = tried
    for key in path[:-1]:
        inner = inner[key]
    del inner[path[-1]]
    return dict(tried)


def first_law(said: Said, seed: int) -> str | None:
    """The name of the first law that a shop's run breaks, or of the error with which it ends; none if it is sound."""
    try:
        scenario = scenario_of(said)
    except (ValidationError, AssertionError, ValueError, KeyError, TypeError):
        return None
    try:
        faults = faults_of(simulate(scenario, seed))
    except Exception as error:
        return type(error).__name__
    return faults[0].partition(":")[0] if faults else None


def main(seed: int) -> None:
    """Shrink a seeded shop and show what is left of it."""
    law = first_law(seeded(seed), seed)
    if law is None:
        print(f"shop {seed} breaks no law")
        return
    said = shrunk(seeded(seed), lambda tried: first_law(tried, seed) == law)
    pprint.pprint(said, sort_dicts=False, width=120)
    print(law, *faults_of(simulate(scenario_of(said), seed)), sep="\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
