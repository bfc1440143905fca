"""The result: who was reached, who answered, and what an officer does with it."""

import csv
import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from wf40.base.access import Actor
from wf40.base.audit import AuditEvent
from wf40.base.errors import InvalidInput
from wf40.core.campaigns import queries, results, service
from wf40.core.campaigns.rules import CampaignInput
from wf40.core.firms.selection import firms_listed
from wf40.sdk.events import FirmResponded
from wf40.sdk.services import Tasks
from wf40.sdk.work import NewTask

SYSTEM = Actor.system("test")


@pytest.fixture
def sent(office, firms, person, post, draft, start):
    """A campaign with one firm for each way it can end."""
    made = firms("Alpha GmbH", "Beta GmbH", "Gamma GmbH", "Delta GmbH", "Epsilon GmbH")
    person(office.add_firm("=Ohne()", town="@Stadt"), mail_basis="")
    post.refuses[made[4].id] = "+Nein"
    post.replies = {1000 + made[0].id: "answered", 1000 + made[1].id: "opened", 1000 + made[2].id: "expired"}
    campaign_id = draft()
    start(campaign_id)
    office.work()
    return campaign_id, made


def test_counts_and_filters_say_how_far_each_firm_got(office, sent):
    campaign_id, _made = sent
    with office.reading_as("reader") as u:
        found = results.result(u, campaign_id)
        assert found.counts() == {"answered": 1, "opened": 1, "expired": 1, "sent": 1, "failed": 1, "skipped": 1}

        def names(wanted):
            return [line.firm_name for line in results.result_page(u, campaign_id, found, wanted, 1).rows]

        assert names("unanswered") == ["Beta GmbH", "Delta GmbH", "Gamma GmbH"]
        assert names("answered") == ["Alpha GmbH"]
        assert names("missed") == ["Epsilon GmbH", "=Ohne()"]
        assert len(names("")) == 6
    client = office.client_as("reader")
    for wanted in ("", "unanswered", "answered", "opened", "sent", "expired", "revoked", "waiting", "missed", "'x"):
        assert client.get(f"/aktionen/{campaign_id}", query_string={"zeigen": wanted, "seite": "99"}).status_code == 200
    page = client.get(f"/aktionen/{campaign_id}").text
    assert "25 Prozent" in page
    assert f'href="/briefe/{1000 + sent[1][0].id}"' in page


def test_without_its_plugin_the_result_says_what_was_sent_and_not_more(office, sent, turn):
    turn(office, on=False)
    with office.reading_as("reader") as u:
        found = results.result(u, sent[0])
        assert (found.known, found.counts()["sent"]) == (False, 4)
    page = office.client_as("advisor").get(f"/aktionen/{sent[0]}").text
    assert "Wiedervorlagen anlegen" not in page
    assert "ausgeschaltet" in page


def test_the_file_is_audited_and_holds_no_formula(office, sent):
    answer = office.client_as("reader").get(f"/aktionen/{sent[0]}/ergebnis.csv")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 7
    assert rows[6][:2] == ["'=Ohne()", "'@Stadt"]
    assert [row[4] for row in rows[1:]] == [
        "beantwortet", "geöffnet", "eingeladen", "nicht gesendet", "Frist abgelaufen", "ausgelassen",
    ]  # fmt: skip
    assert rows[4][5] == "'+Nein"
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    with office.product.database.read(SYSTEM) as u:
        event = u.session.scalars(select(AuditEvent).where(AuditEvent.action == "export")).one()
        assert (event.subject, event.detail) == (f"campaign:{sent[0]}", {"rows": 6})


def test_who_has_not_answered_becomes_a_task_once(office, sent):
    campaign_id, _made = sent
    client = office.client_as("advisor")
    page = client.get(f"/aktionen/{campaign_id}").text
    due = re.search(r'name="due_on"[^>]*value="([^"]+)"', page)[1]
    assert due == "2026-11-27"
    for _time in range(2):
        assert client.post(f"/aktionen/{campaign_id}/wiedervorlagen", data={"due_on": due}).status_code == 303
    page = client.get(f"/aktionen/{campaign_id}").text
    assert "Für alle diese Unternehmen gibt es schon eine Wiedervorlage." in page
    assert "Wiedervorlagen anlegen" not in page
    with office.reading_as("lead") as u:
        lines = results.result_lines(u, campaign_id, found := results.result(u, campaign_id), found.kept("unanswered"))
    with office.writing_as("advisor") as u:
        keys = [f"campaign:{campaign_id}:{line.firm_id}" for line in lines]
        # the same keys give the tasks that are there
        ids = [u.service(Tasks).add(u, NewTask("x", u.now.date(), key=key)) for key in keys]
    assert len(set(ids)) == 3
    assert (
        "Nachfragen: Einladung zum Test noch ohne Antwort (Metallbau Nord)"
        in client.get(f"/unternehmen/{lines[0].firm_id}").text
    )


def test_a_task_needs_a_day_to_come(office, sent):
    client, target = office.client_as("advisor"), f"/aktionen/{sent[0]}/wiedervorlagen"
    for due_on, said in (("", "bis wann"), ("morgen", "kein Datum"), ("2020-01-01", "in der Vergangenheit")):
        refused = client.post(target, data={"due_on": due_on})
        assert (refused.status_code, said in refused.text) == (422, True), due_on
    assert office.client_as("reader").post(target, data={"due_on": "2026-12-01"}).status_code == 403


def test_an_answer_is_noted_once_with_its_moment(office, sent):
    campaign_id, made = sent
    event = FirmResponded(made[0].id, "letters", "letters:1", "/x")
    moments = []
    for _time in range(2):
        with office.product.database.write(SYSTEM) as u:
            u.emit(event)
        with office.reading_as("reader") as u:
            found = results.result(u, campaign_id)
            lines = results.result_lines(u, campaign_id, found, found.kept(""))
            moments.append({line.firm_id: line.responded_at for line in lines if line.responded_at})
        office.clock.advance(timedelta(days=1))
    assert moments[0] == moments[1]
    assert list(moments[0]) == [made[0].id]


def test_an_answer_belongs_to_what_the_firm_was_sent_last(office, sent, post, draft, start):
    first, made = sent
    office.clock.advance(timedelta(days=200))
    second = draft(title="Noch einmal")
    start(second)
    office.work()
    with office.product.database.write(SYSTEM) as u:
        u.emit(FirmResponded(made[0].id, "letters", "letters:2", "/x"))
    answered = {}
    with office.reading_as("reader") as u:
        for campaign_id in (first, second):
            lines = results.result_lines(u, campaign_id, found := results.result(u, campaign_id), found.kept(""))
            answered[campaign_id] = [line.firm_id for line in lines if line.responded_at]
    assert answered == {first: [], second: [made[0].id]}


def test_a_filter_that_is_gone_is_not_taken_for_all_firms(office, firms):
    firms("Alpha GmbH")
    client = office.client_as("advisor")
    data = {"title": "x", "outreach": "letters"}
    for answer in (client.get("/aktionen/neu?f-nirgends=x"), client.post("/aktionen/neu?f-nirgends=x", data=data)):
        assert answer.status_code == 422
        assert "Ein Filter dieser Auswahl ist zurzeit nicht verfügbar." in answer.text
    with pytest.raises(InvalidInput), office.app.test_request_context(), office.writing_as("advisor") as u:
        service.add_campaign(u, CampaignInput("x", outreach="letters"), "f-nirgends=x")
    assert client.get("/aktionen/neu?f-aktion=1").status_code == 200


def test_the_firm_shows_what_it_was_part_of_and_the_list_finds_the_firms(office, sent):
    campaign_id, made = sent
    page = office.client_as("reader").get(f"/unternehmen/{made[0].id}").text
    assert "Teil der Aktion „Metallbau Nord“" in page
    assert "Teil der Aktion" not in office.client_as("reader").get(f"/unternehmen/{made[4].id}").text
    with office.app.test_request_context(), office.reading_as("reader") as u:
        assert set(firms_listed(u, f"f-aktion={campaign_id}").ids) == {f.id for f in made[:4]}
        assert firms_listed(u, "f-aktion=x").ids == []
    with office.reading_as("reader") as u:
        assert [part.sender for part in queries.of_firm(u, made[0].id, 5)] == ["Beratung 1"]


def test_progress_is_a_fragment_until_the_work_is_over(office, firms, draft, start):
    firms("Alpha GmbH", "Beta GmbH")
    campaign_id = draft()
    start(campaign_id)
    client, poll = office.client_as("advisor"), {"HX-Request": "true"}
    page = client.get(f"/aktionen/{campaign_id}/fortschritt", headers=poll)
    assert "0 von 2 Unternehmen" in page.text
    assert "hx-get" in page.text
    assert "0 von 2 Unternehmen" in client.get(f"/aktionen/{campaign_id}").text
    office.work()
    ended = client.get(f"/aktionen/{campaign_id}/fortschritt", headers=poll)
    assert (ended.text, ended.headers["HX-Redirect"]) == ("", f"/aktionen/{campaign_id}")
    assert client.get(f"/aktionen/{campaign_id}/fortschritt").status_code == 303


def test_long_lists_are_paged(office, firms, draft, start):
    firms(*(f"Betrieb {n:03} GmbH" for n in range(60)))
    campaign_id = draft()
    client = office.client_as("advisor")
    page = client.get(f"/aktionen/{campaign_id}?seite=2").text
    assert "51 bis 60 von 60" in page
    assert "Betrieb 059 GmbH" in page
    start(campaign_id)
    office.work()
    assert "51 bis 60 von 60" in client.get(f"/aktionen/{campaign_id}?seite=2").text
