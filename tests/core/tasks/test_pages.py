"""What people see and click: the list, one task, the boxes on Mein Tag with and without htmx, the firm's page."""

import re
from datetime import date, timedelta

import pytest

from wf40.core.firms.service import archive_firm
from wf40.core.tasks import service

from .conftest import TODAY

HTMX = {"HX-Request": "true"}
CARD = {"zurueck": "/", "karte": "eigene"}
NAUGHTY = "<script>alert('1')</script> \"' &amp; {{ 7*7 }} \u202e 🏭"
FORM = {"title": "Rückruf wegen der Halle", "due_on": "2026-11-25", "note": "Erste\r\nZweite", "entry_key": "k" * 32}


def test_a_task_is_made_from_the_firm_and_stands_everywhere(office, firm):
    client, me = office.client_as("advisor"), str(office.actor("advisor").user_id)
    url = f"/unternehmen/{firm.id}/wiedervorlagen/neu"
    assert f'href="{url}"' in client.get(f"/unternehmen/{firm.id}").text
    answer = client.post(url, data=FORM | {"responsible_id": me})
    assert client.post(url, data=FORM | {"responsible_id": me}).location == answer.location
    other = client.post(url, data=FORM | {"responsible_id": me, "note": "Anders"})
    assert other.location != answer.location
    page = client.get(answer.location).text
    for part in ("Rückruf wegen der Halle", "Erste\nZweite", "25.11.2026", "Beratung 1", "noch nie"):
        assert part in page
    firm_page = f"/unternehmen/{firm.id}"
    for path in ("/", "/wiedervorlagen", firm_page, f"{firm_page}/wiedervorlagen", f"{firm_page}/verlauf"):
        assert "Rückruf wegen der Halle" in client.get(path).text, path
    assert firm.name in client.get("/unternehmen?f-tasks=offen").text
    assert firm.name not in client.get("/unternehmen?f-tasks=ueberfaellig").text


def test_a_task_needs_no_firm_and_offers_to_choose_one(office, firm):
    client = office.client_as("advisor")
    assert f'href="/unternehmen/{firm.id}/wiedervorlagen/neu"' in client.get("/wiedervorlagen/neu?q=muster").text
    answer = client.post("/wiedervorlagen/neu", data=FORM | {"responsible_id": ""})
    assert "niemand zuständig" in client.get(answer.location).text


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("title", " ", "was zu tun ist"),
        ("title", "x" * 301, "höchstens 300"),
        ("due_on", "", "bis wann"),
        ("due_on", "31.11.2026", "kein Datum"),
        ("due_on", "2026-11-20", "schon vorbei"),
        ("due_on", "2226-11-20", "prüfen Sie das Jahr"),
        ("note", "x" * 20_001, "höchstens 20000"),
    ],
)
def test_bad_input_gets_a_sentence_and_what_was_typed_stays(office, field, value, sentence):
    given = FORM | {"note": NAUGHTY, "responsible_id": "", field: value}
    answer = office.client_as("advisor").post("/wiedervorlagen/neu", data=given)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert field == "note" or "&lt;script&gt;alert" in answer.text


def test_texts_are_shown_as_written_and_run_nowhere(office, firm, add):
    task_id, client = add(NAUGHTY, firm_id=firm.id, note=NAUGHTY), office.client_as("advisor")
    client.post(f"/wiedervorlagen/{task_id}/weitergeben", data={"to": office.actor("lead").user_id, "word": NAUGHTY})
    firm_page = f"/unternehmen/{firm.id}"
    for role in ("lead", "reader"):
        for path in ("/", "/wiedervorlagen?wer=alle", f"/wiedervorlagen/{task_id}", firm_page, f"{firm_page}/verlauf"):
            page = office.client_as(role).get(path).text
            assert "<script>alert" not in page, path
            assert "{{ 7*7 }}" in page or (role, path) == ("reader", "/"), path


def test_who_may_not_is_refused(office, firm, add):
    task_id, other = add(firm_id=firm.id), office.add_unit("Nachbarstadt")
    steps = ("erledigt", "verschieben", "weitergeben", "wieder-oeffnen", "streichen")
    me = str(office.actor("advisor").user_id)
    for step in steps:
        data = {"to": me if step == "weitergeben" else "2026-11-25"}
        assert office.client_as("reader").post(f"/wiedervorlagen/{task_id}/{step}", data=data).status_code == 403
        assert (
            office.client_as("advisor", other).post(f"/wiedervorlagen/{task_id}/{step}", data=data).status_code == 404
        )
    for path in (f"/wiedervorlagen/{task_id}/bearbeiten", "/wiedervorlagen/neu", "/wiedervorlagen/uebergeben"):
        assert office.client_as("reader").get(path).status_code == 403
    for path in (f"/wiedervorlagen/{task_id}", f"/unternehmen/{firm.id}/wiedervorlagen"):
        assert office.client_as("advisor", other).get(path).status_code == 404
        assert office.client_as("admin").get(path).status_code == 403
    assert office.client_as("advisor").get("/wiedervorlagen/uebergeben").status_code == 403


def test_a_late_save_shows_both_versions(office, add):
    task_id, client = add("Erste Fassung"), office.client_as("advisor")
    url = f"/wiedervorlagen/{task_id}/bearbeiten"
    assert 'value="Erste Fassung"' in client.get(url).text
    assert client.post(url, data=FORM | {"responsible_id": "", "version": "1"}).status_code == 303
    late = client.post(url, data=FORM | {"title": "Zu spät", "responsible_id": "", "version": "1"})
    assert late.status_code == 409
    for part in (
        "Rückruf wegen der Halle",
        "Zu spät",
        "Inzwischen hat Beratung 1",
        'name="version" type="hidden" value="2"',
    ):
        assert part in late.text
    assert client.post(url, data=FORM | {"title": "Zu spät", "responsible_id": "", "version": "2"}).status_code == 303


def test_somebody_who_left_stays_in_the_form_while_responsible(office, add, leave):
    task_id = add(who="assistant")
    gone = leave("assistant")
    page = office.client_as("advisor").get(f"/wiedervorlagen/{task_id}/bearbeiten").text
    assert f'<option selected value="{gone.user_id}">Assistenz 1' in page
    assert "nicht mehr da" in office.client_as("advisor").get(f"/wiedervorlagen/{task_id}").text


def test_my_day_shows_overdue_today_and_next_with_working_days(office, firm, give):
    for title, day in (("Lange her", 17), ("Freitag", 20), ("Jetzt", 21), ("Später", 30)):
        give(title, date(2026, 11, day), firm_id=firm.id)
    page = office.client_as("advisor").get("/").text
    card = page[page.index('id="meine-wiedervorlagen"') :]
    places = [
        card.index(word) for word in ("Überfällig", "Lange her", "Freitag", "Heute", "Jetzt", "Als Nächstes", "Später")
    ]
    assert places == sorted(places)
    assert "3 Arbeitstage überfällig" in card  # Wednesday to Friday; today is a Saturday
    assert re.search(r"Wiedervorlagen</span><span class=\"wf-count\">3", page)


def test_an_empty_box_says_so(office, firm):
    assert "Sie haben keine offene Wiedervorlage." in office.client_as("advisor").get("/").text
    assert "Meine Wiedervorlagen" not in office.client_as("reader").get("/").text


def test_done_on_my_day_and_back_without_htmx(office, add, stored):
    task_id, client = add(), office.client_as("advisor")
    answer = client.post(f"/wiedervorlagen/{task_id}/erledigt", data=CARD)
    assert (answer.status_code, answer.location) == (303, "/")
    page = client.get("/").text
    undo = f"/wiedervorlagen/{task_id}/wieder-oeffnen?zurueck=/"
    assert f'action="{undo}"' in page
    assert "Erledigt: Rückruf" in page
    assert stored(task_id).line.state == "done"
    assert client.post(undo).location == "/"
    assert stored(task_id).line.state == "open"


def test_done_on_my_day_and_back_with_htmx(office, add, stored):
    task_id, client = add("Etwas Bestimmtes"), office.client_as("advisor")
    answer = client.post(f"/wiedervorlagen/{task_id}/erledigt", data=CARD, headers=HTMX)
    assert answer.status_code == 200
    assert answer.text.strip().startswith('<section class="wf-panel"')
    assert "Erledigt: Etwas Bestimmtes" in answer.text
    assert f'href="/wiedervorlagen/{task_id}"' not in answer.text
    assert "Rückgängig machen" in answer.text
    answer = client.post(f"/wiedervorlagen/{task_id}/wieder-oeffnen", data=CARD, headers=HTMX)
    assert "Etwas Bestimmtes" in answer.text
    assert stored(task_id).line.state == "open"


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_putting_off_and_handing_on_from_my_day(office, firm, add, stored, headers):
    task_id, client = add(firm_id=firm.id), office.client_as("advisor")
    moved = client.post(f"/wiedervorlagen/{task_id}/verschieben", data=CARD | {"to": "2026-11-23"}, headers=headers)
    assert moved.status_code == (200 if headers else 303)
    assert stored(task_id).line.due_on == date(2026, 11, 23)
    given = CARD | {"to": str(office.actor("lead").user_id), "word": "Du kennst ihn."}
    handed = client.post(f"/wiedervorlagen/{task_id}/weitergeben", data=given, headers=headers)
    assert handed.status_code == (200 if headers else 303)
    assert "Leitung 1: „Du kennst ihn.“" not in office.client_as("lead").get("/").text
    assert "Beratung 1: „Du kennst ihn.“" in office.client_as("lead").get("/").text


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize(
    ("step", "to", "sentence"),
    [
        ("verschieben", "2026-11-20", "Dieser Tag ist schon vorbei."),
        ("verschieben", "", "auf welchen Tag"),
        ("verschieben", "morgen", "kein Datum"),
        ("weitergeben", "", "übernimmt"),
        ("weitergeben", "99999", "übernimmt"),
    ],
)
def test_a_refused_step_says_why_and_changes_nothing(office, add, stored, headers, step, to, sentence):
    task_id = add("Bleibt")
    answer = office.client_as("advisor").post(
        f"/wiedervorlagen/{task_id}/{step}", data=CARD | {"to": to}, headers=headers
    )
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Bleibt" in answer.text
    assert ("<html" in answer.text) is not bool(headers)
    assert stored(task_id).version == 1


def test_no_way_leads_out_of_the_application(office, add):
    for target in ("https://anderswo.example", "//anderswo.example", "/\\anderswo.example"):
        task_id = add()
        answer = office.client_as("advisor").post(f"/wiedervorlagen/{task_id}/erledigt", data={"zurueck": target})
        assert answer.location == f"/wiedervorlagen/{task_id}"


@pytest.mark.parametrize(
    ("days", "offered"),
    [
        (0, ("Nächster Arbeitstag (23.11.2026)", "In einer Woche (30.11.2026)")),
        (2, ("Morgen (24.11.2026)", "Nächste Woche (30.11.2026)")),
        (6, ("Nächster Arbeitstag (30.11.2026)", "In einer Woche (04.12.2026)")),
    ],
)
def test_the_offered_days_are_working_days(office, firm, add, days, offered):
    add(firm_id=firm.id)
    office.clock.advance(timedelta(days=days))
    page = office.client_as("advisor").get("/").text
    assert all(words in page for words in offered)


def test_an_archived_firms_tasks_stay_marked_and_get_no_company(office, firm, add):
    task_id, client = add(firm_id=firm.id), office.client_as("advisor")
    with office.writing_as("advisor") as u:
        archive_firm(u, firm.id)
    assert f'href="/unternehmen/{firm.id}/wiedervorlagen/neu"' not in client.get(f"/unternehmen/{firm.id}").text
    assert "Archiv" in client.get("/wiedervorlagen").text
    assert "Unternehmen im Archiv" in client.get(f"/wiedervorlagen/{task_id}").text
    answer = client.post(f"/unternehmen/{firm.id}/wiedervorlagen/neu", data=FORM | {"responsible_id": ""})
    assert answer.status_code == 422
    assert "ist archiviert" in answer.text


def test_a_dropped_one_keeps_its_reason_and_opens_again(office, add):
    task_id, client = add(), office.client_as("advisor")
    url = f"/wiedervorlagen/{task_id}"
    assert client.post(f"{url}/streichen", data={"outcome": "Firma zieht weg."}).location == url
    page = client.get(url).text
    assert "Firma zieht weg." in page
    assert "Wieder öffnen" in page
    assert "/bearbeiten" not in page
    assert "Rückruf" in client.get("/wiedervorlagen?stand=gestrichen").text
    client.post(f"{url}/wieder-oeffnen")
    assert f'href="{url}/bearbeiten"' in client.get(url).text


def test_the_head_sees_what_is_overdue_by_person_and_hands_it_over(office, firm, give, leave, stored):
    give("Fällig bei der Beratung", date(2026, 11, 18), firm_id=firm.id)
    give("Noch nicht fällig", date(2026, 11, 30))
    left = give("Bei jemandem, der ging", date(2026, 11, 30), who="assistant")
    give("Bei niemandem", date(2026, 11, 30), who=None)
    gone, client = leave("assistant").user_id, office.client_as("lead")
    page = client.get("/").text
    card = page[page.index('id="ueberfaellig-im-team"') :]
    words = ("Niemand zuständig", "Bei niemandem", "Assistenz 1", "nicht mehr da", "Bei jemandem, der ging", "Beratung 1", "Fällig bei der Beratung")  # fmt: skip
    places = [card.index(word) for word in words]
    assert places == sorted(places)
    assert "Noch nicht fällig" not in card
    assert "Im Team überfällig" not in office.client_as("advisor").get("/").text
    assert f'href="/wiedervorlagen/uebergeben?von={gone}"' in page
    assert (
        f'<option selected value="{gone}">Assistenz 1 (1)' in client.get(f"/wiedervorlagen/uebergeben?von={gone}").text
    )
    given = {"source": str(gone), "to": str(office.actor("advisor").user_id), "word": "Danke!"}
    assert client.post("/wiedervorlagen/uebergeben", data=given).status_code == 303
    assert "1 Wiedervorlage ist übergeben." in client.get("/wiedervorlagen/uebergeben").text
    assert (stored(left).line.responsible, stored(left).line.word) == ("Beratung 1", "Danke!")


@pytest.mark.parametrize("wrong", [{"source": ""}, {"to": ""}, {"to": "99999"}, {"source": "77"}])
def test_handing_over_needs_two_people(office, give, stored, wrong):
    task_id = give(who=None)
    given = {"source": "-", "to": str(office.actor("advisor").user_id)} | wrong
    assert office.client_as("lead").post("/wiedervorlagen/uebergeben", data=given).status_code == 422
    assert stored(task_id).line.responsible_id is None


def test_a_list_can_be_asked_for_nonsense(office, add):
    add()
    client = office.client_as("advisor")
    for query in ("wer=xyz", "stand=nie&sortierung=quatsch", "seite=99", "wer=999999999", "q=%25_%27"):
        assert client.get(f"/wiedervorlagen?{query}").status_code == 200, query
    assert "Rückruf" in client.get("/wiedervorlagen?wer=xyz&stand=nie").text


def test_history_tells_who_did_what(office, add):
    task_id, client = add(), office.client_as("advisor")
    with office.writing_as("advisor") as u:
        service.postpone(u, task_id, TODAY + timedelta(9))
        service.hand_on(u, task_id, office.actor("lead").user_id)
    page = client.get(f"/wiedervorlagen/{task_id}").text
    changes = page[page.index('id="aenderungen-liste"') :]
    for part in ("Fällig am", "2026-11-30", "Zuständig", "Leitung 1"):
        assert part in changes
