"""The chain that must never break, walked once by an officer and a firm, on each database."""

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from e2e_support import axe_faults, sideways

from wf40.testing.browser import DESKTOP, PHONE

REAL_DATA = Path(os.environ.get("WF40_REAL_DATA", Path(__file__).parents[3] / "shared" / "data"))
KONSTANZ = REAL_DATA / "02_companies_de" / "offeneregister" / "town_konstanz.csv"
FIRM = "Druckerei Konstanz GmbH"
PARTNER, PROBLEM, PROMISE = "Digitalwerkstatt Konstanz", "Angebote online annehmen", "Beratungsstellen nennen"


@pytest.fixture
def plugins():
    return ("digital_readiness", "partner_network", "follow_up")


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


def test_from_a_list_of_firms_to_a_concern_that_a_partner_solved(site, town_list, smtp_server):
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
        partner = enter_partner(page)
        talk = record_conversation(page, firm)
        concern = hand_on(page, talk, smtp_server)
        keep_the_promise(page)
        record_the_answer(page, concern)
        read_the_timeline(page, firm)
        page.goto(partner)
        assert PROBLEM in page.locator("main").inner_text()


def import_firms(page, path):
    page.goto("/unternehmen")
    page.get_by_role("link", name="Importieren").first.click()
    page.locator("#file").set_input_files(path)
    page.locator("#source").fill("OffeneRegister 2018")
    page.locator("#legal_basis").select_option(index=1)
    page.get_by_role("button", name="Datei lesen").click()
    assert axe_faults(page) == []
    page.get_by_role("button", name="Weiter zu den Spalten").click()
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


def enter_partner(page):
    page.goto("/p/partner_network/neu")
    page.locator("#name").fill(PARTNER)
    page.locator("#email").fill("werkstatt@partner.example")
    page.locator("#helps_digital").check()
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url(lambda url: not url.endswith("/neu"))
    return page.url


def record_conversation(page, firm):
    """One form: the conversation, the concern out of its topic, the task out of its promise."""
    page.goto(firm)
    page.get_by_role("link", name="Gespräch erfassen").first.click()
    page.get_by_label("Anlass").fill("Ergebnis des Digitalchecks")
    page.get_by_label("Digitalisierung", exact=True).check()
    page.get_by_label("Inhalt").fill("Die Druckerei möchte Angebote online annehmen.")
    page.get_by_label("Digitalisierung als Anliegen aufnehmen").check()
    page.get_by_label("Digitalisierung: worum geht es genau?").fill(PROBLEM)
    page.get_by_label("1. Aufgabe").fill(PROMISE)
    page.get_by_label("Fällig am").first.fill((datetime.now(UTC) + timedelta(days=1)).date().isoformat())
    look(page)
    page.get_by_role("button", name="Speichern").click()
    page.wait_for_url(re.compile(r"/gespraeche/\d+$"))
    text = page.locator("main").inner_text()
    assert PROBLEM in text
    assert PROMISE in text
    return page.url


def hand_on(page, talk, smtp_server):
    """Without a consent nothing leaves the office; with one, exactly what was shown before."""
    page.goto(talk)
    page.get_by_role("link", name=PROBLEM).click()
    page.wait_for_url("**/anliegen/*")
    concern = page.url
    look(page)
    page.get_by_role("link", name="Weiterleiten").first.click()
    page.wait_for_url("**/weiterleiten")
    look(page)
    assert "Es liegt keine Einwilligung vor" in page.locator("main").inner_text()
    page.locator("#recipient_key").select_option(label=next(o for o in options(page, "#recipient_key") if PARTNER in o))
    page.locator("#message").fill("Bitte zeigen Sie der Druckerei, wie Angebote online eingehen können.")
    page.locator("#contact_id").select_option(index=0)
    page.locator("#recorded").check()
    page.get_by_role("button", name="Vorschau ansehen").click()
    shown = page.locator("#vorschau, section:has(h2:has-text('sonst nichts'))").last.inner_text()
    look(page)
    page.get_by_role("button", name="Jetzt weiterleiten").click()
    page.wait_for_url(concern)
    mail = smtp_server.wait_for_message(to="werkstatt@partner.example", timeout=30)
    for text in (FIRM, PROBLEM, "wie Angebote online eingehen können"):
        assert text in " ".join(mail.text.split())
        assert text in " ".join(shown.split())
    return concern


def options(page, select):
    return page.locator(f"{select} option").all_inner_texts()


def keep_the_promise(page):
    """Done in one click on Mein Tag, without leaving it."""
    page.goto("/")
    look(page)
    card = page.locator("section:has(h2:text-is('Meine Wiedervorlagen'))")
    assert f"Rückmeldung von {PARTNER} einholen" in card.inner_text()
    card.get_by_role("button", name=f"{PROMISE}: erledigt").click()
    card.get_by_role("button", name="Rückgängig machen").wait_for()
    assert card.get_by_role("link", name=PROMISE).count() == 0


def record_the_answer(page, concern):
    page.goto(concern)
    page.get_by_role("link", name="Rückmeldung festhalten").first.click()
    look(page)
    page.get_by_role("radio", name="gelöst").check()
    page.locator("#answer").fill("Der Onlinezugang für Angebote läuft.")
    page.locator("#close").check()
    page.get_by_role("button", name="Speichern").click()
    page.wait_for_url(concern)
    assert "gelöst" in page.locator("main").inner_text()


def read_the_timeline(page, firm):
    page.goto(f"{firm}/verlauf")
    timeline = page.locator("main").inner_text()
    for entry in (
        "Zum Digitalcheck eingeladen",
        "Digitalcheck beantwortet",
        "Ergebnis des Digitalchecks",
        PROBLEM,
        PARTNER,
        PROMISE,
        "Der Onlinezugang für Angebote läuft.",
    ):
        assert entry in timeline, entry
