"""Rows of tasks: where a new one belongs, storing it once, fetching one to change, and recording what happened."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from wf40.base.errors import Forbidden, InvalidInput, NotFound
from wf40.base.german import sort_key
from wf40.base.history import record_changes
from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.accounts.queries import officer_names
from wf40.core.tasks.models import Task
from wf40.core.tasks.rights import may_write, people_of
from wf40.core.tasks.rules import People, may_read_content
from wf40.sdk.refs import FirmRef
from wf40.sdk.services import Firms, Officers, Search
from wf40.sdk.work import NewTask

KEY_LENGTH = 600


class Change:
    """Records what happens to a row inside the ``with``: history, version and audit; nothing when nothing changed."""

    def __init__(self, u: UnitOfWork, row: Task, action: str) -> None:
        self.u, self.row, self.action = u, row, action

    def __enter__(self) -> None:
        self.before = _values(self.u, self.row)

    def __exit__(self, error: object, *_rest: object) -> None:
        if error is not None:
            return
        changed = record_changes(self.u, subject(self.row), self.before, _values(self.u, self.row))
        if changed:
            self.row.version += 1
            self.row.updated_at = self.u.now
            self.u.audit(self.action, subject(self.row), {"fields": changed})
            self.u.service(Search).refresh(self.u, "task", [self.row.id])


def _values(u: UnitOfWork, row: Task) -> dict[str, Any]:
    name = officer_names(u, [row.responsible_id]).get(row.responsible_id, "") if row.responsible_id is not None else ""
    plain = ("title", "note", "due_on", "confidential", "state", "outcome", "word")
    return {**{field: getattr(row, field) for field in plain}, "responsible": name}


def place(u: UnitOfWork, given: NewTask) -> tuple[FirmRef | None, int]:
    """Return the firm and the unit of a new task; refuses another unit's."""
    firm = u.service(Firms).get(u, given.firm_id) if given.firm_id is not None else None
    if firm is not None:
        unit_id: int | None = firm.unit_id
    elif u.actor.kind == "system" and given.responsible_id is not None:
        person = u.service(Officers).get(u, given.responsible_id)
        unit_id = person.unit_id if person else u.actor.unit_id
    else:
        unit_id = u.actor.unit_id
    if unit_id is None:
        raise InvalidInput(_l("Eine Wiedervorlage braucht ein Unternehmen oder eine zuständige Person."))
    if not u.actor.may_write_unit(unit_id):
        raise Forbidden("tasks.edit")
    return firm, unit_id


def store(u: UnitOfWork, given: NewTask, firm: FirmRef | None, unit_id: int) -> int:
    if given.key and (known := id_of_key(u, given.key)) is not None:
        return known
    if firm is not None and firm.archived:
        raise InvalidInput(_l("Dieses Unternehmen ist archiviert. Stellen Sie es zuerst wieder her."))
    row = Task(
        unit_id=unit_id, firm_id=given.firm_id, title=given.title, sort_key=sort_key(given.title)[:KEY_LENGTH],
        note=given.note, due_on=given.due_on, responsible_id=given.responsible_id, author_id=u.actor.user_id,
        origin=given.origin, key=given.key or None, record=given.record, url=given.url,
        confidential=given.confidential, created_at=u.now, updated_at=u.now,
    )  # fmt: skip
    try:
        with u.session.begin_nested():
            u.session.add(row)
    except IntegrityError:  # the same key at the same moment
        known = id_of_key(u, given.key) if given.key else None
        if known is None:
            raise
        return known
    u.audit("task_added", subject(row), {"firm": given.firm_id, "origin": given.origin})
    u.service(Search).refresh(u, "task", [row.id])
    return row.id


def own(u: UnitOfWork, task_id: int) -> tuple[Task, People]:
    """Return a task locked for a change, as it is now, and its people; refuses foreign and unreadable ones."""
    row = u.session.get(Task, task_id, with_for_update=True, populate_existing=True)
    if row is None or not u.actor.may_read_unit(row.unit_id):
        raise NotFound
    people = people_of(u, row)
    readable = may_read_content(u.actor, people, confidential=row.confidential)
    if not readable or not may_write(u, row.unit_id, row.responsible_id):
        raise Forbidden("tasks.edit")
    return row, people


def id_of_key(u: UnitOfWork, key: str) -> int | None:
    return u.session.scalar(select(Task.id).where(Task.key == key))


def subject(row: Task) -> str:
    return f"task:{row.id}"
