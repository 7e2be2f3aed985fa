"""What carries out tasks: this process, processes of this machine, or a cluster. All give the same results."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self, TypeVar

T = TypeVar("T")
R = TypeVar("R")
#: ``keep(place of the task, its result)``, called in the order in which tasks are done
Keep = Callable[[int, R], None]


class EngineError(Exception):
    """Nobody is there to work, in one line that says what to change."""


@dataclass(frozen=True, slots=True)
class Left:
    """Why results are missing: places of tasks that were given up, and whether all was interrupted."""

    given_up: tuple[int, ...] = ()
    interrupted: bool = False


class Engine(ABC):
    """Carries out independent tasks. Used in a ``with`` block, at whose end its workers go home."""

    width: int  # tasks that are carried out at the same time

    @abstractmethod
    def do(self, work: Callable[[T], R], tasks: Sequence[T], keep: Keep[R]) -> Left:
        """``keep(place, work(task))`` for every task, in the order in which they are done.

        ``work`` is a function of a module and its results must not depend on where it runs. A task whose worker is
        killed is tried again, and given up when it alone did it. Ctrl-C ends the round. An exception that ``work``
        raises ends all and is raised here. Raises `EngineError` where there are no workers.
        """

    @abstractmethod
    def close(self) -> None:
        """Send the workers home; another :meth:`do` would call others."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
