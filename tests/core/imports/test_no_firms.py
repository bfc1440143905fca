"""Sums, headers that stand there once more and remarks are no firms; what might be one is never left out."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.core.imports.conftest import Assistant
from wf40.core.imports.no_firms import HEADER, REMARK, SUM
from wf40.core.imports.parsing import ColumnMapping, parse_row
from wf40.core.imports.reading import SourceRow

LIST = ColumnMapping(("name", "postcode", "town", "employees", None))


def reason(*cells: str, mapping: ColumnMapping = LIST) -> str:
    parsed = parse_row(mapping, SourceRow(7, cells + ("",) * (len(mapping.fields) - len(cells))))
    assert parsed.left_out == (len(parsed.problems) == 1 and parsed.problems[0].message in {SUM, HEADER, REMARK})
    return parsed.problems[0].message if parsed.left_out else ""


@pytest.mark.parametrize(
    "cells",
    [
        ("Summe", "", "", "1.234"), ("Gesamt:", "", "", "12", "3.400,00 €"), ("Insgesamt 12 Unternehmen",), ("", "", "", "", "Summe"),
        ("ZWISCHENSUMME", "", "", "5"), ("Gesamtergebnis", "", "", ""), ("Total", "", "", "17"), ("Anzahl der Betriebe: 5",),
        ("Summe 2024", "", "", ""),
    ],
)  # fmt: skip
def test_sums_are_no_firms(cells: tuple[str, ...]) -> None:
    assert reason(*cells) == SUM


@pytest.mark.parametrize(
    "cells",
    [
        ("Name", "PLZ", "Ort", "Beschäftigte"), ("company name", "zip code", "city", "employees"), ("beneficiary name", "operation postcode"),
        ("Firma", "Postleitzahl", "Sitz", "", "Bemerkung"),
    ],
)  # fmt: skip
def test_headers_in_the_middle_are_no_firms(cells: tuple[str, ...]) -> None:
    assert reason(*cells) == HEADER


@pytest.mark.parametrize(
    "cell", ["* vorläufige Werte", "Quelle: IHK 2024", "Stand: 31.12.2015", "Hinweis: ohne Gewähr", "Seite 3 von 7"]
)
def test_remarks_are_no_firms(cell: str) -> None:
    assert reason(cell) == REMARK
    assert reason("", "", cell) == REMARK


@pytest.mark.parametrize(
    "cells",
    [
        ("Total Deutschland GmbH", "", "", "12"), ("Summe Leben e. V.",), ("Gesamtverband der Versicherer",), ("Total", "10115", "Berlin"),
        ("Total Tankstelle",), ("Firma", "78467", "Konstanz"), ("Unternehmen Zukunft", "", ""), ("Betrieb", "", "Kiel"), ("Standpunkt",),
        ("Ergebnis Coaching",), ("Sumo Ringer",), ("Name",), ("Gesamt", "78467"), ("Quelle",), ("Anzahl & Partner",), ("", "78467", "Kiel"),
    ],
)  # fmt: skip
def test_what_may_be_a_firm_is_not_left_out(cells: tuple[str, ...]) -> None:
    assert reason(*cells) == ""


def test_no_row_of_a_register_is_left_out(real_data: Any) -> None:
    import csv

    with (real_data / "02_companies_de/offeneregister/sample_20k.csv").open(encoding="utf-8", newline="") as file:
        names = [row["name"] for row in csv.DictReader(file)]
    assert [name for name in names if reason(name, "", "")] == []


def test_they_are_skipped_with_the_reason(assistant: Assistant, firm_rows: Callable[[], list[Any]]) -> None:
    text = "Firma;PLZ;Beschäftigte\nAlpha GmbH;78467;5\nFirma;PLZ;Beschäftigte\nBeta GmbH;78467;7\nSumme;;12\n;;\nQuelle: eigene;;\n"
    counts = assistant.bring_in(text)
    assert (counts["Neu"], counts["Übersprungen"], counts["Fehlerhaft"]) == (2, 3, 0)
    assert [firm.name for firm in firm_rows()] == ["Alpha GmbH", "Beta GmbH"]
