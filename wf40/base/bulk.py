"""Writes thousands of rows of one table quickly: plain tuples, no objects; what is stored is what objects would store.

Values are turned into what the database holds by the types of the columns, as for any other statement. On PostgreSQL
new rows go in by COPY and changed ones by one statement over arrays.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Dialect, String, Table, func, select, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

Row = Sequence[Any]
_Processor = Callable[[Any], Any]


def next_ids(session: Session, table: Table, count: int) -> list[int]:
    """Return ids for new rows of a table, in rising order; nobody else gets them.

    On SQLite they are free because a writing transaction holds the lock, elsewhere the sequence of the table gives them.
    Where a table gives no number twice, neither are those of rows that are gone given.
    """
    if not count:
        return []
    if session.get_bind().dialect.name != "postgresql":
        last = session.scalar(select(func.max(table.c.id))) or 0
        if table.dialect_options["sqlite"]["autoincrement"]:
            ever = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
            last = max(last, session.scalar(ever, {"name": table.name}) or 0)
        return list(range(last + 1, last + 1 + count))
    taken = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :n)")
    return sorted(session.scalars(taken, {"name": table.name, "n": count}))


def insert_rows(
    session: Session,
    table: Table,
    columns: Sequence[str],
    rows: Sequence[Row],
    constants: Mapping[str, Any] | None = None,
    *,
    sql_null: Collection[str] = (),
) -> None:
    """Insert rows given as tuples in the order of ``columns``; ``constants`` are the same in every row.

    An empty structured value is stored as JSON's null, as objects do, except in the columns of ``sql_null``.
    """
    if not rows:
        return
    connection = session.connection()
    same = constants or {}
    ready = _ready(table, columns, rows, connection.dialect, sql_null)
    if same:
        (tail,) = _ready(table, list(same), [tuple(same.values())], connection.dialect, sql_null)
        ready = [(*row, *tail) for row in ready]
    names = [_quoted(name) for name in (*columns, *same)]
    where = f"{_quoted(table.name)} ({', '.join(names)})"
    if connection.dialect.name == "postgresql":
        _copy(connection, f"COPY {where} FROM STDIN", ready)
        return
    marks = ", ".join("?" * len(names))
    connection.exec_driver_sql(f"INSERT INTO {where} VALUES ({marks})", ready)  # noqa: S608 - names come from models


def look_up(
    session: Session,
    given: Sequence[str],
    rows: Sequence[Sequence[str]],
    wanted: str,
    where: str,
    values: Mapping[str, Any] | None = None,
) -> list[tuple[Any, ...]]:
    """Look up thousands of texts in one statement, each through an index: as many rows as there are hits come back.

    ``rows`` are the table ``given`` with the columns ``given``; ``wanted`` is "columns FROM tables" and ``where`` the
    condition that ties them to it. Values come as the driver gives them. PostgreSQL looks each row up by itself: while
    much is being written its statistics lag behind, and a plan made for a small table would read all of a large one.
    """
    if not rows:
        return []
    columns, _, tables = wanted.partition(" FROM ")
    bound: dict[str, Any] = dict(values or {})
    if session.get_bind().dialect.name == "postgresql":
        arrays = ", ".join(f"CAST(:given_{i} AS text[])" for i in range(len(given)))
        each = f"SELECT {columns} FROM {tables} WHERE {where} OFFSET 0"  # noqa: S608 - names come from the code
        sql = f"SELECT found.* FROM unnest({arrays}) AS given({', '.join(given)}) CROSS JOIN LATERAL ({each}) AS found"  # noqa: S608
        bound |= {f"given_{i}": list(some) for i, some in enumerate(zip(*rows, strict=True))}
    else:
        cells = ", ".join(f"json_extract(value, '$[{i}]') AS {name}" for i, name in enumerate(given))
        table = f"WITH given AS MATERIALIZED (SELECT {cells} FROM json_each(:given))"  # noqa: S608 - as above
        sql = f"{table} SELECT {columns} FROM given CROSS JOIN {tables} WHERE {where}"  # noqa: S608 - as above
        bound["given"] = json.dumps(rows)
    return list(map(tuple, session.connection().execute(text(sql), bound)))


def update_rows(
    session: Session,
    table: Table,
    keys: Sequence[str],
    columns: Sequence[str],
    rows: Sequence[Row],
    *,
    sql_null: Collection[str] = (),
) -> None:
    """Change rows: each tuple holds the values of ``keys``, then those of ``columns``."""
    if not rows:
        return
    connection = session.connection()
    names = [*keys, *columns]
    ready = _ready(table, names, rows, connection.dialect, sql_null)
    if connection.dialect.name == "postgresql":
        _update_over_arrays(connection, table, keys, columns, ready)
        return
    sets = ", ".join(f"{_quoted(name)} = ?" for name in columns)
    where = " AND ".join(f"{_quoted(name)} = ?" for name in keys)
    count = len(keys)
    turned = [(*row[count:], *row[:count]) for row in ready]
    connection.exec_driver_sql(f"UPDATE {_quoted(table.name)} SET {sets} WHERE {where}", turned)  # noqa: S608 - as above


def _update_over_arrays(
    connection: Connection, table: Table, keys: Sequence[str], columns: Sequence[str], rows: Sequence[Row]
) -> None:
    names = [*keys, *columns]
    arrays = ", ".join(f"%s::{_plain_type(table.c[name].type, connection.dialect)}[]" for name in names)
    sets = ", ".join(f"{_quoted(name)} = v.{_quoted(name)}" for name in columns)
    where = " AND ".join(f"t.{_quoted(name)} = v.{_quoted(name)}" for name in keys)
    listed = ", ".join(map(_quoted, names))
    statement = f"UPDATE {_quoted(table.name)} AS t SET {sets} FROM unnest({arrays}) AS v({listed}) WHERE {where}"  # noqa: S608 - as above
    driver: Any = connection.connection.driver_connection
    with _told(connection, statement), driver.cursor() as cursor:
        cursor.execute(statement, [list(values) for values in zip(*rows, strict=True)])


def _copy(connection: Connection, statement: str, rows: Sequence[Row]) -> None:
    driver: Any = connection.connection.driver_connection
    with _told(connection, statement), driver.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


@contextmanager
def _told(connection: Connection, statement: str) -> Iterator[None]:
    """Raise the driver's errors as those of any other statement."""
    of_driver = connection.dialect.loaded_dbapi.Error
    try:
        yield
    except of_driver as error:
        raise DBAPIError.instance(statement, None, error, of_driver, dialect=connection.dialect) from error


def _plain_type(kind: Any, dialect: Dialect) -> str:
    """Return how a type is named in a cast: texts without length and order."""
    return "text" if isinstance(kind, String) else str(kind.compile(dialect))


def _ready(
    table: Table, columns: Sequence[str], rows: Sequence[Row], dialect: Dialect, sql_null: Collection[str]
) -> Sequence[Row]:
    """Return the rows as the driver takes them; columns whose values need nothing are left as they are."""
    turning: list[tuple[int, _Processor, bool]] = []
    for i, name in enumerate(columns):
        kind = table.c[name].type
        if isinstance(kind, String):
            continue
        processor: _Processor | None = kind.dialect_impl(dialect).bind_processor(dialect)
        if processor is not None:
            turning.append((i, processor, name in sql_null))
    if not turning:
        return rows
    found = []
    for row in rows:
        values = list(row)
        for i, turn, null in turning:
            if values[i] is not None or not null:
                values[i] = turn(values[i])
        found.append(tuple(values))
    return found


def _quoted(name: str) -> str:
    return f'"{name}"'
