"""Keys that were made by other rules are made anew by themselves, a slice at a time."""

import pytest
from sqlalchemy import select

from wf40.base.access import Actor
from wf40.core.firms import match_keys, match_rules
from wf40.core.firms.models import Firm, FirmKeyState, FirmMatchKey
from wf40.core.firms.service import archive_firm

SYSTEM = Actor.system()


def keys(office):
    with office.product.database.read(SYSTEM) as u:
        return {tuple(row) for row in u.session.execute(select(FirmMatchKey.__table__))}


def state(office):
    with office.product.database.read(SYSTEM) as u:
        return [(row.rules, row.complete) for row in u.session.scalars(select(FirmKeyState))]


@pytest.fixture
def stale(office):
    """Firms of two units whose keys were made by the rules before; returns the keys they should have."""
    other = office.add_unit("Nachbarstadt")
    ids = [
        office.add_firm(f"Kranz {n} Metallbau GmbH", unit, phone=f"07531 90{n}00").id
        for n in range(4)
        for unit in (1, other)
    ]
    with office.writing_as("advisor") as u:
        archive_firm(u, ids[0])
    office.work()
    wanted = keys(office)
    with office.product.database.write(SYSTEM) as u:
        u.session.execute(FirmMatchKey.__table__.update().values(key=FirmMatchKey.key + 1))
    return wanted


def test_a_raised_number_makes_all_keys_anew_in_slices(office, stale, monkeypatch):
    monkeypatch.setattr(match_rules, "SLICE", 3)
    office.work()
    assert keys(office) != stale
    monkeypatch.setattr(match_rules, "RULES", match_rules.RULES + 1)
    assert match_rules.renew(office.product.database, SYSTEM, -1) is False
    with office.product.database.write(SYSTEM) as u:
        match_rules._slice(u)
    assert state(office) == [(match_rules.RULES, False)]
    assert keys(office) & stale
    assert not keys(office) >= stale
    office.work()
    assert keys(office) == stale
    assert state(office) == [(match_rules.RULES, True)]


def test_what_has_no_keys_on_purpose_gets_none(office, stale, monkeypatch):
    with office.product.database.write(SYSTEM) as u:
        firm = u.session.scalars(select(Firm).order_by(Firm.id)).first()
        firm.deleted_at, gone = u.now, firm.id
        u.session.execute(FirmMatchKey.__table__.delete().where(FirmMatchKey.firm_id == gone))
        u.session.execute(FirmKeyState.__table__.delete())
    office.work()
    assert keys(office) == {row for row in stale if row[2] != gone}


def test_an_import_into_an_empty_office_leaves_nothing_to_make_anew(office, monkeypatch):
    with office.product.database.write(SYSTEM) as u:
        match_rules.begin(u)
        match_rules.begin(u)
    with office.product.database.read(SYSTEM) as u:
        assert match_rules.is_current(u)
    monkeypatch.setattr(match_keys, "store", None)
    assert match_rules.renew(office.product.database, SYSTEM)


def test_firms_that_nobody_knows_the_rules_of_are_not_taken_as_current(office):
    office.add_firm("Kranz Metallbau GmbH")
    with office.product.database.write(SYSTEM) as u:
        match_rules.begin(u)
        assert not match_rules.is_current(u)
