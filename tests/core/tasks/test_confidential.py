"""A confidential task: author, who is responsible, and the firm's officer read it; everybody else sees that it is there."""

from datetime import date

import pytest
from sqlalchemy import select

from wf40.base.audit import AuditEvent
from wf40.base.errors import Forbidden, InvalidInput
from wf40.core.firms.service import assign_officer
from wf40.core.tasks import queries, service
from wf40.core.tasks.rules import TaskInput
from wf40.core.tasks.shapes import TaskFilter

SECRETS = ("Geheimtitel", "Geheimnotiz", "/gespraeche/77", "Geheimwort")


@pytest.fixture
def task_id(office, firm, give):
    """Made by the advisor, in the assistant's hands, for a firm of nobody."""
    made = give(
        "Geheimtitel", date(2026, 11, 19), who="advisor", firm_id=firm.id, note="Geheimnotiz", confidential=True,
        url="/gespraeche/77", record="consultation:77",
    )  # fmt: skip
    with office.writing_as("advisor") as u:
        service.hand_on(u, made, office.actor("assistant").user_id, "Geheimwort")
    return made


def audited(office):
    with office.reading_as("admin") as u:
        return list(u.session.scalars(select(AuditEvent.actor_name).where(AuditEvent.action == "confidential_read")))


@pytest.mark.parametrize("role", ["advisor", "assistant"])
def test_author_and_responsible_person_read_it_and_reading_is_audited(office, task_id, role):
    page = office.client_as(role).get(f"/wiedervorlagen/{task_id}").text
    assert all(word in page for word in SECRETS)
    assert audited(office) == [{"advisor": "Beratung 1", "assistant": "Assistenz 1"}[role]]


def test_opening_its_form_is_audited_too(office, task_id):
    assert "Geheimtitel" in office.client_as("advisor").get(f"/wiedervorlagen/{task_id}/bearbeiten").text
    assert audited(office) == ["Beratung 1"]


@pytest.mark.parametrize("role", ["lead", "reader"])
def test_others_see_that_it_is_there_and_never_what_it_is(office, firm, task_id, role):
    client = office.client_as(role)
    for path in (
        "/", "/wiedervorlagen?wer=alle", f"/wiedervorlagen/{task_id}", f"/unternehmen/{firm.id}",
        f"/unternehmen/{firm.id}/wiedervorlagen", f"/unternehmen/{firm.id}/verlauf", "/unternehmen?f-tasks=offen",
    ):  # fmt: skip
        page = client.get(path).text
        assert not any(word in page for word in SECRETS), path
    assert "Vertrauliche Aufgabe" in client.get(f"/unternehmen/{firm.id}").text
    assert "Assistenz 1" in client.get(f"/unternehmen/{firm.id}").text
    assert "Diese Aufgabe ist vertraulich" in client.get(f"/wiedervorlagen/{task_id}").text
    assert audited(office) == []
    assert client.get(f"/wiedervorlagen/{task_id}/bearbeiten").status_code == 403
    for step in ("erledigt", "streichen", "wieder-oeffnen", "verschieben"):
        answer = client.post(f"/wiedervorlagen/{task_id}/{step}", data={"to": "2026-11-25"})
        assert (answer.status_code, "Geheim" in answer.text) == (403, False), step


def test_the_head_sees_it_overdue_without_its_title(office, task_id):
    page = office.client_as("lead").get("/").text
    assert "Vertrauliche Aufgabe" in page
    assert "1 Arbeitstag überfällig" in page


def test_words_find_it_only_for_those_who_may_read_it(office, task_id):
    found = {}
    for role in ("advisor", "assistant", "lead"):
        with office.reading_as(role) as u:
            found[role] = queries.tasks(u, TaskFilter(q="geheimtitel")).total
    assert found == {"advisor": 1, "assistant": 1, "lead": 0}


def test_the_firms_officer_reads_it(office, firm, task_id):
    with office.writing_as("lead") as u:
        assign_officer(u, firm.id, u.actor.user_id)
    assert "Geheimtitel" in office.client_as("lead").get(f"/wiedervorlagen/{task_id}").text


def test_the_timeline_carries_it_for_nobody(office, firm, task_id):
    with office.writing_as("advisor") as u:
        service.mark_done(u, task_id, "Geheimergebnis")
    page = office.client_as("advisor").get(f"/unternehmen/{firm.id}/verlauf").text
    assert "Erledigt: Vertrauliche Aufgabe" in page
    assert "Geheim" not in page


def test_nobody_locks_themselves_out(office, add):
    task_id = add(who="assistant", role="assistant")
    with office.writing_as("lead") as u, pytest.raises(InvalidInput) as refused:
        service.change_task(
            u, task_id, 1, TaskInput("x", date(2026, 11, 23), office.actor("assistant").user_id, confidential=True)
        )
    assert "confidential" in refused.value.fields


def test_the_head_hands_it_over_unread_and_not_to_themselves(office, task_id, leave, give, stored):
    gone = leave("assistant").user_id
    plain = give("Offen", who=None)
    with office.writing_as("advisor") as u, pytest.raises(Forbidden):
        service.hand_over(u, gone, u.actor.user_id)
    with office.writing_as("lead") as u:
        assert service.hand_over(u, gone, u.actor.user_id) == (0, 1)
        assert service.hand_over(u, None, u.actor.user_id) == (1, 0)
        assert service.hand_over(u, gone, office.actor("advisor").user_id) == (1, 0)
        assert service.hand_over(u, gone, office.actor("advisor").user_id) == (0, 0)
    assert stored(task_id).line.responsible == "Beratung 1"
    assert stored(plain).line.responsible == "Leitung 1"
    assert not stored(task_id, "lead").line.readable
