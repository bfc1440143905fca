"""The least that a database must do for what wf40 does: the same rows in plain statements, without any of its code."""

import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Engine, text

from bench.clients import percentiles, timed

ROUNDS = 30


def pages(connection: Connection, statements: Sequence[str]) -> float:
    """Return the p95 of some statements in milliseconds."""
    return percentiles(timed(lambda: [connection.execute(text(sql)).all() for sql in statements], ROUNDS))[1]


def saving(engine: Engine, firm_id: int) -> float:
    """Return the p95 of changing one row, with its commit."""

    def save() -> None:
        with engine.begin() as connection:
            connection.execute(text("UPDATE firm SET note = note WHERE id = :id"), {"id": firm_id})

    return percentiles(timed(save, ROUNDS))[1]


def joining(engine: Engine) -> float:
    """Return the seconds of bringing together all firms that share a key that few share."""
    few = "SELECT key FROM firm_match_key GROUP BY key HAVING count(*) BETWEEN 2 AND 50"
    pairs = (
        "firm_match_key a JOIN firm_match_key b ON b.key = a.key AND b.unit_id = a.unit_id AND b.firm_id > a.firm_id"
    )
    with engine.connect() as connection:
        began = time.perf_counter()
        connection.execute(text(f"SELECT count(*) FROM {pairs} WHERE a.key IN ({few})")).all()  # noqa: S608 - our own text
        return round(time.perf_counter() - began, 2)


def writing(engine: Engine, after: int, count: int) -> tuple[float, float]:
    """Insert firms once more into a plain table with two indexes and delete them: rows per second, and seconds."""
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE bare_firm AS SELECT * FROM firm WHERE 1 = 0"))
        for columns in ("id", "unit_id, sort_key"):
            connection.execute(text(f"CREATE INDEX ix_bare_{columns[0]} ON bare_firm ({columns})"))
        chosen = text("SELECT * FROM firm WHERE id > :after ORDER BY id LIMIT :count")
        rows = [tuple(row) for row in connection.execute(chosen, {"after": after, "count": count})]
    began = time.perf_counter()
    with engine.begin() as connection:
        _insert(connection, rows)
    inserted = time.perf_counter() - began
    began = time.perf_counter()
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM bare_firm WHERE id > 0"))
    deleted = time.perf_counter() - began
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE bare_firm"))
    return round(len(rows) / inserted), round(deleted, 2)


def _insert(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name != "postgresql":
        driver.executemany(f"INSERT INTO bare_firm VALUES ({', '.join('?' * len(rows[0]))})", rows)  # noqa: S608
        return
    from psycopg.types.json import Jsonb

    with driver.cursor() as cursor, cursor.copy("COPY bare_firm FROM STDIN") as copy:
        for row in rows:
            copy.write_row([Jsonb(cell) if isinstance(cell, dict | list) else cell for cell in row])
