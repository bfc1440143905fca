"""The index of the search, brought up to date once for all records instead of with each: the past is written in one go."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select

from wf40.base.uow import UnitOfWork
from wf40.sdk.search import PreparedDoc, SearchDoc
from wf40.sdk.services import Search


class LaterSearch:
    """Implements :class:`wf40.sdk.services.Search` for a unit of work that ends with :meth:`catch_up`."""

    def __init__(self, index: Search) -> None:
        self._index = index
        self._waiting: dict[str, set[int]] = defaultdict(set)

    def refresh(self, _u: UnitOfWork, kind: str, ids: Collection[int]) -> None:
        """Note which records there are."""
        self._waiting[kind].update(ids)

    def prepare(self, doc: SearchDoc) -> PreparedDoc:
        """Return what the index keeps of a document."""
        return self._index.prepare(doc)

    def add(self, u: UnitOfWork, kind: str, _unit_id: int, docs: Sequence[tuple[int, PreparedDoc]]) -> None:
        """Note which records these are."""
        self.refresh(u, kind, [record_id for record_id, _doc in docs])

    def drop(self, u: UnitOfWork, kind: str, ids: Collection[int]) -> None:
        """Note them, too: a record that is gone is taken out later."""
        self.refresh(u, kind, ids)

    def matching(self, u: UnitOfWork, kind: str, text: str) -> Select[Any] | None:
        """Search as always, in what is in the index by now."""
        return self._index.matching(u, kind, text)

    def catch_up(self, u: UnitOfWork) -> None:
        """Bring the index up to date."""
        for kind, ids in self._waiting.items():
            self._index.refresh(u, kind, sorted(ids))
        self._waiting.clear()
