"""The daily mail when something goes wrong: killed and late workers, a mail that cannot be written."""

from datetime import timedelta

from follow_up_support import MONDAY, SYSTEM, add_task
from sqlalchemy import text
from wf40_follow_up import dues, jobs, plugin


def claim(town):
    with town.database.write(SYSTEM) as u:
        return dues.claim(u)


def come_back(town, ids, lease):
    with town.database.write(SYSTEM) as u:
        return dues.do(u, jobs.KINDS, ids, lease)


def test_a_killed_workers_lease_runs_out_and_the_mail_goes_out_once(morning):
    add_task(morning, "Zurückrufen", MONDAY)
    jobs.plan_digests(morning.database)
    ids, lease = claim(morning)  # and then the worker was killed
    assert len(ids) == 1
    jobs.work_off(morning.database)
    assert morning.mails() == [], "still leased"
    morning.office.clock.moment += dues.LEASE + timedelta(seconds=1)
    jobs.work_off(morning.database)
    assert len(morning.mails()) == 1
    assert [due.doubtful for due in morning.dues()] == [1]
    assert come_back(morning, ids, lease) == 0, "the first one comes back too late"
    assert len(morning.mails()) == 1


def test_a_late_worker_changes_nothing_while_another_one_holds_the_due(morning):
    add_task(morning, "Zurückrufen", MONDAY)
    jobs.plan_digests(morning.database)
    ids, first = claim(morning)
    morning.office.clock.moment += dues.LEASE + timedelta(seconds=1)
    claim(morning)
    assert come_back(morning, ids, first) == 0
    assert morning.mails() == []


def test_a_mail_that_cannot_be_written_is_tried_again_with_pauses(morning):
    add_task(morning, "Zurückrufen", MONDAY)
    jobs.plan_digests(morning.database)
    change = text("UPDATE user_account SET email = :mail WHERE id = :id")
    with morning.database.write(SYSTEM) as u:
        u.session.execute(change, {"mail": "a\nb@musterhausen.example", "id": morning.officer.user_id})
    for attempts in (1, 1, 2):
        jobs.work_off(morning.database)
        (due,) = morning.dues()
        assert (due.attempts, due.done_at, due.last_error.partition(":")[0]) == (attempts, None, "ValueError")
        morning.office.clock.moment += timedelta(seconds=20)
    with morning.database.write(SYSTEM) as u:
        u.session.execute(change, {"mail": "neu@musterhausen.example", "id": morning.officer.user_id})
    morning.office.clock.moment += timedelta(minutes=10)
    jobs.work_off(morning.database)
    assert [mail.recipient for mail in morning.mails()] == ["neu@musterhausen.example"]


def test_what_fails_for_a_day_is_given_up_and_the_health_report_says_so(morning):
    def fail(_u, _due):
        raise ZeroDivisionError

    def health():
        with morning.database.read(SYSTEM) as u:
            return next(iter(plugin.health(u)))

    add_task(morning, "Zurückrufen", MONDAY)
    jobs.plan_digests(morning.database)
    for _ in range(26):
        assert health().ok
        dues.work_off(morning.database, {"digest": fail})
        morning.office.clock.moment += timedelta(hours=1)
    (due,) = morning.dues()
    assert due.failed_at
    assert due.attempts > 10
    assert not health().ok
    assert "1 Fälligkeiten" in health().detail
    assert "auch nach mehreren Versuchen nicht" in morning.office.client_as("lead").get("/p/follow_up/").text


def test_one_that_fails_holds_up_none_of_the_others(morning):
    for number in range(3):
        add_task(morning, "Zurückrufen", MONDAY, role=("advisor", "lead", "assistant")[number], firm=False)
    jobs.plan_digests(morning.database)
    with morning.database.write(SYSTEM) as u:
        broken = text("UPDATE user_account SET email = 'a\nb@musterhausen.example' WHERE id = :id")
        u.session.execute(broken, {"id": morning.officer.user_id})
    jobs.work_off(morning.database)
    assert sorted(mail.recipient for mail in morning.mails()) == [
        "assistant-1@musterhausen.example", "lead-1@musterhausen.example",
    ]  # fmt: skip
    assert sorted(due.outcome for due in morning.dues()) == ["", "sent", "sent"]
