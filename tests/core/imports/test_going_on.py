"""A worker goes on where another stopped and knows what came before; people's connections stay as they are."""

from pathlib import Path

import pytest
from import_desk import Desk
from sqlalchemy import Engine

from wf40.core.firms.models import Firm
from wf40.core.imports import runner
from wf40.core.imports.connections import tidy_up, writing_much
from wf40.core.imports.models import ImportMarks, ImportRow
from wf40.core.imports.service import confirm

HEAD = "Name;Ort;Kennung\n"
ROWS = "".join(f"Betrieb Nummer{n}x GmbH;Konstanz;K{n}\n" for n in range(12))
AGAIN = "Betrieb Nummer0x GmbH;Konstanz;\nGanz anders OHG;Singen;K5\n"


def test_a_row_that_another_worker_took_over_is_not_taken_over_twice(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FIRST", "LEAST", "MOST"):
        monkeypatch.setattr(runner, name, 5)
    run_id = desk.check(HEAD + ROWS + AGAIN)
    with desk.office.writing_as("lead") as u:
        assert confirm(u, run_id)
    workers = 1
    while not runner.advance(desk.office.product.database, run_id, seconds=0):
        workers += 1
        assert desk.rows(ImportMarks), "what came before is kept for the next one"
    assert workers == 3
    assert len(desk.rows(Firm)) == 12
    firsts = {
        row.row_no: row.detail["reason"]["values"]["first"] for row in desk.rows(ImportRow) if row.detail.get("reason")
    }
    assert firsts == {14: "2", 15: "7"}
    assert desk.rows(ImportMarks) == []


def log_of(engine: Engine) -> int:
    """Return how long the log of an SQLite database is; other databases have none."""
    if engine.dialect.name != "sqlite":
        return 0
    return Path(f"{engine.url.database}-wal").stat().st_size


def durability(engine: Engine) -> int:
    if engine.dialect.name != "sqlite":
        return 2
    with engine.connect() as connection:
        return int(connection.exec_driver_sql("PRAGMA synchronous").scalar_one())


def test_an_import_writes_by_a_connection_of_its_own_and_leaves_no_log(desk: Desk) -> None:
    database = desk.office.product.database
    on_sqlite, usual = database.engine.dialect.name == "sqlite", durability(database.engine)
    assert usual != 1
    with writing_much(database) as own:
        assert (own.engine is not database.engine) == on_sqlite
        assert durability(own.engine) == (1 if on_sqlite else 2)
        assert durability(database.engine) == usual
        tidy_up(own)
    assert durability(database.engine) == usual
    desk.bring(HEAD + ROWS)
    assert len(desk.rows(Firm)) == 12
    assert log_of(database.engine) == 0
