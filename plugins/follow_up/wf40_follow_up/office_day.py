"""The calendar day at the office's place, and the moments of it."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from wf40.sdk.services import Office
from wf40.sdk.uow import UnitOfWork


def today(u: UnitOfWork) -> date:
    """Return the present day."""
    return u.now.astimezone(_zone(u)).date()


def moment_of(u: UnitOfWork, day: date, at: time) -> datetime:
    """Return the moment (UTC) of a local time on a day."""
    return datetime.combine(day, at, _zone(u)).astimezone(UTC)


def _zone(u: UnitOfWork) -> ZoneInfo:
    return ZoneInfo(u.service(Office).timezone)
