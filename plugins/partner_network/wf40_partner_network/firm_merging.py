"""When two firms are merged, partners and relations of the one come along.

A relation between both would lead from a firm to itself, and one that the kept firm has already would stand there
twice: such a relation is taken out, and returns when the firms are separated again.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import or_, select

from wf40.sdk import merging
from wf40.sdk.uow import UnitOfWork
from wf40.sdk.work import Moved, PutBack
from wf40_partner_network.models import Partner, Relation
from wf40_partner_network.relations import open_key
from wf40_partner_network.texts import _l

PARTNERS, RELATIONS = "partners", "relations"
_PARTNERS, _RELATIONS = _l("Einträge als Partner"), _l("Beziehungen")
_SIDES = ("from_firm_id", "to_firm_id")


def move(u: UnitOfWork, keep: int, gone: int) -> Iterable[Moved]:
    """Move them to the kept firm."""
    taken: list[dict[str, Any]] = []
    sides: dict[str, list[str]] = {}
    for row in _relations(u, gone):
        changed = [side for side in _SIDES if getattr(row, side) == gone]
        _set(row, changed, keep)
        if row.from_key == row.to_key or _stands_already(u, row):
            _set(row, changed, gone)
            taken.append(merging.take_out(u, row))
        else:
            sides[str(row.id)] = changed
            u.session.flush()
    note = _l("%(n)s doppelte Beziehungen entfallen, solange beide zusammengeführt sind.", n=len(taken))
    data = {"sides": sides, "taken": taken}
    return [
        merging.move(u, Partner.firm_id, PARTNERS, _PARTNERS, keep, gone),
        Moved(RELATIONS, _RELATIONS, len(sides), data, note if taken else ""),
    ]


def put_back(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[PutBack]:
    """Put back those that were moved, and those that were taken out."""
    data = moved.get(RELATIONS, {})
    back, stays = 0, 0
    for key, changed in data.get("sides", {}).items():
        row = u.session.get(Relation, int(key))
        sides = [side for side in changed if row is not None and getattr(row, side) == keep]
        if row is None or not sides:
            stays += 1
            continue
        _set(row, sides, gone)
        u.session.flush()
        back += 1
    for values in data.get("taken", []):
        again = merging.restore(u, Relation, values)
        back, stays = back + again, stays + (not again)
    partners = merging.put_back(u, Partner.firm_id, PARTNERS, _PARTNERS, keep, gone, moved)
    return [partners, PutBack(RELATIONS, _RELATIONS, back, stays)]


def _relations(u: UnitOfWork, firm_id: int) -> list[Relation]:
    touching = or_(Relation.from_firm_id == firm_id, Relation.to_firm_id == firm_id)
    return list(u.session.scalars(select(Relation).where(touching).order_by(Relation.id).with_for_update()))


def _set(row: Relation, sides: Iterable[str], firm_id: int) -> None:
    for side in sides:
        setattr(row, side, firm_id)
    row.open_key = open_key(row)


def _stands_already(u: UnitOfWork, row: Relation) -> bool:
    """Whether the same relation is open already; asked before the change is written, which the database would refuse."""
    if row.open_key is None:
        return False
    same = select(Relation.id).where(
        Relation.unit_id == row.unit_id, Relation.open_key == row.open_key, Relation.id != row.id
    )
    with u.session.no_autoflush:
        return u.session.scalar(same) is not None
