"""The form of a new person names those who are already there, once; then it saves."""

import re

import pytest

from wf40.core.contacts.service import ContactInput, add_contact
from wf40.core.firms.service import FirmInput, create_firm


@pytest.fixture
def known(office):
    firm = office.add_firm("Kranz Metallbau GmbH")
    with office.writing_as("advisor") as u:
        given = ContactInput("Müller", "Sabine", email="s.mueller@kranz.example", phone="07531 900100")
        return firm.id, add_contact(u, firm.id, given)


def office_firm(u, n):
    return create_firm(u, FirmInput(f"Firma {n} GmbH"))


def sent(given_name, family_name, **more):
    return {"given_name": given_name, "family_name": family_name, "role": "management", "origin": "person", **more}


def test_a_person_of_the_same_name_in_the_firm_is_named_once(office, known):
    firm_id, contact_id = known
    client, url = office.client_as("advisor"), f"/unternehmen/{firm_id}/ansprechpersonen/neu"
    warned = client.post(url, data=sent("Sabine", "Mueller"))
    assert warned.status_code == 422
    assert f'href="/ansprechpersonen/{contact_id}">Sabine Müller</a>, Kranz Metallbau GmbH' in warned.text
    assert "Trotzdem anlegen" in warned.text
    confirmed = re.search(r'name="confirmed"[^>]*value="([^"]*)"', warned.text)[1]
    assert client.post(url, data=sent("Sabine", "Mueller", confirmed=confirmed)).status_code == 303


def test_somebody_else_is_saved_at_once(office, known):
    url = f"/unternehmen/{known[0]}/ansprechpersonen/neu"
    assert office.client_as("advisor").post(url, data=sent("Jonas", "Petersen")).status_code == 303


def test_the_same_mail_leads_to_the_person_in_another_firm(office, known):
    other = office.add_firm("Vollmer Optik GmbH")
    url = f"/unternehmen/{other.id}/ansprechpersonen/aehnlich"
    asked = {"given_name": "Sabine", "family_name": "Müller", "email": "S.Mueller@kranz.example"}
    client = office.client_as("advisor")
    box = client.get(url, query_string=asked).text
    assert f'href="/ansprechpersonen/{known[1]}"' in box
    assert "Gleiche E-Mail-Adresse" in box
    assert "Gleiche E-Mail-Adresse" not in client.get(url, query_string={**asked, "email": ""}).text


def test_a_namesake_in_another_firm_is_shown_and_keeps_nobody_from_saving(office, known):
    other = office.add_firm("Vollmer Optik GmbH")
    client, url = office.client_as("advisor"), f"/unternehmen/{other.id}/ansprechpersonen/neu"
    box = client.get(f"/unternehmen/{other.id}/ansprechpersonen/aehnlich", query_string=sent("Sabine", "Mueller")).text
    assert f'href="/ansprechpersonen/{known[1]}"' in box
    assert "Unternehmen verschieden" in box
    assert client.post(url, data=sent("Sabine", "Mueller")).status_code == 303


def test_a_name_that_many_have_is_no_hint(office, known):
    with office.writing_as("advisor") as u:
        for n in range(3):
            add_contact(u, office_firm(u, n), ContactInput("Müller", "Sabine"))
    other = office.add_firm("Vollmer Optik GmbH")
    url = f"/unternehmen/{other.id}/ansprechpersonen/aehnlich"
    box = office.client_as("advisor").get(url, query_string=sent("Sabine", "Müller")).text
    assert box.strip() == ""


def test_persons_of_other_units_are_neither_named_nor_reached(office, known):
    other = office.add_unit("Nachbarstadt")
    firm = office.add_firm("Vollmer Optik GmbH", other)
    asked = {"given_name": "Sabine", "family_name": "Müller", "email": "s.mueller@kranz.example"}
    client = office.client_as("advisor", other)
    assert client.get(f"/unternehmen/{firm.id}/ansprechpersonen/aehnlich", query_string=asked).text.strip() == ""
    assert client.get(f"/unternehmen/{known[0]}/ansprechpersonen/aehnlich", query_string=asked).status_code == 404


def test_the_form_of_a_stored_person_warns_about_nobody(office, known):
    assert 'id="aehnlich"' not in office.client_as("advisor").get(f"/ansprechpersonen/{known[1]}/bearbeiten").text
