"""Moves imports on, batch by batch: the check, then the import itself. Any number of workers, each row once.

A batch is one short transaction that holds the firms, what became of the rows, and how far the import has come; a
worker that is killed leaves whole batches only, and another goes on where it stopped once its lease has ended. Between
two batches it pauses, so that people who save something meanwhile come first.
"""

import secrets
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import DBAPIError, OperationalError

from wf40.base.access import Actor
from wf40.base.uow import Database, UnitOfWork
from wf40.core.imports import service
from wf40.core.imports.matching import Seen
from wf40.core.imports.models import ImportRow, ImportRun
from wf40.core.imports.parsing import ColumnMapping, ParsedFirm, parse_row
from wf40.core.imports.problems import FieldProblem
from wf40.core.imports.processing import RowResult, process, remember, unstorable
from wf40.core.imports.reading import SourceRow, fitted

LEASE = timedelta(seconds=30)
LONGEST_BATCH = 0.16
"""Seconds that a batch aims at; other writers wait for one or two of them."""
PAUSE = 0.02
FIRST, MOST = 60, 400
ATTEMPTS = 3
_REBUILD = 5000
_AHEAD = {"mapped": "mapped", "queued": "running", "running": "running"}


class _Undone(Exception):
    """Lets a transaction go whose results are known."""


class _Lost(Exception):
    """Somebody else moves this import now, or it was stopped."""


@dataclass(slots=True)
class _Claim:
    """An import that this worker may move, as it stood when it was claimed."""

    run_id: int
    token: str
    state: str
    unit_id: int
    actor: Actor
    mapping: ColumnMapping
    is_text: bool
    header_row: int
    source: str
    source_date: date | None
    position: int
    seen: Seen = field(default_factory=Seen)

    @property
    def checking(self) -> bool:
        return self.state == "mapped"


def work(database: Database) -> None:
    """Move every import that waits for it. The worker's job."""
    waiting = select(ImportRun.id).where(ImportRun.state.in_(_AHEAD)).order_by(ImportRun.id)
    with database.read(Actor.system("imports")) as u:
        ids = list(u.session.scalars(waiting))
    for run_id in ids:
        advance(database, run_id)


def advance(database: Database, run_id: int, seconds: float | None = None) -> bool:
    """Move one import until its phase ends, or for some seconds; tells whether the phase has ended.

    Returns ``False`` at once when another worker holds it.
    """
    claim = _claim(database, run_id)
    if claim is None:
        return False
    deadline = None if seconds is None else time.monotonic() + seconds
    try:
        _recall(database, claim)
        return _batches(database, claim, deadline)
    except _Lost:
        return False
    except Exception as error:
        _failed(database, claim, error)
        raise


def finish(database: Database, run_id: int) -> None:
    """Move one import until its phase ends, in this process; when somebody else holds it, wait for them."""
    while not advance(database, run_id):
        with database.read(Actor.system("imports")) as u:
            state = u.session.scalar(select(ImportRun.state).where(ImportRun.id == run_id))
        if state not in _AHEAD:
            return
        time.sleep(1)


def _batches(database: Database, claim: _Claim, deadline: float | None) -> bool:
    size = FIRST
    while rows := _next_rows(database, claim, claim.position, size):
        parsed = [parse_row(claim.mapping, row) for row in rows]
        took = _batch(database, claim, parsed)
        size = max(10, min(MOST, int(len(rows) * LONGEST_BATCH / max(took, 0.001)), size * 2))
        if deadline is not None and time.monotonic() > deadline:
            _release(database, claim)
            return False
        time.sleep(PAUSE)
    _finish(database, claim)
    return True


def _claim(database: Database, run_id: int) -> _Claim | None:
    token = secrets.token_hex(8)
    with database.write(Actor.system("imports")) as u:
        free = or_(ImportRun.lease_until.is_(None), ImportRun.lease_until < u.now)
        mine = update(ImportRun).where(ImportRun.id == run_id, ImportRun.state.in_(_AHEAD), free)
        if not _hit(u, mine.values(lease_token=token, lease_until=u.now + LEASE)):
            return None
        run = u.session.get_one(ImportRun, run_id)
        run.state = _AHEAD[run.state]
        units = frozenset({run.unit_id})
        return _Claim(
            run_id, token, run.state, run.unit_id, Actor("system", run.author_name, run.author_id, run.unit_id, units),
            ColumnMapping(tuple(run.fields), run.edition or None),  # type: ignore[arg-type]  # checked when it was stored
            bool(run.encoding), run.header_row, run.source, run.source_date, max(run.position, run.header_row),
        )  # fmt: skip


def _next_rows(database: Database, claim: _Claim, after: int, limit: int, until: int | None = None) -> list[SourceRow]:
    columns = select(ImportRow.row_no, ImportRow.cells, ImportRow.fault)
    rows = columns.where(ImportRow.run_id == claim.run_id, ImportRow.row_no > after)
    if until is not None:
        rows = rows.where(ImportRow.row_no <= until)
    with database.read(claim.actor) as u:
        found = u.session.execute(rows.order_by(ImportRow.row_no).limit(limit)).all()
    return [_source_row(claim, *row) for row in found]


def _source_row(claim: _Claim, number: int, cells: Sequence[str], fault: dict[str, Any] | None) -> SourceRow:
    row = SourceRow(number, tuple(cells), FieldProblem.from_json(fault) if fault else None)
    return fitted(row, len(claim.mapping.fields), is_text=claim.is_text)


def _recall(database: Database, claim: _Claim) -> None:
    """Learn which rows came before, when this worker goes on for another."""
    after = claim.header_row
    while after < claim.position and (rows := _next_rows(database, claim, after, _REBUILD, claim.position)):
        remember([parse_row(claim.mapping, row) for row in rows], claim.seen)
        after = rows[-1].number
    done = select(ImportRow.firm_id, ImportRow.row_no).where(
        ImportRow.run_id == claim.run_id, ImportRow.row_no <= claim.position, ImportRow.firm_id.is_not(None)
    )
    with database.read(claim.actor) as u:
        for firm_id, row_no in u.session.execute(done.order_by(ImportRow.row_no)):
            if firm_id is not None:
                claim.seen.firms.setdefault(firm_id, row_no)


def _batch(database: Database, claim: _Claim, parsed: Sequence[ParsedFirm]) -> float:
    """Deal with some rows and return the longest time that it kept other writers waiting, in seconds."""
    try:
        took = _one_transaction(database, claim, parsed)
    except OperationalError:
        raise
    except DBAPIError:
        # One row among them cannot be stored: find it by itself, and let the others in.
        took = max(_alone(database, claim, row) for row in parsed)
    claim.position = parsed[-1].row
    return took


def _alone(database: Database, claim: _Claim, row: ParsedFirm) -> float:
    try:
        took = _one_transaction(database, claim, [row])
    except OperationalError:
        raise
    except DBAPIError:
        with database.write(claim.actor) as u:
            _hold(u, claim)
            _store(u, claim, [unstorable(row)])
        took = 0.0
    claim.position = row.row
    return took


def _one_transaction(database: Database, claim: _Claim, parsed: Sequence[ParsedFirm]) -> float:
    results: list[RowResult] = []
    claim.seen.mark()
    try:
        with database.write(claim.actor) as u:
            started = time.monotonic()
            _hold(u, claim)
            results = process(u, claim.unit_id, parsed, claim.seen, claim.source, claim.source_date)
            if claim.checking:
                raise _Undone  # noqa: TRY301 - the one way to let a transaction go
            _store(u, claim, results)
            u.session.flush()
            took = time.monotonic() - started
    except _Undone:
        took = time.monotonic() - started
        with database.write(claim.actor) as u:
            _hold(u, claim)
            _store(u, claim, results)
    except DBAPIError:
        claim.seen.forget()
        raise
    return took


def _hold(u: UnitOfWork, claim: _Claim) -> None:
    """Make sure that this worker still moves the import, and that nobody else does until the transaction ends."""
    mine = update(ImportRun).where(
        ImportRun.id == claim.run_id, ImportRun.lease_token == claim.token, ImportRun.state == claim.state
    )
    if not _hit(u, mine.values(lease_until=u.now + LEASE)):
        raise _Lost


def _store(u: UnitOfWork, claim: _Claim, results: Sequence[RowResult]) -> None:
    """Write what became of the rows, and how far the import has come."""
    rows = [
        {
            "run_id": claim.run_id, "row_no": result.row_no, "outcome": result.outcome, "detail": result.detail(),
            # What a check creates is gone again: only firms that stay can be referred to.
            "firm_id": None if claim.checking and result.outcome == "created" else result.firm_id,
        }
        for result in results
    ]  # fmt: skip
    u.session.flush()
    u.session.execute(update(ImportRow), rows)
    run = u.session.get_one(ImportRun, claim.run_id)
    counts = Counter(run.planned if claim.checking else run.counts)
    counts.update(result.outcome for result in results)
    if claim.checking:
        run.planned = dict(counts)
    else:
        run.counts = dict(counts)
    run.position = results[-1].row_no
    run.attempts = 0


def _finish(database: Database, claim: _Claim) -> None:
    with database.write(claim.actor) as u:
        _hold(u, claim)
        run = u.session.get_one(ImportRun, claim.run_id)
        if claim.checking:
            run.state, run.lease_token, run.lease_until = "checked", "", None
        else:
            service.end(u, run, "done")


def _release(database: Database, claim: _Claim) -> None:
    with database.write(claim.actor) as u:
        _hold(u, claim)
        u.session.execute(
            update(ImportRun).where(ImportRun.id == claim.run_id).values(lease_token="", lease_until=None)
        )


def _failed(database: Database, claim: _Claim, error: Exception) -> None:
    """Leave the import for another attempt, or close it after several; what has gone in stays."""
    with database.write(claim.actor) as u:
        run = u.session.get(ImportRun, claim.run_id)
        if run is None or run.lease_token != claim.token:
            return
        run.attempts += 1
        run.lease_token, run.lease_until = "", None
        if run.attempts >= ATTEMPTS:
            service.end(u, run, "failed", f"{type(error).__name__}: {error}"[:2000])


def _hit(u: UnitOfWork, statement: Any) -> bool:
    result = u.session.execute(statement.execution_options(synchronize_session=False))
    assert isinstance(result, CursorResult)  # noqa: S101 - for the type checker
    return result.rowcount == 1
