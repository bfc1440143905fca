"""The daily mail: what stands in it, who gets it and when, and that it comes once."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from follow_up_support import MONDAY, SYSTEM, add_task, day_of
from sqlalchemy import text
from wf40_follow_up import jobs

from wf40.sdk.services import Tasks, WorkingDays
from wf40.sdk.work import NewTask

TICKS = (time(0, 30), time(2, 30), time(6, 29), time(6, 31), time(12))


def test_the_mail_names_what_is_overdue_due_and_next(morning):
    add_task(morning, "Angebot nachfassen", date(2026, 11, 19))
    add_task(morning, "Zurückrufen", MONDAY)
    add_task(morning, "Besuch vorbereiten", date(2026, 11, 24))
    task_id = add_task(morning, "Übermorgen", date(2026, 11, 25))
    morning.plan_and_work()
    (mail,) = morning.mails()
    assert mail.recipient == "advisor-1@musterhausen.example"
    assert mail.subject == "Ihr Tag: eine Wiedervorlage für heute, eine überfällige Wiedervorlage"
    assert mail.body.startswith("Guten Morgen Beratung 1,\n\ndas steht heute, Montag, 23.11.2026, bei Ihnen an.")
    for part in (
        "Überfällig (1)\n--------------\n* Donnerstag, 19.11.2026: Müller Metallbau GmbH – Angebot nachfassen\n  http",
        "Heute (1)\n---------\n* Müller Metallbau GmbH – Zurückrufen\n  http",
        "Morgen (1)\n----------\n* Müller Metallbau GmbH – Besuch vorbereiten\n  http",
        "/p/follow_up/tagesmail",
    ):
        assert part in mail.body, mail.body
    assert "Übermorgen" not in mail.body
    assert f"/wiedervorlagen/{task_id - 1}\n" in mail.body


def test_on_friday_the_mail_looks_until_monday(morning):
    morning.office.clock.moment += timedelta(days=4)
    add_task(morning, "Zurückrufen", date(2026, 11, 27))
    add_task(morning, "Besuch vorbereiten", date(2026, 11, 30))
    morning.plan_and_work()
    assert "Bis Montag, 30.11.2026 (1)" in morning.mails()[0].body


def test_the_mail_speaks_the_officers_language(morning):
    with morning.database.write(SYSTEM) as u:
        u.session.execute(
            text("UPDATE user_account SET language = 'en' WHERE id = :id"), {"id": morning.officer.user_id}
        )
    add_task(morning, "Zurückrufen", MONDAY)
    with morning.office.app.app_context():
        morning.plan_and_work()
    assert "2026-11-23" in morning.mails()[0].body


def test_a_confidential_title_stands_in_the_mail_of_whoever_is_responsible(morning):
    add_task(morning, "Nachfolge besprechen", MONDAY, confidential=True)
    add_task(morning, "Etwas anderes", MONDAY, role="lead", firm=False)
    morning.plan_and_work()
    bodies = {mail.recipient.partition("-")[0]: mail.body for mail in morning.mails()}
    assert "Nachfolge besprechen" in bodies["advisor"]
    assert "Nachfolge besprechen" not in bodies["lead"]


def test_nothing_due_means_no_mail(morning):
    add_task(morning, "Morgen erst", date(2026, 11, 24))
    morning.plan_and_work()
    assert (morning.mails(), morning.dues()) == ([], [])


def test_what_was_done_before_the_mail_is_written_needs_no_mail(morning):
    task_id = add_task(morning, "Zurückrufen", MONDAY)
    jobs.plan_digests(morning.database)
    morning.close(task_id)
    jobs.work_off(morning.database)
    assert morning.mails() == []
    assert [due.outcome for due in morning.dues()] == ["nothing"]


@pytest.mark.parametrize("day", [date(2026, 11, 22), date(2026, 12, 25)])
def test_no_mail_on_a_free_day(morning, day):
    add_task(morning, "Zurückrufen", date(2026, 11, 20))
    morning.office.clock.moment = datetime(day.year, day.month, day.day, 5, 30, tzinfo=UTC)
    morning.plan_and_work()
    assert morning.mails() == []


def test_an_officer_switches_the_own_mail_off_and_on(morning):
    add_task(morning, "Zurückrufen", MONDAY)
    add_task(morning, "Prüfen", MONDAY, role="lead", firm=False)
    client = morning.office.client_as("advisor")
    assert client.post("/p/follow_up/tagesmail", data={}).status_code == 303
    morning.plan_and_work()
    assert [mail.recipient for mail in morning.mails()] == ["lead-1@musterhausen.example"]
    client.post("/p/follow_up/tagesmail", data={"wanted": "y"})
    morning.plan_and_work()
    assert len(morning.mails()) == 2


def test_switching_off_counts_until_the_mail_is_written(morning):
    add_task(morning, "Zurückrufen", MONDAY)
    jobs.plan_digests(morning.database)
    morning.office.client_as("advisor").post("/p/follow_up/tagesmail", data={})
    jobs.work_off(morning.database)
    assert (morning.mails(), [due.outcome for due in morning.dues()]) == ([], ["unwanted"])


def test_whoever_has_left_gets_no_mail(morning):
    add_task(morning, "Zurückrufen", MONDAY)
    jobs.plan_digests(morning.database)
    morning.leave(morning.officer.user_id)
    jobs.work_off(morning.database)
    assert morning.mails() == []


def test_one_mail_a_day_however_often_the_job_runs(morning):
    add_task(morning, "Zurückrufen", MONDAY)
    for _ in range(3):
        morning.plan_and_work()
        morning.office.clock.moment += timedelta(hours=2)
    assert len(morning.mails()) == 1
    morning.office.clock.moment += timedelta(days=1)
    morning.plan_and_work()
    assert len(morning.mails()) == 2


def test_after_three_days_off_only_todays_mail_goes_out(morning):
    add_task(morning, "Zurückrufen", MONDAY)
    jobs.plan_digests(morning.database)  # planned on Monday, and then the worker stood still
    morning.office.clock.moment += timedelta(days=3)
    for _ in range(2):
        morning.office.work()
    (mail,) = morning.mails()
    assert "Donnerstag, 26.11.2026" in mail.body
    assert [due.outcome for due in morning.dues("digest")] == ["outdated", "sent"]


def test_a_worker_that_comes_back_at_night_waits_with_the_mail_until_the_morning(morning):
    add_task(morning, "Zurückrufen", MONDAY)
    morning.office.clock.moment = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    for _ in range(2):
        morning.office.work()
    assert morning.mails() == []
    assert len(morning.dues()) == 1
    morning.office.clock.moment = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
    morning.office.work()
    assert len(morning.mails()) == 1
    morning.office.work()
    assert len(morning.mails()) == 1


def test_a_long_list_is_cut_and_says_so(morning):
    for number in range(35):
        add_task(morning, f"Aufgabe {number}", MONDAY)
    morning.plan_and_work()
    assert "Heute (35)" in morning.mails()[0].body
    assert "Und 5 weitere in Ihrer Liste" in morning.mails()[0].body


def test_mails_of_long_ago_are_forgotten(morning):
    add_task(morning, "Zurückrufen", MONDAY)
    morning.plan_and_work()
    morning.office.clock.moment += timedelta(days=91)
    morning.plan_and_work()
    assert {str(due.day) for due in morning.dues("digest")} == {"2027-02-22"}


@pytest.mark.parametrize("thursday", [date(2027, 3, 25), date(2027, 10, 28)], ids=["spring", "autumn"])
def test_over_a_change_of_the_clock_one_mail_comes_each_working_day_at_half_past_six(morning, thursday):
    add_task(morning, "Zurückrufen", MONDAY)
    zone, days, sent = ZoneInfo("Europe/Berlin"), [thursday + timedelta(days=n) for n in range(6)], []
    for tick in (datetime.combine(day, at, zone) for day in days for at in TICKS):
        morning.office.clock.moment = tick.astimezone(UTC)
        before = len(morning.mails())
        for _ in range(2):
            morning.office.work()
        sent += [tick] * (len(morning.mails()) - before)
    with morning.database.read(SYSTEM) as u:
        working = [day for day in days if u.service(WorkingDays).is_working(u, day)]
    assert [(moment.date(), moment.time()) for moment in sent] == [(day, time(6, 31)) for day in working]


def test_whoever_moved_to_another_unit_gets_no_titles_of_the_old_one(morning):
    add_task(morning, "Nachfolge besprechen", MONDAY, confidential=True)
    jobs.plan_digests(morning.database)
    elsewhere = morning.office.add_unit("Nachbarstadt")
    with morning.database.write(SYSTEM) as u:
        moved = text("UPDATE user_account SET unit_id = :unit WHERE id = :id")
        u.session.execute(moved, {"unit": elsewhere, "id": morning.officer.user_id})
    jobs.work_off(morning.database)
    assert morning.mails() == []
    theirs = morning.office.add_firm("Drüben GmbH", elsewhere)
    with morning.database.write(SYSTEM) as u:
        u.service(Tasks).add(u, NewTask("Zurückrufen", MONDAY, theirs.id, morning.officer.user_id))
        assert [task.title for task in u.service(Tasks).due(u, morning.officer.user_id, MONDAY)] == ["Zurückrufen"]
    morning.leave(morning.officer.user_id)
    with morning.database.read(SYSTEM) as u:
        assert u.service(Tasks).due(u, morning.officer.user_id, MONDAY) == []


def test_each_unit_keeps_to_the_calendar_of_its_own_land(morning):
    elsewhere = morning.office.add_unit("Nachbarstadt")
    for unit_id, land in ((1, "BE"), (elsewhere, "BW")):
        data = {"land": land}
        assert morning.office.client_as("lead", unit_id).post("/verwaltung/amt/land", data=data).status_code == 303
    theirs = morning.office.add_firm(
        "Drüben GmbH", elsewhere, officer_id=morning.office.actor("lead", elsewhere).user_id
    )
    for day, working in ((26, {1, elsewhere}), (27, {1})):  # 27 May 2027 is Corpus Christi: free in one of them
        morning.office.clock.moment = datetime(2027, 5, day, 5, 30, tzinfo=UTC)
        for firm in (morning.firm, theirs):
            morning.light("red", on=f"2027-05-{day}", firm=firm)
        if day == 26:
            assert [(t.firm_id, day_of(t.due_on)) for t in morning.tasks()] == [
                (morning.firm.id, date(2027, 5, 27)), (theirs.id, date(2027, 5, 28)),
            ]  # fmt: skip
            given = NewTask("Heute", date(2027, 5, 26), theirs.id, morning.office.actor("lead", elsewhere).user_id)
            with morning.database.write(SYSTEM) as u:
                u.service(Tasks).add(u, given)
            add_task(morning, "Heute", date(2027, 5, 26))
        morning.plan_and_work()
        assert {due.unit_id for due in morning.dues("digest") if due.day.day == day} == working
    bodies = {mail.recipient: mail.body for mail in morning.mails() if "26.05.2027, bei" in mail.body}
    assert "Morgen (1)" in bodies["advisor-1@musterhausen.example"]
    assert "Bis Freitag, 28.05.2027 (1)" in bodies[f"lead-{elsewhere}@musterhausen.example"]
