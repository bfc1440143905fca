"""Columns are proposed from header words and values, as an officer would choose them."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from wf40.base.errors import InvalidInput
from wf40.cli import main
from wf40.core.imports.accuracy import Accuracy, evaluate
from wf40.core.imports.columns import find_header, header_score, propose

TRUTH = Path(__file__).with_name("column_truth.csv")
FUNDS = "10_import_samples/eu_structural_funds_de"
# What the people who described the lists of beneficiaries call a column, in our fields; all else is left out. One list
# has towns in the column that its description calls a postcode.
FUND_FIELDS = {"beneficiary_name": "name", "beneficiary_city": "town", "beneficiary_postal_code": "postcode|town"}
TOWN = [
    "source_key", "name", "status", "register_kind", "register_number", "register_suffix", "register_court", None,
    "federal_state", "town", "address", "former_names", "as_of",
]  # fmt: skip
GERMAN = [
    "Kennung", "Firma", "Status", "Registerart", "Registernummer", "Registerzusatz", "Registergericht", "Früheres Registergericht",
    "Bundesland", "Ort", "Anschrift", "frühere Namen", "Stand",
]  # fmt: skip


def table(path: Path, delimiter: str = ",") -> tuple[list[str], list[list[str]]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = list(csv.reader(file, delimiter=delimiter))
    return header, rows


def fields(headers: list[str], rows: list[list[str]]) -> list[str | None]:
    return [proposal.field for proposal in propose(headers, rows)]


def test_the_register_file_of_a_town_is_understood_as_it_is(real_data) -> None:
    assert fields(*table(real_data / "02_companies_de/offeneregister/town_konstanz.csv")) == TOWN


def test_the_same_file_with_german_headers_is_understood(real_data) -> None:
    _, rows = table(real_data / "02_companies_de/offeneregister/town_konstanz.csv")
    assert fields(GERMAN, rows) == TOWN


def test_columns_in_another_order_are_understood(real_data) -> None:
    header, rows = table(real_data / "02_companies_de/offeneregister/town_konstanz.csv")
    order = [5, 0, 12, 3, 9, 1, 7, 11, 2, 10, 4, 6, 8]
    mixed = [[row[i] for i in order] for row in rows]
    assert fields([header[i] for i in order], mixed) == [TOWN[i] for i in order]


@pytest.mark.parametrize("name", ["Spalte {}", "Column{}", "F{}", ""])
def test_meaningless_headers_leave_it_to_the_values(real_data, name) -> None:
    header, rows = table(real_data / "02_companies_de/offeneregister/town_konstanz.csv")
    expected = [None if field == "register_suffix" else field for field in TOWN]  # that column is empty
    assert fields([name.format(i + 1) for i in range(len(header))], rows) == expected


@pytest.mark.parametrize(
    ("file", "delimiter", "expected"),
    [
        ("berlin_grants/sample_dev.csv", ",", {"plz": "postcode", "name": "name", "empfaengertyp": "register_kind", "empfaengerid": "register_number"}),
        ("datenanfragen/companies_de_address.csv", ",", {"slug": "source_key", "name": "name", "address": "address", "phone": "phone", "email": "email", "web": "website"}),
        ("eu_ets_nace/dev_half.csv", ",", {"installation_id": "source_key", "account_holder": "name", "nace20": "wz_code"}),
        ("ihk_berlin/IHK_OD_03-2023_original_30rows.csv", ";", {"opendata_id": "source_key", "city": "town", "postcode": "postcode", "nace_id": "wz_code", "employees_range": "employees", "business_type": "kind"}),
    ],
)  # fmt: skip
def test_tables_of_other_sources_are_understood(real_data, file, delimiter, expected) -> None:
    header, rows = table(real_data / "02_companies_de" / file, delimiter)
    found = {p.header: p.field for p in propose(header, rows[:300]) if p.field}
    assert found == expected


@pytest.mark.parametrize(
    "header",
    [
        "Bezeichnung des Vorhabens", "Bewilligter Betrag", "Datum des Beginns des Vorhabens", "Projekttitel", "Kategorie der Region",
        "Unions-Kofinanzierungssatz", "Umsatz", "Fax", "latitude", "Zusammenfassung des Vorhabens (operation summary)",
    ],
)  # fmt: skip
def test_projects_and_money_are_not_taken(header) -> None:
    assert fields([header], [["12345"], ["Text"]]) == [None]


def test_private_facts_are_never_taken_and_their_values_not_shown() -> None:
    headers = ["Name", "Geburtsdatum", "Staatsangehörigkeit", "Privatanschrift"]
    proposals = propose(headers, [["A GmbH", "1.1.1970", "deutsch", "Weg 1, 12345 Ort"]])
    assert [p.field for p in proposals] == ["name", None, None, None]
    assert all(p.samples == () and "nie" in p.reason for p in proposals[1:])


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Firmenname", "name"), ("Tel.", "phone"), ("E-Mail-Adresse", "email"), ("USt-IdNr.", "vat_id"), ("W-IdNr.", "economic_id"),
        ("WZ 2008", "wz_code"), ("Anzahl Mitarbeiter", "employees"), ("Straße und Hausnummer", "street"), ("Staße", "street"),
        ("Handelsregister-Nr.", "register_number"), ("Ansprechpartner/in", "contact_name"), ("Geschäftsbezeichnung", "trade_name"),
        ("Name des Begünstigten (beneficiary name, nom)", "name"), ("Postleitzahl des Vorhabens", "postcode"),
    ],
)  # fmt: skip
def test_header_words_are_understood(header, field) -> None:
    scores = header_score(header)
    assert max(scores, key=lambda key: scores[key]) == field


def test_a_header_is_not_believed_against_its_values() -> None:
    rows = [["7 %", "Deutschland", "12"], ["19 %", "Deutschland", "14"]]
    assert fields(["PLZ", "Land", "Firma"], rows) == [None, None, None]


@pytest.mark.parametrize(
    ("header", "values", "field"),
    [
        ("PLZ", ["Kiel", "Ulm", "Bad Urach"], "town"), ("Ort", ["24103", "89073"], "postcode"), ("PLZ/Ort", ["24103 Kiel", "89073 Ulm"], "address"),
        ("Ort", ["24103 Kiel", "89073 Ulm"], "address"), ("Straße", ["Weg 1, 24103 Kiel", "Allee 2, 89073 Ulm"], "address"),
        ("Adresse", ["Poststraße 1", "Marktplatz 2"], "street"), ("PLZ", ["24103", "89073"], "postcode"),
    ],
)  # fmt: skip
def test_the_values_say_which_part_of_an_address_it_is(header, values, field) -> None:
    assert fields(["Firma", header], [[f"Firma {v} GmbH", v] for v in values]) == ["name", field]


def test_digits_of_one_length_are_no_telephone_numbers_unless_the_header_says_so() -> None:
    rows = [["05914000"], ["05000000"], ["05911000"]]
    assert fields(["Gebietskennziffer"], rows) == [None]
    assert fields(["Telefon"], rows) == ["phone"]
    assert fields(["Quux"], [["05914 000"], ["0500/0000"], ["+49 5911000"]]) == ["phone"]


@pytest.mark.parametrize("split", ["all", "first half", "second half"])
def test_nine_of_ten_columns_of_real_tables_are_understood(real_data, tmp_path, split) -> None:
    found = evaluate(with_funds(real_data, tmp_path / "truth.csv"), real_data)
    files = list(found.by_file())
    kept = {"all": files, "first half": files[::2], "second half": files[1::2]}[split]
    columns = Accuracy(tuple(column for column in found.columns if column.file in kept))
    funds = Accuracy(tuple(column for column in columns.columns if "structural_funds" in column.file))
    print(f"{split}: {columns.share:.3f}, funds alone {funds.share:.3f}", *columns.misses, sep="\n")
    assert columns.share >= 0.9
    assert funds.share >= 0.9


def with_funds(real_data: Path, truth: Path) -> Path:
    """Write our own truth and that of the people who described the lists of beneficiaries into one file."""
    tables = {file.name.partition(".")[0]: file for file in (real_data / FUNDS / "dev_subset").iterdir()}
    with truth.open("w", encoding="utf-8", newline="") as target:
        target.write(TRUTH.read_text(encoding="utf-8"))
        described, write = real_data / FUNDS / "GOLD_header_mapping_dev.csv", csv.writer(target).writerow
        for column in csv.DictReader(described.read_text(encoding="utf-8").splitlines()):
            table_file = tables[column["yaml"].split("/")[2].partition(".")[0]]
            field = FUND_FIELDS.get(column["maps_to"], "")
            write([table_file.relative_to(real_data), column["source_column"], field])
    return truth


def test_the_accuracy_is_printed_by_a_command(tmp_path) -> None:
    (tmp_path / "t.csv").write_text("Firma;Betrag;Ort (Sitz)\nA GmbH;12;Kiel\nB GmbH;13;Ulm\n", encoding="utf-8")
    truth = tmp_path / "truth.csv"
    lines = ("file,header,field", "t.csv,Firma,name", "t.csv,Betrag,employees", "t.csv,Ort,town|address", "t.csv,Quux,")
    truth.write_text("\n".join(lines), encoding="utf-8")
    asked = ["import", "evaluate-columns", str(truth)]
    told = CliRunner().invoke(main, asked, catch_exceptions=False)
    assert "2 von 4 Spalten richtig: 50.0 %" in told.output
    assert "„Betrag“ ist – statt employees" in told.output
    assert "„Quux“ ist nicht gefunden statt –" in told.output
    plain = json.loads(CliRunner().invoke(main, [*asked, "--json"], catch_exceptions=False).output)
    assert (plain["columns"], plain["right"], plain["accuracy"]) == (4, 2, 0.5)
    assert [miss["header"] for miss in plain["misses"]] == ["Betrag", "Quux"]


@pytest.mark.parametrize(
    "content",
    ["file,header\nt.csv,Firma\n", "file,header,field\nt.csv,Firma,quux\n", "file,header,field\nx.csv,A,name\n", ""],
)
def test_a_truth_file_that_says_nothing_is_refused_with_a_sentence(tmp_path, content) -> None:
    truth = tmp_path / "truth.csv"
    truth.write_text(content, encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"\.$|:"):
        evaluate(truth)


def test_every_field_is_proposed_for_one_column_only() -> None:
    found = [field for field in fields(["Name", "Firma", "Unternehmen", "Tel", "Telefon"], []) if field]
    assert len(found) == len(set(found)) == 2


def test_every_proposal_says_why() -> None:
    for proposal in propose(["Firma", "Spalte 2", "Quux"], [["A", "info@b.de", "?"]]):
        assert proposal.reason.endswith(".")


def test_the_header_is_found_below_title_rows() -> None:
    assert find_header([["Mitgliederliste 2025", "", ""], ["", "", ""], ["Firma", "PLZ", "Ort"], ["A", "1", "B"]]) == 2
    assert find_header([["Firma"], ["A"]]) == 0
    assert find_header([]) == 0
    assert find_header([["1", "2", "3"], ["Firma", "PLZ", "Ort"], ["A", "1", "B"]]) == 1
    assert find_header([["(A)", "(B)", "(C)"], ["x", "q", "b"], ["A", "1", "B"]]) == 1
    assert (
        find_header([["Betrieb", "", "Kontakt daten", "neu"], ["Firma", "PLZ", "Telefon", ""], ["A", "1", "2", ""]])
        == 0
    )
    assert (
        find_header([["Gruppe I", "", "Gruppe II", "neu"], ["Firma", "PLZ", "Telefon", ""], ["A", "1", "2", ""]]) == 1
    )
    assert find_header([["1", "2"], ["3", "4"]]) == 0
