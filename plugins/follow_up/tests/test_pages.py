"""The pages under /p/follow_up/ as people use them."""

from html import unescape

import pytest
from wf40_follow_up import queries

HOME = "/p/follow_up/"
TYPED = {
    "trigger": "task_done", "source": "hand", "title": "Nachfragen", "days": "14", "day_kind": "calendar",
    "responsible": "officer", "officer_id": "",
}  # fmt: skip


def text_of(answer):
    return " ".join(unescape(answer.get_data(as_text=True)).split())


def rules(office, role="lead", unit_id=1):
    with office.reading_as(role, unit_id) as u:
        return queries.rules(u, unit_id)


def test_everybody_reads_what_each_rule_does(office):
    assert "werden gerade eingerichtet" in text_of(office.client_as("reader").get(HOME))
    assert rules(office) == [], "looking changes nothing"
    office.work()
    page = text_of(office.client_as("reader").get(HOME))
    for sentence in (
        "Wird die Ampel eines Unternehmens rot, entsteht diese Wiedervorlage. Fällig ist sie innerhalb eines Arbeitstags.",
        "Ist die Ampel nicht mehr rot, entfällt sie von selbst.",
        "Fällig ist sie innerhalb von 10 Arbeitstagen.",
        "Fällig ist sie nach 90 Tagen.",
        "Kein weiteres Unternehmen wartet.",
        "In den letzten 30 Tagen nicht ausgelöst.",
    ):
        assert sentence in page, sentence
    assert "Eigene Regel anlegen" not in page
    assert "/bearbeiten" not in page


def test_the_page_counts_what_a_rule_did(town):
    town.light("red")
    page = text_of(town.office.client_as("lead").get(HOME))
    assert "einmal ausgelöst" in page
    assert "Zurzeit ist eine Wiedervorlage daraus offen." in page
    town.light("red", firm=town.office.add_firm("Zweite GmbH"))
    assert "2-mal ausgelöst" in text_of(town.office.client_as("lead").get(HOME))


def test_the_head_adds_changes_switches_and_removes_a_rule(office):
    client = office.client_as("lead")
    assert client.get(HOME + "neu").status_code == 200
    page = text_of(client.post(HOME + "neu", data=TYPED, follow_redirects=True))
    assert "Die Regel ist angelegt" in page
    assert "Ist eine von Hand angelegte Wiedervorlage zu einem Unternehmen erledigt, entsteht diese." in page
    (row,) = [r for r in rules(office) if r.builtin is None]
    url = f"{HOME}{row.id}/"
    form = text_of(client.get(url + "bearbeiten"))
    assert 'value="Nachfragen"' in form
    assert 'name="trigger"' not in form
    changed = {**TYPED, "title": "Anrufen", "version": "1", "responsible": "head"}
    assert "Sie geht an die Leitung." in text_of(client.post(url + "bearbeiten", data=changed, follow_redirects=True))
    assert "ausgeschaltet" in text_of(client.post(url + "ausschalten", follow_redirects=True))
    assert "eingeschaltet" in text_of(client.post(url + "einschalten", follow_redirects=True))
    assert "Die Regel ist entfernt." in text_of(client.post(url + "entfernen", follow_redirects=True))
    assert client.get(url + "bearbeiten").status_code == 404
    assert len(rules(office)) == 4


def test_a_rule_that_comes_with_the_plugin_cannot_be_removed(office):
    client = office.client_as("lead")
    office.work()
    answer = client.post(f"{HOME}{rules(office)[0].id}/entfernen")
    assert answer.status_code == 422
    assert "lässt sich ausschalten" in text_of(answer)
    assert len(rules(office)) == 4


def test_a_rule_that_another_one_rests_on_stays(office):
    client = office.client_as("lead")
    client.post(HOME + "neu", data=TYPED)
    first = rules(office)[-1].id
    page = text_of(client.post(HOME + "neu", data={**TYPED, "source": f"rule:{first}"}, follow_redirects=True))
    assert "Ist eine Wiedervorlage aus der Regel „Nachfragen“ erledigt, entsteht diese." in page
    assert client.post(f"{HOME}{first}/entfernen").status_code == 422
    client.post(f"{HOME}{rules(office)[-1].id}/entfernen")
    assert client.post(f"{HOME}{first}/entfernen").status_code == 303


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"title": " "}, "Schreiben Sie, was zu tun ist"),
        ({"title": "x" * 201}, "Bitte kürzen Sie auf höchstens 200"),
        ({"days": ""}, "nach wie vielen Tagen"),
        ({"days": "-1"}, "Geben Sie eine ganze Zahl ein"),
        ({"days": "3651"}, "von 0 bis 3650"),
        ({"days": "zwei"}, "Geben Sie eine ganze Zahl ein"),
        ({"responsible": "named"}, "Wählen Sie die Person"),
    ],
)
def test_wrong_entries_come_back_with_a_sentence(office, typed, sentence):
    answer = office.client_as("lead").post(HOME + "neu", data={**TYPED, **typed})
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert len(rules(office)) == 0


@pytest.mark.parametrize("typed", [{"trigger": "x"}, {"source": "rule:77"}, {"officer_id": "77"}, {"day_kind": "x"}])
def test_what_no_list_offers_is_refused(office, typed):
    assert office.client_as("lead").post(HOME + "neu", data={**TYPED, **typed}).status_code == 422


def test_late_save_shows_both_versions_and_a_second_save_counts(office):
    client = office.client_as("lead")
    office.work()
    url = f"{HOME}{rules(office)[0].id}/bearbeiten"
    typed = {"title": "Anrufen: Ampel ist rot", "days": "2", "day_kind": "working", "responsible": "officer"}
    assert client.post(url, data={**typed, "officer_id": "", "version": "1"}).status_code == 303
    answer = client.post(url, data={**typed, "days": "3", "responsible": "head", "officer_id": "", "version": "1"})
    assert answer.status_code == 409
    differing = text_of(answer).partition('id="konflikt-tabelle"')[2].partition("</table>")[0]
    assert differing.count('scope="row"') == 2
    assert "Leitung" in differing
    again = {**typed, "days": "3", "responsible": "head", "officer_id": "", "version": "2"}
    assert client.post(url, data=again).status_code == 303
    assert rules(office)[0].days == 3


def test_only_the_head_keeps_rules(office):
    office.work()
    rule_id = rules(office)[0].id
    for role in ("advisor", "assistant", "reader"):
        client = office.client_as(role)
        assert client.get(HOME).status_code == 200
        for path in ("neu", f"{rule_id}/bearbeiten"):
            assert client.get(HOME + path).status_code == 403
        for path in ("einschalten", "ausschalten", "entfernen"):
            assert client.post(f"{HOME}{rule_id}/{path}").status_code == 403
    assert office.client_as("admin").get(HOME).status_code == 403


def test_another_units_rules_look_like_none(office):
    elsewhere = office.add_unit("Nachbarstadt")
    office.actor("lead", elsewhere)
    office.work()
    theirs = rules(office, "lead", elsewhere)[0].id
    client = office.client_as("lead")
    assert client.get(f"{HOME}{theirs}/bearbeiten").status_code == 404
    for path in ("einschalten", "ausschalten", "entfernen"):
        assert client.post(f"{HOME}{theirs}/{path}").status_code == 404


def test_a_named_person_who_has_left_stays_in_the_form_and_the_page_says_so(town):
    assistant = town.office.actor("assistant")
    town.change("light_red", responsible="named", officer_id=assistant.user_id)
    town.leave(assistant.user_id)
    client = town.office.client_as("lead")
    assert "ist nicht mehr da" in text_of(client.get(HOME))
    form = text_of(client.get(f"{HOME}{town.rule('light_red').id}/bearbeiten"))
    assert f'selected value="{assistant.user_id}"' in form


def test_texts_are_shown_as_texts(office):
    client = office.client_as("lead")
    client.post(HOME + "neu", data={**TYPED, "title": "<script>alert(1)</script>"})
    assert "<script>alert" not in client.get(HOME).get_data(as_text=True)


def test_the_own_mail_is_chosen_on_a_page_of_its_own(office):
    client = office.client_as("reader")
    assert "checked" in text_of(client.get(HOME + "tagesmail"))
    page = text_of(client.post(HOME + "tagesmail", data={}, follow_redirects=True))
    assert "Die Tagesmail kommt nicht mehr." in page
    assert "Sie haben die Tagesmail abbestellt." in text_of(client.get(HOME))
    assert "checked" in text_of(office.client_as("lead").get(HOME + "tagesmail")), "nobody else's changes"


def test_pages_open_in_english(office):
    assert office.client_as("lead", language="en").get(HOME).status_code == 200
