"""Which day it is in the office."""

from datetime import date
from zoneinfo import ZoneInfo

from wf40.sdk.services import Office
from wf40.sdk.uow import UnitOfWork


def today(u: UnitOfWork) -> date:
    """Return the office's calendar day."""
    return u.now.astimezone(ZoneInfo(u.service(Office).timezone)).date()
