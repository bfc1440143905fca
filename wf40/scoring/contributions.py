"""Exact Shapley contributions: how much each input moved a result away from a reference.

phi_i = sum over subsets T without i of |T|! (n - |T| - 1)! / n! * (f(T + i) - f(T)), inputs outside the subset at
their reference value. Source: Shapley, "A value for n-person games" (1953). Every corner is evaluated, so this is
meant for a handful of inputs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import factorial


@dataclass(frozen=True, slots=True)
class Contribution:
    """The part of `name` in the distance between result and reference, in the result's unit.

    `exact` is a fraction, so that contributions add up to the difference without rounding.
    """

    name: str
    exact: Fraction

    @property
    def points(self) -> float:
        return float(self.exact)


def shapley_contributions(
    function: Callable[[Mapping[str, float]], float],
    values: Mapping[str, float],
    reference: Mapping[str, float],
) -> tuple[Contribution, ...]:
    """One contribution per input, in the order of `values`; they sum exactly to f(values) - f(reference).

    Raises ValueError if values and reference do not name the same inputs.
    """
    names = tuple(values)
    if set(names) != set(reference):
        raise ValueError(f"values name {sorted(names)}, the reference names {sorted(reference)}")
    corners: dict[frozenset[str], Fraction] = {}
    for size in range(len(names) + 1):
        for subset in combinations(names, size):
            moved = {name: values[name] if name in subset else reference[name] for name in names}
            corners[frozenset(subset)] = Fraction(function(moved))
    return tuple(Contribution(name, _share(name, names, corners)) for name in names)


def _share(name: str, names: Sequence[str], corners: Mapping[frozenset[str], Fraction]) -> Fraction:
    others = [other for other in names if other != name]
    share = Fraction(0)
    for size in range(len(others) + 1):
        weight = Fraction(factorial(size) * factorial(len(others) - size), factorial(len(names)))
        for subset in combinations(others, size):
            without = frozenset(subset)
            share += weight * (corners[without | {name}] - corners[without])
    return share


def rounded_contributions(contributions: Sequence[Contribution], digits: int = 0) -> dict[str, float]:
    """Contributions for display: rounded, and still adding up to their rounded sum (largest remainder)."""
    unit = Fraction(10) ** digits
    scaled = {item.name: item.exact * unit for item in contributions}
    rounded = {name: value.__floor__() for name, value in scaled.items()}
    missing = round(sum(scaled.values(), Fraction(0))) - sum(rounded.values())
    by_remainder = sorted(scaled, key=lambda name: scaled[name] - rounded[name], reverse=True)
    for name in by_remainder[:missing]:
        rounded[name] += 1
    return {name: float(Fraction(value) / unit) for name, value in rounded.items()}
