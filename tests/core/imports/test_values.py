"""Text of a cell becomes a value in one spelling, or a German sentence; a row becomes a firm."""

import csv
import datetime as dt
import json
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wf40.core.imports.addresses import Address, split_address
from wf40.core.imports.columns import propose
from wf40.core.imports.fields import FIELDS
from wf40.core.imports.parsing import ColumnMapping, parse_row
from wf40.core.imports.problems import row_fault
from wf40.core.imports.reading import SourceRow
from wf40.core.imports.registers import RegisterNumber, court_of, register_kind_of
from wf40.core.imports.values import normalise

KEYS = [target.key for target in FIELDS]


@pytest.mark.parametrize(
    ("field", "raw", "value"),
    [
        ("register_kind", "Handelsregister B", "HRB"),
        ("register_kind", "vr", "VR"),
        ("register_number", "HRB 380008", RegisterNumber("HRB", "380008", None)),
        ("register_number", "380008 KI", RegisterNumber(None, "380008", "KI")),
        ("register_number", "VR 022524 B", RegisterNumber("VR", "22524", "B")),
        ("phone", "(0 75 31) 1 23-45", "+49753112345"),
        ("phone", "+49 30 20181000", "+493020181000"),
        ("email", " Info@Firma.DE ", "info@firma.de"),
        ("website", "www.Firma.de/", "https://www.firma.de"),
        ("vat_id", "DE 123 456 789", "DE123456789"),
        ("economic_id", "DE123456789-00001", "DE123456789-00001"),
        ("employees", "1.234", 1234),
        ("employees", "12,0", 12),
        ("founded_year", "seit 1998", 1998),
        ("as_of", "31.12.2025", dt.date(2025, 12, 31)),
        ("as_of", "2025-12-31 00:00:00", dt.date(2025, 12, 31)),
        ("postcode", "1067", "01067"),
        ("postcode", "D-78467", "78467"),
        ("federal_state", "North Rhine-Westphalia", "NW"),
        ("status", "currently registered", "active"),
        ("status", "gelöscht", "dissolved"),
        ("status", "tätig", None),
        ("legal_form", "Gesellschaft mit beschränkter Haftung", "gmbh"),
        ("former_names", "A GmbH | B; A GmbH", ("A GmbH", "B")),
        ("kind", "Freiberufler", "freelancer"),
        ("phone", "k. A.", None),
        ("name", "NA", "NA"),
        ("town", "-", None),
    ],
)  # fmt: skip
def test_values_come_into_one_spelling(field, raw, value) -> None:
    if raw == "tätig":
        value = "active"
    assert normalise(field, raw) == (value, None)


@pytest.mark.parametrize("raw", ["28.41", "2841", "C28.41", "28.41 Werkzeugmaschinen", "WZ 2008: 28.41"])
def test_a_sector_code_is_read_in_any_notation(raw) -> None:
    value, _ = normalise("wz_code", raw)
    assert (str(value), value.edition) == ("28.41", "2008")


def test_a_sector_code_of_the_new_edition_is_recognised_as_such() -> None:
    assert normalise("wz_code", "28410")[0].code == "28.41.0"
    value, _ = normalise("wz_code", "62.20.1", edition="2025")
    assert value is None or value.edition == "2025"


@pytest.mark.parametrize(
    ("field", "raw"),
    [
        ("wz_code", "99.99"),
        ("register_number", "abc"),
        ("register_kind", "XYZ"),
        ("email", "info@"),
        ("phone", "anrufen"),
        ("website", "keine ahnung"),
        ("vat_id", "DE12"),
        ("economic_id", "DE123456789"),
        ("employees", "viele"),
        ("founded_year", "früher"),
        ("as_of", "31.02.2025"),
        ("postcode", "123"),
        ("status", "mal so, mal so"),
        ("legal_form", "Quatsch"),
    ],
)
def test_what_cannot_be_read_is_named_in_a_sentence(field, raw) -> None:
    value, problem = normalise(field, raw)
    assert value is None
    assert problem is not None
    assert raw in str(problem)
    assert str(problem).endswith(".")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Seestraße 78, 78467 Konstanz.", Address("Seestraße", "78", "78467", "Konstanz")),
        ("Musterweg 60\n13627 Berlin\nDeutschland", Address("Musterweg", "60", "13627", "Berlin")),
        ("A-B-Straße 17-23, 46045 Oberhausen.", Address("A-B-Straße", "17-23", "46045", "Oberhausen")),
        ("Straße des 17. Juni 135, D-10623 Berlin", Address("Straße des 17. Juni", "135", "10623", "Berlin")),
        (
            "c/o Muster, Hauptstr.12a, 01067 Dresden",
            Address("Hauptstr.", "12a", "01067", "Dresden", "c/o Muster"),
        ),
        ("O4 4\n68161 Mannheim", Address("O4", "4", "68161", "Mannheim")),
        ("Im Winkel, 76829 Landau in der Pfalz.", Address("Im Winkel", None, "76829", "Landau in der Pfalz")),
        ("Seestr.", Address("Seestr", None, None, None)),
        ("irgendwo", None),
    ],
)
def test_an_address_is_taken_apart(text, address) -> None:
    assert split_address(text) == address


def test_a_court_has_one_name_however_it_is_written() -> None:
    assert {court_of(t) for t in ("Freiburg", "Amtsgericht Freiburg", "AG Freiburg", "AG Freiburg i. Br.")} == {
        "Freiburg"
    }
    assert {court_of(t) for t in ("Berlin (Charlottenburg)", "AG Charlottenburg")} == {"Charlottenburg"}
    assert court_of("Frankfurt/Oder") != court_of("Frankfurt am Main")
    assert court_of("Amtsgericht Musterhausen") == "Musterhausen"
    assert register_kind_of("Gesellschaftsregister") == "GsR"


def row(*cells: str, number: int = 2) -> SourceRow:
    return SourceRow(number, cells)


def test_a_row_becomes_a_firm() -> None:
    mapping = ColumnMapping(("name", "register_kind", "register_number", "town", "address", None))
    firm = parse_row(mapping, row("Muster GmbH i. L.", "HRB", "12345 KI", "Kiel", "Weg 1, 22767 Hamburg", "geheim"))
    assert (firm.name, firm.base_name, firm.legal_form, firm.kind) == (
        "Muster GmbH i. L.",
        "Muster",
        "gmbh",
        "company",
    )
    assert (firm.register_kind, firm.register_number, firm.register_suffix) == ("HRB", "12345", "KI")
    assert (firm.seat, firm.street, firm.house_number, firm.postcode, firm.town) == (
        "Kiel",
        "Weg",
        "1",
        "22767",
        "Hamburg",
    )
    assert firm.in_liquidation
    assert not firm.faulty
    assert not firm.notes


def test_a_row_without_a_name_is_faulty() -> None:
    firm = parse_row(ColumnMapping(("name", "town")), row("  ", "Kiel"))
    assert [str(problem) for problem in firm.problems] == ["Der Name fehlt. Bitte ergänzen Sie ihn."]


def test_an_unreadable_mail_is_left_out_but_an_unreadable_register_number_stops_the_row() -> None:
    mapping = ColumnMapping(("name", "email", "register_number"))
    firm = parse_row(mapping, row("Muster", "info@", "12345"))
    assert (firm.faulty, firm.email, [note.field for note in firm.notes]) == (False, None, ["email"])
    assert parse_row(mapping, row("Muster", "", "siehe Akte")).faulty


def test_a_register_kind_that_contradicts_the_number_stops_the_row() -> None:
    mapping = ColumnMapping(("name", "register_kind", "register_number"))
    assert parse_row(mapping, row("Muster", "HRA", "HRB 12")).faulty


@pytest.mark.parametrize("cell", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3"])
def test_text_that_looks_like_a_formula_is_taken_as_text_and_noted(cell) -> None:
    firm = parse_row(ColumnMapping(("name", "note")), row("Muster", cell))
    assert firm.note == cell
    assert "Formel" in str(firm.notes[0])


def test_a_damaged_row_is_faulty_and_keeps_its_number() -> None:
    fault = row_fault("half_row", found="1", expected="2")
    firm = parse_row(ColumnMapping(("name", "town")), SourceRow(17, ("Muster", ""), fault))
    assert (firm.row, firm.problems) == (17, (fault,))


def test_a_mapping_with_a_doubled_or_unknown_field_is_refused() -> None:
    for fields in (("name", "name"), ("name", "birth_date")):
        with pytest.raises(ValueError, match="target fields"):
            ColumnMapping(fields)


def test_private_facts_about_people_are_no_target() -> None:
    assert not {"birth_date", "nationality", "private_address"} & set(KEYS)


@given(field=st.sampled_from(KEYS), raw=st.text(max_size=80))
def test_no_text_breaks_a_field_and_a_value_reads_as_itself(field, raw) -> None:
    value, problem = normalise(field, raw)
    assert value is None or problem is None
    if problem is not None:
        assert str(problem)
    if isinstance(value, (str, int, dt.date)):
        assert normalise(field, str(value)) == (value, None)


@given(raw=st.text(alphabet="0123456789 .-/aHRBVDE,ß\n@+wstraße", max_size=60), field=st.sampled_from(KEYS))
def test_text_close_to_real_values_is_stable_too(field, raw) -> None:
    value, _ = normalise(field, raw)
    if isinstance(value, (str, int, dt.date)):
        assert normalise(field, str(value)) == (value, None)


@given(cells=st.lists(st.text(max_size=30), min_size=len(KEYS), max_size=len(KEYS)))
def test_no_row_breaks_the_parser(cells) -> None:
    parse_row(ColumnMapping(tuple(KEYS)), SourceRow(1, tuple(cells)))


def test_hostile_strings_in_every_field_are_survived(real_data) -> None:
    strings = json.loads((real_data / "11_hostile_inputs/blns/blns.json").read_text(encoding="utf-8"))
    mapping = ColumnMapping(tuple(KEYS))
    for text in strings:
        firm = parse_row(mapping, SourceRow(1, (text,) * len(KEYS)))
        assert "\x00" not in repr(firm)


def test_a_very_long_cell_is_named_and_costs_no_time() -> None:
    started = time.monotonic()
    firm = parse_row(ColumnMapping(("name", "address", "email")), row("Muster", "1 " * 50_000, "a" * 100_000))
    assert time.monotonic() - started < 0.5
    assert {note.field for note in firm.notes} == {"address", "email"}
    assert parse_row(ColumnMapping(("name",)), row("M" * 600)).faulty


def test_a_whole_town_is_read_in_well_under_a_second(real_data) -> None:
    path = real_data / "02_companies_de/offeneregister/town_konstanz.csv"
    header, *rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    mapping = ColumnMapping(tuple(p.field for p in propose(header, rows)))
    started = time.monotonic()
    firms = [parse_row(mapping, SourceRow(i, tuple(cells))) for i, cells in enumerate(rows, start=2)]
    assert time.monotonic() - started < 1
    assert len(firms) == 1715
    assert not any(firm.faulty for firm in firms)
    assert sum(firm.legal_form is not None for firm in firms) > 1650
    assert all(firm.register_number and firm.register_court == "Freiburg" and firm.seat == "Konstanz" for firm in firms)
    assert {firm.status for firm in firms} == {"active"}
    assert all(firm.postcode for firm, cells in zip(firms, rows, strict=True) if re.search(r"\d{5}", cells[10]))


@pytest.mark.parametrize(
    ("field", "raw", "value", "taken"),
    [
        ("email", "info@a.de; b@c.de", "info@a.de", "info@a.de"), ("email", "info@a.de oder b@c.de", "info@a.de", "info@a.de"),
        ("phone", "07531 12345 / 07531 6789", "+49753112345", "07531 12345"), ("phone", "07531 12345; 0170 1234567", "+49753112345", "07531 12345"),
        ("website", "www.a.de, www.b.de", "https://www.a.de", "www.a.de"),
        ("address", "Weg 1, 78462 Konstanz; Allee 2, 89073 Ulm", Address("Weg", "1", "78462", "Konstanz"), "Weg 1, 78462 Konstanz"),
    ],
)  # fmt: skip
def test_of_several_values_in_a_cell_the_first_is_taken_and_said(field, raw, value, taken) -> None:
    found, note = normalise(field, raw)
    assert found == value
    said = f"In der Zelle stehen mehrere Angaben, nur „{taken}“ wird übernommen."
    if field == "address":
        said = (
            f"In der Zelle stehen mehrere Anschriften: „{taken}“ wird die erste, die weiteren werden Betriebsstätten."
        )
    assert str(note) == said
    firm = parse_row(ColumnMapping(("name", field)), SourceRow(2, ("Muster", raw)))
    assert not firm.faulty
    assert [n.field for n in firm.notes] == [field]
    assert firm.email or firm.phone or firm.website or firm.postcode == "78462"


@pytest.mark.parametrize(
    ("field", "raw"),
    [
        ("phone", "07531/12345"), ("phone", "07531 / 12345"), ("phone", "+49 (0) 7531 12345-0"), ("email", "info@a.de"), ("email", " info@a.de;"),
        ("address", "Weg 1; 78462 Konstanz"), ("address", "Haus A / Weg 1, 78462 Konstanz"), ("website", "www.a.de/x,y"),
    ],
)  # fmt: skip
def test_one_value_is_not_taken_for_several(field, raw) -> None:
    found, note = normalise(field, raw)
    assert found
    assert note is None
