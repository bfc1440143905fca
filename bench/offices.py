"""Databases of a size: filled in bulk, since what is measured is reading them."""

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, MetaData, create_engine, insert
from sqlalchemy.engine import make_url

from wf40.demo.plan import town, words
from wf40.matching.names import fold, search_key, sort_key
from wf40.testing.postgres import postgres_server

EMAIL, PASSWORD = "bench@musterhausen.example", "messen heisst vergleichen koennen"
BATCH = 5000


@contextmanager
def database(kind: str, folder: Path) -> Iterator[dict[str, str]]:
    """Yield the environment of an empty, migrated office with one account."""
    if kind == "sqlite":
        yield _set_up(folder, f"sqlite:///{folder / 'wf40.sqlite'}")
        return
    with postgres_server() as server:
        yield _set_up(folder, server.create_database())


def _set_up(folder: Path, url: str) -> dict[str, str]:
    environment = {
        **os.environ,
        "WF40_DATA_DIR": str(folder),
        "WF40_DATABASE_URL": url,
        "WF40_SECRET_KEY": "only for measuring " * 3,
        "WF40_NEW_PASSWORD": PASSWORD,
    }
    command(environment, "db", "upgrade")
    command(environment, "plugins", "enable", "digital_readiness", "follow_up", "partner_network")
    command(environment, "user", "add", EMAIL, "--name", "Bench", "--role", "lead")
    return environment


def command(environment: dict[str, str], *arguments: str) -> str:
    """Run a wf40 command and return what it prints; raises when it fails."""
    run = [sys.executable, "-m", "wf40.cli", *arguments]
    return subprocess.run(run, env=environment, check=True, capture_output=True, text=True).stdout


def fill(environment: dict[str, str], firms: int) -> None:
    """Fill the office with so many firms, each with a site, names of the demo town with a number."""
    engine = create_engine(bare_url(environment))
    tables = MetaData()
    tables.reflect(engine, only=["firm", "site"])
    now = datetime.now(UTC).replace(tzinfo=None) if engine.dialect.name == "sqlite" else datetime.now(UTC)
    planned, chance = town(count=2000), random.Random(1)  # noqa: S311 - nothing secret is drawn
    with engine.begin() as connection:
        for start in range(0, firms, BATCH):
            numbers = range(start + 1, min(start + BATCH, firms) + 1)
            rows = [
                _firm(n, planned[n % len(planned)].name, planned[n % len(planned)].wz, chance, now) for n in numbers
            ]
            connection.execute(insert(tables.tables["firm"]), rows)
            connection.execute(insert(tables.tables["site"]), [_site(n, chance, now) for n in numbers])
    _settle(engine.connect())
    engine.dispose()


def _firm(number: int, name: str, wz: str, chance: random.Random, now: datetime) -> dict[str, object]:
    name = f"{name} {number}"
    return {
        "id": number, "unit_id": 1, "name": name, "sort_key": sort_key(name), "search_key": search_key(name),
        "search_text": f" {fold(name)} ", "trade_name": "", "kind": "company", "branch_of": "", "legal_form": "",
        "register_kind": "HRB", "register_number": str(number), "register_suffix": "", "register_court": "Musterhausen",
        "vat_id": "", "economic_id": "", "source_key": "", "wz_edition": wz[:4], "wz_code": wz[5:], "website": "",
        "email": "", "phone": "", "town": f"Ort {number % 40}", "town_key": f"ort {number % 40}", "abc": "",
        "employees": chance.randrange(1, 300), "status": "active", "note": "", "source": "Messung", "provenance": {},
        "version": 1, "created_at": now, "updated_at": now,
    }  # fmt: skip


def _site(number: int, chance: random.Random, now: datetime) -> dict[str, object]:
    return {
        "firm_id": number, "label": "", "street": chance.choice(words()["streets"]), "house_number": "1", "postcode": "00001",
        "town": f"Ort {number % 40}", "ags": "", "business_park": "", "employees": 3, "tenure": "", "main": True,
        "version": 1, "created_at": now, "updated_at": now,
    }  # fmt: skip


def bare_url(environment: dict[str, str]) -> str:
    """Return the URL for a plain engine without any of wf40's settings."""
    url = make_url(environment["WF40_DATABASE_URL"])
    driver = "postgresql+psycopg" if url.get_backend_name() == "postgresql" else url.drivername
    return url.set(drivername=driver).render_as_string(hide_password=False)


def _settle(connection: Connection) -> None:
    with connection.execution_options(isolation_level="AUTOCOMMIT") as settled:
        settled.exec_driver_sql("ANALYZE")
