"""Keys of persons that were made by other rules are made anew by themselves, a slice at a time."""

import threading
from dataclasses import replace

import pytest
from sqlalchemy import select

from wf40.base.access import Actor
from wf40.core.contacts import match_keys, match_rules
from wf40.core.contacts.binning import put_into_bin
from wf40.core.contacts.models import ContactKeyState, ContactMatchKey
from wf40.core.contacts.service import ContactInput, add_contact, archive_contact
from wf40.core.duplicates import scanner, service
from wf40.core.duplicates.codes import PERSONS
from wf40.core.duplicates.models import DuplicateScan
from wf40.matching.blocking import PERSON_RULES, person_keys
from wf40.matching.traits import PersonTraits

SYSTEM = Actor.system()
KEYS = ContactMatchKey.__table__
EVA = ContactInput("Kranz", "Eva", email="eva@kranz.example", phone="07531 900100")


def keys(office):
    with office.product.database.read(SYSTEM) as u:
        return {tuple(row) for row in u.session.execute(select(KEYS))}


def state(office):
    with office.product.database.read(SYSTEM) as u:
        return [(row.rules, row.complete) for row in u.session.scalars(select(ContactKeyState))]


@pytest.fixture
def persons(office):
    """Persons of two units: one in the archive, the last one in the bin."""
    other, ids = office.add_unit("Nachbarstadt"), []
    for unit in (1, other):
        firm = office.add_firm("Kranz Metallbau GmbH", unit)
        with office.writing_as("advisor", unit) as u:
            ids += [add_contact(u, firm.id, replace(EVA, email=f"eva{n}@kranz.example")) for n in range(4)]
    with office.writing_as("advisor") as u:
        archive_contact(u, ids[0])
    with office.writing_as("advisor", other) as u:
        put_into_bin(u, ids[-1])
    return ids


@pytest.fixture
def stale(office, persons):
    """Let the keys of all be made by the rules before; returns the keys they should have."""
    office.work()
    wanted = keys(office)
    assert {row[2] for row in wanted} == set(persons[:-1])
    with office.product.database.write(SYSTEM) as u:
        u.session.execute(KEYS.update().values(key=ContactMatchKey.key + 1))
    return wanted


def killed_in_a_slice(office):
    with office.product.database.write(SYSTEM) as u:
        match_rules._slice(u)
        raise RuntimeError


def test_a_raised_number_makes_all_keys_anew_and_a_killed_worker_loses_a_slice(office, stale, monkeypatch):
    monkeypatch.setattr(match_rules, "SLICE", 3)
    office.work()
    assert not keys(office) & stale
    monkeypatch.setattr(match_rules, "PERSON_RULES", PERSON_RULES + 1)
    assert match_rules.renew(office.product.database, SYSTEM, -1) is False
    with office.product.database.write(SYSTEM) as u:
        match_rules._slice(u)
    assert state(office) == [(PERSON_RULES + 1, False)]
    assert keys(office) & stale
    with pytest.raises(RuntimeError):
        killed_in_a_slice(office)
    assert not keys(office) >= stale
    office.work()
    assert keys(office) == stale
    assert state(office) == [(PERSON_RULES + 1, True)]


def test_a_search_waits_until_all_keys_are_made_by_one_rule(office, stale, monkeypatch):
    monkeypatch.setattr(match_rules, "SLICE", 1)
    monkeypatch.setattr(match_rules, "PERSON_RULES", PERSON_RULES + 1)
    with office.writing_as("advisor") as u:
        scan_id = service.start_scan(u, PERSONS)

    def scan_state():
        with office.product.database.read(SYSTEM) as u:
            return u.session.get_one(DuplicateScan, scan_id).state

    monkeypatch.setattr(scanner, "AT_A_TIME", -1.0)
    scanner.work(office.product.database)
    assert scan_state() == "queued"
    monkeypatch.undo()
    monkeypatch.setattr(match_rules, "PERSON_RULES", PERSON_RULES + 1)
    scanner.work(office.product.database)
    assert scan_state() == "done"
    assert keys(office) == stale


def test_two_workers_may_store_the_same_keys_at_one_moment(office, persons, monkeypatch):
    database, digests, others = office.product.database, match_keys.digests, []
    on_postgresql = database.engine.dialect.name == "postgresql"

    def store():
        with database.write(SYSTEM) as u:
            match_keys.store(u, persons)

    def as_another_stores(known):
        # This worker has seen by now that there are no keys. On SQLite the other one waits until it has stored them.
        monkeypatch.setattr(match_keys, "digests", digests)
        others.append(threading.Thread(target=store))
        others[0].start()
        others[0].join(None if on_postgresql else 0)
        return digests(known)

    monkeypatch.setattr(match_keys, "digests", as_another_stores)
    store()
    others[0].join()
    assert {row[2] for row in keys(office)} == set(persons[:-1])


def test_other_keys_need_another_number():
    eva = PersonTraits("Eva-Maria", "von der Heide", "Dr.", "", "Eva@Heide.example", "07531 900100", "0171 5550123")
    assert (PERSON_RULES, " ".join(sorted(key.replace(" ", "_") for key in person_keys(eva)))) == (
        1,
        "aevon_d beva_vo eeeide meva@heide.example neva_mariavon_der_heide p491715550123 p497531900100",
    )
