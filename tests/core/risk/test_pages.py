"""The Ampel on the pages: head, panel, list, work lists, explanation, in both languages."""

import re
from datetime import date

import pytest
from risk_support import CONCEPTS, add_firm, changed, score

from wf40.core.signals import service as signals
from wf40.core.signals.service import SignalInput


@pytest.fixture
def firm(office, answers):
    firm = add_firm(office, "Blechwerk Muster GmbH")
    answers.say(firm, 1)
    changed(office, firm)
    return firm


def text(response, status=200):
    assert response.status_code == status
    return re.sub(r"\s+", " ", response.get_data(as_text=True))


def test_the_record_shows_ampel_panel_and_the_way_to_the_explanation(office, firm):
    page = text(office.client_as("advisor").get(f"/unternehmen/{firm}"))
    assert "Ampel: rot" in page
    assert "Warum rot?" in page
    assert "Entscheidet nichts" in page
    assert f"/unternehmen/{firm}/fruehwarnung" in page
    assert f"/unternehmen/{firm}/signale/neu" in page


def test_the_explanation_names_contributions_costs_sources_and_version(office, firm):
    page = text(office.client_as("reader").get(f"/unternehmen/{firm}/fruehwarnung"))
    for expected in (
        "Warum rot?", "Strukturdruck der Branche", "Digitaler Rückstand", "keine erfasst", "2026.1", "21.11.2026",
        "Probecheck", "Was die Punkte senken würde", "ordnet nur, mit wem Sie zuerst sprechen",
    ):  # fmt: skip
        assert expected in page, expected
    assert f"Zusammen: {round(score(office, firm).points)} Punkte" in page
    assert "Ampel von Hand festlegen" not in page


def test_answers_and_the_form_are_folded_until_somebody_wants_them(office, firm):
    client, url = office.client_as("lead"), f"/unternehmen/{firm}/fruehwarnung"
    page = text(client.get(url))
    folded = re.findall(r"<details class=\"wf-more\"> ?<summary>(.*?)</summary>(.*?)</details>", page)
    (answers_title, answers), (form_title, form) = folded
    assert (answers_title, form_title) == (f"{len(CONCEPTS)} Antworten (Probecheck)", "Andere Ampel festlegen")
    assert answers.count("/probe/") == len(CONCEPTS)
    assert "keine erfasst" in page.replace(answers, "")
    assert 'name="reason"' in form
    refused = text(client.post(f"{url}/festlegen", data={"light": "green", "expires_on": "2027-01-31"}), 422)
    assert '<details class="wf-more" open>' in refused


def test_a_light_is_set_and_withdrawn_on_the_page(office, firm):
    client = office.client_as("lead")
    url = f"/unternehmen/{firm}/fruehwarnung"
    refused = client.post(f"{url}/festlegen", data={"light": "green", "reason": "", "expires_on": "2027-01-31"})
    assert "Bitte begründen Sie" in text(refused, 422)
    given = {"light": "green", "reason": "Neue Anlage läuft seit Oktober.", "expires_on": "2027-01-31"}
    assert client.post(f"{url}/festlegen", data=given).status_code == 303
    page = text(client.get(url))
    assert "Neue Anlage läuft seit Oktober." in page
    assert "gilt bis 31.01.2027" in page
    assert "Berechnet: Rot" in page
    assert client.post(f"{url}/aufheben").status_code == 303
    assert score(office, firm).light == "red"


def test_a_day_that_is_none_gets_one_sentence(office, firm):
    given = {"light": "green", "reason": "Neue Anlage läuft.", "expires_on": "morgen"}
    answer = office.client_as("lead").post(f"/unternehmen/{firm}/fruehwarnung/festlegen", data=given)
    assert "Das ist kein Datum" in text(answer, 422)


def test_the_work_lists_order_and_filter(office, firm, answers):
    grey = add_firm(office, "Grau GmbH", employees=200)
    client = office.client_as("advisor")
    today = text(client.get("/fruehwarnung"))
    assert "Blechwerk Muster GmbH" in today
    assert "Grau GmbH" not in today
    assert "Blechwerk Muster GmbH" not in text(client.get("/fruehwarnung?ampel=green"))
    waiting = text(client.get("/fruehwarnung/grau"))
    assert f"/unternehmen/{grey}" in waiting
    assert "Noch kein Check" in waiting


def test_the_firm_list_filters_and_orders_by_ampel(office, firm):
    add_firm(office, "Aaa Grau GmbH")
    client = office.client_as("advisor")
    listed = text(client.get("/unternehmen?sortierung=ampel"))
    assert listed.index("Blechwerk Muster GmbH") < listed.index("Aaa Grau GmbH")
    red = text(client.get("/unternehmen?f-ampel=red"))
    assert "Blechwerk Muster GmbH" in red
    assert "Aaa Grau GmbH" not in red
    assert "Blechwerk Muster GmbH" not in text(client.get("/unternehmen?f-strukturdruck=none"))


def test_my_day_names_grey_firms_and_new_signals(office, firm):
    add_firm(office, "Grau GmbH")
    with office.writing_as("advisor") as u:
        signals.record_signal(u, firm, SignalInput("supplier_lost", "Zeitung", date(2026, 11, 20), label="Stahl fehlt"))
    page = text(office.client_as("advisor").get("/"))
    assert "Graue Unternehmen, bei denen sich ein Check lohnt" in page
    assert "Grau GmbH" in page
    assert "Stahl fehlt" in page


def test_every_page_exists_in_english(office, firm):
    client = office.client_as("advisor", language="en")
    for url in ("/fruehwarnung", "/fruehwarnung/grau", "/fruehwarnung/signale", f"/unternehmen/{firm}/fruehwarnung"):
        page = text(client.get(url))
        assert 'lang="en"' in page
        assert "2026-11-21" not in page


def test_what_turns_a_light_red_is_read_in_each_readers_language(office, firm):
    """Whoever records it: the score keeps the German name, and the list translates it."""
    given = {"kind": "insolvency_notice", "observed_on": "2026-11-20", "source": "Gericht"}
    english = office.client_as("advisor", language="en")
    assert english.post(f"/unternehmen/{firm}/signale/neu", data=given).status_code == 303
    assert score(office, firm).hard_triggers == ["Insolvenz bekannt gemacht"]
    lists = {c: text(c.get("/fruehwarnung")) for c in (english, office.client_as("reader"))}
    assert ["Insolvency announced" in page for page in lists.values()] == [True, False]
    assert ["Insolvenz bekannt gemacht" in page for page in lists.values()] == [False, True]


def test_roles_without_the_right_see_nothing(office, firm):
    for role in ("admin", "privacy"):
        client = office.client_as(role)
        for url in (
            "/fruehwarnung",
            "/fruehwarnung/grau",
            "/fruehwarnung/signale",
            f"/unternehmen/{firm}/fruehwarnung",
        ):
            assert client.get(url).status_code == 403
    reader = office.client_as("reader")
    given = {"light": "green", "reason": "Neue Anlage läuft.", "expires_on": "2027-01-31"}
    assert reader.post(f"/unternehmen/{firm}/fruehwarnung/festlegen", data=given).status_code == 403


def test_an_unknown_firm_is_not_found(office):
    assert office.client_as("advisor").get("/unternehmen/4711/fruehwarnung").status_code == 404
