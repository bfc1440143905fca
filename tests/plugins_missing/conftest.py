"""An office that was used with all three plugins, opened again while some are gone, switched off or broken."""

import shutil
from dataclasses import dataclass, replace
from datetime import date
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType

import faulty
import pytest

from wf40.app import assemble
from wf40.base.access import Actor
from wf40.base.clock import SettableClock
from wf40.core.concerns.handing_on import HandoverInput, hand_on
from wf40.core.concerns.service import ConcernInput, add_concern
from wf40.core.consultations.service import ConsultationInput, add_consultation
from wf40.core.contacts.service import ConsentInput, ContactInput, add_contact, give_consent
from wf40.core.office.service import DepartmentInput, add_department
from wf40.core.tasks.service import TaskInput, add_task
from wf40.pluginhost import state
from wf40.pluginhost.registry import ENTRY_POINTS, Registry
from wf40.sdk import hookimpl
from wf40.sdk.events import FirmLightChanged
from wf40.testing.office import Office

ALL = ("digital_readiness", "follow_up", "partner_network")
TODAY = date(2026, 11, 21)
PAGES = (
    "/",
    "/unternehmen",
    "/unternehmen/1",
    "/unternehmen/1/gespraeche/neu",
    "/unternehmen/1/verlauf",
    "/unternehmen/1/anliegen",
    "/unternehmen/1/wiedervorlagen",
    "/ansprechpersonen/1",
    "/gespraeche/1",
    "/anliegen",
    "/anliegen/1",
    "/anliegen/2/weiterleiten",
    "/wiedervorlagen",
    "/aktionen",
    "/aktionen/1",
    "/aktionen/neu",
    "/verteiler",
    "/verteiler/neu?von=unternehmen",
    "/fruehwarnung",
    "/fruehwarnung/signale",
    "/verwaltung/amt",
)
"""Where people work; the numbers are those of the records made below."""
OF_PLUGINS = {
    "digital_readiness": "/p/digital_readiness/",
    "follow_up": "/p/follow_up/",
    "partner_network": "/p/partner_network/",
}


@dataclass(frozen=True)
class Used:
    """The office as it was left, and the page that each plugin wrote about its firm."""

    office: Office
    path: Path | None


@pytest.fixture(scope="module")
def used(request, offices, tmp_path_factory):
    """Use an office with all plugins, so that their records stand everywhere."""
    kind = getattr(request, "param", "sqlite")
    for office in offices.open(kind, tmp_path_factory.mktemp("used"), ALL):
        use(office)
        engine = office.product.database.engine
        if kind == "sqlite":
            with engine.connect() as connection:
                connection.connection.dbapi_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        engine.dispose()
        yield Used(office, Path(engine.url.database) if kind == "sqlite" else None)


def use(office):
    """Do what people do in a week: invite, answer on paper, hand on, follow up, plan an outreach."""
    firm = office.add_firm("Muster Maschinenbau GmbH", town="Musterhausen").id
    with office.writing_as("advisor") as u:
        person = add_contact(u, firm, ContactInput("Vorlage", email="v@firma.example", mail_basis="request"))
        agreed = give_consent(u, person, ConsentInput("handover", "mail", TODAY, "written"))
        add_consultation(u, firm, ConsultationInput("visit", "on_site", TODAY, occasion="Halle", topics=("space",)))
        add_task(u, firm, TaskInput("Zurückrufen", TODAY, u.actor.user_id))
        for title in ("Halle zu klein", "Fachkräfte fehlen"):
            add_concern(u, firm, ConcernInput("space", title))
    with office.writing_as("lead") as u:
        add_department(u, DepartmentInput("Liegenschaftsamt", "l@musterhausen.example", topics=("space",)))
    client, network, readiness = office.client_as("advisor"), "/p/partner_network", "/p/digital_readiness"
    given = {"name": "Handwerkskammer", "kind": "chamber", "email": "k@kammer.example", "helps_space": "y"}
    assert client.post(f"{network}/neu", data=given).status_code == 303
    given = {"kind": "member_of", "other": "Muster Maschinenbau GmbH (U1)"}
    assert client.post(f"{network}/beziehungen/neu/p-1", data=given).status_code == 303
    given = {"data.ai": "no", "answered_on": "2026-11-02", "channel": "paper"}
    assert client.post(f"{readiness}/eingeben/{firm}", data=given).status_code == 303
    given = {"title": "Alle im Ort", "outreach": "digital_readiness"}
    assert client.post("/aktionen/neu", data=given).status_code == 303
    office.client_as("lead").get("/p/follow_up/")
    with office.product.database.write(Actor.system()) as u:
        u.emit(FirmLightChanged(firm, "red", "yellow", "2026-11-20"))
    with office.app.test_request_context(), office.writing_as("advisor") as u:
        hand_on(u, 1, 1, HandoverInput("partner_network-1", "Bitte prüfen.", date(2026, 12, 4), consent_id=agreed))
    office.work()


@pytest.fixture
def reopened(used, tmp_path):
    """Open the used office again, with some plugins missing, switched off or broken."""
    opened = []

    def reopen(*, missing=(), disabled=(), broken=()):
        settings = replace(used.office.product.settings, strict=False)
        if used.path:
            shutil.copy(used.path, tmp_path / "wf40.sqlite")
            settings = replace(settings, database_url=f"sqlite:///{tmp_path / 'wf40.sqlite'}")
        clock = SettableClock(used.office.clock.now())
        product = assemble(settings, clock, registry(missing, broken))
        opened.append(product)
        switch(product, set(ALL) - set(missing), enabled=True)
        switch(product, disabled, enabled=False)
        return Office(product, clock, strict=False)

    yield reopen
    for product in opened:
        switch(product, ALL, enabled=True)
        product.database.engine.dispose()


def switch(product, keys, *, enabled):
    """Switch plugins on or off, as the administration does."""
    with product.database.write(Actor.system()) as u:
        for key in keys:
            state.switch(u.session, key, enabled=enabled, now=u.now)
    product.gate.follow()


def registry(missing, broken):
    """Return the first-party plugins without the missing ones, and with broken ones that raise in every hook."""
    found = Registry()
    for point in entry_points(group=ENTRY_POINTS):
        if point.name in ALL and point.name not in missing:
            found.add_plugin(point.name, "", lambda p=point: breaking(p.load()) if p.name in broken else p.load())
    return found


def breaking(module):
    """Return the plugin with its tables and pages, but every hook that is asked while the product runs raises."""

    def raises():
        faulty.fail()

    copy = ModuleType(module.__name__)
    copy.__file__ = module.__file__
    for name in (*faulty.AT_LOADING, *faulty.AT_START):
        if hasattr(module, name):
            setattr(copy, name, getattr(module, name))
    for name in faulty.WHILE_RUNNING:
        setattr(copy, name, hookimpl(raises))
    return copy


@pytest.fixture
def pages():
    return PAGES


@pytest.fixture
def of_plugins():
    return OF_PLUGINS
