"""The history of a person names the firms between which they moved."""

import pytest

from wf40.core.contacts import history
from wf40.core.contacts.models import Contact
from wf40.core.contacts.service import ContactInput, add_contact
from wf40.core.firms.models import Firm
from wf40.core.merges.kinds import PERSONS
from wf40.core.merges.service import MergeInput, merge, unmerge


@pytest.fixture
def moved(office):
    """A person who was merged with their entry in another firm and stands there from then on; and the merge."""
    here, there = office.add_firm("Kranz Metallbau GmbH"), office.add_firm("Vollmer Optik GmbH")
    given = ContactInput("Müller", "Sabine", email="s.mueller@kranz.example")
    with office.writing_as("advisor") as u:
        keep, gone = add_contact(u, here.id, given), add_contact(u, there.id, given)
    with office.writing_as("advisor") as u:
        versions = [u.session.get_one(Contact, i).version for i in (keep, gone)]
        return keep, merge(u, MergeInput(keep, gone, *versions, {"firm_id": "gone"}), PERSONS)


def firms_told(office, contact_id):
    with office.reading_as("reader") as u:
        return [(str(c.old), str(c.new)) for c in history.changes(u, contact_id) if str(c.label) == "Unternehmen"]


def test_firms_are_named(office, moved):
    keep, merged = moved
    there = ("Kranz Metallbau GmbH", "Vollmer Optik GmbH")
    assert firms_told(office, keep) == [there]
    with office.writing_as("advisor") as u:
        unmerge(u, merged, PERSONS)
    assert firms_told(office, keep) == [there[::-1], there]
    page = office.client_as("reader").get(f"/ansprechpersonen/{keep}").text
    assert "Vollmer Optik GmbH" in page


def test_a_firm_that_nobody_here_may_read_is_a_number(office, moved):
    other = office.add_unit("Nachbarstadt")
    with office.writing_as("advisor") as u:
        before = u.session.query(Firm).order_by(Firm.id).first()
        before.unit_id, number = other, before.id
    assert firms_told(office, moved[0]) == [(f"Nr. {number}", "Vollmer Optik GmbH")]
