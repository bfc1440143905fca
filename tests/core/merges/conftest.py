"""Two entries of one firm, and ways to merge and separate them."""

from datetime import date

import pytest
from sqlalchemy import select

from wf40.core.contacts.models import Contact
from wf40.core.firms import queries as firms
from wf40.core.firms.service import FirmInput, create_firm
from wf40.core.merges import service
from wf40.core.merges.kinds import PERSONS
from wf40.core.merges.service import MergeInput

TODAY = date(2026, 11, 21)


@pytest.fixture
def two(office):
    """Return the ids of the entry that stays and of the one that becomes part of it."""
    with office.writing_as("advisor") as u:
        keep = create_firm(u, FirmInput("Muster Maschinenbau GmbH", town="Musterhausen"))
        return keep, create_firm(u, FirmInput("Maschinenbau Muster", town="Musterhausen"))


@pytest.fixture
def merge(office):
    def do(keep, gone, role="advisor", **choices):
        with office.writing_as(role) as u:
            versions = firms.firm(u, keep).version, firms.firm(u, gone).version
            return service.merge(u, MergeInput(keep, gone, *versions, choices))

    return do


@pytest.fixture
def separate(office):
    def do(merge_id, role="advisor"):
        with office.writing_as(role) as u:
            return service.unmerge(u, merge_id)

    return do


@pytest.fixture
def count(office):
    """Return how many rows of a model stand at a firm."""

    def of(model, firm_id, column="firm_id"):
        with office.reading_as("advisor") as u:
            return len(u.session.scalars(select(model).where(getattr(model, column) == firm_id)).all())

    return of


@pytest.fixture
def merge_persons(office):
    def do(keep, gone, **choices):
        with office.writing_as("advisor") as u:
            versions = [u.session.get_one(Contact, i).version for i in (keep, gone)]
            return service.merge(u, MergeInput(keep, gone, *versions, choices), PERSONS)

    return do


@pytest.fixture
def separate_persons(office):
    def do(merge_id):
        with office.writing_as("advisor") as u:
            return service.unmerge(u, merge_id, PERSONS)

    return do
