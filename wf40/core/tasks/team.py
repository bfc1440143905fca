"""What the head of an office sees of everybody's tasks."""

from sqlalchemy import and_, func, or_, select

from wf40.base.access import requires
from wf40.base.german import fold
from wf40.base.uow import UnitOfWork
from wf40.core.tasks import codes
from wf40.core.tasks.models import Task
from wf40.core.tasks.queries import absent, lines_of, select_lines, today
from wf40.core.tasks.rights import works
from wf40.core.tasks.shapes import TaskLine
from wf40.sdk.refs import OfficerRef
from wf40.sdk.services import Officers


@requires("tasks.oversee")
def overdue_in_team(u: UnitOfWork, limit: int = 500) -> list[TaskLine]:
    """Return what is overdue for others in the actor's unit, and whatever nobody present looks after, the oldest first."""
    nobody = or_(Task.responsible_id.is_(None), Task.responsible_id.in_(absent(u)))
    late = and_(Task.due_on < today(u), Task.responsible_id != u.actor.user_id)
    found = select_lines(u).where(Task.state == codes.OPEN, Task.unit_id == u.actor.unit_id, or_(late, nobody))
    return lines_of(u, u.session.execute(found.order_by(Task.due_on, Task.id).limit(limit)).all())


@requires("tasks.oversee")
def holders(u: UnitOfWork) -> list[tuple[OfficerRef, int, bool]]:
    """Return who holds how many open tasks of the actor's unit, and whether they are there; who is not, comes first."""
    rows = select(Task.responsible_id, func.count(Task.id)).where(
        Task.state == codes.OPEN, Task.unit_id == u.actor.unit_id, Task.responsible_id.is_not(None)
    )
    held = u.session.execute(rows.group_by(Task.responsible_id)).all()
    found = [(u.service(Officers).get(u, i), n) for i, n in held if i is not None]
    known = [(person, n, works(person)) for person, n in found if person is not None]
    return sorted(known, key=lambda line: (line[2], fold(line[0].name), line[0].id))


@requires("tasks.oversee")
def unassigned(u: UnitOfWork) -> int:
    """Return how many open tasks of the actor's unit nobody is responsible for."""
    nobody = (Task.state == codes.OPEN, Task.unit_id == u.actor.unit_id, Task.responsible_id.is_(None))
    return u.session.scalar(select(func.count(Task.id)).where(*nobody)) or 0
