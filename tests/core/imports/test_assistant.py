"""The walk through the pages, as an officer does it; on both databases."""

import html
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from tests.core.imports.conftest import Assistant
from wf40.base.audit import AuditEvent
from wf40.base.checks import spoken_phone
from wf40.base.history import FieldChange
from wf40.core.imports.models import ImportFile, ImportRow, ImportRun
from wf40.testing.office import Office

Rows = Callable[[], list[Any]]
LIST = "Firma;Rechtsform;PLZ;Ort;Handelsregister Nr\nMüller GmbH;GmbH;78462;Konstanz;HRB 380001\nSee Café;;78462;Konstanz;\n"


def test_a_file_becomes_firms(assistant: Assistant, firm_rows: Rows) -> None:
    assert "Mitgliederliste" not in assistant.client.get("/unternehmen/import/neu").text
    assert assistant.bring_in(LIST) == {
        "Neu": 2,
        "Aktualisiert": 0,
        "Unverändert": 0,
        "Übersprungen": 0,
        "Fehlerhaft": 0,
    }
    mueller, cafe = firm_rows()
    assert (mueller.name, mueller.legal_form, mueller.register_kind, mueller.register_number) == (
        "Müller GmbH",
        "gmbh",
        "HRB",
        "380001",
    )
    assert (cafe.name, cafe.town, cafe.source) == ("See Café", "Konstanz", "IHK-Liste")


def test_the_same_file_again_changes_nothing(assistant: Assistant, firm_rows: Rows) -> None:
    assistant.bring_in(LIST)
    before = [(f.id, f.version) for f in firm_rows()]
    assert assistant.bring_in(LIST)["Unverändert"] == 2
    assert [(f.id, f.version) for f in firm_rows()] == before


def test_a_file_without_news_leads_back_to_the_firms(assistant: Assistant) -> None:
    def actions() -> list[tuple[str, str]]:
        assistant.upload(LIST)
        assistant.choose_proposed()
        part = assistant.page("pruefen").partition('class="wf-formactions"')[2].partition("</div>")[0]
        return re.findall(r'kern-btn--(\w+)".*?<span class="kern-label">([^<]+)', part)

    assert actions()[0] == ("primary", "Jetzt einlesen")
    assistant.confirm()
    assistant.office.work()
    assert actions()[:2] == [("primary", "Zur Liste der Unternehmen"), ("secondary", "Jetzt einlesen")]


def test_shuffled_rows_and_renamed_columns_with_one_changed_cell_update_one(
    assistant: Assistant, firm_rows: Rows
) -> None:
    assistant.bring_in(LIST)
    changed = "Registernummer;Unternehmen;Stadt;Postleitzahl\n;See Café;Konstanz;78464\nHRB 380001;Müller GmbH;Konstanz;78462\n"
    counts = assistant.bring_in(changed, "neu.csv")
    assert (counts["Neu"], counts["Aktualisiert"], counts["Unverändert"]) == (0, 1, 1)
    assert "78464" in assistant.page("ergebnis")
    assert len(firm_rows()) == 2


def test_the_columns_are_proposed_with_samples_and_reasons(assistant: Assistant) -> None:
    assistant.upload(LIST)
    text = assistant.page("spalten")
    assert "HRB 380001" in text
    assert "Die Überschrift „Firma“ bedeutet Name." in text or "Überschrift und Werte passen zu Name." in text


def test_the_check_says_field_by_field_what_would_change_and_saves_nothing(
    assistant: Assistant, firm_rows: Rows
) -> None:
    assistant.bring_in(LIST)
    assistant.upload(
        LIST.replace("See Café;;78462", "See Café;;78465").replace("Müller GmbH", "Müller Werk GmbH")
        + "Neu AG;;;Konstanz;\n"
    )
    assistant.choose_proposed()
    text = assistant.page("pruefen")
    for words in ("Müller Werk GmbH", "78465", "78462", "Es ist noch nichts gespeichert"):
        assert words in text
    assert "Neu AG" not in text
    assert "Neu AG" in assistant.page("pruefen?ansicht=neu")
    assert "Ein Unternehmen wird neu angelegt, 2 aktualisiert." in text
    assert [f.name for f in firm_rows()] == ["Müller GmbH", "See Café"]


def test_a_large_check_goes_on_in_the_worker(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wf40.core.imports.column_views.CHECK_AT_ONCE", 0.0)
    names = "\n".join(f"Firma {n};Konstanz" for n in range(200))
    assistant.upload(f"Name;Ort\n{names}\n")
    assistant.choose_proposed()
    assert "Die Zeilen werden geprüft" in assistant.page("pruefen")
    part = assistant.client.get(assistant.url("pruefen"), headers={"HX-Request": "true"}).text
    assert "<progress" in part
    assert "<html" not in part
    assistant.office.work()
    assert "200 Unternehmen werden neu angelegt" in assistant.page("pruefen")


def test_progress_survives_a_reload_and_leads_to_the_result(assistant: Assistant) -> None:
    assistant.upload(LIST)
    assistant.choose_proposed()
    assistant.confirm()
    assert "Die Datei wird eingelesen" in assistant.page("fortschritt")
    assert "Aktualisieren" in assistant.page("fortschritt")
    assistant.office.work()
    answer = assistant.client.get(assistant.url("fortschritt"), headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == f"/unternehmen/import/{assistant.run_id}"
    assert "Ergebnis" in assistant.page("fortschritt")


def test_confirming_twice_imports_once(assistant: Assistant, firm_rows: Rows) -> None:
    assistant.upload(LIST)
    assistant.choose_proposed()
    assert assistant.confirm().status_code == assistant.confirm().status_code == 303
    assistant.office.work()
    assert assistant.confirm().status_code == 303
    assistant.office.work()
    assert len(firm_rows()) == 2
    assert assistant.counts()["Neu"] == 2


def test_who_imported_what_stands_in_history_audit_and_origin(assistant: Assistant, office: Office) -> None:
    assistant.bring_in(LIST, legal_basis="public_register")
    with office.reading_as("advisor") as u:
        change = u.session.scalars(select(FieldChange).where(FieldChange.subject.like("firm:%"))).first()
        assert change is not None
        assert (change.source, change.actor_name) == ("IHK-Liste", "Beratung 1")
        actions = {
            e.action: e for e in u.session.scalars(select(AuditEvent).where(AuditEvent.subject.like("import:%")))
        }
        assert actions["import_started"].detail["legal_basis"] == "public_register"
        assert actions["import_finished"].detail["created"] == 2
        assert actions["import_finished"].actor_name == "Beratung 1"


def test_the_second_row_about_a_firm_is_skipped_and_names_the_first(assistant: Assistant, firm_rows: Rows) -> None:
    counts = assistant.bring_in(LIST + "Müller GmbH;;;Konstanz;HRB 380001\nsee café;;;Konstanz;\n")
    assert counts["Übersprungen"] == 2
    text = assistant.page("ergebnis?ansicht=uebersprungen")
    assert "Dasselbe Unternehmen steht schon in Zeile 2." in text
    assert "Dasselbe Unternehmen steht schon in Zeile 3." in text
    assert len(firm_rows()) == 2


def test_an_archived_firm_is_neither_doubled_nor_woken(assistant: Assistant, office: Office, firm_rows: Rows) -> None:
    from wf40.core.firms import service as firms

    assistant.bring_in(LIST)
    with office.writing_as("advisor") as u:
        firms.archive_firm(u, firm_rows()[0].id)
    counts = assistant.bring_in(LIST)
    assert (counts["Neu"], counts["Übersprungen"]) == (0, 1)
    assert "archiviert" in assistant.page("ergebnis")


def test_another_sheet_and_another_header_row_can_be_chosen(assistant: Assistant, firm_rows: Rows) -> None:
    book = Workbook()
    book.active.append(["Hinweise zur Liste"])  # type: ignore[union-attr]
    sheet = book.create_sheet("Betriebe")
    for row in (["Stand Mai", None], ["Name", "Ort"], ["Alpha GmbH", "Konstanz"], ["Beta GmbH", "Konstanz"]):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    assistant.upload(out.getvalue(), "liste.xlsx")
    assistant.client.post(assistant.url("tabelle"), data={"sheet": "Sheet", "header_row": "1"})
    assert "Unter der Kopfzeile stehen keine Zeilen." in assistant.choose("name").text
    assistant.client.post(assistant.url("tabelle"), data={"sheet": "Betriebe", "header_row": "1"})
    answer = assistant.client.post(assistant.url("tabelle"), data={"sheet": "Betriebe", "header_row": "2"})
    assert answer.status_code == 303
    assistant.choose_proposed()
    assistant.confirm()
    assistant.office.work()
    assert [f.name for f in firm_rows()] == ["Alpha GmbH", "Beta GmbH"]


def test_stopping_keeps_what_went_in_and_says_so(
    assistant: Assistant, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from wf40.core.imports import runner

    names = "\n".join(f"Firma {n};Konstanz" for n in range(150))
    assistant.upload(f"Name;Ort\n{names}\n")
    assistant.choose_proposed()
    assistant.confirm()
    runner.advance(office.product.database, assistant.run_id, seconds=0)
    answer = assistant.client.post(assistant.url("abbrechen"), follow_redirects=True)
    assert f"{runner.FIRST} von 150 Zeilen sind bearbeitet" in answer.text
    office.work()
    assert assistant.counts()["Neu"] == runner.FIRST


def test_a_discarded_file_leaves_nothing(assistant: Assistant, office: Office) -> None:
    assistant.upload(LIST)
    assistant.choose_proposed()
    for step in ("tabelle", "spalten", "pruefen"):
        page = html.unescape(assistant.page(step))
        asking = page[page.index("<summary>Datei verwerfen</summary>") :]
        assert "„liste.csv“ und alles, was Sie dazu ausgewählt haben, werden gelöscht." in asking
        assert f'action="{assistant.url("verwerfen")}"' in asking
        assert "verwerfen" not in page[: page.index("<summary>Datei verwerfen</summary>")]
    assert "verworfen" in assistant.client.post(assistant.url("verwerfen"), follow_redirects=True).text
    with office.reading_as("advisor") as u:
        assert [list(u.session.scalars(select(t))) for t in (ImportRun, ImportRow, ImportFile)] == [[], [], []]


def test_the_number_of_a_discarded_file_is_not_given_again(assistant: Assistant) -> None:
    assistant.upload(LIST)
    first = assistant.run_id
    assistant.client.post(assistant.url("verwerfen"))
    assistant.upload(LIST)
    assert assistant.run_id > first
    assert assistant.client.get(f"/unternehmen/import/{first}/spalten").status_code == 404


def test_a_phone_number_is_shown_as_people_read_it(assistant: Assistant) -> None:
    assistant.bring_in("Name;Ort;Telefon\nAlpha GmbH;Konstanz;07531 1111\n")
    assistant.upload("Name;Ort;Telefon\nAlpha GmbH;Konstanz;+49 7531 2222\n")
    assistant.choose_proposed()
    page = assistant.page("pruefen?ansicht=aktualisiert")
    assert spoken_phone("+4975312222") in page
    assert "+4975312222" not in page


def test_rows_that_stayed_out_can_be_taken_away_without_formulas(assistant: Assistant) -> None:
    assistant.bring_in('Name;Registernummer;Notiz\nAlpha;unlesbar;"=1+2"\n;HRB 5;ohne Name\n')
    answer = assistant.client.get(assistant.url("nicht-uebernommen.csv"))
    assert answer.mimetype == "text/csv"
    assert "'=1+2" in answer.text
    assert "Der Name fehlt. Bitte ergänzen Sie ihn." in answer.text


def test_the_result_leads_to_the_firms_of_this_import(assistant: Assistant) -> None:
    assistant.bring_in(LIST)
    assistant.bring_in("Name;Ort\nGamma OHG;Konstanz\nDelta e.V.;Konstanz\n")
    page = assistant.client.get(assistant.url("ergebnis")).text
    link = re.search(r'href="(/unternehmen\?[^"]*f-import=[^"]*)"', page)
    assert link
    text = assistant.client.get(html.unescape(link[1]), follow_redirects=True).text
    assert "Gamma OHG" in text
    assert "Delta e.V." in text
    assert "See Café" not in text


def test_what_stays_because_it_is_newer_is_named_in_words(assistant: Assistant) -> None:
    head = "Name;Straße;PLZ;Ort;Telefon;Handelsregister Nr;Stand\n"
    assistant.bring_in(head + "Gamma GmbH;Hauptstraße 1;78462;Konstanz;07531 900100;HRB 380009;01.06.2025\n")
    assistant.bring_in(head + "Gamma GmbH;Seestraße 2;78462;Konstanz;07531 900200;HRB 380009;01.06.2024\n")
    page = assistant.client.get(assistant.url("ergebnis?ansicht=hinweise")).text
    assert "er bleibt: Telefon, Anschrift." in page


def test_readers_see_the_history_but_cannot_import(assistant: Assistant, office: Office) -> None:
    assistant.bring_in(LIST)
    reader = office.client_as("reader")
    assert "liste.csv" in reader.get("/unternehmen/importe").text
    assert reader.get(assistant.url("ergebnis")).status_code == 200
    for path in (assistant.url("einlesen"), assistant.url("spalten"), "/unternehmen/import/neu"):
        assert reader.post(path).status_code == 403
    assert reader.get("/unternehmen/import/neu").status_code == 403


def test_another_unit_does_not_see_an_import(assistant: Assistant, office: Office) -> None:
    assistant.bring_in(LIST)
    stranger = office.client_as("advisor", office.add_unit("Nachbarstadt"))
    for step in ("spalten", "pruefen", "fortschritt", "ergebnis", "nicht-uebernommen.csv"):
        assert stranger.get(assistant.url(step)).status_code == 404
    for step in ("spalten", "tabelle", "einlesen", "abbrechen", "verwerfen"):
        assert stranger.post(assistant.url(step)).status_code == 404


def test_lines_are_removed_after_a_while_and_results_stay(assistant: Assistant, office: Office) -> None:
    from datetime import timedelta

    from wf40.core.imports import retention

    assistant.bring_in(LIST)
    office.clock.advance(timedelta(days=91))
    retention.clear(office.product.database)
    with office.reading_as("advisor") as u:
        assert [row.cells for row in u.session.scalars(select(ImportRow))] == [None, None, None]
        assert list(u.session.scalars(select(ImportFile))) == []
        assert u.session.scalars(select(ImportRun)).one().counts["created"] == 2
