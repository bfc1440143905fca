"""„Wer kann helfen“ on a firm's page."""

from html import unescape

PANEL = 'id="hilfe"'


def page_of(office, firm, role="advisor"):
    answer = office.client_as(role).get(f"/unternehmen/{firm.id}")
    assert answer.status_code == 200
    return unescape(answer.get_data(as_text=True))


def talk_about(office, firm, *topics, confidentiality="internal"):
    data = {
        "kind": "visit", "channel": "on_site", "held_on": "2026-11-20", "occasion": "Besuch", "summary": "", "agreements": "",
        "confidentiality": confidentiality, "topics": list(topics),
    }  # fmt: skip
    client = office.client_as("advisor")
    form = client.get(f"/unternehmen/{firm.id}/gespraeche/neu").get_data(as_text=True)
    key = form.partition('name="entry_key"')[2].partition('value="')[2].partition('"')[0]
    answer = client.post(f"/unternehmen/{firm.id}/gespraeche/neu", data={**data, "entry_key": key})
    assert answer.status_code == 303, unescape(answer.get_data(as_text=True))


def test_partners_for_the_topics_of_the_last_conversation_stand_on_the_firms_page(office, add, firm):
    add("Energierat", topics={"energy": "Energiecheck"}, town="Musterhausen")
    add("Digitalrat", topics={"digital": ""})
    talk_about(office, firm, "energy")
    page = page_of(office, firm)
    assert PANEL in page
    assert "im selben Ort; auf dieses Thema spezialisiert: Energiecheck" in page
    assert "Digitalrat" not in page


def test_without_a_conversation_help_for_digitalisation_is_shown(office, add, firm):
    add("Energierat", topics={"energy": ""})
    add("Digitalrat", topics={"digital": ""})
    page = page_of(office, firm)
    assert "Noch kein Gespräch mit Themen." in page
    assert "Digitalrat" in page
    assert "Energierat" not in page


def test_the_first_two_offers_are_shown_and_the_others_folded(office, add, firm):
    for name in ("Anna", "Berta", "Clara", "Dora"):
        add(f"{name}rat", topics={"digital": ""})
    shown, _mark, folded = page_of(office, firm).partition(PANEL)[2].partition("2 weitere Angebote</summary>")
    folded = folded.partition("</details>")[0]
    assert [name in shown for name in ("Annarat", "Bertarat", "Clararat", "Dorarat")] == [True, True, False, False]
    assert [name in folded for name in ("Annarat", "Bertarat", "Clararat", "Dorarat")] == [False, False, True, True]


def test_a_confidential_conversation_does_not_show_its_topic_through_the_offers(office, add, firm):
    add("Nachfolgerat", topics={"succession": ""})
    talk_about(office, firm, "succession", confidentiality="officer")
    assert "Nachfolgerat" not in page_of(office, firm, "reader")


def test_no_panel_where_the_network_is_empty(office, firm):
    assert PANEL not in page_of(office, firm)


def test_panel_goes_when_the_network_is_switched_off(office, add, firm):
    add("Digitalrat", topics={"digital": ""})
    assert PANEL in page_of(office, firm)
    office.client_as("admin").post("/verwaltung/erweiterungen/partner_network/ausschalten")
    page = page_of(office, firm)
    assert PANEL not in page
    assert "Möbelhaus Kröger" in page
