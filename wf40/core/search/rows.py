"""Writes and removes many rows of the index in one statement: a row costs microseconds, on both databases."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy.orm import Session

from wf40.base import bulk
from wf40.base.db import Base
from wf40.core.search.models import SearchedRecord

RECORD_COLUMNS = ("kind", "record_id", "unit_id", "title_key", "words")
Posting = tuple[str, int]
_LISTED = "unnest(string_to_array(%s, ' '), string_to_array(%s, ' ')::integer[]) AS g(w, i)"


def table_of(model: type[Base]) -> Table:
    """Return the table of a model."""
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101 - a mapped class
    return table


def on_postgresql(session: Session) -> bool:
    """Tell which of the two databases it is."""
    return session.get_bind().dialect.name == "postgresql"


def insert_records(session: Session, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert records that are new. On SQLite the number of a record that is gone may come again."""
    if on_postgresql(session):
        bulk.insert_rows(session, table_of(SearchedRecord), RECORD_COLUMNS, rows)
    elif rows:
        names = ", ".join(RECORD_COLUMNS)
        sql = f"INSERT OR REPLACE INTO search_record ({names}) VALUES (?, ?, ?, ?, ?)"  # noqa: S608 - our own names
        session.connection().exec_driver_sql(sql, list(rows))


def insert_words(session: Session, unit_id: int, kind: str, postings: Sequence[Posting]) -> None:
    """Insert words of records, in order; those that are there already stay as they are."""
    if not postings:
        return
    if on_postgresql(session):
        sql = f"INSERT INTO search_word (unit_id, kind, word, record_id) SELECT %s, %s, g.w, g.i FROM {_LISTED} ON CONFLICT DO NOTHING"  # noqa: S608 - our own names
        session.connection().exec_driver_sql(sql, (unit_id, kind, *_joined(postings)))
    else:
        sql = "INSERT OR IGNORE INTO search_word (unit_id, kind, word, record_id) VALUES (?, ?, ?, ?)"
        session.connection().exec_driver_sql(sql, [(unit_id, kind, word, i) for word, i in postings])


def delete_words(session: Session, unit_id: int, kind: str, postings: Sequence[Posting]) -> None:
    """Delete words of records."""
    if not postings:
        return
    if on_postgresql(session):
        # Each by itself: while much is being written nobody knows how large the table is, and a plan that was made for a
        # small one would read all of it.
        found = "SELECT t.ctid FROM search_word t WHERE t.unit_id = %s AND t.kind = %s AND t.word = g.w AND t.record_id = g.i"
        rows = f"SELECT t.ctid FROM {_LISTED} CROSS JOIN LATERAL ({found} OFFSET 0) AS t"  # noqa: S608 - our own names
        sql = f"DELETE FROM search_word WHERE ctid = ANY(ARRAY({rows}))"  # noqa: S608 - as above
        session.connection().exec_driver_sql(sql, (*_joined(postings), unit_id, kind))
    else:
        sql = "DELETE FROM search_word WHERE unit_id = ? AND kind = ? AND word = ? AND record_id = ?"
        session.connection().exec_driver_sql(sql, [(unit_id, kind, word, i) for word, i in postings])


def _joined(postings: Sequence[Posting]) -> tuple[str, str]:
    """Return all words and all numbers, each as one text: the server takes them apart quicker than they are listed."""
    return " ".join([word for word, _i in postings]), " ".join([str(i) for _word, i in postings])
