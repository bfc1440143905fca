"""A firm with a concern, people of the firm who agree, and those to whom a concern can be handed on."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import date

import faulty
import pytest

from wf40.base.access import Actor
from wf40.core.concerns import handing_on, queries, service
from wf40.core.concerns.handed_on import handovers
from wf40.core.concerns.rules import HandoverInput
from wf40.core.concerns.service import ConcernInput
from wf40.core.contacts.service import ConsentInput, ContactInput, add_contact, give_consent
from wf40.pluginhost import state
from wf40.pluginhost.registry import Registry
from wf40.sdk.events import ConcernClosed
from wf40.sdk.values import EventHandler
from wf40.sdk.work import Recipient

NEED = ConcernInput("space", "Halle zu klein", "Sucht 2.000 m² bis Jahresende.", kind="site_offer")
CHAMBER = Recipient("circle-7", "Handwerkskammer", "Kammern", "kammer@partner.example", note="zuständig für Metallbau")
BY_PHONE = Recipient("circle-8", "Gutachter Stein", "Kammern", order=200)
PERSON = ContactInput("Vorlage", "Ines", function="Geschäftsführerin", email="ines@firma.example", phone="07531 12345")


class Circle:
    """A plugin that offers recipients, may stop doing so, and hears of closed concerns."""

    def __init__(self):
        self.offered = [CHAMBER, BY_PHONE]
        self.heard = []


@pytest.fixture
def circle():
    return Circle()


@pytest.fixture
def office(offices, database_kind, tmp_path, circle):
    """An office with a plugin that offers recipients."""
    registry = Registry()

    def handover_recipients(u, firm, topic):
        return list(circle.offered)

    def event_handlers():
        return [EventHandler(ConcernClosed, lambda _u, event: circle.heard.append(event))]

    plugin = faulty.plugin("circle", handover_recipients=handover_recipients, event_handlers=event_handlers)
    registry.add_plugin("circle", "wf40-circle 1.0", lambda: plugin)
    opened = offices.open(database_kind, tmp_path, (), registry)
    office = next(opened)
    with office.product.database.write(Actor.system("test")) as u:
        state.switch(u.session, "circle", enabled=True, now=u.now)
    office.product.gate.follow()
    yield office
    opened.close()


@pytest.fixture
def need():
    return NEED


@pytest.fixture
def firm(office):
    return office.add_firm("Muster Maschinenbau GmbH", town="Musterhausen")


@pytest.fixture
def add(office):
    def make(firm_id, given=NEED, role="advisor", unit_id=1, **more):
        with office.writing_as(role, unit_id) as u:
            return service.add_concern(u, firm_id, given, **more)

    return make


@pytest.fixture
def agreed(office):
    """Record a person who agrees; returns the ids of person and consent."""

    def make(firm_id, purpose="handover", channel="mail", unit_id=1, **person):
        with office.writing_as("advisor", unit_id) as u:
            contact_id = add_contact(u, firm_id, replace(PERSON, **person))
            consent = ConsentInput(purpose, channel, date(2026, 11, 12), "written", "Formular vom Unternehmertag")
            return contact_id, give_consent(u, contact_id, consent)

    return make


@pytest.fixture
def acting(office):
    """Open a writing unit of work inside a request, since recipients name addresses of pages."""

    @contextmanager
    def act(role="advisor", unit_id=1):
        actor = office.actor(role, unit_id)
        with office.app.test_request_context(), office.product.database.write(actor) as u:
            yield u

    return act


@pytest.fixture
def hand(acting):
    """Hand a concern on."""

    def make(concern_id, consent_id, recipient="circle-7", role="advisor", key="", **more):
        given = {"message": "Bitte prüfen Sie freie Hallen.", "answer_by": date(2026, 12, 4), **more}
        with acting(role) as u:
            version = queries.concern(u, concern_id).version
            return handing_on.hand_on(
                u, concern_id, version, HandoverInput(recipient, consent_id=consent_id, **given), key
            )

    return make


@pytest.fixture
def handed(firm, add, agreed, hand):
    """A concern that was handed on: its id and that of the hand-on."""

    def make(recipient="circle-7"):
        concern_id = add(firm.id)
        return concern_id, hand(concern_id, agreed(firm.id)[1], recipient)

    return make


@pytest.fixture
def seen(acting):
    """Return a concern and its hand-ons as a role sees them."""

    def look(concern_id, role="advisor", unit_id=1):
        with acting(role, unit_id) as u:
            return queries.concern(u, concern_id), handovers(u, concern_id)

    return look
