"""The firm list: the database searches, filters, orders and pages; the number of statements does not grow with rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    and_,
    bindparam,
    case,
    false,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute

from wf40.base.access import requires
from wf40.base.errors import Text
from wf40.base.uow import UnitOfWork
from wf40.core.accounts import queries as accounts
from wf40.core.firms import added_order, ordering, restrictions
from wf40.core.firms.columns import SITE_COLUMNS, FirmLine, all_columns
from wf40.core.firms.criteria import ALL_KINDS, ARCHIVE, FirmCriteria
from wf40.core.firms.models import RATED, UNUSUAL, UNUSUAL_KIND, USUAL_KIND, USUAL_STATUS, Firm, Site
from wf40.core.firms.queries import readable
from wf40.core.firms.terms import UNLISTED_KIND
from wf40.core.listviews.columns import ListColumn
from wf40.core.listviews.counting import Count, counted
from wf40.matching.names import sort_key
from wf40.pluginhost.calls import Failure, Hooks, Provided
from wf40.pluginhost.registry import CORE
from wf40.sdk.paging import Page
from wf40.sdk.services import Search
from wf40.sdk.values import FirmColumn, FirmFilter

SEARCHED = "firm"
"""The kind under which the search keeps firms."""
_NO_SITE = ("", "", "")
_SHOWN: tuple[Any, ...] = (
    Firm.id, Firm.name, Firm.unit_id, Firm.kind, Firm.status, Firm.archived_at, Firm.wz_edition, Firm.wz_code,
    Firm.employees, Firm.apprentices, Firm.town, Firm.officer_id, Firm.abc, Firm.legal_form, Firm.register_kind,
    Firm.register_number, Firm.register_suffix, Firm.register_court, Firm.phone, Firm.email, Firm.website,
    Firm.founded_year, Firm.trade_name, Firm.vat_id, Firm.source, Firm.as_of, Firm.created_at, Firm.updated_at,
)  # fmt: skip
"""What columns show; texts for searching and notes stay where they are."""
_IDS: Any = bindparam("ids", expanding=True)
_ROWS = select(*_SHOWN).where(Firm.id.in_(_IDS))
_PLACES = (
    select(Site.firm_id, Site.street, Site.house_number, Site.postcode, Site.business_park)
    .where(Site.firm_id.in_(_IDS))
    .order_by(Site.main, Site.id.desc())
)


@dataclass(frozen=True, slots=True)
class Extras:
    """Columns and filters that hooks add to the list, with who adds them."""

    columns: Sequence[Provided[FirmColumn]] = ()
    filters: Sequence[Provided[FirmFilter]] = ()

    def column(self, key: str) -> Provided[FirmColumn] | None:
        """Return a column by its key."""
        return next((c for c in self.columns if c.value.key == key), None)


@dataclass(frozen=True, slots=True)
class FirmPage(Page[FirmLine]):
    """A page of firms; ``about``: the total is estimated."""

    count: Count = field(default_factory=lambda: Count(0))

    @property
    def pages(self) -> int:
        """How many pages can be turned to."""
        return self.count.pages(self.size)


@requires("firms.read")
def list_firms(
    u: UnitOfWork, criteria: FirmCriteria, extras: Extras, columns: Sequence[ListColumn] | None = None
) -> FirmPage:
    """Return one page of the firms that fit, with what these columns need (usually: all that is shown from the start)."""
    kept = conditions(u, criteria, extras)
    count = counted(u, select(Firm.id).where(*kept), Firm.id, tuple(sorted(criteria.filters().items())))
    number = max(1, min(criteria.page, count.pages(criteria.page_size)))
    skip = (number - 1) * criteria.page_size
    shown = all_columns(extras.columns) if columns is None else columns
    many = (count.about or not criteria.filters()) and criteria.status != ARCHIVE
    found = _walked(u, kept[1:], criteria, extras, skip) if many else None
    if found is None:
        ids = ordered(u, select(Firm.id).where(*kept), criteria, extras)
        if count.about and criteria.size and criteria.order == "name" and criteria.status != ARCHIVE:
            # Most firms fit: SQLite would sort them all by name rather than read them by name and leave out the others.
            ids = ids.with_hint(Firm, "INDEXED BY ix_firm_list", "sqlite")
        found = list(u.session.scalars(ids.limit(criteria.page_size).offset(skip)))
    return FirmPage(lines_of(u, found, extras, shown), number, criteria.page_size, count.number, count)


def _walked(
    u: UnitOfWork, kept: Sequence[ColumnElement[bool]], criteria: FirmCriteria, extras: Extras, skip: int
) -> list[int] | None:
    """Return the firms of a page of a long list without sorting the whole; ``None`` where nothing yields its order."""
    if ordering.orders_by_pages(u, criteria):
        return ordering.page_ids(u, kept, criteria, criteria.page_size, skip)
    added = extras.column(criteria.order)
    values = _all_values(u, added) if added is not None and ordering.reads_by_pages(u) else None
    if values is None or isinstance(values, Failure):
        return None
    return added_order.page_ids(u, kept, values, criteria.page_size, skip, descending=criteria.descending)


@requires("firms.read")
def ids_listed(u: UnitOfWork, criteria: FirmCriteria, extras: Extras) -> Sequence[int]:
    """Return every firm that fits, in the order of the list."""
    return u.session.scalars(
        ordered(u, select(Firm.id).where(*conditions(u, criteria, extras)), criteria, extras)
    ).all()


@requires("firms.read")
def lines_of(u: UnitOfWork, ids: Sequence[int], extras: Extras, columns: Sequence[ListColumn]) -> list[FirmLine]:
    """Return the lines of firms in the order of their ids, with a fixed number of statements."""
    if not ids:
        return []
    keys = {column.key for column in columns}
    rows = {row.id: row for row in u.session.execute(_ROWS, {"ids": list(ids)})}
    officers = {row.officer_id for row in rows.values() if row.officer_id} if "officer" in keys else set()
    names = accounts.officer_names(u, officers) if officers else {}
    places = _main_sites(u, ids) if keys & SITE_COLUMNS else {}
    values = {c.value.key: _values(u, c, ids) for c in extras.columns if c.value.key in keys}
    return [
        FirmLine(
            rows[firm_id],
            names.get(rows[firm_id].officer_id or 0, ""),
            {key: of_column.get(firm_id) for key, of_column in values.items()},
            places.get(firm_id, _NO_SITE),
        )
        for firm_id in ids
        if firm_id in rows
    ]


def _main_sites(u: UnitOfWork, ids: Sequence[int]) -> dict[int, tuple[str, str, str]]:
    """Return street, postcode and business park by firm: of the main site, else of the first."""
    found = u.session.execute(_PLACES, {"ids": list(ids)})
    return {row[0]: (f"{row[1]} {row[2]}".strip(), row[3], row[4]) for row in found}


@requires("firms.read")
def any_firm(u: UnitOfWork) -> bool:
    """Tell whether the office has any firm at all, archived ones too."""
    return u.session.scalar(select(Firm.id).where(readable(u)).limit(1)) is not None


def conditions(u: UnitOfWork, criteria: FirmCriteria, extras: Extras) -> list[ColumnElement[bool]]:
    """Return what a firm must keep to for being in the list."""
    found = [readable(u)]
    found.append(Firm.archived_at.is_not(None) if criteria.status == ARCHIVE else Firm.archived_at.is_(None))
    found.extend([Firm.merged_into_id.is_(None), Firm.deleted_at.is_(None)] if criteria.status == ARCHIVE else [])
    if criteria.status not in ("", ARCHIVE):
        found.append(Firm.status == criteria.status)
        found.extend([UNUSUAL] if criteria.status != USUAL_STATUS else [])
    if criteria.kind != ALL_KINDS:
        found.append(Firm.kind == criteria.kind if criteria.kind else Firm.kind != UNLISTED_KIND)
        found.extend([UNUSUAL_KIND] if criteria.kind not in ("", USUAL_KIND) else [])
    if criteria.text:
        found.append(_search(u, criteria.text))
    if criteria.sector:
        found.append(restrictions.in_sector(criteria.sector))
    if criteria.size:
        found.append(restrictions.of_size(criteria.size))
    if criteria.town:
        found.append(Firm.town_key == sort_key(criteria.town))
    if criteria.abc:
        found.append(and_(Firm.abc == criteria.abc, RATED) if criteria.abc != "-" else Firm.abc == "")
    if criteria.officer:
        found.append(restrictions.of_officer(criteria.officer))
    found.extend(restrictions.of_rows(criteria))
    kept = [_kept_by(u, f, criteria.more[f.value.key]) for f in extras.filters if f.value.key in criteria.more]
    return found + [false() if isinstance(ids, Failure) else Firm.id.in_(ids) for ids in kept]


@requires("firms.read")
def broken(u: UnitOfWork, criteria: FirmCriteria, extras: Extras) -> list[tuple[Text, Failure]]:
    """Return the filters and the order that are asked for and do not work now: their label and the failure.

    Such a filter finds nothing rather than everything: whoever acts on all that is listed must not reach too many.
    """
    asked = [
        (f.value.label, _kept_by(u, f, criteria.more[f.value.key]))
        for f in extras.filters
        if f.value.key in criteria.more
    ]
    if (column := extras.column(criteria.order)) is not None:
        asked.append((column.value.label, _all_values(u, column)))
    return [(label, answer) for label, answer in asked if isinstance(answer, Failure)]


def _kept_by(u: UnitOfWork, added: Provided[FirmFilter], value: str) -> Select[Any] | Failure:
    return _tried(u, added.plugin, f"filter {added.value.key}", lambda: added.value.select(u, value), value)


def _all_values(u: UnitOfWork, added: Provided[FirmColumn]) -> Select[Any] | Failure:
    return _tried(u, added.plugin, f"column {added.value.key}", lambda: added.value.select(u))


def _tried(
    u: UnitOfWork, plugin: str, what: str, make: Callable[[], Select[Any]], value: str = ""
) -> Select[Any] | Failure:
    """Return a plugin's select that the database has understood; the core's own is taken as it is."""

    def ask() -> Select[Any]:
        made = make()
        if not plugin.startswith(CORE):
            u.session.execute(made.limit(1)).all()
        return made

    return u.once((plugin, what, value), lambda: u.service(Hooks).guard(plugin, what, ask, u))


def _search(u: UnitOfWork, text: str) -> ColumnElement[bool]:
    """All words must occur in what the search knows of a firm."""
    ids = u.service(Search).matching(u, SEARCHED, text)
    return false() if ids is None else Firm.id.in_(ids)


def ordered(u: UnitOfWork, rows: Select[Any], criteria: FirmCriteria, extras: Extras) -> Select[Any]:
    """Order in the database; firms without a value come last in both directions, equal ones by name."""
    last = (Firm.sort_key, Firm.id)
    extra = extras.column(criteria.order)
    if extra is not None:
        answer = _all_values(u, extra)
        if isinstance(answer, Failure):
            return rows.order_by(*last)
        values = answer.subquery()
        firm_id, value = list(values.c)[:2]
        key = value.desc() if criteria.descending else value.asc()
        return rows.outerjoin(values, firm_id == Firm.id).order_by(value.is_(None), key, *last)
    if criteria.order == "name":
        return rows.order_by(*((c.desc() for c in last) if criteria.descending else last))
    if ordering.is_fixed(criteria):
        return rows.order_by(*last)
    column, empty = _order_column(u, criteria.order)
    return rows.order_by(empty, column.desc() if criteria.descending else column.asc(), *last)


def _order_column(u: UnitOfWork, order: str) -> tuple[SQLColumnExpression[Any], ColumnElement[bool]]:
    """Return what to order by and the condition of having no value."""
    if order == "officer":
        ranks = ordering.officer_ranks(u)
        rank: SQLColumnExpression[Any] = (
            case(ranks, value=Firm.officer_id, else_=len(ranks)) if ranks else Firm.officer_id
        )
        return rank, Firm.officer_id.is_(None)
    texts: dict[str, InstrumentedAttribute[str]] = {
        "sector": Firm.wz_code, "town": Firm.town_key, "abc": Firm.abc, "kind": Firm.kind, "status": Firm.status,
    }  # fmt: skip
    if order in texts:
        return texts[order], texts[order] == ""
    numbers: dict[str, Any] = {
        "employees": Firm.employees, "founded": Firm.founded_year, "changed": Firm.updated_at,
    }  # fmt: skip
    return numbers[order], numbers[order].is_(None)


def _values(u: UnitOfWork, column: Provided[FirmColumn], ids: Sequence[int]) -> Mapping[int, Any]:
    """Return the values of an added column for the firms of the page; a plugin's fault leaves its column empty."""

    def ask() -> dict[int, Any]:
        return {row[0]: row[1] for row in u.session.execute(_of_page(column.value.select(u)), {"ids": list(ids)})}

    answer = u.service(Hooks).guard(column.plugin, f"column {column.value.key}", ask, u)
    return {} if isinstance(answer, Failure) else answer


@lru_cache(maxsize=200)
def _of_page(rows: Select[Any]) -> Select[Any]:
    """Build once for each select that its column keeps."""
    values = rows.subquery()
    firm_id, value = list(values.c)[:2]
    return select(firm_id, value).where(firm_id.in_(bindparam("ids", expanding=True)))


def choices(u: UnitOfWork, added: Provided[FirmFilter]) -> list[tuple[str, Text]]:
    """Return the choices of an added filter; a plugin's fault leaves it empty."""
    answer = u.service(Hooks).guard(added.plugin, f"filter {added.value.key}", lambda: added.value.choices(u))
    return [] if isinstance(answer, Failure) else answer
