"""Persons who stand twice are found by the same search, and decided in the same queue, as firms."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from wf40.base.errors import Forbidden
from wf40.core.contacts import match_keys
from wf40.core.contacts.models import Contact, ContactMatchKey, ContactToMatch
from wf40.core.contacts.service import ContactInput, add_contact, archive_contact, change_contact, restore_contact
from wf40.core.duplicates import hooks, queries, scanner, service
from wf40.core.duplicates.codes import PERSONS
from wf40.core.duplicates.models import DuplicateScan, PersonPair
from wf40.core.firms import service as firms

SABINE = ContactInput("Müller", "Sabine", salutation="ms", email="s.mueller@kranz.example", phone="07531 900100")
TWIN = ContactInput("Mueller", "Sabine", mobile="0171 5550123")


@pytest.fixture
def add(office):
    def do(firm, given, unit_id=1):
        with office.writing_as("advisor", unit_id) as u:
            return add_contact(u, firm.id, given)

    return do


@pytest.fixture
def firm(office):
    return office.add_firm("Kranz Metallbau GmbH")


@pytest.fixture
def pairs(office):
    def see(role="advisor", unit_id=1, **wanted):
        with office.reading_as(role, unit_id) as u:
            return [(p.a.id, p.b.id) for p in queries.person_pairs(u, queries.PairFilter(kind=PERSONS, **wanted)).rows]

    return see


@pytest.fixture
def pair_of(office):
    def find():
        with office.reading_as("advisor") as u:
            return u.session.scalars(select(PersonPair.id)).one()

    return find


def rename(office, contact_id, given):
    with office.writing_as("advisor") as u:
        row = u.session.get_one(Contact, contact_id)
        change_contact(u, contact_id, row.version, given)


def test_a_person_who_is_added_twice_is_found_soon_after(office, firm, add, pairs):
    pair = add(firm, SABINE), add(firm, TWIN)
    add(firm, ContactInput("Petersen", "Jonas", phone="07531 900100"))
    assert pairs() == []
    office.work()
    assert pairs() == [pair]
    with office.reading_as("advisor") as u:
        assert not u.session.scalar(select(func.count()).select_from(ContactToMatch))


def test_colleagues_and_relatives_are_no_duplicates(office, firm, add, pairs):
    shared = {"phone": "07531 900100", "email": "info@kranz.example"}
    add(firm, ContactInput("Kranz", "Hans", phone="07531 900100", email="hans@kranz.example"))
    add(firm, ContactInput("Kranz", "Eva", phone="07531 900100", email="eva@kranz.example"))
    add(firm, ContactInput("Vollmer", "Eva", phone="07531 900100", email="vollmer@kranz.example"))
    add(firm, ContactInput("Lindt", "Jana", **shared))
    add(firm, ContactInput("Otto", "Karl", **shared))
    office.work()
    assert pairs() == []


def test_a_name_alone_means_nobody_in_another_firm(office, firm, add, pairs):
    other = office.add_firm("Vollmer Optik GmbH")
    add(firm, SABINE)
    namesake = add(other, ContactInput("Müller", "Sabine"))
    office.work()
    assert pairs() == []
    rename(office, namesake, ContactInput("Müller", "Sabine", email="S.Mueller@kranz.example"))
    office.work()
    assert len(pairs()) == 1


def test_a_pair_leaves_once_the_persons_differ_and_comes_back(office, firm, add, pairs):
    first, second = add(firm, SABINE), add(firm, TWIN)
    office.work()
    rename(office, second, ContactInput("Petersen", "Jonas"))
    office.work()
    assert pairs() == []
    rename(office, second, TWIN)
    office.work()
    assert pairs() == [(first, second)]


def test_archived_persons_leave_the_queue_until_they_are_back(office, firm, add, pairs):
    first, second = add(firm, SABINE), add(firm, TWIN)
    office.work()
    with office.writing_as("advisor") as u:
        archive_contact(u, second)
    assert pairs() == []
    office.work()
    with office.writing_as("advisor") as u:
        restore_contact(u, second)
    office.work()
    assert pairs() == [(first, second)]


def test_persons_of_an_archived_firm_are_not_asked_about(office, firm, add, pairs):
    add(firm, SABINE), add(firm, TWIN)
    office.work()
    with office.writing_as("advisor") as u:
        firms.archive_firm(u, firm.id)
    assert pairs() == []


def test_not_the_same_person_is_remembered_and_can_be_undone(office, firm, add, pairs, pair_of):
    pair = add(firm, SABINE), add(firm, TWIN)
    office.work()
    with office.writing_as("assistant") as u:
        service.keep_apart(u, pair_of(), PERSONS)
    rename(office, pair[1], ContactInput("Mueller", "Sabine", function="Einkauf"))
    office.work()
    search(office)
    assert pairs() == []
    assert pairs(state="not_same") == [pair]
    with office.writing_as("assistant") as u:
        service.take_back(u, pair_of(), PERSONS)
    assert pairs() == [pair]


def search(office, unit_id=1):
    with office.writing_as("advisor", unit_id) as u:
        scan_id = service.start_scan(u, PERSONS)
    assert scanner.advance(office.product.database, scan_id)
    return scan_id


def test_a_search_finds_persons_that_were_stored_past_the_product(office, firm, add, pairs):
    pair = add(firm, SABINE), add(firm, TWIN)
    with office.writing_as("advisor") as u:
        u.session.query(ContactToMatch).delete()
    office.work()
    assert pairs() == []
    scan_id = search(office)
    assert pairs() == [pair]
    with office.reading_as("advisor") as u:
        done = queries.scan(u, scan_id)
        assert (done.state, done.kind, done.total, done.done, done.found) == ("done", PERSONS, 2, 2, 1)


def test_both_searches_run_beside_each_other(office, firm, add):
    with office.writing_as("advisor") as u:
        first, second = service.start_scan(u), service.start_scan(u, PERSONS)
        assert service.start_scan(u, PERSONS) == second != first
    office.work()
    with office.reading_as("advisor") as u:
        assert (queries.latest_scan(u).id, queries.latest_scan(u, PERSONS).id) == (first, second)
        assert {queries.scan(u, i).state for i in (first, second)} == {"done"}


def test_a_key_that_many_share_leads_nowhere_and_the_firm_still_does(office, firm, add, pairs, monkeypatch):
    monkeypatch.setattr(match_keys, "COMMON", 3)
    pair = add(firm, ContactInput("Müller", "Sabine", phone="07531 900100")), add(firm, TWIN)
    for n in range(4):
        other = office.add_firm(f"Firma {n} GmbH")
        add(other, ContactInput("Müller", "Sabine", phone="07531 900100"))
    office.work()
    assert pairs() == [pair]


def test_persons_move_with_their_firm_and_meet_there(office, firm, add, pairs):
    from wf40.core.merges.service import MergeInput, merge

    other = office.add_firm("Vollmer Optik GmbH")
    pair = add(firm, SABINE), add(other, ContactInput("Müller", "Sabine"))
    office.work()
    assert pairs() == []
    with office.writing_as("advisor") as u:
        merge(u, MergeInput(firm.id, other.id, 1, 1))
    office.work()
    assert pairs() == [pair]


def test_units_are_searched_apart(office, firm, add, pairs):
    other = office.add_unit("Nachbarstadt")
    there = office.add_firm("Kranz Metallbau GmbH", other)
    add(firm, SABINE)
    pair = add(there, SABINE, other), add(there, TWIN, other)
    office.work()
    assert pairs() == []
    assert pairs(unit_id=other) == [pair]


def test_the_keys_of_a_person_who_is_deleted_go_too(office, firm, add):
    contact_id = add(firm, SABINE)
    office.work()
    with office.writing_as("advisor") as u:
        assert u.session.scalar(select(func.count()).select_from(ContactMatchKey))
        from wf40.core.contacts.binning import withdraw

        withdraw(u, [contact_id])
        assert not u.session.scalar(select(func.count()).select_from(ContactMatchKey))


def test_whoever_only_reads_decides_nothing(office, firm, add, pair_of):
    add(firm, SABINE), add(firm, TWIN)
    office.work()
    number = pair_of()
    with office.writing_as("reader") as u, pytest.raises(Forbidden):
        service.keep_apart(u, number, PERSONS)
    client = office.client_as("reader")
    page = client.get("/dubletten/personen").text
    assert "Zweimal" in page or "Sabine Müller und Sabine Mueller" in page
    assert "Nicht dieselbe Person</span></button>" not in page
    assert client.post(f"/dubletten/personen/{number}/verschieden").status_code == 403
    assert office.client_as("admin").get("/dubletten/personen").status_code == 403


def test_the_page_shows_both_persons_with_reasons(office, firm, add, pair_of):
    a, b = add(firm, SABINE), add(firm, TWIN)
    client = office.client_as("advisor")
    assert "Keine Dubletten zu entscheiden" in client.get("/dubletten/personen").text
    office.work()
    page = client.get("/dubletten/personen").text
    assert "Sabine Müller und Sabine Mueller" in page
    assert "Gleiches Unternehmen" in page
    assert f'href="/ansprechpersonen/{a}"' in page
    assert f'href="/zusammenfuehren/personen/{a}/{b}"' in page
    assert 'href="/dubletten/personen" aria-current="page">Personen' in page
    assert "1 Paar ist vielleicht dieselbe Person" in client.get("/").text
    answer = client.post(f"/dubletten/personen/{pair_of()}/verschieden", data={"band": "ask"})
    assert (answer.status_code, answer.location) == (303, "/dubletten/personen?band=ask")
    assert f'action="/dubletten/personen/{pair_of()}/zurueck"' in client.get("/dubletten/personen").text
    assert f'id="paar-{pair_of()}"' in client.get("/dubletten/personen?zustand=entschieden").text


def test_assistants_decide_and_leave_merging_to_those_who_may(office, firm, add):
    add(firm, SABINE), add(firm, TWIN)
    office.work()
    page = office.client_as("assistant").get("/dubletten/personen").text
    assert "Nicht dieselbe Person</span></button>" in page
    assert "/zusammenfuehren/personen/" not in page


def test_who_works_in_two_firms_may_keep_both_entries(office, firm, add):
    other = office.add_firm("Vollmer Optik GmbH")
    add(firm, SABINE), add(other, SABINE)
    office.work()
    page = office.client_as("advisor").get("/dubletten/personen").text
    assert "Beide behalten</span></button>" in page
    assert "arbeitet sie in beiden Unternehmen" in page


def test_the_queue_is_filtered_by_who_is_responsible(office, add, pairs):
    officer = office.actor("lead").user_id
    mine, others = office.add_firm("Kranz GmbH", officer_id=officer), office.add_firm("Lindt GmbH")
    pair = add(mine, SABINE), add(mine, TWIN)
    second = add(others, ContactInput("Otto", "Karl")), add(others, ContactInput("Otto", "Carl"))
    office.work()
    assert pairs(officer=str(officer)) == [pair]
    assert pairs(officer="niemand") == [second]
    assert pairs(band="ask") == [second]


def test_a_page_reads_the_same_number_of_times_however_many_pairs_it_shows(office, firm, add, count_statements):
    add(firm, SABINE), add(firm, TWIN)
    office.work()
    client = office.client_as("advisor")
    client.get("/dubletten/personen")
    few = count_statements(lambda: client.get("/dubletten/personen"))
    for name in ("Otto", "Lindt", "Vollmer"):
        other = office.add_firm(f"{name} GmbH")
        add(other, ContactInput(name, "Karl")), add(other, ContactInput(name, "Carl"))
    office.work()
    assert count_statements(lambda: client.get("/dubletten/personen")) == few


def test_the_progress_of_a_search_leads_back_to_the_persons(office, firm, add):
    add(firm, SABINE)
    client = office.client_as("advisor")
    answer = client.post("/dubletten/suchen", data={"art": "personen"})
    assert (answer.status_code, answer.location) == (303, "/dubletten/personen")
    assert "0 von 1 Personen" in client.get("/dubletten/personen").text
    office.clock.moment += timedelta(minutes=1)
    office.work()
    with office.reading_as("advisor") as u:
        scan_id = queries.latest_scan(u, PERSONS).id
    ended = client.get(f"/dubletten/suchen/{scan_id}", headers={"HX-Request": "true"})
    assert ended.headers["HX-Redirect"] == "/dubletten/personen"


def test_an_earlier_search_goes_with_a_later_one_and_so_does_who_started_it(office, firm, add):
    first = search(office)
    with office.writing_as("advisor") as u:
        of_firms = service.start_scan(u)
    assert scanner.advance(office.product.database, of_firms)
    second = search(office)
    office.clock.moment += timedelta(days=1, minutes=1)
    third = search(office)
    with office.reading_as("advisor") as u:
        assert set(u.session.scalars(select(DuplicateScan.id))) == {of_firms, third}
    assert first < second < third


def test_what_tells_of_persons_goes_with_the_person():
    told = {(found.table, found.column): str(found.erase) for found in hooks.personal_data()}
    assert told["duplicate_person_pair", "decided_by"] == "Mit der Person"
    assert told["duplicate_pair", "decided_by"] == "Mit dem Unternehmen"
    assert "Unternehmen" not in told["duplicate_scan", "author_name"]
