"""Moves imports on, batch by batch: the check, the import itself, or its undoing. Any number of workers, each row once.

A batch is one short transaction that holds the firms, what became of the rows, and how far the import has come; a
worker that is killed leaves whole batches only, and another goes on where it stopped once its lease has ended. Between
two batches it pauses, so that people who save something meanwhile come first. Rows are read, completed and compared
beforehand, in other processes where there are many (:mod:`.pool`).
"""

import os
import time
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any

from sqlalchemy import delete, event, insert, select
from sqlalchemy.exc import DBAPIError, OperationalError

from wf40.base.access import Actor
from wf40.base.bulk import update_rows
from wf40.base.uow import Database, UnitOfWork
from wf40.core.firms import late_keys
from wf40.core.imports import pool, service, undo_running
from wf40.core.imports.connections import give_way, writing_much
from wf40.core.imports.garbage import few_collections
from wf40.core.imports.leases import AHEAD, Claim, Lost, claim, failed, hold, release
from wf40.core.imports.models import ImportMarks, ImportRow, ImportRun
from wf40.core.imports.preparing import Ready
from wf40.core.imports.processing import RowResult, process, unstorable
from wf40.core.imports.recalling import made_before, recall

LONGEST_BATCH = 0.18
"""Seconds that a batch aims at; on SQLite other writers wait for one of them, seldom for two."""
FIRST, LEAST, MOST = 60, 30, 3000
MOST_MARKS = 200_000
"""In a larger file single rows are not checked anew against the others."""


def work(database: Database) -> None:
    """Move every import that waits for it. The worker's job."""
    waiting = select(ImportRun.id).where(ImportRun.state.in_(AHEAD)).order_by(ImportRun.id)
    with database.read(Actor.system("imports")) as u:
        ids = list(u.session.scalars(waiting))
    for run_id in ids:
        advance(database, run_id)


def advance(database: Database, run_id: int, seconds: float | None = None) -> bool:
    """Move one import until its phase ends, or for some seconds; tells whether the phase has ended.

    Returns ``False`` at once when another worker holds it.
    """
    held = claim(database, run_id)
    if held is None:
        return False
    deadline = None if seconds is None else time.monotonic() + seconds
    # What follows from the firms is left to the worker: thousands of them would hold up the rows behind.
    quiet = replace(database, after_commit=lambda _events: None)
    try:
        with writing_much(quiet) as own, few_collections():
            return undo_running.run(own, held, deadline) if held.state == "undoing" else _import(own, held, deadline)
    except Lost:
        return False
    except Exception as error:
        failed(database, held, error)
        raise


def finish(database: Database, run_id: int) -> None:
    """Move one import until its phase ends, in this process; when somebody else holds it, wait for them."""
    while not advance(database, run_id):
        with database.read(Actor.system("imports")) as u:
            state = u.session.scalar(select(ImportRun.state).where(ImportRun.id == run_id))
        if state not in AHEAD:
            return
        time.sleep(1)


def _import(database: Database, held: Claim, deadline: float | None) -> bool:
    recall(database, held)
    before = held.position
    try:
        with closing(_supply(database, held)) as rows:
            ended = _batches(database, held, rows, deadline)
    finally:
        late_keys.store(database, held.actor)
    if not ended:
        release(database, held)
        return False
    if not held.checking:
        late_keys.give(database, held.actor, made_before(database, held, before))
    _finish(database, held)
    return True


def _supply(database: Database, held: Claim) -> Generator[list[Ready]]:
    """Yield the rows that are still to do, ready."""
    after, cores = held.position, os.cpu_count() or 1
    if held.last - after >= pool.WORTH and cores > 1:
        members = pool.Pool(database, held.actor, held.task, min(cores, 4))
        try:
            for rows in members.ready(after, held.last):
                after = rows[-1].row
                yield rows
        except pool.PoolBroken:
            # They may have been ended for want of memory: the rest is done here.
            pass
        else:
            return
        finally:
            members.close()
    yield from pool.inline(database, held.actor, held.task, after, held.last)


def _batches(database: Database, held: Claim, supply: Iterator[list[Ready]], deadline: float | None) -> bool:
    """Deal with all rows; returns whether that was done before the deadline."""
    size, waiting = FIRST, list[Ready]()
    for rows in supply:
        waiting += rows
        while len(waiting) >= size or (waiting and waiting[-1].row >= held.last):
            batch, waiting = waiting[:size], waiting[size:]
            took = _batch(database, held, batch)
            size = max(LEAST, min(MOST, int(len(batch) * LONGEST_BATCH / max(took, 0.001)), size * 2))
            if deadline is not None and time.monotonic() > deadline and (waiting or batch[-1].row < held.last):
                return False
            give_way(database)
    if waiting:
        _batch(database, held, waiting)
    return True


def _batch(database: Database, held: Claim, rows: Sequence[Ready]) -> float:
    """Deal with some rows and return the longest time that it kept other writers waiting, in seconds."""
    try:
        took = _one_transaction(database, held, rows)
    except OperationalError:
        raise
    except DBAPIError:
        # One row among them cannot be stored: find it by itself, and let the others in.
        took = max(_alone(database, held, row) for row in rows)
    held.position = rows[-1].row
    return took


def _alone(database: Database, held: Claim, row: Ready) -> float:
    try:
        took = _one_transaction(database, held, [row])
    except OperationalError:
        raise
    except DBAPIError:
        held.seen.forget()
        with database.write(held.actor) as u:
            hold(u, held)
            _store(u, held, [unstorable(row)])
        took = 0.0
    held.position = row.row
    return took


def _one_transaction(database: Database, held: Claim, rows: Sequence[Ready]) -> float:
    held.seen.forget()
    late_keys.forget(database)
    if held.checking:
        # A check reads first and holds up nobody meanwhile.
        with database.read(held.actor) as u:
            results = process(u, held.unit_id, rows, held.seen, held.rules)
    with database.write(held.actor) as u:
        # What somebody does right after the commit holds up nobody.
        ended = list[float]()
        event.listen(u.session, "after_commit", lambda _session: ended.append(time.monotonic()))
        started = time.monotonic()
        hold(u, held)
        if not held.checking:
            results = process(u, held.unit_id, rows, held.seen, held.rules)
        _store(u, held, results)
    held.seen.settle()
    late_keys.settle(database, held.actor)
    return ended[0] - started


def _store(u: UnitOfWork, held: Claim, results: Sequence[RowResult]) -> None:
    """Write what became of the rows, and how far the import has come."""
    store_results(u, held.run_id, results, checking=held.checking)
    run = u.session.get_one(ImportRun, held.run_id)
    counts = Counter(run.planned if held.checking else run.counts)
    counts.update(counted(results, checking=held.checking))
    if held.checking:
        run.planned = dict(counts)
    else:
        run.counts = dict(counts)
    run.position = results[-1].row_no
    run.attempts = 0
    if marks := held.seen.added():
        row = {"run_id": run.id, "position": run.position, "content": marks}
        u.session.execute(insert(ImportMarks), [row])


def counted(results: Sequence[RowResult], *, checking: bool) -> Counter[str]:
    """Count outcomes; after an import the undecided rows are skipped, and counted among them once more by themselves."""
    counts = Counter(result.outcome for result in results)
    asked = sum(result.asked for result in results)
    if asked and not checking:
        counts["ask"] = asked
    return counts


def store_results(u: UnitOfWork, run_id: int, results: Sequence[RowResult], *, checking: bool) -> None:
    """Write outcomes beside the rows."""
    u.session.flush()
    rows: list[tuple[Any, ...]] = [
        (run_id, r.row_no, r.outcome, r.firm_id, r.detail(), None if checking else r.before and dict(r.before))
        for r in results
    ]
    columns = ("outcome", "firm_id", "detail", "before")
    table: Any = ImportRow.__table__
    update_rows(u.session, table, ("run_id", "row_no"), columns, rows, sql_null={"before"})


def _finish(database: Database, held: Claim) -> None:
    with database.write(held.actor) as u:
        hold(u, held)
        run = u.session.get_one(ImportRun, held.run_id)
        if not held.checking or run.total > MOST_MARKS:
            u.session.execute(delete(ImportMarks).where(ImportMarks.run_id == run.id))
        if held.checking:
            run.state, run.lease_token, run.lease_until = "checked", "", None
        else:
            service.end(u, run, "done")
