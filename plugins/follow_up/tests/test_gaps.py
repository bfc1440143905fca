"""Firms that nobody has spoken with for too long, found every morning."""

from datetime import date, timedelta

import pytest
from follow_up_support import SYSTEM, day_of
from sqlalchemy import text
from wf40_follow_up import care, jobs, queries


@pytest.fixture
def waiting(town):
    """A firm whose interval of care has run out."""
    firm = town.office.add_firm("Lange her GmbH", officer_id=town.officer.user_id, abc="A", care_interval_days=180)
    town.office.clock.moment += timedelta(days=182)  # a Monday
    return firm


def talk(town, firm, day):
    form = {"kind": "visit", "channel": "on_site", "held_on": day.isoformat(), "occasion": "Besuch", "summary": "Gut."}
    answer = town.office.client_as("advisor").post(f"/unternehmen/{firm.id}/gespraeche/neu", data=form)
    assert answer.status_code == 303, answer.text


def test_a_visit_is_planned_once_for_a_gap(town, waiting):
    for _ in range(2):
        town.plan_and_work()
        town.office.clock.moment += timedelta(days=1)
    task = town.only()
    assert (task.title, task.firm_id) == ("Besuch planen", waiting.id)
    assert task.responsible_id == town.officer.user_id
    assert day_of(task.due_on) == date(2027, 6, 7)  # ten working days after Monday 24 May


def test_a_task_that_was_closed_without_a_contact_does_not_come_again_for_the_same_gap(town, waiting):
    town.plan_and_work()
    town.close(town.only().id)
    town.office.clock.moment += timedelta(days=30)
    town.plan_and_work()
    assert len(town.tasks()) == 1


def test_after_a_visit_the_next_gap_makes_the_next_task(town, waiting):
    town.plan_and_work()
    today = town.office.clock.moment.date()
    talk(town, waiting, today)
    town.plan_and_work()
    assert town.only("dropped").outcome.startswith("Inzwischen gab es einen Kontakt")
    town.office.clock.moment += timedelta(days=190)
    town.plan_and_work()
    assert [t.state for t in town.tasks()] == ["dropped", "open"]


def test_switched_off_nothing_is_planned_and_switched_on_later_it_is(town, waiting):
    town.switch("care_gap", active=False)
    town.plan_and_work()
    assert (town.tasks(), town.dues("care_gap")) == ([], [])
    town.switch("care_gap", active=True)
    town.plan_and_work()
    assert town.only().title == "Besuch planen"


def test_switched_off_between_planning_and_doing_the_gap_is_not_lost(town, waiting):
    jobs.plan_gaps(town.database)
    town.switch("care_gap", active=False)
    jobs.work_off(town.database)
    assert town.tasks() == []
    town.switch("care_gap", active=True)
    town.plan_and_work()
    assert town.only().title == "Besuch planen"


def test_the_preview_says_what_the_next_run_would_do(town, waiting):
    def preview():
        with town.database.read(town.office.actor("lead")) as u:
            rows = queries.rules(u, 1)
            by_trigger = {row.trigger: row.id for row in rows}
            return queries.figures(u, rows)[by_trigger["care_gap"]]

    town.rule("care_gap")
    assert (preview().waiting, preview().open, preview().fired) == (1, 0, 0)
    town.plan_and_work()
    assert (preview().waiting, preview().open, preview().fired) == (0, 1, 1)
    town.office.clock.moment += timedelta(days=31)
    assert (preview().open, preview().fired) == (1, 0)


def test_a_firm_that_is_archived_between_planning_and_doing_makes_no_task(town, waiting):
    jobs.plan_gaps(town.database)
    with town.database.write(SYSTEM) as u:
        u.session.execute(text("UPDATE firm SET archived_at = created_at WHERE id = :id"), {"id": waiting.id})
    jobs.work_off(town.database)
    assert town.tasks() == []
    assert [due.outcome for due in town.dues("care_gap")] == ["nothing"]


def test_hundreds_of_gaps_make_a_task_each(town, monkeypatch):
    monkeypatch.setattr(care, "MOST_OPEN", 1000)
    firms = [town.office.add_firm(f"Betrieb {n} GmbH", care_interval_days=30) for n in range(250)]
    town.office.clock.moment += timedelta(days=60)
    for _ in range(2):  # some of them at each tick
        town.plan_and_work()
    assert {t.firm_id for t in town.tasks("open")} == {f.id for f in firms}
    assert len(town.tasks()) == len(firms)


def test_an_office_that_begins_is_not_flooded_and_who_visited_gets_the_next(town):
    firms = [
        town.office.add_firm(f"Firma {n} GmbH", officer_id=town.officer.user_id, care_interval_days=180 - n)
        for n in range(8)
    ]
    town.office.clock.moment += timedelta(days=182)
    town.plan_and_work()
    town.plan_and_work()
    longest = [firm.id for firm in reversed(firms)]
    assert {task.firm_id for task in town.tasks()} == set(longest[:5])
    town.close(next(task.id for task in town.tasks() if task.firm_id == longest[0]))
    town.office.clock.moment += timedelta(days=1)
    town.plan_and_work()
    town.plan_and_work()
    assert {task.firm_id for task in town.tasks()} == set(longest[:6])


def test_a_rule_that_goes_to_the_head_gives_the_head_five_visits_whoever_the_firms_belong_to(town):
    officers = [town.office.actor(role).user_id for role in ("advisor", "assistant", "lead")]
    for n in range(9):
        town.office.add_firm(f"Firma {n} GmbH", officer_id=officers[n % 3], care_interval_days=180)
    town.change("care_gap", responsible="head")
    town.office.clock.moment += timedelta(days=182)
    for _ in range(2):
        town.plan_and_work()
    assert [task.responsible_id for task in town.tasks()] == [officers[2]] * 5
    town.close(town.tasks()[0].id)
    town.office.clock.moment += timedelta(days=1)
    town.plan_and_work()
    assert len(town.tasks()) == 6
