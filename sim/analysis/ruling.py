"""The verdict on a claim, by rule.

- ``assumed``: the model only returns what was put in, which the study says beforehand.
- ``does not hold``: the opposite of the claim is certain with the plans as they are.
- ``holds``: what is claimed is certain with the plans as they are, and under every variation.
- ``holds when``: what is claimed is certain only in some of these: as they are, or under some variations.
- ``cannot tell``: it is certain nowhere, and neither is its opposite with the plans as they are.

Certain is what the 95 % interval of the paired difference says: it has the claimed sign and excludes zero. Asking for
it everywhere needs no correction for many comparisons. Finding it only under some of n variations does: there the level
is raised so that all n hold at once (Bonferroni).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from sim.statistics import Estimate


class Ruling(Enum):
    """What is said of a claim."""

    HOLDS = "holds"
    HOLDS_WHEN = "holds when"
    DOES_NOT_HOLD = "does not hold"
    CANNOT_TELL = "cannot tell"
    ASSUMED = "assumed"
    NO_CLAIM = "no claim"


@dataclass(frozen=True, slots=True)
class Tried:
    """The claimed difference in one case: as the plans are (no name), or with one assumption at another value."""

    difference: Estimate
    strict: Estimate  # the same at the level at which all variations hold at once
    name: str = ""
    value: float = math.nan

    def sign(self, *, strictly: bool = False) -> int:
        """1 or -1 where the sign is certain, else 0."""
        return certain(self.strict if strictly else self.difference)


@dataclass(frozen=True, slots=True)
class Ruled:
    """A verdict, and the cases in which what is claimed is certain, its opposite is, or neither."""

    ruling: Ruling
    base: int  # 1: the claim is certain with the plans as they are, -1: its opposite, 0: neither
    holds: tuple[Tried, ...]
    turned: tuple[Tried, ...]
    open: tuple[Tried, ...]


def certain(difference: Estimate) -> int:
    """1 or -1 where an interval excludes zero, else 0."""
    return int(difference.low > 0.0) - int(difference.high < 0.0)


def rule(base: Tried, varied: Sequence[Tried], sign: int, *, assumed: bool = False) -> Ruled:
    """The verdict on a claim of the given sign (1: more, -1: less, 0: nothing is claimed), by the rule above."""
    found = base.sign() * (sign or 1)
    strictly = found != 1
    signs = [each.sign(strictly=strictly) * (sign or 1) for each in varied]
    holds, turned, unknown = (
        tuple(each for each, told in zip(varied, signs, strict=True) if told == wanted) for wanted in (1, -1, 0)
    )
    return Ruled(_ruling(found, len(holds), len(varied), sign, assumed), found, holds, turned, unknown)


def _ruling(base: int, holds: int, varied: int, sign: int, assumed: bool) -> Ruling:
    if assumed:
        return Ruling.ASSUMED
    if not sign:
        return Ruling.NO_CLAIM
    if base < 0:
        return Ruling.DOES_NOT_HOLD
    if base > 0:
        return Ruling.HOLDS if holds == varied else Ruling.HOLDS_WHEN
    return Ruling.HOLDS_WHEN if holds else Ruling.CANNOT_TELL


def rule_cells(signs: Sequence[int], sign: int, *, assumed: bool = False) -> Ruling:
    """The verdict over the cells of a map, by the sign that each tells of the difference claimed.

    It holds where it is certain in every cell, holds when in some, does not hold where it is certain nowhere and its
    opposite somewhere.
    """
    if assumed:
        return Ruling.ASSUMED
    if not sign:
        return Ruling.NO_CLAIM
    told = [each * sign for each in signs]
    if all(each == 1 for each in told):
        return Ruling.HOLDS
    if 1 in told:
        return Ruling.HOLDS_WHEN
    return Ruling.DOES_NOT_HOLD if -1 in told else Ruling.CANNOT_TELL


def turning(now: float, base: Estimate, value: float, there: Estimate) -> float:
    """About where the difference passes zero between two values of an assumption, on a straight line.

    NaN where it does not change its sign. Two points make a line and no more: it says how far the assumption has to
    move, not to which digit.
    """
    if not base.mean * there.mean < 0.0:
        return math.nan
    return now + (value - now) * base.mean / (base.mean - there.mean)
