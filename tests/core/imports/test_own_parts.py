"""Columns that fill what belongs to firms: persons and further sites."""

from sqlalchemy import select

from tests.core.imports.conftest import Assistant
from wf40.core.contacts.models import Contact
from wf40.core.firms.models import Firm, Site
from wf40.testing.office import Office

PERSONS = (
    "Firma;Ort;Ansprechpartner;Funktion;E-Mail Ansprechpartner;Telefon Ansprechpartner;Ansprechpartner 2\n"
    "Müller GmbH;Konstanz;Frau Dr. Eva von der Heide;Leitung;eva@mueller.de;07531 12345;Maier, Jan\n"
)


def persons(office: Office) -> list[tuple[str, ...]]:
    with office.reading_as("advisor") as u:
        rows = u.session.scalars(select(Contact).order_by(Contact.id))
        return [(r.salutation, r.full_name, r.function, r.email, r.phone, r.origin, r.source) for r in rows]


def test_persons_of_a_row_become_contacts_and_are_completed_by_the_next_file(
    assistant: Assistant, office: Office
) -> None:
    assistant.bring_in(PERSONS)
    eva = ("ms", "Dr. Eva von der Heide", "Leitung", "eva@mueller.de", "+49753112345", "third", "IHK-Liste")
    jan = ("", "Jan Maier", "", "", "", "third", "IHK-Liste")
    assert persons(office) == [eva, jan]
    assert assistant.bring_in(PERSONS)["Unverändert"] == 1
    assert assistant.bring_in(PERSONS.replace("07531 12345", "07531 999"))["Aktualisiert"] == 1
    page = assistant.page("ergebnis")
    assert "+49753112345" in page
    assert "Jan Maier" not in page
    assert persons(office) == [(*eva[:4], "+497531999", *eva[5:]), jan]
    assistant.client.post(assistant.url("zuruecknehmen"))
    office.work()
    assert persons(office) == [eva, jan]


def test_persons_go_with_the_firm_that_a_file_made_unless_something_belongs_to_them(
    assistant: Assistant, office: Office
) -> None:
    assistant.bring_in(PERSONS)
    assistant.client.post(assistant.url("zuruecknehmen"))
    office.work()
    assert persons(office) == []
    assistant.bring_in(PERSONS)
    with office.writing_as("advisor") as u:
        row = u.session.scalars(select(Contact).order_by(Contact.id)).first()
        assert row is not None
        row.note = "x"
    from wf40.core.contacts import service as contacts
    from wf40.core.contacts.rules import ConsentInput

    with office.writing_as("advisor") as u:
        contacts.give_consent(u, row.id, ConsentInput("information", "mail", office.clock.moment.date(), "mail"))
    assistant.client.post(assistant.url("zuruecknehmen"))
    office.work()
    assert len(persons(office)) == 2
    with office.reading_as("advisor") as u:
        assert list(u.session.scalars(select(Firm.name))) == ["Müller GmbH"]


def test_whoever_takes_persons_is_told_to_inform_them(assistant: Assistant) -> None:
    assistant.upload(PERSONS)
    assert "Art. 14 DSGVO" in assistant.page("spalten")
    assistant.choose_proposed()
    assert "Art. 14 DSGVO" in assistant.page("pruefen")
    assistant.upload("Firma;Ort;Geschäftsführer\nMüller GmbH;Konstanz;Eva Huber\n")
    page = assistant.page("spalten")
    assert "Personen kommen nur mit, wenn Sie es wählen" in page
    assert "Art. 14 DSGVO" not in page


def test_a_person_without_a_name_is_noted(assistant: Assistant, office: Office) -> None:
    assistant.upload("Firma;Ort;Ansprechpartner;E-Mail Ansprechpartner\nMüller GmbH;Konstanz;;eva@mueller.de\n")
    assistant.choose_proposed()
    assistant.confirm()
    office.work()
    assert "Zu „eva@mueller.de“ fehlt der Name der Ansprechperson." in assistant.page("ergebnis?ansicht=hinweise")
    assert persons(office) == []


def addresses(office: Office) -> list[tuple[str, str, str, str, bool]]:
    with office.reading_as("advisor") as u:
        rows = u.session.scalars(select(Site).order_by(Site.id))
        return [(s.street, s.house_number, s.postcode, s.town, s.main) for s in rows]


def test_several_addresses_become_sites_and_go_again(assistant: Assistant, office: Office) -> None:
    row = "Müller GmbH;Riedstraße 78, 78467 Konstanz;Seeweg 1, 78462 Konstanz | Ring 2, 78315 Radolfzell;HRB 380001\n"
    first = "Firma;Anschrift;Betriebsstätten;HRB\n" + row
    assistant.bring_in(first)
    main, lake = ("Riedstraße", "78", "78467", "Konstanz", True), ("Seeweg", "1", "78462", "Konstanz", False)
    ring = ("Ring", "2", "78315", "Radolfzell", False)
    assert addresses(office) == [main, lake, ring]
    assert assistant.bring_in(first)["Unverändert"] == 1
    second = "Firma;Anschrift;HRB\nMüller GmbH;Riedstr. 78, 78467 Konstanz; Hafen 3, 78464 Konstanz;HRB 380001\n"
    assistant.upload(second.replace("Konstanz; Hafen", "Konstanz | Hafen"))
    assistant.choose_proposed()
    assert "Hafen 3, 78464 Konstanz" in assistant.page("pruefen")
    assistant.confirm()
    office.work()
    harbour = ("Hafen", "3", "78464", "Konstanz", False)
    assert harbour in addresses(office)
    assert "die weiteren werden Betriebsstätten" in assistant.page("ergebnis?ansicht=hinweise")
    assistant.client.post(assistant.url("zuruecknehmen"))
    office.work()
    assert harbour not in addresses(office)
    assert len(addresses(office)) == 3
