"""One actor, one transaction, one moment: readers never wait, writers never fail half-way, errors leave nothing."""

import contextlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import func, select, text

from wf40.base.access import Actor, requires
from wf40.base.audit import AuditEvent
from wf40.base.db import Base, UtcDateTime, make_engine
from wf40.base.errors import Forbidden
from wf40.base.events import Event
from wf40.base.mail import Letter
from wf40.base.outbox import OutboxEvent, OutboxMail
from wf40.base.throttle import Attempt

SYSTEM = Actor.system("test")
LETTER = Letter("a@musterhausen.example", "Hallo", "Text")


@dataclass(frozen=True, slots=True)
class KettleBoiled(Event):
    degrees: int


def count(database, table):
    with database.read(SYSTEM) as u:
        return u.session.scalar(select(func.count()).select_from(table))


def test_a_reader_does_not_wait_for_a_writer(office):
    database = office.product.database
    with database.write(SYSTEM) as writer:
        writer.audit("started")
        writer.session.flush()
        with ThreadPoolExecutor(1) as pool:
            began = time.monotonic()
            seen = pool.submit(count, database, AuditEvent).result(timeout=5)
            waited = time.monotonic() - began
    assert waited < 1
    assert count(database, AuditEvent) == seen + 1


def test_a_reading_unit_sees_one_state_whatever_is_saved_meanwhile(office):
    database = office.product.database
    saved = select(func.count()).select_from(AuditEvent)
    with database.read(SYSTEM) as reader:
        before = reader.session.scalar(saved)
        with database.write(SYSTEM) as writer:
            writer.audit("meanwhile")
        assert reader.session.scalar(saved) == before
    assert count(database, AuditEvent) == before + 1


def test_reading_then_writing_at_the_same_time_loses_and_refuses_nothing(office):
    database = office.product.database
    with database.write(SYSTEM) as u:
        u.session.add(Attempt(key="counter", window_ends=u.now, count=0))

    def add_one(_turn):
        with database.write(SYSTEM) as u:
            row = u.session.get_one(Attempt, "counter", with_for_update=True)
            time.sleep(0.002)
            row.count += 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add_one, range(80)))
    with database.read(SYSTEM) as u:
        assert u.session.get_one(Attempt, "counter").count == 80


def test_an_error_leaves_nothing_behind(office):
    database = office.product.database
    before = count(database, AuditEvent)

    def fail_half_way():
        with database.write(SYSTEM) as u:
            u.audit("half")
            u.send(LETTER)
            u.session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert count(database, AuditEvent) == before
    assert count(database, OutboxMail) == 0


def test_what_a_reading_unit_changed_is_discarded(office):
    database = office.product.database
    with database.read(SYSTEM) as u:
        u.session.add(Attempt(key="read", window_ends=u.now, count=1))
    assert count(database, Attempt) == 0


@pytest.mark.parametrize(
    "act",
    [lambda u: u.audit("x"), lambda u: u.send(LETTER), lambda u: u.emit(KettleBoiled(99))],
    ids=["audit", "send", "emit"],
)
def test_a_reading_unit_refuses_what_it_would_silently_lose(office, act):
    with office.product.database.read(SYSTEM) as u, pytest.raises(RuntimeError, match="reading unit"):
        act(u)


def test_only_a_reading_unit_is_seen_by_somebody_else(office):
    with office.reading_as("reader") as u:
        assert u.seen_by(SYSTEM).actor == SYSTEM
    with pytest.raises(RuntimeError, match="reading one"), office.writing_as("lead") as u:
        u.seen_by(SYSTEM)


def test_events_and_mails_are_handled_after_the_commit_only(office):
    database, handled = office.product.database, []
    database.subscribers = lambda name: ["core.kitchen"] if name == "wf40.kettle_boiled" else []
    database.after_commit = lambda _events: handled.append(count(database, OutboxEvent))
    with database.write(SYSTEM) as u:
        u.emit(KettleBoiled(100))
        u.send(LETTER)
        assert handled == []
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(count, database, OutboxMail).result() == 0
    assert handled == [1]
    with database.read(SYSTEM) as u:
        row = u.session.scalars(select(OutboxEvent)).one()
        assert (row.event, row.subscriber, row.payload) == ("wf40.kettle_boiled", "core.kitchen", {"degrees": 100})


def test_a_fault_while_handling_does_not_hide_that_the_change_was_saved(office, caplog):
    database = office.product.database
    database.subscribers = lambda _name: ["core.kitchen"]

    def fail(_events):
        raise OSError("no")

    database.after_commit = fail
    with database.write(SYSTEM) as u:
        u.emit(KettleBoiled(100))
    assert count(database, OutboxEvent) == 1
    assert "could not be handled" in caplog.text


def test_a_second_writing_unit_in_the_same_thread_is_refused_at_once_instead_of_waiting_for_itself(office):
    database = office.product.database
    began = time.monotonic()
    with database.write(SYSTEM) as u:
        u.audit("outer")
        with pytest.raises(RuntimeError, match="already writing"), database.write(SYSTEM):
            pass
    assert time.monotonic() - began < 2
    with database.write(SYSTEM) as u:
        u.audit("later")


@pytest.mark.parametrize("fails", [False, True])
def test_work_that_must_wait_for_the_unit_is_done_whether_it_succeeds_or_not(office, fails):
    database, done = office.product.database, []

    def note():
        with database.write(SYSTEM) as u:
            u.audit("noted")
        done.append(threading.current_thread().name)

    with contextlib.suppress(ZeroDivisionError), database.write(SYSTEM) as u:
        u.audit("outer")
        database.when_free(note)
        assert done == []
        if fails:
            raise ZeroDivisionError
    assert done == [threading.current_thread().name]
    database.when_free(note)
    assert len(done) == 2


def test_moments_are_stored_in_utc_and_come_back_aware(office):
    berlin = timezone(timedelta(hours=2))
    with office.product.database.write(SYSTEM) as u:
        u.session.add(Attempt(key="t", window_ends=datetime(2026, 7, 1, 14, 30, tzinfo=berlin), count=1))
    with office.product.database.read(SYSTEM) as u:
        assert u.session.get_one(Attempt, "t").window_ends == datetime(2026, 7, 1, 12, 30, tzinfo=UTC)
        assert u.session.get_one(Attempt, "t").window_ends.tzinfo is not None


def test_a_moment_without_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        UtcDateTime().process_bind_param(datetime(2026, 7, 1), None)  # noqa: DTZ001 - that is the point


def test_every_moment_of_every_table_is_kept_with_its_time_zone():
    for table in Base.metadata.tables.values():
        for column in table.columns:
            if "DATETIME" in str(column.type).upper():
                assert isinstance(column.type, UtcDateTime), f"{table.name}.{column.name}"


def test_sqlite_keeps_what_was_acknowledged_and_checks_its_references(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path}/office.sqlite")
    with engine.connect() as connection:
        settings = {
            name: connection.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    engine.dispose()
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}


def test_a_function_without_the_permission_is_refused():
    @requires("kettle.boil")
    def boil(u):
        return "hot"

    class Unit:
        actor = Actor("user", "A", permissions=frozenset({"kettle.see"}))

    with pytest.raises(Forbidden) as refused:
        boil(Unit())
    assert refused.value.permission == boil.permission == "kettle.boil"
