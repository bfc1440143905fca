"""Engine, declarative base and column types for SQLite and PostgreSQL."""

import sqlite3
import time
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Engine,
    FromClause,
    Index,
    MetaData,
    String,
    Text,
    create_engine,
    event,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

WRITE_OPTION = "wf40_write"
BUSY_TIMEOUT_MS = 15_000
LOOKING_SECONDS = 0.004
"""Between two looks of somebody who waits to write on SQLite."""
PREPARED = 500
"""Statements that PostgreSQL keeps ready for a connection: those of the pages that people look at every day."""
PLACES = 4
"""Decimal places of :class:`ExactNumber`."""
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
Json = JSON().with_variant(JSONB(), "postgresql")
"""Structured values: JSONB on PostgreSQL, JSON text on SQLite."""
Key = String(600).with_variant(String(600, collation="C"), "postgresql")
"""A key of plain lower-case words: both databases compare it letter by letter, whatever language the server speaks."""
KeyText = Text().with_variant(Text(collation="C"), "postgresql")
"""Many such words, for searching."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC. A naive one is refused, since nobody could say what it means."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn into UTC before storing."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = "a stored moment needs a time zone"
            raise ValueError(message)
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - signature of the library
        """Return an aware moment in UTC."""
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


class ExactNumber(TypeDecorator[Decimal]):
    """A number with :data:`PLACES` decimal places, stored as a whole number: exact and in order on both databases."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - signature of the library
        """Store how many of its smallest parts it has."""
        return None if value is None else int(value.scaleb(PLACES))

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002 - as above
        """Return the number."""
        return None if value is None else Decimal(value).scaleb(-PLACES)


class Base(DeclarativeBase):
    """Parent of every table, core and plugin; one metadata, so that plugins can refer to the core's tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcDateTime, dict[str, Any]: Json, list[Any]: Json}  # noqa: RUF012 - as the library reads it


def partial(name: str, condition: str, *columns: str) -> Index:
    """Return an index over those rows alone for which a condition holds. A query must state it without parameters.

    To SQLite ``x IS NOT NULL`` follows from every comparison with ``x``.
    """
    where = text(condition)
    return Index(name, *columns, sqlite_where=where, postgresql_where=where)


def insert_for(session: Session) -> "type[sqlite.Insert | postgresql.Insert]":
    """Return the dialect's INSERT, which both databases extend with ``ON CONFLICT``."""
    return postgresql.Insert if session.get_bind().dialect.name == "postgresql" else sqlite.Insert


def is_spoiled(session: Session) -> bool:
    """Tell whether a statement failed in this transaction, so that PostgreSQL refuses all further ones."""
    if session.get_bind().dialect.name != "postgresql" or not session.in_transaction():
        return False
    connection: Any = session.connection().connection.dbapi_connection
    return bool(connection.info.transaction_status.name == "INERROR")


def snapshots(engine: Engine) -> Engine:
    """Return the engine for transactions that only read and see one state throughout; on SQLite every transaction does."""
    if engine.dialect.name != "postgresql":
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def end_reading(session: Session) -> None:
    """End a transaction of :func:`snapshots`; nothing of what was changed in its session is stored.

    PostgreSQL's driver forgets its prepared statements with every ROLLBACK, so that each page would be planned anew
    from its first statement to its last. COMMIT keeps them, and stores nothing where nothing may be written.
    """
    session.expunge_all()
    if session.get_bind().dialect.name == "postgresql":
        session.commit()


class _WithHints(SQLiteCompiler):
    """Writes ``INDEXED BY`` of a statement's hints; the library knows hints for other databases only."""

    def get_from_hint_text(self, table: FromClause, text: str | None) -> str | None:  # noqa: ARG002 - the library's signature
        """Return the hint as it was given."""
        return text


def make_engine(url: str) -> Engine:
    """Build the engine for a database URL (``sqlite:///...`` or ``postgresql://...``)."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        engine = create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True, pool_size=8)
        event.listen(engine, "connect", _prepare_postgresql)
        return engine
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})
    engine.dialect.statement_compiler = _WithHints
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_postgresql(connection: Any, _record: object) -> None:
    connection.prepared_max = PREPARED
    # The statements are short. Compiling one costs more than it can save, and a wrong estimate would set it off.
    connection.execute("SET jit = off")
    connection.commit()


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver must not open transactions by itself: it would do so late, and DDL would escape them.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    if not connection.get_execution_options().get(WRITE_OPTION, False):
        connection.exec_driver_sql("BEGIN")
        return
    # A writer takes its lock at once: a transaction that reads first and writes later fails when another came between.
    # It looks often whether the lock is free. SQLite by itself would soon look every tenth of a second only, and would
    # miss the few milliseconds in which an import gives way.
    driver: Any = connection.connection.driver_connection
    ends = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while True:
            try:
                driver.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > ends:
                    connection.exec_driver_sql("BEGIN IMMEDIATE")  # raises the error as any other statement does
                    return
                time.sleep(LOOKING_SECONDS)
            else:
                return
    finally:
        driver.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
