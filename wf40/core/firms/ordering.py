"""The order of the list of firms, page by page: a page reads about as many entries of an index as it stands deep.

Firms of one value stand together, ordered by name, and those without a value come last in both directions. No index
yields that as it is: "the largest number of employees first, equal ones from A to Z" runs through it both ways. So a page
is asked in two steps: which values stand on it and how many firms each has, then the firms of these values, each read
through an index from A to Z.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    ScalarSelect,
    Select,
    SQLColumnExpression,
    case,
    func,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute

from wf40.base.uow import UnitOfWork
from wf40.core.accounts import queries as accounts
from wf40.core.firms.criteria import ALL_KINDS, NOBODY, FirmCriteria
from wf40.core.firms.models import RATED, SECTORED, UNUSUAL, UNUSUAL_KIND, USUAL_KIND, USUAL_STATUS, Firm
from wf40.core.firms.terms import ABC, KINDS, STATUSES, UNLISTED_KIND
from wf40.matching.names import loose
from wf40.sdk.statements import of_units

MOST_UNITS = 100
"""Whoever reads more units gets the list ordered as a whole."""
_Keep = tuple[ColumnElement[bool], ...]
_Group = tuple[Any, int]
"""A value and the number of its firms."""
_By = tuple[tuple[SQLColumnExpression[Any], bool], ...]
"""What to order by, and whether in descending order."""
BY_NAME: _By = ((Firm.sort_key, False), (Firm.id, False))
LIST = "ix_firm_list"
_VALUES: Mapping[str, tuple[InstrumentedAttribute[Any], str]] = {
    "sector": (Firm.wz_code, "ix_firm_wz_code"), "town": (Firm.town_key, "ix_firm_towns"),
    "employees": (Firm.employees, "ix_firm_employees"), "founded": (Firm.founded_year, "ix_firm_founded_year"),
    "changed": (Firm.updated_at, "ix_firm_updated_at"),
}  # fmt: skip
_TEXTS, _FILLED = frozenset({"sector", "town"}), frozenset({"sector", "employees", "founded"})
"""Columns that are empty rather than null, and those whose index leaves out firms without a value."""
_CODES: Mapping[str, tuple[InstrumentedAttribute[str], Collection[str], str, ColumnElement[bool]]] = {
    "abc": (Firm.abc, ABC, "ix_firm_abc", RATED), "kind": (Firm.kind, KINDS, "ix_firm_kind", UNUSUAL_KIND),
    "status": (Firm.status, STATUSES, "ix_firm_status", UNUSUAL),
}  # fmt: skip
USUAL = {"kind": USUAL_KIND, "status": USUAL_STATUS}


@dataclass(frozen=True, slots=True)
class Part:
    """Firms that stand together: what they keep to, the index that yields them, how many they are (``None``: the rest)."""

    keep: _Keep
    index: str
    rows: int | None = None
    by: _By = BY_NAME


@dataclass(frozen=True, slots=True)
class Asked:
    """One page: the units, what all firms keep to, and up to which row anything matters."""

    u: UnitOfWork
    units: Collection[int]
    kept: Sequence[ColumnElement[bool]]
    upto: int

    def rows(self, columns: Sequence[Any], part: Part, limit: int, offset: int) -> Select[Any]:
        """Select rows of a part in its order: those of each unit through the index, then merged."""
        ranks: list[Any] = [expression.label(f"rank{place}") for place, (expression, _descending) in enumerate(part.by)]

        def of_unit(unit: int, *more: Any) -> Select[Any]:
            kept = select(*columns, *more).where(Firm.unit_id == unit, *self.kept, *part.keep)
            kept = kept.order_by(*_directed([e for e, _d in part.by], part.by))
            return kept.with_hint(Firm, f"INDEXED BY {part.index}", "sqlite") if part.index else kept

        if len(self.units) == 1:
            return of_unit(next(iter(self.units))).limit(limit).offset(offset)
        each = [of_unit(unit, *ranks).limit(offset + limit).subquery() for unit in sorted(self.units)]
        every = union_all(*(select(one) for one in each)).subquery()
        wanted = [column for column in every.c if not column.key.startswith("rank")]
        order = _directed([every.c[rank.key] for rank in ranks], part.by)
        return select(*wanted).order_by(*order).limit(limit).offset(offset)

    def values(self, column: InstrumentedAttribute[Any], part: Part, *, descending: bool) -> "list[_Group]":
        """Return the values in their order with the number of their firms, as far as the page reaches."""
        part = replace(part, by=((column, descending),))
        rows = self.rows([column.label("value")], part, self.upto, 0).subquery()
        value = rows.c.value
        counted = select(value, func.count()).group_by(value).order_by(value.desc() if descending else value)
        return [(found, number) for found, number in self.u.session.execute(counted)]

    def count(self, part: Part, *tables: FromClause) -> ScalarSelect[int]:
        """Return how many firms a part has, as far as the page reaches, for a statement that may have further tables."""
        some = select(Firm.id).where(of_units(self.u, Firm.unit_id), *self.kept, *part.keep).limit(self.upto)
        some = some.with_hint(Firm, f"INDEXED BY {part.index}", "sqlite")
        rows = (some.correlate(*tables) if tables else some).subquery()
        return select(func.count()).select_from(rows).scalar_subquery()


def asked_for(u: UnitOfWork, kept: Sequence[ColumnElement[bool]], upto: int) -> Asked:
    """Return a page of whoever acts. ``kept`` is what firms keep to besides their unit."""
    return Asked(u, u.actor.units or (), kept, upto)


def _directed(expressions: Sequence[Any], by: _By) -> list[Any]:
    return [e.desc() if descending else e for e, (_, descending) in zip(expressions, by, strict=True)]


def reads_by_pages(u: UnitOfWork) -> bool:
    """Tell whether whoever acts reads few enough units for each to be read by itself."""
    return 0 < len(u.actor.units or ()) <= MOST_UNITS


def orders_by_pages(u: UnitOfWork, criteria: FirmCriteria) -> bool:
    """Tell whether :func:`page_ids` knows this order for this reader."""
    units = len(u.actor.units or ())
    if criteria.order == "name":
        # Within one unit each index of a filter yields names in their order.
        return 1 < units <= MOST_UNITS and not _through_index(criteria)
    known = criteria.order in _VALUES or criteria.order in _CODES or criteria.order == "officer"
    return known and not is_fixed(criteria) and 0 < units <= MOST_UNITS


def _through_index(criteria: FirmCriteria) -> bool:
    """Tell whether a filter has an index over its few firms, quicker to read and sort than names to pass over."""
    return (
        criteria.abc in ABC
        or criteria.status not in ("", USUAL_STATUS)
        or criteria.kind not in ("", ALL_KINDS, USUAL_KIND)
        or criteria.officer not in ("", NOBODY)
    )


def is_fixed(criteria: FirmCriteria) -> bool:
    """Tell whether a filter leaves one value only, so that names are all that is left to order by."""
    fixed = {
        "abc": criteria.abc, "status": criteria.status, "town": criteria.town, "officer": criteria.officer,
        "kind": criteria.kind if criteria.kind != ALL_KINDS else "",
    }  # fmt: skip
    return bool(fixed.get(criteria.order))


def page_ids(
    u: UnitOfWork, kept: Sequence[ColumnElement[bool]], criteria: FirmCriteria, size: int, skip: int
) -> list[int]:
    """Return the firms of a page. ``kept`` is what they keep to besides their unit, not being archived among it."""
    asked = asked_for(u, kept, skip + size)
    found: list[int] = []
    for part in _parts(asked, criteria, skip):
        if part.rows is not None and skip >= part.rows:
            skip -= part.rows
            continue
        take = size - len(found) if part.rows is None else min(size - len(found), part.rows - skip)
        found.extend(u.session.scalars(asked.rows([Firm.id.label("firm")], part, take, skip)))
        skip = 0
        if len(found) >= size:
            break
    return found


def _parts(asked: Asked, criteria: FirmCriteria, skip: int) -> list[Part]:
    """Return the parts of the list in their order."""
    order, descending = criteria.order, criteria.descending
    if order == "name":
        by = ((Firm.sort_key, descending), (Firm.id, descending))
        return [Part((), "ix_firm_towns" if criteria.town else LIST, by=by)]
    if order == "officer":
        return _by_officer(asked, skip, descending=descending)
    if order in _CODES:
        return _by_code(asked, criteria)
    column, index = _VALUES[order]
    empty = column == "" if order in _TEXTS else column.is_(None)
    stated: _Keep = (SECTORED,) if order == "sector" else ()
    filled = Part((column > "" if order in _TEXTS else column.is_not(None), *stated), index)
    groups = asked.values(column, filled, descending=descending)

    def join(values: Sequence[Any], rows: int) -> Part:
        low, high = sorted((values[0], values[-1]))
        keep = (column == low,) if low == high else (column >= low, column <= high)
        by = BY_NAME if low == high else ((column, descending), *BY_NAME)
        return Part((*keep, *stated), index, rows, by)

    return [*_joined(groups, skip, join), Part((empty,), LIST if order in _FILLED else index)]


def _joined(groups: Sequence[_Group], skip: int, join: Callable[[Sequence[Any], int], Part]) -> list[Part]:
    """Return up to four parts, however many values there are up to the end of the page: few questions in any case.

    What lies before the page and is only counted, the value in whose middle it begins, those that stand on it as a
    whole, and the one in whose middle it may end.
    """
    place = passed = 0
    while place < len(groups) and passed + groups[place][1] <= skip:
        passed += groups[place][1]
        place += 1
    left = groups[place:]
    begins = 1 if left and passed < skip else 0
    ends = max(begins, len(left) - 1)
    runs = [left[:begins], left[begins:ends], left[ends:]]
    found = [join([value for value, _rows in run], sum(rows for _value, rows in run)) for run in runs if run]
    return [Part((), "", passed), *found]


def _by_officer(asked: Asked, skip: int, *, descending: bool) -> list[Part]:
    """Order by the names of officers; people who have left or cannot be seen stand together behind them."""
    index, assigned, ranks = "ix_firm_officer_id", Firm.officer_id.is_not(None), officer_ranks(asked.u)
    held = sorted(_holders(asked), key=lambda found: ranks.get(found[0], len(ranks)))
    groups: list[_Group] = [((officer,), rows) for officer, rows in held if officer in ranks]
    if strangers := {officer: rows for officer, rows in held if officer not in ranks}:
        groups.append((tuple(strangers), sum(strangers.values())))
    if descending:
        groups.reverse()

    def join(values: Sequence[Any], rows: int) -> Part:
        ids = [officer for value in values for officer in value]
        keep: _Keep = (Firm.officer_id == ids[0] if len(ids) == 1 else Firm.officer_id.in_(ids), assigned)
        rank = case({officer: place for place, value in enumerate(values) for officer in value}, value=Firm.officer_id)
        return Part(keep, index, rows, ((rank, False), *BY_NAME) if len(values) > 1 else BY_NAME)

    before = accumulate((rows for _officers, rows in groups), initial=0)
    groups = [group for group, passed in zip(groups, before, strict=False) if passed < asked.upto]
    return [*_joined(groups, skip, join), Part((Firm.officer_id.is_(None),), LIST)]


def officer_ranks(u: UnitOfWork) -> dict[int, int]:
    """Return at which place each officer stands in the order of names."""
    return {o.id: rank for rank, o in enumerate(sorted(accounts.officers(u), key=lambda o: loose(o.name)))}


def _holders(asked: Asked) -> Sequence[tuple[int, int]]:
    """Return who is responsible for any firm, and for how many: from one to the next, each a look into the index."""
    officer = Firm.officer_id
    held = select(func.min(officer).label("id")).where(officer.is_not(None)).cte("held", recursive=True)
    after = select(func.min(officer)).where(officer > held.c.id, officer.is_not(None)).correlate(held).scalar_subquery()
    held = held.union_all(select(after).where(held.c.id.is_not(None)))
    number = asked.count(Part((officer == held.c.id, officer.is_not(None)), "ix_firm_officer_id"), held)
    rows = select(held.c.id, number).where(held.c.id.is_not(None))
    return [(found, count) for found, count in asked.u.session.execute(rows) if count]


def _by_code(asked: Asked, criteria: FirmCriteria) -> list[Part]:
    """Order by a code: what nearly all firms have is read through the list's own index, any other through its index."""
    column, codes, index, usual = _CODES[criteria.order]
    left_out = UNLISTED_KIND if criteria.order == "kind" and criteria.kind != ALL_KINDS else None
    parts = []
    for code in sorted(codes, reverse=criteria.descending):
        if code != left_out:
            keep: _Keep = (column == code,) if code == USUAL.get(criteria.order) else (column == code, usual)
            parts.append(Part(keep, LIST if code == USUAL.get(criteria.order) else index))
    numbers = asked.u.session.execute(select(*(asked.count(part) for part in parts))).one()
    return [
        *(replace(part, rows=rows) for part, rows in zip(parts, numbers, strict=True)),
        Part((column.not_in(list(codes)),), LIST),
    ]
