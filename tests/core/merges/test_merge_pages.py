"""Choosing, comparing, merging and separating on pages, and where old addresses lead."""

from datetime import date, timedelta

import pytest

from wf40.core.consultations.service import ConsultationInput, add_consultation
from wf40.core.firms import queries as firms
from wf40.core.firms.service import FirmInput, archive_firm, create_firm
from wf40.core.merges import queries

CALL = ConsultationInput("call", "phone", date(2026, 11, 20), occasion="Fläche gesucht")


@pytest.fixture
def client(office):
    return office.client_as("advisor")


def sent(office, keep, gone, **more):
    with office.reading_as("advisor") as u:
        versions = {"keep_version": firms.firm(u, keep).version, "gone_version": firms.firm(u, gone).version}
    return {k: str(v) for k, v in versions.items()} | more


def test_the_record_leads_to_the_choice_and_that_to_the_comparison(client, two):
    assert f"/unternehmen/{two[0]}/zusammenfuehren" in client.get(f"/unternehmen/{two[0]}").text
    page = client.get(f"/unternehmen/{two[0]}/zusammenfuehren?q=Maschinenbau").text
    assert f"/zusammenfuehren/{two[0]}/{two[1]}" in page
    assert f"/zusammenfuehren/{two[0]}/{two[0]}" not in page
    assert "Kein anderes Unternehmen" in client.get(f"/unternehmen/{two[0]}/zusammenfuehren?q=xyz").text


def test_entries_that_are_alike_are_offered_without_a_search(office, client):
    ids = [office.add_firm(name, town="Musterhausen").id for name in ("Bäckerei Kröger GmbH", "Baeckerei Kroeger")]
    page = client.get(f"/unternehmen/{ids[0]}/zusammenfuehren").text
    assert f"/zusammenfuehren/{ids[0]}/{ids[1]}" in page


def test_the_comparison_says_what_would_move_and_changes_nothing(office, client, two):
    with office.writing_as("advisor") as u:
        add_consultation(u, two[1], CALL)
    page = client.get(f"/zusammenfuehren/{two[0]}/{two[1]}").text
    assert "Gespräche &amp; Besuche: <strong>1</strong>" in page
    assert "Angaben sind bei beiden gleich" in page
    assert 'name="name" id="name-keep" value="keep" checked' in page
    with office.reading_as("advisor") as u:
        assert firms.firm(u, two[1]).merged_into_id is None
        assert queries.merges(u).total == 0


def test_merging_by_the_page_and_taking_it_back_by_its_message(office, client, two):
    office.clock.moment += timedelta(minutes=10)
    answer = client.post(f"/zusammenfuehren/{two[0]}/{two[1]}", data=sent(office, *two, name="gone"))
    assert (answer.status_code, answer.location) == (303, f"/unternehmen/{two[0]}")
    page = client.get(answer.location).text
    assert "Die Unternehmen sind zusammengeführt." in page
    assert "Maschinenbau Muster</h1>" in page
    assert "/zusammenfuehrungen/1/trennen" in page
    assert "Zusammengeführt mit: Maschinenbau Muster" in client.get(f"/unternehmen/{two[0]}/verlauf").text
    shown = client.get("/zusammenfuehrungen/1").text
    assert "Bei „Maschinenbau Muster“ gilt wieder der frühere Wert: Name" in shown
    assert client.post("/zusammenfuehrungen/1/trennen").status_code == 303
    assert "wieder getrennt" in client.get("/zusammenfuehrungen").text
    assert client.get(f"/unternehmen/{two[1]}").status_code == 200
    again = client.post("/zusammenfuehrungen/1/trennen")
    assert (again.status_code, "bereits wieder getrennt" in again.text) == (422, True)


@pytest.mark.parametrize("page", ["", "/gespraeche", "/aenderungen", "/gespraeche/neu", "/verlauf?seite=1&art=change"])
def test_old_addresses_lead_to_the_kept_firm_and_say_why(client, two, merge, page):
    merge(*two)
    answer = client.get(f"/unternehmen/{two[1]}{page}")
    assert (answer.status_code, answer.location) == (302, f"/unternehmen/{two[0]}{page}")
    assert "„Maschinenbau Muster“ wurde am 21.11.2026 durch" in client.get(answer.location).text


def test_whoever_may_not_read_the_firm_is_not_led_to_it(office, two, merge):
    merge(*two)
    other = office.add_unit("Nachbarstadt")
    assert office.client_as("advisor", other).get(f"/unternehmen/{two[1]}").status_code == 404
    assert office.client_as("admin").get(f"/unternehmen/{two[1]}").status_code == 403
    assert office.visitor().get(f"/unternehmen/{two[1]}").location.startswith("/anmelden")


def test_a_form_that_was_open_before_stores_with_the_kept_firm(office, client, two, merge):
    merge(*two)
    assert client.post(f"/unternehmen/{two[1]}/ansprechpersonen/neu", data={"family_name": "Neu"}).status_code == 303
    assert "Neu" in client.get(f"/unternehmen/{two[0]}/ansprechpersonen").text
    data = {"name": "Anders", "version": "1"}
    assert client.post(f"/unternehmen/{two[1]}/bearbeiten", data=data).status_code == 422


def test_somebody_saved_meanwhile(office, client, two):
    answer = client.post(f"/zusammenfuehren/{two[0]}/{two[1]}", data={"keep_version": "1", "gone_version": "9"})
    assert (answer.status_code, "Es wurde nichts geändert." in answer.text) == (409, True)


def test_an_archived_firm_cannot_be_the_one_that_stays(office, client, two):
    with office.writing_as("advisor") as u:
        archive_firm(u, two[0])
    page = client.get(f"/zusammenfuehren/{two[0]}/{two[1]}")
    assert page.status_code == 422
    assert "ist im Archiv" in page.text
    assert ">Zusammenführen</span></button>" not in page.text


def test_whoever_only_reads_sees_what_was_merged_and_no_buttons(office, two, merge):
    done = merge(*two)
    reader = office.client_as("reader")
    page = reader.get(f"/zusammenfuehrungen/{done}").text
    assert "Wieder trennen</span></button>" not in page
    assert f"/unternehmen/{two[0]}/zusammenfuehren" not in reader.get(f"/unternehmen/{two[0]}").text
    assert reader.get(f"/zusammenfuehren/{two[0]}/{two[1]}").status_code == 403


def test_archived_firms_without_those_that_became_part_of_another(office, client, merge):
    with office.writing_as("advisor") as u:
        ids = [create_firm(u, FirmInput(name)) for name in ("Erste GmbH", "Zweite GmbH", "Dritte GmbH")]
        archive_firm(u, ids[2])
    merge(ids[0], ids[1])
    page = client.get("/unternehmen?zustand=archiv").text
    assert "Dritte GmbH" in page
    assert "Zweite GmbH" not in page


def test_the_later_merge_comes_first(office, client, two, merge):
    last = office.add_firm("Holding GmbH").id
    first = merge(*two)
    second = merge(last, two[0])
    page = client.get(f"/zusammenfuehrungen/{first}").text
    assert f'href="/zusammenfuehrungen/{second}"' in page
    assert "trennen</span></button>" not in page
