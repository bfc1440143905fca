"""A firm with a person to invite, and the steps of somebody who fills in the check in a browser."""

import re

from wf40_digital_readiness.content import shipped_check

from wf40.base.access import Actor
from wf40.core.contacts import service as contacts
from wf40.core.firms import service as firms

YES = {item.id: "yes" for item in shipped_check().items}
STEPS = [d.id for d in shipped_check().dimensions]
TOKEN = re.compile(r"/public/digital_readiness/([A-Za-z0-9_-]{43})")


def firm(office, name="Metallbau Krämer GmbH", unit_id=1, **values):
    with office.writing_as("advisor", unit_id) as u:
        return firms.create_firm(u, firms.FirmInput(name=name, **values))


def person(office, firm_id, email="erika@kraemer.example", unit_id=1, **values):
    given = contacts.ContactInput(
        "Krämer", "Erika", "ms", email=email, mail_basis=values.pop("mail_basis", "public_task"), **values
    )
    with office.writing_as("advisor", unit_id) as u:
        return contacts.add_contact(u, firm_id, given)


def rows(office, model):
    from sqlalchemy import select

    with office.product.database.read(Actor.system()) as u:
        return list(u.session.scalars(select(model).order_by(model.id)))


class Browser:
    """Keeps the form token of the page that is open, as a browser does."""

    def __init__(self, office):
        self.client = office.visitor()
        self.page = ""

    def get(self, path, **kwargs):
        return self._keep(self.client.get(path, follow_redirects=True, **kwargs))

    def post(self, path, **fields):
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.page)
        data = {"csrf_token": token.group(1) if token else "", **fields}
        return self._keep(self.client.post(path, data=data, token=False, follow_redirects=True))

    def _keep(self, answer):
        if answer.status_code != 405:
            self.page = answer.text
        return answer

    def start(self, token):
        self.get(f"/public/digital_readiness/{token}")
        return self.post(f"/public/digital_readiness/{token}")

    def fill_in(self, answers):
        """Answer page by page, coming back to a page when an answer opens a further question."""
        for number, dimension in enumerate(STEPS, 1):
            for _round in range(2):
                own = {i.id: answers[i.id] for i in shipped_check().items_of(dimension) if i.id in answers}
                answer = self.post(f"/public/digital_readiness/frage/{number}", action="next", **own)
        return answer

    def submit(self, note=""):
        return self.post("/public/digital_readiness/pruefen", note=note)


def invitation(office, name="Metallbau Krämer GmbH", unit_id=1):
    """Invite a firm without the mail server and return (firm_id, invitation_id, token)."""
    from sqlalchemy import select
    from wf40_digital_readiness import service

    from wf40.base.outbox import OutboxMail

    firm_id = firm(office, name, unit_id)
    contact_id = person(office, firm_id, unit_id=unit_id)
    with office.app.test_request_context(), office.writing_as("advisor", unit_id) as u:
        invitation_id = service.invite(u, firm_id, service.InvitationInput(contact_id))
        u.session.flush()
        text = u.session.scalars(select(OutboxMail.text).order_by(OutboxMail.id.desc())).first()
    return firm_id, invitation_id, TOKEN.search(text).group(1)


def answered(office, answers=None, **values):
    """Invite a firm and let it answer; return (firm_id, invitation_id, token, browser)."""
    firm_id, invitation_id, token = invitation(office, **values)
    browser = Browser(office)
    browser.start(token)
    browser.fill_in(answers or YES)
    browser.submit()
    return firm_id, invitation_id, token, browser
