"""Moves the undoing of an import on, some rows at a time, in short transactions.

Of rows that follow each other, those go first that made a firm and stored nothing but its facts: nearly all of them,
and nearly all of the work, done in the way that the database is quickest at. The others follow as in the file.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import event, select

from wf40.base.access import Actor
from wf40.base.uow import Database, UnitOfWork
from wf40.core.firms.releasing import StillReferred
from wf40.core.firms.removing import sweep_keys
from wf40.core.imports import undoing
from wf40.core.imports.connections import give_way, trusting
from wf40.core.imports.leases import Claim, hold, release
from wf40.core.imports.models import ImportRun
from wf40.core.search.sweeping import sweep

LONGEST = 0.18
"""Seconds that a transaction aims at: on SQLite others wait for it who save something."""
FIRST, LEAST, MOST = 60, 30, 10_000
BESIDE = 2
"""So many connections of PostgreSQL remove firms at once: it looks after references in one process each."""
WORTH = 500
"""Fewer rows are dealt with by one."""


def run(database: Database, held: Claim, deadline: float | None) -> bool:
    """Take an import back until all of it is, or for some time; tells whether it ended."""
    size, after = FIRST, 0
    with database.read(held.actor) as u:
        swept = undoing.sweeps(u.session.get_one(ImportRun, held.run_id))
    while True:
        with database.read(held.actor) as u:
            ahead = undoing.ahead(u, held.run_id, after, size)
        if ahead is None:
            break
        count, after = len(ahead.plain) + len(ahead.careful), max(*ahead.plain[-1:], *ahead.careful[-1:], after)
        took = max(_plain(database, held, ahead.plain), _write(database, held, ahead.careful))
        size = max(LEAST, min(MOST, int(count * LONGEST / max(took, 0.001)), size * 2))
        if deadline is not None and time.monotonic() > deadline:
            release(database, held)
            return False
    if swept:
        _sweep(database, held.actor, held.unit_id, lambda u: hold(u, held))
    with database.write(held.actor) as u:
        hold(u, held)
        undoing.end(u, held.run_id)
    return True


def _sweep(database: Database, actor: Actor, unit_id: int, hold: Callable[[UnitOfWork], object]) -> None:
    if trusting(database) is not database:
        sweep_keys(database, actor, unit_id, hold)
    sweep(database, actor, unit_id, "firm", hold)


def sweep_given_up(database: Database) -> None:
    """Sweep behind undoings that came to no end: until somebody goes on with them, nothing of their firms stays."""
    actor = Actor.system("imports")
    with database.read(actor) as u:
        stopped = select(ImportRun.unit_id).where(ImportRun.state == "failed", ImportRun.undo_position > 0).distinct()
        units = list(u.session.scalars(stopped))
    for unit_id in units:
        _sweep(database, actor, unit_id, lambda _u: None)


def _plain(database: Database, held: Claim, numbers: Sequence[int]) -> float:
    """Remove new firms; returns the longest time that anybody who saves waited for it, in seconds."""
    trusted = trusting(database)
    if trusted is not database:
        try:
            return _write(trusted, held, numbers)
        except StillReferred:
            return _write(database, held, numbers)
    if len(numbers) < WORTH:
        return _write(database, held, numbers)
    each = -(-len(numbers) // BESIDE)
    portions = [numbers[start : start + each] for start in range(0, len(numbers), each)]
    with ThreadPoolExecutor(len(portions)) as pool:
        return max(pool.map(lambda portion: _write(database, held, portion), portions))


def _write(database: Database, held: Claim, numbers: Sequence[int]) -> float:
    if not numbers:
        return 0.0
    with database.write(held.actor) as u:
        u.session.connection()  # On SQLite it waits here for others.
        started, ended = time.monotonic(), list[float]()
        # Nobody waits for what is done after the commit.
        event.listen(u.session, "after_commit", lambda _session: ended.append(time.monotonic()))
        undoing.undo_numbered(u, held.run_id, numbers, lambda: hold(u, held))
    give_way(database)
    return ended[0] - started
