"""Who may see, change and take over tasks. Called by the slice's functions, which state their permission."""

from wf40.base.errors import NotFound
from wf40.base.uow import UnitOfWork
from wf40.core.accounts.queries import readable_units
from wf40.core.tasks.models import Task
from wf40.core.tasks.rules import People
from wf40.sdk.refs import OfficerRef
from wf40.sdk.roles import WRITERS
from wf40.sdk.services import Firms, Officers


def readable_row(u: UnitOfWork, task_id: int) -> Task:
    """Return a task; raises :class:`NotFound` for an unknown or foreign one. Its texts are not for showing."""
    row = u.session.get(Task, task_id)
    if row is None or not u.actor.may_read_unit(row.unit_id):
        raise NotFound
    return row


def people_of(u: UnitOfWork, row: Task) -> People:
    """Return whoever has to do with a task."""
    firm = u.service(Firms).many(u, [row.firm_id]).get(row.firm_id) if row.firm_id is not None else None
    return People(row.author_id, row.responsible_id, row.reader_id or (firm.officer_id if firm else None))


def may_write(u: UnitOfWork, unit_id: int, responsible_id: int | None) -> bool:
    """Tell whether the actor may change a task: one of the own unit, or one that they are responsible for."""
    return u.actor.may_write_unit(unit_id) or (u.actor.user_id is not None and u.actor.user_id == responsible_id)


def can_take(u: UnitOfWork, officer_id: int | None, unit_id: int) -> bool:
    """Tell whether somebody is present, works on tasks and may read those of a unit."""
    person = u.service(Officers).get(u, officer_id) if officer_id is not None else None
    return works(person) and person is not None and unit_id in readable_units(u, person.unit_id)


def works(person: OfficerRef | None) -> bool:
    return person is not None and person.active and person.role in WRITERS
