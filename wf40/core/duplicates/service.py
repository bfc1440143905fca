"""Starts and stops searches, and keeps what somebody decided about a pair."""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select

from wf40.base.access import requires
from wf40.base.errors import Forbidden, NotFound
from wf40.base.uow import UnitOfWork
from wf40.core.contacts.match_keys import count_current
from wf40.core.duplicates import codes, queries
from wf40.core.duplicates.codes import FIRMS
from wf40.core.duplicates.models import AnyPair, DuplicateScan
from wf40.core.duplicates.records import RECORDS
from wf40.core.firms.queries import visible_firms

EDIT = "duplicates.edit"
KEPT = timedelta(days=1)
"""How long a search that has ended is kept once there is a later one."""


@requires(EDIT)
def start_scan(u: UnitOfWork, kind: str = FIRMS) -> int:
    """Let the worker search all firms or persons of the actor's unit; a search that is under way goes on instead."""
    if u.actor.unit_id is None:
        raise Forbidden(EDIT)
    queries.demand_kind(u, kind)
    running = select(DuplicateScan.id).where(
        DuplicateScan.unit_id == u.actor.unit_id, DuplicateScan.kind == kind, DuplicateScan.state.in_(codes.SCANNING)
    )
    if (found := u.session.scalar(running.limit(1))) is not None:
        return found
    total = _count_firms(u, u.actor.unit_id) if kind == FIRMS else count_current(u, u.actor.unit_id)
    row = DuplicateScan(
        unit_id=u.actor.unit_id, kind=kind, author_name=u.actor.name, state="queued", total=total, created_at=u.now
    )
    u.session.add(row)
    u.session.flush()
    _forget_earlier(u, row)
    u.audit("duplicate_scan_started", f"duplicate_scan:{row.id}", {kind: total})
    return row.id


def _forget_earlier(u: UnitOfWork, scan: DuplicateScan) -> None:
    """Remove searches that ended long ago: nobody is shown them, and they name who started them."""
    ended = DuplicateScan.state.not_in(codes.SCANNING), DuplicateScan.finished_at < u.now - KEPT
    alike = DuplicateScan.unit_id == scan.unit_id, DuplicateScan.kind == scan.kind
    u.session.execute(delete(DuplicateScan).where(*alike, *ended))


def _count_firms(u: UnitOfWork, unit_id: int) -> int:
    firms = visible_firms(u).subquery()
    own = firms.c.unit_id == unit_id, firms.c.archived_at.is_(None)
    return u.session.scalar(select(func.count()).select_from(firms).where(*own)) or 0


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
def keep_apart(u: UnitOfWork, pair_id: int, kind: str = FIRMS) -> None:
    """Remember that two records are not the same; no later search offers them again."""
    _decide(u, kind, pair_id, codes.NOT_SAME)


@requires(EDIT)
def take_back(u: UnitOfWork, pair_id: int, kind: str = FIRMS) -> None:
    """Put a pair back into the queue."""
    _decide(u, kind, pair_id, codes.OPEN)


def _decide(u: UnitOfWork, kind: str, pair_id: int, state: str) -> None:
    queries.demand_kind(u, kind)
    model: Any = RECORDS[kind].model
    row: AnyPair | None = u.session.get(model, pair_id, with_for_update=True, populate_existing=True)
    if row is None or not u.actor.may_read_unit(row.unit_id):
        raise NotFound
    if not u.actor.may_write_unit(row.unit_id):
        raise Forbidden(EDIT)
    if row.state == state:
        return
    row.state, row.version = state, row.version + 1
    row.decided_by, row.decided_at = (u.actor.name, u.now) if state == codes.NOT_SAME else ("", None)
    action = "duplicate_kept_apart" if state == codes.NOT_SAME else "duplicate_taken_back"
    u.audit(action, f"{row.__tablename__}:{pair_id}", {kind: [row.a, row.b]})
