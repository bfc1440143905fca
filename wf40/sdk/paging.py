"""Pages of a list: a select goes in, the rows of one page and the figures around them come out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, bindparam, func, select

from wf40.base.checks import whole_number
from wf40.base.uow import UnitOfWork

__all__ = ["Page", "entities", "page_number", "page_of"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows of a list. ``number`` counts from 1 and never passes ``pages``, which is at least 1."""

    rows: list[T]
    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        """The position of the first row in the whole list, from 1; 0 in an empty one."""
        return min(self.total, (self.number - 1) * self.size + 1)

    @property
    def last(self) -> int:
        """The position of the last row in the whole list."""
        return min(self.total, self.number * self.size)


def page_of(
    u: UnitOfWork,
    rows: Select[Any],
    number: int,
    size: int,
    build: Callable[[Sequence[Any]], list[T]],
    given: Mapping[str, Any] | None = None,
) -> Page[T]:
    """Return page ``number`` of a select, which must be ordered; a number beyond the end gives the last page.

    ``build`` makes the items of all rows of the page at once, so that whatever else they need is read once. ``given``
    fills the places that a kept select leaves open. What fits on the first page needs no counting.
    """
    values = dict(given or {})
    count, portion = _kept_parts(rows) if given is not None else _parts(rows)
    if number <= 1:
        first = u.session.execute(portion, {**values, "page_size": size, "page_start": 0}).all()
        if len(first) < size:
            return Page(build(first) if first else [], 1, size, len(first))
        return Page(build(first), 1, size, u.session.scalar(count, values) or 0)
    total = u.session.scalar(count, values) or 0
    number = max(1, min(number, -(-total // size)))
    if not total:
        return Page([], 1, size, 0)
    found = u.session.execute(portion, {**values, "page_size": size, "page_start": (number - 1) * size}).all()
    return Page(build(found), number, size, total)


def _parts(rows: Select[Any]) -> tuple[Select[Any], Select[Any]]:
    count = select(func.count()).select_from(rows.order_by(None).subquery())
    return count, rows.limit(bindparam("page_size")).offset(bindparam("page_start"))


_kept_parts = lru_cache(maxsize=500)(_parts)


def entities(rows: Sequence[Any]) -> list[Any]:
    """Build nothing: the items of a select of one entity are the entities."""
    return [row[0] for row in rows]


def page_number(text: str | None) -> int:
    """Return the page that an address names, 1 for nonsense."""
    return whole_number(text) or 1
