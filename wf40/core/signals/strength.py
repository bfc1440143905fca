"""What a recorded signal weighs on a day, and whether it makes the Ampel red. No database."""

from datetime import date
from typing import Protocol

from wf40.core.signals.catalogue import kinds
from wf40.scoring.signals import decayed, held, months_between, rising


class Recorded(Protocol):
    """The facts of a signal that its weight depends on."""

    kind: str
    course: str
    strength: float
    months: float | None
    observed_on: date
    until: date | None
    hard_trigger: bool
    resolved_on: date | None


def strength_on(signal: Recorded, day: date) -> float:
    """The strength in [0, 1] on a day; 0 from the day on which it was resolved."""
    if signal.resolved_on is not None and signal.resolved_on <= day:
        return 0.0
    if signal.course == "decays" and signal.months:
        return decayed(signal.strength, months_between(signal.observed_on, day), signal.months)
    if signal.course == "rises" and signal.months and signal.until:
        return rising(signal.strength, months_between(day, signal.until), signal.months)
    return held(signal.strength)


def is_hard_on(signal: Recorded, day: date) -> bool:
    """Whether it makes the Ampel red on a day, whatever the score."""
    if signal.resolved_on is not None and signal.resolved_on <= day:
        return False
    if signal.hard_trigger:
        return True
    kind = kinds().get(signal.kind)
    if kind is None or kind.hard_before_months is None or signal.until is None:
        return False
    return months_between(day, signal.until) < kind.hard_before_months
