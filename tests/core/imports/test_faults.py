"""A worker is killed, two work at once, somebody saves meanwhile, a plugin raises: each row goes in once."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.core.imports.conftest import Assistant
from wf40.core.imports import runner
from wf40.core.imports.models import ImportRun
from wf40.testing.office import Office

Rows = Callable[[], list[Any]]
COUNT = 600
WORKER = """
import os, sys
from wf40.app import assemble
from wf40.settings import Settings
from wf40.core.imports import connections, runner
product = assemble(Settings.load())
runner.LONGEST_BATCH, connections.PAUSE = 0.02, 0.0
runner.work(product.database)
"""


def queued(assistant: Assistant, count: int = COUNT) -> None:
    names = "\n".join(f"Firma {n} GmbH;Konstanz;HRB {n + 1};2008-2-{n}" for n in range(count))
    assistant.upload(f"Name;Ort;Registernummer;Kennung\n{names}\n")
    assistant.choose_proposed()
    runner.advance(assistant.office.product.database, assistant.run_id)
    assert assistant.confirm().status_code == 303


def start_worker(office: Office) -> "subprocess.Popen[bytes]":
    settings = office.product.settings
    environment = os.environ | {"WF40_DATABASE_URL": settings.database_url, "WF40_DATA_DIR": str(settings.data_dir)}
    return subprocess.Popen([sys.executable, "-c", WORKER], env=environment)


def state(assistant: Assistant) -> tuple[str, int]:
    with assistant.office.reading_as("advisor") as u:
        run = u.session.get_one(ImportRun, assistant.run_id)
        return run.state, sum(run.counts.values())


def test_killed_workers_lose_and_double_nothing(assistant: Assistant, firm_rows: Rows) -> None:
    queued(assistant)
    for _attempt in range(3):
        _before, done = state(assistant)
        worker = start_worker(assistant.office)
        deadline = time.monotonic() + 60
        while state(assistant)[1] <= done + 20 and worker.poll() is None and time.monotonic() < deadline:
            time.sleep(0.005)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        with assistant.office.product.database.write(assistant.office.actor("admin")) as u:
            # The lease of the dead ends sooner than a test can wait.
            u.session.get_one(ImportRun, assistant.run_id).lease_until = u.now - timedelta(days=400)
    assert 0 < state(assistant)[1] <= COUNT
    runner.work(assistant.office.product.database)
    assert state(assistant) == ("done", COUNT)
    assert assistant.counts()["Neu"] == COUNT
    assert set(Counter(f.name for f in firm_rows()).values()) == {1}
    assert len(firm_rows()) == COUNT


def test_a_lease_that_has_not_ended_is_respected(assistant: Assistant, office: Office, firm_rows: Rows) -> None:
    queued(assistant, 100)
    with office.product.database.write(office.actor("admin")) as u:
        run = u.session.get_one(ImportRun, assistant.run_id)
        run.lease_token, run.lease_until = "somebody else", u.now + timedelta(seconds=20)
    assert runner.advance(office.product.database, assistant.run_id) is False
    assert firm_rows() == []
    office.clock.advance(timedelta(seconds=21))
    assert runner.advance(office.product.database, assistant.run_id) is True
    assert len(firm_rows()) == 100


def test_two_workers_at_once_import_each_row_once(assistant: Assistant, office: Office, firm_rows: Rows) -> None:
    queued(assistant, 200)
    workers = [threading.Thread(target=runner.work, args=(office.product.database,)) for _n in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(firm_rows()) == 200
    assert state(assistant) == ("done", 200)


def test_others_save_while_an_import_runs(assistant: Assistant, office: Office) -> None:
    from wf40.core.firms import service as firms

    queued(assistant, 4000)  # long enough for several savings on a slow machine
    importing = threading.Thread(target=runner.work, args=(office.product.database,))
    importing.start()
    saved = 0
    while importing.is_alive():
        with office.writing_as("lead") as u:
            firms.create_firm(u, firms.FirmInput(f"Nebenbei {saved}"))
        saved += 1
        time.sleep(0.02)
    importing.join()
    assert state(assistant) == ("done", 4000)
    assert saved >= 5, "the import holds the database for short slices only"


def test_a_handler_that_raises_leaves_the_import_whole(
    assistant: Assistant, office: Office, firm_rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object) -> None:
        raise RuntimeError("a handler failed")

    monkeypatch.setattr("wf40.worker.dispatch._run", broken)
    queued(assistant, 100)
    office.work()
    assert state(assistant) == ("done", 100)
    assert len(firm_rows()) == 100


def test_an_import_that_always_fails_is_closed_after_three_attempts(
    assistant: Assistant, office: Office, firm_rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued(assistant, 100)

    def broken(*_args: object) -> None:
        raise RuntimeError("always")

    monkeypatch.setattr(runner, "process", broken)
    for _attempt in range(3):
        office.work()
    assert state(assistant)[0] == "failed"
    assert "Der Import ist gescheitert" in assistant.page("ergebnis")
    assert firm_rows() == []
