"""Calendar days at the office's place."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from wf40.sdk.services import Office
from wf40.sdk.uow import UnitOfWork


def day_of(u: UnitOfWork, moment: datetime) -> date:
    """Return the day of a moment."""
    return moment.astimezone(ZoneInfo(u.service(Office).timezone)).date()


def today(u: UnitOfWork) -> date:
    """Return the present day."""
    return day_of(u, u.now)
