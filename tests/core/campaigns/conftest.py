"""An office with a plugin that can send something, and firms with people to send it to."""

from dataclasses import dataclass, field

import faulty
import pytest
from sqlalchemy import select

from wf40.base.access import Actor
from wf40.base.errors import InvalidInput
from wf40.base.mail import Letter
from wf40.core.campaigns import service
from wf40.core.campaigns.checking import check
from wf40.core.campaigns.models import Campaign, CampaignMember
from wf40.core.campaigns.rules import CampaignInput
from wf40.core.contacts import service as contacts
from wf40.pluginhost import state
from wf40.pluginhost.registry import Registry
from wf40.sdk import roles
from wf40.sdk.services import Contacts, Officers
from wf40.sdk.values import Permission
from wf40.sdk.work import Outreach

SYSTEM = Actor.system("test")


@dataclass
class Post:
    """What the plugin does: it sends a letter signed by who acts, and says what it is told to say."""

    sent: list = field(default_factory=list)
    replies: dict = field(default_factory=dict)
    refuses: dict = field(default_factory=dict)
    breaks: set = field(default_factory=set)
    interrupts: set = field(default_factory=set)
    mute: bool = False
    shows_nothing: bool = False

    def invite(self, u, firm_id, contact_id):
        officer = u.service(Officers).get(u, u.actor.user_id)
        person = u.service(Contacts).get(u, contact_id)
        u.send(Letter(person.email, f"Post für {firm_id}", f"Gruß, {u.actor.name}", reply_to=officer.email))
        u.audit("letter_sent", f"firm:{firm_id}")
        u.session.flush()
        if firm_id in self.interrupts:
            raise KeyboardInterrupt
        if firm_id in self.breaks:
            faulty.fail()
        if firm_id in self.refuses:
            raise InvalidInput(self.refuses[firm_id])
        self.sent.append(firm_id)
        return 1000 + firm_id

    def preview(self, u, firm_id, contact_id):
        if self.shows_nothing:
            faulty.fail()
        return f"Post für {firm_id}", f"Gruß <{u.service(Contacts).get(u, contact_id).email}>, {u.actor.name}"

    def outreach(self):
        def replies(_u, numbers):
            if self.mute:
                faulty.fail()
            return {n: self.replies.get(n, "sent") for n in numbers}

        return Outreach(
            "letters", "Einladung zum Test", "survey", "letters.send", self.invite, replies, lambda n: f"/briefe/{n}",
            preview=self.preview,
        )  # fmt: skip


@pytest.fixture
def post():
    return Post()


@pytest.fixture
def mail_url():
    return ""


@pytest.fixture
def office(offices, database_kind, tmp_path, post, mail_url):
    registry = Registry()
    hooks = {
        "outreach": lambda: [post.outreach()],
        "permissions": lambda: [Permission("letters.send", "Briefe", roles.WRITERS)],
    }
    registry.add_plugin("letters", "wf40-letters 1.0", lambda: faulty.plugin("letters", **hooks))
    for office in offices.open(database_kind, tmp_path, (), registry, strict=False, mail_url=mail_url):
        switch(office, on=True)
        yield office


def switch(office, *, on):
    with office.product.database.write(SYSTEM) as u:
        state.switch(u.session, "letters", enabled=on, now=u.now)
    office.product.gate.follow()


@pytest.fixture
def turn():
    """Switch the plugin off or on."""
    return switch


@pytest.fixture
def person(office):
    """Add a person to a firm; ``mail_basis=""`` permits no mail."""

    def add(firm, email=None, unit_id=1, **values):
        given = contacts.ContactInput(
            values.pop("family_name", "Krämer"), "Erika", email=f"post@firma{firm.id}.example" if email is None else email,
            **{"mail_basis": "public_task", **values},
        )  # fmt: skip
        with office.writing_as("advisor", unit_id) as u:
            return contacts.add_contact(u, firm.id, given)

    return add


@pytest.fixture
def firms(office, person):
    """Add some firms whose people may be written to."""

    def add(*names, **values):
        made = [office.add_firm(name, **values) for name in names]
        for firm in made:
            person(firm)
        return made

    return add


@pytest.fixture
def draft(office):
    """Make a draft for all firms, or those of a query, and look up who gets it."""

    def make(query="", title="Metallbau Nord", role="advisor", unit_id=1):
        with office.app.test_request_context(), office.writing_as(role, unit_id) as u:
            campaign_id = service.add_campaign(u, CampaignInput(title, outreach="letters"), query)
        assert check(office.product.database, campaign_id)
        return campaign_id

    return make


@pytest.fixture
def start(office):
    def go(campaign_id, role="advisor"):
        with office.writing_as(role) as u:
            service.start(u, campaign_id)

    return go


@pytest.fixture
def members(office):
    """Return state and reason of the firms of a campaign, by firm."""

    def read(campaign_id):
        with office.product.database.read(SYSTEM) as u:
            rows = u.session.scalars(select(CampaignMember).where(CampaignMember.campaign_id == campaign_id))
            return {row.firm_id: (row.state, row.why) for row in rows}

    return read


@pytest.fixture
def campaign_of(office):
    def read(campaign_id):
        with office.product.database.read(SYSTEM) as u:
            return u.session.get_one(Campaign, campaign_id)

    return read
