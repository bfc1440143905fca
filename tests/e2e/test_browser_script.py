"""The small comforts of the browser's script: by keyboard alone, nothing typed is lost, and all of it works without."""

import re

import pytest
from e2e_support import sign_in
from playwright.sync_api import expect

from wf40.core.contacts import service as contacts
from wf40.core.contacts.rules import ContactInput
from wf40.core.firms import service as firms


@pytest.fixture
def database_kind():
    """What the browser does itself is the same on every database."""
    return "sqlite"


@pytest.fixture
def firm(site):
    """A firm with one contact; returns its address."""
    with site.office.writing_as("advisor") as u:
        firm_id = firms.create_firm(u, firms.FirmInput("Kettenwerk Muster GmbH", town="Musterhausen"))
        contacts.add_contact(u, firm_id, ContactInput(family_name="Brandt", given_name="Eva"))
    return f"/unternehmen/{firm_id}"


def focus_by_tab(page, wanted):
    """Walk with the Tab key until ``wanted`` has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if wanted.evaluate("e => e === document.activeElement"):
            return
    raise AssertionError("the Tab key never gets there")


def test_a_list_of_choices_is_used_by_keyboard_alone(site):
    with site.signed_in("advisor") as page:
        page.goto("/unternehmen/neu")
        field = page.get_by_role("combobox", name="Rechtsform")
        focus_by_tab(page, field)
        page.keyboard.press("ArrowDown")
        options = page.locator("#legal_form-liste [role=option]")
        assert options.count() > 5
        page.keyboard.press("Escape")
        expect(field).to_have_attribute("aria-expanded", "false")
        page.keyboard.press("Control+a")
        page.keyboard.type("gmbh")
        expect(field).to_have_attribute("aria-expanded", "true")
        assert all("gmbh" in text.lower() for text in options.all_text_contents())
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowUp")
        active = field.get_attribute("aria-activedescendant")
        chosen = page.locator(f"[id='{active}']").inner_text()
        expect(page.locator(f"[id='{active}']")).to_have_attribute("aria-selected", "true")
        page.keyboard.press("Enter")
        expect(field).to_have_value(chosen)
        expect(field).to_have_attribute("aria-expanded", "false")
        assert page.url.endswith("/unternehmen/neu"), "Enter chooses; it does not send the form"
        assert page.locator("select[name=legal_form]").evaluate("s => s.selectedOptions[0].text.trim()") == chosen
        page.keyboard.press("Control+a")
        page.keyboard.type("so etwas gibt es nicht")
        page.keyboard.press("Tab")
        expect(field).to_have_value(chosen)


def test_a_sector_is_found_by_typing_words_and_taken_by_keyboard(site):
    with site.signed_in("advisor") as page:
        page.goto("/unternehmen/neu")
        page.locator("#name").focus()
        page.keyboard.type("Fräserei Muster GmbH")
        field = page.get_by_role("combobox", name="Branche (WZ)")
        focus_by_tab(page, field)
        page.keyboard.type("maschinenbau")
        expect(field).to_have_attribute("aria-expanded", "true")
        page.keyboard.press("Escape")
        expect(field).to_have_attribute("aria-expanded", "false")
        expect(field).to_have_value("maschinenbau")
        page.keyboard.press("Control+a")
        page.keyboard.type("28.41")
        expect(field).to_have_attribute("aria-expanded", "true")
        page.keyboard.press("ArrowDown")
        offered = page.locator("#wz-liste [role=option]").first
        label = offered.inner_text()
        page.keyboard.press("Enter")
        expect(field).to_have_value(label)
        expect(page.locator("wf-combobox:has(#wz) .wf-combobox__chosen")).to_have_text("")
        page.keyboard.press("Control+s")
        page.wait_for_url(re.compile(r"/unternehmen/\d+$"))
        expect(page.locator("h1")).to_have_text("Fräserei Muster GmbH")
        with site.office.reading_as("advisor") as u:
            stored = firms_of(u)["Fräserei Muster GmbH"]
        assert label.startswith(f"{stored.wz_code} – ")


def firms_of(u):
    """Return the stored firms by name."""
    from wf40.core.firms.models import Firm

    return {row.name: row for row in u.session.query(Firm)}


@pytest.mark.parametrize("keys", ["Control+k", "/"])
def test_search_is_one_key_away(site, firm, keys):
    with site.signed_in("advisor") as page:
        page.goto(firm)
        page.keyboard.press(keys)
        expect(page.locator("#wf-find-q")).to_be_focused()
        expect(page.locator("#wf-find-q")).to_have_value("")
        page.keyboard.type("kettenwerk")
        page.keyboard.press("Enter")
        page.wait_for_url("**/suche?*")
        expect(page.get_by_role("link", name="Kettenwerk Muster GmbH").first).to_be_visible()


def test_a_slash_in_a_field_is_a_slash(site):
    with site.signed_in("advisor") as page:
        page.goto("/unternehmen/neu")
        page.locator("#name").focus()
        page.keyboard.type("A/B?")
        expect(page.locator("#name")).to_have_value("A/B?")
        expect(page.locator("#wf-shortcuts")).to_be_hidden()


def test_a_question_mark_shows_the_shortcuts_and_escape_closes_them(site):
    with site.signed_in("advisor") as page:
        page.goto("/unternehmen")
        page.keyboard.press("?")
        dialog = page.get_by_role("dialog", name="Tastenkürzel")
        expect(dialog).to_be_visible()
        assert "Strg S" in dialog.inner_text()
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()


def test_leaving_with_unsaved_edits_asks_first(site, firm):
    with site.signed_in("advisor") as page:
        asked = []
        page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
        page.goto(f"{firm}/bearbeiten")
        page.get_by_role("link", name="Abbrechen").click()
        page.wait_for_url(f"**{firm}")
        assert asked == []
        page.goto(f"{firm}/bearbeiten")
        page.locator("#website").click()
        page.keyboard.type("www.kettenwerk.example")
        page.get_by_role("link", name="Abbrechen").click()
        page.wait_for_timeout(300)
        assert asked == ["beforeunload"]
        assert page.url.endswith("/bearbeiten")
        expect(page.locator("#website")).to_have_value("www.kettenwerk.example")
        page.keyboard.press("Control+s")
        page.wait_for_url(f"**{firm}")
        assert asked == ["beforeunload"], "saving does not ask"


def test_a_draft_is_kept_in_the_tab_until_it_is_sent(site, firm):
    with site.signed_in("advisor") as page:
        page.on("dialog", lambda dialog: dialog.accept())
        write_draft(page, firm, "Ein langes Gespräch über Lehrlinge")
        page.reload()
        expect(page.locator("#summary")).to_have_value("")
        page.locator("[data-wf-draft-take]").click()
        expect(page.locator("#summary")).to_have_value("Ein langes Gespräch über Lehrlinge")
        expect(page.locator("[data-wf-draft-notice]")).to_be_hidden()
        page.locator("main form[data-wf-draft] button.kern-btn--primary").click()
        page.wait_for_url(re.compile(r"/gespraeche/\d+$"))
        expect(page.get_by_text("Ein langes Gespräch über Lehrlinge").first).to_be_visible()
        page.goto(f"{firm}/gespraeche/neu")
        expect(page.locator("[data-wf-draft-notice]")).to_be_hidden()
        assert drafts(page) == []


def test_signing_out_forgets_drafts(site, firm):
    with site.signed_in("advisor") as page:
        page.on("dialog", lambda dialog: dialog.accept())
        write_draft(page, firm, "Vertrauliches")
        assert len(drafts(page)) == 1
        page.goto(firm)
        open_menu(page, "Beratung 1")
        page.get_by_role("button", name="Abmelden").click()
        page.wait_for_url("**/anmelden*")
        assert drafts(page) == []
        sign_in(page, "advisor-1@musterhausen.example")
        page.goto(f"{firm}/gespraeche/neu")
        expect(page.locator("[data-wf-draft-notice]")).to_be_hidden()


def write_draft(page, firm, words):
    page.goto(f"{firm}/gespraeche/neu")
    page.locator("#summary").click()
    page.keyboard.type(words)
    page.wait_for_timeout(600)  # a draft is written when typing pauses


def drafts(page):
    return page.evaluate("Object.keys(sessionStorage).filter(key => key.startsWith('wf-draft:'))")


def open_menu(page, name):
    page.locator("header summary", has_text=name).click()


def test_a_message_is_closed_by_its_button(site, firm):
    with site.signed_in("advisor") as page:
        page.goto(f"{firm}/bearbeiten")
        page.locator("#town").fill("Neustadt")
        page.keyboard.press("Control+s")
        page.wait_for_url(f"**{firm}")
        message = page.locator("#wf-toasts .wf-toast")
        expect(message).to_have_count(1)
        page.get_by_role("button", name="Meldung schließen").press("Enter")
        expect(message).to_have_count(0)


@pytest.mark.parametrize("javascript", [True, False])
def test_colours_and_language_are_switched_and_kept(site, javascript):
    with site.signed_in("advisor", javascript=javascript) as page:
        page.goto("/unternehmen")
        background = page.locator("body").evaluate("b => getComputedStyle(b).backgroundColor")
        open_menu(page, "Darstellung")
        page.get_by_role("button", name="Dunkel").click()
        page.wait_for_url("**/unternehmen")
        expect(page.locator("html")).to_have_attribute("data-kern-theme", "dark")
        assert page.locator("body").evaluate("b => getComputedStyle(b).backgroundColor") != background
        open_menu(page, "Sprache: Deutsch")
        page.get_by_role("button", name="English").click()
        page.wait_for_url("**/unternehmen")
        expect(page.locator("html")).to_have_attribute("lang", "en")
        page.goto("/")
        expect(page.locator("html")).to_have_attribute("lang", "en")
        expect(page.locator("html")).to_have_attribute("data-kern-theme", "dark")


def test_all_of_it_works_without_a_script(site, firm):
    with site.signed_in("advisor", javascript=False) as page:
        page.goto("/unternehmen/neu")
        page.locator("#name").fill("Drechslerei Muster e. K.")
        page.locator("#wz").fill("16.29")
        page.locator("select[name=legal_form]").select_option(value="ek")
        page.locator("main form[data-wf-save] button.kern-btn--primary").click()
        page.wait_for_url(re.compile(r"/unternehmen/\d+$"))
        expect(page.locator("h1")).to_have_text("Drechslerei Muster e. K.")
        expect(page.locator("main")).to_contain_text("16.29")
        assert page.get_by_role("button", name="Meldung schließen").count() == 0, (
            "a button that does nothing is not shown"
        )
        page.goto("/unternehmen")
        page.locator("#filter-q").fill("drechslerei")
        page.get_by_role("button", name="Filtern").click()
        page.wait_for_url("**/unternehmen?*")
        expect(page.locator("table.wf-table tbody tr")).to_have_count(1)
        page.goto(f"{firm}/gespraeche/neu")
        page.locator("#summary").fill("Ohne Skript geschrieben")
        page.locator("main form[data-wf-save] button.kern-btn--primary").click()
        page.wait_for_url(re.compile(r"/gespraeche/\d+$"))
        expect(page.locator("main")).to_contain_text("Ohne Skript geschrieben")


def test_on_a_phone_only_the_search_of_the_list_stands_open(site, firm):
    with site.signed_in("advisor") as page:
        page.goto("/unternehmen")
        expect(page.locator("#filter-groesse")).to_be_visible()
        page.set_viewport_size({"width": 320, "height": 640})
        page.goto("/unternehmen")
        expect(page.locator("#filter-q")).to_be_visible()
        expect(page.locator("#filter-groesse")).to_be_hidden()
        page.get_by_text("Weitere Filter").click()
        page.locator("#filter-groesse").select_option(value="unbekannt")
        page.get_by_role("button", name="Filtern").click()
        page.wait_for_url("**groesse=unbekannt**")
        expect(page.get_by_role("link", name="Kettenwerk Muster GmbH").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
