"""Answers are found by what the firm wrote, by those who may read them, and by nothing that was only ticked."""

import pytest
from flow_support import YES, Browser, firm, invitation
from wf40_digital_readiness.search import PROVIDER

from wf40.sdk.services import Search

BASE = "/p/digital_readiness"


@pytest.fixture
def plugins():
    return ("digital_readiness",)


def found(office, query, role="advisor", unit_id=1):
    page = office.client_as(role, unit_id).get(f"/suche?q={query}").text.split("<main", 1)[1]
    return f'href="{BASE}/antworten/' in page


def enter(office, note, name="Metallbau Krämer GmbH", unit_id=1):
    firm_id = firm(office, name, unit_id)
    data = {**YES, "answered_on": "2026-11-02", "channel": "paper", "note": note}
    return office.client_as("advisor", unit_id).post(f"{BASE}/eingeben/{firm_id}", data=data).location


def test_a_note_on_paper_is_found_at_once(office):
    where = enter(office, "Wir suchen Hilfe bei der Warenwirtschaft")
    assert found(office, "warenwirtschaft")
    assert found(office, "wirtschaft")  # inside the word
    assert not found(office, "Krämer")  # that finds the firm
    page = office.client_as("advisor").get("/suche?q=Warenwirtschaft").text
    assert where in page
    assert "Hinweis" in page


def test_a_note_by_link_is_found_and_one_without_words_is_not(office):
    _firm_id, _invitation_id, token = invitation(office)
    browser = Browser(office)
    browser.start(token)
    browser.fill_in(YES)
    browser.submit("Rückruf wegen Serverumzug")
    assert found(office, "serverumzug")
    enter(office, "  ", name="Schweigsam GmbH")
    with office.reading_as("advisor") as u:
        assert [doc.record_id for doc in PROVIDER.documents(u, PROVIDER.ids(u, 0, 9))] == [1]
    assert not found(office, "yes")


def test_the_index_built_anew_says_the_same_and_other_units_find_nothing(office):
    other = office.add_unit("Nachbarstadt")
    enter(office, "Warenwirtschaft", unit_id=other)
    assert not found(office, "Warenwirtschaft")
    assert found(office, "Warenwirtschaft", unit_id=other)
    with office.writing_as("advisor", other) as u:
        u.service(Search).drop(u, "digital_readiness", [1])
    assert not found(office, "Warenwirtschaft", unit_id=other)
    with office.writing_as("advisor", other) as u:
        u.service(Search).refresh(u, "digital_readiness", [1])
    assert found(office, "Warenwirtschaft", unit_id=other)
