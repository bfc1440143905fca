"""On every page that belongs to an entry of the navigation, that entry is marked; the way back stands above."""

import re

import pytest


def marked(page):
    return sorted(
        set(re.findall(r'<a[^>]*aria-current="(?:page|true)"[^>]*>.*?</a>', page.split("<main", 1)[0], re.DOTALL))
    )  # the menu of narrow screens says the same


@pytest.mark.parametrize(
    ("role", "path", "entry"),
    [
        ("advisor", "/dubletten", "Unternehmen"),
        ("advisor", "/zusammenfuehrungen", "Unternehmen"),
        ("advisor", "/exporte/unternehmen", "Unternehmen"),
        ("advisor", "/exporte/ansprechpersonen", "Ansprechpersonen"),
        ("advisor", "/schlagwoerter", "Unternehmen"),
        ("lead", "/schlagwoerter", "Amt"),
        ("lead", "/schlagwoerter/neu", "Amt"),
        ("lead", "/verwaltung/felder", "Amt"),
        ("lead", "/verwaltung/felder/neu", "Amt"),
        ("admin", "/verwaltung/felder", "Verwaltung"),
        ("admin", "/schlagwoerter", "Verwaltung"),
        ("admin", "/verwaltung/protokoll", "Verwaltung"),
        ("advisor", "/unternehmen", "Unternehmen"),
        ("advisor", "/", "Mein Tag"),
    ],
)
def test_the_entry_of_a_page_is_marked(office, role, path, entry):
    found = marked(office.client_as(role).get(path).text)
    assert len(found) == 1
    assert entry in found[0]


@pytest.mark.parametrize(
    ("role", "path", "back"),
    [
        ("advisor", "/schlagwoerter", "/unternehmen"),
        ("lead", "/schlagwoerter", "/verwaltung/amt"),
        ("lead", "/schlagwoerter/neu", "/schlagwoerter"),
        ("lead", "/verwaltung/felder", "/verwaltung/amt"),
        ("lead", "/verwaltung/felder/neu", "/verwaltung/felder"),
    ],
)
def test_the_way_back_stands_above(office, role, path, back):
    page = office.client_as(role).get(path).text
    crumbs = re.search(r'<nav class="wf-crumbs".*?</nav>', page, re.DOTALL)
    assert crumbs
    assert f'href="{back}"' in crumbs[0]
