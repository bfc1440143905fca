"""Takes very many records out of the index: their words are removed in the order of words, not record by record.

The words of a thousand records lie all over the index, and whoever removes them by the thousand writes nearly all of it
each time. Here one pass finds all that lead to records which are gone, and removes them page after page.
"""

# ruff: noqa: S608 - the statements consist of names of our own tables; every value is bound

import time
from collections.abc import Callable, Collection, Iterator

from sqlalchemy import delete, func, select, text

from wf40.base.access import Actor
from wf40.base.id_lists import among
from wf40.base.uow import Database, UnitOfWork
from wf40.core.search import blocks
from wf40.core.search.models import LoggedChange, SearchedRecord
from wf40.core.search.rows import Posting, delete_words
from wf40.core.search.settling import alone, settle, used
from wf40.core.search.words import found_inside

AT_ONCE = 20_000
"""Words of records that are removed in one transaction: less than two tenths of a second."""
PAUSE = 0.03
_PATIENCE = 0.05
_GONE = {
    "sqlite": "record_id NOT IN (SELECT r.record_id FROM search_record r WHERE r.kind = :kind)",
    "postgresql": "NOT EXISTS (SELECT 1 FROM search_record r WHERE r.kind = :kind AND r.record_id = w.record_id)",
}
_LISTED = {"sqlite": "group_concat(record_id, ' ')", "postgresql": "string_agg(record_id::text, ' ')"}


def take_out(u: UnitOfWork, kind: str, ids: Collection[int]) -> None:
    """Take records out for good: nothing finds them from now on. Their words stay until :func:`sweep`, which must follow."""
    own = (SearchedRecord.kind == kind, among(u.session, SearchedRecord.record_id, ids))
    u.session.execute(delete(SearchedRecord).where(*own), execution_options={"synchronize_session": False})


def sweep(database: Database, actor: Actor, unit_id: int, kind: str, hold: Callable[[UnitOfWork], object]) -> None:
    """Remove all words of a unit that lead to records which are gone, in short transactions. It may be done again.

    ``hold`` is called in each of them: it may refuse to go on.
    """
    _settle(database, actor)
    for postings in _portions(_leading_nowhere(database, actor, unit_id, kind)):
        with database.write(actor) as u:
            hold(u)
            _remove(u, unit_id, kind, postings)
        time.sleep(PAUSE)


def _settle(database: Database, actor: Actor) -> None:
    """Wait until what has been logged so far is dealt with: it may hold words of records that are gone."""
    newest = select(func.max(LoggedChange.id))
    oldest = select(func.min(LoggedChange.id))
    with database.read(actor) as u:
        last = u.session.scalar(newest) or 0
    while True:
        with database.read(actor) as u:
            first = u.session.scalar(oldest)
        if first is None or first > last:
            return
        settle(database, actor, 10)
        time.sleep(_PATIENCE)


def _leading_nowhere(database: Database, actor: Actor, unit_id: int, kind: str) -> list[tuple[str, str]]:
    """Return words in order, each with the numbers of those of its records that are gone."""
    dialect = database.engine.dialect.name
    sql = f"""SELECT word, {_LISTED[dialect]} FROM search_word w
        WHERE unit_id = :unit AND kind = :kind AND {_GONE[dialect]} GROUP BY word ORDER BY word"""
    with database.read(actor) as u:
        return [(word, listed) for word, listed in u.session.execute(text(sql), {"unit": unit_id, "kind": kind})]


def _portions(found: list[tuple[str, str]]) -> Iterator[list[Posting]]:
    portion: list[Posting] = []
    for word, listed in found:
        portion += [(word, i) for i in sorted(map(int, listed.split(" ")))]
        while len(portion) >= AT_ONCE:
            yield portion[:AT_ONCE]
            portion = portion[AT_ONCE:]
    if portion:
        yield portion


def _remove(u: UnitOfWork, unit_id: int, kind: str, postings: list[Posting]) -> None:
    """Remove words of records, but of none that came back meanwhile; nobody else changes words until this ends."""
    alone(u)
    ids = {i for _word, i in postings}
    own = (SearchedRecord.kind == kind, among(u.session, SearchedRecord.record_id, sorted(ids)))
    back = set(u.session.scalars(select(SearchedRecord.record_id).where(*own)))
    gone = [posting for posting in postings if posting[1] not in back] if back else postings
    delete_words(u.session, unit_id, kind, gone)
    unsure = sorted(filter(found_inside, {word for word, _i in gone}))
    blocks.forget(u, unit_id, kind, set(unsure) - used(u, unit_id, kind, unsure))
