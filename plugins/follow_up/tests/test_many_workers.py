"""A thousand daily mails and four workers, each a process of its own: everybody gets one mail at a real mail server."""

import os
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from follow_up_support import SYSTEM
from sqlalchemy import select, text
from wf40_follow_up.models import Due

from wf40.sdk.services import Tasks
from wf40.sdk.work import NewTask
from wf40.testing.office import SECRET

OFFICERS, WORKERS, PATIENCE = 1000, 4, 400  # the last one only ends a test that hangs, on however slow a machine
NEW_OFFICER = text(
    "INSERT INTO user_account"
    " (unit_id, email, display_name, phone, role, password_hash, active, language, theme, created_at, version)"
    " SELECT unit_id, :email, :email, phone, role, password_hash, active, language, theme, created_at, version"
    " FROM user_account WHERE id = :like"
)
NEW_TASK = text(
    "INSERT INTO task"
    " (unit_id, title, sort_key, note, due_on, responsible_id, author_id, origin, record, url, confidential, state,"
    " outcome, word, postponed, created_at, updated_at, version)"
    " SELECT unit_id, title, sort_key, note, due_on, :officer, author_id, origin, record, url, confidential, state,"
    " outcome, word, postponed, created_at, updated_at, version FROM task WHERE responsible_id = :like"
)


@pytest.fixture
def noon():
    """A time zone in which it is about noon now: the day does not end during the test."""
    offset = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{-offset:+d}" if offset else "Etc/GMT"


@pytest.fixture
def town(offices, database_kind, plugins, tmp_path, smtp_server, noon):
    """An office on the real clock that sends to a real server."""
    for office in offices.open(database_kind, tmp_path, plugins, mail_url=smtp_server.url, timezone=noon):
        office.clock.moment = datetime.now(UTC)
        yield office


def settle(office):
    """Do today's other jobs, each of which a worker would start a process for; the mails are still to be planned."""
    office.work()
    with office.product.database.write(SYSTEM) as u:
        assert u.session.execute(text("DELETE FROM due WHERE job = 'follow_up:digests'")).rowcount == 1


def fill(office, noon):
    """Add the officers, a task for each, and the mails that are due."""
    today = office.clock.moment.astimezone(ZoneInfo(noon)).date()
    advisor = office.actor("advisor").user_id
    with office.product.database.write(SYSTEM) as u:
        u.session.execute(
            NEW_OFFICER, [{"email": f"person{n}@musterhausen.example", "like": advisor} for n in range(OFFICERS)]
        )
        ids = list(u.session.scalars(text("SELECT id FROM user_account WHERE email LIKE 'person%'")))
        first = ids[0]
        u.service(Tasks).add(u, NewTask("Zurückrufen", today, responsible_id=first))
        u.session.flush()
        u.session.execute(NEW_TASK, [{"officer": officer_id, "like": first} for officer_id in ids[1:]])
        for officer_id in ids:
            u.session.add(
                Due(
                    unit_id=1, kind="digest", key=f"digest:{officer_id}:{today}", officer_id=officer_id, day=today,
                    payload={}, created_at=u.now, not_before=u.now,
                )
            )  # fmt: skip


def workers(office, noon, folder):
    """Start the workers as an operator does."""
    settings = office.product.settings
    environment = {
        **os.environ, "WF40_DATABASE_URL": settings.url, "WF40_SECRET_KEY": SECRET, "WF40_DATA_DIR": str(folder),
        "WF40_MAIL_URL": settings.mail_url, "WF40_TIMEZONE": noon,
    }  # fmt: skip
    command = [sys.executable, "-m", "wf40.cli", "worker"]
    for number in range(WORKERS):
        with (folder / f"worker-{number}.log").open("wb") as log:
            yield subprocess.Popen(command, env=environment, stdout=log, stderr=log)


def unfinished(office):
    """Return the mails that are not sent, or were not at the first attempt, and why."""
    with office.product.database.read(SYSTEM) as u:
        rows = u.session.execute(
            text(
                "SELECT recipient, attempts, doubtful, last_error FROM outbox_mail WHERE done_at IS NULL OR attempts > 0"
            )
        )
        return list(rows.all())


def test_four_workers_send_a_thousand_daily_mails_once_each(town, noon, smtp_server, tmp_path):
    settle(town)
    fill(town, noon)
    running = list(workers(town, noon, tmp_path))
    try:
        deadline = time.monotonic() + PATIENCE
        while (len(smtp_server.mails) < OFFICERS or unfinished(town)) and time.monotonic() < deadline:
            assert all(worker.poll() is None for worker in running), (tmp_path / "worker-0.log").read_text()
            time.sleep(0.5)
    finally:
        for worker in running:
            worker.terminate()
        ended = [worker.wait(60) for worker in running]
    assert ended == [0] * WORKERS, "each ends what it has begun"
    assert unfinished(town) == []
    received = Counter(address for mail in smtp_server.mails for address in mail.recipients)
    assert len(received) == OFFICERS
    assert set(received.values()) == {1}
    with town.product.database.read(SYSTEM) as u:
        dues = list(u.session.scalars(select(Due).where(Due.kind == "digest")))
    assert Counter(due.outcome for due in dues) == Counter(sent=OFFICERS)
    assert {due.doubtful for due in dues} == {0}
