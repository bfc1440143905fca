"""Persons who stand twice, in a real browser: found in the queue, compared, merged, and separated by the message."""

import pytest
from e2e_support import axe_faults, sideways
from playwright.sync_api import expect

from wf40.core.contacts.service import ContactInput, add_contact
from wf40.testing.browser import DESKTOP, NARROW


@pytest.fixture
def twins(site):
    firm = site.office.add_firm("Kranz Metallbau GmbH")
    with site.office.writing_as("advisor") as u:
        add_contact(u, firm.id, ContactInput("Müller", "Sabine", email="s.mueller@kranz.example"))
        add_contact(u, firm.id, ContactInput("Mueller", "Sabine", mobile="0171 5550123"))
    site.office.work()
    return site


@pytest.mark.parametrize(("size", "dark"), [(DESKTOP, False), (NARROW, True)], ids=["wide", "narrow-dark"])
def test_a_pair_of_persons_is_merged_and_separated(twins, size, dark):
    with twins.signed_in("advisor", size=size, dark=dark) as page:

        def fits():
            assert axe_faults(page) == []
            assert sideways(page) <= 0

        page.goto("/dubletten/personen")
        expect(page.get_by_role("heading", name="Sabine Müller und Sabine Mueller")).to_be_visible()
        fits()
        page.get_by_role("link", name="Zusammenführen …").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Personen zusammenführen")
        fits()
        page.get_by_role("button", name="Zusammenführen").click()
        expect(page.get_by_text("Die Personen sind zusammengeführt.")).to_be_visible()
        expect(page.locator("#zusammengefuehrt")).to_contain_text("Sabine Mueller")
        fits()
        page.locator("#zusammengefuehrt").get_by_role("link").click()
        fits()
        page.get_by_role("button", name="Wieder trennen").click()
        expect(page.get_by_text("Die Personen sind wieder getrennt.")).to_be_visible()
        page.goto("/zusammenfuehrungen/personen")
        expect(page.get_by_text("wieder getrennt", exact=True)).to_be_visible()
        fits()
