"""Relations as people enter them: on the firm's page, on the partner's page, in the form."""

from html import unescape

import pytest

HOME = "/p/partner_network/"


def text_of(answer):
    return unescape(answer.get_data(as_text=True))


@pytest.fixture
def client(office):
    return office.client_as("advisor")


def test_officer_enters_a_relation_by_name_and_sees_it_on_both_records(client, add, firm):
    partner_id = add("Kammer Süd", "chamber")
    form = f"{HOME}beziehungen/neu/f-{firm.id}"
    assert "Möbelhaus Kröger GmbH …" in text_of(client.get(form))
    typed = {"kind": "advises<", "other": "kammer sud", "since": "2024-02-01", "source": "Besuch"}
    page = text_of(client.post(form, data=typed, follow_redirects=True))
    assert "Die Beziehung ist eingetragen." in page
    assert "wird beraten von" in page
    assert "seit 01.02.2024" in page
    page = text_of(client.get(f"{HOME}{partner_id}"))
    assert "berät" in page
    assert f'href="/unternehmen/{firm.id}"' in page


def test_several_hits_become_a_choice(client, add, firm):
    first, second = add("Kammer Nord"), add("Kammer Süd")
    form = f"{HOME}beziehungen/neu/f-{firm.id}"
    answer = client.post(form, data={"kind": "advises<", "other": "Kammer"})
    assert answer.status_code == 422
    for partner_id, name in ((first, "Kammer Nord"), (second, "Kammer Süd")):
        assert f'type="radio" name="other" id="other-p-{partner_id}" value="{name} (P{partner_id})"' in text_of(answer)
    assert client.post(form, data={"kind": "advises<", "other": f"Kammer Süd (P{second})"}).status_code == 303


def test_wrong_days_and_names_come_back_beside_their_fields(client, add, firm):
    add("Kammer")
    typed = {"kind": "advises<", "other": "Kammer", "since": "2024-02-02", "until": "2024-02-01"}
    answer = client.post(f"{HOME}beziehungen/neu/f-{firm.id}", data=typed)
    assert answer.status_code == 422
    assert "Das Ende liegt vor dem Beginn." in text_of(answer)
    answer = client.post(
        f"{HOME}beziehungen/neu/f-{firm.id}", data={"kind": "x", "other": "gibt es nicht", "since": "?"}
    )
    assert answer.status_code == 422
    answer = client.post(f"{HOME}beziehungen/neu/f-{firm.id}", data={"kind": "advises", "other": "gibt es nicht"})
    assert 'id="other-error"' in text_of(answer)


def test_form_shows_a_relation_from_the_side_it_was_opened_from(client, add, firm, relate):
    partner_id = add("Kammer")
    relation_id = relate(f"p-{partner_id}", "advises", f"f-{firm.id}", source="Besuch")
    from_firm = text_of(client.get(f"{HOME}beziehungen/{relation_id}/f-{firm.id}"))
    assert '<option selected value="advises<">' in from_firm
    assert f'value="Kammer (P{partner_id})"' in from_firm
    from_partner = text_of(client.get(f"{HOME}beziehungen/{relation_id}/p-{partner_id}"))
    assert '<option selected value="advises">' in from_partner
    assert client.get(f"{HOME}beziehungen/{relation_id}/f-99999").status_code == 200  # its active side then


def test_late_save_shows_both_versions(office, client, add, firm, relate):
    partner_id = add("Kammer")
    url = f"{HOME}beziehungen/{relate(f'p-{partner_id}', 'advises', f'f-{firm.id}')}/p-{partner_id}"
    typed = {"kind": "advises", "other": firm.name, "version": "1"}
    assert office.client_as("lead").post(url, data={**typed, "source": "Zeitung"}).status_code == 303
    answer = client.post(url, data={**typed, "source": "Besuch"})
    assert answer.status_code == 409
    assert "Zeitung" in text_of(answer)
    assert client.post(url, data={**typed, "source": "Besuch", "version": "2"}).status_code == 303


def test_relation_is_ended_with_one_click_and_the_way_leads_back(client, add, firm, relate):
    relation_id = relate(f"p-{add('Kammer')}", "advises", f"f-{firm.id}")
    back = f"{HOME}unternehmen/{firm.id}"
    answer = client.post(f"{HOME}beziehungen/{relation_id}/beenden", data={"next": back})
    assert answer.headers["Location"] == back
    page = text_of(client.get(back))
    assert "beendet" in page
    assert "bis 21.11.2026" in page
    answer = client.post(f"{HOME}beziehungen/{relation_id}/beenden", data={"next": "https://example.org/"})
    assert answer.headers["Location"] == "/p/partner_network/netz"


def test_firm_has_a_tab_and_a_box_with_its_partners(office, add, firm, relate):
    reader = office.client_as("reader")
    tab = f'href="{HOME}unternehmen/{firm.id}"'
    page = text_of(reader.get(f"/unternehmen/{firm.id}"))
    assert tab in page
    assert 'id="netzwerk"' not in page  # no relation: no box
    for n in range(8):
        relate(f"p-{add(f'Partner {n}')}", "advises", f"f-{firm.id}")
    page = text_of(reader.get(f"/unternehmen/{firm.id}"))
    box = page.partition('id="netzwerk"')[2].partition("</section>")[0]
    assert box.count("wird beraten von") == 6
    assert "2 weitere Beziehungen" in box
    assert 'Netzwerk<span class="wf-count">8' in page


def test_reader_sees_relations_and_no_way_to_change_them(office, add, firm, relate):
    relation_id = relate(f"p-{add('Kammer')}", "advises", f"f-{firm.id}")
    reader = office.client_as("reader")
    page = text_of(reader.get(f"{HOME}unternehmen/{firm.id}"))
    assert "wird beraten von" in page
    assert "/beziehungen/" not in page
    assert reader.get(f"{HOME}beziehungen/neu/f-{firm.id}").status_code == 403
    assert reader.post(f"{HOME}beziehungen/{relation_id}/beenden").status_code == 403


@pytest.mark.parametrize("key", ["x-1", "f-", "f-99999", "p-0", "f-1x", "%00"])
def test_nonsense_for_a_side_leads_nowhere(client, key):
    assert client.get(f"{HOME}beziehungen/neu/{key}").status_code in {400, 404}


def test_field_offers_partners_and_firms(client, add, firm):
    partner_id = add("Möbelverband", town="Ulm")
    answer = text_of(client.get(f"{HOME}auswahl?q=mobel"))
    assert f'data-value="Möbelverband (P{partner_id})">Möbelverband – Beratung, Ulm' in answer
    assert f'data-value="Möbelhaus Kröger GmbH (U{firm.id})"' in answer
    assert client.get(f"{HOME}auswahl").get_data() == b""


def test_names_are_shown_as_texts(client, add, firm, relate):
    key = f"p-{add('<script>alert(1)</script>')}"
    relate(key, "advises", f"f-{firm.id}", note="<b>fett</b>", source="<i>schräg</i>")
    for url in (f"{HOME}unternehmen/{firm.id}", f"{HOME}netz", f"{HOME}auswahl?q=script", f"/unternehmen/{firm.id}"):
        page = client.get(url).get_data(as_text=True)
        assert "<script>alert" not in page
        assert "<b>fett" not in page
        assert "<i>schr" not in page
