"""A firm's tasks in the order of time, for its timeline."""

from typing import Any

from sqlalchemy import Select, bindparam

from wf40.base.access import requires
from wf40.base.uow import UnitOfWork
from wf40.core.tasks import codes
from wf40.core.tasks.models import Task
from wf40.core.tasks.queries import lines_of, select_lines
from wf40.core.tasks.shapes import TaskLine
from wf40.sdk.statements import kept


@requires("tasks.read")
def added_by_people(u: UnitOfWork, firm_id: int, limit: int) -> list[TaskLine]:
    """Return the newest tasks that people made for a firm, the newest first."""
    return lines_of(u, u.session.execute(_added(u), {"firm": firm_id, "most": limit}).all())


@kept
def _added(u: UnitOfWork) -> Select[Any]:
    made = select_lines(u).where(Task.firm_id == bindparam("firm"), Task.author_id.is_not(None), Task.origin == "")
    return made.order_by(Task.created_at.desc(), Task.id.desc()).limit(bindparam("most"))


@requires("tasks.read")
def done(u: UnitOfWork, firm_id: int, limit: int) -> list[TaskLine]:
    """Return the tasks of a firm that were done, the newest first."""
    return lines_of(u, u.session.execute(_done(u), {"firm": firm_id, "most": limit}).all())


@kept
def _done(u: UnitOfWork) -> Select[Any]:
    closed = select_lines(u).where(Task.firm_id == bindparam("firm"), Task.state == codes.DONE)
    return closed.order_by(Task.closed_at.desc(), Task.id.desc()).limit(bindparam("most"))
