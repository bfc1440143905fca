"""What is due stands in our own table: planned once by its key, claimed with a lease, done once.

What a due does and that it is done commit together. A killed worker's lease runs out and another one claims anew; one
that comes back late finds that the due is no longer its own and changes nothing.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update

from wf40.sdk.uow import Actor, Database, UnitOfWork
from wf40_follow_up.models import Due
from wf40_follow_up.statements import on_postgresql
from wf40_follow_up.texts import KEY

LEASE = timedelta(minutes=5)
BATCH, TURNS = 20, 10
PAUSES_SECONDS = (30, 300, 1800, 3600)
GIVE_UP_AFTER = timedelta(hours=24)
Work = Callable[[UnitOfWork, Due], str]
"""Does what a due is for and returns what came of it, in one word."""
log = logging.getLogger(__name__)


def work_off(database: Database, kinds: Mapping[str, Work], turns: int = TURNS) -> int:
    """Do what is due and free, some batches of it; returns how many. Any number of workers may do so at once."""
    count = 0
    for _turn in range(turns):
        with database.write(Actor.system(KEY)) as u:
            ids, lease = claim(u)
        if not ids:
            break
        with database.write(Actor.system(KEY)) as u:
            count += do(u, kinds, ids, lease)
    return count


def claim(u: UnitOfWork, limit: int = BATCH) -> tuple[list[int], datetime]:
    """Claim what is due and not leased; the caller commits before working on it."""
    free = or_(Due.lease_until.is_(None), Due.lease_until < u.now)
    waiting = Due.done_at.is_(None), Due.failed_at.is_(None), Due.not_before <= u.now, free
    due = select(Due.id).where(*waiting).order_by(Due.id).limit(limit)
    if on_postgresql(u):
        due = due.with_for_update(skip_locked=True)
    ids, lease = list(u.session.scalars(due)), u.now + LEASE
    vanished = update(Due).where(Due.id.in_(ids), Due.lease_until.is_not(None))
    u.session.execute(vanished.values(doubtful=Due.doubtful + 1))
    u.session.execute(update(Due).where(Due.id.in_(ids)).values(lease_until=lease))
    return ids, lease


def do(u: UnitOfWork, kinds: Mapping[str, Work], ids: list[int], lease: datetime) -> int:
    """Do those of the dues that are open and still leased by us; returns how many.

    One transaction for a batch, so that many workers do not queue for the database; what fails is taken back alone.
    """
    mine = select(Due).where(Due.id.in_(ids), Due.done_at.is_(None), Due.lease_until == lease)
    count = 0
    for row in u.session.scalars(mine.order_by(Due.id).with_for_update()).all():
        try:
            with u.session.begin_nested():
                row.outcome = kinds[row.kind](u, row)
                row.done_at, row.lease_until, row.last_error = u.now, None, ""
            count += 1
        except Exception as error:
            log.exception("due %s failed", row.id)
            _note_failure(row, f"{type(error).__name__}: {error}", u.now)
    return count


def _note_failure(row: Due, error: str, now: datetime) -> None:
    wait = PAUSES_SECONDS[min(row.attempts, len(PAUSES_SECONDS) - 1)]
    row.attempts += 1
    row.last_error, row.lease_until = error[:2000], None
    row.not_before = now + timedelta(seconds=wait)
    if now - row.created_at > GIVE_UP_AFTER:
        row.failed_at = now
