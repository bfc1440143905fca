"""A complete copy of the database while it is in use. Copying the file of a live SQLite database would break it."""

import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

from sqlalchemy import Engine

from wf40.base.errors import DomainError


def backup_to(engine: Engine, target: str) -> int:
    """Write a backup to a new file and return its size in bytes.

    SQLite: a database file of the same content (``VACUUM INTO``). PostgreSQL: a custom-format dump (``pg_dump``).
    Raises :class:`DomainError` when the file exists or the dump fails.
    """
    path = Path(target)
    if path.exists():
        message = f"Die Datei {path} gibt es schon. Bitte einen anderen Namen wählen; nichts wurde überschrieben."
        raise DomainError(message)
    if not path.absolute().parent.is_dir():
        message = f"Den Ordner {path.absolute().parent} gibt es nicht. Bitte zuerst anlegen."
        raise DomainError(message)
    if engine.dialect.name == "sqlite":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            raw = connection.connection.dbapi_connection
            assert raw is not None  # noqa: S101 - a connection was just opened
            connection.rollback()
            try:
                raw.execute("VACUUM INTO ?", (str(path),))
            except sqlite3.Error as error:
                path.unlink(missing_ok=True)
                message = f"Die Sicherung ist fehlgeschlagen: {error}. Es bleibt keine halbe Datei zurück."
                raise DomainError(message) from error
    else:
        _dump(engine, path)
    path.chmod(0o600)
    return path.stat().st_size


def _dump(engine: Engine, path: Path) -> None:
    program = shutil.which("pg_dump")
    if program is None:
        message = (
            "pg_dump wurde nicht gefunden. Bitte die PostgreSQL-Werkzeuge installieren (Debian: postgresql-client)."
        )
        raise DomainError(message)
    # The password goes by the environment: arguments can be read by everybody on the machine.
    url = engine.url.set(drivername="postgresql", password=None).render_as_string()
    environment = {**os.environ, **({"PGPASSWORD": str(engine.url.password)} if engine.url.password else {})}
    result = subprocess.run(
        [program, "--format=custom", f"--file={path}", url],
        capture_output=True,
        text=True,
        errors="replace",
        env=environment,
        check=False,
    )
    if result.returncode != 0:
        path.unlink(missing_ok=True)
        message = f"Die Sicherung ist fehlgeschlagen: {result.stderr.strip()[:500]}"
        raise DomainError(message)
