"""Searches a whole unit for records that stand twice, slice by slice, and looks at changed ones as they change.

A slice reads and compares without holding anybody up; what it found, and how far it has come, is one short transaction.
A worker that is killed loses one slice, and another goes on there once the lease has ended.
"""

import secrets
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, or_, select, update
from sqlalchemy.engine import CursorResult

from wf40.base.access import Actor
from wf40.base.uow import Database, UnitOfWork
from wf40.core.duplicates.codes import FIRMS
from wf40.core.duplicates.models import DuplicateScan
from wf40.core.duplicates.pairing import Comparer, drop_others, keep, with_any
from wf40.core.duplicates.records import RECORDS, Change, Pair, Records
from wf40.matching.verdicts import Verdict

LEASE = timedelta(seconds=30)
LONGEST_SLICE = 0.5
"""Seconds that a slice aims at. Nearly all of it is reading and comparing, which keeps nobody from saving."""
PAUSE = 0.005
LEAST, FIRST, MOST = 100, 200, 2000
AT_A_TIME = 15.0
"""Seconds after which other jobs of the worker get their turn."""
ATTEMPTS = 3
CHANGED_AT_ONCE = 400
_SCANNING = ("queued", "running")
_SYSTEM = Actor.system("duplicates")


class _Lost(Exception):
    """Another worker moves this search now, or somebody stopped it."""


@dataclass(slots=True)
class _Claim:
    """A search that this worker may move."""

    scan_id: int
    token: str
    unit_id: int
    position: int
    compare: Comparer
    size: int
    deadline: float | None = None


def work(database: Database) -> None:
    """Look at changed records, then move the searches that wait; keys are made anew before. The worker's job."""
    current = [kind for kind, records in RECORDS.items() if records.renew(database, _SYSTEM, AT_A_TIME)]
    for kind in current:
        check_changed(database, AT_A_TIME, RECORDS[kind])
    waiting = select(DuplicateScan.id).where(DuplicateScan.state.in_(_SCANNING), DuplicateScan.kind.in_(current))
    with database.read(_SYSTEM) as u:
        ids = list(u.session.scalars(waiting.order_by(DuplicateScan.id)))
    for scan_id in ids:
        advance(database, scan_id, AT_A_TIME)


def check_changed(database: Database, seconds: float | None = None, records: Records = RECORDS[FIRMS]) -> int:
    """Compare the records whose data changed with all others, and return how many these were."""
    deadline, count = None if seconds is None else time.monotonic() + seconds, 0
    while True:
        with database.read(_SYSTEM) as u:
            changed = records.changed(u, CHANGED_AT_ONCE)
        if not changed:
            return count
        _look_at(database, records, changed)
        count += len(changed)
        if deadline is not None and time.monotonic() > deadline:
            return count
        time.sleep(PAUSE)


def _look_at(database: Database, records: Records, changed: Sequence[Change]) -> None:
    by_unit: dict[int, list[int]] = defaultdict(list)
    for record_id, unit_id, _at in changed:
        by_unit[unit_id].append(record_id)
    found: dict[int, dict[Pair, Verdict]] = {}
    records.settle_keys(database, _SYSTEM, [record_id for record_id, _unit, _at in changed])
    with database.read(_SYSTEM) as u:
        since = u.now
        for unit_id, ids in by_unit.items():
            comparer = Comparer(records, unit_id)
            pairs = comparer.candidates(u, ids)
            comparer.load(u, {record_id for pair in pairs for record_id in pair})
            found[unit_id] = comparer.similar(pairs)
    with database.write(_SYSTEM) as u:
        for unit_id, ids in by_unit.items():
            keep(u, records, unit_id, found[unit_id])
            drop_others(u, records.model, with_any(records.model, ids), found[unit_id], since)
        records.forget_changed(u, [(record_id, at) for record_id, _unit, at in changed])


def advance(database: Database, scan_id: int, seconds: float | None = None) -> bool:
    """Move one search until it ends, or for some seconds; tells whether it has ended.

    Returns ``False`` at once when another worker holds it.
    """
    claim = _claim(database, scan_id)
    if claim is None:
        return False
    claim.deadline = None if seconds is None else time.monotonic() + seconds
    try:
        return _slices(database, claim)
    except _Lost:
        return False
    except Exception as error:
        _failed(database, claim, error)
        raise


def finish(database: Database, scan_id: int) -> None:
    """Move one search until it ends, in this process; when somebody else holds it, wait for them."""
    with database.read(_SYSTEM) as u:
        kind = u.session.get_one(DuplicateScan, scan_id).kind
    RECORDS[kind].renew(database, _SYSTEM)
    while not advance(database, scan_id):
        with database.read(_SYSTEM) as u:
            state = u.session.scalar(select(DuplicateScan.state).where(DuplicateScan.id == scan_id))
        if state not in _SCANNING:
            return
        time.sleep(1)


def _slices(database: Database, claim: _Claim) -> bool:
    _give_keys(database, claim)
    while True:
        started = time.monotonic()
        if not _slice(database, claim):
            _end(database, claim)
            return True
        took = max(time.monotonic() - started, 0.001)
        claim.size = min(MOST, max(LEAST, int(claim.size * LONGEST_SLICE / took)), claim.size * 2)
        if claim.deadline is not None and time.monotonic() > claim.deadline:
            with database.write(_SYSTEM) as u:
                _hold(u, claim, lease_token="", lease_until=None)
            return False
        time.sleep(PAUSE)


def _give_keys(database: Database, claim: _Claim) -> None:
    """Compute the keys of records that have none, such as those that were stored past the product."""
    after = 0
    while True:
        with database.write(_SYSTEM) as u:
            ids = claim.compare.records.give_keys(u, claim.unit_id, after, FIRST)
            if not ids:
                return
            _hold(u, claim, lease_until=u.now + LEASE)
        after = ids[-1]


def _slice(database: Database, claim: _Claim) -> bool:
    """Look at some records; tells whether there were any."""
    records = claim.compare.records
    with database.read(_SYSTEM) as u:
        since = u.now
        ids = records.current(u, claim.unit_id, claim.position, claim.size)
        pairs = claim.compare.candidates(u, ids, later=True)
        claim.compare.load(u, {record_id for pair in pairs for record_id in pair})
    before = claim.compare.compared
    found = claim.compare.similar(pairs)
    model = records.model
    covered = and_(model.unit_id == claim.unit_id, model.a > claim.position, *([model.a <= ids[-1]] if ids else []))
    with database.write(_SYSTEM) as u:
        _hold(
            u, claim, lease_until=u.now + LEASE, attempts=0, position=ids[-1] if ids else claim.position,
            done=DuplicateScan.done + len(ids), found=DuplicateScan.found + len(found),
            compared=DuplicateScan.compared + claim.compare.compared - before,
        )  # fmt: skip
        keep(u, records, claim.unit_id, found)
        drop_others(u, model, covered, found, since)
    claim.position = ids[-1] if ids else claim.position
    return bool(ids)


def _claim(database: Database, scan_id: int) -> _Claim | None:
    token = secrets.token_hex(8)
    with database.write(_SYSTEM) as u:
        free = or_(DuplicateScan.lease_until.is_(None), DuplicateScan.lease_until < u.now)
        mine = update(DuplicateScan).where(DuplicateScan.id == scan_id, DuplicateScan.state.in_(_SCANNING), free)
        if not _hit(u, mine.values(lease_token=token, lease_until=u.now + LEASE, state="running")):
            return None
        row = u.session.get_one(DuplicateScan, scan_id)
        row.started_at = row.started_at or u.now
        return _Claim(scan_id, token, row.unit_id, row.position, Comparer(RECORDS[row.kind], row.unit_id), FIRST)


def _hold(u: UnitOfWork, claim: _Claim, **values: Any) -> None:
    """Note how far the search is, if this worker still moves it."""
    mine = update(DuplicateScan).where(
        DuplicateScan.id == claim.scan_id, DuplicateScan.lease_token == claim.token, DuplicateScan.state == "running"
    )
    if not _hit(u, mine.values(values)):
        raise _Lost


def _end(database: Database, claim: _Claim) -> None:
    with database.write(_SYSTEM) as u:
        _hold(u, claim, state="done", finished_at=u.now, lease_token="", lease_until=None)


def _failed(database: Database, claim: _Claim, error: Exception) -> None:
    """Leave the search for another attempt, or close it after several."""
    with database.write(_SYSTEM) as u:
        row = u.session.get(DuplicateScan, claim.scan_id)
        if row is None or row.lease_token != claim.token:
            return
        row.attempts += 1
        row.lease_token, row.lease_until = "", None
        if row.attempts >= ATTEMPTS:
            row.state, row.finished_at, row.error = "failed", u.now, f"{type(error).__name__}: {error}"[:2000]


def _hit(u: UnitOfWork, statement: Any) -> bool:
    result = u.session.execute(statement.execution_options(synchronize_session=False))
    assert isinstance(result, CursorResult)  # noqa: S101 - for the type checker
    return result.rowcount == 1
