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
from wf40.core.merges.kinds import KINDS, Kind

SETTLES_AFTER = timedelta(minutes=1)
_SYSTEM = Actor.system("merges")
log = logging.getLogger(__name__)


def catch_up(database: Database) -> None:
    """Do for every merge what could not be done then. The worker's job; repeating it changes nothing."""
    for kind in KINDS:
        _catch_up(database, kind)


def _catch_up(database: Database, kind: Kind) -> None:
    with database.read(_SYSTEM) as u:
        waiting = _waiting(u, kind)
    for merge_id in waiting:
        try:
            with database.write(_SYSTEM) as u:
                _settle(u, kind, merge_id)
        except DomainError as error:  # the plugin's fault is noted; it is asked again at the next turn
            log.warning("%s %s waits: %s", kind.merged, merge_id, error)
            return


def _waiting(u: UnitOfWork, kind: Kind) -> list[int]:
    """Return first what was separated, the latest merge first, then what is merged, in the order of its making."""
    model = kind.model
    unsettled = (model.gone_id.is_not(None), model.asked != _present(u, kind), model.at <= u.now - SETTLES_AFTER)
    found = u.session.execute(select(model.id, model.undone_at).where(*unsettled).order_by(model.id)).all()
    return [row.id for row in reversed(found) if row.undone_at] + [row.id for row in found if not row.undone_at]


def _present(u: UnitOfWork, kind: Kind) -> str:
    return " ".join(asking.movers(u, kind))


def _settle(u: UnitOfWork, kind: Kind, merge_id: int) -> None:
    row = kind.row(u, merge_id, locked=True)
    if row is None or row.gone_id is None:
        return
    for name in asking.movers(u, kind):
        told = row.moved.get(name)
        if row.undone_at is None:
            if told is None or not row.asked:
                more = asking.move(u, kind, name, row.keep_id, row.gone_id)
                row.moved = {**row.moved, name: _more(told, more)}
        elif told is not None and not told.get("returned"):
            asking.put_back(u, kind, name, row.keep_id, row.gone_id, told)
            row.moved = {**row.moved, name: {**told, "returned": True}}
    row.asked = _present(u, kind)


def _more(told: asking.Told | None, new: asking.Told) -> asking.Told:
    """Return what was done both times; the second time mostly nothing."""
    if told is None:
        return new
    done = [part for part in new["parts"] if part["count"] or any(part["data"].values())]
    return {"parts": [*told["parts"], *done]}
