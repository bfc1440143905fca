"""Reads changes of many firms and what became of each firm."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, select

from wf40.base.access import requires
from wf40.base.errors import Forbidden, NotFound
from wf40.base.uow import UnitOfWork
from wf40.core.accounts.queries import officer_names
from wf40.core.bulk.codes import CHANGED, KEPT, PUT_BACK, REFUSED, RUN, SAME, WAITING
from wf40.core.bulk.models import BulkItem, BulkRun
from wf40.sdk.paging import Page, page_of
from wf40.sdk.services import Firms

_FIRST = {REFUSED: 0, KEPT: 0, WAITING: 1, PUT_BACK: 2, CHANGED: 3, SAME: 4}


@dataclass(frozen=True, slots=True)
class RunLine:
    """A change with who made it and how many firms it has."""

    run: BulkRun
    author: str
    firms: int


@dataclass(frozen=True, slots=True)
class ItemLine:
    """A firm of a change."""

    firm_id: int
    name: str
    state: str
    why: str


@requires(RUN)
def run(u: UnitOfWork, run_id: int) -> BulkRun:
    """Return a change of a unit that the actor may read; raises :class:`NotFound`."""
    row = u.session.get(BulkRun, run_id)
    if row is None or not u.actor.may_read_unit(row.unit_id):
        raise NotFound
    return row


@requires(RUN)
def run_to_change(u: UnitOfWork, run_id: int) -> BulkRun:
    """Return a change of the actor's unit, held until the transaction ends."""
    row = run(u, run_id)
    if not u.actor.may_write_unit(row.unit_id):
        raise Forbidden(RUN)
    u.session.refresh(row, with_for_update=True)
    return row


@requires(RUN)
def runs(u: UnitOfWork, page: int = 1, size: int = 25) -> Page[RunLine]:
    """Return one page of the changes of the units that the actor may read, the newest first."""
    rows = select(BulkRun).order_by(BulkRun.created_at.desc(), BulkRun.id.desc())
    if u.actor.units is not None:
        rows = rows.where(BulkRun.unit_id.in_(u.actor.units))

    def lines(found: Sequence[Any]) -> list[RunLine]:
        names = officer_names(u, {row[0].author_id for row in found if row[0].author_id})
        sizes = select(BulkItem.run_id, func.count()).where(BulkItem.run_id.in_([row[0].id for row in found]))
        count = {row[0]: row[1] for row in u.session.execute(sizes.group_by(BulkItem.run_id))}
        return [RunLine(r, names.get(r.author_id or 0, ""), count.get(r.id, 0)) for (r,) in found]

    return page_of(u, rows, page, size, lines)


@requires(RUN)
def counts(u: UnitOfWork, run_id: int) -> Mapping[str, int]:
    """Return how many firms of a change are in which state."""
    rows = select(BulkItem.state, func.count()).where(BulkItem.run_id == run(u, run_id).id).group_by(BulkItem.state)
    return {row[0]: row[1] for row in u.session.execute(rows)}


@requires(RUN)
def items(u: UnitOfWork, run_id: int, page: int = 1, size: int = 50) -> Page[ItemLine]:
    """Return one page of the firms of a change, those that were not changed or put back first."""
    rows = select(BulkItem).where(BulkItem.run_id == run(u, run_id).id)
    rows = rows.order_by(case(_FIRST, value=BulkItem.state, else_=9), BulkItem.id)

    def lines(found: Sequence[Any]) -> list[ItemLine]:
        firms = u.service(Firms).many(u, [row[0].firm_id for row in found])
        return [
            ItemLine(i.firm_id, firms[i.firm_id].name if i.firm_id in firms else "", i.state, i.why) for (i,) in found
        ]

    return page_of(u, rows, page, size, lines)
