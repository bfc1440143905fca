"""Where the time comes from. Passed in, so that tests move it instead of faking the system's."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Tells the time as an aware datetime in UTC."""

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        return datetime.now(UTC)


@dataclass
class SettableClock:
    """A clock that stands still until it is moved; for tests and for generating the demo town's past."""

    moment: datetime

    def now(self) -> datetime:
        """Return the moment that was set."""
        return self.moment

    def advance(self, by: timedelta) -> None:
        """Move the clock forward."""
        self.moment += by


def local_date(moment: datetime, timezone: str) -> date:
    """Return the calendar day of an aware moment at the office's place."""
    return moment.astimezone(ZoneInfo(timezone)).date()
