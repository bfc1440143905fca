"""Conversations: written down in one go, found again, never doubled, never lost."""

import html
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from wf40.base.access import Actor
from wf40.core.consultations import queries, service
from wf40.core.consultations.queries import ConsultationFilter
from wf40.core.contacts.service import ContactInput, add_contact
from wf40.core.firms.service import archive_firm
from wf40.testing.office import PASSWORD


def listed(office, role="reader", unit_id=1, **wanted):
    with office.reading_as(role, unit_id) as u:
        return [line.id for line in queries.consultations(u, ConsultationFilter(**wanted)).rows]


def stored(office, consultation_id):
    with office.reading_as("advisor") as u:
        return queries.consultation(u, consultation_id)


def test_a_conversation_is_recorded_from_the_firm_and_stands_everywhere(office, firm_in, form):
    firm_id, client = firm_in(), office.client_as("advisor")
    assert f'href="/unternehmen/{firm_id}/gespraeche/neu"' in client.get(f"/unternehmen/{firm_id}").text
    answer = client.post(f"/unternehmen/{firm_id}/gespraeche/neu", data=form)
    assert answer.status_code == 303
    page = client.get(answer.location).text
    for part in (
        "Unternehmensbesuch am 12.11.2026",
        "Halle zu klein",
        "Sucht eine Fläche.",
        "Fläche",
        "14:30 Uhr",
        "Beratung 1",
    ):
        assert part in page
    for path in (
        "/",
        "/gespraeche",
        f"/unternehmen/{firm_id}",
        f"/unternehmen/{firm_id}/gespraeche",
        f"/unternehmen/{firm_id}/verlauf",
    ):
        assert "Halle zu klein" in client.get(path).text, path


def test_people_of_the_firm_of_the_office_and_others_take_part(office, firm_in, form):
    firm_id, client = firm_in(), office.client_as("advisor")
    with office.writing_as("advisor") as u:
        contact_id, own_id = add_contact(u, firm_id, ContactInput("Vorlage", "Ines")), u.actor.user_id
    people = {
        "contact_ids": [str(contact_id)],
        "officer_ids": [str(own_id)],
        "others": "Frau Beispiel, IHK\r\n\r\n  Herr Muster  ",
    }
    page = client.get(client.post(f"/unternehmen/{firm_id}/gespraeche/neu", data=form | people).location).text
    for name in ("Ines Vorlage", "Frau Beispiel, IHK", "Herr Muster"):
        assert name in page
    assert f'href="/ansprechpersonen/{contact_id}"' in page


def test_nobody_from_another_firm_takes_part(office, firm_in, form):
    firm_id, client = firm_in(), office.client_as("advisor")
    other = firm_in(name="Andere GmbH")
    with office.writing_as("advisor") as u:
        stranger = add_contact(u, other, ContactInput("Fremd"))
    answer = client.post(f"/unternehmen/{firm_id}/gespraeche/neu", data=form | {"contact_ids": [str(stranger)]})
    assert answer.status_code == 422
    assert listed(office) == []


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("held_on", "2026-11-22", "liegt in der Zukunft"),
        ("held_on", "", "wann das Gespräch war"),
        ("held_on", "31.11.2026", "kein Datum"),
        ("held_at", "viertel nach", "keine Uhrzeit"),
        ("occasion", "x" * 301, "möglich sind 300"),
        ("summary", "x" * 100_001, "möglich sind 100000"),
    ],
)
def test_bad_input_gets_a_sentence_and_what_was_typed_stays(office, firm_in, form, field, value, sentence):
    firm_id, client = firm_in(), office.client_as("advisor")
    answer = client.post(
        f"/unternehmen/{firm_id}/gespraeche/neu", data=form | {"agreements": "Rückruf <b>bald</b>", field: value}
    )
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Rückruf &lt;b&gt;bald&lt;/b&gt;" in answer.text
    assert listed(office) == []


def test_an_empty_conversation_is_refused(office, firm_in, form):
    nothing = form | {"occasion": " ", "summary": "", "agreements": "\n"}
    answer = office.client_as("advisor").post(f"/unternehmen/{firm_in()}/gespraeche/neu", data=nothing)
    assert answer.status_code == 422
    assert "mindestens den Anlass" in answer.text


def test_a_form_that_is_sent_twice_makes_one_conversation(office, firm_in, form):
    firm_id, client = firm_in(), office.client_as("advisor")
    first = client.post(f"/unternehmen/{firm_id}/gespraeche/neu", data=form)
    again = client.post(f"/unternehmen/{firm_id}/gespraeche/neu", data=form)
    assert first.location == again.location
    assert len(listed(office)) == 1


def test_a_form_that_is_sent_five_times_at_the_same_moment_makes_one_conversation(office, firm_in, talk):
    firm_id, actor = firm_in(), office.actor("advisor")

    def send(_turn):
        with office.product.database.write(actor) as u:
            return service.add_consultation(u, firm_id, talk, "e" * 32)

    with ThreadPoolExecutor(5) as pool:
        made = set(pool.map(send, range(5)))
    assert len(made) == 1
    assert listed(office) == list(made)


def test_who_goes_back_and_sends_the_same_form_with_another_text_loses_neither(office, firm_in, form):
    firm_id, client = firm_in(), office.client_as("advisor")
    first = client.post(f"/unternehmen/{firm_id}/gespraeche/neu", data=form)
    other = client.post(f"/unternehmen/{firm_id}/gespraeche/neu", data=form | {"summary": "Doch keine Fläche."})
    assert other.status_code == 409
    assert "Sucht eine Fläche." in other.text
    assert "Doch keine Fläche." in other.text
    assert len(listed(office)) == 1
    target = html.unescape(re.search(r'<form class="wf-form" action="([^"]+)"', other.text)[1])
    assert target == first.location + "/bearbeiten"
    assert client.post(target, data=form | {"summary": "Doch keine Fläche.", "version": "1"}).status_code == 303
    assert stored(office, listed(office)[0]).content.summary == "Doch keine Fläche."


def test_the_key_of_a_form_cannot_be_used_for_another_firm(office, firm_in, form):
    client = office.client_as("advisor")
    client.post(f"/unternehmen/{firm_in()}/gespraeche/neu", data=form)
    answer = client.post(f"/unternehmen/{firm_in(name='Andere GmbH')}/gespraeche/neu", data=form)
    assert answer.status_code == 422
    assert "laden Sie es neu" in answer.text


def test_what_was_typed_when_the_session_ended_comes_back_whole(office, firm_in, form):
    firm_id, client = firm_in(), office.client_as("advisor")
    client.get("/")
    office.clock.advance(timedelta(hours=1))
    text = "Grüße – „Anführung“ <b>fett</b> & 'mehr'\n" * 2_400
    refused = client.post(f"/unternehmen/{firm_id}/gespraeche/neu", data=form | {"summary": text})
    assert refused.status_code == 401
    assert listed(office) == []
    kept = html.unescape(re.search(r'name="kept" value="([^"]+)"', refused.text)[1])
    token = re.search(r'name="csrf_token" value="([^"]+)"', refused.text)[1]
    data = {"csrf_token": token, "email": "advisor-1@musterhausen.example", "password": PASSWORD, "kept": kept}
    back = client.post("/anmelden", token=False, data=data)
    assert back.status_code == 200
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', back.text)
    sent = {name: html.unescape(value) for name, value in found}
    assert sent["summary"] == text
    assert client.post(f"/unternehmen/{firm_id}/gespraeche/neu", token=False, data=sent).status_code == 303
    assert stored(office, listed(office)[0]).content.summary == text


def test_who_saves_too_late_sees_both_versions_and_may_save_on_purpose(office, firm_in, add, form, talk):
    consultation_id, client = add(firm_in()), office.client_as("advisor")
    with office.writing_as("lead") as u:
        service.change_consultation(u, consultation_id, 1, replace(talk, summary="Sucht eine Halle."))
    mine = form | {"version": "1", "summary": "Sucht ein Grundstück.", "agreements": "Amt meldet sich."}
    late = client.post(f"/gespraeche/{consultation_id}/bearbeiten", data=mine)
    assert late.status_code == 409
    for part in ("Sucht eine Halle.", "Sucht ein Grundstück.", "Leitung 1", 'name="version" type="hidden" value="2"'):
        assert part in late.text
    assert client.post(f"/gespraeche/{consultation_id}/bearbeiten", data=mine | {"version": "2"}).status_code == 303
    assert stored(office, consultation_id).content.summary == "Sucht ein Grundstück."


def test_history_names_field_person_old_and_new(office, firm_in, add, talk):
    consultation_id = add(firm_in())
    with office.writing_as("lead") as u:
        service.change_consultation(
            u, consultation_id, 1, replace(talk, topics=("energy", "space"), others=("Frau Neu",))
        )
    with office.reading_as("reader") as u:
        shown = {(str(c.label), str(c.old), str(c.new), c.who) for c in queries.changes(u, consultation_id)}
    assert shown == {
        ("Themen", "Fläche", "Energie, Fläche", "Leitung 1"),
        ("Teilnehmende", "", "Frau Neu", "Leitung 1"),
    }


def test_the_list_is_filtered_by_topic_kind_person_period_and_firm(office, firm_in, add, talk):
    first, second = firm_in(name="Ältere GmbH"), firm_in(name="Zweite GmbH")
    visit = add(first)
    call = add(second, replace(talk, kind="call", topics=("energy", "staff"), held_on=date(2026, 3, 1)), role="lead")
    client = office.client_as("advisor")
    expected = {
        "": {visit, call}, "thema=energy": {call}, "art=visit": {visit}, "person=ich": {visit}, "bis=2026-03-01": {call},
        "von=2026-11-12": {visit}, "q=aeltere": {visit}, "thema=unsinn&von=gestern&person=x": {visit, call}, "q=nichts": set(),
        "archiv=1": set(),
    }  # fmt: skip
    for query, wanted in expected.items():
        page = client.get(f"/gespraeche?{query}").text
        assert {int(i) for i in re.findall(r'href="/gespraeche/(\d+)"', page)} == wanted, query
    assert listed(office, order="unternehmen") == [visit, call]
    assert listed(office, order="datum") == [call, visit]


def test_the_list_comes_in_pages_and_offers_to_clear_filters(office, firm_in, add, talk):
    firm_id = firm_in()
    for n in range(27):
        add(firm_id, replace(talk, occasion=f"Anlass {n:02}", held_on=date(2026, 1, 1) + timedelta(days=n)))
    client = office.client_as("reader")
    page = client.get("/gespraeche?seite=2").text
    assert "26 bis 27 von 27" in page
    assert "Anlass 00" in page
    assert "Anlass 02" not in page
    assert "Filter zurücksetzen" in client.get("/gespraeche?thema=energy").text


def test_an_archived_conversation_leaves_lists_and_timeline_and_comes_back(office, firm_in, add):
    firm_id, client = firm_in(), office.client_as("advisor")
    consultation_id = add(firm_id)
    client.post(f"/gespraeche/{consultation_id}/archivieren")
    assert listed(office) == []
    assert "Halle zu klein" not in client.get(f"/unternehmen/{firm_id}").text
    assert listed(office, archived=True) == [consultation_id]
    client.post(f"/gespraeche/{consultation_id}/wiederherstellen")
    assert listed(office) == [consultation_id]


def test_a_unit_sees_its_own_conversations_only_and_the_district_reads_all_but_writes_none(office, firm_in, add, form):
    north, south = office.add_unit("Nord", 1), office.add_unit("Süd", 1)
    firm_id = firm_in(north)
    consultation_id = add(firm_id, unit_id=north)
    assert listed(office, unit_id=south) == []
    assert listed(office, unit_id=north) == listed(office) == [consultation_id]
    foreign, district = office.client_as("advisor", south), office.client_as("advisor", 1)
    for path in (
        f"/gespraeche/{consultation_id}",
        f"/gespraeche/{consultation_id}/bearbeiten",
        f"/unternehmen/{firm_id}/gespraeche/neu",
        f"/unternehmen/{firm_id}/verlauf",
    ):
        assert foreign.get(path).status_code == 404, path
    assert "Halle zu klein" not in foreign.get("/").text
    assert foreign.post(f"/gespraeche/{consultation_id}/archivieren").status_code == 404
    assert district.get(f"/gespraeche/{consultation_id}").status_code == 200
    assert district.post(f"/gespraeche/{consultation_id}/archivieren").status_code == 403
    assert district.post(f"/unternehmen/{firm_id}/gespraeche/neu", data=form).status_code == 403


@pytest.mark.parametrize("role", ["reader", "admin", "privacy"])
def test_who_may_only_read_records_nothing(office, firm_in, add, form, role):
    firm_id = firm_in()
    consultation_id = add(firm_id)
    client = office.client_as(role)
    assert client.post(f"/unternehmen/{firm_id}/gespraeche/neu", data=form).status_code == 403
    assert client.get(f"/gespraeche/{consultation_id}/bearbeiten").status_code == 403
    assert client.get(f"/gespraeche/{consultation_id}").status_code == (200 if role == "reader" else 403)


def test_the_day_of_the_last_contact_counts_conversations_and_no_mails(office, firm_in, add, talk):
    firm_id, quiet = firm_in(), firm_in(name="Stille GmbH")
    add(firm_id, replace(talk, kind="call", held_on=date(2026, 10, 1)))
    add(firm_id, replace(talk, kind="mail", held_on=date(2026, 11, 1)))
    with office.writing_as("advisor") as u:
        service.archive_consultation(u, service.add_consultation(u, firm_id, replace(talk, held_on=date(2026, 11, 20))))
    with office.reading_as("reader") as u:
        assert dict(map(tuple, u.session.execute(queries.last_contact_select(u)))) == {firm_id: date(2026, 10, 1)}
    page = office.client_as("reader").get("/unternehmen").text
    assert "Letzter Kontakt" in page
    assert "01.10.2026" in page
    assert quiet


def test_a_conversation_with_an_archived_firm_is_refused(office, firm_in, form):
    firm_id, client = firm_in(), office.client_as("advisor")
    with office.writing_as("advisor") as u:
        archive_firm(u, firm_id)
    assert "archiviert" in client.post(f"/unternehmen/{firm_id}/gespraeche/neu", data=form).text
    assert listed(office) == []


def test_the_product_itself_may_record_conversations_such_as_those_of_the_demo_town(office, firm_in, talk):
    firm_id = firm_in()
    with office.product.database.write(Actor.system("demo", unit_id=1)) as u:
        made = service.add_consultation(u, firm_id, talk)
        assert u.session.scalar(select(service.Consultation.author_id).where(service.Consultation.id == made)) is None
    assert listed(office) == [made]
