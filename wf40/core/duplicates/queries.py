"""Reads pairs that may be the same firm, how many wait, and how far a search has come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select

from wf40.base.access import requires
from wf40.base.errors import NotFound
from wf40.base.uow import UnitOfWork
from wf40.core.duplicates import codes
from wf40.core.duplicates.models import DuplicatePair, DuplicateScan
from wf40.core.firms import sectors
from wf40.core.firms.match_keys import traits_of
from wf40.core.firms.queries import visible_firms
from wf40.matching.traits import FirmTraits
from wf40.sdk.paging import Page, page_of
from wf40.sdk.refs import FirmRef
from wf40.sdk.services import Firms

READ = "duplicates.read"
PAGE_SIZE = 10
NOBODY = "niemand"


@dataclass(frozen=True, slots=True)
class PairFilter:
    """What is asked of the queue. ``sector`` and ``officer`` fit when either firm fits."""

    band: str = ""
    sector: str = ""
    officer: str = ""
    state: str = codes.OPEN


@dataclass(frozen=True, slots=True)
class PairView:
    """Two firms beside each other, and what was found when they were compared."""

    id: int
    unit_id: int
    probability: float
    band: str
    evidence: Sequence[Sequence[Any]]
    state: str
    decided_by: str
    decided_at: datetime | None
    version: int
    a: FirmRef
    b: FirmRef
    traits_a: FirmTraits
    traits_b: FirmTraits


@requires(READ)
def pairs(u: UnitOfWork, wanted: PairFilter, page: int = 1) -> Page[PairView]:
    """Return one page of the queue, the likeliest pair first; without pairs of which a firm is archived."""
    rows = _listed(u, wanted)
    newest = (DuplicatePair.decided_at.desc(),) if wanted.state == codes.NOT_SAME else ()
    ordered = rows.order_by(*newest, DuplicatePair.probability.desc(), DuplicatePair.id)
    return page_of(u, ordered, page, PAGE_SIZE, lambda found: _views(u, [row[0] for row in found]))


@requires(READ)
def pair(u: UnitOfWork, pair_id: int) -> PairView:
    """Return a pair; raises :class:`NotFound` for an unknown or foreign one."""
    row = u.session.get(DuplicatePair, pair_id)
    found = _views(u, [row]) if row is not None and u.actor.may_read_unit(row.unit_id) else []
    if not found:
        raise NotFound
    return found[0]


@requires(READ)
def open_counts(u: UnitOfWork) -> Mapping[str, int]:
    """Return how many pairs of the actor's own unit wait for a decision, by band."""
    rows = _listed(u, PairFilter()).where(DuplicatePair.unit_id == (u.actor.unit_id or 0)).subquery()
    counts = select(rows.c.band, func.count()).group_by(rows.c.band)
    return {band: n for band, n in u.session.execute(counts)}  # noqa: C416 - rows are no pairs to the type checker


@requires(READ)
def decided_count(u: UnitOfWork) -> int:
    """Return how many pairs were said not to be the same."""
    return u.session.scalar(select(func.count()).select_from(_listed(u, PairFilter(state="not_same")).subquery())) or 0


@requires(READ)
def latest_scan(u: UnitOfWork) -> DuplicateScan | None:
    """Return the newest search through the actor's own unit."""
    rows = select(DuplicateScan).where(DuplicateScan.unit_id == (u.actor.unit_id or 0))
    return u.session.scalar(rows.order_by(DuplicateScan.id.desc()).limit(1))


@requires(READ)
def scan(u: UnitOfWork, scan_id: int) -> DuplicateScan:
    """Return a search; raises :class:`NotFound` for an unknown or foreign one."""
    row = u.session.get(DuplicateScan, scan_id)
    if row is None or not u.actor.may_read_unit(row.unit_id):
        raise NotFound
    return row


def _listed(u: UnitOfWork, wanted: PairFilter) -> Select[Any]:
    a, b = visible_firms(u).subquery("a"), visible_firms(u).subquery("b")
    rows = select(DuplicatePair).join(a, a.c.id == DuplicatePair.firm_a).join(b, b.c.id == DuplicatePair.firm_b)
    rows = rows.where(DuplicatePair.state == wanted.state, a.c.archived_at.is_(None), b.c.archived_at.is_(None))
    if wanted.band:
        rows = rows.where(DuplicatePair.band == wanted.band)
    if wanted.sector:
        rows = rows.where(or_(_in_sector(a, wanted.sector), _in_sector(b, wanted.sector)))
    if wanted.officer == NOBODY:
        rows = rows.where(or_(a.c.officer_id.is_(None), b.c.officer_id.is_(None)))
    elif wanted.officer:
        rows = rows.where(or_(a.c.officer_id == int(wanted.officer), b.c.officer_id == int(wanted.officer)))
    return rows


def _in_sector(firm: Any, value: str) -> ColumnElement[bool]:
    prefixes, divisions = sectors.codes_meant(value)
    found = [firm.c.wz_code.startswith(part) for part in (*prefixes, *divisions)]
    return and_(firm.c.wz_code != "", or_(false(), *found))


def _views(u: UnitOfWork, rows: Sequence[DuplicatePair]) -> list[PairView]:
    ids = {firm_id for row in rows for firm_id in (row.firm_a, row.firm_b)}
    refs, traits = u.service(Firms).many(u, ids), traits_of(u, ids)
    return [
        PairView(
            row.id, row.unit_id, row.probability, row.band, row.evidence, row.state, row.decided_by, row.decided_at,
            row.version, refs[row.firm_a], refs[row.firm_b], traits[row.firm_a], traits[row.firm_b],
        )
        for row in rows
        if row.firm_a in refs and row.firm_b in refs
    ]  # fmt: skip
