"""An import and its undoing are killed at a hundred points, between any two statements, and come out as if never killed."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from import_desk import Desk
from sqlalchemy import Engine, delete, event, select

from wf40.base.db import make_engine
from wf40.base.history import FieldChange
from wf40.base.uow import Database
from wf40.core.firms.models import Firm, FirmMatchKey, FirmName, FirmToMatch, Site
from wf40.core.imports import connections, pool, runner, undo, undo_running, undoing
from wf40.core.imports.models import ImportRow, ImportRun
from wf40.core.imports.service import confirm
from wf40.core.search import sweeping
from wf40.core.search.models import SearchedRecord, SearchedWord
from wf40.testing.office import Office
from wf40.testing.quicker import statements_kept

POINTS = 100
STATEMENTS_A_BATCH = 75
STATEMENTS_TO_UNDO = 90
HEAD = "Name;Ort;Straße;PLZ;Telefon;Kennung;Frühere Namen;Stand\n"


def line(number: int, street: str, day: str) -> str:
    former = f"Alte {number} GmbH" if number % 3 else ""
    return f"Betrieb Nummer{number}x GmbH;Konstanz;{street} {number};78462;07531 {1000 + number};K{number};{former};{day}\n"


OLD = HEAD + "".join(line(n, "Seestraße", "01.01.2026") for n in range(0, 160, 2))
NEW = HEAD + "".join(line(n, "Bergweg", "01.02.2026") for n in range(160)) + ";Konstanz;;;;;;\n"


@pytest.fixture
def desk(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(connections, "PAUSE", 0)
    for name in ("FIRST", "LEAST", "MOST"):
        monkeypatch.setattr(runner, name, 3)
        monkeypatch.setattr(undo_running, name, 3)
    monkeypatch.setattr(undoing, "SWEPT", 3)
    monkeypatch.setattr(sweeping, "AT_ONCE", 50)
    return Desk(office, tmp_path)


def started(desk: Desk) -> int:
    """Bring the old list in, and queue the new one."""
    with desk.office.writing_as("admin") as u:
        for model in (FirmMatchKey, FirmToMatch, Site, FirmName, FieldChange, ImportRow, ImportRun, Firm):
            u.session.execute(delete(model))
    desk.runs.clear()
    desk.bring(OLD)
    run_id = desk.check(NEW)
    with desk.office.writing_as("lead") as u:
        assert confirm(u, run_id)
    return run_id


def content(desk: Desk, run_id: int) -> str:
    """Return a digest of everything that the import wrote, without numbers and moments."""
    names = {f.id: f.name for f in desk.rows(Firm)}
    sites = {s.id: names[s.firm_id] for s in desk.rows(Site)}

    def told(name: str) -> str:
        parts = name.split(":")
        return ":".join([sites.get(int(parts[1]), "?"), *parts[2:]]) if parts[0] == "site" else name

    found: list[Any] = [
        [(f.name, f.phone, f.town, f.as_of, f.provenance, f.search_text, f.version, f.source_key) for f in desk.rows(Firm)],
        [(names[s.firm_id], s.street, s.house_number, s.version) for s in desk.rows(Site)],
        [(names[n.firm_id], n.name, n.search_key) for n in desk.rows(FirmName)],
        [(names[k.firm_id], k.key) for k in desk.rows(FirmMatchKey)],
        [(names[int(c.subject[5:])], told(c.field), c.old, c.new, c.source) for c in desk.rows(FieldChange) if c.subject[:5] == "firm:"],
        [(r.row_no, r.outcome, names.get(r.firm_id or 0), sorted(r.undone or {})) for r in desk.rows(ImportRow) if r.run_id == run_id],
    ]  # fmt: skip
    with desk.office.reading_as("lead") as u:
        run = u.session.get_one(ImportRun, run_id)
        found.append([run.state, sorted(run.counts.items()), sorted(run.undo_counts.items()), run.attempts])
    ordered = [sorted(json.dumps(row, default=str, sort_keys=True) for row in part) for part in found]
    return hashlib.sha256(json.dumps(ordered).encode()).hexdigest()


def killed_after(desk: Desk, statements: int) -> bool:
    """Let a child work on the imports and kill itself after some statements; returns whether it was killed."""
    office = desk.office
    office.product.database.engine.dispose()
    child = os.fork()
    if child == 0:
        try:
            own = replace(office.product.database, engine=make_engine(office.product.settings.database_url))
            statements_kept(own.engine)
            left = iter(range(statements))

            def count(*_given: Any) -> None:
                if next(left, None) is None:
                    os.kill(os.getpid(), signal.SIGKILL)

            event.listen(Engine, "after_cursor_execute", count)
            event.listen(Engine, "commit", count)
            runner.work(own)
            os._exit(0)
        finally:
            os._exit(3)
    _pid, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def swept(desk: Desk, statements: int = STATEMENTS_A_BATCH) -> int:
    """Kill worker after worker, each a little later in its batch, until the work is done; returns how many."""
    kills = 0
    while killed_after(desk, 20 + (kills * (statements // 10)) % statements):
        kills += 1
        assert kills < 10 * POINTS, "the work goes on from kill to kill"
        desk.office.clock.advance(timedelta(seconds=31))
    return kills


def undone(desk: Desk, run_id: int) -> None:
    with desk.office.writing_as("lead") as u:
        undo.request_undo(u, run_id)


def test_an_import_killed_at_a_hundred_points_is_the_same_import(desk: Desk) -> None:
    run_id = started(desk)
    runner.work(desk.office.product.database)
    undisturbed = content(desk, run_id)
    undone(desk, run_id)
    runner.work(desk.office.product.database)
    back = content(desk, run_id)
    run_id = started(desk)
    kills = swept(desk)
    assert content(desk, run_id) == undisturbed
    undone(desk, run_id)
    kills += swept(desk, STATEMENTS_TO_UNDO)
    assert content(desk, run_id) == back
    assert {w.record_id for w in desk.rows(SearchedWord)} <= {r.record_id for r in desk.rows(SearchedRecord)}
    assert kills >= POINTS


HELPERS = """
import sys
from wf40.app import assemble
from wf40.settings import Settings
from wf40.core.imports import connections, pool, runner
product = assemble(Settings.load())
pool.WORTH = 1
real = pool.Pool.ready
def told(self, *given):
    rows = real(self, *given)
    ready, leader = next(rows), self._first.pid
    print(leader, open(f"/proc/{leader}/task/{leader}/children").read(), flush=True)
    yield ready
    yield from rows
pool.Pool.ready = told
connections.PAUSE = 0.2
runner.work(product.database)
"""


def test_the_processes_beside_a_killed_worker_end_too(desk: Desk) -> None:
    run_id = started(desk)
    settings = desk.office.product.settings
    environment = os.environ | {"WF40_DATABASE_URL": settings.database_url, "WF40_DATA_DIR": str(settings.data_dir)}
    worker = subprocess.Popen([sys.executable, "-c", HELPERS], env=environment, stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None
    pids = [int(pid) for pid in worker.stdout.readline().split()]
    assert len(pids) >= 2
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    worker.stdout.close()
    deadline = time.monotonic() + 60
    while any(map(alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(alive, pids))
    desk.office.clock.advance(timedelta(days=400))
    runner.work(desk.office.product.database)
    with desk.office.reading_as("lead") as u:
        counts = u.session.get_one(ImportRun, run_id).counts
    assert counts == {"created": 80, "updated": 80, "faulty": 1}


def alive(pid: int) -> bool:
    """Tell whether a process runs; one that has ended and waits to be fetched does not."""
    stat = Path(f"/proc/{pid}/stat")
    try:
        return stat.read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_rows_made_ready_elsewhere_are_the_same_rows(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = started(desk)
    runner.work(desk.office.product.database)
    here = content(desk, run_id)
    run_id = started(desk)
    used: list[int] = []
    real = pool.Pool

    def counted(database: Database, *given: Any) -> Any:
        used.append(1)
        return real(database, *given)

    monkeypatch.setattr(pool, "WORTH", 1)
    monkeypatch.setattr(pool, "Pool", counted)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    runner.work(desk.office.product.database)
    assert used == [1]
    assert content(desk, run_id) == here


def test_without_its_helpers_an_import_goes_on_alone(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = started(desk)
    real = pool.Pool.ready

    def broken(self: Any, *given: Any) -> Any:
        for number, rows in enumerate(real(self, *given)):
            if number == 1:
                raise pool.PoolBroken
            yield rows

    monkeypatch.setattr(pool, "WORTH", 1)
    monkeypatch.setattr(pool.Pool, "ready", broken)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    runner.work(desk.office.product.database)
    with desk.office.reading_as("lead") as u:
        assert u.session.get_one(ImportRun, run_id).counts == {"created": 80, "updated": 80, "faulty": 1}
        assert len(list(u.session.scalars(select(Firm.id)))) == 160
