"""The shop as everybody in it sees it: the rooms, the clock and the ledger in one place, and no rules of its own.

The rooms know one another only through this object, so none of them imports another; agents are handed it as
``shop``. What a plan says is compiled once (:mod:`sim.world.plan`); nothing here reads settings while the clock runs.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from itertools import count
from typing import Any

from sim.demand import Demand
from sim.ledger import Ledger
from sim.relay import DAY_MIN, Kind, Work
from sim.shop.scenario import Scenario
from sim.shop.settings import plain
from sim.streams import Streams
from sim.world.clock import Clock
from sim.world.person import Person
from sim.world.plan import Plan

Steps = Generator[Any, Any, None]
Trade = Callable[[Person, Work, "Shop"], Steps]


class Shop:
    """Everything that is shared while a run lasts."""

    # set by sim.world.building
    phones: Any
    attention: Any
    roster: Any
    trays: Any
    slots: Any
    board: Any
    batons: Any
    books: Any
    work: Any
    orders: Any
    # set by sim.run: the agents
    customers: Any
    desk: Any
    manager: Any
    accounts: Any
    decide: Any

    def __init__(self, scenario: Scenario, streams: Streams) -> None:
        scenario = plain(scenario)
        self.scenario = scenario
        self.streams = streams
        self.demand = Demand(scenario, streams)
        self.plan = Plan(scenario)
        self.clock = Clock()
        self.ledger = Ledger()
        self.people: list[Person] = []
        self.trades: dict[Kind, Trade] = {}
        self.horizon = (scenario.horizon.warmup_days + scenario.days) * DAY_MIN
        self.closing_down = False
        #: the next number in order of creation
        self.count: Callable[[], int] = count(1).__next__

    @property
    def today(self) -> int:
        """Number of the day."""
        return int(self.clock.now // DAY_MIN)
