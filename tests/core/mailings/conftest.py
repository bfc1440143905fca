"""An office whose mails reach a real server, some people to write to, and a list of them."""

from dataclasses import replace

import pytest

from wf40.core.contacts import service as contacts
from wf40.core.contacts.service import ContactInput
from wf40.core.firms.sites import SiteInput, add_site
from wf40.core.mailings import codes, service, writing
from wf40.core.mailings.rules import DistributionInput, MailingInput

INES = ContactInput(
    "Müller", "Ines", "ms", "Dr.", "management", "Leitung", "ines@firma.example", main=True, mail_basis="public_task"
)
ADDRESS = SiteInput(street="Hauptstraße", house_number="12 a", postcode="78462", town="Konstanz")
TEXT = MailingInput(codes.MAIL, "Einladung für {{Unternehmen}}", "{{Anrede}},\n\nkommen Sie nach {{Ort}}.\n\nGrüße")


@pytest.fixture
def office(offices, database_kind, tmp_path, smtp_server):
    """An office whose mails go to the test's own server."""
    yield from offices.open(
        database_kind, tmp_path, mail_url=smtp_server.url, public_url="http://wf40.musterhausen.example",
        office_phone="07531 900", office_mail="wifoe@musterhausen.example",
    )  # fmt: skip


@pytest.fixture
def ines():
    return INES


@pytest.fixture
def text():
    return TEXT


@pytest.fixture
def add_person(office):
    """Add a person in a firm of their own, with an address unless ``site`` is ``None``; returns the ids of both."""

    def make(given=INES, firm="Muster GmbH", site=ADDRESS, unit_id=1, **changes):
        firm_id = office.add_firm(firm, unit_id).id if isinstance(firm, str) else firm
        with office.writing_as("advisor", unit_id) as u:
            if site is not None and isinstance(firm, str):
                add_site(u, firm_id, site)
            return contacts.add_contact(u, firm_id, replace(given, **changes)), firm_id

    return make


@pytest.fixture
def add_list(office):
    """Make a list from all firms (or another source) and return its id."""

    def make(title="Alle", source=codes.FIRMS, query="", which="all", role="advisor", unit_id=1):
        with office.writing_as(role, unit_id) as u:
            return service.create_distribution(
                u, DistributionInput(title, source, query, which if source == codes.FIRMS else "")
            )

    return make


@pytest.fixture
def add_mailing(office):
    def make(distribution_id, given=TEXT, **changes):
        with office.writing_as("advisor") as u:
            return writing.add_mailing(u, distribution_id, replace(given, **changes))

    return make


@pytest.fixture
def start(office):
    def make(mailing_id, version=1, role="advisor"):
        with office.writing_as(role) as u:
            return writing.start_mailing(u, mailing_id, version)

    return make
