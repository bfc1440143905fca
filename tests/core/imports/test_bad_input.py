"""Everything an office may upload by mistake: one clear sentence, nothing lost, nothing half-written."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from tests.core.imports.conftest import Assistant
from wf40.core.imports import staging
from wf40.core.imports.models import ImportFile, ImportRow, ImportRun
from wf40.testing.office import Office

Rows = Callable[[], list[Any]]
LIST = "Firma;Ort\nAlpha GmbH;Konstanz\nBeta GmbH;Konstanz\n"
LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 2048


@pytest.fixture
def nothing_stored(office: Office) -> Callable[[], bool]:
    def check() -> bool:
        with office.reading_as("advisor") as u:
            return not any(u.session.scalars(select(t)).first() for t in (ImportRun, ImportRow, ImportFile))

    return check


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"%PDF-1.7 kein Tabelle", "bericht.pdf", "Diese Datei enthält keine Tabelle."),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "bild.csv", "Diese Datei enthält keine Tabelle."),
        (b"<html><table><tr><td>Name</td></tr></table></html>", "liste.xls", "Diese Datei ist eine Webseite"),
        (b"", "leer.csv", "Diese Datei ist leer."),
        (b"Name;Ort\n", "kopf.csv", "Diese Datei ist leer."),
        (b"PK\x03\x04kaputt", "liste.xlsx", "Diese Datei ist beschädigt"),
        (b"Name;Ort\nA;B\n", "liste.xlsx", "passt nicht zum Inhalt"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(
    assistant: Assistant, nothing_stored: Callable[[], bool], content: bytes, name: str, sentence: str
) -> None:
    answer = assistant.upload(content, name)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "IHK-Liste" in answer.text, "what was typed stays"
    assert nothing_stored()


def test_a_workbook_with_a_password_is_refused_and_says_what_to_do(
    assistant: Assistant, nothing_stored: Callable[[], bool]
) -> None:
    answer = assistant.upload(LOCKED, "geheim.xlsx")
    assert answer.status_code == 422
    assert "ohne Passwort" in answer.text or "beschädigt" in answer.text
    assert nothing_stored()


def test_a_file_above_fifty_megabytes_is_refused(
    assistant: Assistant, nothing_stored: Callable[[], bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wf40.core.imports.staging.LARGEST_UPLOAD", 1000)
    answer = assistant.upload("Name\n" + "Alpha GmbH\n" * 200)
    assert answer.status_code == 422
    assert "größer als 50 MB" in answer.text
    assert nothing_stored()


def test_no_transaction_waits_while_a_file_is_read(
    assistant: Assistant, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, read = list[int](), staging.read_table
    pool: Any = office.product.database.engine.pool

    def noted(*args: Any, **kwargs: Any) -> Any:
        held.append(pool.checkedout())
        return read(*args, **kwargs)

    monkeypatch.setattr(staging, "read_table", noted)
    book, file = Workbook(), io.BytesIO()
    for sheet in (book.active, book.create_sheet("Zwei")):
        sheet.append(["Firma", "Ort"])
        sheet.append(["Alpha GmbH", "Konstanz"])
    book.save(file)
    assert assistant.upload(file.getvalue(), "mappe.xlsx").status_code == 303
    assert assistant.client.post(assistant.url("tabelle"), data={"sheet": "Zwei"}).status_code == 303
    assert held == [0, 0]


def test_a_request_beyond_all_limits_gets_a_page_not_an_error(assistant: Assistant, office: Office) -> None:
    office.app.config["MAX_CONTENT_LENGTH"] = 2000
    answer = assistant.upload("Name\n" + "Alpha GmbH\n" * 400)
    assert answer.status_code == 413
    assert "größer als erlaubt" in answer.text


def test_source_and_legal_basis_are_asked_for(assistant: Assistant, nothing_stored: Callable[[], bool]) -> None:
    for missing, sentence in (
        ("source", "woher die Daten stammen"),
        ("legal_basis", "Rechtsgrundlage Sie die Daten verwenden"),
    ):
        answer = assistant.upload(LIST, **{missing: ""})
        assert answer.status_code == 422
        assert sentence in answer.text
    assert assistant.upload(LIST, legal_basis="weil_ich_will").status_code == 422
    assert (
        assistant.client.post("/unternehmen/import/neu", data={"source": "x", "legal_basis": "public_task"}).status_code
        == 422
    )
    assert nothing_stored()


def test_letters_of_another_encoding_come_out_right(assistant: Assistant, firm_rows: Rows) -> None:
    assistant.bring_in("Name;Ort\nBäckerei Größle;Köln\n".encode("cp1252"))
    assistant.bring_in("Name;Ort\nŁukasz Bau;Konstanz\n".encode("utf-16"))
    assert [f.name for f in firm_rows()] == ["Bäckerei Größle", "Łukasz Bau"]


def test_a_row_with_unreadable_letters_stays_out_and_says_so(assistant: Assistant, firm_rows: Rows) -> None:
    mixed = (
        "Name;Ort\nÄpfel GmbH;Köln\n".encode()
        + b"B\xe4cker;Ulm\n"
        + "".join(f"Öl {n};Ulm\n" for n in range(60)).encode()
    )
    counts = assistant.bring_in(mixed)
    assert counts["Fehlerhaft"] + counts["Neu"] == 62
    assert all("\ufffd" not in f.name for f in firm_rows())


def test_without_a_column_for_the_name_the_page_says_which_to_choose(assistant: Assistant, firm_rows: Rows) -> None:
    assistant.upload(LIST)
    answer = assistant.choose("", "town")
    assert answer.status_code == 422
    assert "Es fehlt die Spalte mit dem Namen." in answer.text
    assert "Firma, Ort" in answer.text
    assert 'value="town" selected' in answer.text, "the other choices stay"
    assert firm_rows() == []


def test_one_field_from_two_columns_is_refused_beside_the_column(assistant: Assistant) -> None:
    assistant.upload(LIST)
    answer = assistant.choose("name", "name")
    assert answer.status_code == 422
    assert "ist schon für die Spalte „Firma“ gewählt" in answer.text
    assert 'id="column-1-error"' in answer.text
    assert assistant.choose("name", "is_admin").status_code == 422


def test_half_a_row_is_faulty_and_the_others_go_in(assistant: Assistant, firm_rows: Rows) -> None:
    counts = assistant.bring_in("Name;Ort;PLZ\nAlpha GmbH;Konstanz;78462\nBeta GmbH\nGamma GmbH;Ulm;89073\n")
    assert (counts["Neu"], counts["Fehlerhaft"]) == (2, 1)
    assert "Die Zeile hat 1 Felder, die Kopfzeile aber 3." in assistant.page("ergebnis")
    assert [f.name for f in firm_rows()] == ["Alpha GmbH", "Gamma GmbH"]


def test_a_row_without_a_name_is_faulty_with_row_and_field(assistant: Assistant) -> None:
    assistant.bring_in("Name;Ort\n;Konstanz\nAlpha;Ulm\n")
    text = assistant.page("ergebnis")
    assert "Der Name fehlt. Bitte ergänzen Sie ihn." in text
    assert '<span class="wf-narrowonly">Zeile</span> 2</td>' in text


def test_a_formula_cell_becomes_text_or_a_sentence(assistant: Assistant, firm_rows: Rows) -> None:
    counts = assistant.bring_in("Name;Ort\n=HYPERLINK(1);Ulm\nAlpha;Ulm\n")
    assert counts["Neu"] == 2
    assert firm_rows()[0].name == "=HYPERLINK(1)"
    assert "sieht wie eine Formel aus" in assistant.page("ergebnis?ansicht=hinweise")
    book = Workbook()
    for row in (["Name", "Ort"], ["Beta", "Ulm"], ["=A2", "Ulm"]):
        book.active.append(row)  # type: ignore[union-attr]
    out = io.BytesIO()
    book.save(out)
    assert assistant.bring_in(out.getvalue(), "formel.xlsx")["Fehlerhaft"] == 1
    assert "Formel ohne berechneten Wert" in assistant.page("ergebnis")


def test_an_unknown_wz_code_is_left_out_and_named(assistant: Assistant, firm_rows: Rows) -> None:
    counts = assistant.bring_in("Name;WZ-Code\nAlpha;99.99.9\nBeta;28.41.0\n")
    assert counts["Neu"] == 2
    assert [f.wz_code for f in firm_rows()] == ["", "28.41.0"]
    assert "Den WZ-Code „99.99.9“ gibt es weder" in assistant.page("ergebnis?ansicht=hinweise")


def test_a_value_that_is_too_long_for_its_place_is_left_out_and_named(assistant: Assistant, firm_rows: Rows) -> None:
    assert assistant.bring_in(f"Name;Ort\nAlpha;{'x' * 300}\nBeta;Ulm\n")["Neu"] == 2
    assert [f.town for f in firm_rows()] == ["", "Ulm"]
    assert "hat 300 Zeichen, höchstens 200 sind möglich" in assistant.page("ergebnis?ansicht=hinweise")


def test_a_row_that_the_database_refuses_does_not_keep_the_others_out(
    assistant: Assistant, firm_rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy.exc import IntegrityError

    from wf40.core.imports import processing

    real = processing.apply_imports

    def refusing(u: Any, items: Any, *rest: Any) -> Any:
        if any(facts.name == "Beta GmbH" for _firm, facts in items):
            raise IntegrityError("INSERT", {}, ValueError("refused"))
        return real(u, items, *rest)

    monkeypatch.setattr(processing, "apply_imports", refusing)
    counts = assistant.bring_in(LIST + "Gamma GmbH;Ulm\n")
    assert (counts["Neu"], counts["Fehlerhaft"]) == (2, 1)
    assert [f.name for f in firm_rows()] == ["Alpha GmbH", "Gamma GmbH"]


def test_a_session_that_ended_on_the_page_of_columns_keeps_the_choice(assistant: Assistant, office: Office) -> None:
    assistant.upload(LIST)
    visitor = office.visitor()
    answer = visitor.post(assistant.url("spalten"), data={"column-0": "trade_name", "column-1": "town"})
    assert "Ihre Sitzung ist abgelaufen" in answer.text
    assert "trade_name" in answer.text
    assert 'name="column-0"' in assistant.page("spalten")


def test_steps_out_of_turn_are_refused_and_change_nothing(assistant: Assistant, firm_rows: Rows) -> None:
    assistant.upload(LIST)
    assert assistant.confirm().status_code == 409
    assistant.choose_proposed()
    assistant.confirm()
    assert assistant.choose("name", "").status_code == 409
    assert assistant.client.post(assistant.url("verwerfen")).status_code == 409
    assert assistant.client.get("/unternehmen/import/999/spalten").status_code == 404
    assistant.office.work()
    assert len(firm_rows()) == 2
