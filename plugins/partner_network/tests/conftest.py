"""An office with the partner network switched on."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from wf40_partner_network.people import PersonInput, add_person
from wf40_partner_network.relations import RelationInput, add_relation
from wf40_partner_network.service import PartnerInput, add_partner

from wf40.core.concerns import handing_on, queries
from wf40.core.concerns.rules import HandoverInput
from wf40.core.concerns.service import ConcernInput, add_concern
from wf40.core.contacts.service import ConsentInput, ContactInput, add_contact, give_consent
from wf40.sdk.refs import FirmRef


@pytest.fixture
def plugins():
    return ("partner_network",)


@pytest.fixture
def add(office) -> Callable[..., int]:
    """Add a partner as somebody of the office and return its id."""

    def enter(name: str, kind: str = "consultancy", unit_id: int = 1, **rest: Any) -> int:
        with office.writing_as("advisor", unit_id) as u:
            return add_partner(u, PartnerInput(name, kind, **rest))

    return enter


@pytest.fixture
def firm(office) -> FirmRef:
    """A firm of the town, as hooks see it."""
    seen: FirmRef = office.add_firm("Möbelhaus Kröger GmbH", town="Musterhausen")
    return seen


@pytest.fixture
def person(office) -> Callable[..., int]:
    """Add a person to a partner and return their id."""

    def enter(partner_id: int, name: str, **rest: Any) -> int:
        with office.writing_as("advisor") as u:
            return add_person(u, partner_id, PersonInput(name, **rest))

    return enter


@pytest.fixture
def relate(office) -> Callable[..., int]:
    """Relate two sides, named by their keys, and return the relation's id."""

    def enter(one: str, kind: str, other: str, unit_id: int = 1, **rest: Any) -> int:
        with office.writing_as("advisor", unit_id) as u:
            return add_relation(u, RelationInput(one, kind, other, **rest))

    return enter


@pytest.fixture
def hand_on(office, firm) -> Callable[..., int]:
    """Hand a concern of the firm on to a partner, as an officer does; returns the number of the hand-on."""

    def hand(partner_id: int, title: str = "Sucht Auszubildende", topic: str = "staff") -> int:
        with office.writing_as("advisor") as u:
            concern_id = add_concern(u, firm.id, ConcernInput(topic, title))
            contact_id = add_contact(u, firm.id, ContactInput("Vorlage", "Ines", email="ines@firma.example"))
            given = ConsentInput("handover", "mail", date(2026, 11, 12), "written", "Formular")
            consent_id = give_consent(u, contact_id, given)
        with office.app.test_request_context(), office.writing_as("advisor") as u:
            version = queries.concern(u, concern_id).version
            key = f"partner_network-{partner_id}"
            wanted = HandoverInput(key, "Bitte melden Sie sich.", date(2026, 12, 4), consent_id=consent_id)
            return handing_on.hand_on(u, concern_id, version, wanted)

    return hand


@pytest.fixture
def answered(office) -> Callable[..., None]:
    """Record what a partner said to a concern."""

    def record(handover_id: int, outcome: str = "solved") -> None:
        with office.app.test_request_context(), office.writing_as("advisor") as u:
            handing_on.record_outcome(u, handover_id, outcome, "Erledigt", close=outcome == "solved")

    return record
