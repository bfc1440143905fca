"""From the invitation to the result, through the web, on both databases."""

import pytest
from flow_support import TOKEN, YES, Browser, firm, person, rows
from wf40_digital_readiness import links
from wf40_digital_readiness.models import CheckVersion, Invitation, Response, Score

from wf40.base.outbox import OutboxMail


@pytest.fixture
def plugins():
    return ("digital_readiness",)


@pytest.fixture
def mail_office(offices, database_kind, plugins, tmp_path, smtp_server):
    yield from offices.open(
        database_kind, tmp_path, plugins, mail_url=smtp_server.url, public_url="https://wf.musterhausen.example"
    )


def invited(office, smtp_server, **values):
    firm_id = firm(office)
    contact_id = person(office, firm_id, **values)
    answer = office.client_as("advisor").post(
        f"/p/digital_readiness/einladen/{firm_id}", data={"contact_id": contact_id, "language": "de", "action": "send"}
    )
    assert answer.status_code == 303, answer.text
    office.work()
    mail = smtp_server.wait_for_message("erika@kraemer.example")
    return firm_id, TOKEN.search(mail.text).group(1), mail


def test_a_firm_is_invited_by_mail_answers_and_sees_its_result(mail_office, smtp_server):
    office = mail_office
    firm_id, token, mail = invited(office, smtp_server)
    assert "https://wf.musterhausen.example/public/digital_readiness/" in mail.text
    assert "Frühwarnung" in mail.text
    assert "Frau Erika Krämer" in mail.text
    browser = Browser(office)
    assert "Starten" in browser.get(f"/public/digital_readiness/{token}").text
    assert "Zugang" in browser.start(token).text
    page = browser.fill_in({**YES, "data.ai": "no"})
    assert "Prüfen und absenden" in page.text
    page = browser.submit("Wir sind umgezogen.")
    assert "Ihr Ergebnis" in page.text
    assert "11 von 12" in page.text
    assert "Eurostat" in page.text
    (response,) = rows(office, Response)
    assert (response.state, response.firm_id, response.note) == ("submitted", firm_id, "Wir sind umgezogen.")
    (score,) = rows(office, Score)
    assert (score.met, score.conditions) == (11, 12)
    assert score.concepts["wf:ai@1"] == 0


def test_the_database_knows_only_the_digest_and_the_mail_is_emptied(mail_office, smtp_server):
    _firm_id, token, _mail = invited(mail_office, smtp_server)
    (invitation,) = rows(mail_office, Invitation)
    assert invitation.token_digest == links.digest(token)
    assert len(token) == 43
    (mail,) = rows(mail_office, OutboxMail)
    assert mail.text == ""
    assert len(rows(mail_office, CheckVersion)) == 1
