"""The office's side: paper, corrections, lists, rights, and what other parts read."""

from datetime import timedelta
from html import unescape

import pytest
from flow_support import YES, Browser, answered, firm, invitation, person, rows
from wf40_digital_readiness import evidence, queries, selects, service
from wf40_digital_readiness.models import Response, Score
from wf40_digital_readiness.office_day import today

from wf40.base.access import Actor
from wf40.base.errors import Forbidden, InvalidInput, StaleVersion
from wf40.core.admin import service as admin
from wf40.sdk.hookspecs import Spec

BASE = "/p/digital_readiness"


@pytest.fixture
def plugins():
    return ("digital_readiness",)


def test_a_person_without_legal_basis_gets_no_mail_and_the_page_says_why(office):
    firm_id = firm(office)
    contact_id = person(office, firm_id, mail_basis="")
    client = office.client_as("advisor")
    assert "Hier darf noch keine Mail hin" in client.get(f"{BASE}/einladen/{firm_id}").text
    with office.app.test_request_context(), office.writing_as("advisor") as u, pytest.raises(InvalidInput):
        service.invite(u, firm_id, service.InvitationInput(contact_id))


def test_the_mail_can_be_read_before_it_is_sent(office):
    firm_id = firm(office)
    contact_id = person(office, firm_id)
    client = office.client_as("advisor")
    assert "Guten Tag Frau Erika Krämer" in client.get(f"{BASE}/einladen/{firm_id}").text
    page = client.post(
        f"{BASE}/einladen/{firm_id}", data={"contact_id": contact_id, "language": "en", "action": "preview"}
    )
    assert page.status_code == 200
    assert "Your personal link:" in page.text
    assert rows(office, __import__("wf40.base.outbox", fromlist=["x"]).OutboxMail) == []


def test_an_officer_types_in_a_paper_form(office):
    firm_id = firm(office)
    client = office.client_as("advisor")
    assert "Mit Tab zur nächsten Frage" in client.get(f"{BASE}/eingeben/{firm_id}").text
    data = {**YES, "data.ai": "no", "answered_on": "2026-11-02", "channel": "paper", "note": "Neue Telefonnummer"}
    answer = client.post(f"{BASE}/eingeben/{firm_id}", data=data)
    assert answer.status_code == 303
    (row,) = rows(office, Response)
    assert (row.channel, row.entered_by, row.answered_on.isoformat()) == ("paper", "Beratung 1", "2026-11-02")
    assert row.seen_at is not None
    page = client.get(answer.location).text
    assert "11 von 12" in page
    assert "Neue Telefonnummer" in page


def test_an_empty_or_future_paper_form_is_refused_and_keeps_what_was_typed(office):
    firm_id = firm(office)
    client = office.client_as("advisor")
    empty = client.post(f"{BASE}/eingeben/{firm_id}", data={"answered_on": "2026-11-02", "channel": "paper"})
    assert (empty.status_code, "mindestens eine Antwort" in empty.text) == (422, True)
    future = client.post(f"{BASE}/eingeben/{firm_id}", data={**YES, "answered_on": "2027-01-01", "channel": "paper"})
    assert future.status_code == 422
    assert "nicht in der Zukunft" in future.text
    assert 'id="data.ai-yes" value="yes" checked' in future.text
    assert rows(office, Response) == []


def test_the_offices_page_speaks_about_the_firm_and_the_firms_page_to_it(office):
    *_rest, browser = answered(office)
    page = unescape(office.client_as("advisor").get(f"{BASE}/antworten/{rows(office, Response)[0].id}").text)
    assert "Das Unternehmen liest dazu: „Ihr Betrieb gehört zu den Vorreitern." in page
    assert "Aus den Antworten ergibt sich kein dringender Schritt." in page
    assert "Ihren Antworten" not in page
    assert "Kurzcheck Digital, Fassung 1.0.0" in page
    assert "kurzcheck-digital" not in page
    own = unescape(browser.get("/public/digital_readiness/ergebnis").text)
    assert "<p>Ihr Betrieb gehört zu den Vorreitern." in own
    assert "Aus Ihren Antworten ergibt sich kein dringender Schritt." in own


def test_a_correction_keeps_the_old_answer_and_adds_a_score(office):
    answered(office)
    (row,) = rows(office, Response)
    client = office.client_as("advisor")
    path = f"{BASE}/antworten/{row.id}/frage/cloud.use"
    assert "Cloud" in client.get(path).text
    refused = client.post(path, data={"cloud.use": "no", "reason": "", "revision": "1"})
    assert (refused.status_code, "warum Sie die Antwort ändern" in refused.text) == (422, True)
    client.post(path, data={"cloud.use": "no", "reason": "Im Gespräch nachgefragt", "revision": "1"})
    assert [score.met for score in rows(office, Score)] == [12, 10]  # the follow-up falls away with it
    assert rows(office, Response)[0].revision == 2
    page = client.get(f"{BASE}/antworten/{row.id}").text
    assert "Im Gespräch nachgefragt" in page
    assert "10 von 12" in page
    late = client.post(path, data={"cloud.use": "part", "reason": "zu spät", "revision": "1"})
    assert (late.status_code, "Inzwischen geändert" in late.text) == (409, True)
    again = client.post(path, data={"cloud.use": "part", "reason": "doch", "revision": "2"})
    assert again.status_code == 303


def test_a_much_corrected_answer_leaves_room_for_the_corrections_of_others(office):
    answered(office)
    answered(office)
    few, many = (row.id for row in rows(office, Response))
    with office.app.test_request_context(), office.writing_as("advisor") as u:
        service.correct(u, few, service.CorrectionInput("data.ai", "no", "Selten", 1))
    for turn in range(4):
        with office.app.test_request_context(), office.writing_as("advisor") as u:
            given = service.CorrectionInput("data.ai", ("no", "yes")[turn % 2], f"Grund {turn}", turn + 1)
            service.correct(u, many, given)
    with office.reading_as("advisor") as u:
        found = queries.corrections(u, [few, many], 3)
        assert [change.source for change in found[few]] == ["Selten"]
        assert [change.source for change in found[many]] == ["Grund 3", "Grund 2", "Grund 1"]


def test_a_correction_from_an_old_page_is_not_lost_silently(office):
    answered(office)
    response_id = rows(office, Response)[0].id
    with office.writing_as("advisor") as u, pytest.raises(StaleVersion):
        service.correct(u, response_id, service.CorrectionInput("data.ai", "no", "Grund", 0))


def test_indicators_say_what_is_known_of_each_concept(office):
    firm_id, *_rest = answered(office, {**YES, "data.ai": "dk", "sales.online": "na"})
    with office.reading_as("advisor") as u:
        found = {i.concept: i for i in evidence.indicators(u, [firm_id])}
    assert (found["wf:cloud@1"].low, found["wf:cloud@1"].high) == (1.0, 1.0)
    assert (found["wf:ai@1"].low, found["wf:ai@1"].high) == (0.0, 1.0)
    assert found["wf:cloud@1"].observed_on.isoformat() == "2026-11-21"
    assert len(found) < 12
    assert found["wf:cloud@1"].url.startswith("/p/digital_readiness/antworten/")


def test_the_newest_check_counts(office):
    firm_id = firm(office)
    with office.writing_as("advisor") as u:
        day = today(u)
        service.enter_paper(u, firm_id, service.PaperInput({"data.ai": "yes"}, day))
        service.enter_paper(u, firm_id, service.PaperInput({"data.ai": "no"}, day - timedelta(days=400)))
    with office.reading_as("advisor") as u:
        (indicator,) = [i for i in evidence.indicators(u, [firm_id]) if i.concept == "wf:ai@1"]
    assert indicator.low == 1.0


def test_the_list_of_firms_sorts_and_filters_by_the_check(office):
    done, *_rest = answered(office)
    waiting, *_rest = invitation(office, "Bäckerei Ölmüller")
    without = firm(office, "Tischlerei Zorn")
    with office.reading_as("advisor") as u:
        assert dict(u.session.execute(selects.points_by_firm(u)).all()) == {done: 100.0}
        states = {v: sorted(u.session.scalars(selects.firms_by_state(u, v))) for v, _words in selects.FILTERS}
    assert states == {"ohne": [waiting, without], "eingeladen": [waiting], "beantwortet": [done], "veraltet": []}
    office.clock.advance(timedelta(days=370))
    with office.reading_as("advisor") as u:
        assert list(u.session.scalars(selects.firms_by_state(u, "veraltet"))) == [done]


def test_the_list_of_checks_finds_and_filters(office):
    answered(office)
    invitation(office, "Bäckerei Ölmüller")
    client = office.client_as("reader")
    both = client.get(f"{BASE}/").text
    assert "Metallbau Krämer" in both
    assert "eingeladen" in both
    assert "Metallbau" not in client.get(f"{BASE}/?q=oelmueller").text
    assert "Ölmüller" not in client.get(f"{BASE}/?stand=answered").text
    assert "Metallbau" in client.get(f"{BASE}/?stand=new").text
    assert "Nichts gefunden" in client.get(f"{BASE}/?stand=revoked&seite=9").text


def test_the_list_of_checks_leads_to_the_firms_that_can_be_invited(office):
    way = "/unternehmen?f-digitalcheck=ohne"
    advisor, reader = office.client_as("advisor"), office.client_as("reader")
    assert "Noch kein Digitalcheck" in advisor.get(f"{BASE}/").text
    assert "persönlichen Link" in advisor.get(f"{BASE}/").text
    answered(office)
    firm(office, "Tischlerei Zorn")
    page = advisor.get(f"{BASE}/").text
    assert page.count(f'href="{way}"') == 1
    assert way not in reader.get(f"{BASE}/").text
    found = advisor.get(way, follow_redirects=True).text
    assert "Tischlerei Zorn" in found
    assert "Metallbau Krämer" not in found.partition("<table")[2]


def test_what_came_in_stands_on_the_firm_and_in_the_navigation(office):
    firm_id, *_rest = answered(office)
    with office.app.test_request_context(), office.reading_as("advisor") as u:
        from wf40.sdk.services import Firms

        ref = u.service(Firms).get(u, firm_id)
        hooks = office.product.hooks
        panel = next(p for p in hooks.each(Spec.firm_panels, u, ref) if p.key == "digital_readiness")
        assert panel.values["score"].met == 12
        entries = [e for e in hooks.each(Spec.timeline, u, ref, 10) if e.kind == "digital_readiness"]
        assert len(entries) == 2
        item = next(n for n in hooks.each(Spec.navigation, u) if n.key == "digital_readiness")
        assert item.count == 1
        assert [a.key for a in hooks.each(Spec.firm_actions, u, ref) if a.key == "digital_readiness"]
    client = office.client_as("advisor")
    assert "Neue Antworten" in client.get("/").text
    client.post(f"{BASE}/antworten/{rows(office, Response)[0].id}/gesehen")
    assert "Keine neuen Antworten" in client.get("/").text


def test_another_unit_sees_nothing_and_readers_change_nothing(office):
    firm_id, invitation_id, _token, _browser = answered(office)
    response_id = rows(office, Response)[0].id
    other = office.add_unit("Nachbarstadt")
    stranger = office.client_as("advisor", other)
    for path in (
        f"antworten/{response_id}",
        f"einladungen/{invitation_id}",
        f"einladen/{firm_id}",
        f"eingeben/{firm_id}",
    ):
        assert stranger.get(f"{BASE}/{path}").status_code == 404
    assert stranger.post(f"{BASE}/antworten/{response_id}/gesehen").status_code == 404
    assert "Metallbau" not in stranger.get(f"{BASE}/").text
    reader = office.client_as("reader")
    assert reader.get(f"{BASE}/antworten/{response_id}").status_code == 200
    assert reader.post(f"{BASE}/antworten/{response_id}/gesehen").status_code == 403
    assert office.client_as("admin").get(f"{BASE}/").status_code == 403
    with office.reading_as("privacy") as u, pytest.raises(Forbidden):
        service.letter_preview(u, firm_id, service.InvitationInput(1))


def test_a_district_reads_its_municipality_but_does_not_write_there(office):
    below = office.add_unit("Gemeinde", 1)
    firm(office, "Gasthof Adler", below)
    firm_id, invitation_id, *_rest = invitation(office, "Hof Sonne", below)
    client = office.client_as("advisor")
    assert client.get(f"{BASE}/einladungen/{invitation_id}").status_code == 200
    assert client.post(f"{BASE}/einladungen/{invitation_id}/widerrufen").status_code == 403
    assert client.get(f"{BASE}/eingeben/{firm_id}").status_code == 404


def test_a_disabled_plugin_has_no_pages(office):
    _firm, _id, token = invitation(office)
    with office.product.database.write(Actor.system()) as u:
        admin.disable_plugin(u, "digital_readiness")
    assert office.client_as("advisor").get(f"{BASE}/").status_code == 404
    assert Browser(office).get(f"/public/digital_readiness/{token}").status_code == 404
    assert Browser(office).client.post(f"/public/digital_readiness/{token}", token=False).status_code == 404


def test_the_paper_form_names_check_and_version_and_skip_rules(office):
    page = office.client_as("reader").get(f"{BASE}/bogen").text
    assert "kurzcheck-digital 1.0.0" in page
    assert "Nur beantworten, wenn Sie bei Frage 3 „Ja, mindestens ein bezahltes Angebot“ angekreuzt haben" in page


def test_the_demo_fills_two_years_the_same_way_each_time(office):
    firms = [firm(office, f"Betrieb {n:02}", wz=code) for n, code in enumerate(["62.01", "43.21", "56.10"] * 10)]
    made = []
    for _time in range(2):
        with office.product.database.write(Actor.system()) as u:
            from wf40.sdk.services import Firms

            refs = list(u.service(Firms).many(u, firms).values())
            made.append(office.product.hooks.each(Spec.demo_data, u, refs, 7))
    assert made[0] == made[1]
    answers = [r.answers for r in rows(office, Response)]
    assert answers[: len(answers) // 2] == answers[len(answers) // 2 :]
    assert min(r.submitted_at for r in rows(office, Response) if r.submitted_at) < office.clock.moment - timedelta(
        days=200
    )
