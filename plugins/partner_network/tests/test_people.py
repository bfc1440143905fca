"""Whom an officer speaks with at a partner."""

from datetime import date

import pytest
from wf40_partner_network import people, queries
from wf40_partner_network.people import PersonInput
from wf40_partner_network.queries import PartnerFilter

from wf40.sdk.errors import Forbidden, InvalidInput, NotFound, StaleVersion

HOME = "/p/partner_network/"


def people_of(office, partner_id):
    with office.reading_as("advisor") as u:
        return [(p.name, p.archived_at is not None) for p in queries.partner(u, partner_id).people]


def found(office, q):
    with office.reading_as("advisor") as u:
        return [p.name for p in queries.partners(u, PartnerFilter(q=q)).rows]


def test_several_people_stand_at_a_partner_as_they_were_entered(office, add, person):
    partner_id = add("Kammer")
    person(partner_id, "Jörg Bäcker", role="Leitung", email="jb@kammer.example", phone="07531 900", topics="Anträge",
           informed_on=date(2026, 11, 21))  # fmt: skip
    person(partner_id, "Anna Zoll")
    with office.reading_as("reader") as u:
        row = queries.partner(u, partner_id)
        first, second = row.people
        assert people.stored(first) == {
            "name": "Jörg Bäcker", "role": "Leitung", "email": "jb@kammer.example", "phone": "+497531900",
            "topics": "Anträge", "informed_on": date(2026, 11, 21),
        }  # fmt: skip
        assert (row.first_person.name, second.informed_on) == ("Jörg Bäcker", None)


def test_archived_person_steps_back_and_is_no_longer_found(office, add, person):
    partner_id = add("Kammer")
    first = person(partner_id, "Jörg Bäcker")
    person(partner_id, "Anna Zoll")
    assert found(office, "jorg baecker") == ["Kammer"]
    with office.writing_as("advisor") as u:
        people.archive_person(u, partner_id, first)
    assert people_of(office, partner_id) == [("Anna Zoll", False), ("Jörg Bäcker", True)]
    assert found(office, "jorg baecker") == []
    with office.reading_as("advisor") as u:
        assert queries.partner(u, partner_id).first_person.name == "Anna Zoll"
    with office.writing_as("advisor") as u:
        people.restore_person(u, partner_id, first)
    assert found(office, "jorg baecker") == ["Kammer"]


def test_all_faults_are_named_at_once(office, add):
    partner_id = add("Kammer")
    given = PersonInput("", "x" * 201, "keine", "abc", "y" * 301, date(2026, 11, 22))
    with pytest.raises(InvalidInput) as refused, office.writing_as("advisor") as u:
        people.add_person(u, partner_id, given)
    assert set(refused.value.fields) == {"name", "role", "email", "phone", "topics", "informed_on"}
    assert people_of(office, partner_id) == []


def test_late_save_is_refused_and_history_tells_who_changed_what(office, add, person):
    partner_id = add("Kammer")
    person_id = person(partner_id, "Jörg Bäcker")
    with office.writing_as("lead") as u:
        people.change_person(u, partner_id, person_id, 1, PersonInput("Jörg Bäcker", "Leitung"))
    with pytest.raises(StaleVersion) as refused, office.writing_as("advisor") as u:
        people.change_person(u, partner_id, person_id, 1, PersonInput("Jörg Ott"))
    assert refused.value.changed_by == "Leitung 1"
    with office.reading_as("advisor") as u:
        newest = next(c for c in queries.history(u, partner_id) if "Funktion" in str(c.label))
        assert (newest.label, newest.old, newest.new) == ("Jörg Bäcker: Funktion", "–", "Leitung")


def test_a_person_is_reached_through_their_own_partner_alone(office, add, person):
    person_id, other = person(add("Kammer"), "Jörg Bäcker"), add("Verband")
    with pytest.raises(NotFound), office.writing_as("advisor") as u:
        people.archive_person(u, other, person_id)
    assert office.client_as("advisor").get(f"{HOME}{other}/personen/{person_id}").status_code == 404


def test_people_of_another_unit_do_not_exist(office, add):
    theirs = add("Kammer nebenan", unit_id=office.add_unit("Nachbarstadt"))
    client = office.client_as("advisor")
    assert client.get(f"{HOME}{theirs}/personen/neu").status_code == 404
    assert client.post(f"{HOME}{theirs}/personen/neu", data={"name": "X"}).status_code == 404


def test_readers_change_nobody(office, add, person):
    partner_id = add("Kammer")
    person_id = person(partner_id, "Jörg Bäcker")
    client = office.client_as("reader")
    assert "Jörg Bäcker" in client.get(f"{HOME}{partner_id}").get_data(as_text=True)
    assert f"/personen/{person_id}" not in client.get(f"{HOME}{partner_id}").get_data(as_text=True)
    assert client.get(f"{HOME}{partner_id}/personen/neu").status_code == 403
    with pytest.raises(Forbidden), office.writing_as("reader") as u:
        people.archive_person(u, partner_id, person_id)


def test_person_is_entered_changed_and_archived_by_the_pages(office, add):
    partner_id = add("Kammer")
    client, url = office.client_as("advisor"), f"{HOME}{partner_id}"
    answer = client.post(f"{url}/personen/neu", data={"name": "Ute Öz", "informed_on": "gestern"})
    assert answer.status_code == 422
    assert "Das ist kein Datum" in answer.get_data(as_text=True)
    page = client.post(f"{url}/personen/neu", data={"name": "Ute Öz"}, follow_redirects=True).get_data(as_text=True)
    assert "Ute Öz" in page
    assert "noch nicht" in page  # nobody has told her so far
    with office.reading_as("advisor") as u:
        person_id = queries.partner(u, partner_id).people[0].id
    form = client.get(f"{url}/personen/{person_id}").get_data(as_text=True)
    assert 'value="Ute Öz"' in form
    typed = {"name": "Ute Öz", "role": "Leitung", "version": "1", "informed_on": "2026-11-20"}
    assert client.post(f"{url}/personen/{person_id}", data=typed).status_code == 303
    stale = client.post(f"{url}/personen/{person_id}", data={**typed, "role": "Vertretung"})
    assert stale.status_code == 409
    assert "Vertretung" in stale.get_data(as_text=True)
    assert "20.11.2026" in client.get(url).get_data(as_text=True)
    client.post(f"{url}/personen/{person_id}/archivieren")
    assert people_of(office, partner_id) == [("Ute Öz", True)]
    client.post(f"{url}/personen/{person_id}/wiederherstellen")
    assert people_of(office, partner_id) == [("Ute Öz", False)]
