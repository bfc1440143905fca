"""Weighted arithmetic mean, weighted geometric mean and minimum.

The arithmetic mean lets a strength pay for a weakness, the geometric mean only partly, the minimum not at all.
Source: OECD/JRC, Handbook on Constructing Composite Indicators (2008), step 6.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import StrEnum

from wf40.scoring.intervals import Interval


class Aggregation(StrEnum):
    """How the parts of a node become one value."""

    MEAN = "mean"
    GMEAN = "gmean"
    MIN = "min"


def _checked(values: Sequence[float], weights: Sequence[float] | None) -> tuple[list[float], float]:
    """The weights to use and their sum; equal weights when none are given."""
    used = [1.0] * len(values) if weights is None else list(weights)
    if not values:
        raise ValueError("nothing to aggregate")
    if len(used) != len(values):
        raise ValueError(f"{len(values)} values but {len(used)} weights")
    if any(not math.isfinite(weight) or weight < 0 for weight in used):
        raise ValueError(f"weights must be finite and not negative: {used}")
    total = math.fsum(used)
    if total <= 0:
        raise ValueError("at least one weight must be above 0")
    return used, total


def _inside(value: float, values: Sequence[float]) -> float:
    # Rounding may carry a mean of equal values past them by one bit; a mean never leaves its values.
    return min(max(values), max(min(values), value))


def arithmetic_mean(values: Sequence[float], weights: Sequence[float] | None = None) -> float:
    """sum(w x) / sum(w). `fsum` rounds once, so the order of the values does not matter."""
    used, total = _checked(values, weights)
    weighed = [value for value, weight in zip(values, used, strict=True) if weight > 0]
    return _inside(math.fsum(w * x for x, w in zip(values, used, strict=True)) / total, weighed)


def geometric_mean(values: Sequence[float], weights: Sequence[float] | None = None) -> float:
    """prod(x ** (w / sum(w))) for values >= 0; one weighed 0 makes the whole 0."""
    used, total = _checked(values, weights)
    weighed = [(value, weight) for value, weight in zip(values, used, strict=True) if weight > 0]
    if any(value < 0 for value, _ in weighed):
        raise ValueError("a geometric mean takes no negative values")
    if any(value == 0 for value, _ in weighed):
        return 0.0
    mean = math.exp(math.fsum(weight * math.log(value) for value, weight in weighed) / total)
    return _inside(mean, [value for value, _ in weighed])


def minimum(values: Sequence[float], weights: Sequence[float] | None = None) -> float:
    """The smallest value that has any weight: the weakest link decides."""
    used, _ = _checked(values, weights)
    return min(value for value, weight in zip(values, used, strict=True) if weight > 0)


_RULES = {
    Aggregation.MEAN: arithmetic_mean,
    Aggregation.GMEAN: geometric_mean,
    Aggregation.MIN: minimum,
}


def aggregate(rule: Aggregation, values: Sequence[float], weights: Sequence[float] | None = None) -> float:
    """`values` under the named rule."""
    return _RULES[rule](values, weights)


def aggregate_intervals(
    rule: Aggregation, intervals: Sequence[Interval], weights: Sequence[float] | None = None
) -> Interval:
    """The exact range: all three rules never fall in any value, so the two corners are the ends."""
    return Interval(
        aggregate(rule, [interval.low for interval in intervals], weights),
        aggregate(rule, [interval.high for interval in intervals], weights),
    )
