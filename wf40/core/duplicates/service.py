"""Starts and stops searches, and keeps what somebody decided about a pair."""

from sqlalchemy import func, select

from wf40.base.access import requires
from wf40.base.errors import Forbidden, NotFound
from wf40.base.uow import UnitOfWork
from wf40.core.duplicates import codes
from wf40.core.duplicates.models import DuplicatePair, DuplicateScan
from wf40.core.firms.queries import visible_firms

EDIT = "duplicates.edit"


@requires(EDIT)
def start_scan(u: UnitOfWork) -> int:
    """Let the worker search all firms of the actor's unit; a search that is under way goes on instead."""
    if u.actor.unit_id is None:
        raise Forbidden(EDIT)
    running = select(DuplicateScan.id).where(
        DuplicateScan.unit_id == u.actor.unit_id, DuplicateScan.state.in_(codes.SCANNING)
    )
    if (found := u.session.scalar(running.limit(1))) is not None:
        return found
    firms = visible_firms(u).subquery()
    own = firms.c.unit_id == u.actor.unit_id, firms.c.archived_at.is_(None)
    total = u.session.scalar(select(func.count()).select_from(firms).where(*own)) or 0
    row = DuplicateScan(
        unit_id=u.actor.unit_id, author_name=u.actor.name, state="queued", total=total, created_at=u.now
    )
    u.session.add(row)
    u.session.flush()
    u.audit("duplicate_scan_started", f"duplicate_scan:{row.id}", {"firms": total})
    return row.id


@requires(EDIT)
def stop_scan(u: UnitOfWork, scan_id: int) -> None:
    """Stop a search; pairs that were found stay. Stopping one that has ended changes nothing."""
    row = u.session.get(DuplicateScan, scan_id, with_for_update=True, populate_existing=True)
    if row is None or not u.actor.may_read_unit(row.unit_id):
        raise NotFound
    if not u.actor.may_write_unit(row.unit_id):
        raise Forbidden(EDIT)
    if row.state in codes.SCANNING:
        row.state, row.finished_at, row.lease_token, row.lease_until = "stopped", u.now, "", None
        u.audit("duplicate_scan_stopped", f"duplicate_scan:{scan_id}")


@requires(EDIT)
def keep_apart(u: UnitOfWork, pair_id: int) -> None:
    """Remember that two firms are not the same; no later search offers them again."""
    _decide(u, pair_id, codes.NOT_SAME)


@requires(EDIT)
def take_back(u: UnitOfWork, pair_id: int) -> None:
    """Put a pair back into the queue."""
    _decide(u, pair_id, codes.OPEN)


def _decide(u: UnitOfWork, pair_id: int, state: str) -> None:
    row = u.session.get(DuplicatePair, pair_id, with_for_update=True, populate_existing=True)
    if row is None or not u.actor.may_read_unit(row.unit_id):
        raise NotFound
    if not u.actor.may_write_unit(row.unit_id):
        raise Forbidden(EDIT)
    if row.state == state:
        return
    row.state, row.version = state, row.version + 1
    row.decided_by, row.decided_at = (u.actor.name, u.now) if state == codes.NOT_SAME else ("", None)
    action = "duplicate_kept_apart" if state == codes.NOT_SAME else "duplicate_taken_back"
    u.audit(action, f"duplicate_pair:{pair_id}", {"firms": [row.firm_a, row.firm_b]})
