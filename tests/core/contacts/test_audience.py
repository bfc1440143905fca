"""Persons to write to: whom a list means, and what permits writing to each."""

from dataclasses import replace
from datetime import date

import pytest

from wf40.base.errors import Forbidden, InvalidInput, NotFound
from wf40.core.contacts import audience, optouts, service
from wf40.core.contacts.optouts import OptOutInput
from wf40.core.contacts.service import ConsentInput, ContactInput
from wf40.core.firms.service import archive_firm
from wf40.core.firms.sites import SiteInput, add_site
from wf40.sdk.services import Contacts

PERSON = ContactInput("Müller", "Ines", email="ines@firma.example", mail_basis="public_task")
TODAY = date(2026, 11, 21)


@pytest.fixture
def add(office):
    def make(firm_id, name="Müller", unit_id=1, **changes):
        with office.writing_as("advisor", unit_id) as u:
            return service.add_contact(u, firm_id, replace(PERSON, family_name=name, **changes))

    return make


def person(office, contact_id, purpose="information"):
    with office.reading_as("reader") as u:
        (found,) = audience.persons(u, [contact_id], purpose)
        assert found.may_mail == (purpose in u.service(Contacts).get(u, contact_id).mail_purposes)
        return found


def test_whom_of_each_firm_a_choice_means(office, add):
    first, second = office.add_firm("Anton GmbH").id, office.add_firm("Berta GmbH").id
    meier = add(first, "Meier", role="owner")
    boss = add(first, "Zander", role="management", main=True)
    otto, anna = add(second, "Otto", role="management"), add(second, "Anna", role="staff")
    with office.reading_as("reader") as u:
        places = audience.places_in(u, [first, second])
    assert audience.chosen(places, "main") == [boss, anna], "the main contact, else the first by name"
    assert audience.chosen(places, "all") == [boss, meier, anna, otto]
    assert audience.chosen(places, "role:management") == [boss, otto]
    assert audience.chosen(places, "role:proxy") == []


def test_nobody_who_is_archived_or_belongs_to_another_unit_is_among_them(office, add):
    office.add_unit("Nachbarstadt")
    own, archived, foreign = (office.add_firm("A").id, office.add_firm("B").id, office.add_firm("C", 2).id)
    kept, gone = add(own), add(own, "Weg")
    add(archived)
    stranger = add(foreign, unit_id=2)
    with office.writing_as("advisor") as u:
        service.archive_contact(u, gone)
        archive_firm(u, archived)
    with office.reading_as("advisor") as u:
        assert [p.id for p in audience.places_in(u, [own, archived, foreign])] == [kept]
        assert audience.persons(u, [stranger], "information") == []
        assert [p.archived for p in audience.persons(u, [kept, gone], "information")] == [False, True]


def test_the_contact_list_gives_the_same_persons_as_it_shows_and_says_its_filters(office, add):
    firm = office.add_firm("Anton GmbH").id
    add(firm, "Otto", role="staff")
    ids = [add(firm, name, role="owner") for name in ("Ärmel", "Zander")]
    with office.reading_as("reader") as u:
        found = audience.contacts_listed(u, "q=anton&rolle=owner&sortierung=name&seite=3&nonsense=1")
    assert (found.ids, found.filters) == (ids, ["Suche: anton", "Rolle: Inhaberin oder Inhaber"])


def test_a_mail_needs_an_address_and_a_consent_or_a_legal_basis(office, add):
    firm = office.add_firm("Anton GmbH").id
    bare = add(firm, mail_basis="")
    assert person(office, add(firm)).mail == audience.BASIS
    assert person(office, add(firm, email="")).mail == audience.NO_EMAIL
    assert person(office, bare).mail == audience.NOT_PERMITTED
    with office.writing_as("advisor") as u:
        service.give_consent(u, bare, ConsentInput("information", "mail", TODAY, "written"))
    assert person(office, bare).mail == audience.CONSENT
    assert person(office, bare, "survey").mail == audience.NOT_PERMITTED


def test_letters_go_to_the_main_site_and_nowhere_else(office, add):
    firm = office.add_firm("Anton GmbH").id
    contact_id = add(firm)
    assert not person(office, contact_id).may_post
    with office.writing_as("advisor") as u:
        add_site(u, firm, SiteInput(town="Konstanz"))
    assert not person(office, contact_id).may_post, "a town alone is no address"
    with office.writing_as("advisor") as u:
        add_site(u, firm, SiteInput(street="Weg", house_number="3", postcode="78464", town="Reichenau", main=True))
    found = person(office, contact_id)
    assert (found.may_post, found.address.street, found.town) == (True, "Weg 3", "Reichenau")


def opt_out(office, contact_id, channel="mail", purpose="information", role="advisor", unit_id=1):
    with office.writing_as(role, unit_id) as u:
        optouts.note_opt_out(u, contact_id, OptOutInput(purpose, channel, "spoken", "am Telefon"))


def test_an_opt_out_ends_the_consent_and_holds_against_the_legal_basis(office, add):
    contact_id = add(office.add_firm("Anton GmbH").id)
    with office.writing_as("advisor") as u:
        service.give_consent(u, contact_id, ConsentInput("information", "mail", TODAY, "written"))
    opt_out(office, contact_id)
    opt_out(office, contact_id)
    with office.reading_as("reader") as u:
        assert len(optouts.opt_outs(u, contact_id)) == 1
        assert u.service(Contacts).get(u, contact_id).mail_purposes == {"survey", "handover"}
    assert person(office, contact_id).mail == audience.OPTED_OUT
    page = office.client_as("reader").get(f"/ansprechpersonen/{contact_id}").text
    assert "nicht mehr anschreiben" in page
    assert "widerrufen" in page
    assert "Widerspruch eintragen" not in page, "a reader changes nothing"


def test_a_later_consent_lifts_an_opt_out_and_an_earlier_one_does_not(office, add):
    contact_id = add(office.add_firm("Anton GmbH").id, mail_basis="")
    opt_out(office, contact_id)
    with office.writing_as("advisor") as u:
        service.give_consent(u, contact_id, ConsentInput("information", "mail", date(2026, 11, 1), "written"))
    assert person(office, contact_id).mail == audience.OPTED_OUT
    office.clock.moment = office.clock.moment.replace(hour=11)
    with office.writing_as("advisor") as u:
        service.give_consent(u, contact_id, ConsentInput("survey", "mail", TODAY, "written"))
    assert person(office, contact_id).mail == audience.OPTED_OUT, "for something else"
    with office.writing_as("advisor") as u:
        service.give_consent(u, contact_id, ConsentInput("information", "mail", TODAY, "written"))
    assert person(office, contact_id).mail == audience.CONSENT


def test_opting_out_of_letters_leaves_mails_alone(office, add):
    firm = office.add_firm("Anton GmbH").id
    with office.writing_as("advisor") as u:
        add_site(u, firm, SiteInput(street="Weg", house_number="3", postcode="78464", town="Reichenau"))
    contact_id = add(firm)
    assert person(office, contact_id).may_post
    opt_out(office, contact_id, "post")
    found = person(office, contact_id)
    assert (found.may_post, found.no_post, found.may_mail) == (False, True, True)


def test_an_opt_out_is_entered_and_taken_back_on_the_persons_page(office, add):
    contact_id = add(office.add_firm("Anton GmbH").id)
    client, url = office.client_as("assistant"), f"/ansprechpersonen/{contact_id}"
    form = {"widerspruch-purpose": "information", "widerspruch-channel": "mail", "widerspruch-how": "written"}
    wrong = client.post(f"{url}/widersprueche", data={**form, "widerspruch-how": "link"})
    assert wrong.status_code == 422
    assert person(office, contact_id).may_mail
    long = client.post(f"{url}/widersprueche", data={**form, "widerspruch-note": "x" * 501})
    assert "möglich sind 500" in long.text
    assert client.post(f"{url}/widersprueche", data=form).status_code == 303
    assert person(office, contact_id).mail == audience.OPTED_OUT
    assert client.get(f"{url}/widersprueche").location.endswith(f"{url}#einwilligungen")
    with office.reading_as("reader") as u:
        (standing,) = optouts.opt_outs(u, contact_id)
    assert client.post(f"{url}/widersprueche/{standing.id}/zuruecknehmen").status_code == 303
    assert person(office, contact_id).may_mail


def test_only_who_may_change_the_person_notes_an_opt_out(office, add):
    office.add_unit("Nachbarstadt")
    contact_id = add(office.add_firm("Anton GmbH").id)
    with pytest.raises(Forbidden):
        opt_out(office, contact_id, role="reader")
    with pytest.raises(NotFound):
        opt_out(office, contact_id, unit_id=2)
    with pytest.raises(InvalidInput):
        opt_out(office, contact_id, "phone")
    with pytest.raises(Forbidden), office.writing_as("lead") as u:
        optouts.opt_out_by_link(u, contact_id, "information", "link")
    assert person(office, contact_id).may_mail
