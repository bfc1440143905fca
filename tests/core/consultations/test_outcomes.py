"""What follows from a conversation: concerns out of topics, tasks out of promises, in the same form."""

from datetime import date

import pytest

from wf40.core.concerns.queries import concern
from wf40.core.tasks.queries import tasks
from wf40.core.tasks.shapes import TaskFilter


@pytest.fixture
def follows(form, office):
    """What a browser sends with a concern and two promises, one of them for a colleague."""
    return form | {
        "need_space": "y",
        "need_title_space": "Halle mit 800 m² bis Sommer",
        "task_1": "Liste freier Hallen schicken",
        "task_due_1": "2026-11-27",
        "task_3": "Termin mit dem Bauamt",
        "task_due_3": "2026-12-04",
        "task_who_3": str(office.actor("lead").user_id),
    }


def send(office, firm_id, data, role="advisor"):
    return office.client_as(role).post(f"/unternehmen/{firm_id}/gespraeche/neu", data=data)


def stored(office, role="advisor"):
    """Return the tasks that follow from conversations, and concern number 1 or nothing."""
    with office.reading_as(role) as u:
        lines = tasks(u, TaskFilter(who="alle", when="offen")).rows
        try:
            return [
                line for line in lines if "Halle" in line.title or "Termin" in line.title or not line.title
            ], concern(u, 1)
        except Exception:  # noqa: BLE001 - there is none, or it may not be read
            return lines, None


def test_topics_become_concerns_and_promises_become_tasks(office, firm_in, follows):
    firm_id = firm_in()
    assert send(office, firm_id, follows).status_code == 303
    lines, raised = stored(office)
    assert (raised.content.title, raised.content.topic, raised.firm.id) == (
        "Halle mit 800 m² bis Sommer",
        "space",
        firm_id,
    )
    own = {line.title: (line.due_on, line.responsible) for line in lines}
    assert own["Liste freier Hallen schicken"] == (date(2026, 11, 27), "Beratung 1")
    assert own["Termin mit dem Bauamt"] == (date(2026, 12, 4), "Leitung 1")
    page = office.client_as("advisor").get("/gespraeche/1").text
    for text in ("Halle mit 800 m² bis Sommer", "Liste freier Hallen schicken", "Termin mit dem Bauamt"):
        assert text in page


def test_sent_twice_it_follows_once(office, firm_in, follows):
    firm_id = firm_in()
    first, second = send(office, firm_id, follows), send(office, firm_id, follows)
    assert first.location == second.location
    lines, _raised = stored(office)
    assert len([line for line in lines if line.title == "Liste freier Hallen schicken"]) == 1
    assert office.client_as("advisor").get("/anliegen/2").status_code == 404


def test_a_later_change_adds_what_follows_further(office, firm_in, follows, form):
    firm_id = firm_in()
    send(office, firm_id, follows)
    more = form | {"version": "1", "task_1": "Halle zeigen", "task_due_1": "2026-11-30"}
    assert office.client_as("advisor").post("/gespraeche/1/bearbeiten", data=more).status_code == 303
    lines, _raised = stored(office)
    assert {"Halle zeigen", "Liste freier Hallen schicken"} <= {line.title for line in lines}


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("task_due_1", "", "bis wann"),
        ("task_due_1", "2026-11-20", "schon vorbei"),
        ("task_due_1", "bald", "kein Datum"),
        ("task_1", "", "was zu tun ist"),
        ("task_1", "x" * 301, "möglich sind 300"),
        ("need_title_space", "x" * 201, "möglich sind 200"),
        ("task_who_3", "999", "Auswahl"),
    ],
)
def test_bad_input_stores_nothing_and_keeps_what_was_typed(office, firm_in, follows, field, value, sentence):
    answer = send(office, firm_in(), follows | {field: value})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Termin mit dem Bauamt" in answer.text
    assert stored(office) == ([], None)
    assert office.client_as("advisor").get("/gespraeche/1").status_code == 404


def test_what_follows_from_a_confidential_conversation_is_as_confidential(office, firm_in, follows):
    firm_id = firm_in(officer_id=office.actor("advisor").user_id)
    without_the_lead = follows | {"task_who_3": "", "confidentiality": "officer"}
    assert send(office, firm_id, without_the_lead).status_code == 303
    for address in ("/anliegen/1", f"/unternehmen/{firm_id}", "/wiedervorlagen?wer=alle", "/anliegen"):
        assert "Halle mit 800" in office.client_as("advisor").get(address).text or "Liste freier" in office.client_as("advisor").get(address).text  # fmt: skip
        seen_by_lead = office.client_as("lead").get(address).text
        assert "Halle mit 800" not in seen_by_lead
        assert "Liste freier" not in seen_by_lead
