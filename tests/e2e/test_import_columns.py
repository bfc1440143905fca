"""The page of columns in the browser."""

import pytest
from e2e_support import axe_faults

from wf40.testing.browser import DESKTOP


@pytest.fixture
def plugins():
    return ()


def test_the_edition_of_sector_codes_is_asked_for_only_while_a_column_is_one(site, tmp_path):
    path = tmp_path / "liste.csv"
    path.write_text("Firma;Ort;Zeichen\nMüller GmbH;Konstanz;A\nSee Café;Konstanz;B\n", "utf-8")
    with site.signed_in("advisor", size=DESKTOP) as page:
        page.goto("/unternehmen/import/neu")
        page.locator("#file").set_input_files(path)
        page.locator("#source").fill("Liste")
        page.locator("#legal_basis").select_option(index=1)
        page.get_by_role("button", name="Datei lesen").click()
        page.get_by_role("button", name="Weiter zu den Spalten").click()
        edition = page.get_by_label("Ausgabe der WZ-Codes")
        assert not edition.is_visible()
        page.locator("#column-2").select_option("wz_code")
        assert edition.is_visible()
        assert axe_faults(page) == []
        page.locator("#column-2").select_option("")
        assert not edition.is_visible()
