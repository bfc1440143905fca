"""The chain that must never break, walked once by an officer and a firm, on each database."""

import os
import re
from pathlib import Path

import pytest
from e2e_support import axe_faults, sideways

from wf40.testing.browser import DESKTOP, PHONE

REAL_DATA = Path(os.environ.get("WF40_REAL_DATA", Path(__file__).parents[3] / "shared" / "data"))
KONSTANZ = REAL_DATA / "02_companies_de" / "offeneregister" / "town_konstanz.csv"
FIRM = "Druckerei Konstanz GmbH"


@pytest.fixture
def plugins():
    return ("digital_readiness", "partner_network")


@pytest.fixture
def town_list(tmp_path):
    """The real list of a town, or where it is missing, a made-up one of the same shape."""
    if KONSTANZ.is_file():
        return KONSTANZ
    made_up = tmp_path / "town.csv"
    head = "company_number,name,status,register_type,register_number,registrar,registered_office,registered_address\n"
    rows = [f"X_HRB{n},Muster {n} GmbH,currently registered,HRB,{n},Freiburg,Konstanz,\n" for n in range(1, 120)]
    made_up.write_text(
        head + f"X_HRB999,{FIRM},currently registered,HRB,999,Freiburg,Konstanz,\n" + "".join(rows), "utf-8"
    )
    return made_up


def test_from_a_list_of_firms_to_a_conversation_in_the_timeline(site, town_list, smtp_server):
    with site.signed_in("advisor", size=DESKTOP) as page:
        firm = import_firms(page, town_list)
        enter_sector(page, firm)
        enter_contact(page, firm)
        page.goto(firm)
        assert "Ampel: grau" in page.locator("main").inner_text()
        send_link(page, firm)
        mail = smtp_server.wait_for_message(to="inhaberin@druckerei.example", timeout=30)
        link = re.search(r"http://\S+/public/digital_readiness/\S+", mail.text)[0]
        result = answer_on_a_phone(site, link)
        assert "von 100" in result
        page.goto(firm)
        panel = page.locator("main").inner_text()
        assert re.search(r"Ampel: (rot|gelb|grün)", panel), panel[:400]
        explain(page, firm)
        change_one_answer(page, firm)
        record_conversation(page, firm)


def import_firms(page, path):
    page.goto("/unternehmen")
    page.get_by_role("link", name="Importieren").first.click()
    page.locator("#file").set_input_files(path)
    page.locator("#source").fill("OffeneRegister 2018")
    page.locator("#legal_basis").select_option(index=1)
    page.get_by_role("button", name="Datei lesen").click()
    assert axe_faults(page) == []
    page.get_by_role("button", name="Weiter zur Prüfung").click()
    assert axe_faults(page) == []
    page.get_by_role("button", name="Jetzt einlesen").click()
    page.wait_for_url("**/ergebnis*", timeout=90_000)
    assert axe_faults(page) == []
    page.goto("/unternehmen?q=Druckerei+Konstanz")
    page.get_by_role("link", name=FIRM).first.click()
    page.wait_for_load_state()
    return page.url


def enter_sector(page, firm):
    page.goto(f"{firm}/bearbeiten")
    field = page.get_by_label("Branche (WZ)").first
    field.fill("18.12")
    page.locator("li[role=option]").first.wait_for()
    field.press("ArrowDown")
    field.press("Enter")
    page.get_by_role("button", name="Speichern").click()
    page.wait_for_url(firm)
    assert "18.12" in page.locator("main").inner_text()


def enter_contact(page, firm):
    page.goto(f"{firm}/ansprechpersonen/neu")
    page.locator("#given_name").fill("Ines")
    page.locator("#family_name").fill("Größer")
    page.locator("#email").fill("inhaberin@druckerei.example")
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url(lambda url: not url.endswith("/neu"))


def send_link(page, firm):
    page.goto(firm)
    page.get_by_role("link", name="Zum Digitalcheck einladen").first.click()
    if page.get_by_role("radio", name=re.compile("Größer")).count():
        page.get_by_role("radio", name=re.compile("Größer")).check()
    page.get_by_role("button", name="Einladung senden").click()
    page.wait_for_load_state()


def answer_on_a_phone(site, link):
    """Fill in the questionnaire, leave it in the middle, and go on with the same link."""
    with site.visit(size=PHONE) as phone:
        phone.goto(link)
        look(phone)
        phone.locator("main form button[type=submit]").first.click()
        rested = False
        for turn in range(20):  # a follow-up question appears on the page of its parent
            if "/frage/" not in phone.url:
                break
            look(phone)
            answer_what_is_open(phone, "no" if turn % 2 else "yes")
            if "/frage/3" in phone.url and not rested:
                rested = True
                phone.get_by_role("button", name=re.compile("Später|fortsetzen")).first.click()
                phone.wait_for_load_state()
                phone.goto(link)
                phone.locator("main form button[type=submit]").first.click()
            else:
                phone.get_by_role("button", name=re.compile("Weiter")).first.click()
            phone.wait_for_load_state()
        assert rested
        look(phone)
        phone.locator("main form button[type=submit]").first.click()
        phone.wait_for_url("**/ergebnis")
        look(phone)
        return phone.locator("main").inner_text()


def answer_what_is_open(phone, wanted):
    """Choose one option of every question on the page that has no answer yet."""
    for group in phone.locator("main fieldset").all():
        option = group.locator(f"input[value='{wanted}']")
        if option.count() and not group.locator("input:checked").count():
            option.first.check(force=True)


def look(page):
    assert axe_faults(page) == [], page.url
    assert sideways(page) <= 0, page.url


def explain(page, firm):
    page.goto(f"{firm}/fruehwarnung")
    text = page.locator("main").inner_text()
    for word in ("Strukturdruck der Branche", "Signale", "Worauf das beruht"):
        assert word in text
    assert axe_faults(page) == []


def points(page, firm):
    page.goto(f"{firm}/fruehwarnung")
    return int(re.search(r"(\d+) von 100 Punkten", page.locator("main").inner_text())[1])


def change_one_answer(page, firm):
    """A corrected answer changes the points on the very next page."""
    before = points(page, firm)
    link = page.locator("main a[href*='/antworten/']").first
    link.click()
    page.wait_for_load_state()
    correct = page.locator("a[href*='/frage/']").first
    correct.click()
    page.wait_for_load_state()
    wanted = "yes" if page.locator("input[type=radio][value='no']").first.is_checked() else "no"
    page.locator(f"input[type=radio][value='{wanted}']").first.check(force=True)
    page.get_by_label("Grund der Berichtigung").fill("Rückfrage am Telefon")
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_load_state()
    after = points(page, firm)
    assert (after < before) if wanted == "yes" else (after > before)


def record_conversation(page, firm):
    page.goto(firm)
    page.get_by_role("link", name="Gespräch erfassen").first.click()
    page.get_by_label("Anlass").fill("Ergebnis des Digitalchecks")
    page.get_by_label("Digitalisierung").check()
    page.get_by_label("Inhalt").fill("Die Druckerei möchte Angebote online annehmen.")
    assert axe_faults(page) == []
    page.get_by_role("button", name="Speichern").click()
    page.wait_for_load_state()
    page.goto(f"{firm}/verlauf")
    timeline = page.locator("main").inner_text()
    for entry in (
        "Ergebnis des Digitalchecks",
        "Digitalcheck beantwortet",
        "Zum Digitalcheck eingeladen",
        "Unternehmen",
    ):
        assert entry in timeline
