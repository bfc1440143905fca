"""People in firms: found, kept up to date, never lost, never seen by the wrong unit."""

from dataclasses import replace
from datetime import date

import pytest

from wf40.base.errors import Forbidden, InvalidInput, NotFound, StaleVersion
from wf40.core.contacts import history, queries, service
from wf40.core.contacts.consents import consent_text
from wf40.core.contacts.service import ConsentInput, ContactInput
from wf40.core.contacts.wanted import ContactFilter
from wf40.core.firms.service import FirmInput, archive_firm, create_firm
from wf40.sdk.services import Contacts

INES = ContactInput(
    "Müller", "Ines", "ms", "Dr.", "management", "Leitung", "i.mueller@firma.example", "+49 (0) 7531/900-12", main=True
)


def firm_in(office, unit_id=1, name="Muster Maschinenbau GmbH"):
    with office.writing_as("advisor", unit_id) as u:
        return create_firm(u, FirmInput(name))


def add(office, firm_id, given=INES, unit_id=1):
    with office.writing_as("advisor", unit_id) as u:
        return service.add_contact(u, firm_id, given)


def found(office, unit_id=1, **wanted):
    with office.reading_as("advisor", unit_id) as u:
        return [line.name for line in queries.contacts(u, ContactFilter(**wanted)).rows]


@pytest.mark.parametrize(
    "query",
    [
        "Müller",
        "Mueller",
        "muller",
        "ines mül",
        "i.mueller@firma",
        "07531 900",
        "753190012",
        "+49 7531 900",
        "maschinenbau",
    ],
)
def test_a_person_is_found_by_name_in_any_spelling_by_mail_by_number_and_by_firm(office, query):
    add(office, firm_in(office))
    assert found(office, q=query) == ["Dr. Ines Müller"]


@pytest.mark.parametrize("query", ["Meier", "07531 999", "%", "_", "'", "!!!"])
def test_nobody_is_found_by_what_does_not_fit(office, query):
    add(office, firm_in(office))
    assert found(office, q=query) == []


def test_the_list_is_in_german_order_and_can_be_turned_round(office):
    firm_id = firm_in(office)
    for name in ("Zander", "Öztürk", "Otto", "Ärmel", "Arndt"):
        add(office, firm_id, ContactInput(name))
    assert found(office) == ["Ärmel", "Arndt", "Öztürk", "Otto", "Zander"]
    assert found(office, order="-name")[0] == "Zander"
    assert len(found(office, order="'; drop table contact")) == 5


def test_the_list_is_filtered_by_role_and_comes_in_pages(office):
    firm_id = firm_in(office)
    for n in range(27):
        add(office, firm_id, ContactInput(f"Person {n:02}", role="training" if n % 9 == 0 else "staff"))
    assert found(office, role="training") == ["Person 00", "Person 09", "Person 18"]
    page = office.client_as("reader").get("/ansprechpersonen?seite=2").text
    assert "26 bis 27 von 27" in page
    assert "Person 26" in page
    assert "Person 24" not in page
    assert "26 bis 27 von 27" in office.client_as("reader").get("/ansprechpersonen?seite=99").text


def test_a_person_made_inside_a_firm_belongs_to_it_and_stands_on_its_page(office):
    client, firm_id = office.client_as("advisor"), firm_in(office)
    form = {
        "family_name": "Vorlage",
        "given_name": "Ines",
        "role": "owner",
        "language": "de",
        "origin": "person",
        "main": "y",
        "email": "i@firma.example",
        "phone": "07531 900",
    }
    answer = client.post(f"/unternehmen/{firm_id}/ansprechpersonen/neu", data=form)
    assert answer.status_code == 303
    record = client.get(f"/unternehmen/{firm_id}").text
    assert "Ines Vorlage" in record
    assert 'href="mailto:i@firma.example"' in record
    assert 'href="tel:07531900"' in record
    assert "Ines Vorlage" in client.get(f"/unternehmen/{firm_id}/ansprechpersonen").text


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("family_name", "", "Geben Sie den Nachnamen ein."),
        ("email", "ines(at)firma", "keine vollständige E-Mail-Adresse"),
        ("email", "a@b.de\r\nBcc: c@d.de", "keine"),
        ("phone", "ruft zurück", "keine Telefonnummer"),
        ("mobile", "1", "keine Telefonnummer"),
        ("origin", "public", "Nennen Sie die Quelle"),
        ("origin", "erfunden", "Auswahl"),
        ("as_of", "2999-01-01", "Zukunft"),
        ("as_of", "gestern", "kein Datum"),
        ("title", "x" * 61, "möglich sind 60"),
    ],
)
def test_bad_input_gets_a_sentence_and_nothing_is_lost(office, field, value, sentence):
    client, firm_id = office.client_as("advisor"), firm_in(office)
    form = {
        "family_name": "Vorlage",
        "given_name": "Ines",
        "role": "owner",
        "language": "de",
        "origin": "person",
        field: value,
    }
    answer = client.post(f"/unternehmen/{firm_id}/ansprechpersonen/neu", data=form)
    assert answer.status_code == 422
    assert sentence in answer.text or "Not a valid choice" in answer.text or "Keine gültige Auswahl" in answer.text
    assert 'value="Ines"' in answer.text
    assert found(office) == []


def test_there_is_no_place_for_private_details():
    columns = set(service.Contact.__table__.c.keys())
    assert not columns & {"birth_date", "birthday", "nationality", "street", "postcode", "town", "religion"}


def test_history_says_who_changed_what_from_what_to_what(office):
    contact_id = add(office, firm_in(office))
    with office.writing_as("lead") as u:
        service.change_contact(u, contact_id, 1, replace(INES, role="owner", phone="07531 1000"))
    with office.reading_as("reader") as u:
        changes = history.changes(u, contact_id)
    assert {(str(c.label), str(c.old), str(c.new)) for c in changes} == {
        ("Rolle", "Geschäftsführung", "Inhaberin oder Inhaber"),
        ("Telefon", "+49 (0) 7531/900-12", "07531 1000"),
    }
    assert {c.who for c in changes} == {"Leitung 1"}
    page = office.client_as("reader").get(f"/ansprechpersonen/{contact_id}").text
    assert "Inhaberin oder Inhaber" in page


def test_saving_without_a_change_makes_no_new_version(office):
    contact_id = add(office, firm_in(office))
    with office.writing_as("advisor") as u:
        service.change_contact(u, contact_id, 1, INES)
        service.change_contact(u, contact_id, 1, INES)


def test_who_saves_too_late_sees_both_versions_and_may_save_on_purpose(office):
    contact_id, client = add(office, firm_in(office)), office.client_as("advisor")
    with office.writing_as("lead") as u:
        service.change_contact(u, contact_id, 1, replace(INES, function="Vorstand"))
    form = {
        "version": "1",
        "family_name": "Müller",
        "given_name": "Ines",
        "role": "management",
        "language": "de",
        "origin": "person",
        "function": "Prokuristin",
        "salutation": "ms",
        "mail_basis": "",
    }
    late = client.post(f"/ansprechpersonen/{contact_id}/bearbeiten", data=form)
    assert late.status_code == 409
    for part in ("Vorstand", "Prokuristin", "Leitung 1", 'name="version" type="hidden" value="2"'):
        assert part in late.text
    assert client.post(f"/ansprechpersonen/{contact_id}/bearbeiten", data={**form, "version": "2"}).status_code == 303
    with office.reading_as("reader") as u:
        assert queries.contact(u, contact_id)[0].function == "Prokuristin"


def test_two_saves_of_one_version_never_overwrite_in_silence(office):
    contact_id = add(office, firm_in(office))
    with office.writing_as("lead") as u:
        service.change_contact(u, contact_id, 1, replace(INES, function="Vorstand"))
    with office.writing_as("advisor") as u, pytest.raises(StaleVersion) as refused:
        service.change_contact(u, contact_id, 1, replace(INES, function="Prokuristin"))
    assert refused.value.current_version == 2
    assert refused.value.changed_by == "Leitung 1"


def test_an_archived_person_leaves_the_lists_and_comes_back(office):
    firm_id, client = firm_in(office), office.client_as("advisor")
    contact_id = add(office, firm_id)
    client.post(f"/ansprechpersonen/{contact_id}/archivieren")
    assert found(office) == []
    assert found(office, archived=True) == ["Dr. Ines Müller"]
    with office.reading_as("advisor") as u:
        assert u.service(Contacts).of_firm(u, firm_id) == []
        assert u.service(Contacts).get(u, contact_id).name == "Dr. Ines Müller"
    client.post(f"/ansprechpersonen/{contact_id}/wiederherstellen")
    assert found(office) == ["Dr. Ines Müller"]


def test_people_of_an_archived_firm_are_not_in_the_list_and_nobody_is_added(office):
    firm_id = firm_in(office)
    add(office, firm_id)
    with office.writing_as("advisor") as u:
        archive_firm(u, firm_id)
    assert found(office) == []
    with pytest.raises(InvalidInput, match="archiviert"):
        add(office, firm_id)


def test_a_unit_sees_its_own_people_only_and_the_district_reads_all_but_writes_none(office):
    north, south = office.add_unit("Nord", 1), office.add_unit("Süd", 1)
    contact_id = add(office, firm_in(office, north, "Nordfirma"), unit_id=north)
    add(office, firm_in(office, south, "Südfirma"), ContactInput("Söder"), unit_id=south)
    assert found(office, unit_id=south) == ["Söder"]
    assert sorted(found(office, unit_id=1)) == ["Dr. Ines Müller", "Söder"]
    foreign = office.client_as("advisor", south)
    for path in ("", "/bearbeiten"):
        assert foreign.get(f"/ansprechpersonen/{contact_id}{path}").status_code == 404
    for path in ("bearbeiten", "archivieren", "einwilligungen"):
        data = {"purpose": "survey", "channel": "mail", "given_on": "2026-11-01", "given_how": "spoken"}
        assert foreign.post(f"/ansprechpersonen/{contact_id}/{path}", data=data).status_code == 404
    district = office.client_as("advisor", 1)
    assert district.get(f"/ansprechpersonen/{contact_id}").status_code == 200
    assert district.post(f"/ansprechpersonen/{contact_id}/archivieren").status_code == 403


@pytest.mark.parametrize("role", ["reader", "privacy", "admin"])
def test_who_may_only_read_changes_nothing(office, role):
    firm_id = firm_in(office)
    contact_id = add(office, firm_id)
    client = office.client_as(role)
    assert client.get("/ansprechpersonen").status_code == (200 if role == "reader" else 403)
    assert client.get(f"/ansprechpersonen/{contact_id}/bearbeiten").status_code == 403
    assert client.post(f"/unternehmen/{firm_id}/ansprechpersonen/neu", data={"family_name": "X"}).status_code == 403
    with office.writing_as(role) as u, pytest.raises(Forbidden):
        service.archive_contact(u, contact_id)


def test_a_consent_keeps_its_words_and_a_withdrawal_ends_it_at_once(office):
    firm_id, client = firm_in(office), office.client_as("advisor")
    contact_id = add(office, firm_id)
    form = {
        "purpose": "survey",
        "channel": "mail",
        "given_on": "2026-11-20",
        "given_how": "written",
        "note": "Formular",
    }
    assert client.post(f"/ansprechpersonen/{contact_id}/einwilligungen", data=form).status_code == 303
    with office.reading_as("advisor") as u:
        consent = queries.consents(u, contact_id)[0]
        assert consent.text_hash == consent_text("survey", "mail", consent.text_version).digest
        assert u.service(Contacts).of_firm(u, firm_id)[0].mail_purposes == {"survey"}
    client.post(f"/ansprechpersonen/{contact_id}/einwilligungen/{consent.id}/widerrufen")
    with office.reading_as("advisor") as u:
        assert u.service(Contacts).of_firm(u, firm_id)[0].mail_allowed is False
        assert queries.consents(u, contact_id)[0].withdrawn_at == u.now
    assert "widerrufen" in client.get(f"/ansprechpersonen/{contact_id}").text


def test_who_withdraws_one_of_two_consents_to_the_same_has_withdrawn_both(office):
    firm_id = firm_in(office)
    contact_id = add(office, firm_id)
    with office.writing_as("advisor") as u:
        for how in ("spoken", "written"):
            service.give_consent(u, contact_id, ConsentInput("survey", "mail", date(2026, 11, 20), how))
        service.give_consent(u, contact_id, ConsentInput("survey", "phone", date(2026, 11, 20), "spoken"))
    with office.writing_as("advisor") as u:
        first = next(c for c in queries.consents(u, contact_id) if c.channel == "mail")
        service.withdraw_consent(u, contact_id, first.id)
    with office.reading_as("advisor") as u:
        assert {c.channel for c in queries.consents(u, contact_id) if c.withdrawn_at is None} == {"phone"}
        assert u.service(Contacts).of_firm(u, firm_id)[0].mail_allowed is False


def test_a_consent_for_the_telephone_or_from_the_future_permits_no_mail(office):
    firm_id = firm_in(office)
    contact_id = add(office, firm_id)
    with office.writing_as("advisor") as u:
        service.give_consent(u, contact_id, ConsentInput("survey", "phone", date(2026, 11, 20), "spoken"))
        with pytest.raises(InvalidInput, match="prüfen"):
            service.give_consent(u, contact_id, ConsentInput("survey", "mail", date(2026, 11, 22), "spoken"))
    with office.reading_as("advisor") as u:
        assert u.service(Contacts).of_firm(u, firm_id)[0].mail_allowed is False


@pytest.mark.parametrize(
    ("basis", "email", "allowed"),
    [("public_task", "i@firma.example", True), ("public_task", "", False), ("", "i@firma.example", False)],
)
def test_mails_need_an_address_and_a_recorded_basis(office, basis, email, allowed):
    firm_id = firm_in(office)
    add(office, firm_id, replace(INES, mail_basis=basis, email=email))
    with office.reading_as("advisor") as u:
        assert u.service(Contacts).of_firm(u, firm_id)[0].mail_allowed is allowed


def test_somebody_who_was_not_asked_is_to_be_informed(office):
    contact_id = add(office, firm_in(office), replace(INES, origin="public", source="Webseite"))
    client = office.client_as("advisor")
    assert "Art. 14" in client.get(f"/ansprechpersonen/{contact_id}").text
    with office.writing_as("advisor") as u:
        told = replace(INES, origin="public", source="Webseite", informed_on=date(2026, 11, 20))
        service.change_contact(u, contact_id, 1, told)
    assert "Diese Person weiß vielleicht noch nicht" not in client.get(f"/ansprechpersonen/{contact_id}").text


def test_the_main_person_comes_first_for_other_parts_of_the_product(office):
    firm_id = firm_in(office)
    add(office, firm_id, ContactInput("Arndt"))
    add(office, firm_id, INES)
    with office.reading_as("advisor") as u:
        assert [ref.name for ref in u.service(Contacts).of_firm(u, firm_id)] == ["Dr. Ines Müller", "Arndt"]
        with pytest.raises(NotFound):
            u.service(Contacts).get(u, 999)


def test_an_empty_list_explains_itself(office):
    page = office.client_as("advisor").get("/ansprechpersonen").text
    assert "Noch keine Ansprechpersonen" in page
    assert "/ansprechpersonen/neu" in page
    nothing = office.client_as("advisor").get("/ansprechpersonen?q=xyz").text
    assert "Alle Filter entfernen" in nothing


def test_the_firm_of_a_new_person_is_chosen_by_a_search_without_script(office):
    firm_id = firm_in(office, name="Müller & Söhne OHG")
    page = office.client_as("advisor").get("/ansprechpersonen/neu?q=mueller").text
    assert f'href="/unternehmen/{firm_id}/ansprechpersonen/neu"' in page
