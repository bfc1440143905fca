"""Pages of concerns in a browser's stand-in: every step without a script, and who sees what."""

import html
import re
from dataclasses import replace
from datetime import date

import pytest

from wf40.core.concerns import queries
from wf40.core.contacts.service import ContactInput, add_contact
from wf40.core.firms.service import archive_firm
from wf40.testing.office import OfficeClient

FORM = {
    "title": "Halle zu klein", "topic": "space", "kind": "site_offer", "description": "Sucht 2.000 m².\r\nBald.",
    "raised_on": "2026-11-20", "deadline_on": "", "entry_key": "k" * 32,
}  # fmt: skip
HAND_ON = {"recipient_key": "circle-7", "message": "Bitte prüfen.", "answer_by": "2026-12-04", "entry_key": "h" * 32}


def hidden(page: str, name: str) -> str:
    field = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)[0]
    return html.unescape(re.search(r'value="([^"]*)"', field)[1])


@pytest.fixture
def client(office) -> OfficeClient:
    return office.client_as("advisor")


@pytest.fixture
def form(office):
    return FORM | {"owner_id": str(office.actor("advisor").user_id)}


def test_a_concern_is_recorded_from_the_firm_and_stands_everywhere(client, firm, form):
    assert f'href="/unternehmen/{firm.id}/anliegen/neu"' in client.get(f"/unternehmen/{firm.id}").text
    answer = client.post(f"/unternehmen/{firm.id}/anliegen/neu", data=form)
    assert answer.status_code == 303
    assert client.post(f"/unternehmen/{firm.id}/anliegen/neu", data=form).location == answer.location
    page = client.get(answer.location).text
    for part in (
        "Halle zu klein",
        "Sucht 2.000 m².\nBald.",
        "25.11.2026",
        "27.11.2026",
        "Standortangebot",
        "Fläche",
        "Beratung 1",
    ):
        assert part in page, part
    paths = ("/", "/anliegen", "/unternehmen/{0}", "/unternehmen/{0}/anliegen", "/unternehmen/{0}/verlauf")
    for path in paths:
        assert "Halle zu klein" in client.get(path.format(firm.id)).text, path


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("title", "", "was das Unternehmen braucht"),
        ("title", "x" * 201, "möglich sind 200"),
        ("raised_on", "2026-11-22", "liegt in der Zukunft"),
        ("raised_on", "31.11.2026", "kein Datum"),
        ("deadline_on", "2026-11-19", "bevor das Anliegen aufgenommen wurde"),
        ("owner_id", "999", "Auswahl"),
        ("owner_id", "x" * 20, "Auswahl"),
        ("topic", "weather", "Auswahl"),
    ],
)
def test_bad_input_gets_a_sentence_and_what_was_typed_stays(client, firm, form, field, value, sentence):
    answer = client.post(
        f"/unternehmen/{firm.id}/anliegen/neu", data=form | {"description": "<b>bald</b>", field: value}
    )
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "&lt;b&gt;bald&lt;/b&gt;" in answer.text


def test_who_saves_too_late_sees_both_versions_and_may_save_on_purpose(office, client, firm, form):
    where = client.post(f"/unternehmen/{firm.id}/anliegen/neu", data=form).location
    lead = office.client_as("lead")
    assert (
        lead.post(f"{where}/bearbeiten", data=form | {"version": "1", "title": "Halle viel zu klein"}).status_code
        == 303
    )
    late = client.post(f"{where}/bearbeiten", data=form | {"version": "1", "title": "Grundstück gesucht"})
    assert late.status_code == 409
    for part in ("Halle viel zu klein", "Grundstück gesucht", "Leitung 1"):
        assert part in late.text
    assert client.post(f"{where}/bearbeiten", data=form | {"version": hidden(late.text, "version")}).status_code == 303


def test_an_empty_form_sent_again_with_another_text_loses_neither(client, firm, form):
    first = client.post(f"/unternehmen/{firm.id}/anliegen/neu", data=form)
    other = client.post(f"/unternehmen/{firm.id}/anliegen/neu", data=form | {"title": "Etwas anderes"})
    assert other.status_code == 409
    assert "Halle zu klein" in other.text
    assert "Etwas anderes" in other.text
    assert f'action="{first.location}/bearbeiten"' in other.text


def test_first_answer_state_and_owner_are_one_form_each(office, client, firm, form):
    where = client.post(f"/unternehmen/{firm.id}/anliegen/neu", data=form).location
    assert client.post(f"{where}/erste-antwort", data={"how": "phone", "on": "2026-11-22"}).status_code == 422
    assert client.post(f"{where}/erste-antwort", data={"how": "phone", "on": "2026-11-21"}).status_code == 303
    assert "21.11.2026, per Telefon" in client.get(where).text
    version = hidden(client.get(where).text, "version")
    assert client.post(f"{where}/status", data={"state": "in_progress", "version": version}).status_code == 303
    late = client.post(f"{where}/status", data={"state": "solved", "outcome": "Gefunden.", "version": version})
    assert late.status_code == 409
    assert "Gefunden." in late.text
    version = str(int(version) + 1)
    refused = client.post(f"{where}/status", data={"state": "solved", "outcome": " ", "version": version})
    assert (refused.status_code, "was daraus geworden ist" in refused.text) == (422, True)
    lead = str(office.actor("lead").user_id)
    assert client.post(f"{where}/uebernehmen", data={"owner_id": "77", "version": version}).status_code == 422
    assert client.post(f"{where}/uebernehmen", data={"owner_id": lead, "version": version}).status_code == 303
    data = {"state": "solved", "outcome": "Gefunden.", "version": str(int(version) + 1)}
    assert client.post(f"{where}/status", data=data).status_code == 303
    page = client.get(where).text
    assert "Gefunden." in page
    assert "Wieder aufnehmen" in page
    assert "Leitung 1" in page
    data = {"state": "in_progress", "version": str(int(version) + 2)}
    assert client.post(f"{where}/status", data=data).status_code == 303


def test_handing_on_shows_the_mail_first_and_sends_just_that(client, add, firm, agreed, seen):
    concern_id, (_contact, consent_id) = add(firm.id), agreed(firm.id)
    url = f"/anliegen/{concern_id}/weiterleiten"
    empty = client.get(url).text
    assert 'optgroup label="Kammern"' in empty
    assert ">Handwerkskammer</option>" in empty
    assert "Jetzt weiterleiten" not in empty
    data = HAND_ON | {"consent_id": str(consent_id), "version": hidden(empty, "version")}
    unseen = client.post(url, data=data | {"schritt": "senden", "seen": ""})
    assert unseen.status_code == 422
    shown = client.post(url, data=data | {"schritt": "vorschau"}).text
    for part in (
        "kammer@partner.example",
        "Ines Vorlage, Geschäftsführerin",
        "bis zum 04.12.2026",
        "Jetzt weiterleiten",
    ):
        assert part in shown
    data |= {"seen": hidden(shown, "seen"), "schritt": "senden"}
    changed = client.post(url, data=data | {"message": "Etwas anderes."})
    assert (changed.status_code, "hat sich etwas geändert" in changed.text) == (422, True)
    assert seen(concern_id)[1] == []
    sent = client.post(url, data=data)
    assert (sent.status_code, sent.location) == (303, f"/anliegen/{concern_id}")
    assert client.post(url, data=data).status_code == 303
    page = client.get(sent.location).text
    assert "Handwerkskammer" in page
    assert "Antwort steht aus" in page
    assert len(seen(concern_id)[1]) == 1


def test_without_consent_the_page_says_so_and_takes_one(client, add, firm, acting, seen):
    concern_id = add(firm.id)
    url = f"/anliegen/{concern_id}/weiterleiten"
    assert f'href="/unternehmen/{firm.id}/ansprechpersonen/neu"' in client.get(url).text
    with acting() as u:
        person = add_contact(
            u, firm.id, ContactInput("Neu", "Nora", email="nora@firma.example", mail_basis="public_task")
        )
    page = client.get(url).text
    assert "Es liegt keine Einwilligung vor" in page
    assert f'href="/ansprechpersonen/{person}"' in page
    data = HAND_ON | {
        "version": hidden(page, "version"),
        "contact_id": str(person),
        "given_how": "spoken",
        "given_on": "2026-11-20",
    }
    refused = client.post(url, data=data | {"schritt": "vorschau"})
    assert (refused.status_code, "Ohne diese Zustimmung geht nichts hinaus." in refused.text) == (422, True)
    no_day = client.post(url, data=data | {"recorded": "y", "given_on": ""})
    assert (no_day.status_code, "wann die Einwilligung erteilt wurde" in no_day.text) == (422, True)
    shown = client.post(url, data=data | {"recorded": "y", "schritt": "vorschau"})
    assert "Nora Neu" in shown.text
    data |= {"recorded": "y", "seen": hidden(shown.text, "seen"), "schritt": "senden"}
    assert client.post(url, data=data).status_code == 303
    assert seen(concern_id)[1][0].consent_proof.startswith("Nora Neu, erteilt am 20.11.2026 mündlich")
    assert "Es liegt keine Einwilligung vor" not in client.get(url).text


def test_a_stale_hand_on_is_shown_again_with_what_would_be_sent_now(client, add, firm, agreed, form):
    concern_id, (_contact, consent_id) = add(firm.id), agreed(firm.id)
    url = f"/anliegen/{concern_id}/weiterleiten"
    data = HAND_ON | {"consent_id": str(consent_id), "version": "1"}
    data["seen"] = hidden(client.post(url, data=data).text, "seen")
    client.post(f"/anliegen/{concern_id}/bearbeiten", data=form | {"version": "1", "title": "Halle viel zu klein"})
    late = client.post(url, data=data | {"schritt": "senden"})
    assert late.status_code == 409
    assert "Anliegen: Halle viel zu klein" in late.text
    data |= {"seen": hidden(late.text, "seen"), "version": hidden(late.text, "version"), "schritt": "senden"}
    assert client.post(url, data=data).status_code == 303


def test_answers_receipt_and_recall_are_one_step_each(client, handed, firm, seen):
    concern_id, handover_id = handed()
    where = f"/anliegen/weiterleitungen/{handover_id}"
    assert client.post(f"{where}/bestaetigt").location == f"/anliegen/{concern_id}"
    assert "Rückmeldung ausstehend" in client.get(f"/anliegen/{concern_id}").text
    assert "Handwerkskammer" in client.get(f"{where}/ergebnis").text
    assert client.post(f"{where}/ergebnis", data={"outcome": "perhaps"}).status_code == 422
    answer = client.post(f"{where}/zuruecknehmen")
    assert answer.location == f"/anliegen/{concern_id}"
    assert "Bitte sagen Sie dort Bescheid: Handwerkskammer" in client.get(answer.location).text
    assert seen(concern_id)[0].state == "in_progress"
    assert client.get("/anliegen/weiterleitungen/999/ergebnis").status_code == 404
    verlauf = client.get(f"/unternehmen/{firm.id}/verlauf").text
    for part in (
        "An Handwerkskammer weitergeleitet: Halle zu klein",
        "Weiterleitung an Handwerkskammer zurückgenommen",
    ):
        assert part in verlauf


def test_of_a_confidential_one_nobody_else_learns_anything_on_any_page(office, add, firm, need, agreed, hand):
    secret = replace(need, title="Kurzarbeit geplant", description="Zwölf Stellen.", topic="staff", confidential=True)
    concern_id = add(firm.id, secret)
    hand(concern_id, agreed(firm.id)[1], message="Bitte um vertraulichen Rückruf.")
    pages = (
        "/", "/anliegen", "/anliegen?q=geplant", "/anliegen?thema=staff", f"/anliegen/{concern_id}",
        f"/unternehmen/{firm.id}", f"/unternehmen/{firm.id}/anliegen", f"/unternehmen/{firm.id}/verlauf",
    )  # fmt: skip
    for role in ("assistant", "reader", "lead"):
        client = office.client_as(role)
        for path in pages:
            text = client.get(path).text
            for word in ("Kurzarbeit", "Zwölf Stellen", "Handwerkskammer", "vertraulichen Rückruf"):
                assert word not in text, (role, path, word)
        assert "Dieses Anliegen ist vertraulich" in client.get(f"/anliegen/{concern_id}").text
        assert client.get(f"/anliegen/{concern_id}/bearbeiten").status_code == 403
        assert client.get(f"/anliegen/{concern_id}/weiterleiten").status_code == 403
    owner = office.client_as("advisor")
    assert "Kurzarbeit geplant" in owner.get(f"/anliegen/{concern_id}").text
    verlauf = owner.get(f"/unternehmen/{firm.id}/verlauf").text
    assert "Vertrauliches Anliegen weitergeleitet" in verlauf
    assert "Handwerkskammer" not in verlauf


def test_who_may_not_gets_neither_buttons_nor_pages(office, add, firm):
    concern_id = add(firm.id)
    reader = office.client_as("reader")
    page = reader.get(f"/anliegen/{concern_id}").text
    for word in ("Bearbeiten", "Weiterleiten", "Zuständigkeit ändern", "Erste Antwort festhalten"):
        assert word not in page
    for path in (
        f"/unternehmen/{firm.id}/anliegen/neu",
        f"/anliegen/{concern_id}/bearbeiten",
        f"/anliegen/{concern_id}/weiterleiten",
    ):
        assert reader.get(path).status_code == 403
    for path in ("status", "erste-antwort", "uebernehmen"):
        data = {"state": "in_progress", "how": "phone", "on": "2026-11-21", "owner_id": "0", "version": "1"}
        assert reader.post(f"/anliegen/{concern_id}/{path}", data=data).status_code in (403, 422), path
    with office.reading_as("reader") as u:
        assert queries.concern(u, concern_id).version == 1
    for role in ("admin", "privacy"):
        assert office.client_as(role).get(f"/anliegen/{concern_id}").status_code == 403
    south = office.add_unit("Süd", 1)
    assert office.client_as("advisor", south).get(f"/anliegen/{concern_id}").status_code == 404
    assert office.client_as("advisor", south).get(f"/unternehmen/{firm.id}/anliegen").status_code == 404


def test_the_navigation_counts_ones_own_late_ones_and_the_head_sees_what_nobody_has(office, client, add, firm, need):
    entry = re.compile(r'href="/anliegen".*?</a>', re.DOTALL)
    add(firm.id)
    assert "wf-count" not in entry.search(client.get("/").text)[0]
    late = replace(need, raised_on=date(2026, 11, 2))
    add(firm.id, late)
    add(firm.id, replace(late, owner_id=0))
    assert re.search(r'wf-count"?>1\b', entry.search(client.get("/").text)[0])
    assert len(re.findall(r">überfällig<", client.get("/anliegen").text)) == 2
    assert "1 Anliegen ohne zuständige Person" in office.client_as("lead").get("/anliegen").text
    assert "ohne zuständige Person" not in client.get("/anliegen").text
    assert "1 ohne zuständige Person" in office.client_as("lead").get("/").text


def test_the_firm_list_finds_firms_that_wait(office, client, add, firm):
    office.add_firm("Ruhige GmbH")
    add(firm.id)
    field = re.search(r'name="([^"]*concern[^"]*)"', client.get("/unternehmen").text)[1]
    found = client.get(f"/unternehmen?{field}=open").text
    assert firm.name in found
    assert "Ruhige GmbH" not in found


@pytest.mark.parametrize(
    "query",
    [
        "stand=unsinn&thema=x&person=y&seite=zz&sortierung=q",
        "person=99999999999",
        "q=%25",
        "seite=-1",
        "stand=new",
    ],
)
def test_no_address_breaks_the_list(client, add, firm, query):
    add(firm.id)
    assert client.get(f"/anliegen?{query}").status_code == 200
    assert client.get(f"/unternehmen/{firm.id}/anliegen?{query}").status_code == 200


@pytest.mark.parametrize("form", ["erste-antwort", "status", "uebernehmen"])
def test_the_address_of_a_form_leads_back_to_the_concern(client, add, firm, form):
    concern_id = add(firm.id)
    assert client.get(f"/anliegen/{concern_id}/{form}").location == f"/anliegen/{concern_id}"


def test_an_archived_firm_offers_no_new_concern(client, firm, add, acting):
    concern_id = add(firm.id)
    with acting() as u:
        archive_firm(u, firm.id)
    assert "/anliegen/neu" not in client.get(f"/unternehmen/{firm.id}").text
    assert client.get(f"/anliegen/{concern_id}").status_code == 200


def test_the_origin_leads_to_the_conversation(client, firm, add, need):
    concern_id = add(firm.id, replace(need, record="consultation:5"))
    assert 'href="/gespraeche/5"' in client.get(f"/anliegen/{concern_id}").text
    odd = add(firm.id, replace(need, record="<b>:x"))
    assert client.get(f"/anliegen/{odd}").status_code == 200
