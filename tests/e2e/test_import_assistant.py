"""A messy workbook goes through all steps of the assistant in the browser, and back again."""

import datetime as dt

import pytest
from e2e_support import axe_faults, sideways
from openpyxl import Workbook

from wf40.testing.browser import DESKTOP, NARROW

HEADS = ("Firmenname", "Straße Nr", "PLZ", "Ort", "Registernummer", "Mitarbeiter", "Stand", "Umsatz (Mio. €)")
ROWS = (
    ("Bäckerei Sommer GmbH", "Seestr. 4", "78462", "Konstanz", "HRB 380901", 12, "30.06.2025", "1,5"),
    ("Café Föhn", "Am Markt 1a", "78462", "Konstanz", None, 3, dt.date(2025, 6, 30), "0,2"),
    ("Kaputt GmbH", "Weg 1", "78462", "Konstanz", "HRB ???", 4, "30.06.2025", "0,1"),
    ("Beckman Software GmbH", "Weg 9", "78462", "Konstanz", None, 20, "30.06.2025", "3,2"),
    ("Bäckerei Sommer GmbH", "Seestr. 4", "78462", "Konstanz", "HRB 380901", 12, "30.06.2025", "1,5"),
    ("Summe", None, None, None, None, 51, None, "6,5"),
)


@pytest.fixture
def plugins():
    return ()


@pytest.fixture(params=["sqlite"])
def database_kind(request):
    """One database is enough: the pages are tested on both without a browser."""
    return request.param


@pytest.fixture
def messy(tmp_path):
    """A title over merged cells, a day below it, an empty row, the table, a sum, and a sheet before it."""
    book = Workbook()
    book.active.title = "Hinweise"
    book.active.append(["Bitte nur das Blatt „Betriebe“ verwenden."])
    sheet = book.create_sheet("Betriebe")
    for row in (["Mitgliederliste Wirtschaftsregion, Auszug"], ["Stand 30.06.2025"], [], HEADS, *ROWS):
        sheet.append(row)
    sheet.merge_cells("A1:H1")
    path = tmp_path / "Mitglieder 2025.xlsx"
    book.save(path)
    return path


def well_made(page):
    """No fault for assistive technology, no sideways scrolling."""
    assert axe_faults(page) == []
    assert sideways(page) <= 0


def test_a_messy_workbook_becomes_firms_and_is_taken_back(site, messy):
    known = site.office.add_firm("Beckmann Software GmbH", town="Konstanz").id
    with site.signed_in("advisor", size=DESKTOP) as page:
        file_step(page, messy)
        table_step(page)
        column_step(page)
        check_step(page, known)
        run_step(page)
        result_step(page)


def file_step(page, path):
    page.goto("/unternehmen/import/neu")
    page.locator("#file").set_input_files(path)
    page.locator("#source").fill("Regionalverband")
    page.locator("#legal_basis").select_option("public_task")
    page.get_by_role("button", name="Datei lesen").click()


def table_step(page):
    page.get_by_role("button", name="Betriebe").click()
    page.wait_for_selector("text=Café Föhn")
    well_made(page)
    assert page.get_by_role("radio", name="Zeile 4").is_checked()
    page.get_by_text("Stand 30.06.2025").click(force=True)  # anywhere in a row: its label lies over the cells
    assert page.get_by_role("radio", name="Zeile 2").is_checked()
    page.get_by_text("Firmenname").click(force=True)
    page.get_by_role("button", name="Weiter zu den Spalten").click()


def column_step(page):
    page.wait_for_selector("#spalten")
    well_made(page)
    assert page.locator("#column-0").input_value() == "name"
    assert page.locator("#column-7").input_value() == ""
    assert not page.locator("#policy-7").is_visible()
    page.locator("#column-7").select_option("town")
    page.get_by_role("button", name="Weiter zur Prüfung").click()
    assert "ist schon für die Spalte „Ort“ gewählt" in page.locator("#fehler").inner_text()
    page.locator("#column-7").select_option("")
    page.locator("#policy").select_option("fill")
    page.locator("#profile").fill("Regionalverband jährlich")
    page.get_by_role("button", name="Weiter zur Prüfung").click()


def check_step(page, known):
    page.wait_for_selector("#vorschau")
    page.get_by_role("link", name="Fehlerhaft").last.click()
    cell = page.locator(".wf-cell .kern-form-input__input").first
    assert cell.input_value() == "HRB ???"
    well_made(page)
    cell.fill("HRB 380777")
    cell.press("Enter")
    page.wait_for_selector("text=Zeile 7 ist gespeichert: Neu.")
    assert page.url.endswith("ansicht=fehlerhaft#zeilen"), "the page itself stayed"
    page.locator(".wf-tabs").get_by_role("link", name="Zu entscheiden").click()
    pair = page.locator(".wf-question")
    assert "Beckmann Software GmbH" in pair.inner_text()
    well_made(page)
    page.set_viewport_size(NARROW)
    well_made(page)
    page.set_viewport_size(DESKTOP)
    pair.get_by_role("button", name="Dasselbe Unternehmen").click()
    page.wait_for_selector("text=Zeile 8 ist gespeichert: Aktualisiert.")
    page.locator(".wf-tabs").get_by_role("link", name="Aktualisiert").click()
    assert page.locator(f"a[href='/unternehmen/{known}']").first.is_visible()


def run_step(page):
    page.get_by_role("button", name="Jetzt einlesen").click()
    page.wait_for_url("**/ergebnis")


def result_step(page):
    well_made(page)
    tiles = page.locator(".wf-tiles").inner_text().split()
    assert tiles[tiles.index("Aktualisiert") + 1] == "1"
    assert tiles[tiles.index("Fehlerhaft") + 1] == "0"
    page.get_by_role("link", name="Import rückgängig machen").click()
    page.wait_for_selector("text=Unternehmen verschwinden wieder")
    well_made(page)
    page.get_by_role("button", name="Import rückgängig machen").click()
    page.wait_for_selector("text=Der Import ist rückgängig gemacht")
    page.goto("/unternehmen/importe")
    assert "Zurückgenommen" in page.locator("#importe-tabelle").inner_text()
    page.goto("/unternehmen/importe/profile")
    assert "Regionalverband jährlich" in page.locator("#profile-tabelle").inner_text()


def test_without_javascript_a_cell_is_corrected_and_a_duplicate_decided(site, messy):
    site.office.add_firm("Beckmann Software GmbH", town="Konstanz")
    with site.signed_in("advisor", size=NARROW, javascript=False) as page:
        file_step(page, messy)
        page.get_by_role("button", name="Betriebe").click()
        page.get_by_role("button", name="Weiter zu den Spalten").click()
        page.get_by_role("button", name="Weiter zur Prüfung").click()
        page.get_by_role("button", name="Neues Unternehmen").click()
        page.locator(".wf-tabs").get_by_role("link", name="Fehlerhaft").click()
        page.locator(".wf-cell .kern-form-input__input").first.fill("HRB 380777")
        page.locator(".wf-cell button").first.click()
        assert "Zeile 7 ist gespeichert: Neu." in page.locator("#wf-toasts").inner_text()
        tiles = page.locator(".wf-tiles").inner_text().split()
        assert tiles[tiles.index("Fehlerhaft") + 1] == "0"
