"""Asks plugins that were switched off or missing during a merge, and everybody once more soon after it.

On PostgreSQL somebody may store a conversation with a firm at the very moment in which it is merged. Such a row is
stored after the move looked for it, so everybody is asked a second time, when such a moment is over.
"""

import logging
from datetime import timedelta

from sqlalchemy import select

from wf40.base.access import Actor
from wf40.base.errors import DomainError
from wf40.base.uow import Database, UnitOfWork
from wf40.core.merges import asking
from wf40.core.merges.models import FirmMerge

SETTLES_AFTER = timedelta(minutes=1)
_SYSTEM = Actor.system("merges")
log = logging.getLogger(__name__)


def catch_up(database: Database) -> None:
    """Do for every merge what could not be done then. The worker's job; repeating it changes nothing."""
    with database.read(_SYSTEM) as u:
        waiting = _waiting(u)
    for merge_id in waiting:
        try:
            with database.write(_SYSTEM) as u:
                _settle(u, merge_id)
        except DomainError as error:  # the plugin's fault is noted; it is asked again at the next turn
            log.warning("merge %s waits: %s", merge_id, error)
            return


def _waiting(u: UnitOfWork) -> list[int]:
    """Return first what was separated, the latest merge first, then what is merged, in the order of its making."""
    old_enough = FirmMerge.at <= u.now - SETTLES_AFTER
    rows = select(FirmMerge.id, FirmMerge.undone_at).where(
        FirmMerge.gone_id.is_not(None), FirmMerge.asked != _present(u), old_enough
    )
    found = u.session.execute(rows.order_by(FirmMerge.id)).all()
    return [row.id for row in reversed(found) if row.undone_at] + [row.id for row in found if not row.undone_at]


def _present(u: UnitOfWork) -> str:
    return " ".join(asking.movers(u))


def _settle(u: UnitOfWork, merge_id: int) -> None:
    row = u.session.get(FirmMerge, merge_id, with_for_update=True, populate_existing=True)
    if row is None or row.gone_id is None:
        return
    for name in asking.movers(u):
        told = row.moved.get(name)
        if row.undone_at is None:
            if told is None or not row.asked:
                row.moved = {**row.moved, name: _more(told, asking.move(u, name, row.keep_id, row.gone_id))}
        elif told is not None and not told.get("returned"):
            asking.put_back(u, name, row.keep_id, row.gone_id, told)
            row.moved = {**row.moved, name: {**told, "returned": True}}
    row.asked = _present(u)


def _more(told: asking.Told | None, new: asking.Told) -> asking.Told:
    """Return what was moved both times; the second time mostly nothing."""
    return new if told is None else {"parts": [*told["parts"], *(part for part in new["parts"] if part["count"])]}
