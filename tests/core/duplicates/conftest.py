"""Short ways to firms that stand twice."""

import pytest
from sqlalchemy import event, select

from wf40.core.duplicates import queries, scanner, service
from wf40.core.duplicates.models import DuplicatePair


@pytest.fixture
def twins(office):
    """Return a way to add two firms that are alike; they are compared at the next tick."""

    def make(name="Kranz Metallbau GmbH", unit_id=1, **values):
        given = {"phone": "07531 900100", "town": "Singen", **values}
        return [office.add_firm(name, unit_id, **given).id, office.add_firm(name, unit_id, **given).id]

    return make


@pytest.fixture
def search(office):
    """Return a way to search a whole unit, as the worker does after somebody asked for it."""

    def run(unit_id=1):
        with office.writing_as("advisor", unit_id) as u:
            scan_id = service.start_scan(u)
        assert scanner.advance(office.product.database, scan_id)
        return scan_id

    return run


@pytest.fixture
def queue(office):
    """Return the pairs that somebody sees, as pairs of numbers, the likeliest first."""

    def see(role="advisor", unit_id=1, **wanted):
        with office.reading_as(role, unit_id) as u:
            return [(p.a.id, p.b.id) for p in queries.pairs(u, queries.PairFilter(**wanted)).rows]

    return see


@pytest.fixture
def pair_id(office):
    def find(pair):
        with office.reading_as("advisor") as u:
            rows = select(DuplicatePair.id).where(DuplicatePair.firm_a == pair[0], DuplicatePair.firm_b == pair[1])
            return u.session.scalar(rows)

    return find


@pytest.fixture
def count_statements(office):
    """Return a way to count the statements that something sends."""

    def count(act):
        sent = []

        def listen(_connection, _cursor, statement, *_rest):
            sent.append(statement)

        event.listen(office.product.database.engine, "before_cursor_execute", listen)
        act()
        event.remove(office.product.database.engine, "before_cursor_execute", listen)
        return len(sent)

    return count
