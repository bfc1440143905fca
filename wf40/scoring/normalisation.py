"""Bringing indicators of different units onto [0, 1] with goalposts that are fixed in advance.

Fixed goalposts, never the sample's own minimum and maximum: what others score must not change this one's score.
Source: OECD/JRC, Handbook on Constructing Composite Indicators (2008), step 5; UNDP, Human Development Report,
technical notes (logarithm of income).
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Goalposts:
    """The values that count as 0 (`zero`) and as 1 (`one`), in the indicator's own unit.

    `zero` may be the larger of the two, for an indicator of which less is more. With `logarithmic` both and
    every value must be positive.
    """

    zero: float
    one: float
    logarithmic: bool = False

    def __post_init__(self) -> None:
        if not (math.isfinite(self.zero) and math.isfinite(self.one)):
            raise ValueError(f"goalposts must be finite: {self.zero}, {self.one}")
        if self.zero == self.one:
            raise ValueError(f"goalposts must differ, both are {self.zero}")
        if self.logarithmic and min(self.zero, self.one) <= 0:
            raise ValueError(f"logarithmic goalposts must be positive: {self.zero}, {self.one}")


def min_max(value: float, goalposts: Goalposts) -> float:
    """(f(x) - f(zero)) / (f(one) - f(zero)), f = identity or ln; capped at 0 and 1."""
    if not math.isfinite(value):
        raise ValueError(f"cannot normalise {value}")
    zero, one = goalposts.zero, goalposts.one
    if goalposts.logarithmic:
        if value <= 0:
            raise ValueError(f"cannot take the logarithm of {value}")
        value, zero, one = math.log(value), math.log(zero), math.log(one)
    return min(1.0, max(0.0, (value - zero) / (one - zero)))


def rescaled(share: float, low: float, high: float) -> float:
    """A share in [0, 1] mapped linearly onto [low, high]."""
    if not 0 <= share <= 1:
        raise ValueError(f"share must lie in [0, 1], not {share}")
    return min(high, max(low, low + (high - low) * share))
