"""Choosing, comparing, merging and separating persons on pages, and where old addresses lead."""

from datetime import date

import pytest

from wf40.core.contacts.models import Contact
from wf40.core.contacts.service import ConsentInput, ContactInput, add_contact, give_consent
from wf40.core.merges import service
from wf40.core.merges.kinds import PERSONS
from wf40.core.merges.service import MergeInput


@pytest.fixture
def client(office):
    return office.client_as("advisor")


@pytest.fixture
def firm(office):
    return office.add_firm("Kranz Metallbau GmbH")


@pytest.fixture
def two(office, firm):
    with office.writing_as("advisor") as u:
        keep = add_contact(u, firm.id, ContactInput("Müller", "Sabine", email="s.mueller@kranz.example"))
        return keep, add_contact(u, firm.id, ContactInput("Mueller", "Sabine", mobile="0171 5550123"))


@pytest.fixture
def merged(office, two):
    with office.writing_as("advisor") as u:
        return service.merge(u, MergeInput(*two, 1, 1), PERSONS)


def sent(office, keep, gone, **more):
    with office.reading_as("advisor") as u:
        versions = [u.session.get_one(Contact, i).version for i in (keep, gone)]
    return {"keep_version": str(versions[0]), "gone_version": str(versions[1])} | more


def test_the_page_of_a_person_leads_to_the_choice_and_that_to_the_comparison(client, two):
    assert f'href="/ansprechpersonen/{two[0]}/zusammenfuehren"' in client.get(f"/ansprechpersonen/{two[0]}").text
    page = client.get(f"/ansprechpersonen/{two[0]}/zusammenfuehren").text
    assert "Diese Einträge sind ähnlich" in page
    assert f'href="/zusammenfuehren/personen/{two[0]}/{two[1]}"' in page
    assert f"/zusammenfuehren/personen/{two[0]}/{two[0]}" not in page
    assert f"/personen/{two[0]}/{two[1]}" in client.get(f"/ansprechpersonen/{two[0]}/zusammenfuehren?q=Mueller").text
    assert "Keine andere Person gefunden" in client.get(f"/ansprechpersonen/{two[0]}/zusammenfuehren?q=xyz").text


def test_the_comparison_says_what_would_move_and_changes_nothing(office, client, two):
    with office.writing_as("advisor") as u:
        give_consent(u, two[1], ConsentInput("survey", "mail", date(2026, 11, 21), "written"))
    page = client.get(f"/zusammenfuehren/personen/{two[0]}/{two[1]}").text
    assert "Einwilligungen: <strong>1</strong>" in page
    assert 'name="mobile" id="mobile-gone" value="gone" checked' in page
    assert "verschiedenen Unternehmen" not in page
    with office.reading_as("advisor") as u:
        assert u.session.get_one(Contact, two[1]).merged_into_id is None


def test_two_firms_are_pointed_out_and_one_is_chosen(office, client, firm, two):
    other = office.add_firm("Vollmer Optik GmbH")
    with office.writing_as("advisor") as u:
        third = add_contact(u, other.id, ContactInput("Müller", "Sabine"))
    page = client.get(f"/zusammenfuehren/personen/{two[0]}/{third}").text
    assert "Die beiden Einträge gehören zu verschiedenen Unternehmen" in page
    assert 'name="firm_id" id="firm_id-keep" value="keep" checked' in page
    data = sent(office, two[0], third, firm_id="gone")
    assert client.post(f"/zusammenfuehren/personen/{two[0]}/{third}", data=data).status_code == 303
    assert "Sabine Müller" in client.get(f"/unternehmen/{other.id}/ansprechpersonen").text


def test_merging_by_the_page_and_taking_it_back_by_its_message(office, client, two):
    answer = client.post(f"/zusammenfuehren/personen/{two[0]}/{two[1]}", data=sent(office, *two, family_name="gone"))
    assert (answer.status_code, answer.location) == (303, f"/ansprechpersonen/{two[0]}")
    page = client.get(answer.location).text
    assert "Die Personen sind zusammengeführt." in page
    assert "/zusammenfuehrungen/personen/1/trennen" in page
    assert f'href="/zusammenfuehrungen/personen/von/{two[1]}"' in page
    assert "Zusammengeführt mit" in page
    assert client.get(f"/zusammenfuehrungen/personen/von/{two[1]}").location == "/zusammenfuehrungen/personen/1"
    shown = client.get("/zusammenfuehrungen/personen/1").text
    assert "gilt wieder der frühere Wert: Nachname, Mobil" in shown
    assert client.post("/zusammenfuehrungen/personen/1/trennen").status_code == 303
    assert "wieder getrennt" in client.get("/zusammenfuehrungen/personen").text
    assert client.get(f"/ansprechpersonen/{two[1]}").status_code == 200
    again = client.post("/zusammenfuehrungen/personen/1/trennen")
    assert (again.status_code, "bereits wieder getrennt" in again.text) == (422, True)


@pytest.mark.parametrize("page", ["", "/bearbeiten", "/zusammenfuehren?q=x"])
def test_old_addresses_lead_to_the_kept_entry_and_say_why(client, two, merged, page):
    answer = client.get(f"/ansprechpersonen/{two[1]}{page}")
    assert (answer.status_code, answer.location) == (302, f"/ansprechpersonen/{two[0]}{page}")
    assert "mit dieser Person zusammengeführt" in client.get(answer.location).text


def test_whoever_may_not_read_the_person_is_not_led_to_them(office, two, merged):
    other = office.add_unit("Nachbarstadt")
    assert office.client_as("advisor", other).get(f"/ansprechpersonen/{two[1]}").status_code == 404
    assert office.client_as("advisor", other).get(f"/zusammenfuehrungen/personen/{merged}").status_code == 404
    assert office.client_as("admin").get(f"/ansprechpersonen/{two[1]}").status_code == 403
    assert office.visitor().get(f"/ansprechpersonen/{two[1]}").location.startswith("/anmelden")


def test_an_entry_that_is_gone_is_in_no_list_and_no_search(client, firm, two, merged):
    for address in (
        "/ansprechpersonen", "/ansprechpersonen?archiv=1", f"/unternehmen/{firm.id}/ansprechpersonen",
        "/suche?q=Mueller", "/suche?q=0171+5550123",
    ):  # fmt: skip
        assert f'href="/ansprechpersonen/{two[1]}"' not in client.get(address).text, address
    assert f"/ansprechpersonen/{two[0]}" in client.get("/suche?q=0171+5550123").text


def test_somebody_saved_meanwhile(client, two):
    answer = client.post(
        f"/zusammenfuehren/personen/{two[0]}/{two[1]}", data={"keep_version": "1", "gone_version": "9"}
    )
    assert (answer.status_code, "Es wurde nichts geändert." in answer.text) == (409, True)


def test_whoever_only_reads_sees_what_was_merged_and_no_buttons(office, two, merged):
    reader = office.client_as("reader")
    page = reader.get(f"/zusammenfuehrungen/personen/{merged}").text
    assert "Wieder trennen</span></button>" not in page
    assert "/zusammenfuehren" not in reader.get(f"/ansprechpersonen/{two[0]}").text.replace("/zusammenfuehrungen", "")
    assert reader.get(f"/zusammenfuehren/personen/{two[0]}/{two[1]}").status_code == 403


def test_an_archived_person_cannot_be_the_one_that_stays(client, two):
    client.post(f"/ansprechpersonen/{two[0]}/archivieren")
    page = client.get(f"/zusammenfuehren/personen/{two[0]}/{two[1]}")
    assert (page.status_code, "ist im Archiv" in page.text) == (422, True)


def test_a_form_that_was_open_before_says_so(client, two, merged):
    answer = client.post(f"/ansprechpersonen/{two[1]}/bearbeiten", data={"family_name": "Anders", "version": "1"})
    assert answer.status_code in (409, 422)
    assert client.post(f"/ansprechpersonen/{two[1]}/archivieren").status_code == 422


def test_separating_says_which_fields_stay(office, client, two, merged):
    with office.writing_as("advisor") as u:
        row = u.session.get_one(Contact, two[0])
        row.mobile = "0171 999"
    client.post(f"/zusammenfuehrungen/personen/{merged}/trennen")
    page = client.get(f"/zusammenfuehrungen/personen/{merged}").text
    assert "Die Personen sind wieder getrennt. Inzwischen geändert und deshalb geblieben: Mobil." in page
