"""Personal links: what opens them, what does not, and what they show when they are over."""

import re
from datetime import timedelta

import pytest
from flow_support import YES, Browser, answered, invitation, rows
from wf40_digital_readiness import service
from wf40_digital_readiness.models import Invitation, Response, Score

BASE = "/public/digital_readiness"


@pytest.fixture
def plugins():
    return ("digital_readiness",)


def without_tokens(text):
    return re.sub(r'(name="csrf[_-]token" (value|content)=|name="next" value=)"[^"]*"', "", text)


def test_opening_the_page_starts_nothing_only_the_button_does(office):
    _firm, _id, token = invitation(office)
    browser = Browser(office)
    for _time in range(2):
        assert browser.get(f"{BASE}/{token}").status_code == 200
        assert browser.client.head(f"{BASE}/{token}").status_code == 200
    assert rows(office, Response) == []
    assert rows(office, Invitation)[0].opened_at is None
    browser.start(token)
    assert rows(office, Invitation)[0].opened_at is not None
    assert rows(office, Response)[0].state == "draft"


def test_wrong_expired_and_revoked_links_cannot_be_told_apart(office):
    _firm, revoked_id, revoked = invitation(office, "Alpha GmbH")
    _firm, _id, expired = invitation(office, "Beta GmbH")
    with office.writing_as("advisor") as u:
        service.revoke(u, revoked_id)
    office.clock.advance(timedelta(days=31))
    answers = [Browser(office).get(f"{BASE}/{token}") for token in ("x" * 43, "kurz", revoked, expired)]
    answers += [Browser(office).start(token) for token in ("x" * 43, revoked, expired)]
    assert {answer.status_code for answer in answers} == {404}
    assert len({without_tokens(answer.text) for answer in answers}) == 1
    assert "neuen Link" in answers[0].text


def test_the_link_opens_on_its_last_day_and_not_after(office):
    _firm, _id, token = invitation(office)
    office.clock.advance(timedelta(days=29, hours=23))
    assert Browser(office).get(f"{BASE}/{token}").status_code == 200
    office.clock.advance(timedelta(hours=1))
    assert Browser(office).get(f"{BASE}/{token}").status_code == 404


def test_a_used_link_shows_its_result_for_a_year_and_not_longer(office):
    *_rest, token, _browser = answered(office)
    office.clock.advance(timedelta(days=364))
    assert "12 von 12" in Browser(office).get(f"{BASE}/{token}").text
    office.clock.advance(timedelta(days=2))
    assert Browser(office).get(f"{BASE}/{token}").status_code == 404


def test_sending_twice_keeps_one_answer_and_shows_the_result(office):
    *_rest, browser = answered(office)
    again = browser.submit("Noch einmal")
    assert "Ihr Ergebnis" in again.text
    late = browser.post(f"{BASE}/frage/1", **{"access.staff": "no", "action": "next"})
    assert "Ihr Ergebnis" in late.text
    (response,) = rows(office, Response)
    assert response.note == ""
    assert response.answers == YES
    assert len(rows(office, Score)) == 1


def test_answers_are_kept_and_the_same_link_goes_on_where_one_stopped(office):
    _firm, _id, token = invitation(office)
    browser = Browser(office)
    browser.start(token)
    page = browser.post(f"{BASE}/frage/1", **{"access.staff": "yes", "access.bandwidth": "dk", "action": "later"})
    assert "gespeichert" in page.text
    elsewhere = Browser(office)
    welcome = elsewhere.get(f"{BASE}/{token}").text
    assert "Willkommen zurück. Sie haben 2 von 12 Fragen beantwortet." in welcome
    assert welcome.index("Weitermachen") < welcome.index("lädt Sie ein")
    assert "Starten" not in welcome
    assert "Cloud" in elsewhere.start(token).text
    assert 'id="access.staff-yes" value="yes" checked' in elsewhere.get(f"{BASE}/frage/1").text


def test_who_has_answered_everything_is_led_to_sending_it(office):
    _firm, _id, token = invitation(office)
    browser = Browser(office)
    browser.start(token)
    browser.fill_in({**YES, "cloud.use": "no"})
    page = Browser(office).get(f"{BASE}/{token}").text
    assert "alle Fragen beantwortet, aber noch nicht abgesendet" in page
    assert "Weitermachen" not in page


def test_who_started_without_answering_is_greeted_as_the_first_time(office):
    _firm, _id, token = invitation(office)
    Browser(office).start(token)
    page = Browser(office).get(f"{BASE}/{token}").text
    assert "Starten" in page
    assert "Willkommen zurück" not in page


def test_a_further_question_appears_when_an_answer_calls_for_it(office):
    _firm, _id, token = invitation(office)
    browser = Browser(office)
    browser.start(token)
    assert "cloud.core" not in browser.get(f"{BASE}/frage/2").text
    page = browser.post(f"{BASE}/frage/2", **{"cloud.use": "yes", "action": "next"})
    assert "cloud.core" in page.text
    page = browser.post(f"{BASE}/frage/2", **{"cloud.use": "yes", "cloud.core": "no", "action": "next"})
    assert "Abläufe" in page.text


def test_questions_may_stay_open_but_not_all(office):
    _firm, _id, token = invitation(office)
    browser = Browser(office)
    browser.start(token)
    browser.get(f"{BASE}/pruefen")
    refused = browser.submit()
    assert refused.status_code == 422
    assert "noch keine Frage beantwortet" in refused.text
    browser.post(f"{BASE}/frage/1", **{"access.staff": "yes", "action": "next"})
    assert "Fragen sind noch offen" in browser.get(f"{BASE}/pruefen").text
    assert "noch zu viel unbekannt" in browser.submit().text


def test_an_answer_that_does_not_exist_is_refused_beside_its_question(office):
    _firm, _id, token = invitation(office)
    browser = Browser(office)
    browser.start(token)
    refused = browser.post(f"{BASE}/frage/1", **{"access.staff": "maybe", "action": "next"})
    assert refused.status_code == 422
    assert "gibt es bei dieser Frage nicht" in refused.text
    assert rows(office, Response)[0].answers == {}


def test_answers_to_questions_of_other_pages_are_ignored(office):
    _firm, _id, token = invitation(office)
    browser = Browser(office)
    browser.start(token)
    browser.post(f"{BASE}/frage/1", **{"data.ai": "yes", "state": "submitted", "action": "next"})
    (response,) = rows(office, Response)
    assert (response.answers, response.state) == ({}, "draft")


def test_a_link_revoked_while_filling_in_says_so_and_keeps_nothing(office):
    _firm, invitation_id, token = invitation(office)
    browser = Browser(office)
    browser.start(token)
    browser.post(f"{BASE}/frage/1", **{"access.staff": "yes", "action": "next"})
    with office.writing_as("advisor") as u:
        service.revoke(u, invitation_id)
    refused = browser.post(f"{BASE}/frage/2", **{"cloud.use": "yes", "action": "next"})
    assert refused.status_code == 404
    assert "wurde nicht übermittelt" in refused.text
    assert rows(office, Response) == []


def test_a_new_link_ends_the_old_one_and_keeps_what_was_filled_in(office):
    from flow_support import TOKEN

    from wf40.base.outbox import OutboxMail

    _firm, invitation_id, old = invitation(office)
    browser = Browser(office)
    browser.start(old)
    browser.post(f"{BASE}/frage/1", **{"access.staff": "yes", "access.bandwidth": "yes", "action": "next"})
    assert (
        office.client_as("advisor").post(f"/p/digital_readiness/einladungen/{invitation_id}/erneut").status_code == 303
    )
    new = TOKEN.search(rows(office, OutboxMail)[-1].text).group(1)
    assert Browser(office).get(f"{BASE}/{old}").status_code == 404
    assert "Cloud" in Browser(office).start(new).text


def test_a_wish_to_be_called_reaches_the_office_once(office):
    from wf40.base.outbox import OutboxMail

    *_rest, browser = answered(office)
    assert "Bitte rufen Sie mich an</span></button>" in browser.page
    for _time in range(2):
        assert "Ihre Bitte um Rückruf ist angekommen" in browser.post(f"{BASE}/rueckruf").text
    assert len([m for m in rows(office, OutboxMail) if "Rückruf" in m.subject]) == 1
    client = office.client_as("advisor")
    assert "Bitte um Rückruf" in client.get("/").text
    response_id = rows(office, Response)[0].id
    client.post(f"/p/digital_readiness/antworten/{response_id}/zurueckgerufen")
    assert rows(office, Response)[0].callback_done_at is not None
    assert "Bitte um Rückruf" not in client.get("/").text


def test_trying_many_links_is_stopped_for_a_while(office):
    browser = Browser(office)
    statuses = [browser.client.get(f"{BASE}/{number:043d}").status_code for number in range(32)]
    assert statuses[0] == 404
    assert statuses[-1] == 429
    office.clock.advance(timedelta(minutes=11))
    assert browser.client.get(f"{BASE}/x").status_code == 404


def test_without_the_cookie_of_a_link_nothing_is_shown(office):
    answered(office)
    stranger = Browser(office)
    for path in ("frage/1", "pruefen", "ergebnis", "spaeter"):
        assert stranger.get(f"{BASE}/{path}").status_code == 404


def test_pages_of_firms_are_not_stored_by_browsers_and_speak_english(office):
    _firm, _id, token = invitation(office)
    browser = Browser(office)
    page = browser.get(f"{BASE}/{token}")
    assert page.headers["Cache-Control"] == "no-store"
    assert 'lang="de"' in page.text
    browser.post("/sprache", language="en", next=f"{BASE}/{token}")
    assert 'lang="en"' in browser.page
    assert "Digital quick check" in browser.page
    assert "What happens with your answers" in browser.page
    assert "Can your people use the internet" in browser.start(token).text
    browser.fill_in(YES)
    browser.submit()
    assert rows(office, Response)[0].language == "en"
    assert "Level: very high" in browser.page
    assert "Three first steps" in browser.page
