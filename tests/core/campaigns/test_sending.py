"""Sending: each firm once, in the name of who started it, whatever comes in between."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from wf40.base.access import Actor
from wf40.base.audit import AuditEvent
from wf40.base.errors import Forbidden, InvalidInput
from wf40.base.outbox import OutboxMail
from wf40.core.accounts import service as accounts
from wf40.core.campaigns import codes, queries, sending, service
from wf40.core.campaigns.checking import check
from wf40.core.campaigns.rules import CampaignInput
from wf40.core.contacts import service as contacts
from wf40.core.contacts.rules import ConsentInput, ContactInput
from wf40.testing.smtp import smtp_server as running_mail_server

SYSTEM = Actor.system("test")


def mails(office):
    with office.product.database.read(SYSTEM) as u:
        return sorted(u.session.scalars(select(OutboxMail.to)))


def actions(office, name):
    with office.product.database.read(SYSTEM) as u:
        return u.session.scalar(select(func.count()).select_from(AuditEvent).where(AuditEvent.action == name))


@pytest.fixture(scope="module")
def mail_server():
    with running_mail_server() as server:
        yield server


class TestWithARealMailServer:
    @pytest.fixture
    def mail_url(self, mail_server):
        return mail_server.url

    def test_every_invited_person_gets_exactly_one_mail_signed_by_who_started(
        self, office, mail_server, firms, person, post, draft, start
    ):
        before = len(mail_server.mails)
        made = firms(*(f"Betrieb {n:02} GmbH" for n in range(30)))
        without = office.add_firm("Ohne GmbH")
        person(without, mail_basis="")
        campaign_id = draft()
        start(campaign_id, "lead")
        for _tick in range(4):
            office.work()
        arrived = mail_server.mails[before:]
        assert sorted(mail.recipients[0] for mail in arrived) == sorted(f"post@firma{f.id}.example" for f in made)
        assert {mail.text.strip() for mail in arrived} == {"Gruß, Leitung 1"}
        assert {mail.message["Reply-To"] for mail in arrived} == {"lead-1@musterhausen.example"}
        assert without.id not in post.sent
        assert sorted(post.sent) == [f.id for f in made]


def test_a_consent_withdrawn_between_draft_and_sending_is_respected(office, person, draft, start, members):
    alpha, beta, gamma = (office.add_firm(f"{name} GmbH") for name in ("Alpha", "Beta", "Gamma"))
    other = person(alpha, family_name="Vertretung")
    chosen, kept, gone = person(alpha, mail_basis="", main=True), person(beta), person(gamma)
    with office.writing_as("advisor") as u:
        consent = contacts.give_consent(u, chosen, ConsentInput("survey", "mail", u.now.date(), "written"))
    campaign_id = draft()
    with office.reading_as("advisor") as u:
        people = {line.firm_id: line.person.id for line in queries.draft_lines(u, campaign_id, codes.RECEIVES).rows}
    assert people == {alpha.id: chosen, beta.id: kept, gamma.id: gone}
    assert other not in people.values()
    with office.writing_as("advisor") as u:
        contacts.withdraw_consent(u, chosen, consent)
        contacts.archive_contact(u, gone)
    start(campaign_id)
    office.work()
    assert members(campaign_id) == {
        alpha.id: (codes.SKIPPED, codes.WITHDRAWN), beta.id: (codes.SENT, ""), gamma.id: (codes.SKIPPED, codes.GONE),
    }  # fmt: skip
    assert mails(office) == [f"post@firma{beta.id}.example"]


def test_starting_twice_sends_once(office, firms, post, draft, start):
    firms("Alpha GmbH")
    campaign_id = draft()
    start(campaign_id)
    start(campaign_id, "lead")
    with office.product.database.read(SYSTEM) as u:
        assert queries.campaign(u, campaign_id).sender_id == office.actor("advisor").user_id
    office.work()
    office.work()
    assert (len(post.sent), len(mails(office)), actions(office, "campaign_started")) == (1, 1, 1)
    with office.writing_as("advisor") as u, pytest.raises(InvalidInput, match="schon verschickt"):
        service.start(u, campaign_id)


def test_two_drafts_for_the_same_firms_write_to_each_firm_once(office, firms, post, draft, start, members):
    (alpha,) = firms("Alpha GmbH")
    first, second = draft(), draft()
    start(first)
    start(second)
    office.work()
    assert post.sent == [alpha.id]
    assert members(second)[alpha.id] == (codes.SKIPPED, codes.BUSY_OPEN)


def test_a_stopped_campaign_sends_no_more_and_goes_on_in_the_name_of_who_continues(
    office, firms, post, draft, start, monkeypatch, campaign_of
):
    monkeypatch.setattr(sending, "AT_ONCE", 2)
    firms(*(f"Betrieb {n} GmbH" for n in range(5)))
    campaign_id = draft()
    start(campaign_id)
    assert sending.send_slice(office.product.database, campaign_id)
    with office.writing_as("lead") as u:
        service.stop(u, campaign_id)
        service.stop(u, campaign_id)
    office.work()
    assert (len(post.sent), campaign_of(campaign_id).state) == (2, codes.STOPPED)
    start(campaign_id, "lead")
    office.work()
    assert (len(set(post.sent)), len(post.sent)) == (5, 5)
    row = campaign_of(campaign_id)
    assert (row.state, row.sender_id) == (codes.DONE, office.actor("lead").user_id)


def test_two_workers_at_once_send_to_each_firm_once(office, firms, post, draft, start, monkeypatch, campaign_of):
    monkeypatch.setattr(sending, "AT_ONCE", 3)
    made = firms(*(f"Betrieb {n:02} GmbH" for n in range(40)))
    campaign_id = draft()
    start(campaign_id)

    def worker(_number):
        with office.app.app_context():
            sending.work(office.product.database)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(worker, range(3)))
    office.work()
    assert sorted(post.sent) == [f.id for f in made]
    assert mails(office) == sorted(f"post@firma{f.id}.example" for f in made)
    row = campaign_of(campaign_id)
    assert (row.state, row.ended_at) == (codes.DONE, office.clock.now())
    assert actions(office, "campaign_done") == 1


def test_a_worker_killed_midway_leaves_nothing_behind_and_another_goes_on(office, firms, post, draft, start, members):
    alpha, beta, gamma = firms("Alpha GmbH", "Beta GmbH", "Gamma GmbH")
    campaign_id = draft()
    start(campaign_id)
    post.interrupts.add(beta.id)
    with office.app.app_context(), pytest.raises(KeyboardInterrupt):
        sending.work(office.product.database)
    assert mails(office) == []
    assert set(members(campaign_id).values()) == {(codes.WAITING, "")}
    post.interrupts.clear()
    post.sent.clear()
    office.work()
    assert sorted(post.sent) == [alpha.id, beta.id, gamma.id]
    assert (len(mails(office)), actions(office, "letter_sent")) == (3, 3)


def test_a_campaign_waits_while_its_plugin_is_off_and_says_so(office, firms, post, draft, start, turn, campaign_of):
    firms("Alpha GmbH")
    campaign_id, late = draft(), draft()
    start(campaign_id)
    turn(office, on=False)
    office.work()
    client = office.client_as("advisor")
    page = client.get(f"/aktionen/{campaign_id}").text
    assert (post.sent, campaign_of(campaign_id).state) == ([], codes.RUNNING)
    assert "Die Aktion wartet und geht von selbst weiter" in page
    assert "Einladung zum Test" in page
    refused = client.post(f"/aktionen/{late}/starten")
    assert (refused.status_code, "ausgeschaltet" in refused.text) == (422, True)
    assert client.get(f"/aktionen/{late}").status_code == 200
    assert "Aktion starten" not in client.get("/unternehmen").text
    assert "Es gibt nichts zu verschicken" in client.get("/aktionen/neu").text
    turn(office, on=True)
    office.work()
    assert (len(post.sent), campaign_of(campaign_id).state) == (1, codes.DONE)


def test_a_refusal_of_the_plugin_stands_on_the_page_and_takes_its_mail_back(office, firms, post, draft, start, members):
    alpha, beta = firms("Alpha GmbH", "Beta GmbH")
    post.refuses[alpha.id] = "Dieses Unternehmen hat schon einen <b>Termin</b>."
    campaign_id = draft()
    start(campaign_id)
    office.work()
    assert members(campaign_id) == {alpha.id: (codes.FAILED, post.refuses[alpha.id]), beta.id: (codes.SENT, "")}
    assert mails(office) == [f"post@firma{beta.id}.example"]
    page = office.client_as("advisor").get(f"/aktionen/{campaign_id}?zeigen=missed").text
    assert "hat schon einen &lt;b&gt;Termin&lt;/b&gt;" in page


def test_a_fault_of_the_plugin_is_tried_again_and_given_up_in_the_end(
    office, firms, post, draft, start, members, campaign_of
):
    alpha, beta = firms("Alpha GmbH", "Beta GmbH")
    post.breaks.add(alpha.id)
    campaign_id = draft()
    start(campaign_id)
    office.work()
    state, why = members(campaign_id)[alpha.id]
    assert (state, "noch einmal versucht" in why) == (codes.WAITING, True)
    assert members(campaign_id)[beta.id] == (codes.SENT, "")
    office.work()
    assert campaign_of(campaign_id).state == codes.RUNNING
    for _attempt in range(2):
        office.clock.advance(timedelta(minutes=11))
        office.work()
    state, why = members(campaign_id)[alpha.id]
    assert (state, "mehrmals gescheitert" in why) == (codes.FAILED, True)
    assert campaign_of(campaign_id).state == codes.DONE
    assert mails(office) == [f"post@firma{beta.id}.example"]
    assert actions(office, "letter_sent") == 1


def test_a_plugin_that_fails_for_everybody_is_given_a_rest_and_then_goes_on(office, firms, post, draft, start, members):
    made = firms(*(f"Betrieb {n} GmbH" for n in range(6)))
    post.breaks = {f.id for f in made}
    campaign_id = draft()
    start(campaign_id)
    office.work()
    tried = [why for _state, why in members(campaign_id).values() if why]
    assert len(tried) == 3
    assert "ruht einige Minuten" in office.client_as("lead").get(f"/aktionen/{campaign_id}").text
    post.breaks = set()
    office.clock.advance(timedelta(minutes=11))
    office.work()
    assert {state for state, _why in members(campaign_id).values()} == {codes.SENT}
    assert len(mails(office)) == 6


def test_it_stops_when_who_started_it_has_left_and_a_colleague_takes_over(
    office, firms, post, draft, start, campaign_of
):
    firms("Alpha GmbH")
    campaign_id = draft()
    start(campaign_id)
    leaving = office.actor("advisor").user_id
    with office.product.database.write(SYSTEM) as u:
        gone = accounts.AccountInput("advisor-1@musterhausen.example", "Beratung 1", "advisor", 1, active=False)
        accounts.change_user(u, leaving, 1, gone)
    office.work()
    row = campaign_of(campaign_id)
    assert (post.sent, row.state, row.halt) == ([], codes.STOPPED, "sender")
    client = office.client_as("lead")
    assert "gehört nicht mehr zu dieser" in client.get(f"/aktionen/{campaign_id}").text
    assert client.post(f"/aktionen/{campaign_id}/starten", data={"number": "1"}).status_code == 303
    office.work()
    assert (len(post.sent), campaign_of(campaign_id).halt) == (1, "")


def test_nobody_starts_what_is_not_looked_up_or_reaches_nobody(office, firms, person):
    firm = office.add_firm("Alpha GmbH")
    person(firm, mail_basis="")
    with office.app.test_request_context(), office.writing_as("advisor") as u:
        campaign_id = service.add_campaign(u, CampaignInput("Neu", outreach="letters"), "")
    with office.writing_as("advisor") as u, pytest.raises(InvalidInput, match="noch geprüft"):
        service.start(u, campaign_id)
    page = office.client_as("advisor").get(f"/aktionen/{campaign_id}").text
    assert "0 von 1 Unternehmen" in page
    office.work()
    with office.writing_as("advisor") as u, pytest.raises(InvalidInput, match="niemand"):
        service.start(u, campaign_id)
    with office.writing_as("reader") as u, pytest.raises(Forbidden):
        service.start(u, campaign_id)


def test_looking_up_goes_on_where_it_stopped_and_never_undoes_a_choice(office, firms, members):
    firms(*(f"Betrieb {n} GmbH" for n in range(5)))
    with office.app.test_request_context(), office.writing_as("advisor") as u:
        campaign_id = service.add_campaign(u, CampaignInput("Neu", outreach="letters"), "")
    assert not check(office.product.database, campaign_id, seconds=-1)
    assert check(office.product.database, campaign_id)
    assert {state for state, _why in members(campaign_id).values()} == {codes.WAITING}


def test_a_person_whose_address_changed_gets_the_mail_at_the_new_one(office, person, draft, start):
    firm = office.add_firm("Alpha GmbH")
    contact_id = person(firm)
    campaign_id = draft()
    with office.writing_as("advisor") as u:
        given = ContactInput("Krämer", "Erika", email="neu@alpha.example", mail_basis="public_task")
        contacts.change_contact(u, contact_id, 1, given)
    start(campaign_id)
    office.work()
    assert mails(office) == ["neu@alpha.example"]
