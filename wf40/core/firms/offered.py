"""What the filters of the list offer, found with a few looks into indexes, however many firms there are."""

from typing import Any

from sqlalchemy import Select, func, literal, select, true, union_all

from wf40.base.access import requires
from wf40.base.uow import UnitOfWork
from wf40.core.firms.models import Firm, Site
from wf40.core.firms.queries import readable
from wf40.matching.names import loose

MOST_OFFERED = 300
"""A selection with more entries helps nobody; from there on people type."""


@requires("firms.read")
def towns(u: UnitOfWork) -> list[str] | None:
    """Return the towns of firms, in German order; ``None`` for more than a selection can hold."""
    listed = Firm.archived_at.is_(None)
    if u.actor.units is None:
        every: Any = select(Firm.town_key, func.min(Firm.town)).where(listed, Firm.town_key > "")
        return _few(u, every.group_by(Firm.town_key).limit(MOST_OFFERED + 1))
    units = sorted(u.actor.units)
    starts = union_all(*(select(literal(unit).label("unit")) for unit in units)).subquery() if units else None
    if starts is None:
        return []
    keys = select(starts.c.unit, literal("").label("key")).cte("town", recursive=True)
    following = (
        select(func.min(Firm.town_key))
        .where(Firm.unit_id == keys.c.unit, listed, Firm.town_key > keys.c.key)
        .correlate(keys)
        .scalar_subquery()
    )
    keys = keys.union_all(select(keys.c.unit, following).where(keys.c.key.is_not(None)))
    spelled = (
        select(Firm.town)
        .where(Firm.unit_id == keys.c.unit, listed, Firm.town_key == keys.c.key)
        .limit(1)
        .correlate(keys)
        .scalar_subquery()
    )
    rows: Select[Any] = select(keys.c.key, spelled).where(keys.c.key > "").limit((MOST_OFFERED + 1) * len(units))
    return _few(u, rows)


@requires("firms.read")
def business_parks(u: UnitOfWork) -> list[str] | None:
    """Return the business parks of sites, in German order; ``None`` for more than a selection can hold."""
    keys = select(literal("").label("key")).cte("park", recursive=True)
    following = (
        select(func.min(Site.business_park)).where(Site.business_park > keys.c.key).correlate(keys).scalar_subquery()
    )
    keys = keys.union_all(select(following).where(keys.c.key.is_not(None)))
    in_reach: Any = true()
    if u.actor.units is not None:
        firms = select(Site.id).join(Firm, Firm.id == Site.firm_id).where(Site.business_park == keys.c.key, readable(u))
        in_reach = firms.correlate(keys).exists()
    rows: Select[Any] = select(keys.c.key, keys.c.key).where(keys.c.key > "", in_reach)
    return _few(u, rows.limit(MOST_OFFERED + 1))


def _few(u: UnitOfWork, rows: Select[Any]) -> list[str] | None:
    found: dict[str, str] = {}
    for key, name in u.session.execute(rows):
        found.setdefault(key, name)
    if len(found) > MOST_OFFERED:
        return None
    return sorted(found.values(), key=loose)
