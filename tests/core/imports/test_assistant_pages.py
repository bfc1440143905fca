"""Each step of the assistant: sheet and header, columns with rules, profiles, decisions, corrections, file; both databases."""

import io
import re
from collections.abc import Callable
from typing import Any

from openpyxl import Workbook
from sqlalchemy import select

from tests.core.imports.conftest import Assistant
from wf40.core.imports.models import ImportProfile, ImportRow, ImportRun
from wf40.testing.office import Office

Rows = Callable[[], list[Any]]
LIST = "Firma;Ort;Telefon\nAlpha GmbH;Konstanz;07531 1\nBeta GmbH;Konstanz;07531 2\n"
FAULTY = "Firma;Ort;Registernummer\nAlpha GmbH;Konstanz;HRB ???\nBeta GmbH;Konstanz;HRB 5\n"
HTMX = {"HX-Request": "true"}


def run_of(assistant: Assistant) -> ImportRun:
    with assistant.office.reading_as("advisor") as u:
        return u.session.get_one(ImportRun, assistant.run_id)


def row_of(assistant: Assistant, row_no: int) -> ImportRow:
    with assistant.office.reading_as("advisor") as u:
        return u.session.get_one(ImportRow, (assistant.run_id, row_no))


def workbook() -> bytes:
    book = Workbook()
    for row in (["Bitte beachten", "die Zahl"], ["Blätter", "2"]):
        book.active.append(row)  # type: ignore[union-attr]
    sheet = book.create_sheet("Betriebe")
    for row in (["Auszug", None], ["Name", "Ort"], ["Alpha GmbH", "Konstanz"]):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_file_leads_to_its_first_rows_and_a_chosen_header_to_the_columns(assistant: Assistant) -> None:
    assert assistant.upload(workbook(), "liste.xlsx").location.endswith("/tabelle")
    assert "Bitte beachten" in assistant.page("tabelle")
    answer = assistant.client.post(assistant.url("tabelle"), data={"sheet": "Betriebe"})
    assert answer.location.endswith("/tabelle")
    text = assistant.page("tabelle")
    assert re.search(r'value="Betriebe" aria-current="true"', text)
    assert re.search(r'value="2" checked', text)
    assert text.index("Auszug") < text.index("Alpha GmbH")
    answer = assistant.client.post(assistant.url("tabelle"), data={"header_row": "2"})
    assert answer.location.endswith("/spalten")
    assert run_of(assistant).headers == ["Name", "Ort"]


def test_a_row_that_cannot_be_the_header_is_refused_with_a_sentence(assistant: Assistant) -> None:
    assistant.upload(LIST)
    answer = assistant.client.post(assistant.url("tabelle"), data={"header_row": "99"})
    assert answer.status_code == 422
    assert "Die Kopfzeile muss eine der ersten" in answer.text


def test_two_columns_to_one_field_are_refused_and_what_was_chosen_stays(assistant: Assistant) -> None:
    assistant.upload(LIST)
    answer = assistant.choose(
        "name", "name", "phone", **{"policy": "overwrite", "policy-2": "fill", "profile": "Liste"}
    )
    assert answer.status_code == 422
    assert "Spalte B: „Name“ ist schon für die Spalte „Firma“ gewählt." in answer.text
    assert re.search(r'value="overwrite" selected', answer.text)
    assert re.search(r'name="policy-2".*?value="fill" selected', answer.text, re.DOTALL)
    assert 'name="profile" maxlength="100" autocomplete="off" value="Liste"' in answer.text
    with assistant.office.reading_as("advisor") as u:
        assert u.session.scalars(select(ImportProfile)).all() == []


def test_the_rule_for_all_columns_and_that_of_one_are_stored_and_shown_again(assistant: Assistant) -> None:
    assistant.upload(LIST)
    assistant.choose("name", "town", "phone", **{"policy": "fill", "policy-2": "overwrite"})
    assert run_of(assistant).policies == {"name": "fill", "town": "fill", "phone": "overwrite"}
    text = assistant.page("spalten")
    assert re.search(r'id="policy" name="policy">.*?value="fill" selected', text, re.DOTALL)
    own = dict(re.findall(r'name="policy-(\d)">(.*?)</select>', text, re.DOTALL))
    assert {number: re.findall(r'value="(\w+)" selected', options) for number, options in own.items()} == {
        "0": [],
        "1": [],
        "2": ["overwrite"],
    }


def test_a_profile_is_proposed_for_the_same_headings_in_another_order(assistant: Assistant) -> None:
    assistant.upload(LIST, source="IHK Mitglieder", legal_basis="public_register")
    assistant.choose("name", "", "phone", policy="fill", profile="IHK")
    assistant.upload("Telefon;FIRMA;Ort\n1;Gamma GmbH;Konstanz\n", "neu.csv")
    text = assistant.page("spalten")
    assert "Profil „IHK“" in text
    run = run_of(assistant)
    assert run.fields == ["phone", "name", None]
    assert run.policies == {"phone": "fill", "name": "fill"}


def test_a_profile_fits_a_sheet_that_is_chosen_later(assistant: Assistant) -> None:
    assistant.upload("Name;Ort\nAlpha GmbH;Konstanz\n")
    assistant.choose("name", "", profile="Betriebe")
    assistant.upload(workbook(), "liste.xlsx")
    assert run_of(assistant).profile_id is None
    assistant.client.post(assistant.url("tabelle"), data={"sheet": "Betriebe"})
    assert run_of(assistant).fields == ["name", None]
    assert "Profil „Betriebe“" in assistant.page("spalten")


def test_another_shape_gets_no_profile_unless_it_is_chosen(assistant: Assistant) -> None:
    assistant.upload(LIST, source="IHK Mitglieder", legal_basis="public_register")
    assistant.choose("trade_name", "name", "", profile="IHK")
    other = "Firma;Ort;Straße\nGamma GmbH;Konstanz;Weg 1\n"
    assistant.upload(other, "neu.csv")
    assert run_of(assistant).fields == ["name", "town", "street"]
    with assistant.office.reading_as("advisor") as u:
        profile_id = u.session.scalars(select(ImportProfile.id)).one()
    assert assistant.upload(other, "neu.csv", source="", legal_basis="", profile=str(profile_id)).status_code == 303
    run = run_of(assistant)
    assert (run.fields, run.source, run.legal_basis) == (
        ["trade_name", "name", "street"],
        "IHK Mitglieder",
        "public_register",
    )


def test_profiles_are_renamed_and_removed(assistant: Assistant, office: Office) -> None:
    for name in ("IHK", "HWK"):
        assistant.upload(LIST)
        assistant.choose("name", "town", "phone", profile=name)
    client = assistant.client
    text = client.get("/unternehmen/importe/profile").text
    links = dict(re.findall(r'href="(/unternehmen/importe/profile/\d+)">(\w+)</a>', text))
    ihk = next(url for url, name in links.items() if name == "IHK")
    answer = client.post(ihk, data={"name": "hwk"})
    assert answer.status_code == 422
    assert "gibt es schon" in answer.text
    assert client.post(ihk, data={"name": "Kammerliste"}).status_code == 303
    assert "Kammerliste" in client.get(ihk).text
    stranger = office.client_as("advisor", office.add_unit("Nachbarstadt"))
    assert stranger.get(ihk).status_code == 404
    assert stranger.post(f"{ihk}/entfernen").status_code == 404
    assert "ist entfernt" in client.post(f"{ihk}/entfernen", follow_redirects=True).text
    assert client.get(ihk).status_code == 404
    assert run_of(assistant).profile_id is not None


def test_a_faulty_cell_is_corrected_in_place_and_its_row_checked_at_once(assistant: Assistant, firm_rows: Rows) -> None:
    assistant.upload(FAULTY)
    assistant.choose_proposed()
    text = assistant.page("pruefen?ansicht=fehlerhaft")
    assert 'name="cell-2" value="HRB ???"' in text
    action = assistant.url("zeile/2") + "?ansicht=fehlerhaft&seite=1"
    answer = assistant.client.post(action, data={"cell-2": "HRB ????"}, headers=HTMX)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert "ist keine Registernummer" in answer.text
    answer = assistant.client.post(action, data={"cell-2": "HRB 4"})
    assert answer.location.endswith("/pruefen?ansicht=fehlerhaft&seite=1#zeilen")
    assert "Zeile 2 ist gespeichert: Neu." in assistant.page("pruefen")
    assert run_of(assistant).planned["created"] == 2
    assert row_of(assistant, 2).edited
    assistant.confirm()
    assistant.office.work()
    assert [firm.register_number for firm in firm_rows()] == ["4", "5"]
    download = assistant.client.get(assistant.url("datei"))
    assert download.data == FAULTY.encode()


def test_half_a_row_is_corrected_as_a_whole(assistant: Assistant) -> None:
    assistant.upload("Firma;Ort;Registernummer\nAlpha GmbH;Konstanz\nBeta GmbH;Konstanz;HRB 5\n")
    assistant.choose_proposed()
    text = assistant.page("zeile/2")
    assert "Die Zeile hat 2 Felder" in text
    assert 'name="cell-2" value=""' in text
    cells = {"cell-0": "Alpha GmbH", "cell-1": "Konstanz", "cell-2": "HRB 4", "whole": "1"}
    assert assistant.client.post(assistant.url("zeile/2"), data=cells).status_code == 303
    assert row_of(assistant, 2).outcome == "created"
    assert assistant.client.get(assistant.url("zeile/1")).status_code == 404
    assert assistant.client.post(assistant.url("zeile/77"), data=cells).status_code == 404


def test_a_value_that_is_left_out_can_be_corrected_too(assistant: Assistant) -> None:
    assistant.upload("Firma;Ort;E-Mail\nAlpha GmbH;Konstanz;alpha@\n")
    assistant.choose("name", "town", "email")
    assert 'name="cell-2" value="alpha@"' in assistant.page("pruefen?ansicht=hinweise")
    url = assistant.url("zeile/2") + "?ansicht=hinweise"
    assistant.client.post(url, data={"cell-2": "info@alpha.example"})
    assert row_of(assistant, 2).detail["notes"] == []
    assert "ansicht=hinweise" not in assistant.page("pruefen")


def test_a_possible_duplicate_stands_beside_the_firm_and_is_decided(assistant: Assistant, firm_rows: Rows) -> None:
    known = assistant.office.add_firm("Beckmann Software GmbH", town="Konstanz").id
    assistant.upload("Firma;Ort;Telefon\nBeckman Software GmbH;Konstanz;07531 4711\nGanz Anders AG;Konstanz;\n")
    assistant.choose("name", "town", "phone")
    text = assistant.page("pruefen")
    assert "Zeile 2: Beckman Software GmbH" in text
    assert "Beckmann Software GmbH" in text
    assert "wahrscheinlich" in text
    url = assistant.url("zeile/2/entscheiden") + "?ansicht=entscheiden&seite=1"
    answer = assistant.client.post(url, data={"choice": str(known)}, headers=HTMX)
    assert "<html" not in answer.text
    assert (row_of(assistant, 2).choice, row_of(assistant, 2).outcome) == (known, "updated")
    assert "Noch einmal fragen" in assistant.page("pruefen?ansicht=aktualisiert")
    assistant.client.post(url, data={"choice": "spaeter"})
    assert (row_of(assistant, 2).choice, row_of(assistant, 2).outcome) == (None, "ask")
    assistant.client.post(url, data={"choice": "neu"})
    assert (row_of(assistant, 2).choice, row_of(assistant, 2).outcome) == (0, "created")
    assistant.confirm()
    assistant.office.work()
    assert len(firm_rows()) == 3


def test_a_firm_of_another_unit_or_nonsense_is_no_decision(assistant: Assistant, office: Office) -> None:
    office.add_firm("Beckmann Software GmbH", town="Konstanz")
    assistant.upload("Firma;Ort\nBeckman Software GmbH;Konstanz\n")
    assistant.choose_proposed()
    for choice in ("4711", "-1", "", "vielleicht"):
        assistant.client.post(assistant.url("zeile/2/entscheiden"), data={"choice": choice})
        assert row_of(assistant, 2).choice is None


def test_all_of_a_kind_are_decided_at_once(assistant: Assistant) -> None:
    names = ("Beckmann Software", "Steinbach Metallbau", "Lindemann Logistik")
    for name in names:
        assistant.office.add_firm(f"{name} GmbH", town="Konstanz")
    rows = "\n".join(f"{name.replace('nn', 'n').replace('ei', 'ey')} GmbH;Konstanz" for name in names)
    assistant.upload(f"Firma;Ort\n{rows}\n")
    assistant.choose_proposed()
    asked = run_of(assistant).planned["ask"]
    assert asked >= 2
    text = assistant.page("pruefen")
    assert "Viele auf einmal entscheiden" in text
    kind = re.search(r'name="only" value="kind"><input type="hidden" name="kind" value="([^"]*)"', text)
    assert kind is not None
    url = assistant.url("alle-entscheiden") + "?ansicht=entscheiden&seite=1"
    assistant.client.post(url, data={"choice": "neu", "only": "kind", "kind": "etwas-anderes"})
    assert run_of(assistant).planned["ask"] == asked
    assistant.client.post(url, data={"choice": "neu", "only": "kind", "kind": kind[1]})
    left = run_of(assistant).planned.get("ask", 0)
    assert left < asked
    assistant.client.post(url, data={"choice": "neu"})
    assert run_of(assistant).planned.get("ask", 0) == 0
    assert run_of(assistant).planned["created"] == len(names)


def test_undecided_rows_stay_out_and_the_result_says_why(assistant: Assistant, firm_rows: Rows) -> None:
    assistant.office.add_firm("Beckmann Software GmbH", town="Konstanz")
    counts = assistant.bring_in("Firma;Ort\nBeckman Software GmbH;Konstanz\nGanz Anders AG;Konstanz\n")
    assert (counts["Neu"], counts["Übersprungen"]) == (1, 1)
    assert "Noch nicht entschieden" in assistant.page("ergebnis?ansicht=uebersprungen")
    assert len(firm_rows()) == 2


def test_rows_come_in_pages(assistant: Assistant) -> None:
    names = "\n".join(f"Firma {n:03} GmbH & Söhne {n * 7};Konstanz;0753{n:05}" for n in range(120))
    assistant.upload(f"Firma;Ort;Telefon\n{names}\n")
    assistant.choose("name", "", "")
    first, last = (assistant.page(f"pruefen?ansicht=neu&seite={n}") for n in (1, 3))
    assert "Firma 000" in first
    assert "Firma 119" not in first
    assert "Firma 119" in last


def test_the_file_is_given_to_those_who_may_and_removed_on_request(assistant: Assistant, office: Office) -> None:
    assistant.bring_in(LIST)
    reader = office.client_as("reader")
    assert reader.get(assistant.url("datei")).status_code == 403
    assert reader.post(assistant.url("datei/entfernen")).status_code == 403
    answer = assistant.client.get(assistant.url("datei"))
    assert answer.mimetype == "application/octet-stream"
    assert "liste.csv" in answer.headers["Content-Disposition"]
    assert "Das Ergebnis bleibt" in assistant.client.post(assistant.url("datei/entfernen"), follow_redirects=True).text
    assert assistant.client.get(assistant.url("datei")).status_code == 404
    assert row_of(assistant, 2).cells is None
    assert assistant.counts()["Neu"] == 2


def test_the_file_of_an_open_import_is_not_removed_by_itself(assistant: Assistant) -> None:
    assistant.upload(LIST)
    assert assistant.client.post(assistant.url("datei/entfernen")).status_code == 409
    assert assistant.client.get(assistant.url("datei")).status_code == 200


def test_undoing_is_shown_first_and_then_done(assistant: Assistant, firm_rows: Rows) -> None:
    assistant.bring_in(LIST)
    assert "Import rückgängig machen" in assistant.page("ergebnis")
    text = assistant.page("zuruecknehmen")
    assert "Unternehmen verschwinden wieder" in text
    assert len(firm_rows()) == 2
    assert assistant.client.post(assistant.url("zuruecknehmen")).location.endswith("/ruecknahme")
    assert "<progress" in assistant.page("ruecknahme")
    assistant.office.work()
    assert "ist rückgängig gemacht" in assistant.page("ruecknahme")
    assert assistant.page("zuruecknehmen").count("Import rückgängig machen") == 0


def test_readers_may_neither_correct_nor_decide_nor_take_back(assistant: Assistant, office: Office) -> None:
    assistant.upload(FAULTY)
    assistant.choose_proposed()
    reader = office.client_as("reader")
    for step in ("zeile/2", "zeile/2/entscheiden", "alle-entscheiden", "zuruecknehmen", "tabelle"):
        assert reader.post(assistant.url(step)).status_code == 403
    assert "Speichern</span>" not in reader.get(assistant.url("pruefen?ansicht=fehlerhaft")).text
    stranger = office.client_as("advisor", office.add_unit("Nachbarstadt"))
    for step in ("zeile/2", "zeile/2/entscheiden", "alle-entscheiden", "zuruecknehmen", "tabelle"):
        assert stranger.post(assistant.url(step), data={"choice": "neu"}).status_code == 404
    for step in ("tabelle", "zeile/2", "datei", "zuruecknehmen", "ruecknahme"):
        assert stranger.get(assistant.url(step)).status_code == 404
