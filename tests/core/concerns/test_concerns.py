"""Concerns: recorded once, with the deadlines of their kind, owned by somebody, led through their states."""

from datetime import date

from wf40.core.concerns import queries


def stored(office, concern_id, role="advisor"):
    with office.reading_as(role) as u:
        return queries.concern(u, concern_id)


def test_a_concern_gets_the_deadlines_of_its_kind_and_whoever_records_it_as_owner(office, add):
    concern_id = add(office.add_firm("Muster GmbH").id)
    found = stored(office, concern_id)
    assert (found.state, found.owner.name) == ("new", "Beratung 1")
    assert (found.respond_by, found.deadline_on) == (date(2026, 11, 25), date(2026, 11, 27))


def test_a_form_that_is_sent_twice_makes_one_concern(office, add):
    firm_id = office.add_firm("Muster GmbH").id
    assert add(firm_id, entry_key="k" * 32) == add(firm_id, entry_key="k" * 32)
