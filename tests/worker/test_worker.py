"""The worker: each due is done once however many work, a failed one is tried again, a hanging one is ended."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import faulty
import pytest
from sqlalchemy import select

from wf40.base.access import Actor
from wf40.base.audit import AuditEvent
from wf40.base.events import Event
from wf40.base.outbox import OutboxEvent
from wf40.pluginhost import state
from wf40.pluginhost.registry import Registry
from wf40.sdk.values import Continuous, EventHandler, Every, Job
from wf40.testing.office import SECRET
from wf40.worker import dues, runner

SYSTEM = Actor.system("test")
INSTALLED = Path(__file__).parents[1] / "plugins_for_tests" / "installed"


@dataclass(frozen=True, slots=True)
class BellRang(Event):
    times: int


@pytest.fixture
def office_with(offices, database_kind, tmp_path):
    opened = []

    def open_with(**hooks):
        registry = Registry()
        registry.add_plugin("clock", "wf40-clock 1.0", lambda: faulty.plugin("clock", **hooks))
        opened.append(offices.open(database_kind, tmp_path, (), registry, strict=False))
        office = next(opened[-1])
        with office.product.database.write(SYSTEM) as u:
            state.switch(u.session, "clock", enabled=True, now=u.now)
        office.product.gate.follow()
        return office

    yield open_with
    for generator in opened:
        generator.close()


def test_four_workers_do_each_due_once(office):
    database, jobs = office.product.database, [f"job {n}" for n in range(40)]

    def work(_worker):
        done = []
        for job in jobs:
            with database.write(SYSTEM) as u:
                dues.plan(u.session, job, u.now)
                claimed = dues.claim(u.session, job, u.now, timedelta(minutes=5))
            if claimed is not None:
                done.append(job)
                with database.write(SYSTEM) as u:
                    dues.finish(u.session, claimed, u.now)
        return done

    with ThreadPoolExecutor(4) as pool:
        done = [job for jobs_done in pool.map(work, range(4)) for job in jobs_done]
    assert sorted(done) == sorted(jobs)


def claim(office):
    with office.product.database.write(SYSTEM) as u:
        return dues.claim(u.session, "job", u.now, timedelta(minutes=5))


def test_a_killed_workers_due_comes_back_and_a_failed_one_is_tried_five_times_with_pauses(office):
    database = office.product.database
    with database.write(SYSTEM) as u:
        dues.plan(u.session, "job", u.now)
    assert claim(office)
    assert claim(office) is None
    office.clock.advance(timedelta(minutes=6))
    for attempt in range(2, dues.ATTEMPTS + 1):
        due_id = claim(office)
        assert due_id, attempt
        with database.write(SYSTEM) as u:
            dues.finish(u.session, due_id, u.now, "it failed")
        assert claim(office) is None, "not at once"
        office.clock.advance(dues.PAUSE + timedelta(seconds=1))
    assert claim(office) is None, "not for ever"


def test_after_a_pause_of_the_machine_one_run_serves_all_that_was_missed(office):
    database = office.product.database
    for hours in (3, 2, 1):
        with database.write(SYSTEM) as u:
            dues.plan(u.session, "job", u.now - timedelta(hours=hours))
    newest = claim(office)
    assert claim(office) is None
    with database.read(SYSTEM) as u:
        rows = {row.id: row for row in u.session.scalars(select(dues.Due))}
    assert rows[newest].due_at == max(row.due_at for row in rows.values())
    assert {row.last_error for row in rows.values()} == {"", "superseded"}


def test_jobs_run_when_due_and_a_failing_one_holds_up_no_other(office_with):
    ran = []
    office = office_with(
        jobs=lambda: [
            Job("always", "A", Continuous(), lambda _d: ran.append("always")),
            Job("breaks", "B", Every(60), faulty.fail),
            Job("hourly", "C", Every(60), lambda _d: ran.append("hourly")),
        ]
    )
    for _ in range(3):
        office.work()
    assert (ran.count("always"), ran.count("hourly")) == (3, 1)
    office.clock.advance(timedelta(hours=1))
    office.work()
    assert ran.count("hourly") == 2


def test_the_health_report_tells_whether_a_worker_lives(office):
    assert office.visitor().get("/healthz").json["worker"] == {"last_tick": None, "alive": False}
    office.work()
    report = office.visitor().get("/healthz").json
    assert (report["status"], report["worker"]["alive"]) == ("ok", True)
    office.clock.advance(timedelta(minutes=3))
    report = office.visitor().get("/healthz").json
    assert (report["status"], report["worker"]["alive"]) == ("degraded", False)


def test_workers_that_are_long_gone_are_forgotten(office):
    with office.product.database.write(SYSTEM) as u:
        dues.beat(u.session, "old", u.now - timedelta(days=2))
        dues.beat(u.session, "new", u.now)
    with office.product.database.read(SYSTEM) as u:
        assert list(u.session.scalars(select(dues.WorkerTick.worker))) == ["new"]


def ring(office):
    with office.product.database.write(SYSTEM) as u:
        u.emit(BellRang(3))


def events(office):
    with office.product.database.read(SYSTEM) as u:
        return list(u.session.scalars(select(OutboxEvent)))


def test_an_event_is_handled_after_the_commit_and_what_a_failed_handler_wrote_is_taken_back(office_with):
    behaviour, heard = {"fails": True}, []

    def handle(u, event):
        u.audit("heard")
        u.session.flush()
        if behaviour["fails"]:
            faulty.fail()
        heard.append(event)

    office = office_with(event_handlers=lambda: [EventHandler(BellRang, handle)])
    ring(office)
    (row,) = events(office)
    assert (row.attempts, row.done_at) == (1, None)
    office.work()
    assert events(office)[0].attempts == 1, "not before its pause"
    behaviour["fails"] = False
    office.clock.advance(timedelta(seconds=6))
    office.work()
    assert heard == [BellRang(3)]
    assert events(office)[0].done_at
    with office.product.database.read(SYSTEM) as u:
        assert list(u.session.scalars(select(AuditEvent.action).where(AuditEvent.action == "heard"))) == ["heard"]
        assert u.session.scalars(select(state.PluginFault)).one().hook == "handler of wf40.bell_rang"


def test_whoever_saves_does_not_work_off_what_others_left(office_with):
    heard = []
    office = office_with(event_handlers=lambda: [EventHandler(BellRang, lambda _u, event: heard.append(event.times))])
    handle, office.product.database.after_commit = office.product.database.after_commit, lambda _events: None
    with office.product.database.write(SYSTEM) as u:
        u.emit(BellRang(1))
    office.product.database.after_commit = handle
    with office.product.database.write(SYSTEM) as u:
        u.emit(BellRang(2))
    assert heard == [2]
    office.work()
    assert heard == [2, 1]


def test_an_event_is_not_lost_while_a_plugin_cannot_say_what_it_handles(office_with):
    behaviour, heard = {"fails": False}, []

    def event_handlers():
        if behaviour["fails"]:
            faulty.fail()
        return [EventHandler(BellRang, lambda _u, event: heard.append(event))]

    office = office_with(event_handlers=event_handlers)
    ring(office)
    behaviour["fails"] = True
    for _ in range(4):
        ring(office)
    behaviour["fails"] = False
    for _ in range(3):
        office.clock.advance(timedelta(minutes=15))
        office.work()
    assert len(heard) == 5


def test_jobs_in_a_process_of_their_own(offices, tmp_path, monkeypatch):
    for office in offices.open("sqlite", tmp_path):
        with office.product.database.write(SYSTEM) as u:
            state.switch(u.session, "clockwork", enabled=True, now=u.now)
        for name, value in {
            "WF40_DATABASE_URL": office.product.settings.url, "WF40_SECRET_KEY": SECRET, "WF40_DATA_DIR": str(tmp_path),
            "PYTHONPATH": os.pathsep.join([str(INSTALLED), os.environ.get("PYTHONPATH", "")]),
        }.items():  # fmt: skip
            monkeypatch.setenv(name, value)

        def apart(key, minutes=1.0):
            return runner._run_apart(
                f"clockwork:{key}", Job(key, key, Every(60), lambda _d: None, limit_minutes=minutes)
            )

        assert apart("strike") == ""
        with office.product.database.read(SYSTEM) as u:
            assert (
                u.session.scalars(select(AuditEvent).where(AuditEvent.action == "struck")).one().actor_name
                == "clockwork"
            )
        assert "a wheel is missing" in apart("break_down")
        assert "ended after" in apart("hang", 0.05)
        assert "unknown job clockwork:nothing" in apart("nothing")
