"""What the filters of the list offer, found with a few looks into indexes, however many firms there are."""

from datetime import timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, false, func, literal, select, union_all

from wf40.base.access import requires
from wf40.base.uow import UnitOfWork
from wf40.core.firms.models import IN_PARK, Firm, Site
from wf40.matching.names import loose

_STAYS = timedelta(minutes=10)
MOST_OFFERED = 300
"""A selection with more entries helps nobody; from there on people type."""


@requires("firms.read")
def towns(u: UnitOfWork) -> list[str] | None:
    """Return the towns of firms, in German order; ``None`` for more than a selection can hold."""
    return _few(u, "towns", _town_rows(u.actor.units))


@requires("firms.read")
def business_parks(u: UnitOfWork) -> list[str] | None:
    """Return the business parks of sites, in German order; ``None`` for more than a selection can hold."""
    return _few(u, "parks", _park_rows(u.actor.units))


@lru_cache(maxsize=200)
def _town_rows(units: frozenset[int] | None) -> Select[Any]:
    """Build once for each reach: from one town to the next, each step one look into an index."""
    listed = Firm.archived_at.is_(None)
    if not units:
        rows: Any = select(Firm.town_key, func.min(Firm.town)).where(listed, Firm.town_key > "", Firm.id > 0)
        reach = rows if units is None else rows.where(false())
        return reach.group_by(Firm.town_key).limit(MOST_OFFERED + 1)  # type: ignore[no-any-return]
    of_units = union_all(*(select(literal(unit).label("unit")) for unit in sorted(units))).subquery()

    def after(unit: Any, key: Any, table: Any) -> Any:
        found = select(func.min(Firm.town_key)).where(Firm.unit_id == unit, listed, Firm.town_key > key)
        return found.correlate(table).scalar_subquery()

    keys = select(of_units.c.unit, after(of_units.c.unit, "", of_units).label("key")).cte("town", recursive=True)
    keys = keys.union_all(select(keys.c.unit, after(keys.c.unit, keys.c.key, keys)).where(keys.c.key.is_not(None)))
    spelled = select(Firm.town).where(Firm.unit_id == keys.c.unit, listed, Firm.town_key == keys.c.key).limit(1)
    found = select(keys.c.key, spelled.correlate(keys).scalar_subquery()).where(keys.c.key.is_not(None))
    return found.limit((MOST_OFFERED + 1) * len(units))


@lru_cache(maxsize=200)
def _park_rows(units: frozenset[int] | None) -> Select[Any]:
    def after(key: Any, *table: Any) -> Any:
        found = select(func.min(Site.business_park)).where(Site.business_park > key, IN_PARK)
        return (found.correlate(*table) if table else found).scalar_subquery()

    keys = select(after("").label("key")).cte("park", recursive=True)
    keys = keys.union_all(select(after(keys.c.key, keys)).where(keys.c.key.is_not(None)))
    rows: Select[Any] = select(keys.c.key, keys.c.key).where(keys.c.key.is_not(None))
    if units is not None:
        firms = select(Site.id).join(Firm, Firm.id == Site.firm_id).where(Site.business_park == keys.c.key, IN_PARK)
        rows = rows.where(firms.where(Firm.unit_id.in_(units)).correlate(keys).exists())
    return rows.limit(MOST_OFFERED + 1)


def _few(u: UnitOfWork, what: str, rows: Select[Any]) -> list[str] | None:
    """Return the names, ``None`` for too many. That there are too many is remembered: finding it out takes longest."""
    read: list[list[str] | None] = []

    def too_many() -> bool:
        read.append(_read(u, rows))
        return read[0] is None

    key = (what, u.actor.units)
    if u.lately(key, _STAYS, too_many):
        return None
    return read[0] if read else _read(u, rows)


def _read(u: UnitOfWork, rows: Select[Any]) -> list[str] | None:
    found: dict[str, str] = {}
    for key, name in u.session.execute(rows):
        found.setdefault(key, name)
    if len(found) > MOST_OFFERED:
        return None
    return sorted(found.values(), key=loose)
