"""A draft: which firms, who there gets it, and why others do not."""

import re
from datetime import timedelta

import pytest

from wf40.base.errors import Forbidden, InvalidInput, NotFound, StaleVersion
from wf40.core.campaigns import codes, queries, service
from wf40.core.campaigns.rules import MOST_FIRMS, CampaignInput, check_count
from wf40.core.contacts import service as contacts
from wf40.core.contacts.rules import ContactInput
from wf40.core.firms import service as firm_service

NAUGHTY = (
    "'; DROP TABLE campaign; --", "<script>alert(1)</script>", "{{ 7*7 }}", "%s %(x)s", "ﷺ 𝕋𝕖𝕤𝕥 👩‍👩‍👧", "=1+1", "a" * 200,
    "\u202eumgekehrt", "Ä\u0308",
)  # fmt: skip


def test_the_firms_are_those_of_the_lists_filters(office, firms, draft, members):
    nord, _sued = firms("Nord GmbH", town="Nordhausen")[0], firms("Süd GmbH", town="Südheim")
    campaign_id = draft("ort=Nordhausen&seite=4&sortierung=town")
    assert members(campaign_id) == {nord.id: (codes.WAITING, "")}
    with office.reading_as("reader") as u:
        row = queries.campaign(u, campaign_id)
    assert (row.filters, row.title, row.state) == (["Ort: Nordhausen"], "Metallbau Nord", codes.DRAFT)


def test_each_firm_falls_into_its_group_and_the_first_permitted_person_gets_it(office, person, draft):
    names = ("Alpha", "Beta", "Gamma", "Delta")
    alpha, beta, gamma, _delta = (office.add_firm(f"{name} GmbH") for name in names)
    person(alpha, mail_basis="", main=True, family_name="Haupt")
    second = person(alpha, family_name="Zweit", language="en")
    person(beta, mail_basis="")
    person(gamma, email="")
    campaign_id = draft()
    with office.reading_as("advisor") as u:
        assert queries.groups(u, campaign_id) == {
            codes.RECEIVES: 1, codes.NO_BASIS: 1, codes.NO_PERSON: 2, "busy": 0, codes.OTHER_UNIT: 0,
        }  # fmt: skip
        (line,) = queries.draft_lines(u, campaign_id, codes.RECEIVES).rows
        assert (line.firm_name, line.person.id, line.person.language) == ("Alpha GmbH", second, "en")
        assert [r.firm_name for r in queries.draft_lines(u, campaign_id, codes.NO_PERSON).rows] == [
            "Delta GmbH",
            "Gamma GmbH",
        ]
        (line,) = queries.draft_lines(u, campaign_id, codes.NO_BASIS).rows
        assert (line.person, "Rechtsgrundlage" in line.why) == (None, True)


def test_the_main_person_comes_first(office, person, draft):
    firm = office.add_firm("Alpha GmbH")
    person(firm, family_name="Aal")
    main = person(firm, family_name="Zander", main=True)
    campaign_id = draft()
    with office.reading_as("advisor") as u:
        assert queries.draft_lines(u, campaign_id, codes.RECEIVES).rows[0].person.id == main


def test_a_district_reaches_only_its_own_firms(office, firms, person, draft, members):
    (own,) = firms("Eigene GmbH")
    village = office.add_unit("Musterdorf", 1)
    theirs = office.add_firm("Dorfbetrieb GmbH", unit_id=village)
    person(theirs, unit_id=village)
    campaign_id = draft()
    assert members(campaign_id) == {own.id: (codes.WAITING, ""), theirs.id: (codes.SKIPPED, codes.OTHER_UNIT)}


def test_who_was_asked_by_another_campaign_is_not_asked_again(office, firms, post, draft, start, members):
    asked, answered, old = firms("Alpha GmbH", "Beta GmbH", "Gamma GmbH")
    first = draft()
    start(first)
    office.work()
    post.replies = {1000 + answered.id: "answered", 1000 + old.id: "expired"}
    (fresh,) = firms("Delta GmbH")
    second = draft()
    assert members(second) == {
        asked.id: (codes.SKIPPED, codes.BUSY_OPEN), answered.id: (codes.SKIPPED, codes.BUSY_ANSWERED),
        old.id: (codes.WAITING, ""), fresh.id: (codes.WAITING, ""),
    }  # fmt: skip
    office.clock.advance(timedelta(days=91))
    assert members(draft())[answered.id] == (codes.WAITING, "")


def test_while_nobody_can_say_who_answered_nobody_is_asked_twice(office, firms, post, draft, start, members):
    (asked,) = firms("Alpha GmbH")
    first = draft()
    start(first)
    office.work()
    post.mute = True
    assert members(draft()) == {asked.id: (codes.SKIPPED, codes.BUSY_OPEN)}
    page = office.client_as("advisor").get(f"/aktionen/{first}").text
    assert "Antworten sind zurzeit nicht bekannt" in page
    assert "Wiedervorlagen anlegen" not in page


def test_firms_are_left_out_by_hand_and_taken_back(office, firms, draft, members):
    alpha, beta = firms("Alpha GmbH", "Beta GmbH")
    campaign_id = draft()
    client = office.client_as("advisor")
    page = client.get(f"/aktionen/{campaign_id}").text
    ticks = re.findall(r'name="selected" value="(\d+)" aria-label="([^"]+)"', page)
    assert [name for _id, name in ticks] == ["Alpha GmbH auswählen", "Beta GmbH auswählen"]
    said = client.post(f"/aktionen/{campaign_id}/auswahl", data={"selected": [ticks[0][0]], "action": "weglassen"})
    assert said.status_code == 303
    assert members(campaign_id) == {alpha.id: (codes.SKIPPED, codes.LEFT_OUT), beta.id: (codes.WAITING, "")}
    client.post(f"/aktionen/{campaign_id}/pruefen")
    assert members(campaign_id)[alpha.id] == (codes.SKIPPED, codes.LEFT_OUT)
    client.post(f"/aktionen/{campaign_id}/auswahl", data={"selected": [ticks[0][0]], "action": "aufnehmen"})
    assert members(campaign_id)[alpha.id] == (codes.WAITING, "")


def test_nonsense_among_the_ticks_changes_nothing(office, firms, draft, members):
    firms("Alpha GmbH")
    campaign_id = draft()
    client = office.client_as("advisor")
    for sent in ("", "x", "-1", "99999999999999999999", "1' OR 1=1"):
        assert client.post(f"/aktionen/{campaign_id}/auswahl", data={"selected": [sent]}).status_code == 303, sent
    assert {state for state, _why in members(campaign_id).values()} == {codes.WAITING}


def test_a_consent_entered_later_counts_after_looking_again(office, person, draft, members):
    firm = office.add_firm("Alpha GmbH")
    contact_id = person(firm, mail_basis="")
    campaign_id = draft()
    assert members(campaign_id)[firm.id] == (codes.SKIPPED, codes.NO_BASIS)
    with office.writing_as("advisor") as u:
        given = ContactInput("Krämer", "Erika", email="erika@kraemer.example", mail_basis="request")
        contacts.change_contact(u, contact_id, 1, given)
    office.client_as("advisor").post(f"/aktionen/{campaign_id}/pruefen")
    assert members(campaign_id)[firm.id] == (codes.WAITING, "")


def test_a_draft_comes_from_the_firm_list_through_the_browser(office, firms, members):
    (alpha,) = firms("Alpha GmbH", town="Nordhausen")
    firms("Beta GmbH")
    client = office.client_as("advisor")
    page = client.get("/unternehmen?ort=Nordhausen").text
    target = re.search(r'href="(/aktionen/neu\?[^"]+)"', page)[1]
    page = client.get(target).text
    assert "Ein Unternehmen" in page
    assert "Ort: Nordhausen" in page
    refused = client.post(target, data={"title": " ", "outreach": "letters"})
    assert (refused.status_code, "Geben Sie der Aktion einen Titel" in refused.text) == (422, True)
    stored = client.post(target, data={"title": "Nord", "outreach": "letters", "note": "zwei\r\nZeilen"})
    assert stored.status_code == 303
    campaign_id = int(stored.location.rpartition("/")[2])
    assert members(campaign_id) == {alpha.id: (codes.WAITING, "")}
    page = client.get(stored.location).text
    assert "post@firma" in page
    assert "Aktion starten" in page
    assert "Nord" in client.get("/aktionen").text


def test_naughty_words_are_kept_as_they_are_and_shown_as_text(office, firms):
    firms("Alpha GmbH")
    client = office.client_as("advisor")
    for text in NAUGHTY:
        stored = client.post("/aktionen/neu?q=", data={"title": text, "note": text, "outreach": "letters"})
        assert stored.status_code == 303, text
        with office.reading_as("advisor") as u:
            row = queries.campaign(u, int(stored.location.rpartition("/")[2]))
            assert (row.title, row.note) == (text.strip(), text)
        page = client.get(stored.location).text
        assert text.replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#39;") in page
        assert client.get(f"/unternehmen?f-aktion={row.id}").status_code == 200


BAD = (
    ({"title": ""}, "Geben Sie der Aktion einen Titel"),
    ({"title": "a" * 201}, "Das sind 201 Zeichen, möglich sind 200"),
    ({"title": "a\nb"}, "keine Zeilenumbrüche"),
    ({"note": "n" * 5001}, "Das sind 5001 Zeichen"),
    ({"outreach": "nothing"}, "Bitte wählen Sie, was verschickt wird."),
    ({"outreach": ""}, "Bitte wählen Sie, was verschickt wird."),
)


def test_bad_input_is_refused_with_a_sentence(office, firms):
    firms("Alpha GmbH")
    client = office.client_as("advisor")
    for given, said in BAD:
        refused = client.post("/aktionen/neu", data={"title": "Gut", "outreach": "letters", **given})
        assert (refused.status_code, said in refused.text) == (422, True), (given, refused.text)
    assert client.post("/aktionen/neu", data={"title": "a\0b", "outreach": "letters"}).status_code == 400
    with office.reading_as("advisor") as u:
        assert queries.campaigns(u).total == 0


def test_any_address_is_understood_or_refused(office, firms):
    firms("Alpha GmbH")
    client = office.client_as("advisor")
    for query in ("ort=%ff%fe", "f-aktion=%27", "q=" + "x" * 3900, "&&==;;", "q=" + "%C3%A4" * 900, "q=%", "a=" * 300):
        assert client.get(f"/aktionen/neu?{query}").status_code == 200, query
        answer = client.post(f"/aktionen/neu?{query}", data={"title": "Gut", "outreach": "letters"})
        assert answer.status_code in (303, 422), query


def test_no_firm_and_too_many_firms_are_refused():
    with pytest.raises(InvalidInput, match="kein Unternehmen"):
        check_count(0)
    with pytest.raises(InvalidInput, match="grenzen Sie"):
        check_count(MOST_FIRMS + 1)


def test_people_of_another_unit_find_nothing(office, firms, draft):
    firms("Alpha GmbH")
    campaign_id = draft()
    elsewhere = office.add_unit("Nachbarstadt")
    client = office.client_as("advisor", elsewhere)
    for path in ("", "/bearbeiten", "/fortschritt", "/ergebnis.csv"):
        assert client.get(f"/aktionen/{campaign_id}{path}").status_code == 404, path
    for path in ("auswahl", "pruefen", "starten", "anhalten", "verwerfen"):
        assert client.post(f"/aktionen/{campaign_id}/{path}").status_code == 404, path
    answer = client.post(f"/aktionen/{campaign_id}/wiedervorlagen", data={"due_on": "2026-12-01"})
    assert answer.status_code == 404
    assert "Metallbau Nord" not in client.get("/aktionen").text
    with office.reading_as("advisor", elsewhere) as u, pytest.raises(NotFound):
        queries.campaign(u, campaign_id)


def test_a_reader_looks_and_changes_nothing(office, firms, draft):
    firms("Alpha GmbH")
    campaign_id = draft()
    client = office.client_as("reader")
    page = client.get(f"/aktionen/{campaign_id}")
    assert (page.status_code, "Aktion starten" in page.text) == (200, False)
    assert "Aktion starten" not in client.get("/unternehmen").text
    assert client.get("/aktionen/neu").status_code == 403
    assert client.get(f"/aktionen/{campaign_id}/bearbeiten").status_code == 403
    for path in ("auswahl", "pruefen", "starten", "anhalten", "verwerfen"):
        assert client.post(f"/aktionen/{campaign_id}/{path}").status_code == 403, path
    assert office.client_as("privacy").get("/aktionen").status_code == 403


def test_a_district_reads_what_its_municipality_does_and_starts_nothing_there(office, person):
    village = office.add_unit("Musterdorf", 1)
    person(office.add_firm("Dorfbetrieb GmbH", unit_id=village), unit_id=village)
    with office.app.test_request_context(), office.writing_as("advisor", village) as u:
        campaign_id = service.add_campaign(u, CampaignInput("Dorf", outreach="letters"), "")
    assert office.client_as("lead").get(f"/aktionen/{campaign_id}").status_code == 200
    with office.writing_as("lead") as u, pytest.raises(Forbidden):
        service.start(u, campaign_id)


def test_a_late_save_shows_both_versions(office, firms, draft):
    firms("Alpha GmbH")
    campaign_id = draft()
    client = office.client_as("advisor")
    with office.writing_as("lead") as u:
        service.change_campaign(u, campaign_id, 1, CampaignInput("Anders", "Notiz"))
    both = client.post(f"/aktionen/{campaign_id}/bearbeiten", data={"title": "Meine", "note": "", "version": "1"})
    assert both.status_code == 409
    assert "Anders" in both.text
    assert "Leitung 1" in both.text
    assert 'name="version" type="hidden" value="2"' in both.text
    saved = client.post(f"/aktionen/{campaign_id}/bearbeiten", data={"title": "Meine", "note": "", "version": "2"})
    assert saved.status_code == 303
    with office.writing_as("lead") as u, pytest.raises(StaleVersion):
        service.change_campaign(u, campaign_id, 2, CampaignInput("Nein"))


def test_a_draft_is_discarded_and_a_started_one_is_not(office, firms, draft, start, members):
    firms("Alpha GmbH")
    client, first, second = office.client_as("advisor"), draft(), draft()
    assert client.post(f"/aktionen/{first}/verwerfen").status_code == 303
    assert client.get(f"/aktionen/{first}").status_code == 404
    start(second)
    refused = client.post(f"/aktionen/{second}/verwerfen")
    assert (refused.status_code, "schon gestartet" in refused.text) == (422, True)
    assert client.post(f"/aktionen/{second}/auswahl", data={"selected": ["1"]}).status_code == 422
    assert len(members(second)) == 1


def test_an_archived_firm_is_not_written_to(office, firms, draft, start, members):
    alpha, beta = firms("Alpha GmbH", "Beta GmbH")
    campaign_id = draft()
    with office.writing_as("advisor") as u:
        firm_service.archive_firm(u, alpha.id)
    start(campaign_id)
    office.work()
    assert members(campaign_id) == {alpha.id: (codes.SKIPPED, codes.ARCHIVED), beta.id: (codes.SENT, "")}
    assert members(draft("zustand=archiv")) == {alpha.id: (codes.SKIPPED, codes.ARCHIVED)}
