"""Keys that wait while an import writes: none is lost, none is stale, and whoever compares firms waits for them."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import select

from wf40.base.access import Actor
from wf40.base.uow import Database
from wf40.core.duplicates import scanner
from wf40.core.firms import late_keys, match_keys
from wf40.core.firms import service as firms
from wf40.core.firms.drafts import draft_of
from wf40.core.firms.intake import ImportedFacts
from wf40.core.firms.models import Firm, FirmMatchKey, FirmToMatch
from wf40.core.firms.storing import create_firms
from wf40.core.imports.connections import writing_much
from wf40.testing.office import Office

NAMES = ("Amsel Maschinenbau GmbH", "Altenburger Werkzeuge", "Neustadt Apparate KG")


@pytest.fixture
def own(office: Office) -> Iterator[Database]:
    with writing_much(office.product.database) as database:
        yield database


SYSTEM = Actor.system("imports", 1)


def make(office: Office, own: Database, names: tuple[str, ...] = NAMES) -> list[int]:
    drafts = [draft_of(ImportedFacts(name=name, town="Konstanz"), None) for name in names]
    with own.write(SYSTEM) as u:
        ids = create_firms(u, 1, drafts, "Liste")
    late_keys.settle(own, SYSTEM)
    return ids


def held(office: Office) -> dict[int, set[int]]:
    with office.reading_as("lead") as u:
        found: dict[int, set[int]] = {}
        for firm_id, key in u.session.execute(select(FirmMatchKey.firm_id, FirmMatchKey.key)):
            found.setdefault(firm_id, set()).add(key)
    return found


def computed(office: Office, ids: list[int]) -> dict[int, set[int]]:
    with office.reading_as("lead") as u:
        return {i: match_keys.digests(traits) for i, traits in match_keys.traits_of(u, ids).items()}


def waiting(office: Office) -> set[int]:
    with office.reading_as("lead") as u:
        return set(u.session.scalars(select(FirmToMatch.firm_id)))


def test_all_keys_are_there_once_they_are_stored(office: Office, own: Database) -> None:
    ids = make(office, own)
    on_sqlite = office.product.database.engine.dialect.name == "sqlite"
    assert bool(held(office)) != on_sqlite, "on PostgreSQL nothing has to wait"
    late_keys.store(own, SYSTEM)
    assert held(office) == computed(office, ids)
    late_keys.store(own, SYSTEM)


def test_a_firm_that_was_edited_meanwhile_keeps_its_new_keys(office: Office, own: Database) -> None:
    edited, _other, removed = make(office, own)
    office.clock.moment += timedelta(seconds=5)
    with office.writing_as("advisor") as u:
        row = u.session.get_one(Firm, edited)
        firms.change_firm(u, edited, row.version, firms.FirmInput(name="Zaunkönig Elektro GmbH", town="Ulm"))
        u.session.delete(u.session.get_one(Firm, removed))
    late_keys.store(own, SYSTEM)
    assert held(office) == computed(office, [edited, _other])


def test_what_was_taken_back_leaves_no_keys(office: Office, own: Database) -> None:
    with suppress(ZeroDivisionError), own.write(SYSTEM) as u:
        create_firms(u, 1, [draft_of(ImportedFacts(name="Niemals GmbH"), None)], "Liste")
        raise ZeroDivisionError
    late_keys.forget(own)
    ids = make(office, own, ("Doch OHG",))
    late_keys.store(own, SYSTEM)
    assert held(office) == computed(office, ids)


def test_nobody_compares_firms_whose_keys_wait_unless_nobody_brings_them(office: Office, own: Database) -> None:
    database = office.product.database
    ids = make(office, own)
    on_sqlite = database.engine.dialect.name == "sqlite"
    scanner.check_changed(database)
    assert waiting(office) == (set(ids) if on_sqlite else set())
    office.clock.moment += match_keys.KEYS_AT_LATEST + timedelta(seconds=1)
    scanner.check_changed(database)
    assert waiting(office) == set()
    assert held(office) == computed(office, ids)
    late_keys.store(own, SYSTEM)
    assert held(office) == computed(office, ids), "who comes later adds nothing"
