"""A firm's tasks in the order of time, for its timeline."""

from wf40.base.access import requires
from wf40.base.uow import UnitOfWork
from wf40.core.tasks import codes
from wf40.core.tasks.models import Task
from wf40.core.tasks.queries import lines_of, select_lines
from wf40.core.tasks.shapes import TaskLine


@requires("tasks.read")
def added_by_people(u: UnitOfWork, firm_id: int, limit: int) -> list[TaskLine]:
    """Return the newest tasks that people made for a firm, the newest first."""
    made = select_lines(u).where(Task.firm_id == firm_id, Task.author_id.is_not(None), Task.origin == "")
    rows = u.session.execute(made.order_by(Task.created_at.desc(), Task.id.desc()).limit(limit))
    return lines_of(u, rows.all())


@requires("tasks.read")
def done(u: UnitOfWork, firm_id: int, limit: int) -> list[TaskLine]:
    """Return the tasks of a firm that were done, the newest first."""
    closed = select_lines(u).where(Task.firm_id == firm_id, Task.state == codes.DONE)
    rows = u.session.execute(closed.order_by(Task.closed_at.desc(), Task.id.desc()).limit(limit))
    return lines_of(u, rows.all())
