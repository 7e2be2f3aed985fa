"""The reference: M/M/10 with patience as a SimPy textbook writes it, a process and a condition per caller."""

from __future__ import annotations

import random
from collections.abc import Generator
from typing import Any

import simpy


def mm10m(calls: int, seed: int = 1) -> int:
    """Run so many calls (7.5 erlang on 10 servers, mean patience 5 min); returns how many were offered."""
    env = simpy.Environment()
    desk = simpy.Resource(env, 10)
    draw = random.Random(seed)
    waits: list[float] = []

    def caller() -> Generator[Any, Any, None]:
        arrived = env.now
        with desk.request() as request:
            reached = yield request | env.timeout(draw.expovariate(1 / 5))
            if request in reached:
                waits.append(env.now - arrived)
                yield env.timeout(draw.expovariate(1 / 3))

    def source() -> Generator[Any, Any, None]:
        for _ in range(calls):
            yield env.timeout(draw.expovariate(2.5))
            env.process(caller())

    env.process(source())
    env.run()
    return calls
