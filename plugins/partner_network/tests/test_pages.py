"""The pages under /p/partner_network/ as people use them."""

from html import unescape

import pytest
from wf40_partner_network import queries

HOME = "/p/partner_network/"
TYPED = {
    "name": "Kammer Süd",
    "kind": "chamber",
    "helps_energy": "y",
    "note_energy": "Energiecheck",
    "note_digital": "ohne Haken",
}


def text_of(answer):
    return unescape(answer.get_data(as_text=True))


def test_officer_adds_a_partner_and_sees_it_in_the_list(office):
    client = office.client_as("advisor")
    assert client.get(HOME + "neu").status_code == 200
    answer = client.post(HOME + "neu", data=TYPED, follow_redirects=True)
    assert "Der Partner ist angelegt." in text_of(answer)
    assert "Energiecheck" in text_of(answer)
    assert "ohne Haken" not in text_of(answer)  # a note without its tick is no competence
    listed = text_of(client.get(HOME))
    assert "Kammer Süd" in listed
    assert 'aria-current="page"' in listed


def test_wrong_entries_come_back_with_a_sentence_beside_each_field(office):
    answer = office.client_as("advisor").post(
        HOME + "neu", data={**TYPED, "name": "", "email": "keine", "helps_energy": "y"}
    )
    assert answer.status_code == 422
    assert "Geben Sie den Namen des Partners ein." in text_of(answer)
    answer = office.client_as("advisor").post(HOME + "neu", data={**TYPED, "email": "keine", "note_energy": "x" * 400})
    assert answer.status_code == 422
    for part in ('id="email-error"', 'id="note_energy-error"', 'value="Kammer Süd"'):
        assert part in text_of(answer)


def test_late_save_shows_both_versions_and_a_second_save_counts(office, add):
    partner_id = add("Kammer", "chamber", phone="07531 900")
    url = f"{HOME}{partner_id}/bearbeiten"
    typed = {**TYPED, "version": "1", "phone": "07531 900"}
    office.client_as("lead").post(url, data={**typed, "name": "Kammer Nord"})
    client = office.client_as("advisor")
    answer = client.post(url, data=typed)
    assert answer.status_code == 409
    differing = text_of(answer).partition('id="konflikt-tabelle"')[2].partition("</table>")[0]
    assert differing.count('scope="row"') == 1  # only the name differs, however the number is spelt
    for part in ("Kammer Nord", "Kammer Süd", "Leitung 1", 'name="version" type="hidden" value="2"'):
        assert part in text_of(answer)
    assert client.post(url, data={**typed, "version": "2"}).status_code == 303
    with office.reading_as("advisor") as u:
        assert queries.partner(u, partner_id).name == "Kammer Süd"


def test_form_shows_what_is_stored(office, add):
    partner_id = add("Kammer", "chamber", topics={"energy": "Energiecheck"})
    page = text_of(office.client_as("advisor").get(f"{HOME}{partner_id}/bearbeiten"))
    assert 'value="Energiecheck"' in page
    assert page.count(" checked") == 1


def test_partner_is_archived_and_restored(office, add):
    url = f"{HOME}{add('Zum Seeblick')}"
    client = office.client_as("advisor")
    assert "archiviert" in text_of(client.post(url + "/archivieren", follow_redirects=True))
    assert "Zum Seeblick" not in text_of(client.get(HOME))
    assert "Zum Seeblick" in text_of(client.get(HOME + "?archiv=1"))
    assert "wieder da" in text_of(client.post(url + "/wiederherstellen", follow_redirects=True))


@pytest.mark.parametrize(
    "query", ["?seite=-1", "?seite=x", "?seite=99999999999", "?art=%27", "?thema=x&sortierung=%01", "?q=%25_'"]
)
def test_nonsense_in_the_address_does_no_harm(office, add, query):
    add("Kammer")
    assert office.client_as("reader").get(HOME + query).status_code == 200


def test_reader_sees_no_buttons_and_reaches_no_form(office, add):
    partner_id = add("Kammer")
    client = office.client_as("reader")
    assert "/bearbeiten" not in text_of(client.get(f"{HOME}{partner_id}"))
    assert "Partner anlegen" not in text_of(client.get(HOME))
    for url in ("neu", f"{partner_id}/bearbeiten", f"{partner_id}/unternehmen"):
        assert client.get(HOME + url).status_code == 403
    assert client.post(f"{HOME}{partner_id}/archivieren").status_code == 403


def test_another_units_partner_looks_like_none(office, add):
    theirs = add("Kammer nebenan", unit_id=office.add_unit("Nachbarstadt"))
    client = office.client_as("advisor")
    for url in (f"{theirs}", f"{theirs}/bearbeiten", f"{theirs}/unternehmen", "999999"):
        assert client.get(HOME + url).status_code == 404
    assert client.post(f"{HOME}{theirs}/archivieren").status_code == 404


def test_visitor_is_asked_to_sign_in(office, add):
    add("Kammer")
    answer = office.visitor().get(HOME)
    assert answer.status_code in {302, 303, 401}
    assert "Kammer" not in text_of(answer)


def test_pages_speak_english(office, add):
    add("Kammer", "chamber", topics={"energy": ""})
    page = text_of(office.client_as("advisor", language="en").get(HOME))
    assert "Partner network" in page
    assert "Chamber" in page
    assert "Contact" in page


def test_texts_of_partners_are_shown_as_texts(office, add):
    partner_id = add("<script>alert(1)</script>", note="<b>fett</b>", topics={"energy": "<i>schräg</i>"})
    client = office.client_as("advisor")
    for url in (HOME, f"{HOME}{partner_id}", f"{HOME}{partner_id}/bearbeiten"):
        page = client.get(url).get_data(as_text=True)
        assert "<script>alert" not in page
        assert "<b>fett" not in page
        assert "<i>schr" not in page


def test_switched_off_network_is_gone_and_comes_back_with_its_partners(office, add):
    url = f"{HOME}{add('Kammer')}"
    client = office.client_as("advisor")
    assert client.get(url).status_code == 200
    switch = "/verwaltung/erweiterungen/partner_network/"
    assert office.client_as("admin").post(switch + "ausschalten").status_code == 303
    assert client.get(url).status_code == 404
    assert client.get(HOME).status_code == 404
    assert "Netzwerk" not in text_of(client.get("/"))
    assert office.client_as("admin").post(switch + "einschalten").status_code == 303
    assert client.get(url).status_code == 200
    assert "Netzwerk" in text_of(client.get("/"))


def test_officer_ties_a_partner_to_a_firm_found_by_name(office, add):
    url = f"{HOME}{add('Wagner als Pate')}"
    firm = office.add_firm("Müller Metallbau GmbH")
    office.add_firm("Maler Müßig")
    client = office.client_as("advisor")
    found = text_of(client.get(url + "/unternehmen?q=muller+metall"))
    assert f'name="firm_id" value="{firm.id}"' in found
    assert "Müßig" not in found
    client.post(url + "/unternehmen", data={"firm_id": firm.id})
    assert f'href="/unternehmen/{firm.id}"' in text_of(client.get(url))
    client.post(url + "/unternehmen", data={"firm_id": ""})
    assert f'href="/unternehmen/{firm.id}"' not in text_of(client.get(url))
