"""Closed intervals and estimates: what is known, and how far it could be off."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interval:
    """A closed interval [low, high] in the unit of whoever made it; both ends finite."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high)):
            raise ValueError(f"interval ends must be finite: [{self.low}, {self.high}]")
        if self.low > self.high:
            raise ValueError(f"interval is upside down: [{self.low}, {self.high}]")

    @property
    def width(self) -> float:
        return self.high - self.low

    @property
    def middle(self) -> float:
        # Halving each end first keeps the middle inside the interval under rounding.
        return min(self.high, max(self.low, self.low / 2 + self.high / 2))

    def contains(self, value: float) -> bool:
        return self.low <= value <= self.high

    def covers(self, other: Interval) -> bool:
        return self.low <= other.low and other.high <= self.high

    def widened(self, by: float, *, within: Interval) -> Interval:
        """Both ends moved outwards by `by` (>= 0), but never out of `within`."""
        if by < 0:
            raise ValueError(f"an interval is widened by 0 or more, not by {by}")
        return Interval(max(within.low, self.low - by), min(within.high, self.high + by))


UNIT = Interval(0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A best value with the interval it may lie in; `value` is None when nothing is known but the limits."""

    value: float | None
    interval: Interval

    def __post_init__(self) -> None:
        if self.value is not None and not self.interval.contains(self.value):
            raise ValueError(f"value {self.value} outside [{self.interval.low}, {self.interval.high}]")

    @property
    def best_guess(self) -> float:
        """The value, or the middle of the interval where there is none."""
        return self.interval.middle if self.value is None else self.value

    def complement(self) -> Estimate:
        """1 - x for an estimate on [0, 1] (readiness to vulnerability)."""
        ends = Interval(1.0 - self.interval.high, 1.0 - self.interval.low)
        return Estimate(None if self.value is None else 1.0 - self.value, ends)

    def widened(self, by: float, *, within: Interval = UNIT) -> Estimate:
        """The same value, less sure."""
        return Estimate(self.value, self.interval.widened(by, within=within))


def exactly(value: float) -> Estimate:
    """An estimate without any doubt."""
    return Estimate(value, Interval(value, value))


def corner_interval(rising: Callable[[Mapping[str, float]], float], inputs: Mapping[str, Interval]) -> Interval:
    """The exact range of a function that never falls in any input: its best and its worst corner."""
    return Interval(
        rising({name: interval.low for name, interval in inputs.items()}),
        rising({name: interval.high for name, interval in inputs.items()}),
    )


def most_narrowing(rising: Callable[[Mapping[str, float]], float], inputs: Mapping[str, Estimate]) -> str | None:
    """The input whose exact value would leave the narrowest interval; None if every input is exact.

    Each input in turn is fixed at its best guess. Of equals the first by name wins, so that the order of the
    mapping does not matter.
    """
    widths: dict[str, float] = {}
    for name in sorted(inputs):
        if inputs[name].interval.width == 0:
            continue
        ends = {other: estimate.interval for other, estimate in inputs.items()}
        ends[name] = exactly(inputs[name].best_guess).interval
        widths[name] = corner_interval(rising, ends).width
    return min(widths, key=lambda name: widths[name]) if widths else None
