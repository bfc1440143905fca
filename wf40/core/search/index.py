"""Keeps the index in step with the records, in the transaction that writes them."""

import json
import secrets
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select, text

from wf40.base.portions import portions
from wf40.base.uow import UnitOfWork
from wf40.core.search.models import SearchedRecord, SearchedWord, WordPart
from wf40.core.search.rows import delete_rows, insert_rows
from wf40.core.search.words import COMMON, parts_of, prepared, words_in
from wf40.sdk.search import PreparedDoc, SearchDoc

# ruff: noqa: S608 - the statements consist of names of our own tables; every value is bound
_SAME = "unit_id = :unit AND kind = :kind"
_GIVEN = "unnest(CAST(:words AS text[])) AS g(w)"


@dataclass(slots=True)
class _Difference:
    """What changes in one unit."""

    added: list[tuple[str, int]] = field(default_factory=list)
    removed: list[tuple[str, int]] = field(default_factory=list)


def put(u: UnitOfWork, kind: str, docs: Iterable[SearchDoc], *, anew: bool = False) -> None:
    """Store documents: those that are new, and of others what differs; ``anew`` trusts nothing that is stored."""
    by_id = {doc.record_id: doc for doc in docs}
    for part in portions(sorted(by_id)):
        _put(u, kind, [by_id[i] for i in part], anew=anew)


def add(u: UnitOfWork, kind: str, unit_id: int, docs: Sequence[tuple[int, PreparedDoc]]) -> None:
    """Store documents of records that the index does not hold yet."""
    insert_rows(u.session, SearchedRecord, [(kind, i, unit_id, doc.title_key, doc.words) for i, doc in docs])
    added = [(word, i) for i, doc in docs for word in doc.posted]
    _apply(u, kind, {unit_id: _Difference(added)})


def drop(u: UnitOfWork, kind: str, ids: Collection[int]) -> None:
    """Take records out; nothing of their words stays."""
    for part in portions(sorted(set(ids))):
        stored = _stored(u, kind, part)
        changes: dict[int, _Difference] = defaultdict(_Difference)
        for row in stored.values():
            changes[row.unit_id].removed += [(word, row.record_id) for word in set(words_in(row.words)) - COMMON]
        delete_rows(u.session, SearchedRecord, [(kind, record_id) for record_id in stored])
        _apply(u, kind, changes)


def _put(u: UnitOfWork, kind: str, docs: list[SearchDoc], *, anew: bool) -> None:
    stored = _stored(u, kind, [doc.record_id for doc in docs])
    changes: dict[int, _Difference] = defaultdict(_Difference)
    rows, replaced = [], []
    for doc in docs:
        words, old = prepared(doc), stored.get(doc.record_id)
        row = (kind, doc.record_id, doc.unit_id, words.title_key, words.words)
        before = _before(old, anew=anew)
        if old:
            if not anew and row == (kind, old.record_id, old.unit_id, old.title_key, old.words):
                continue
            replaced.append((kind, doc.record_id))
        rows.append(row)
        if old and old.unit_id != doc.unit_id:
            changes[old.unit_id].removed += [(word, doc.record_id) for word in before]
            before = set()
        known = set() if anew else before
        changes[doc.unit_id].added += [(word, doc.record_id) for word in set(words.posted) - known]
        changes[doc.unit_id].removed += [(word, doc.record_id) for word in before.difference(words.posted)]
    delete_rows(u.session, SearchedRecord, replaced)
    insert_rows(u.session, SearchedRecord, rows)
    _apply(u, kind, changes)


def _before(old: SearchedRecord | None, *, anew: bool) -> set[str]:
    """Return the words by which a record is found so far, or might be."""
    words = set(words_in(old.words)) if old else set()
    return words if anew else words - COMMON


def _stored(u: UnitOfWork, kind: str, ids: Collection[int]) -> dict[int, SearchedRecord]:
    """Return what the index holds of some records; nobody else changes it until the transaction ends."""
    u.session.flush()
    rows = select(SearchedRecord.__table__).where(SearchedRecord.kind == kind, SearchedRecord.record_id.in_(ids))
    return {row.record_id: row for row in u.session.execute(rows.with_for_update())}  # type: ignore[misc]


def _apply(u: UnitOfWork, kind: str, changes: dict[int, _Difference]) -> None:
    for unit_id, change in changes.items():
        added, removed = sorted(change.added), sorted(change.removed)
        insert_rows(u.session, SearchedWord, [(unit_id, kind, word, i) for word, i in added])
        _learn(u, unit_id, kind, {word for word, _id in added})
        delete_rows(u.session, SearchedWord, [(unit_id, kind, word, i) for word, i in removed])
        _forget(u, unit_id, kind, {word for word, _id in removed})


def _learn(u: UnitOfWork, unit_id: int, kind: str, words: set[str]) -> None:
    """Store the parts of words that no record of the unit had before.

    A known word is held until the transaction ends, so that nobody removes its parts meanwhile. One that somebody is
    just removing is written again instead of waiting for it.
    """
    parts = {word: found for word in words if (found := parts_of(word))}
    unknown = set(parts)
    for some in portions(sorted(parts)):
        unknown.difference_update(word for word, _copy in _known(u, unit_id, kind, some, "KEY SHARE"))
    copy = secrets.randbelow(2**31) if _on_postgresql(u) else 0
    rows = [(unit_id, kind, part, word, copy) for word in sorted(unknown) for part in dict.fromkeys(parts[word])]
    insert_rows(u.session, WordPart, rows)


def _forget(u: UnitOfWork, unit_id: int, kind: str, words: set[str]) -> None:
    """Remove the parts of words that no record of the unit has any more, unless somebody is just adding one."""
    for some in portions(sorted(word for word in words if parts_of(word))):
        free = _known(u, unit_id, kind, some, "UPDATE")
        gone = set(some) - _used(u, unit_id, kind, some)
        rows = [(unit_id, kind, p, word, copy) for word, copy in free if word in gone for p in parts_of(word)]
        delete_rows(u.session, WordPart, rows)


def _known(u: UnitOfWork, unit_id: int, kind: str, words: Sequence[str], lock: str) -> list[tuple[str, int]]:
    """Return those of the words that have parts, with the number of the copy: their first part is the whole word.

    On PostgreSQL they are locked, and each is looked up by itself: while much is being written nobody knows yet how
    large the table is, and a plan made for a small one would read all of it.
    """
    values: dict[str, Any] = {"unit": unit_id, "kind": kind}
    if _on_postgresql(u):
        each = f"SELECT word, copy FROM search_part WHERE {_SAME} AND part = g.w AND word = g.w FOR {lock} SKIP LOCKED"
        sql = text(f"SELECT p.word, p.copy FROM {_GIVEN} CROSS JOIN LATERAL ({each}) AS p")
        rows = u.session.execute(sql, {**values, "words": list(words)})
    else:
        known = (WordPart.unit_id == unit_id, WordPart.kind == kind, WordPart.part.in_(words))
        rows = u.session.execute(select(WordPart.word, WordPart.copy).where(*known, WordPart.word == WordPart.part))
    return [(row.word, row.copy) for row in rows]


def _used(u: UnitOfWork, unit_id: int, kind: str, words: Sequence[str]) -> set[str]:
    """Return those of the words that some record of the unit still has."""
    each = f"SELECT 1 AS one FROM search_word WHERE {_SAME} AND word = g.w LIMIT 1"
    if _on_postgresql(u):
        sql = text(f"SELECT g.w FROM {_GIVEN} CROSS JOIN LATERAL ({each}) AS s")
        given: Any = list(words)
    else:
        sql = text(f"SELECT g.w FROM (SELECT value AS w FROM json_each(:words)) AS g WHERE EXISTS ({each})")
        given = json.dumps(words)
    return set(u.session.scalars(sql, {"unit": unit_id, "kind": kind, "words": given}))


def _on_postgresql(u: UnitOfWork) -> bool:
    return u.session.get_bind().dialect.name == "postgresql"
