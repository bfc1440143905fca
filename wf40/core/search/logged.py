"""Looks into the log: records that were saved so lately that words do not lead to them yet."""

# ruff: noqa: S608 - the statements consist of names of our own tables; every value is bound

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import select

from wf40.base.portions import portions
from wf40.base.uow import UnitOfWork
from wf40.core.search.models import SearchedRecord
from wf40.core.search.question import Question, needle_of

Ways = Sequence[Sequence[str]]


def records(u: UnitOfWork, asked: Question, kinds: Sequence[str], most: int = 0) -> Iterator[tuple[str, int, str, str]]:
    """Yield kind, number, title key and words of logged records that hold the words, the newest entries first.

    Of each kind at most ``most``, where a number is given; records that are gone or were changed since do not count.
    """
    ways = [sorted(map(needle_of, words), key=len, reverse=True) for words in asked.readings]
    for kind, ids in sorted(_numbers(u, asked, kinds, ways).items()):
        yield from islice(_holding(u, asked, kind, ids, ways), most or None)


def _holding(u: UnitOfWork, asked: Question, kind: str, ids: Sequence[int], ways: Ways) -> Iterator[Any]:
    for part in portions(ids):
        columns = (SearchedRecord.record_id, SearchedRecord.title_key, SearchedRecord.words)
        own = (SearchedRecord.kind == kind, SearchedRecord.record_id.in_(part))
        rows = select(*columns).where(*own, SearchedRecord.unit_id.in_(asked.units))
        for record_id, title, words in u.session.execute(rows).all():
            if any(all(needle in words for needle in needles) for needles in ways):
                yield kind, record_id, title, words


def _numbers(u: UnitOfWork, asked: Question, kinds: Sequence[str], ways: Ways) -> dict[str, list[int]]:
    found: dict[str, dict[int, None]] = {}
    for kind, text in _entries(u, asked, kinds, ways):
        for needles in ways:
            found.setdefault(kind, {}).update(dict.fromkeys(_in_lines(text, needles)))
    return {kind: list(numbers) for kind, numbers in found.items()}


def _entries(u: UnitOfWork, asked: Question, kinds: Sequence[str], ways: Ways) -> Iterator[Any]:
    statement = asked.statement()
    either = " OR ".join(f"({' AND '.join(statement.holds('added', n) for n in needles)})" for needles in ways)
    among = ", ".join(statement.bind(kind) for kind in kinds)
    where = f"{statement.unit('unit_id')} AND kind IN ({among}) AND ({either})"
    statement.parts.append(f"SELECT kind, added FROM search_log WHERE {where} ORDER BY id DESC")
    yield from statement.run(u)


def _in_lines(text: str, needles: Sequence[str]) -> Iterator[int]:
    """Yield the numbers of the lines that hold all needles; the first is the longest."""
    first = needles[0]
    at = text.find(first)
    while at >= 0:
        start = text.rindex("\n", 0, at + 1) + 1
        end = text.find("\n", at)
        line = text[start : end if end >= 0 else len(text)]
        number, _blank, words = line.partition(" ")
        if all(needle in f" {words}" for needle in needles):
            yield int(number)
        at = text.find(first, start + len(line))
