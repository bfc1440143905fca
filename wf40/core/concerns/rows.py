"""What all reads and changes of concerns share: who may see what, and which rows that leaves."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, false, func, or_, true

from wf40.base.clock import local_date
from wf40.base.errors import NotFound
from wf40.base.uow import UnitOfWork
from wf40.core.concerns import codes
from wf40.core.concerns.models import Concern
from wf40.core.concerns.rules import NOBODY, ConcernInput, may_read_content
from wf40.sdk.refs import FirmRef
from wf40.sdk.services import Office, Officers
from wf40.sdk.statements import of_units

SPOKEN = "consultation:"
"""How the origin of a concern begins that came up in a conversation."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Who looks after a concern; ``present`` is false for one who has left."""

    id: int
    name: str
    present: bool = True


def today(u: UnitOfWork) -> date:
    """Return the calendar day at the office's place."""
    return local_date(u.now, u.service(Office).timezone)


def readable_row(u: UnitOfWork, concern_id: int, *, lock: bool = False) -> Concern:
    """Return a concern; raises :class:`NotFound` for an unknown or foreign one. Its texts are not for showing."""
    row = u.session.get(Concern, concern_id, with_for_update=lock or None, populate_existing=lock)
    if row is None or not u.actor.may_read_unit(row.unit_id):
        raise NotFound
    return row


def content_of(row: Concern) -> ConcernInput:
    """Return what was entered, for callers who have checked that it may be read."""
    return ConcernInput(
        row.topic, row.title, row.description, row.kind, row.owner_id or NOBODY, row.deadline_on, row.record,
        row.confidential, row.raised_on,
    )  # fmt: skip


def may_read(u: UnitOfWork, row: Concern, firm: FirmRef) -> bool:
    """Tell whether the actor may read what a concern is about."""
    return may_read_content(
        u.actor,
        confidential=row.confidential,
        owner_id=row.owner_id,
        author_id=row.author_id,
        officer_id=row.reader_id or firm.officer_id,
    )


def may_assign(u: UnitOfWork, row: Concern, firm: FirmRef) -> bool:
    """Tell whether the actor may give a concern to somebody, perhaps without knowing what it is about."""
    if not u.actor.may("concerns.edit") or not u.actor.may_write_unit(row.unit_id):
        return False
    owner = owner_of(u, row.owner_id)
    return may_read(u, row, firm) or (u.actor.may("tasks.oversee") and (owner is None or not owner.present))


def owner_of(u: UnitOfWork, owner_id: int | None) -> Owner | None:
    """Return who looks after a concern, also somebody who has left."""
    found = u.service(Officers).get(u, owner_id) if owner_id else None
    return Owner(found.id, found.name, found.active) if found else None


def in_units(u: UnitOfWork) -> ColumnElement[bool]:
    """Return the condition that keeps the concerns of the actor's units."""
    return of_units(u, Concern.unit_id)


def shown(u: UnitOfWork, officer_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition that keeps concerns whose content the actor may read; ``officer_id``: of the firm."""
    if u.actor.kind == "system":
        return true()
    officer = func.coalesce(Concern.reader_id, officer_id)
    own = (c == u.actor.user_id for c in (Concern.owner_id, Concern.author_id, officer))
    return or_(Concern.confidential.is_(False), *(own if u.actor.user_id is not None else [false()]))


def overdue(day: date | BindParameter[date]) -> ColumnElement[bool]:
    """Return the condition that keeps open concerns whose answer or solution is late on a day."""
    late = or_(Concern.deadline_on < day, Concern.first_response_at.is_(None) & (Concern.respond_by < day))
    return Concern.state.in_(codes.OPEN) & late
