"""All records that hold words, as a select that lists join: not only the best ones."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Integer, Select, Text, and_, func, or_, select, union

from wf40.base.id_lists import given
from wf40.base.uow import UnitOfWork
from wf40.core.search import logged
from wf40.core.search.finding import words_inside
from wf40.core.search.models import SearchedRecord, SearchedWord
from wf40.core.search.question import LAST, Question, needle_of
from wf40.core.search.words import COMMON, is_inside


def matching(u: UnitOfWork, asked: Question, kind: str) -> Select[Any]:
    """Return a select of the numbers of all records of a kind that hold the words."""
    ways = [_all_of(u, asked, kind, words) for words in asked.readings]
    if len(ways) == 1:
        return ways[0]
    either = union(*ways).subquery()
    return select(either.c.record_id)


def _all_of(u: UnitOfWork, asked: Question, kind: str, words: Sequence[str]) -> Select[Any]:
    holds = func.strpos if asked.postgresql else func.instr
    held = [holds(SearchedRecord.words, f" {word}" if word in COMMON else needle_of(word)) > 0 for word in words]
    own: tuple[Any, ...] = (SearchedRecord.kind == kind, SearchedRecord.unit_id.in_(asked.units))
    rare = [word for word in words if word not in COMMON]
    if rare:
        way = Question(asked.units, "", [tuple(words)], asked.postgresql)
        # First what is logged: what is settled before words and blocks are read then stands in both, not in neither.
        late = [record_id for _kind, record_id, _title, _words in logged.records(u, way, [kind])]
        known = and_(*(SearchedRecord.record_id.in_(_holders(u, asked, kind, word)) for word in rare))
        own = (
            *own,
            or_(known, SearchedRecord.record_id.in_(given(late, Integer(), postgresql=asked.postgresql)))
            if late
            else known,
        )
    return select(SearchedRecord.record_id).where(*own, *held)


def _holders(u: UnitOfWork, asked: Question, kind: str, word: str) -> Select[Any]:
    """Return a select of the numbers of the records that have a word with this at its beginning or inside."""
    own = (SearchedWord.kind == kind, SearchedWord.unit_id.in_(asked.units))
    begin = select(SearchedWord.record_id).where(*own, SearchedWord.word >= word, SearchedWord.word < word + LAST)
    if not is_inside(word):
        return begin
    whole = words_inside(u, asked, [kind], [word]).get((kind, word), [])
    having = select(SearchedWord.record_id).where(
        *own, SearchedWord.word.in_(given(whole, Text(), postgresql=asked.postgresql))
    )
    # Numbers and codes such as "hra380008" are not looked into: they are found by their beginning alone.
    either = union(begin, having).subquery()
    return select(either.c.record_id)
