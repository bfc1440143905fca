"""Reads concerns. What a confidential one is about leaves this module only for the people who may read it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, false, or_, select, true
from sqlalchemy import func as sql
from sqlalchemy.sql import ColumnElement

from wf40.base.access import requires
from wf40.base.clock import local_date
from wf40.base.errors import Forbidden, NotFound
from wf40.base.uow import UnitOfWork
from wf40.core.concerns import codes
from wf40.core.concerns.models import Concern
from wf40.core.concerns.rules import NOBODY, ConcernInput, may_read_content
from wf40.core.firms.queries import visible_firms
from wf40.sdk import roles
from wf40.sdk.refs import FirmRef, OfficerRef
from wf40.sdk.services import Firms, Office, Officers


@dataclass(frozen=True, slots=True)
class Owner:
    """Who looks after a concern; ``present`` is false for one who has left."""

    id: int
    name: str
    present: bool = True


@dataclass(frozen=True, slots=True)
class ConcernView:
    """One concern. ``content`` is ``None`` for people who may not read it; nothing else says what it is about."""

    id: int
    firm: FirmRef
    state: str
    kind: str
    owner: Owner | None
    author: str
    author_id: int | None
    record: str
    raised_on: date
    respond_by: date
    deadline_on: date | None
    first_response_at: datetime | None
    first_response_how: str
    closed_at: datetime | None
    confidential: bool
    created_at: datetime
    updated_at: datetime
    version: int
    content: ConcernInput | None
    outcome: str = ""

    @property
    def open(self) -> bool:
        """Whether there is still something to do."""
        return self.state in codes.OPEN


def today(u: UnitOfWork) -> date:
    """Return the calendar day at the office's place."""
    return local_date(u.now, u.service(Office).timezone)


def readable_row(u: UnitOfWork, concern_id: int, *, lock: bool = False) -> Concern:
    """Return a concern; raises :class:`NotFound` for an unknown or foreign one. Its texts are not for showing."""
    row = u.session.get(Concern, concern_id, with_for_update=lock or None)
    if row is None or not u.actor.may_read_unit(row.unit_id):
        raise NotFound
    return row


def content_of(row: Concern) -> ConcernInput:
    """Return what was entered, for callers who have checked that it may be read."""
    return ConcernInput(
        row.topic, row.title, row.description, row.kind, row.owner_id or NOBODY, row.deadline_on, row.record,
        row.confidential, row.raised_on,
    )  # fmt: skip


@requires("concerns.read")
def concern(u: UnitOfWork, concern_id: int) -> ConcernView:
    """Return a concern, with its content for those who may read it; raises :class:`NotFound`."""
    row = readable_row(u, concern_id)
    firm = u.service(Firms).get(u, row.firm_id)
    readable = may_read(u, row, firm)
    author = u.service(Officers).get(u, row.author_id) if row.author_id else None
    return ConcernView(
        row.id, firm, row.state, row.kind, owner_of(u, row.owner_id), author.name if author else "", row.author_id,
        row.record if readable else "", row.raised_on, row.respond_by, row.deadline_on, row.first_response_at,
        row.first_response_how, row.closed_at, row.confidential, row.created_at, row.updated_at, row.version,
        content=content_of(row) if readable else None,
        outcome=row.outcome if readable else "",
    )  # fmt: skip


@requires("concerns.edit")
def concern_to_edit(u: UnitOfWork, concern_id: int) -> ConcernView:
    """Return a concern for changing; raises :class:`NotFound` or :class:`Forbidden`."""
    found = concern(u, concern_id)
    if found.content is None or not u.actor.may_write_unit(found.firm.unit_id):
        raise Forbidden("concerns.edit")
    return found


@requires("concerns.edit")
def firm_to_add_to(u: UnitOfWork, firm_id: int) -> FirmRef:
    """Return a firm for adding a concern; raises :class:`NotFound`, or :class:`Forbidden` for another unit."""
    firm = u.service(Firms).get(u, firm_id)
    if not u.actor.may_write_unit(firm.unit_id):
        raise Forbidden("concerns.edit")
    return firm


@requires("concerns.read")
def possible_owners(u: UnitOfWork, unit_id: int) -> list[OfficerRef]:
    """Return the people who can look after a concern of a unit: active ones who write there, by name."""
    present = u.service(Officers).present(u)
    return [officer for officer in present if officer.unit_id == unit_id and officer.role in roles.WRITERS]


def may_read(u: UnitOfWork, row: Concern, firm: FirmRef) -> bool:
    """Tell whether the actor may read what a concern is about."""
    return may_read_content(
        u.actor,
        confidential=row.confidential,
        owner_id=row.owner_id,
        author_id=row.author_id,
        officer_id=firm.officer_id,
    )


def owner_of(u: UnitOfWork, owner_id: int | None) -> Owner | None:
    """Return who looks after a concern, also somebody who has left."""
    found = u.service(Officers).get(u, owner_id) if owner_id else None
    return Owner(found.id, found.name, found.active) if found else None


def in_units(u: UnitOfWork) -> ColumnElement[bool]:
    """Return the condition that keeps the concerns of the actor's units."""
    return true() if u.actor.units is None else Concern.unit_id.in_(u.actor.units)


def shown(u: UnitOfWork, officer_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition that keeps concerns whose content the actor may read; ``officer_id``: of the firm."""
    if u.actor.kind == "system":
        return true()
    own = (c == u.actor.user_id for c in (Concern.owner_id, Concern.author_id, officer_id))
    return or_(Concern.confidential.is_(False), *(own if u.actor.user_id is not None else [false()]))


def overdue(day: date) -> ColumnElement[bool]:
    """Return the condition that keeps open concerns whose answer or solution is late on a day."""
    late = or_(Concern.deadline_on < day, Concern.first_response_at.is_(None) & (Concern.respond_by < day))
    return Concern.state.in_(codes.OPEN) & late


@requires("concerns.read")
def open_firms_select(u: UnitOfWork) -> Select[Any]:
    """Return a select of the firms with an open concern."""
    return select(Concern.firm_id).where(Concern.state.in_(codes.OPEN), in_units(u))


@requires("concerns.read")
def count_of_firm(u: UnitOfWork, firm_id: int) -> int:
    """Return how many open concerns a firm has."""
    found = (Concern.firm_id == firm_id, Concern.state.in_(codes.OPEN), in_units(u))
    return u.session.scalar(select(sql.count(Concern.id)).where(*found)) or 0


@requires("concerns.read")
def own_overdue(u: UnitOfWork) -> int:
    """Return how many of the actor's own concerns are late."""
    own = (Concern.owner_id == u.actor.user_id, overdue(today(u)), in_units(u))
    firms = visible_firms(u).subquery()
    kept = select(sql.count(Concern.id)).join(firms, firms.c.id == Concern.firm_id)
    return u.session.scalar(kept.where(*own, firms.c.archived_at.is_(None))) or 0
