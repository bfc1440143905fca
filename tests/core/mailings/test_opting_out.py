"""The link for opting out: a look changes nothing, one click does, a wrong one tells nothing."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from wf40.base.audit import AuditEvent
from wf40.base.outbox import OutboxMail
from wf40.core.contacts import optouts, service
from wf40.core.mailings import public_views
from wf40.core.mailings.models import MailingRecipient
from wf40.sdk.services import Contacts


@pytest.fixture
def sent(office, smtp_server, add_person, add_list, add_mailing, start):
    """A mail as it arrived: the person's id and the path of their link."""
    contact_id, _firm = add_person()
    start(add_mailing(add_list()))
    office.work()
    office.work()
    (mail,) = smtp_server.mails
    url = mail.message["List-Unsubscribe"].strip("<>")
    assert url in mail.text
    assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    return contact_id, re.fullmatch(r"http://wf40\.musterhausen\.example(/abmelden/[\w-]{43})", url)[1]


def purposes(office, contact_id):
    with office.reading_as("reader") as u:
        return u.service(Contacts).get(u, contact_id).mail_purposes


def test_only_the_digest_of_the_secret_is_stored(office, sent):
    token = sent[1].rpartition("/")[2]
    with office.reading_as("reader") as u:
        (stored,) = u.session.scalars(select(MailingRecipient.optout_digest))
        (mail,) = u.session.scalars(select(OutboxMail))
    assert len(stored) == 64
    assert token not in stored
    assert (mail.text, mail.unsubscribe_url) == ("", ""), "what has left is not kept"


def test_looking_changes_nothing_and_shows_nothing_of_the_person(office, sent):
    contact_id, path = sent
    for _visit in range(3):
        page = office.visitor().get(path)
        assert page.status_code == 200
    assert "Keine Rundschreiben mehr?" in page.text
    assert "Müller" not in page.text
    assert "firma.example" not in page.text
    assert office.visitor().head(path).status_code == 200
    assert "information" in purposes(office, contact_id)


def test_invitations_to_checks_are_a_choice_of_their_own(office, sent):
    contact_id, path = sent
    assert office.visitor().post(path, token=False, data={"umfragen": "y"}).status_code == 200
    assert purposes(office, contact_id).isdisjoint({"information", "survey"})


@pytest.mark.parametrize(("body", "how"), [({}, "link"), ({"List-Unsubscribe": "One-Click"}, "program")])
def test_one_post_without_cookie_and_form_token_opts_out(office, sent, body, how):
    contact_id, path = sent
    with office.writing_as("advisor") as u:
        today = office.clock.moment.date()
        service.give_consent(u, contact_id, service.ConsentInput("information", "mail", today, "written"))
    answer = office.visitor().post(path, data=body, token=False)
    assert answer.status_code == 200, "no redirect, as RFC 8058 asks"
    assert "Sie sind abgemeldet" in answer.text
    assert purposes(office, contact_id) == {"survey", "handover"}
    assert office.visitor().post(path, data=body, token=False).status_code == 200
    assert "Sie sind abgemeldet" in office.visitor().get(path).text
    with office.reading_as("advisor") as u:
        (noted,) = optouts.opt_outs(u, contact_id)
        assert noted.how == how
        actions = list(u.session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))
    assert actions.count("opted_out") == 1
    assert "consent_withdrawn" in actions


def test_nobody_opted_out_gets_the_next_mail_and_the_result_says_why(
    office, sent, smtp_server, add_mailing, add_person, start
):
    office.visitor().post(sent[1], token=False)
    add_person(firm="Andere GmbH", family_name="Andere", email="andere@firma.example")
    client = office.client_as("advisor")
    with office.reading_as("reader") as u:
        other = max(contact.id for contact in u.service(Contacts).of_firm(u, 2))
    client.post("/verteiler/1/aktualisieren", data={"shown": [other], "come": [other]})
    mailing_id = add_mailing(1)
    start(mailing_id)
    office.work()
    office.work()
    assert [mail.recipients for mail in smtp_server.mails] == [("ines@firma.example",), ("andere@firma.example",)]
    assert "hat sich abgemeldet" in client.get(f"/verteiler/rundschreiben/{mailing_id}").text


def main_of(answer):
    """The page without its head, whose language switch leads back to the very same address."""
    return answer.text.partition("<main")[2]


def test_wrong_links_all_look_the_same(office, sent):
    contact_id, path = sent
    gone = path[:-1] + ("A" if path[-1] != "A" else "B")
    wrong = [gone, "/abmelden/beispiel", "/abmelden/" + "x" * 3000, "/abmelden/%3Cscript%3E", "/abmelden/ä"]
    answers = [office.visitor().get(p) for p in wrong] + [office.visitor().post(p, token=False) for p in wrong]
    pages = {(answer.status_code, main_of(answer)) for answer in answers}
    ((status, page),) = pages
    assert status == 404
    assert "07531 900" in page, "the office can be called"
    assert "information" in purposes(office, contact_id)
    with office.writing_as("advisor") as u:
        recipient = u.session.scalars(select(MailingRecipient)).one()
        recipient.contact_id = None
    answer = office.visitor().get(path)
    assert (answer.status_code, main_of(answer)) in pages, "a person who is gone"


def test_guessing_is_slowed_down_and_people_are_not(office, sent, monkeypatch):
    monkeypatch.setattr(public_views, "VISITS_PER_WINDOW", 5)
    visitor = office.visitor()
    assert [visitor.get(f"/abmelden/{n}").status_code for n in range(7)] == [404] * 5 + [429] * 2
    assert visitor.post(sent[1], token=False).status_code == 429, "right and wrong ones alike"
    office.clock.advance(timedelta(minutes=11))
    assert visitor.post(sent[1], token=False).status_code == 200


def test_no_other_address_takes_a_post_without_a_form_token(office, sent):
    exempt = office.app.extensions["csrf"]._exempt_views
    assert exempt == {"wf40.core.mailings.public_views.confirm"}
    answer = office.client_as("advisor").post("/verteiler/1/archivieren", token=False)
    assert answer.status_code == 400


def test_the_link_opens_nothing_else(office, sent):
    visitor = office.visitor()
    visitor.post(sent[1], token=False)
    assert visitor.get("/verteiler").status_code == 302
    assert visitor.get("/abmelden").status_code in {302, 404, 405}
