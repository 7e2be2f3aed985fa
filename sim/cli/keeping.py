"""The store for commands: opened where it can be, and what that means for the runs told on stderr.

In the usual place it is a convenience, and a command goes on without it; a store that was named must be there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli.reading import Problems
from sim.cli.terminal import note

if TYPE_CHECKING:
    from sim.shop.scenario import Scenario
    from sim.study import Store, Study
    from sim.study.runs import Key
    from sim.study.studies import State
    from sim.study.tasks import Measured


class Keeping:
    """A study's runs on their way to the store and from it; without a study they go nowhere and none are found."""

    def __init__(self, study: Study | None = None, *, named: bool = False) -> None:
        self.study, self.named = study, named
        self.asked = self.found = self.made = 0

    def find(self, keys: Sequence[Key], by: tuple[str, ...] = ()) -> dict[Key, Measured]:
        """See :class:`sim.study.runs.Keeper`."""
        found: dict[Key, Measured] = {}
        with self._telling():
            found = self.study.find(keys, by) if self.study else {}
        self.asked, self.found = self.asked + len(keys), self.found + len(found)
        return found

    def keep(self, key: Key, run: Measured) -> None:
        """See :class:`sim.study.runs.Keeper`."""
        self.made += 1
        if self.study:
            self.study.keep(key, run)

    def also(self, plans: Sequence[Scenario]) -> None:
        """Plans that the study has come to on its way."""
        with self._telling():
            if self.study:
                self.study.also(plans)

    def finish(self, state: State, replications: int | None = None, *, wrong: bool = False) -> None:
        """Write down how the study ended; what was ``wrong`` with it would be so again."""
        written = self.study is not None and self.study.finish(state, replications)
        if written and state == "interrupted" and self.found + self.made and not wrong:
            note("What is finished is kept: the same command goes on from there.")

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """A store that breaks while it is used: an error where it was named, else the last that is heard of it."""
        from sim.study import StoreError

        try:
            yield
        except StoreError as error:
            if self.named:
                raise Problems([error]) from None
            note(_without(error))
            self.study = None


@contextmanager
def keeping(
    kind: str,
    plans: Sequence[Scenario],
    *,
    store: Path | None,
    no_store: bool,
    seed: int,
    replications: int | None = None,
    by: tuple[str, ...] = (),
    options: Mapping[str, Any] | None = None,
    name: str = "",
) -> Iterator[Keeping]:
    """A study in the store (see :meth:`sim.study.Store.begin`); hand what is yielded to whatever makes runs."""
    if store is not None and no_store:
        raise click.UsageError("--store and --no-store do not go together: leave one of them away.")
    if no_store:
        yield Keeping()
        return
    opened, study = _begun(store, kind, plans, seed, replications, by, options, name)
    kept = Keeping(study, named=store is not None)
    try:
        yield kept
    except BaseException as error:
        kept.finish("interrupted", wrong=isinstance(error, click.UsageError))
        raise
    finally:
        if opened is not None:
            _closed(opened)
        if kept.found:
            note(f"{kept.found:,} of {kept.asked:,} runs were in the store.")


def _begun(
    place: Path | None,
    kind: str,
    plans: Sequence[Scenario],
    seed: int,
    replications: int | None,
    by: tuple[str, ...],
    options: Mapping[str, Any] | None,
    name: str,
) -> tuple[Store | None, Study | None]:
    from sim.study import Store, StoreError

    opened = None
    try:
        opened = Store(place, tell=lambda line: note(f"note: {line}"))
        return opened, opened.begin(
            kind, plans, seed=seed, replications=replications, by=by, options=options, name=name
        )
    except StoreError as error:
        if opened is not None:
            opened.close()
        if place is not None:
            raise Problems([error]) from None
        note(_without(error))
        return None, None


def _closed(opened: Store) -> None:
    opened.close()
    if opened.waiting:
        note(f"note: {opened.waiting:,} runs could not be kept, and will be made again when they are asked for.")


def _without(error: Exception) -> str:
    return f"note: {error}; going on without keeping runs (--store FILE names another place)"
