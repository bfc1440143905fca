"""A worker that is killed, a mail server that refuses: the daily mail comes once all the same, never not at all."""

import os
import signal
import socket
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import pytest
from follow_up_support import SYSTEM, Helper
from sqlalchemy import text
from wf40_follow_up import dues, jobs
from wf40_follow_up.models import Due
from wf40_follow_up.office_day import today

from wf40.sdk.services import Tasks
from wf40.sdk.work import NewTask
from wf40.testing.office import SECRET

MONDAY = date(2026, 11, 23)
STOPPED_HERE = "stopped here"
CHILD = """
import sys, time
from datetime import datetime
from wf40.app import assemble
from wf40.base.clock import SettableClock
from wf40.sdk.uow import Actor
from wf40.settings import Settings
from wf40_follow_up import dues, jobs
from wf40_follow_up.models import Due

product = assemble(Settings.load(), SettableClock(datetime.fromisoformat(sys.argv[2])))
with product.database.write(Actor.system("child")) as u:
    ids, lease = dues.claim(u)
if sys.argv[1] == "after the mail, before the commit":
    with product.database.write(Actor.system("child")) as u:
        row = u.session.get_one(Due, ids[0])
        row.outcome, row.done_at = jobs.KINDS[row.kind](u, row), u.now
        u.session.flush()
        print("stopped here", flush=True)
        time.sleep(600)
print("stopped here", flush=True)
time.sleep(600)
"""


@pytest.fixture
def morning(offices, database_kind, plugins, tmp_path, smtp_server):
    """An office on a Monday at half past six that sends to a real server, with a task for somebody."""
    for office in offices.open(database_kind, tmp_path, plugins, mail_url=smtp_server.url):
        office.clock.moment = datetime(2026, 11, 23, 5, 30, tzinfo=UTC)
        town = Helper(office)
        with town.database.write(SYSTEM) as u:
            u.service(Tasks).add(u, NewTask("Zurückrufen", MONDAY, town.firm.id, town.officer.user_id))
        yield town


@pytest.fixture
def environment(morning, tmp_path):
    settings = morning.office.product.settings
    return {
        **os.environ, "WF40_DATABASE_URL": settings.url, "WF40_SECRET_KEY": SECRET, "WF40_DATA_DIR": str(tmp_path),
        "WF40_MAIL_URL": settings.mail_url,
    }  # fmt: skip


def kill(process):
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait(30) == -signal.SIGKILL
    process.stdout.close()


@pytest.mark.parametrize("where", ["after the claim", "after the mail, before the commit"])
def test_a_worker_killed_while_it_writes_the_mail(morning, environment, smtp_server, where):
    jobs.plan_digests(morning.database)
    command = [sys.executable, "-c", CHILD, where, morning.office.clock.moment.isoformat()]
    child = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert child.stdout.readline().strip() == STOPPED_HERE
    kill(child)
    for _ in range(3):
        morning.office.work()
    assert smtp_server.mails == []
    morning.office.clock.moment += dues.LEASE + timedelta(seconds=1)
    for _ in range(3):
        morning.office.work()
    assert [mail.recipients for mail in smtp_server.mails] == [("advisor-1@musterhausen.example",)]
    assert [(due.outcome, due.doubtful) for due in morning.dues()] == [("sent", 1)]


def write_a_mail_today(town):
    """Write a daily mail on the real day, which the process of a worker lives in; it may be a free one."""
    town.office.clock.moment = datetime.now(UTC)
    with town.database.write(SYSTEM) as u:
        u.service(Tasks).add(u, NewTask("Anrufen", today(u), town.firm.id, town.officer.user_id))
        common = {"unit_id": 1, "payload": {}, "created_at": u.now, "not_before": u.now}
        u.session.add(Due(kind="digest", key="today", officer_id=town.officer.user_id, day=today(u), **common))
    jobs.work_off(town.database)
    assert len(town.mails()) == 1


def test_a_worker_killed_while_it_talks_to_the_mail_server(morning, environment, smtp_server):
    write_a_mail_today(morning)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(60)
        environment["WF40_MAIL_URL"] = f"smtp://127.0.0.1:{silent.getsockname()[1]}"
        command = [sys.executable, "-m", "wf40.cli", "worker"]
        worker = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            connection, _peer = silent.accept()  # claimed, and waiting for a greeting that never comes
        finally:
            kill(worker)
        connection.close()
    morning.office.clock.moment = datetime.now(UTC) + timedelta(minutes=6)
    morning.office.work()
    assert [mail.recipients for mail in smtp_server.mails] == [("advisor-1@musterhausen.example",)]
    with morning.database.read(SYSTEM) as u:
        counted = u.session.execute(text("SELECT doubtful, done_at IS NOT NULL FROM outbox_mail")).all()
    assert [tuple(row) for row in counted] == [(1, True)]


def test_a_mail_server_that_refuses_for_an_hour_gets_the_mail_once_afterwards(morning, smtp_server):
    with smtp_server.refusing():
        for _ in range(13):
            morning.office.work()
            morning.office.clock.moment += timedelta(minutes=5)
    assert len(smtp_server.refused) > 3, "it was tried again and again"
    assert smtp_server.mails == []
    for _ in range(20):
        morning.office.clock.moment += timedelta(minutes=10)
        morning.office.work()
    assert [mail.recipients for mail in smtp_server.mails] == [("advisor-1@musterhausen.example",)]
    assert [due.outcome for due in morning.dues()] == ["sent"]
