"""A mail pulled onto a page becomes a draft; without the script the form's own button does the same."""

import pytest
from playwright.sync_api import expect

from wf40.core.contacts.rules import ContactInput
from wf40.core.contacts.service import add_contact

MAIL = (
    "From: Eva Brandt <eva@kette.example>\nSubject: Halle gesucht\nDate: Thu, 19 Nov 2026 10:30:00 +0100\n\nGuten Tag"
)


@pytest.fixture
def database_kind():
    """What the browser does itself is the same on every database."""
    return "sqlite"


@pytest.fixture
def person(site):
    firm = site.office.add_firm("Kettenwerk Muster GmbH")
    with site.office.writing_as("advisor") as u:
        return firm.id, add_contact(u, firm.id, ContactInput("Brandt", given_name="Eva", email="eva@kette.example"))


def test_a_mail_pulled_onto_the_page_of_a_person_fills_the_form(site, person):
    with site.signed_in("advisor") as page:
        page.goto(f"/ansprechpersonen/{person[1]}")
        made = "text => { const d = new DataTransfer(); d.items.add(new File([text], 'm.eml')); return d; }"
        pulled = {"dataTransfer": page.evaluate_handle(made, MAIL)}
        page.dispatch_event("main", "dragover", pulled)
        expect(page.locator("form.wf-dropping")).to_have_count(1)
        page.dispatch_event("main", "drop", pulled)
        expect(page.get_by_label("Anlass")).to_have_value("Halle gesucht")
        expect(page.get_by_label("Eva Brandt")).to_be_checked()


def test_without_the_script_the_button_does_it(site, person):
    with site.signed_in("advisor", javascript=False) as page:
        page.goto(f"/unternehmen/{person[0]}/gespraeche")
        page.set_input_files("#mail-datei", {"name": "m.eml", "mimeType": "message/rfc822", "buffer": MAIL.encode()})
        page.get_by_role("button", name="Entwurf erstellen").click()
        expect(page.get_by_label("Anlass")).to_have_value("Halle gesucht")
