"""How an import writes on SQLite: through a connection of its own, so that those of people stay as they are.

A batch changes thousands of pages. They are kept in memory while it lasts; it does not wait for the disk at its end,
since after a power cut an import goes on from the last batch that is there; and they are moved out of the log beside
it all the time, or the next person who saves would have to.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

from sqlalchemy import event

from wf40.base.db import make_engine
from wf40.base.uow import Database

MEMORY_KB = 24_000
LOG_PAGES = 50_000
"""A longer log begins anew. It would never do so by itself, because there is always somebody who reads."""
_TIDY_SECONDS = 0.2
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
    own, ended = replace(database, engine=engine), threading.Event()
    tidying = threading.Thread(target=_tidy_again_and_again, args=(own, ended), daemon=True)
    tidying.start()
    try:
        yield own
    finally:
        ended.set()
        tidying.join()
        _checkpoint(own, "TRUNCATE")
        engine.dispose()


def _tidy_again_and_again(database: Database, ended: threading.Event) -> None:
    while not ended.wait(_TIDY_SECONDS):
        with suppress(sqlite3.OperationalError):  # somebody else is at it
            tidy_up(database)


def tidy_up(database: Database) -> None:
    """Move what batches have written out of the log. Nobody has to wait for it, but for the disk it takes long."""
    if database.engine.dialect.name == "sqlite":
        _busy, pages, _moved = _checkpoint(database, "PASSIVE")
        if pages > LOG_PAGES:
            _checkpoint(database, "RESTART")


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
