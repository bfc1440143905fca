"""Reads tags: those of an office with how often they are used, those of firms, and the firms that carry them."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from wf40.base.access import requires
from wf40.base.errors import NotFound
from wf40.base.portions import portions
from wf40.base.uow import UnitOfWork
from wf40.core.accounts.queries import unit_names
from wf40.core.firms.queries import visible_firms, visible_table
from wf40.core.tags.models import FirmTag, Tag
from wf40.core.tags.rules import CUT, EDIT, MANAGE, READ, tag_key
from wf40.sdk.statements import kept, of_units

_NAMES = select(Tag.name).where(Tag.unit_id == bindparam("unit")).order_by(Tag.name_key)


@dataclass(frozen=True, slots=True)
class TagLine:
    """A tag and how many firms carry it."""

    tag: Tag
    used: int


@requires(READ)
def tags(u: UnitOfWork, q: str = "") -> list[TagLine]:
    """Return the tags of the actor's unit in German order, with the firms that carry them, archived ones too."""
    own = select(Tag).where(Tag.unit_id == u.actor.unit_id)
    for word in tag_key(q).split() if q.strip() else ():
        own = own.where(Tag.name_key.contains(word, autoescape=True))
    rows = list(u.session.scalars(own.order_by(Tag.name_key, Tag.id)))
    used = select(FirmTag.tag_id, func.count()).join(Tag, Tag.id == FirmTag.tag_id)
    used = used.where(Tag.unit_id == u.actor.unit_id).group_by(FirmTag.tag_id)
    counts = {row[0]: row[1] for row in u.session.execute(used)}
    return [TagLine(row, counts.get(row.id, 0)) for row in rows]


@requires(MANAGE)
def tag_to_edit(u: UnitOfWork, tag_id: int) -> TagLine:
    """Return a tag of the actor's unit; raises :class:`NotFound`."""
    row = u.session.get(Tag, tag_id)
    if row is None or row.unit_id != u.actor.unit_id:
        raise NotFound
    return TagLine(row, u.session.scalar(select(func.count()).where(FirmTag.tag_id == tag_id)) or 0)


@requires(READ)
def names(u: UnitOfWork, unit_id: int) -> list[str]:
    """Return the names of a unit's tags, for suggestions."""
    return list(u.session.scalars(_NAMES, {"unit": unit_id}))


@requires(READ)
def of_firm(u: UnitOfWork, firm_id: int) -> list[Tag]:
    """Return the tags of a firm that the actor may read, in German order."""
    return list(u.session.scalars(_of_firm(u), {"firm": firm_id}))


@kept
def _of_firm(u: UnitOfWork) -> Select[Any]:
    firms = visible_table(u)
    rows = select(Tag).join(FirmTag, FirmTag.tag_id == Tag.id).join(firms, firms.c.id == FirmTag.firm_id)
    return rows.where(FirmTag.firm_id == bindparam("firm")).order_by(Tag.name_key, Tag.id)


@requires(READ)
def carried(u: UnitOfWork, firm_ids: Collection[int]) -> dict[int, dict[int, str]]:
    """Return the names of the tags of firms, by firm and tag; the caller has checked the firms."""
    found: dict[int, dict[int, str]] = defaultdict(dict)
    for part in portions(sorted(firm_ids)):
        rows = select(FirmTag.firm_id, Tag.id, Tag.name).join(Tag, Tag.id == FirmTag.tag_id)
        for firm_id, tag_id, name in u.session.execute(rows.where(FirmTag.firm_id.in_(part))):
            found[firm_id][tag_id] = name
    return found


@requires(READ)
def choices(u: UnitOfWork) -> list[tuple[int, str]]:
    """Return the tags that the actor may read, those of other units with the unit's name."""
    found = list(u.session.scalars(_choices(u)))
    units = unit_names(u, {row.unit_id for row in found if row.unit_id != u.actor.unit_id})
    return [(row.id, f"{row.name} ({units[row.unit_id]})" if row.unit_id in units else row.name) for row in found]


@kept
def _choices(u: UnitOfWork) -> Select[Any]:
    return select(Tag).where(of_units(u, Tag.unit_id)).order_by(Tag.name_key, Tag.id)


@requires(EDIT)
def own_choices(u: UnitOfWork) -> list[tuple[int, str]]:
    """Return the tags of the actor's unit."""
    rows = select(Tag.id, Tag.name).where(Tag.unit_id == u.actor.unit_id).order_by(Tag.name_key, Tag.id)
    return [(row[0], row[1]) for row in u.session.execute(rows)]


@requires(READ)
def firms_with(u: UnitOfWork, tag_ids: Sequence[int], *, every: bool) -> Select[Any]:  # noqa: ARG001 - needs the right
    """Return a select of the firms that carry any of the tags, or every one of them."""
    rows = select(FirmTag.firm_id).where(FirmTag.tag_id.in_(tag_ids))
    if not every:
        return rows.distinct()
    return rows.group_by(FirmTag.firm_id).having(func.count() == len(set(tag_ids)))


@requires(READ)
def firms_without(u: UnitOfWork) -> Select[Any]:
    """Return a select of the firms without any tag."""
    firms = visible_firms(u).subquery()
    return select(firms.c.id).where(firms.c.id.not_in(select(FirmTag.firm_id)))


def column(_u: UnitOfWork) -> Select[Any]:
    """Return (firm_id, names of its tags)."""
    joined: Any = func.aggregate_strings(Tag.name, CUT)
    return select(FirmTag.firm_id, joined).join(Tag, Tag.id == FirmTag.tag_id).group_by(FirmTag.firm_id)
