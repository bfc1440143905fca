"""The search that opens anywhere, in a real browser."""

import pytest
from e2e_support import axe_faults, sideways
from playwright.sync_api import expect

from wf40.testing.browser import DESKTOP, NARROW


@pytest.fixture
def firms(site):
    for name in ("Müller Maschinenbau GmbH", "Tiefbau Amsel", "Zaunkönig & Söhne"):
        site.office.add_firm(name, town="Konstanz", phone="07531 900900")
    return site


def test_ctrl_k_finds_while_typing_and_arrows_and_enter_open(firms):
    with firms.signed_in("advisor") as page:
        page.goto("/gespraeche")
        page.keyboard.press("Control+k")
        dialog, field = page.locator("#wf-find"), page.locator("#wf-find-q")
        expect(dialog).to_be_visible()
        expect(field).to_be_focused()
        expect(dialog.get_by_role("option", name="Unternehmen anlegen")).to_be_visible()
        page.keyboard.type("bau")
        expect(dialog.get_by_role("option")).to_have_count(2)
        expect(field).to_have_attribute("aria-expanded", "true")
        assert axe_faults(page) == []
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        expect(dialog.get_by_role("option").nth(1)).to_have_attribute("aria-selected", "true")
        expect(field).to_have_attribute("aria-activedescendant", "wf-find-option-1")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Tiefbau Amsel")
        page.wait_for_load_state("networkidle")
        page.keyboard.press("/")
        expect(dialog.get_by_role("group", name="Zuletzt angesehen")).to_contain_text("Tiefbau Amsel")
        page.keyboard.type("07531 9009")
        expect(dialog.get_by_role("option").first.locator("mark")).to_have_count(1)
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()


@pytest.mark.parametrize("size", [DESKTOP, NARROW], ids=["wide", "narrow"])
def test_without_scripts_the_field_leads_to_the_page_of_the_search(firms, size):
    with firms.signed_in("reader", size=size, javascript=False) as page:
        page.locator("#wf-search").fill("muell")
        page.locator("#wf-search").press("Enter")
        expect(page).to_have_url(firms.url + "/suche?q=muell")
        page.get_by_role("link", name="Müller Maschinenbau").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Müller")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_page_and_the_dialog_fit_a_narrow_window_and_have_no_axe_fault(firms, dark):
    with firms.signed_in("advisor", size=NARROW, dark=dark) as page:
        page.goto("/suche?q=bau")
        assert sideways(page) <= 0
        assert axe_faults(page) == []
        page.locator("#wf-search").click()
        page.locator("#wf-find-q").fill("zzz")
        expect(page.locator(".wf-find__none")).to_be_visible()
        page.locator("#wf-find-q").fill("konst")
        expect(page.locator("#wf-find [role=option]")).to_have_count(3)
        assert page.locator("#wf-find").evaluate("d => d.scrollWidth - d.clientWidth") == 0
        assert axe_faults(page) == []
        page.locator("#wf-find").get_by_role("button", name="Schließen").click()
        expect(page.locator("#wf-find")).to_be_hidden()
