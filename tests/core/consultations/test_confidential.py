"""What is kept for the responsible person: two people read it, nobody else, and no list or box carries it."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from wf40.base.audit import AuditEvent
from wf40.base.errors import Forbidden, InvalidInput
from wf40.core.consultations import queries, service
from wf40.core.firms.service import assign_officer

SECRETS = ("Geheimanlass", "Geheimtext", "Geheimabrede", "Geheimgast")


@pytest.fixture
def secret(talk):
    return replace(
        talk, occasion="Geheimanlass", summary="Geheimtext", agreements="Geheimabrede", others=("Geheimgast",),
        topics=("succession",), confidentiality="officer",
    )  # fmt: skip


@pytest.fixture
def firm_id(office, firm_in):
    """A firm for which the assistant is responsible."""
    made = firm_in()
    with office.writing_as("lead") as u:
        assign_officer(u, made, office.actor("assistant").user_id)
    return made


def audited(office):
    with office.reading_as("admin") as u:
        rows = u.session.scalars(select(AuditEvent).where(AuditEvent.action == "confidential_read"))
        return [(row.actor_name, row.subject) for row in rows]


@pytest.mark.parametrize("role", ["advisor", "assistant"])
def test_author_and_responsible_person_read_it_and_reading_is_audited(office, firm_id, add, secret, role):
    consultation_id = add(firm_id, secret)
    page = office.client_as(role).get(f"/gespraeche/{consultation_id}").text
    assert all(word in page for word in SECRETS)
    assert audited(office) == [
        ({"advisor": "Beratung 1", "assistant": "Assistenz 1"}[role], f"consultation:{consultation_id}")
    ]


@pytest.mark.parametrize("role", ["lead", "reader"])
def test_others_see_that_it_took_place_and_not_what_was_said(office, firm_id, add, secret, role):
    consultation_id = add(firm_id, secret)
    client = office.client_as(role)
    page = client.get(f"/gespraeche/{consultation_id}").text
    assert "Dieses Gespräch ist vertraulich" in page
    assert "Unternehmensbesuch am 12.11.2026" in page
    assert "Zuständig: Assistenz 1." in page
    assert not any(word in page for word in (*SECRETS, "Nachfolge"))
    assert audited(office) == []
    assert client.get(f"/gespraeche/{consultation_id}/bearbeiten").status_code == 403
    for path in ("bearbeiten", "archivieren"):
        assert client.post(f"/gespraeche/{consultation_id}/{path}", data={"version": "1"}).status_code == 403


@pytest.mark.parametrize("role", ["advisor", "assistant", "lead", "reader"])
def test_no_list_box_or_timeline_carries_it_even_for_its_author(office, firm_id, add, secret, role):
    add(firm_id, secret)
    client = office.client_as(role)
    for path in (
        "/",
        "/gespraeche",
        "/gespraeche?q=muster",
        f"/unternehmen/{firm_id}",
        f"/unternehmen/{firm_id}/verlauf",
        f"/unternehmen/{firm_id}/gespraeche",
        "/unternehmen",
    ):
        page = client.get(path).text
        assert not any(word in page for word in SECRETS), path
    assert "vertraulich" in client.get("/gespraeche").text
    assert "vertraulich" in client.get(f"/unternehmen/{firm_id}").text


def test_filtering_by_topic_does_not_give_away_what_it_was_about(office, firm_id, add, secret):
    consultation_id = add(firm_id, secret)
    client = office.client_as("reader")
    assert f"/gespraeche/{consultation_id}" in client.get("/gespraeche").text
    assert f"/gespraeche/{consultation_id}" not in client.get("/gespraeche?thema=succession").text


def test_history_of_a_note_that_became_confidential_is_closed_too(office, firm_id, add, secret):
    consultation_id = add(firm_id, replace(secret, confidentiality="internal"))
    with office.writing_as("advisor") as u:
        service.change_consultation(u, consultation_id, 1, replace(secret, summary="Geheimtext zwei"))
    with office.reading_as("reader") as u:
        assert queries.changes(u, consultation_id) == []
        assert queries.consultation(u, consultation_id).content is None
    assert "Geheimtext" not in office.client_as("lead").get(f"/gespraeche/{consultation_id}").text
    assert "Geheimtext zwei" in office.client_as("assistant").get(f"/gespraeche/{consultation_id}").text


def test_nobody_locks_themselves_out(office, firm_id, add, secret):
    consultation_id = add(firm_id, replace(secret, confidentiality="internal"))
    with office.writing_as("lead") as u, pytest.raises(InvalidInput, match="zuständig"):
        service.change_consultation(u, consultation_id, 1, secret)


def test_the_head_cannot_open_it_by_changing_it(office, firm_id, add, secret):
    consultation_id = add(firm_id, secret)
    with office.writing_as("lead") as u, pytest.raises(Forbidden):
        service.change_consultation(u, consultation_id, 1, replace(secret, confidentiality="internal"))


def test_a_new_responsible_person_reads_it_and_the_former_one_no_longer(office, firm_id, add, secret):
    consultation_id = add(firm_id, secret)
    with office.writing_as("lead") as u:
        assign_officer(u, firm_id, u.actor.user_id)
    assert "Geheimtext" in office.client_as("lead").get(f"/gespraeche/{consultation_id}").text
    assert "Geheimtext" not in office.client_as("assistant").get(f"/gespraeche/{consultation_id}").text


def test_a_confidential_conversation_still_counts_as_contact(office, firm_id, add, secret):
    add(firm_id, secret)
    with office.reading_as("reader") as u:
        assert [tuple(row) for row in u.session.execute(queries.last_contact_select(u))] == [(firm_id, secret.held_on)]
