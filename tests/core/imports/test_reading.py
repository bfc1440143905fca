"""A file nobody trusts gives rows or one clear sentence, within limits."""

import io
import itertools
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wf40.core.imports.encodings import TextEncoding, detect
from wf40.core.imports.problems import TableError
from wf40.core.imports.reading import Limits, SourceRow, Table, read_table, rows_of
from wf40.core.imports.text_tables import records

Reader = Callable[..., tuple[Table, list[SourceRow]]]


@pytest.fixture
def read(tmp_path: Path) -> Reader:
    def reader(content: bytes, name: str = "tabelle.csv", **more) -> tuple[Table, list[SourceRow]]:
        source = tmp_path / name
        source.write_bytes(content)
        width = more.pop("width", None)
        table = read_table(source, tmp_path / "rows.jsonl", **more)
        return table, list(rows_of(table, width=width))

    return reader


def refused(read: Reader, content: bytes, name: str = "tabelle.csv", **more) -> TableError:
    with pytest.raises(TableError) as caught:
        read(content, name, **more)
    return caught.value


def workbook(fill: Callable[[openpyxl.worksheet.worksheet.Worksheet], None]) -> bytes:
    book = openpyxl.Workbook()
    fill(book.active)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-32"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_table_reads_the_same_in_every_encoding_and_with_every_delimiter(read, encoding, delimiter) -> None:
    text = "\n".join(delimiter.join(row) for row in (["Firma", "PLZ"], ["Müller & Söhne", "01067"], ["NA", "78467"]))
    _, rows = read(text.encode(encoding))
    assert [row.cells for row in rows] == [("Firma", "PLZ"), ("Müller & Söhne", "01067"), ("NA", "78467")]


def test_nothing_is_guessed_from_values(read) -> None:
    _, rows = read(b"a,b,c,d\n01067,NA,1e5,2020-01-01\n")
    assert rows[1].cells == ("01067", "NA", "1e5", "2020-01-01")


def test_the_line_that_excel_writes_about_its_delimiter_is_understood(read) -> None:
    _, rows = read(b"sep=|\r\nFirma|Ort, Land\r\nA|B, C\r\n")
    assert [(row.number, row.cells) for row in rows] == [(2, ("Firma", "Ort, Land")), (3, ("A", "B, C"))]


def test_half_a_row_is_faulty_with_its_number_and_the_others_go_on(read) -> None:
    _, rows = read(b"a,b,c\n1,2,3\n4,5\n\n6,7,8,9\n7,8,9,\n", width=3)
    assert [(row.number, row.fault is None) for row in rows] == [
        (1, True),
        (2, True),
        (3, False),
        (5, False),
        (6, True),
    ]
    assert str(rows[2].fault) == "Die Zeile hat 2 Felder, die Kopfzeile aber 3. Bitte ergänzen Sie die Zeile."
    assert all(len(row.cells) == 3 for row in rows)


def test_an_unclosed_quotation_mark_does_not_swallow_the_rows_after_it(read) -> None:
    lines = ["a,b", *(f"{i},x" for i in range(500))]
    lines[3] = '2,"offen'
    _, rows = read("\n".join(lines).encode())
    assert len(rows) == 501
    assert [row.number for row in rows if row.fault] == [4]
    assert rows[4].cells == ("3", "x")


def test_line_breaks_inside_quotation_marks_belong_to_the_cell(read) -> None:
    _, rows = read(b'a,b\n"Weg 1\n12345 Ort",2\nx,y\n')
    assert [(row.number, row.cells) for row in rows][1:] == [(2, ("Weg 1\n12345 Ort", "2")), (3, ("x", "y"))]


def test_an_unreadable_byte_makes_one_row_faulty_and_names_it(read) -> None:
    _, rows = read("Firma\nMüller\n".encode() + b"B\xffcker\n" + "Größe\n".encode())
    assert [row.number for row in rows if row.fault] == [3]
    assert "UTF-8" in str(rows[2].fault)


def test_a_zero_byte_makes_one_row_faulty(read) -> None:
    _, rows = read(b"a,b\n1,\x002\n3,4\n")
    assert [row.number for row in rows if row.fault] == [2]
    assert rows[1].cells == ("1", "2")


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "leer.csv", "empty"),
        (b"\n\n \n", "leer.csv", "empty"),
        (b"%PDF-1.7 ...", "brief.csv", "not_a_table"),
        (b'{"a": 1}', "daten.csv", "not_a_table"),
        (bytes(range(256)) * 40, "bild.csv", "not_a_table"),
        (b"<html><table><tr><td>a</td></tr></table></html>", "export.xls", "web_page"),
        (b"a,b\n1,2\n", "tabelle.xlsx", "wrong_ending"),
        (b"PK\x03\x04rest", "tabelle.csv", "wrong_ending"),
        (b"PK\x03\x04rest", "tabelle.xlsx", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "tabelle.xls", "damaged"),
        (b"a" * (2 << 20), "lang.csv", "row_too_long"),
        (b"a," * 300 + b"a\n", "breit.csv", "too_many_columns"),
        (b"a," * 1_000_000 + b"a\n", "sehrbreit.csv", "too_many_columns"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(read, tmp_path, content, name, code) -> None:
    error = refused(read, content, name)
    assert error.code == code
    assert str(error).endswith(".")
    assert not (tmp_path / "rows.jsonl").exists()


def test_too_many_rows_are_refused(read) -> None:
    assert refused(read, b"a\n" * 50, limits=Limits(rows=20)).code == "too_many_rows"


def test_cells_of_a_workbook_become_text(read) -> None:
    import datetime as dt

    def fill(sheet) -> None:
        sheet.append(["Firma", "PLZ", "Zahl", "Datum", "wahr"])
        sheet.append(["A", "01067", 1067.0, dt.date(2025, 12, 31), True])
        sheet.append([None, None, 1.5, dt.datetime(2025, 1, 2, 3, 4, 5), None])  # noqa: DTZ001 - sheets know no zone

    table, rows = read(workbook(fill), "tabelle.xlsx")
    assert [row.cells for row in rows][1:] == [
        ("A", "01067", "1067", "2025-12-31", "ja"),
        ("", "", "1.5", "2025-01-02 03:04:05"),
    ]
    assert table.sheets == ("Sheet",)


def test_cells_merged_downwards_count_for_each_row_and_titles_for_none(read) -> None:
    def fill(sheet) -> None:
        for row in (
            ["Mitglieder", None, None],
            ["Ort", "Firma", "Nr."],
            ["Kiel", "A", 1],
            [None, "B", 2],
            [None, "C", None],
            [None, "D", 4],
        ):
            sheet.append(row)
        sheet.merge_cells("A1:C1")
        sheet.merge_cells("A3:A5")
        sheet.merge_cells("C4:C5")

    _, rows = read(workbook(fill), "tabelle.xlsx")
    assert [row.cells for row in rows] == [
        ("Mitglieder",), ("Ort", "Firma", "Nr."), ("Kiel", "A", "1"), ("Kiel", "B", "2"), ("Kiel", "C", "2"), ("", "D", "4"),
    ]  # fmt: skip


def test_a_formula_that_was_never_computed_makes_its_row_faulty(read) -> None:
    def fill(sheet) -> None:
        sheet.append(["Firma", "Summe"])
        sheet.append(["A", "=1+1"])
        sheet.append(["B", 2])

    _, rows = read(workbook(fill), "tabelle.xlsx")
    assert [row.number for row in rows if row.fault] == [2]
    assert "Spalte B" in str(rows[1].fault)


def test_a_cover_sheet_is_passed_over_unless_there_is_no_other(read) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Liste der Betriebe"])
    book.active.append(["Stand Oktober"])
    cover, out = io.BytesIO(), io.BytesIO()
    book.save(cover)
    for cells in (["Firma", "Ort"], ["A GmbH", "Ulm"]):
        (book["Betriebe"] if "Betriebe" in book else book.create_sheet("Betriebe")).append(cells)
    book.save(out)
    assert read(out.getvalue(), "t.xlsx")[0].sheet == "Betriebe"
    assert read(cover.getvalue(), "t.xlsx")[0].sheet == "Sheet"


def test_the_sheet_can_be_chosen_and_a_wrong_one_is_named(read) -> None:
    book = openpyxl.Workbook()
    book.active.append(["erstes"])
    book.create_sheet("Zweites").append(["zweites"])
    out = io.BytesIO()
    book.save(out)
    _, rows = read(out.getvalue(), "t.xlsx", sheet="Zweites")
    assert rows[0].cells == ("zweites",)
    assert "„Drittes“" in str(refused(read, out.getvalue(), "t.xlsx", sheet="Drittes"))


def test_an_archive_that_unpacks_to_gigabytes_is_refused_at_once(read) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (120 << 20))
    started = time.monotonic()
    assert refused(read, out.getvalue(), "bombe.xlsx").code == "too_large"
    assert time.monotonic() - started < 5


def test_a_sheet_with_one_far_cell_costs_a_sentence_and_not_the_memory(read) -> None:
    content = workbook(lambda sheet: sheet.cell(1_000_000, 16_000, "weit weg") and sheet.cell(1, 1, "a"))
    assert refused(read, content, "weit.xlsx").code in {"too_large", "too_many_columns", "too_slow"}


def open_document(rows: str) -> bytes:
    names = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text"))
    body = f'<office:body><office:spreadsheet><table:table table:name="T">{rows}</table:table></office:spreadsheet></office:body>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml", '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
        )
        archive.writestr("content.xml", f"<office:document-content {names}>{body}</office:document-content>")
    return out.getvalue()


def with_sheet(content: bytes, sheet: str) -> bytes:
    """Put other XML in the place of the only sheet of a workbook."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, sheet if name == "xl/worksheets/sheet1.xml" else old.read(name))
    return out.getvalue()


@pytest.mark.parametrize(
    ("rows", "columns"), [(1, 1_000_000_000), (1_048_576, 16_384), (1_000_000_000, 1)], ids=["wide", "both", "long"]
)
def test_a_small_file_that_repeats_its_cells_is_read_or_refused_within_the_limits(tmp_path, rows, columns) -> None:
    cell = f'<table:table-cell office:value-type="string" table:number-columns-repeated="{columns}"><text:p>x</text:p></table:table-cell>'
    content = open_document(f'<table:table-row table:number-rows-repeated="{rows}">{cell}</table:table-row>')
    file = tmp_path / "t.ods"
    file.write_bytes(content)
    refusals = {"too_many_columns", "too_many_rows", "too_large", "too_slow", "damaged"}
    assert outcome_of(file, tmp_path / "rows.jsonl") in refusals | {"rows"}
    assert peak_of_reading(file, tmp_path / "rows.jsonl") < 512 * 1024


def test_entities_that_grow_are_not_followed(read) -> None:
    entities = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in itertools.pairwise("abcdefghij"))
    text = '<row r="1"><c r="A1" t="inlineStr"><is><t>&j;</t></is></c></row>'
    spreadsheet = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = f'<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa">{entities}]><worksheet xmlns="{spreadsheet}"><sheetData>{text}</sheetData></worksheet>'
    error = refused(read, with_sheet(workbook(lambda s: s.append(["a"])), sheet), "t.xlsx")
    assert error.code in {"damaged", "empty"}


def test_half_a_million_merged_cells_cost_nothing_but_their_reading(read) -> None:
    merged = '<mergeCell ref="A1:A1048576"/>' * 500_000
    spreadsheet = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    cells = '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>'
    sheet = (
        f'<worksheet xmlns="{spreadsheet}"><sheetData>{cells}</sheetData><mergeCells>{merged}</mergeCells></worksheet>'
    )
    _, rows = read(with_sheet(workbook(lambda s: s.append(["a"])), sheet), "t.xlsx")
    assert [row.cells for row in rows] == [("a",)]


def test_reading_ends_at_the_time_limit(read) -> None:
    error = refused(read, b"a,b\n" + b"1,2\n" * 2_000_000, limits=Limits(seconds=1, rows=10**9))
    assert error.code == "too_slow"


def outcome_of(file: Path, staging: Path) -> str:
    """Return "rows", or the code of the refusal."""
    try:
        table = read_table(file, staging)
    except TableError as error:
        return error.code if str(error).endswith(".") else "no sentence"
    numbers = [row.number for row in rows_of(table)]
    return "rows" if len(numbers) == table.rows > 0 and numbers == sorted(set(numbers)) else "disorder"


def test_every_messy_table_gives_rows_or_a_sentence_within_the_limits(real_data, tmp_path) -> None:
    files = sorted((real_data / "10_import_samples/messy_tables").iterdir())
    assert len(files) > 100
    outcome: dict[str, str] = {}
    for file in files:
        started = time.monotonic()
        outcome[file.name] = outcome_of(file, tmp_path / "rows.jsonl")
        assert time.monotonic() - started < 30
    refusals = {name: code for name, code in outcome.items() if code != "rows"}
    assert {code for name, code in refusals.items() if "password" in name} == {"locked"}
    assert refusals.pop("csvkit__testdbf.dbf") == "not_a_table"
    assert all(code == "empty" for name, code in refusals.items() if "password" not in name)


def test_the_largest_messy_table_is_read_within_the_memory_promised(real_data, tmp_path) -> None:
    files = (real_data / "10_import_samples/messy_tables").iterdir()
    largest = sorted(files, key=lambda file: file.stat().st_size)[-5:]
    peaks = {file.name: peak_of_reading(file, tmp_path / "rows.jsonl") for file in largest}
    assert max(peaks.values()) < 512 * 1024, peaks
    assert min(peaks.values()) > 8 * 1024, "nothing was measured"


def peak_of_reading(file: Path, staging: Path) -> int:
    """Return the KiB that the reading child held at most, asked by a process that has no other children."""
    script = (
        "import resource, sys; from pathlib import Path\n"
        "from wf40.core.imports.problems import TableError\n"
        "from wf40.core.imports.reading import read_table\n"
        "try: read_table(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "except TableError: pass\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    asked = [sys.executable, "-c", script, str(file), str(staging)]
    return int(subprocess.run(asked, capture_output=True, text=True, check=True, timeout=60).stdout)


def test_hostile_cells_come_back_byte_for_byte(real_data, read) -> None:
    import csv

    lines = (real_data / "11_hostile_inputs/blns/blns.txt").read_text(encoding="utf-8").split("\n")
    payloads = (real_data / "11_hostile_inputs/csv_injection_payloads.txt").read_text(encoding="utf-8").split("\n")
    cells = [text for text in (*lines, *payloads) if text.strip() and "\x00" not in text]
    out = io.StringIO()
    csv.writer(out).writerows([["wert", "x"], *([cell, "x"] for cell in cells)])
    _, rows = read(out.getvalue().encode("utf-8"))
    assert [row.cells[0] for row in rows[1:]] == cells


@settings(max_examples=80)
@given(content=st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_read_without_an_unexpected_error(tmp_path_factory, content) -> None:
    file = tmp_path_factory.mktemp("bytes") / "t.csv"
    file.write_bytes(content)
    encoding = detect(file)
    if encoding is not None:
        numbers = [record.number for record in records(file, encoding, 200)]
        assert numbers == sorted(set(numbers))


def test_the_process_that_reads_files_knows_nothing_of_the_web_or_the_database() -> None:
    check = "import sys, wf40.core.imports.child; print({'flask', 'sqlalchemy'} & set(sys.modules))"
    environment = {"PYTHONPATH": str(Path(__file__).resolve().parents[3])}
    done = subprocess.run([sys.executable, "-c", check], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_german_text_in_windows_encoding_is_not_taken_for_something_else(tmp_path) -> None:
    file = tmp_path / "t.csv"
    file.write_bytes("Größe;Straße;Müller – „GmbH“ €".encode("cp1252"))
    assert detect(file) == TextEncoding("cp1252", "surrogateescape")
