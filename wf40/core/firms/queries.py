"""Reads firms: single ones, references for other slices, and what other slices join with."""

import re
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, bindparam, select

from wf40.base.access import requires
from wf40.base.errors import NotFound
from wf40.base.history import FieldChange
from wf40.base.uow import UnitOfWork
from wf40.core.firms.models import Firm, FirmName, Site
from wf40.core.firms.sectors import Sector, search_sectors
from wf40.matching.names import loose
from wf40.sdk.paging import Page, entities, page_of
from wf40.sdk.refs import FirmRef
from wf40.sdk.statements import kept, of_units

_visible_tables: dict[frozenset[int] | None, Subquery] = {}
_MOST_TABLES = 200
_REF: tuple[Any, ...] = (
    Firm.id, Firm.name, Firm.unit_id, Firm.kind, Firm.town, Firm.wz_edition, Firm.wz_code, Firm.employees,
    Firm.officer_id, Firm.archived_at,
)  # fmt: skip

_SITES = select(Site).where(Site.firm_id == bindparam("firm")).order_by(Site.main.desc(), Site.id)
_NAMES = select(FirmName.name).where(FirmName.firm_id == bindparam("firm")).order_by(FirmName.sort_key, FirmName.id)
_CHANGES = (
    select(FieldChange)
    .where(FieldChange.subject == bindparam("subject"))
    .order_by(FieldChange.at.desc(), FieldChange.id.desc())
)


def readable(u: UnitOfWork) -> ColumnElement[bool]:
    """Return the condition that keeps the firms of the actor's units."""
    return of_units(u, Firm.unit_id)


@requires("firms.read")
def visible_firms(u: UnitOfWork) -> Select[Any]:
    """Return a select of the firms that the actor may read, for joins of other slices.

    Columns: id, name, unit_id, kind, town, wz_edition, wz_code, employees, officer_id, archived_at, sort_key,
    town_key, abc, care_interval_days, status, created_at, updated_at, apprentices. Archived firms are among them: use
    ``archived_at IS NULL``.
    """
    rest = (
        Firm.sort_key, Firm.town_key, Firm.abc, Firm.care_interval_days, Firm.status, Firm.created_at, Firm.updated_at,
        Firm.apprentices,
    )  # fmt: skip
    columns: list[Any] = [*_REF, *rest]
    return select(*columns).where(readable(u))


@requires("firms.read")
def visible_table(u: UnitOfWork) -> Subquery:
    """Return :func:`visible_firms` as a table to join, the same one each time: building it costs more than reading it."""
    units = u.actor.units
    if units not in _visible_tables:
        if len(_visible_tables) >= _MOST_TABLES:
            _visible_tables.clear()
        _visible_tables[units] = visible_firms(u).subquery()
    return _visible_tables[units]


@requires("firms.read")
def firm(u: UnitOfWork, firm_id: int) -> Firm:
    """Return a firm; raises :class:`NotFound` for an unknown or foreign one."""
    row = u.session.get(Firm, firm_id)
    if row is None or not u.actor.may_read_unit(row.unit_id):
        raise NotFound
    return row


@requires("firms.read")
def sites(u: UnitOfWork, firm_id: int) -> list[Site]:
    """Return the sites of a firm, the main one first; raises :class:`NotFound`."""
    firm(u, firm_id)
    return list(u.session.scalars(_SITES, {"firm": firm_id}))


@requires("firms.read")
def site(u: UnitOfWork, firm_id: int, site_id: int) -> Site:
    """Return a site of a firm; raises :class:`NotFound`."""
    firm(u, firm_id)
    row = u.session.get(Site, site_id)
    if row is None or row.firm_id != firm_id:
        raise NotFound
    return row


@requires("firms.read")
def former_names(u: UnitOfWork, firm_id: int) -> list[str]:
    """Return the names that a firm had before, in German order; raises :class:`NotFound`."""
    firm(u, firm_id)
    return list(u.session.scalars(_NAMES, {"firm": firm_id}))


@requires("firms.read")
def relatives(u: UnitOfWork, firm_id: int) -> tuple[FirmRef | None, list[FirmRef]]:
    """Return the parent of a firm, if it may be read, and its branches and subsidiaries."""
    row = firm(u, firm_id)
    parent = FirmsService().many(u, [row.parent_id] if row.parent_id else []).get(row.parent_id or 0)
    return parent, [_ref(r) for r in u.session.execute(_below(u), {"parent": firm_id})]


@kept
def _below(u: UnitOfWork) -> Select[Any]:
    return select(*_REF).where(Firm.parent_id == bindparam("parent"), readable(u)).order_by(Firm.sort_key, Firm.id)


@requires("firms.read")
def pick_firms(u: UnitOfWork, text: str, limit: int = 20, *, unit_id: int | None = None) -> list[FirmRef]:
    """Return firms that are not archived for a field in which somebody types a name, beginnings first; of one unit."""
    words = loose(text).split()
    if not words:
        return []
    rows = select(*_REF).where(readable(u), Firm.archived_at.is_(None))
    rows = rows.where(*(Firm.search_text.contains(word) for word in words))
    rows = rows.where(Firm.unit_id == unit_id) if unit_id is not None else rows
    begins = Firm.search_text.startswith(f" {words[0]}")
    return [_ref(row) for row in u.session.execute(rows.order_by(begins.desc(), Firm.sort_key, Firm.id).limit(limit))]


@requires("firms.read")
def wz_hits(u: UnitOfWork, text: str, edition: str = "") -> list[Sector]:  # noqa: ARG001 - needs the right, not the data
    """Return sectors for a field in which somebody types words or a number."""
    return search_sectors(text, edition)


@requires("firms.read")
def history(u: UnitOfWork, firm_id: int, page: int = 1, size: int = 100) -> Page[FieldChange]:
    """Return one page of the changes of a firm and its sites, the newest first; raises :class:`NotFound`."""
    return page_of(u, _CHANGES, page, size, entities, {"subject": firm_subject(firm(u, firm_id).id)})


def numbered(name: str, firm_id: int) -> str:
    """Return how fields that name a firm write it: ``Muster GmbH (Nr. 17)``."""
    return f"{name} (Nr. {firm_id})"


def number_in(text: str) -> int | None:
    """Read the number out of what :func:`numbered` wrote, or a bare number; ``None`` for anything else."""
    match = re.search(r"(?:^|\(Nr\. ?)(\d{1,9})\)?$", text.strip(), re.ASCII)
    return int(match[1]) if match else None


def firm_subject(firm_id: int) -> str:
    """Return how histories, audit and mails name a firm."""
    return f"firm:{firm_id}"


def provenance_of(row: Any, field: str) -> tuple[str, date | None]:
    """Return where the value of a field comes from and as of when it holds."""
    own = row.provenance.get("wz_code" if field == "wz" else field)
    if not own:
        return row.source, row.as_of
    return own[0], date.fromisoformat(own[1]) if own[1] else None


def _ref(row: Any) -> FirmRef:
    return FirmRef(
        row.id, row.name, row.unit_id, row.kind, row.town, row.wz_edition, row.wz_code, row.employees, row.officer_id,
        archived=row.archived_at is not None,
    )  # fmt: skip


@kept
def _itself(u: UnitOfWork) -> Select[Any]:
    return select(*_REF, Firm.merged_into_id).where(Firm.id == bindparam("firm"), readable(u))


@kept
def _several(u: UnitOfWork) -> Select[Any]:
    return select(*_REF).where(Firm.id.in_(bindparam("firms", expanding=True)), readable(u))


class FirmsService:
    """Implements :class:`wf40.sdk.services.Firms`."""

    def get(self, u: UnitOfWork, firm_id: int) -> FirmRef:
        """Return a firm; for one that became part of another that one. Raises :class:`NotFound`."""
        return u.once(("firm", firm_id), lambda: self._read(u, firm_id))  # each part of a record page asks for it

    def _read(self, u: UnitOfWork, firm_id: int) -> FirmRef:
        row = u.session.execute(_itself(u), {"firm": firm_id}).first()
        if row is None:
            raise NotFound
        return (self.many(u, [row.merged_into_id]).get(row.merged_into_id) if row.merged_into_id else None) or _ref(row)

    def many(self, u: UnitOfWork, firm_ids: Collection[int]) -> Mapping[int, FirmRef]:
        """Return those of the firms that exist and may be read, by id."""
        if not firm_ids:
            return {}
        return {row.id: _ref(row) for row in u.session.execute(_several(u), {"firms": list(firm_ids)})}

    def find(self, u: UnitOfWork, text: str, limit: int = 20) -> list[FirmRef]:
        """Return firms that hold all words of ``text``, in German order, without archived ones; none for no words."""
        words = [Firm.search_text.contains(f" {word}", autoescape=True) for word in loose(text).split()]
        if not words:
            return []
        found = select(*_REF).where(readable(u), Firm.archived_at.is_(None), *words)
        return [_ref(row) for row in u.session.execute(found.order_by(Firm.sort_key, Firm.id).limit(limit))]
