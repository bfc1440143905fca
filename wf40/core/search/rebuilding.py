"""Builds the index of kinds that have none, in slices, each a transaction of its own: it may be ended at any moment."""

import time
from dataclasses import dataclass

from sqlalchemy import delete, func, select, text

from wf40.base.access import Actor
from wf40.base.portions import portions
from wf40.base.uow import Database, UnitOfWork
from wf40.core.search import index, settling
from wf40.core.search.models import IndexState, SearchedRecord
from wf40.core.search.providing import asked, providers
from wf40.core.search.rows import on_postgresql
from wf40.core.search.words import RULES
from wf40.pluginhost.calls import Failure, Provided
from wf40.sdk.search import SearchDoc, SearchProvider

SLICE = 200
SECONDS = 5.0
"""How long the worker builds before it looks after its other work."""

PORTIONS = 40
"""How much of the log it settles before that."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What one slice did: of which kind, how many records, and whether that kind is complete."""

    kind: str
    records: int
    complete: bool


def build_missing(database: Database) -> None:
    """Settle what was logged, then do a part of what is missing: after an upgrade, after a plugin was switched on."""
    until = time.monotonic() + SECONDS
    settling.settle(database, Actor.system("search"), PORTIONS)
    unable: frozenset[str] = frozenset()
    while time.monotonic() < until:
        with database.read(Actor.system("search")) as u:
            if not (_waiting(u, unable) or _left(u)):
                return
        with database.write(Actor.system("search")) as u:
            done = build_slice(u, unable)
        if done is None:
            return
        if done.records < 0:
            unable |= {done.kind}


def start_anew(u: UnitOfWork, kind: str = "") -> list[str]:
    """Let the index of one kind, or of all, be built anew; returns the kinds. It can be used meanwhile."""
    kinds = [k for k in providers(u) if not kind or k == kind]
    u.session.execute(delete(IndexState).where(IndexState.kind.in_(kinds)))
    return kinds


def build_slice(u: UnitOfWork, unable: frozenset[str] = frozenset()) -> Progress | None:
    """Build the next records of the first kind that is not complete; ``None`` when there is nothing to do.

    ``records`` is -1 where a plugin failed to give its documents.
    """
    known = providers(u)
    u.session.execute(delete(IndexState).where(IndexState.kind.not_in(known)))
    waiting = _waiting(u, unable)
    if not waiting:
        return None
    kind = waiting[0]
    state = u.session.get(IndexState, kind, with_for_update=True)
    if state is None or state.rules != RULES:
        state = u.session.merge(IndexState(kind=kind, rules=RULES, reached=0, complete=False))
    return _build(u, known[kind], state)


def _build(u: UnitOfWork, provider: Provided[SearchProvider], state: IndexState) -> Progress:
    kind, after = state.kind, state.reached
    ids = asked(u, provider, lambda: provider.value.ids(u, after, SLICE))
    if isinstance(ids, Failure):
        return Progress(kind, -1, complete=False)
    complete, reached = len(ids) < SLICE or max(ids) <= after, max(ids, default=after)
    held = _held(u, kind, after, None if complete else reached)
    # Documents come last: they tell what others saved meanwhile, and from now on nobody changes what is held.
    docs: list[SearchDoc] = []
    for part in portions(sorted({*ids, *held})):
        found = asked(u, provider, lambda part=part: provider.value.documents(u, part))  # type: ignore[misc]
        if isinstance(found, Failure):
            return Progress(kind, -1, complete=False)
        docs += found
    state.complete, state.reached = complete, reached
    index.drop(u, kind, held - {doc.record_id for doc in docs})
    index.put(u, kind, docs, anew=True)
    settling.settle_some(u)
    if state.complete and on_postgresql(u.session):
        u.session.execute(text("ANALYZE search_record, search_word, search_block"))
    return Progress(kind, len(docs), state.complete)


def _held(u: UnitOfWork, kind: str, after: int, until: int | None) -> set[int]:
    """Return the records that the index holds behind a number; nobody else changes them until the transaction ends."""
    rows = select(SearchedRecord.record_id).where(SearchedRecord.kind == kind, SearchedRecord.record_id > after)
    if until is not None:
        rows = rows.where(SearchedRecord.record_id <= until)
    return set(u.session.scalars(rows.order_by(SearchedRecord.record_id).with_for_update()))


def _waiting(u: UnitOfWork, unable: frozenset[str]) -> list[str]:
    ready = select(IndexState.kind).where(IndexState.complete, IndexState.rules == RULES)
    complete = set(u.session.scalars(ready))
    return [kind for kind in providers(u) if kind not in complete and kind not in unable]


def _left(u: UnitOfWork) -> bool:
    """Tell whether a kind is gone that has an index: its plugin was switched off, and what happens now is not told."""
    return bool(set(u.session.scalars(select(IndexState.kind))) - set(providers(u)))


def condition(u: UnitOfWork) -> tuple[int, list[str]]:
    """Return how many records can be found, and the kinds whose index is not complete yet."""
    return u.session.scalar(select(func.count()).select_from(SearchedRecord)) or 0, _waiting(u, frozenset())
