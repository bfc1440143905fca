"""Offices to measure: an empty, migrated database with one account, on disk as an office has it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import make_url

from wf40.testing.postgres import postgres_server

EMAIL, PASSWORD = "bench@musterhausen.example", "messen heisst vergleichen koennen"
Environment = dict[str, str]


@contextmanager
def office(kind: str, folder: Path) -> Iterator[Environment]:
    """Yield the environment of an empty office; ``folder`` must not exist."""
    folder.mkdir()
    if kind == "sqlite":
        yield _set_up(folder, f"sqlite:///{folder / 'wf40.sqlite'}")
        return
    with postgres_server(durable=True) as server:
        yield _set_up(folder, server.create_database())


def _set_up(folder: Path, url: str) -> Environment:
    environment = {
        **os.environ,
        "WF40_DATA_DIR": str(folder),
        "WF40_DATABASE_URL": url,
        "WF40_SECRET_KEY": "only for measuring " * 3,
        "WF40_NEW_PASSWORD": PASSWORD,
    }
    for arguments in (
        ("db", "upgrade"),
        ("plugins", "enable", "digital_readiness", "follow_up", "partner_network"),
        ("user", "add", EMAIL, "--name", "Bench", "--role", "lead"),
    ):
        subprocess.run([sys.executable, "-m", "wf40.cli", *arguments], env=environment, check=True, capture_output=True)
    return environment


def bare(environment: Environment) -> Engine:
    """Return a plain engine without any of wf40's settings."""
    url = make_url(environment["WF40_DATABASE_URL"])
    return create_engine(url.set(drivername="postgresql+psycopg") if url.get_backend_name() == "postgresql" else url)
