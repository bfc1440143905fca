"""The unit of work, who acts in it, and the permission that each service function states."""

from wf40.base.access import Actor, requires
from wf40.base.mail import Letter
from wf40.base.uow import Database, UnitOfWork

__all__ = ["Actor", "Database", "Letter", "UnitOfWork", "requires"]
