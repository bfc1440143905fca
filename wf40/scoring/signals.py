"""Signals: events that fade, states that hold, dates that draw near.

Strengths lie in [0, 1]. A signal can only raise a risk; none recorded counts 0 and says nothing about safety.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

DAYS_PER_MONTH = 365.25 / 12


@dataclass(frozen=True, slots=True)
class SignalStrength:
    """What one signal weighs today.

    `source` names the underlying event: two reports of the same event share it and count once.
    """

    source: str
    strength: float

    def __post_init__(self) -> None:
        _checked_strength(self.strength)


def _checked_strength(strength: float) -> float:
    if not 0 <= strength <= 1:
        raise ValueError(f"signal strength must lie in [0, 1], not {strength}")
    return strength


def months_between(earlier: date, later: date) -> float:
    """Months of 30.4375 days from `earlier` to `later`; negative if the order is the other way round."""
    return (later - earlier).days / DAYS_PER_MONTH


def decayed(strength: float, age_months: float, half_life_months: float) -> float:
    """An event: s * 0.5 ** (age / half-life). An event dated ahead of today has its full strength."""
    if not (math.isfinite(half_life_months) and half_life_months > 0):
        raise ValueError(f"half-life must be above 0 months, not {half_life_months}")
    return float(_checked_strength(strength) * 0.5 ** (max(0.0, age_months) / half_life_months))


def held(strength: float, *, resolved: bool = False) -> float:
    """A state: full strength until it is resolved."""
    return 0.0 if resolved else _checked_strength(strength)


def rising(strength: float, months_left: float, horizon_months: float, *, resolved: bool = False) -> float:
    """A state with a date: 0 at `horizon_months` before it, full strength at the date and after, linear between."""
    if not (math.isfinite(horizon_months) and horizon_months > 0):
        raise ValueError(f"horizon must be above 0 months, not {horizon_months}")
    if resolved:
        return 0.0
    elapsed = min(1.0, max(0.0, 1.0 - months_left / horizon_months))
    return _checked_strength(strength) * elapsed


def combined_strength(signals: Iterable[SignalStrength]) -> float:
    """S = 1 - prod(1 - s_i) over distinct sources, the strongest report of each; 0 without signals.

    Sorted before multiplying, so that the order of recording cannot show in the last digit.
    """
    strongest: dict[str, float] = {}
    for signal in signals:
        strongest[signal.source] = max(signal.strength, strongest.get(signal.source, 0.0))
    remaining = math.prod(sorted(1.0 - strength for strength in strongest.values()))
    return 1.0 - remaining
