"""What rules made for a firm that is merged comes along. Of two open tasks of one rule both stay: people close one."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from wf40.sdk import merging
from wf40.sdk.uow import UnitOfWork
from wf40.sdk.work import Moved, PutBack
from wf40_follow_up.models import Due, Firing
from wf40_follow_up.texts import _l

FIRINGS, DUES = "firings", "dues"
_FIRED, _PLANNED = _l("Von Regeln angelegte Wiedervorlagen"), _l("Vorgemerkte Kontaktlücken")


def move(u: UnitOfWork, keep: int, gone: int) -> Iterable[Moved]:
    """Move them to the kept firm; the slot of a rule goes along where the kept firm's is free."""
    keys = merging.move_rows(u, Firing.firm_id, keep, gone)
    slots = _change_slots(u, keys, _slot(gone), _slot(keep))
    dues = merging.move(u, Due.firm_id, DUES, _PLANNED, keep, gone)
    return [Moved(FIRINGS, _FIRED, len(keys), {"ids": keys, "slots": slots}), dues]


def put_back(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[PutBack]:
    """Put back those that were moved."""
    fired = merging.put_back(u, Firing.firm_id, FIRINGS, _FIRED, keep, gone, moved)
    _change_slots(u, moved.get(FIRINGS, {}).get("slots", []), _slot(keep), _slot(gone))
    return [fired, merging.put_back(u, Due.firm_id, DUES, _PLANNED, keep, gone, moved)]


def _slot(firm_id: int) -> str:
    return f"firm:{firm_id}"


def _change_slots(u: UnitOfWork, keys: Iterable[int], before: str, after: str) -> list[int]:
    """Give the firings another slot, except open ones whose rule holds an open one there; returns those that changed."""
    taken = set(u.session.scalars(select(Firing.rule_id).where(Firing.slot == after, Firing.closed_at.is_(None))))
    changed = []
    for key in keys:
        row = u.session.get(Firing, key)
        if row is not None and row.slot == before and (row.closed_at is not None or row.rule_id not in taken):
            row.slot = after
            changed.append(row.id)
    u.session.flush()
    return changed
