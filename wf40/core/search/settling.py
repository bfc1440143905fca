"""Brings words and blocks in step with what was logged: some thousand records at a time, in one short transaction.

Whoever asks meanwhile reads the log as well. One at a time does this, so nobody else changes words and blocks.
"""

import logging
import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import DBAPIError

from wf40.base.access import Actor
from wf40.base.id_lists import parameter, source
from wf40.base.portions import portions
from wf40.base.uow import Database, UnitOfWork
from wf40.core.search import blocks
from wf40.core.search.models import LoggedChange
from wf40.core.search.rows import Posting, delete_words, insert_words, on_postgresql
from wf40.core.search.words import COMMON, found_inside

log = logging.getLogger(__name__)
LARGEST = 300_000
"""Characters of the log that are dealt with at once: about three thousand firms, a tenth of a second."""
MOST_ENTRIES = 2_000
PAUSE = 0.03
"""Seconds between two portions: longer than somebody who waits for SQLite sleeps between two looks."""
_LOCK = 4_015_001
"""Nobody else takes this number as a lock on PostgreSQL."""


def settle(database: Database, actor: Actor, portions_at_most: int = 1_000) -> None:
    """Deal with what is logged until nothing is left, or somebody else is at it."""
    for turn in range(portions_at_most):
        if turn:
            time.sleep(PAUSE)
        with database.read(actor) as u:
            if waiting(u) == 0:
                return
        with database.write(actor) as u:
            if not settle_some(u):
                return


def settle_while_writing(database: Database) -> None:
    """Deal with some of what is logged between two transactions of somebody who writes much."""
    try:
        settle(database, Actor.system("search"), 2)
    except DBAPIError:
        # What was written is stored and can be found; the worker settles it later.
        log.exception("the search's log could not be settled")


def waiting(u: UnitOfWork) -> int:
    """Return how many entries of the log are still to be dealt with."""
    return u.session.scalar(select(func.count()).select_from(LoggedChange)) or 0


def alone(u: UnitOfWork) -> None:
    """Wait until nobody else changes words; nobody does until this transaction ends. On SQLite one writes anyway."""
    if on_postgresql(u.session):
        u.session.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _LOCK})


def settle_some(u: UnitOfWork) -> bool:
    """Deal with the oldest entries; tells whether there were any, and nobody else was at it."""
    if on_postgresql(u.session) and not u.session.scalar(text("SELECT pg_try_advisory_xact_lock(:n)"), {"n": _LOCK}):
        return False
    ids = _oldest(u)
    entries: dict[tuple[int, str], list[tuple[str, str]]] = defaultdict(list)
    for part in portions(ids):
        for row in u.session.execute(_entries(part)):
            entries[row.unit_id, row.kind].append((row.removed, row.added))
    for (unit_id, kind), changes in sorted(entries.items()):
        _apply(u, unit_id, kind, changes)
    for part in portions(ids):
        u.session.execute(delete(LoggedChange).where(LoggedChange.id.in_(part)))
    return bool(ids)


def _entries(ids: Sequence[int]) -> Any:
    entry = LoggedChange
    columns = (entry.unit_id, entry.kind, entry.removed, entry.added)
    return select(*columns).where(entry.id.in_(ids)).order_by(entry.id)


def _oldest(u: UnitOfWork) -> list[int]:
    size = func.length(LoggedChange.added) + func.length(LoggedChange.removed)
    found: list[int] = []
    total = 0
    for entry, length in u.session.execute(
        select(LoggedChange.id, size).order_by(LoggedChange.id).limit(MOST_ENTRIES)
    ).all():
        total += length
        if found and total > LARGEST:
            break
        found.append(entry)
    return found


def _apply(u: UnitOfWork, unit_id: int, kind: str, changes: Sequence[tuple[str, str]]) -> None:
    """Write what the entries come to."""
    here, gone = _outcome(changes)
    insert_words(u.session, unit_id, kind, here)
    delete_words(u.session, unit_id, kind, gone)
    blocks.learn(u, unit_id, kind, set(filter(found_inside, {word for word, _i in here})))
    unsure = sorted(filter(found_inside, {word for word, _i in gone}))
    blocks.forget(u, unit_id, kind, set(unsure) - used(u, unit_id, kind, unsure))


def _outcome(changes: Sequence[tuple[str, str]]) -> tuple[list[Posting], list[Posting]]:
    """Return what is to be written and removed, in order: of several entries about the same record the last counts."""
    if not any(removed for removed, _added in changes):
        found = [(word, i) for _none, added in changes for i, words in lines(added) for word in words]
        return sorted([posting for posting in found if posting[0] not in COMMON]), []
    last: dict[int, dict[str, bool]] = {}
    for removed, added in changes:
        for record_id, words in lines(removed):
            last.setdefault(record_id, {}).update(dict.fromkeys(words, False))
        for record_id, words in lines(added):
            last.setdefault(record_id, {}).update(dict.fromkeys(words, True))
    here = [(word, i) for i, words in last.items() for word, stays in words.items() if stays and word not in COMMON]
    gone = [(word, i) for i, words in last.items() for word, stays in words.items() if not stays]
    return sorted(here), sorted(gone)


def lines(logged: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the records of an entry with their words."""
    for line in logged.split("\n")[1:]:
        number, *words = line.split(" ")
        yield int(number), words


def used(u: UnitOfWork, unit_id: int, kind: str, words: Collection[str]) -> set[str]:
    """Return those of the words that some record of the unit has."""
    if not words:
        return set()
    postgresql = on_postgresql(u.session)
    each = "SELECT 1 AS one FROM search_word WHERE unit_id = :unit AND kind = :kind AND word = g.value LIMIT 1"
    has = f"CROSS JOIN LATERAL ({each}) AS s" if postgresql else f"WHERE EXISTS ({each})"
    sql = f"SELECT g.value FROM {source(':words', 'text', postgresql=postgresql)} {has}"  # noqa: S608 - as above
    values = {"unit": unit_id, "kind": kind, "words": parameter(words, postgresql=postgresql)}
    return set(u.session.scalars(text(sql), values))
