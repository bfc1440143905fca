"""Tables are what the list shows: its rows, columns and order; no cell becomes a formula; every time is noted."""

import csv
import io
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest
from sqlalchemy import select

from wf40.base.audit import AuditEvent
from wf40.base.errors import Forbidden, InvalidInput
from wf40.core.contacts.service import ContactInput, add_contact
from wf40.core.exports import service, tables
from wf40.core.exports.tables import CSV, XLSX, Table, written

FIRMS, PEOPLE = "/exporte/unternehmen", "/exporte/ansprechpersonen"


def rows_of(answer):
    assert answer.status_code == 200, answer.text
    if answer.mimetype == "text/csv":
        return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    return [list(row) for row in openpyxl.load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True)]


@pytest.fixture
def stock(office):
    return [
        office.add_firm("Zahn GmbH", town="Ulm", employees=9, phone="+49 731 123456", abc="A").id,
        office.add_firm("=HYPERLINK(1)", town="Ulm", employees=60).id,
        office.add_firm("Ärztehaus", town="Konstanz").id,
    ]


@pytest.mark.parametrize("form", [CSV, XLSX])
def test_the_table_is_what_the_list_shows(office, stock, form):
    query = "?ort=Ulm&sortierung=employees&richtung=ab&spalten=employees,town"
    rows = rows_of(office.client_as("advisor").post(FIRMS + query, data={"format": form}))
    assert rows[0] == ["Unternehmen", "Beschäftigte", "Ort"]
    risky, plain = rows[1:]
    assert plain == ["Zahn GmbH", "9" if form == CSV else 9, "Ulm"]
    assert risky[0] == ("'=HYPERLINK(1)" if form == CSV else "=HYPERLINK(1)")


def test_picked_rows_and_columns_kept_for_oneself_are_followed(office, stock):
    client = office.client_as("advisor")
    client.post("/ansichten/spalten", data={"liste": "firms", "spalte": ["abc"], "merken": "1"})
    rows = rows_of(client.post(f"{FIRMS}?auswahl={stock[0]}.{stock[2]}", data={"format": CSV}))
    assert rows == [["Unternehmen", "ABC"], ["Ärztehaus", ""], ["Zahn GmbH", "A"]]


def test_in_xlsx_texts_are_texts_days_are_days_and_the_head_stays(office):
    table = Table(
        "Liste",
        ["Text", "Zahl", "Tag"],
        iter(
            [
                ["=1+1", 3, date(2026, 2, 1)],
                ["#NAME?", 2.5, datetime(2026, 1, 31, 23, 30).astimezone()],
                ["x\x00y", None, None],
            ]
        ),
        3,
        [],
    )
    file, number = written(table, XLSX, "Europe/Berlin")
    with file:
        sheet = openpyxl.load_workbook(file).active
    assert number == 3
    assert (sheet["A2"].value, sheet["A2"].data_type, sheet["A3"].data_type) == ("=1+1", "s", "s")
    assert (sheet["B2"].value, sheet["C2"].is_date, sheet["C2"].number_format) == (3, True, "DD.MM.YYYY")
    assert (sheet["A4"].value, sheet.freeze_panes) == ("xy", "B2")


def test_in_csv_numbers_and_days_are_written_as_here(office):
    table = Table("Liste", ["-Kopf"], iter([[2.5, date(2026, 2, 1), "+49 7", "a\nb", -3, None]]), 1, [])
    file, _number = written(table, CSV, "Europe/Berlin")
    with file:
        text = file.read()
    assert text.decode("utf-8-sig") == "'-Kopf\r\n2,5;01.02.2026;'+49 7;\"a\nb\";-3;\r\n"


@pytest.mark.parametrize(
    ("number", "written_as"),
    [
        (75.0, "75"), (0.0, "0"), (-3.0, "-3"), (1.5, "1,5"), (1e16, "1e+16"), (Decimal("75.00"), "75"), (100.0, "100"),
        (Decimal("1.50"), "1,5"), (Decimal("0.000001"), "0,000001"), (Decimal("1E+3"), "1000"),
    ],
)  # fmt: skip
def test_in_csv_whole_numbers_have_no_places(office, number, written_as):
    file, _number = written(Table("Liste", ["Zahl"], iter([[number]]), 1, []), CSV, "Europe/Berlin")
    with file:
        assert file.read().decode("utf-8-sig").splitlines()[1] == written_as


def test_every_export_is_noted_without_what_was_searched_for(office, stock):
    rows_of(office.client_as("advisor").post(f"{FIRMS}?q=Zahn&spalten=town", data={"format": CSV}))
    with office.reading_as("privacy") as u:
        noted = u.session.scalars(select(AuditEvent).where(AuditEvent.action == "exports.firms")).one()
        assert noted.detail == {"rows": 1, "format": "csv", "columns": ["Unternehmen", "Ort"], "filters": ["text"]}
        assert noted.actor_id == office.actor("advisor").user_id


def test_readers_take_nothing_out_and_persons_leave_by_advisors_alone(office, stock):
    assert office.client_as("reader").post(FIRMS, data={"format": CSV}).status_code == 403
    assert "Exportieren" not in office.client_as("reader").get("/unternehmen").text
    assert len(rows_of(office.client_as("assistant").post(FIRMS, data={"format": CSV}))) == 4
    assert office.client_as("assistant").post(PEOPLE, data={"format": CSV}).status_code == 403
    with pytest.raises(Forbidden), office.reading_as("assistant") as u:
        service.people_table(u, "")


def test_persons_are_taken_out_as_their_list_shows_them(office, stock):
    with office.writing_as("advisor") as u:
        for name in ("Zeller", "Ärmel"):
            add_contact(u, stock[0], ContactInput(name, email=f"{name[-3:]}@zahn.example", mail_basis="request"))
    client = office.client_as("advisor")
    assert "personenbezogene Daten" in client.get(PEOPLE).text
    rows = rows_of(client.post(f"{PEOPLE}?spalten=unternehmen,email&sortierung=-name", data={"format": CSV}))
    assert rows == [
        ["Name", "Unternehmen", "E-Mail"],
        ["Zeller", "Zahn GmbH", "ler@zahn.example"],
        ["Ärmel", "Zahn GmbH", "mel@zahn.example"],
    ]


def test_foreign_firms_stay_out_and_a_filter_that_is_gone_is_no_filter_for_all(office, stock):
    other = office.add_unit("Nachbarstadt")
    office.add_firm("Fremde GmbH", other)
    assert "Fremde GmbH" not in str(rows_of(office.client_as("advisor").post(FIRMS, data={"format": XLSX})))
    with pytest.raises(InvalidInput), office.app.test_request_context(), office.reading_as("advisor") as u:
        service.firms_table(u, "f-gibtsnicht=1")


def test_rows_are_read_in_parts(office, stock, monkeypatch):
    monkeypatch.setattr("wf40.base.portions.AT_ONCE", 2)
    with office.app.test_request_context(), office.reading_as("advisor") as u:
        table = service.firms_table(u, "")
        assert [row[0] for row in table.rows] == ["Ärztehaus", "=HYPERLINK(1)", "Zahn GmbH"]
    assert tables.MOST_ROWS_XLSX < 1_048_576
