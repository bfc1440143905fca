"""Reads concerns. What a confidential one is about leaves this module only for the people who may read it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Select, bindparam, func, select

from wf40.base.access import requires
from wf40.base.errors import Forbidden
from wf40.base.history import changes_of
from wf40.base.uow import UnitOfWork
from wf40.core.concerns import codes
from wf40.core.concerns.figures import Figures, figures
from wf40.core.concerns.models import Concern
from wf40.core.concerns.rows import Owner, content_of, in_units, may_read, overdue, owner_of, readable_row, today
from wf40.core.concerns.rules import ConcernInput
from wf40.core.firms.queries import visible_table
from wf40.core.timeline.changes import ShownChange, in_words
from wf40.sdk import roles
from wf40.sdk.refs import FirmRef, OfficerRef
from wf40.sdk.services import Firms, Officers
from wf40.sdk.statements import kept

__all__ = [
    "ConcernView", "Figures", "changes", "concern", "concern_to_edit", "count_of_firm", "figures", "firm_to_add_to",
    "open_firms_select", "own_overdue", "possible_owners",
]  # fmt: skip


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
def changes(u: UnitOfWork, concern_id: int) -> list[ShownChange]:
    """Return the field history in words; nothing for people who may not read what the concern is about."""
    found = concern(u, concern_id)
    if found.content is None:
        return []
    return in_words(changes_of(u, f"concern:{found.id}"), codes.FIELDS, codes.CHOICES)


@requires("concerns.read")
def possible_owners(u: UnitOfWork, unit_id: int) -> list[OfficerRef]:
    """Return the people who can look after a concern of a unit: active ones who write there, by name."""
    present = u.service(Officers).present(u)
    return [officer for officer in present if officer.unit_id == unit_id and officer.role in roles.WRITERS]


@requires("concerns.read")
def open_firms_select(u: UnitOfWork) -> Select[Any]:
    """Return a select of the firms with an open concern."""
    return select(Concern.firm_id).where(Concern.state.in_(codes.OPEN), in_units(u))


@requires("concerns.read")
def count_of_firm(u: UnitOfWork, firm_id: int) -> int:
    """Return how many open concerns a firm has."""
    return u.once(("concerns", firm_id), lambda: u.session.scalar(_count_of_firm(u), {"firm": firm_id}) or 0)


@kept
def _count_of_firm(u: UnitOfWork) -> Select[Any]:
    found = (Concern.firm_id == bindparam("firm"), Concern.state.in_(codes.OPEN), in_units(u))
    return select(func.count(Concern.id)).where(*found)


@requires("concerns.read")
def own_overdue(u: UnitOfWork) -> int:
    """Return how many of the actor's own concerns are late."""
    return u.session.scalar(_own_overdue(u), {"today": today(u)}) or 0


@kept
def _own_overdue(u: UnitOfWork) -> Select[Any]:
    own = (Concern.owner_id == u.actor.user_id, overdue(bindparam("today", type_=Date)), in_units(u))
    firms = visible_table(u)
    joined = select(func.count(Concern.id)).join(firms, firms.c.id == Concern.firm_id)
    return joined.where(*own, firms.c.archived_at.is_(None))
