"""What an officer sees and does in the browser; everything works without JavaScript."""

import re
from datetime import timedelta

import pytest

from wf40.core.firms import service, sites
from wf40.core.firms.service import FirmInput

FORM = {
    "name": "Muster GmbH",
    "kind": "company",
    "status": "active",
    "legal_form": "gmbh",
    "wz": "28.41",
    "town": "Musterhausen",
}


@pytest.fixture
def firm_id(writing_as):
    with writing_as() as u:
        given = FirmInput("Muster GmbH", legal_form="gmbh", wz="28.41", town="Musterhausen", phone="07531 12345")
        return service.create_firm(u, given)


def test_an_empty_office_is_offered_to_create_a_firm(client_as):
    page = client_as().get("/unternehmen").text
    assert "Noch keine Unternehmen" in page
    assert 'href="/unternehmen/neu"' in page


def test_the_list_shows_firms_and_leads_to_their_record(client_as, firm_id):
    page = client_as().get("/unternehmen").text
    assert f'href="/unternehmen/{firm_id}">Muster GmbH</a>' in page
    assert "Maschinenbau" in page


def test_filters_are_chips_that_can_be_removed_one_by_one(client_as, firm_id):
    page = client_as().get("/unternehmen?q=muster&branche=28&groesse=unbekannt").text
    assert "Suche: muster" in page
    assert 'href="/unternehmen?q=muster&amp;groesse=unbekannt"' in page


def test_no_hits_offer_to_clear_the_filters_and_to_create_what_was_sought(client_as, firm_id):
    page = client_as().get("/unternehmen?q=gibtesnicht").text
    assert "Kein Unternehmen gefunden" in page
    assert 'href="/unternehmen/neu?name=gibtesnicht"' in page


def test_a_record_says_where_its_facts_come_from(client_as, firm_id):
    page = client_as().get(f"/unternehmen/{firm_id}").text
    assert "28.41 – Herstellung von Werkzeugmaschinen" in page
    assert "Branche (WZ 2025)" in page
    assert "Quelle: Eigene Erfassung, Stand 21.11.2026" in page
    assert 'href="tel:+49753112345"' in page


def test_a_new_firm_with_address_gets_its_first_site(client_as):
    client = client_as()
    answer = client.post(
        "/unternehmen/neu", data={**FORM, "street": "Werkstraße", "house_number": "12", "employees": "40"}
    )
    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert "Werkstraße 12, Musterhausen" in page
    assert "Das Unternehmen ist angelegt." in page
    assert "40 Beschäftigte" in page


def test_the_same_name_is_warned_about_once_and_then_saved(client_as, firm_id):
    client = client_as()
    warned = client.post("/unternehmen/neu", data={**FORM, "name": "MUSTER AG"})
    assert warned.status_code == 422
    assert f'href="/unternehmen/{firm_id}"' in warned.text
    assert 'value="MUSTER AG"' in warned.text
    confirmed = re.search(r'name="confirmed"[^>]*value="([^"]*)"', warned.text)
    saved = client.post("/unternehmen/neu", data={**FORM, "name": "MUSTER AG", "confirmed": confirmed[1]})
    assert saved.status_code == 303


def test_an_unknown_sector_is_named_and_nothing_typed_is_lost(client_as):
    answer = client_as().post("/unternehmen/neu", data={**FORM, "wz": "99.99", "note": "bleibt stehen"})
    assert answer.status_code == 422
    assert "Den WZ-Code „99.99“ gibt es weder in der Ausgabe 2008 noch in der Ausgabe 2025." in answer.text
    assert "bleibt stehen" in answer.text


def test_every_fault_stands_on_top_too(client_as):
    answer = client_as().post("/unternehmen/neu", data={**FORM, "name": "", "email": "x"})
    assert answer.status_code == 422
    assert "Geben Sie den Namen ein" in answer.text


def test_two_people_saving_at_once_both_versions_are_shown_and_nothing_is_lost(client_as, firm_id):
    form = {**FORM, "phone": "07531 12345", "version": "1"}
    assert (
        client_as("lead").post(f"/unternehmen/{firm_id}/bearbeiten", data={**form, "town": "Neustadt"}).status_code
        == 303
    )
    late = client_as().post(f"/unternehmen/{firm_id}/bearbeiten", data={**form, "town": "Altstadt"})
    assert late.status_code == 409
    assert "Inzwischen hat Leitung 1 diesen Eintrag geändert" in late.text
    assert re.search(r"Sitz \(Ort\)</th><td>Neustadt</td><td>Altstadt</td>", late.text)
    assert '<th scope="row">Telefon</th>' not in late.text
    version = re.search(r'name="version"[^>]*value="(\d+)"', late.text)[1]
    again = client_as().post(
        f"/unternehmen/{firm_id}/bearbeiten", data={**form, "town": "Altstadt", "version": version}
    )
    assert again.status_code == 303
    assert "Altstadt" in client_as().get(f"/unternehmen/{firm_id}").text


def test_what_is_the_same_in_both_versions_is_not_shown_as_a_difference(client_as, firm_id):
    form = {
        **FORM,
        "phone": "07531 12345",
        "note": "erste Zeile\r\nzweite Zeile",
        "former_names": "Alt\r\nÄlter",
    }
    client_as("lead").post(f"/unternehmen/{firm_id}/bearbeiten", data={**form, "version": "1"})
    late = client_as().post(f"/unternehmen/{firm_id}/bearbeiten", data={**form, "version": "1"})
    assert late.status_code == 409
    assert "Beide Fassungen sind gleich." in late.text


def test_an_unchanged_form_saves_without_a_change(client_as, firm_id):
    client = client_as()
    page = client.get(f"/unternehmen/{firm_id}/bearbeiten").text
    shown = re.search(r'name="wz"[^>]*value="(28\.41 – [^"]+)"', page)[1]
    data = {**FORM, "wz": shown, "phone": "+49 7531 12345", "version": "1"}
    assert client.post(f"/unternehmen/{firm_id}/bearbeiten", data=data).status_code == 303
    assert '<th scope="row">Telefon' not in client.get(f"/unternehmen/{firm_id}/aenderungen").text


def test_the_field_history_says_who_when_old_and_new(client_as, firm_id):
    client = client_as()
    data = {
        **FORM,
        "town": "Neustadt",
        "version": "1",
        "source": "Telefonat",
        "phone": "07531 12345",
        "abc": "A",
    }
    client.post(f"/unternehmen/{firm_id}/bearbeiten", data=data)
    page = client.get(f"/unternehmen/{firm_id}/aenderungen").text
    assert re.search(
        r"Beratung 1</td><th scope=\"row\">Sitz \(Ort\)</th><td>Musterhausen</td><td>Neustadt</td><td>Telefonat",
        page,
    )
    assert "A – enge Betreuung" in page


def test_archiving_can_be_undone_from_the_message(client_as, firm_id):
    client = client_as()
    answer = client.post(f"/unternehmen/{firm_id}/archivieren", follow_redirects=True)
    assert f'action="/unternehmen/{firm_id}/wiederherstellen"' in answer.text
    assert "Rückgängig machen" in answer.text
    assert "Muster GmbH" not in client.get("/unternehmen").text
    assert "Muster GmbH" in client.get("/unternehmen?zustand=archiv").text
    client.post(f"/unternehmen/{firm_id}/wiederherstellen")
    assert "Muster GmbH" in client.get("/unternehmen").text


def test_a_site_is_added_changed_removed_and_put_back(client_as, firm_id):
    client = client_as()
    base = f"/unternehmen/{firm_id}/betriebsstaetten"
    assert client.post(f"{base}/neu", data={"employees": "5"}).status_code == 422
    data = {
        "town": "Musterhausen",
        "street": "Hafenweg",
        "employees": "5",
        "lease_ends_on": "2028-12-31",
        "tenure": "rented",
    }
    assert client.post(f"{base}/neu", data=data).status_code == 303
    page = client.get(f"/unternehmen/{firm_id}").text
    assert "Hafenweg, Musterhausen" in page
    assert "31.12.2028" in page
    site_id = re.search(rf"{base}/(\d+)", page)[1]
    assert client.post(f"{base}/{site_id}", data={**data, "street": "Seeweg", "version": "1"}).status_code == 303
    late = client.post(f"{base}/{site_id}", data={**data, "street": "Bergweg", "version": "1"})
    assert late.status_code == 409
    assert "<td>Seeweg</td><td>Bergweg</td>" in late.text
    removed = client.post(f"{base}/{site_id}/entfernen", follow_redirects=True)
    assert "Die Betriebsstätte ist entfernt." in removed.text
    assert "Seeweg, Musterhausen" not in removed.text
    assert "Seeweg, Musterhausen" in client.post(f"{base}/zurueckholen", follow_redirects=True).text
    assert client.post(f"{base}/zurueckholen").status_code == 404


def test_the_number_of_employees_is_not_asked_for_where_sites_have_it(client_as, writing_as, firm_id):
    with writing_as() as u:
        sites.add_site(u, firm_id, sites.SiteInput(town="Musterhausen", employees=7))
    page = client_as().get(f"/unternehmen/{firm_id}/bearbeiten").text
    assert 'name="employees"' not in page
    assert 'name="apprentices"' in page
    assert "Anschriften und Beschäftigte stehen bei den Betriebsstätten." in page


def test_the_number_of_employees_is_asked_for_where_no_site_has_it(client_as, writing_as, firm_id):
    with writing_as() as u:
        sites.add_site(u, firm_id, sites.SiteInput(town="Musterhausen"))
    client = client_as()
    page = client.get(f"/unternehmen/{firm_id}/bearbeiten").text
    assert 'name="employees"' in page
    assert 'name="apprentices"' in page
    assert "Anschriften und Beschäftigte stehen" not in page
    version = re.search(r'name="version"[^>]*value="(\d+)"', page)[1]
    sent = client.post(f"/unternehmen/{firm_id}/bearbeiten", data={**FORM, "employees": "17", "version": version})
    assert sent.status_code == 303
    assert "17 Beschäftigte" in client.get(f"/unternehmen/{firm_id}").text


def test_the_sector_picker_answers_words_and_numbers(client_as):
    client = client_as()
    assert '<li role="option" data-value="28.41 – Herst' in client.get("/wz/suche?q=Werkzeugmaschinen").text
    assert 'data-value="28.41 – Herst' in client.get("/wz/suche?q=2841").text
    assert re.search(r'data-value="28.41 – [^"]+ \(WZ 2008\)"', client.get("/wz/suche?q=28.41&edition=2008").text)
    assert "(WZ 2008)" in client.get("/wz/suche?q=45.20").text
    assert client.get("/wz/suche").text.strip() == ""


def test_the_firm_picker_answers_with_a_value_that_the_form_understands(client_as, firm_id):
    client = client_as()
    page = client.get("/unternehmen/auswahl?q=must").text
    value = re.search(r'data-value="([^"]+)"', page)[1]
    assert value == f"Muster GmbH (Nr. {firm_id})"
    answer = client.post(
        "/unternehmen/neu", data={**FORM, "name": "Segelwerft Ahoi", "parent": value}, follow_redirects=True
    )
    assert answer.request.path == f"/unternehmen/{firm_id + 1}"
    assert f'href="/unternehmen/{firm_id}">Muster GmbH</a>' in answer.text
    wrong = client.post("/unternehmen/neu", data={**FORM, "name": "Gärtnerei Kraut", "parent": "irgendwas"})
    assert "wählen Sie das Unternehmen aus der Liste" in wrong.text


def test_a_name_with_markup_stays_text(client_as, writing_as):
    with writing_as() as u:
        firm_id = service.create_firm(u, FirmInput("<script>alert(1)</script> GmbH"))
    for address in (
        "/unternehmen",
        f"/unternehmen/{firm_id}",
        f"/unternehmen/{firm_id}/aenderungen",
        "/unternehmen/auswahl?q=script",
    ):
        assert "<script>alert" not in client_as().get(address).text


PAGES = ("", "/bearbeiten", "/aenderungen", "/betriebsstaetten/neu")


def test_a_firm_of_another_unit_is_not_found_anywhere(client_as, office, firm_id):
    other = office.add_unit("Gemeinde Nebenan")
    client = client_as("advisor", other)
    for page in PAGES:
        assert client.get(f"/unternehmen/{firm_id}{page}").status_code == 404
    assert client.post(f"/unternehmen/{firm_id}/archivieren").status_code == 404
    assert client.post(f"/unternehmen/{firm_id}/bearbeiten", data={**FORM, "version": "1"}).status_code == 404
    assert "Muster GmbH" not in client.get("/unternehmen").text
    assert "Muster GmbH" not in client.get("/unternehmen/auswahl?q=muster").text


def test_a_district_sees_the_firms_of_its_towns_without_buttons_to_change_them(office, client_as):
    town = office.add_unit("Gemeinde im Kreis", parent_id=1)
    firm = office.add_firm("Kreis Muster GmbH", town)
    client = client_as("advisor", 1)
    page = client.get(f"/unternehmen/{firm.id}").text
    assert "Kreis Muster GmbH" in page
    assert f"/unternehmen/{firm.id}/bearbeiten" not in page
    assert client.get(f"/unternehmen/{firm.id}/bearbeiten").status_code == 403
    assert client.post(f"/unternehmen/{firm.id}/archivieren").status_code == 403


def test_readers_see_no_buttons_and_are_refused(client_as, firm_id):
    client = client_as("reader")
    assert "/unternehmen/neu" not in client.get("/unternehmen").text
    assert "bearbeiten" not in client.get(f"/unternehmen/{firm_id}").text
    assert client.get("/unternehmen/neu").status_code == 403
    assert client.post("/unternehmen/neu", data=FORM).status_code == 403
    assert client.post(f"/unternehmen/{firm_id}/betriebsstaetten/neu", data={"town": "X"}).status_code == 403


@pytest.mark.parametrize("role", ["privacy", "admin"])
def test_administration_and_data_protection_are_kept_out(client_as, firm_id, role):
    client = client_as(role)
    for address in (
        "/unternehmen",
        f"/unternehmen/{firm_id}",
        "/wz/suche?q=x",
        "/unternehmen/auswahl?q=muster",
    ):
        assert client.get(address).status_code == 403


def test_nothing_changes_by_following_a_link(client_as, firm_id):
    for action in (
        "archivieren",
        "wiederherstellen",
        "betriebsstaetten/1/entfernen",
        "betriebsstaetten/zurueckholen",
    ):
        assert client_as().get(f"/unternehmen/{firm_id}/{action}").status_code == 405


def test_a_firm_that_never_was_is_not_found(client_as):
    assert client_as().get("/unternehmen/4711").status_code == 404


def test_the_timeline_tells_what_was_saved_at_once_as_one_entry(client_as, office, firm_id):
    client = client_as()
    office.clock.advance(timedelta(minutes=5))
    data = {**FORM, "town": "Neustadt", "abc": "A", "version": "1", "phone": "07531 12345"}
    client.post(f"/unternehmen/{firm_id}/bearbeiten", data=data)
    page = client.get(f"/unternehmen/{firm_id}").text
    assert page.count("Angaben geändert:") == 1
    assert "Unternehmen angelegt" in page
