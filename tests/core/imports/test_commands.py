"""The same import from the command line: counts that add up, sentences instead of tracebacks, nothing half-written."""

import html
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from openpyxl import Workbook
from sqlalchemy import select

from wf40.cli import main
from wf40.core.contacts.models import Contact
from wf40.core.custom_fields import queries as field_queries
from wf40.core.custom_fields import service
from wf40.core.custom_fields.rules import FieldInput
from wf40.core.firms.models import Firm
from wf40.core.imports.models import ImportFile, ImportRow, ImportRun
from wf40.testing.office import Office

Run = Callable[..., Result]
Rows = Callable[[], list[Any]]
LIST = "Firma;Sitz;Bemerkung\nAlpha GmbH;Konstanz;gut\nBeta GmbH;Ulm;\n;Ulm;ohne Namen\nalpha gmbh;Konstanz;\n"


@pytest.fixture
def run(office: Office, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("WF40_DATABASE_URL", office.product.settings.database_url)
    monkeypatch.setenv("WF40_DATA_DIR", str(office.product.settings.data_dir))
    return lambda *args: CliRunner().invoke(main, ["import", "firms", *map(str, args)], catch_exceptions=False)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "liste.csv"
    path.write_text(LIST, encoding="utf-8")
    return path


def test_one_json_object_whose_counts_add_up(run: Run, file: Path, firm_rows: Rows) -> None:
    counts = json.loads(run(file, "--json").stdout)
    assert {k: v for k, v in counts.items() if k not in {"seconds", "import"}} == {
        "rows": 4, "created": 2, "updated": 0, "unchanged": 0, "ask": 0, "skipped": 1, "faulty": 1,
    }  # fmt: skip
    assert counts["seconds"] > 0
    assert [f.source for f in firm_rows()] == ["liste.csv", "liste.csv"], "the file's name stands for the source"


def test_people_read_sentences(run: Run, file: Path) -> None:
    result = run(file, "--source", "Ämterliste")
    assert result.exit_code == 0
    assert "Zeile 4, Spalte A (Name): Der Name fehlt. Bitte ergänzen Sie ihn." in result.output
    assert "Zeile 5: Dasselbe Unternehmen steht schon in Zeile 2." in result.output
    assert "4 Zeilen in" in result.output


def test_sentences_name_the_sheet_of_a_file_with_several(run: Run, tmp_path: Path, office: Office) -> None:
    book = Workbook()
    book.active.title = "Deckblatt"
    book.create_sheet("Mitglieder")
    for row in (["Firma", "Ort"], ["Alpha GmbH", "Konstanz"], ["", "Ulm"]):
        book["Mitglieder"].append(row)
    path = tmp_path / "mappe.xlsx"
    book.save(path)
    assert "Tabellenblatt „Mitglieder“, Zeile 3, Spalte A (Name): Der Name fehlt." in run(path).output
    book["Deckblatt"]["KN1"] = "zu weit rechts"
    book["Deckblatt"]["A1"] = "x"
    book.save(path)
    assert "Tabellenblatt „Deckblatt“: " in run(path, "--sheet", "Deckblatt").output
    client = office.client_as("advisor")
    text = client.get("/unternehmen/import/1/nicht-uebernommen.csv").text
    assert "Mitglieder;3;Name;" in text.replace(",", ";").replace('"', "")
    assert "Tabellenblatt „Mitglieder“" in html.unescape(client.get("/unternehmen/import/1/ergebnis").text)


def test_a_mapping_file_names_own_fields_by_their_label(run: Run, tmp_path: Path, office: Office) -> None:
    with office.writing_as("lead") as u:
        field_id = service.add_field(u, FieldInput("Innung", "text"))
    file = tmp_path / "liste.csv"
    file.write_text("Firma;Sitz;Kreis;Wer\nAlpha GmbH;Konstanz;Metall;Eva Huber\n", encoding="utf-8")
    mapping = tmp_path / "zuordnung.json"
    columns = {"Firma": "name", "Sitz": "Ort", "Kreis": "Innung", "Wer": "Ansprechperson: Name"}
    mapping.write_text(json.dumps({"columns": columns}), encoding="utf-8")
    assert json.loads(run(file, "--mapping", mapping, "--json").stdout)["created"] == 1
    with office.reading_as("advisor") as u:
        firm_id = u.session.scalars(select(Firm.id)).one()
        assert field_queries.values(u, [firm_id])[firm_id] == {field_id: "Metall"}
        assert [row.full_name for row in u.session.scalars(select(Contact))] == ["Eva Huber"]
    mapping.write_text(json.dumps({"columns": {"Firma": "name", "Kreis": "Zunft"}}), encoding="utf-8")
    refused = run(file, "--mapping", mapping)
    assert "Das Feld „Zunft“ gibt es nicht." in refused.output
    assert "„Innung“" in refused.output


def test_a_dry_run_counts_the_same_and_leaves_nothing(run: Run, file: Path, firm_rows: Rows, office: Office) -> None:
    counts = json.loads(run(file, "--json", "--dry-run").stdout)
    assert (counts["created"], counts["skipped"], counts["faulty"]) == (2, 1, 1)
    assert firm_rows() == []
    with office.reading_as("advisor") as u:
        assert not any(u.session.scalars(select(table)).first() for table in (ImportRun, ImportRow, ImportFile))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("m.json", '{"columns": {"Firma": "trade_name", "Bemerkung": "name"}}'),
        ("m.json", '{"Firma": "trade_name", "Bemerkung": "Name", "Sitz": null}'),
        ("m.toml", '[columns]\nFirma = "trade_name"\nBemerkung = "name"\n'),
    ],
)
def test_a_mapping_file_says_what_columns_mean(
    run: Run, file: Path, tmp_path: Path, firm_rows: Rows, name: str, text: str
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert run(file, "--mapping", tmp_path / name, "--json").exit_code == 0
    assert [(f.name, f.trade_name, f.town) for f in firm_rows()] == [("gut", "Alpha GmbH", ""), ("ohne Namen", "", "")]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"Firma": "nmae"}', "Das Feld „nmae“ gibt es nicht. Bekannt sind: name, legal_form"),
        ('{"Frima": "name"}', "Die Spalte „Frima“ gibt es in der Datei nicht."),
        ('{"Sitz": "town"}', "Es fehlt die Spalte mit dem Namen."),
        ("{kaputt", "lässt sich nicht lesen"),
        ("[]", "nennt keine Spalten"),
    ],
)
def test_a_wrong_mapping_is_refused_with_a_sentence(
    run: Run, file: Path, tmp_path: Path, office: Office, text: str, sentence: str
) -> None:
    (tmp_path / "m.json").write_text(text, encoding="utf-8")
    result = run(file, "--mapping", tmp_path / "m.json")
    assert result.exit_code == 1
    assert sentence in result.output
    with office.reading_as("advisor") as u:
        assert u.session.scalars(select(ImportRun)).all() == []


def test_unreadable_files_end_with_a_sentence(run: Run, tmp_path: Path) -> None:
    (tmp_path / "leer.csv").write_bytes(b"")
    for path, sentence in ((tmp_path / "leer.csv", "Diese Datei ist leer."), (tmp_path / "fehlt.csv", "gibt es nicht")):
        result = run(path)
        assert result.exit_code == 1
        assert sentence in result.output


def test_with_several_units_one_must_be_named(run: Run, file: Path, office: Office) -> None:
    office.add_unit("Nachbarstadt")
    result = run(file)
    assert result.exit_code == 1
    assert "Bitte nennen Sie die Einheit." in result.output
    assert run(file, "--unit", "Nachbarstadt").exit_code == 0


def test_a_fresh_database_imports_at_once(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WF40_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.delenv("WF40_DATABASE_URL", raising=False)
    assert CliRunner().invoke(main, ["db", "upgrade"]).exit_code == 0
    result = CliRunner().invoke(main, ["import", "firms", str(file), "--json"])
    assert json.loads(result.stdout)["created"] == 2
