"""What makes a task, for whom, until when; and that nothing makes one twice."""

from datetime import date, timedelta

import pytest
from flask_babel import force_locale
from follow_up_support import SYSTEM, day_of
from sqlalchemy import text
from wf40_follow_up import jobs
from wf40_follow_up.firing import Cause, fire, rules_for

from wf40.sdk.events import FirmLightChanged, FirmResponded
from wf40.sdk.services import Tasks
from wf40.sdk.work import NewTask


def test_a_firm_that_turns_red_is_to_be_called_within_a_working_day(town):
    town.light("red")
    task = town.only()
    assert (task.title, day_of(task.due_on)) == ("Anrufen: Ampel ist rot", date(2026, 11, 24))
    assert (task.firm_id, task.responsible_id) == (town.firm.id, town.officer.user_id)
    assert task.note == "Die Ampel ist am 23.11.2026 rot geworden."


def test_the_deadline_counts_working_days(town):
    town.office.clock.moment += timedelta(days=4)  # Friday
    town.light("red", on="2026-11-27")
    assert day_of(town.only().due_on) == date(2026, 11, 30)


def test_a_firm_that_answers_is_contacted_within_five_working_days_and_the_task_leads_to_the_answer(town):
    town.respond()
    task = town.only()
    assert (task.title, day_of(task.due_on)) == ("Kontakt aufnehmen: Antwort ist eingegangen", date(2026, 11, 30))
    assert task.url == "/p/digital_readiness/antworten/1"


@pytest.mark.parametrize("url", ["https://anderswo.example/", "//anderswo.example", "/" + "x" * 400])
def test_an_address_that_no_task_can_hold_is_left_out(town, url):
    town.respond(url=url)
    assert town.only().url == ""


def test_a_long_key_of_an_answer_is_no_hindrance(town):
    town.respond(key="x" * 500)
    town.respond(key="x" * 501)
    assert len(town.only().key) <= 200


def test_an_event_that_is_handled_twice_makes_one_task(town):
    red, answered = (
        FirmLightChanged(town.firm.id, "red", "yellow", "2026-11-23"),
        FirmResponded(town.firm.id, "a", "a:1", ""),
    )
    town.emit(red, answered)
    for event in (red, answered):
        town.twice(event)
    assert len(town.tasks()) == 2
    for task in town.tasks():
        town.close(task.id)
    for event in (red, answered):
        town.twice(event)
    assert len(town.tasks()) == 2


def test_a_light_that_is_no_longer_red_takes_the_open_task_back(town):
    town.light("red")
    town.light("green", "red", "2026-11-25")
    task = town.only("dropped")
    assert task.outcome == "Die Ampel ist nicht mehr rot."
    assert town.tasks("open") == []
    assert [f.outcome for f in town.firings()] == ["withdrawn"]


def test_a_call_that_was_made_stays_when_the_light_turns_green(town):
    town.light("red")
    town.close(town.only().id)
    town.light("green", "red")
    assert len(town.tasks("done")) == 1


def test_a_light_that_flickers_on_one_day_leaves_one_open_task(town):
    for light, before in (("red", "yellow"), ("yellow", "red"), ("red", "yellow"), ("red", "red")):
        town.light(light, before)
    assert [t.state for t in town.tasks()] == ["dropped", "open"]
    town.light("yellow", "red")
    town.light("red", "yellow")
    assert [t.state for t in town.tasks()] == ["dropped", "dropped", "open"]


def test_whoever_called_on_the_day_is_not_asked_again_when_the_light_flickers(town):
    town.light("red")
    town.close(town.only().id)
    town.light("yellow", "red")
    town.light("red", "yellow")
    assert len(town.tasks()) == 1
    town.light("red", "yellow", "2026-12-20")
    assert len(town.tasks()) == 2


def test_a_second_answer_waits_for_the_first_task(town):
    town.respond("a:1")
    town.respond("a:2")
    assert len(town.tasks()) == 1
    town.close(town.only().id)
    town.respond("a:3")
    assert len(town.tasks()) == 2


def test_a_rule_that_is_switched_off_makes_nothing_and_its_tasks_stay(town):
    town.light("red")
    town.switch("light_red", active=False)
    other = town.office.add_firm("Zweite GmbH")
    town.light("red", firm=other)
    assert len(town.tasks("open")) == 1
    town.switch("light_red", active=True)
    town.light("red", firm=other)
    assert len(town.tasks("open")) == 2


def test_a_rule_that_was_changed_makes_other_tasks(town):
    head = town.office.actor("lead")
    town.change("light_red", days=10, day_kind="calendar", title="Vorbeigehen", responsible="head")
    town.light("red")
    task = town.only()
    assert (task.title, day_of(task.due_on)) == ("Vorbeigehen", date(2026, 12, 3))
    assert task.responsible_id == head.user_id


def test_a_deadline_in_calendar_days_never_ends_on_a_free_day(town):
    town.change("light_red", days=5, day_kind="calendar")
    town.light("red")
    assert day_of(town.only().due_on) == date(2026, 11, 30)


def test_a_task_goes_to_a_named_person(town):
    assistant = town.office.actor("assistant")
    town.change("light_red", responsible="named", officer_id=assistant.user_id)
    town.light("red")
    assert town.only().responsible_id == assistant.user_id


@pytest.mark.parametrize("responsible", ["officer", "named"])
def test_what_somebody_who_has_left_should_do_goes_to_nobody_so_that_the_head_sees_it(town, responsible):
    if responsible == "named":
        town.change("light_red", responsible="named", officer_id=town.officer.user_id)
    town.leave(town.officer.user_id)
    town.light("red")
    assert town.only().responsible_id is None


def test_a_firm_without_anybody_responsible(town):
    town.light("red", firm=town.office.add_firm("Ohne GmbH"))
    assert town.only().responsible_id is None


def test_archived_and_unknown_firms_make_no_tasks(town):
    town.office.client_as("advisor").post(f"/unternehmen/{town.firm.id}/archivieren", data={"version": "1"})
    town.light("red")
    town.emit(FirmLightChanged(999_999, "red", "grey", "2026-11-23"))
    assert town.tasks() == []


def test_a_concern_that_is_closed_is_asked_about_later_only_when_switched_on(town):
    town.close_concern(1)
    assert town.tasks() == []
    town.switch("concern_closed", active=True)
    town.close_concern(2)
    town.close_concern(3)
    assert [day_of(t.due_on) for t in town.tasks("open")] == [date(2027, 2, 22)] * 2  # the 21st is a Sunday
    town.close_concern(3)
    assert len(town.tasks()) == 2


def by_hand(town, title="Unterlagen schicken"):
    with town.office.writing_as("advisor") as u:
        return u.service(Tasks).add(u, NewTask(title, date(2026, 11, 24), town.firm.id, town.officer.user_id))


def test_a_series_makes_the_next_task_when_one_is_done_and_not_when_one_is_dropped(town):
    town.add_rule("task_done", "Nachfragen", 14, "calendar", source="hand")
    town.close(by_hand(town), done=False)
    assert town.tasks() == []
    task_id = by_hand(town)
    town.close(task_id)
    town.close(task_id)
    assert (town.only().title, day_of(town.only().due_on)) == ("Nachfragen", date(2026, 12, 7))


def test_a_rule_never_fires_on_a_task_that_it_made_itself(town):
    town.add_rule("task_done", "Noch einmal", 1)
    town.close(by_hand(town))
    town.close(town.only().id)
    assert [t.state for t in town.tasks()] == ["done"]


def test_a_circle_of_rules_comes_to_its_end(town):
    town.add_rule("task_done", "Erstens", 1)
    town.add_rule("task_done", "Zweitens", 1)
    town.close(by_hand(town))
    rounds = 0
    while open_ones := town.tasks("open"):
        for task in open_ones:
            town.close(task.id)
        rounds += 1
        assert rounds < 5, "the rules feed each other"
    # by hand -> both; each of the two -> the other one; those have both behind them
    assert sorted(t.title for t in town.tasks()) == ["Erstens", "Erstens", "Zweitens", "Zweitens"]


def test_a_rule_after_another_rule_heeds_its_tasks_alone(town):
    first = town.rule("light_red")
    town.add_rule("task_done", "Danach", 3, source=f"rule:{first.id}")
    town.close(by_hand(town))
    town.respond()
    town.close(town.only().id)
    town.light("red")
    town.close(town.only().id)
    assert town.only().title == "Danach"
    assert [f.lineage for f in town.firings()][-1] == [first.id, town.firings()[-1].rule_id]


def test_each_unit_has_rules_of_its_own(town):
    elsewhere = town.office.add_unit("Nachbarstadt")
    theirs = town.office.add_firm("Drüben GmbH", elsewhere)
    town.switch("light_red", active=False)
    town.light("red")
    town.light("red", firm=theirs)
    assert town.only().firm_id == theirs.id


def test_titles_and_notes_are_german_whoever_caused_them(town):
    with town.office.app.app_context(), force_locale("en"), town.database.write(town.office.actor("lead")) as u:
        fire(u, rules_for(u, 1, "light_red")[0], town.firm, Cause("x", "x"))
    assert town.only().note.startswith("Die Ampel ist am")


def test_a_task_that_was_closed_while_nobody_listened_does_not_make_its_rule_deaf(town):
    town.light("red")
    town.light("red", firm=(other := town.office.add_firm("Zweite GmbH")))
    first = town.tasks()[0]
    with town.database.write(SYSTEM) as u:
        u.session.execute(
            text("UPDATE task SET state = 'done', closed_at = updated_at WHERE id = :id"), {"id": first.id}
        )
    town.light("red", on="2026-11-24")
    assert len(town.tasks()) == 2, "the rule takes the task for open"
    jobs.plan_gaps(town.database)
    assert {f.firm_id: f.outcome for f in town.firings()} == {town.firm.id: "dropped", other.id: ""}
    town.light("red", on="2026-11-25")
    town.light("red", on="2026-11-25", firm=other)
    assert [task.firm_id for task in town.tasks("open")] == [other.id, town.firm.id]
