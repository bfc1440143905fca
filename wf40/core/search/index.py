"""Keeps the index in step with the records, in the transaction that writes them: what is true, and what changed."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import delete, select

from wf40.base.bulk import insert_rows
from wf40.base.db import insert_for
from wf40.base.portions import portions
from wf40.base.uow import UnitOfWork
from wf40.core.search.models import LoggedChange, SearchedRecord
from wf40.core.search.rows import RECORD_COLUMNS, insert_records, on_postgresql, table_of
from wf40.core.search.words import prepared
from wf40.sdk.search import PreparedDoc, SearchDoc

_LOG = table_of(LoggedChange)
Lines = list[tuple[int, str]]


@dataclass(slots=True)
class _Change:
    """What changes in one unit: numbers of records, each with words after blanks."""

    added: Lines = field(default_factory=list)
    removed: Lines = field(default_factory=list)


def add(u: UnitOfWork, kind: str, unit_id: int, docs: Sequence[tuple[int, PreparedDoc]]) -> None:
    """Store documents of records that the index does not hold yet."""
    insert_records(u.session, [(kind, i, unit_id, doc.title_key, doc.words) for i, doc in docs])
    _note(u, kind, {unit_id: _Change([(i, doc.words) for i, doc in docs])})


def put(u: UnitOfWork, kind: str, docs: Iterable[SearchDoc], *, anew: bool = False) -> None:
    """Store documents: those that are new, and of others what differs; ``anew`` trusts nothing that is stored."""
    by_id = {doc.record_id: doc for doc in docs}
    for part in portions(sorted(by_id)):
        _put(u, kind, [by_id[i] for i in part], anew=anew)


def hold(u: UnitOfWork, kind: str, ids: Collection[int]) -> None:
    """Keep others from changing records until the transaction ends: documents read after this tell what they saved."""
    if on_postgresql(u.session):
        for part in portions(sorted(set(ids))):
            rows = select(SearchedRecord.record_id).where(SearchedRecord.kind == kind)
            rows = rows.where(SearchedRecord.record_id.in_(part)).order_by(SearchedRecord.record_id)
            u.session.execute(rows.with_for_update()).all()


def drop(u: UnitOfWork, kind: str, ids: Collection[int]) -> None:
    """Take records out: from now on nothing finds them."""
    u.session.flush()
    for part in portions(sorted(set(ids))):
        own = (SearchedRecord.kind == kind, SearchedRecord.record_id.in_(part))
        gone = delete(SearchedRecord).where(*own)
        changes: dict[int, _Change] = defaultdict(_Change)
        columns = (SearchedRecord.record_id, SearchedRecord.unit_id, SearchedRecord.words)
        options = {"synchronize_session": False}
        for record_id, unit_id, words in u.session.execute(gone.returning(*columns), execution_options=options):
            changes[unit_id].removed.append((record_id, words))
        _note(u, kind, changes)


def _put(u: UnitOfWork, kind: str, docs: list[SearchDoc], *, anew: bool) -> None:
    u.session.flush()
    # Nobody else changes these until the transaction ends: what is logged of a record stands in the order of its changes.
    known = select(*(getattr(SearchedRecord, name) for name in RECORD_COLUMNS))
    known = known.where(SearchedRecord.kind == kind, SearchedRecord.record_id.in_([doc.record_id for doc in docs]))
    stored = {row.record_id: row for row in u.session.execute(known.with_for_update())}
    changes: dict[int, _Change] = defaultdict(_Change)
    rows = []
    for doc in docs:
        new, old = prepared(doc), stored.get(doc.record_id)
        row = (kind, doc.record_id, doc.unit_id, new.title_key, new.words)
        if old and not anew and row == tuple(old):
            continue
        rows.append(row)
        changes[doc.unit_id].added.append((doc.record_id, new.words))
        if old:
            kept = set(new.words.split()) if old.unit_id == doc.unit_id else set()
            gone = "".join(f" {word}" for word in old.words.split() if word not in kept)
            changes[old.unit_id].removed.append((doc.record_id, gone))
    _store(u, rows)
    _note(u, kind, changes)


def _store(u: UnitOfWork, rows: Sequence[tuple[str, int, int, str, str]]) -> None:
    if not rows:
        return
    new = insert_for(u.session)(SearchedRecord)
    changed = {name: new.excluded[name] for name in RECORD_COLUMNS[2:]}
    statement = new.on_conflict_do_update(index_elements=list(RECORD_COLUMNS[:2]), set_=changed)
    u.session.connection().execute(statement, [dict(zip(RECORD_COLUMNS, row, strict=True)) for row in rows])


def _note(u: UnitOfWork, kind: str, changes: dict[int, _Change]) -> None:
    rows = [
        (unit_id, kind, _text(change.added), _text(change.removed))
        for unit_id, change in sorted(changes.items())
        if change.added or change.removed
    ]
    insert_rows(u.session, _LOG, ("unit_id", "kind", "added", "removed"), rows)


def _text(lines: Lines) -> str:
    return "".join([f"\n{record_id}{words}" for record_id, words in lines])
