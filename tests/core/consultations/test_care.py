"""Whose interval of care has run out: asked by whoever plans visits."""

from datetime import date, timedelta

import pytest

from wf40.core.consultations.service import ConsultationInput, add_consultation, archive_consultation
from wf40.core.firms.service import archive_firm
from wf40.sdk.services import Care

TODAY = date(2026, 11, 21)


def talk(office, firm, days_ago, kind="visit"):
    with office.writing_as("advisor") as u:
        held_on = TODAY - timedelta(days=days_ago)
        return add_consultation(u, firm.id, ConsultationInput(kind, "on_site", held_on, occasion="Besuch"))


def gaps(office, day=TODAY, role="advisor", unit_id=1):
    with office.reading_as(role, unit_id) as u:
        return u.service(Care).gaps(u, day)


@pytest.mark.parametrize(("days_ago", "due"), [(179, False), (180, True), (400, True)])
def test_due_from_the_day_on_which_the_interval_is_over(office, days_ago, due):
    firm = office.add_firm("Muster GmbH", care_interval_days=180)
    talk(office, firm, days_ago)
    assert [gap.firm_id for gap in gaps(office)] == ([firm.id] if due else [])


def test_only_what_counts_as_contact_counts(office):
    firm = office.add_firm("Muster GmbH", care_interval_days=90)
    talk(office, firm, 100)
    talk(office, firm, 10, kind="mail")
    archived = talk(office, firm, 5)
    with office.writing_as("advisor") as u:
        archive_consultation(u, archived)
    (gap,) = gaps(office)
    assert (gap.last_contact, gap.due_on) == (TODAY - timedelta(days=100), TODAY - timedelta(days=10))


def test_nobody_spoke_with_the_firm_yet(office):
    firm = office.add_firm("Neu GmbH", care_interval_days=30)
    assert gaps(office) == []
    (gap,) = gaps(office, TODAY + timedelta(days=30))
    assert (gap.firm_id, gap.last_contact) == (firm.id, None)


def test_the_longest_wait_comes_first_and_some_firms_never(office):
    late = office.add_firm("Spät GmbH", care_interval_days=90)
    later = office.add_firm("Später GmbH", care_interval_days=90)
    without = office.add_firm("Ohne GmbH")
    gone = office.add_firm("Archiv GmbH", care_interval_days=90)
    for firm, days in ((late, 100), (later, 200), (without, 300), (gone, 300)):
        talk(office, firm, days)
    with office.writing_as("advisor") as u:
        archive_firm(u, gone.id)
    assert [gap.firm_id for gap in gaps(office)] == [later.id, late.id]


def test_another_units_firms_are_not_planned(office):
    unit_id = office.add_unit("Nachbarstadt")
    firm = office.add_firm("Fremd GmbH", unit_id, care_interval_days=30)
    assert gaps(office, TODAY + timedelta(days=60)) == []
    assert [g.firm_id for g in gaps(office, TODAY + timedelta(days=60), unit_id=unit_id)] == [firm.id]
