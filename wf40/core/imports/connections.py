"""How an import writes on SQLite: through a connection of its own, so that those of people stay as they are.

A batch changes thousands of pages. They are kept in memory while it lasts; it does not wait for the disk at its end,
since after a power cut an import goes on from the last batch that is there; and they are moved out of the log beside
it all the time, or the next person who saves would have to.
"""

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection

from wf40.base.db import make_engine
from wf40.base.uow import Database
from wf40.core.firms.late_keys import LateKeys

MEMORY_KB = 24000
LOG_BYTES = 256 * 2**20
"""A longer log is moved into the database, which writes each page once however often it changed."""
PAUSE = 0.012
"""Longer than somebody who waits for SQLite sleeps between two looks. On PostgreSQL nobody has to wait."""
_TRUSTED = "wf40_trusted"
_FLUSH_SECONDS = 0.1
_PATIENCE_MS = 300
"""How long the beginning of the log waits for those who still read; nobody may save meanwhile."""


@contextmanager
def writing_much(database: Database) -> Iterator[Database]:
    """Give the database as an import uses it."""
    if database.engine.dialect.name != "sqlite":
        yield database
        return
    engine = make_engine(database.engine.url.render_as_string(hide_password=False))
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "engine_connect", _set_trust)
    own = replace(database, engine=engine, services={**database.services, LateKeys: LateKeys()})
    ended = threading.Event()
    flushing = threading.Thread(target=_flush_again_and_again, args=(_log(own), ended), daemon=True)
    flushing.start()
    try:
        yield own
    finally:
        ended.set()
        flushing.join()
        _checkpoint(own, "TRUNCATE")
        engine.dispose()


def _log(database: Database) -> Path:
    return Path(f"{database.engine.url.database}-wal")


def _flush_again_and_again(log: Path, ended: threading.Event) -> None:
    """Send to the disk what batches have written, bit by bit: else the next person who saves waits for all of it."""
    while not ended.wait(_FLUSH_SECONDS):
        with suppress(OSError), log.open("rb") as file:
            os.fsync(file.fileno())


def give_way(database: Database) -> None:
    """Let people who wait to save something come first."""
    if database.engine.dialect.name == "sqlite":
        time.sleep(PAUSE)
        tidy_up(database)


def trusting(database: Database) -> Database:
    """Give the same where SQLite does not look after references: whoever writes has to do it.

    It would look into each table that refers to firms for each firm that goes. On PostgreSQL it does so in any case.
    """
    if database.engine.dialect.name != "sqlite":
        return database
    return replace(database, engine=database.engine.execution_options(**{_TRUSTED: True}))


def _set_trust(connection: Connection) -> None:
    # It can be said before a transaction only, and every session has a connection of its own for each.
    trusted = connection.get_execution_options().get(_TRUSTED, False)
    driver: Any = connection.connection.driver_connection
    driver.execute(f"PRAGMA foreign_keys={'OFF' if trusted else 'ON'}")


def tidy_up(database: Database) -> None:
    """Move what batches have written out of a long log, between two of them; then the log begins anew.

    It would never do so by itself, because there is always somebody who reads.
    """
    if database.engine.dialect.name == "sqlite" and _size(_log(database)) > LOG_BYTES:
        with suppress(sqlite3.OperationalError):  # somebody else is at it
            _busy, pages, moved = _checkpoint(database, "PASSIVE")
            if pages == moved:
                _checkpoint(database, "TRUNCATE")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _prepare(connection: Any, _record: object) -> None:
    for pragma in ("synchronous=NORMAL", f"cache_size=-{MEMORY_KB}", "wal_autocheckpoint=0"):
        connection.execute(f"PRAGMA {pragma}")


def _checkpoint(database: Database, how: str) -> tuple[int, int, int]:
    connection = database.engine.raw_connection()
    try:
        driver: Any = connection.driver_connection
        (before,) = driver.execute("PRAGMA busy_timeout").fetchone()
        driver.execute(f"PRAGMA busy_timeout={_PATIENCE_MS}")
        try:
            found: tuple[int, int, int] = driver.execute(f"PRAGMA wal_checkpoint({how})").fetchone()
        finally:
            driver.execute(f"PRAGMA busy_timeout={before}")
    finally:
        connection.close()
    return found
