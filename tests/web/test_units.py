"""What belongs to another unit is not there: on every page and for every form of the core and the plugins."""

import re
from datetime import date

import pytest

from wf40.core.consultations.service import ConsultationInput, add_consultation
from wf40.core.contacts.service import ConsentInput, ContactInput, add_contact, give_consent
from wf40.core.firms.sites import SiteInput, add_site
from wf40.core.imports.service import UploadInput, begin
from wf40.core.signals.service import SignalInput, record_signal
from wf40.testing.office import signed_token

TODAY = date(2026, 11, 21)
OWN = {"user_id", "session_id"}
"""Numbers in addresses that belong to no unit."""


@pytest.fixture
def plugins():
    return ("digital_readiness", "partner_network")


@pytest.fixture
def elsewhere(office):
    """An office whose second unit has one record of each kind, all with the number 1."""
    unit_id = office.add_unit("Nachbarstadt")
    firm = office.add_firm("Muster GmbH", unit_id)
    neighbour = office.client_as("advisor", unit_id)
    with office.writing_as("advisor", unit_id) as u:
        add_site(u, firm.id, SiteInput(town="Nachbarstadt"))
        person = add_contact(u, firm.id, ContactInput("Muster", email="a@muster.example", mail_basis="request"))
        give_consent(u, person, ConsentInput("survey", "mail", TODAY, "written"))
        add_consultation(u, firm.id, ConsultationInput("call", "phone", TODAY, occasion="Anruf"))
        record_signal(u, firm.id, SignalInput("other", "Zeitung", TODAY))
        begin(u, UploadInput("Liste", "public_task"), "liste.csv", b"Name", "0" * 64)
    readiness = "/p/digital_readiness"
    neighbour.post("/p/partner_network/neu", data={"name": "Kammer", "kind": "chamber"})
    neighbour.post(f"{readiness}/einladen/{firm.id}", data={"contact_id": person, "language": "de"})
    neighbour.post(
        f"{readiness}/eingeben/{firm.id}", data={"data.ai": "no", "answered_on": "2026-11-02", "channel": "paper"}
    )
    return unit_id


def addresses(office, methods):
    """Return method and address of every page about one record, with the number 1."""
    for rule in office.app.url_map.iter_rules():
        if (
            rule.arguments
            and not rule.arguments & OWN
            and "<int:" in rule.rule
            and not rule.rule.startswith("/public/")
        ):
            for method in rule.methods & methods:
                yield method, re.sub(r"<\w+>", "data.ai", re.sub(r"<int:\w+>", "1", rule.rule))


def answers(office, unit_id, *methods):
    client = office.client_as("advisor", unit_id)
    for method, path in addresses(office, set(methods)):
        data = {"csrf_token": signed_token(), "firm_id": "1"} if method == "POST" else None
        yield method, path, client.open(path, method=method, data=data).status_code


def test_the_records_are_there_for_their_own_unit(office, elsewhere):
    missing = [path for _method, path, status in answers(office, elsewhere, "GET") if status == 404]
    assert missing == []


def test_another_units_records_are_found_on_no_page_and_by_no_form(office, elsewhere):
    reached = [(method, path, status) for method, path, status in answers(office, 1, "GET", "POST") if status != 404]
    assert reached == []
