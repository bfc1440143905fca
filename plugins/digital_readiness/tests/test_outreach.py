"""The invitation as part of a campaign: from the firm list to the answer, and when a firm is not asked again."""

from datetime import date, timedelta

import pytest
from flow_support import TOKEN, YES, Browser, answered, firm, invitation, person, rows
from sqlalchemy import select
from wf40_digital_readiness import outreach, service
from wf40_digital_readiness.models import Invitation, Response

from wf40.base.access import Actor
from wf40.base.outbox import OutboxEvent
from wf40.core.campaigns import results
from wf40.core.campaigns import service as campaigns
from wf40.core.campaigns.checking import check
from wf40.core.campaigns.rules import CampaignInput
from wf40.sdk.errors import Forbidden, InvalidInput

SYSTEM = Actor.system("test")


@pytest.fixture
def plugins():
    return ("digital_readiness",)


@pytest.fixture
def mail_office(offices, database_kind, plugins, tmp_path, smtp_server):
    yield from offices.open(database_kind, tmp_path, plugins, mail_url=smtp_server.url)


def run_campaign(office, role="advisor"):
    with office.app.test_request_context(), office.writing_as("advisor") as u:
        campaign_id = campaigns.add_campaign(u, CampaignInput("Herbst", outreach="digital_readiness"), "")
    assert check(office.product.database, campaign_id)
    with office.writing_as(role) as u:
        campaigns.start(u, campaign_id)
    for _tick in range(3):
        office.work()
    return campaign_id


def reached(office, campaign_id):
    with office.reading_as("reader") as u:
        found = results.result(u, campaign_id)
        lines = results.result_lines(u, campaign_id, found, found.kept(""))
        return {line.firm_name: (line.reached, line.why, line.url) for line in lines}


def test_firms_are_invited_in_their_language_by_who_started_and_their_answers_show(mail_office, smtp_server):
    office = mail_office
    kraemer, smith = firm(office), firm(office, "Smith Ltd.")
    person(office, kraemer)
    person(office, smith, email="ann@smith.example", language="en")
    person(office, firm(office, "Ohne GmbH"), email="ohne@ohne.example", mail_basis="")
    campaign_id = run_campaign(office, "lead")
    assert sorted(mail.recipients[0] for mail in smtp_server.mails) == ["ann@smith.example", "erika@kraemer.example"]
    german, english = (smtp_server.wait_for_message(to) for to in ("erika@kraemer.example", "ann@smith.example"))
    assert "Leitung 1" in german.text
    assert german.message["Reply-To"] == "lead-1@musterhausen.example"
    assert ("Guten Tag" in german.text, "Guten Tag" in english.text) == (True, False)
    browser = Browser(office)
    browser.start(TOKEN.search(german.text).group(1))
    assert reached(office, campaign_id)["Metallbau Krämer GmbH"][0] == "opened"
    browser.fill_in(YES)
    browser.submit()
    found = reached(office, campaign_id)
    (first, _second) = rows(office, Invitation)
    assert found["Metallbau Krämer GmbH"] == ("answered", "", f"/p/digital_readiness/einladungen/{first.id}")
    assert found["Smith Ltd."][0] == "sent"
    assert found["Ohne GmbH"][0] == "skipped"
    assert office.client_as("reader").get(found["Metallbau Krämer GmbH"][2]).status_code == 200


def test_the_mail_is_shown_in_the_persons_language_before_it_goes_out(office):
    kraemer = firm(office)
    german, english = person(office, kraemer), person(office, kraemer, email="ann@smith.example", language="en")
    with office.app.test_request_context(), office.writing_as("advisor") as u:
        (_subject, text), (_other, translated) = (
            outreach.preview(u, kraemer, contact_id) for contact_id in (german, english)
        )
    assert ("Guten Tag" in text, "Guten Tag" in translated) == (True, False)
    assert "Beratung 1" in text
    assert TOKEN.search(text) is None
    assert rows(office, Invitation) == []
    with office.reading_as("reader") as u, pytest.raises(Forbidden):
        outreach.preview(u, kraemer, german)


def test_a_firm_that_was_invited_or_answered_otherwise_is_not_asked_again(office):
    alpha, *_rest = answered(office, name="Alpha GmbH")
    beta, *_rest = invitation(office, "Beta GmbH")
    person(office, firm(office, "Gamma GmbH"))
    found = reached(office, run_campaign(office))
    assert found["Gamma GmbH"][0] == "sent"
    assert found["Alpha GmbH"][:2] == ("skipped", "Hat in den letzten 90 Tagen geantwortet.")
    assert found["Beta GmbH"][:2] == ("skipped", "Hat schon eine Einladung, die noch offen ist.")
    for firm_id, sentence in ((alpha, "am 21.11.2026 beantwortet"), (beta, "gilt bis zum 21.12.2026")):
        with office.writing_as("advisor") as u, pytest.raises(InvalidInput, match=sentence):
            outreach.invite(u, firm_id, 1)
    assert len(rows(office, Invitation)) == 3
    office.clock.advance(timedelta(days=91))
    found = reached(office, run_campaign(office))
    assert {name: state for name, (state, _why, _url) in found.items()} == dict.fromkeys(
        ("Alpha GmbH", "Beta GmbH", "Gamma GmbH"), "sent"
    )


def test_each_way_an_invitation_can_end_is_said(office):
    ids = [invitation(office, f"{name} GmbH")[1] for name in ("Alpha", "Beta")]
    *_rest, done, _token, _browser = answered(office, name="Gamma GmbH")
    with office.writing_as("advisor") as u:
        service.revoke(u, ids[1])
    with office.reading_as("reader") as u:
        said = outreach.replies(u, [*ids, done, 999])
    assert said == {ids[0]: "sent", ids[1]: "revoked", done: "answered"}
    office.clock.advance(timedelta(days=31))
    with office.reading_as("reader") as u:
        assert outreach.replies(u, ids)[ids[0]] == "expired"
    elsewhere = office.add_unit("Nachbarstadt")
    with office.reading_as("reader", elsewhere) as u:
        assert outreach.replies(u, ids) == {}


def test_only_who_may_invite_invites_and_only_whom_it_may(office):
    firm_id = firm(office)
    contact_id = person(office, firm_id, mail_basis="")
    with office.writing_as("reader") as u, pytest.raises(Forbidden):
        outreach.invite(u, firm_id, contact_id)
    with office.app.test_request_context(), office.writing_as("advisor") as u, pytest.raises(InvalidInput):
        outreach.invite(u, firm_id, contact_id)
    assert rows(office, Invitation) == []


def responded(office):
    with office.product.database.read(SYSTEM) as u:
        wanted = select(OutboxEvent.payload).where(OutboxEvent.event == "wf40.firm_responded")
        return [tuple(sorted(payload.items())) for payload in u.session.scalars(wanted)]


def test_an_answer_by_link_is_told_once_and_one_on_paper_is_not(office):
    firm_id, _id, _token, browser = answered(office)
    browser.submit()
    (response,) = rows(office, Response)
    told = {
        "firm_id": firm_id, "kind": "digital_readiness", "key": f"digital_readiness:{response.id}",
        "url": f"/p/digital_readiness/antworten/{response.id}",
    }  # fmt: skip
    assert set(responded(office)) == {tuple(sorted(told.items()))}
    before = len(responded(office))
    with office.writing_as("advisor") as u:
        service.enter_paper(u, firm_id, service.PaperInput(YES, date(2026, 11, 20)))
    assert len(responded(office)) == before
