"""Whom to call today: priority = risk x significance x urgency. Priority is not risk."""

from __future__ import annotations

import math


def significance(jobs: float, apprentices: float = 0, *, floor: float = 0.2, large: float = 250) -> float:
    """Weight of a firm for the town, in [floor, 1], on a log scale of jobs plus apprentices.

    floor + (1 - floor) ln(1 + n) / ln(1 + large): a sole trader keeps the floor, `large` jobs reach 1. An
    apprentice counts as one more job beside being one.
    """
    if jobs < 0 or apprentices < 0:
        raise ValueError("jobs and apprentices cannot be negative")
    if not 0 < floor < 1 or large <= 0:
        raise ValueError("floor must lie between 0 and 1, large above 0")
    share = min(1.0, math.log1p(jobs + apprentices) / math.log1p(large))
    return floor + (1 - floor) * share


def urgency(days_since_contact: float | None, interval_days: float, *, floor: float = 0.25) -> float:
    """How due a contact is, in [floor, 1]: rises linearly and is 1 from twice the interval, or if never made."""
    if interval_days <= 0:
        raise ValueError("the contact interval must be above 0 days")
    if not 0 <= floor <= 1:
        raise ValueError("floor must lie in [0, 1]")
    if days_since_contact is None:
        return 1.0
    share = min(1.0, max(0.0, days_since_contact) / (2 * interval_days))
    return floor + (1 - floor) * share


def priority(risk: float, significance: float, urgency: float) -> float:
    """Risk in points (for a grey firm: the upper end of its interval) x significance x urgency, 0 to 100."""
    return risk * significance * urgency
