"""Implements the SDK's service ``Search``, and remembers what people of the office looked at."""

from collections.abc import Collection, Sequence
from typing import Any

from flask import has_request_context
from sqlalchemy import Select, delete, select

from wf40.base.access import requires
from wf40.base.db import insert_for
from wf40.base.uow import UnitOfWork
from wf40.core.search import index, listing
from wf40.core.search.models import Viewed
from wf40.core.search.providing import allowed, asked, providers, units_of
from wf40.core.search.question import Question
from wf40.core.search.rows import on_postgresql
from wf40.core.search.settling import settle_while_writing
from wf40.core.search.words import prepared, readings, title_key
from wf40.pluginhost.calls import Failure
from wf40.sdk.search import PreparedDoc, SearchDoc

MOST_VIEWED = 10
OFTEN = 3_000
"""Records that a process writes before it settles what is logged."""


class SearchService:
    """Implements :class:`wf40.sdk.services.Search`.

    Who writes thousands of records settles what is logged of them from time to time, right after one of the
    transactions: the log stays short although the worker may be busy. Nobody waits for that in a request.
    """

    def __init__(self) -> None:
        self._logged = 0

    def refresh(self, u: UnitOfWork, kind: str, ids: Collection[int]) -> None:
        """Bring the index up to date with these records, as their provider gives them; also after they are gone."""
        provider = providers(u).get(kind)
        if provider is None or not ids:
            return
        u.session.flush()
        index.hold(u, kind, ids)
        docs = list(provider.value.documents(u, ids))
        index.drop(u, kind, set(ids) - {doc.record_id for doc in docs})
        index.put(u, kind, docs)
        self._count(u, len(ids))

    def prepare(self, doc: SearchDoc) -> PreparedDoc:
        """Return what the index keeps of a document."""
        return prepared(doc)

    def add(self, u: UnitOfWork, kind: str, unit_id: int, docs: Sequence[tuple[int, PreparedDoc]]) -> None:
        """Store documents of records that were made in this unit of work."""
        index.add(u, kind, unit_id, docs)
        self._count(u, len(docs))

    def drop(self, u: UnitOfWork, kind: str, ids: Collection[int]) -> None:
        """Take records out of the index."""
        index.drop(u, kind, ids)
        self._count(u, len(ids))

    def matching(self, u: UnitOfWork, kind: str, text: str) -> Select[Any] | None:
        """Return a select of the numbers of all records of a kind that hold the words of ``text``; ``None`` for no words."""
        ways = readings(text)
        if not ways:
            return None
        return listing.matching(u, Question(units_of(u), title_key(text), ways, on_postgresql(u.session)), kind)

    def _count(self, u: UnitOfWork, changed: int) -> None:
        if has_request_context():
            return  # the worker settles it
        self._logged += changed
        if self._logged >= OFTEN:
            self._logged = 0
            database = u.database
            database.when_free(lambda: settle_while_writing(database))


@requires("search.use")
def note_viewed(u: UnitOfWork, kind: str, record_id: int) -> bool:
    """Remember that the actor looked at a record; returns whether there is one to remember."""
    provider = allowed(u).get(kind)
    if provider is None or u.actor.user_id is None:
        return False
    found = asked(u, provider, lambda: provider.value.hits(u, [record_id]))
    if isinstance(found, Failure) or not found:
        return False
    row = insert_for(u.session)(Viewed).values(user_id=u.actor.user_id, kind=kind, record_id=record_id, at=u.now)
    keys = ["user_id", "kind", "record_id"]
    u.session.execute(row.on_conflict_do_update(index_elements=keys, set_={"at": row.excluded.at}))
    own = select(Viewed).where(Viewed.user_id == u.actor.user_id)
    for old in u.session.scalars(own.order_by(Viewed.at.desc(), Viewed.kind, Viewed.record_id).offset(MOST_VIEWED)):
        same = (Viewed.user_id == old.user_id, Viewed.kind == old.kind, Viewed.record_id == old.record_id)
        u.session.execute(delete(Viewed).where(*same))
    return True
