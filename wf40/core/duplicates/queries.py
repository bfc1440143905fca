"""Reads pairs that may be the same firm or person, how many wait, and how far a search has come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select

from wf40.base.access import requires
from wf40.base.errors import Forbidden, NotFound
from wf40.base.uow import UnitOfWork
from wf40.core.contacts.audience import reachable
from wf40.core.contacts.comparison import Entry, entries
from wf40.core.duplicates import codes
from wf40.core.duplicates.codes import FIRMS, PERSONS
from wf40.core.duplicates.models import AnyPair, DuplicatePair, DuplicateScan, PersonPair
from wf40.core.duplicates.records import RECORDS
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
_RIGHTS = {FIRMS: "firms.read", PERSONS: "contacts.read"}


@dataclass(frozen=True, slots=True)
class PairFilter:
    """What is asked of the queue. ``sector`` and ``officer`` fit when either firm fits, that of a person too."""

    kind: str = FIRMS
    band: str = ""
    sector: str = ""
    officer: str = ""
    state: str = codes.OPEN


@dataclass(frozen=True, slots=True)
class PairView:
    """Two records beside each other, and what was found when they were compared."""

    id: int
    unit_id: int
    probability: float
    band: str
    evidence: Sequence[Sequence[Any]]
    state: str
    decided_by: str
    decided_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class FirmPairView(PairView):
    """Two firms beside each other."""

    a: FirmRef
    b: FirmRef
    traits_a: FirmTraits
    traits_b: FirmTraits


@dataclass(frozen=True, slots=True)
class PersonPairView(PairView):
    """Two persons beside each other."""

    a: Entry
    b: Entry


@requires(READ)
def demand_kind(u: UnitOfWork, kind: str) -> None:
    """Refuse whoever may not read the records of a kind."""
    if not may_read_kind(u, kind):
        raise Forbidden(READ)


@requires(READ)
def may_read_kind(u: UnitOfWork, kind: str) -> bool:
    """Tell whether the actor may read the records of a kind."""
    return u.actor.may(_RIGHTS[kind])


@requires(READ)
def pairs(u: UnitOfWork, wanted: PairFilter, page: int = 1) -> Page[FirmPairView]:
    """Return one page of the queue of firms, the likeliest pair first; without pairs of which one is archived."""
    return page_of(u, _ordered(u, wanted), page, PAGE_SIZE, lambda found: _firm_views(u, [row[0] for row in found]))


@requires(READ)
def person_pairs(u: UnitOfWork, wanted: PairFilter, page: int = 1) -> Page[PersonPairView]:
    """Return one page of the queue of persons in the same way."""
    return page_of(u, _ordered(u, wanted), page, PAGE_SIZE, lambda found: _person_views(u, [row[0] for row in found]))


@requires(READ)
def pair(u: UnitOfWork, pair_id: int) -> FirmPairView:
    """Return a pair of firms; raises :class:`NotFound` for an unknown or foreign one."""
    row = u.session.get(DuplicatePair, pair_id)
    found = _firm_views(u, [row]) if row is not None and u.actor.may_read_unit(row.unit_id) else []
    if not found:
        raise NotFound
    return found[0]


@requires(READ)
def open_counts(u: UnitOfWork, kind: str = FIRMS) -> Mapping[str, int]:
    """Return how many pairs of the actor's own unit wait for a decision, by band."""
    own = RECORDS[kind].model.unit_id == (u.actor.unit_id or 0)
    rows = _listed(u, PairFilter(kind)).where(own).subquery()
    counts = select(rows.c.band, func.count()).group_by(rows.c.band)
    return {band: n for band, n in u.session.execute(counts)}  # noqa: C416 - rows are no pairs to the type checker


@requires(READ)
def decided_count(u: UnitOfWork, kind: str = FIRMS) -> int:
    """Return how many pairs were said not to be the same."""
    rows = _listed(u, PairFilter(kind, state=codes.NOT_SAME)).subquery()
    return u.session.scalar(select(func.count()).select_from(rows)) or 0


@requires(READ)
def latest_scan(u: UnitOfWork, kind: str = FIRMS) -> DuplicateScan | None:
    """Return the newest search through the actor's own unit."""
    own = (DuplicateScan.unit_id == (u.actor.unit_id or 0), DuplicateScan.kind == kind)
    rows = select(DuplicateScan).where(*own)
    return u.session.scalar(rows.order_by(DuplicateScan.id.desc()).limit(1))


@requires(READ)
def scan(u: UnitOfWork, scan_id: int) -> DuplicateScan:
    """Return a search; raises :class:`NotFound` for an unknown or foreign one."""
    row = u.session.get(DuplicateScan, scan_id)
    if row is None or not u.actor.may_read_unit(row.unit_id):
        raise NotFound
    return row


def _ordered(u: UnitOfWork, wanted: PairFilter) -> Select[Any]:
    model = RECORDS[wanted.kind].model
    newest = (model.decided_at.desc(),) if wanted.state == codes.NOT_SAME else ()
    return _listed(u, wanted).order_by(*newest, model.probability.desc(), model.id)


def _listed(u: UnitOfWork, wanted: PairFilter) -> Select[Any]:
    # The pairs lead: there are few of them, whatever the size of the office.
    model = RECORDS[wanted.kind].model
    rows = select(model).where(model.state == wanted.state)
    if u.actor.units is not None:
        rows = rows.where(model.unit_id.in_(u.actor.units))
    sides = [_side(u, wanted.kind, column) for column in (model.a, model.b)]
    rows = rows.where(*(side.exists() for side, _firm in sides))
    if wanted.band:
        rows = rows.where(model.band == wanted.band)
    if wanted.sector:
        rows = rows.where(or_(*(side.where(_in_sector(firm, wanted.sector)).exists() for side, firm in sides)))
    if wanted.officer:
        officer = None if wanted.officer == NOBODY else int(wanted.officer)
        rows = rows.where(or_(*(side.where(firm.c.officer_id == officer).exists() for side, firm in sides)))
    return rows


def _side(u: UnitOfWork, kind: str, column: Any) -> tuple[Select[Any], Any]:
    """Return a select of one record of a pair, if it is there and not archived, and its firm for further conditions."""
    firm = visible_firms(u).subquery()
    if kind == FIRMS:
        return select(firm.c.id).where(firm.c.id == column, firm.c.archived_at.is_(None)), firm
    person = reachable(u).subquery()
    return select(person.c.id).join(firm, firm.c.id == person.c.firm_id).where(person.c.id == column), firm


def _in_sector(firm: Any, value: str) -> ColumnElement[bool]:
    prefixes, divisions = sectors.codes_meant(value)
    found = [firm.c.wz_code.startswith(part) for part in (*prefixes, *divisions)]
    return and_(firm.c.wz_code != "", or_(false(), *found))


def _firm_views(u: UnitOfWork, rows: Sequence[DuplicatePair]) -> list[FirmPairView]:
    ids = {firm_id for row in rows for firm_id in (row.a, row.b)}
    refs, traits = u.service(Firms).many(u, ids), traits_of(u, ids)
    return [
        FirmPairView(**_found(row), a=refs[row.a], b=refs[row.b], traits_a=traits[row.a], traits_b=traits[row.b])
        for row in rows
        if row.a in refs and row.b in refs
    ]


def _person_views(u: UnitOfWork, rows: Sequence[PersonPair]) -> list[PersonPairView]:
    known = entries(u, {contact_id for row in rows for contact_id in (row.a, row.b)})
    return [
        PersonPairView(**_found(row), a=known[row.a], b=known[row.b]) for row in rows if {row.a, row.b} <= known.keys()
    ]


def _found(row: AnyPair) -> dict[str, Any]:
    return {field.name: getattr(row, field.name) for field in fields(PairView)}
