"""The handbook inside the product."""

import re

import pytest

from wf40.core.admin.handbook import handbook_file, rendered
from wf40.sdk import roles


@pytest.mark.parametrize("role", [roles.LEAD, roles.READER, roles.ADMIN])
def test_everybody_who_is_signed_in_finds_the_handbook_in_the_menu(office, role):
    client = office.client_as(role)
    assert 'href="/hilfe"' in client.get("/konto").text
    page = client.get("/hilfe").text
    for line in handbook_file().read_text("utf-8").splitlines():
        if line.startswith("## "):
            assert line[3:] in page
    anchors = re.findall(r'href="#(abschnitt-\d+)"', page)
    assert anchors
    assert all(page.count(f'id="{anchor}"') == 1 for anchor in anchors)
    assert page.count("<h1") == 1
    assert "<img" not in page


def test_visitors_are_asked_to_sign_in(office):
    assert office.visitor().get("/hilfe").status_code == 302


def test_an_english_page_says_that_the_handbook_is_german(office):
    page = office.client_as("advisor", language="en").get("/hilfe").text
    assert '<html lang="en"' in page
    assert '<div lang="de">' in page
    assert office.client_as("advisor").get("/hilfe").text.count("bisher nur auf Deutsch") == 0


def test_html_stays_text_and_pictures_are_left_out():
    page = rendered(
        "# Titel\n\n## A & B\n\n<script>x()</script>\n\nText <b>fett</b> ![Bild](a.png)\n\n![Bild](b.png)\n\n"
        "[böse](javascript:x)\n\n| Rolle | darf |\n|---|---|\n| L | alles |\n"
    )
    assert page.sections == (("abschnitt-1", "A & B"),)
    assert "Titel" not in page.text
    assert "<script" not in page.text
    assert "<b>" not in page.text
    assert "&lt;script&gt;" in page.text
    assert "<img" not in page.text
    assert "javascript:x" not in re.findall(r'href="([^"]*)"', page.text)
    assert '<th scope="col">Rolle</th>' in page.text
    assert '<p class="kern-body"></p>' not in page.text
