"""Writes and removes many rows of the index in one statement: a row costs microseconds, on both databases."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Integer, Table
from sqlalchemy.orm import Session

from wf40.base.db import Base


def insert_rows(session: Session, model: type[Base], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows in the order of the table's columns; those that are there already stay as they are."""
    table = _table(model)
    if _on_postgresql(session):
        _with_arrays(session, f"INSERT INTO {table.name} SELECT * FROM {_unnested(table)} ON CONFLICT DO NOTHING", rows)  # noqa: S608 - names of our own table
    else:
        places = ", ".join("?" * len(table.columns))
        _one_by_one(session, f"INSERT OR IGNORE INTO {table.name} VALUES ({places})", rows)  # noqa: S608 - as above


def delete_rows(session: Session, model: type[Base], rows: Sequence[tuple[Any, ...]]) -> None:
    """Delete the rows that begin with these values, in the order of the table's columns."""
    if not rows:
        return
    table, many = _table(model), len(rows[0])
    names = [column.name for column in table.columns][:many]
    if _on_postgresql(session):
        same = " AND ".join(f"t.{name} = g.{name}" for name in names)
        sql = f"DELETE FROM {table.name} t USING {_unnested(table, many)} WHERE {same}"  # noqa: S608 - as above
        _with_arrays(session, sql, rows)
    else:
        same = " AND ".join(f"{name} = ?" for name in names)
        _one_by_one(session, f"DELETE FROM {table.name} WHERE {same}", rows)  # noqa: S608 - as above


def _table(model: type[Base]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101 - a mapped class
    return table


def _on_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def _unnested(table: Table, many: int | None = None) -> str:
    columns = list(table.columns)[:many]
    arrays = ", ".join(f"%s::{'integer' if isinstance(c.type, Integer) else 'text'}[]" for c in columns)
    return f"unnest({arrays}) AS g({', '.join(c.name for c in columns)})"


def _with_arrays(session: Session, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        session.connection().exec_driver_sql(sql, tuple(list(column) for column in zip(*rows, strict=True)))


def _one_by_one(session: Session, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        session.connection().exec_driver_sql(sql, list(rows))
