"""Every entry of the navigation for each role, in both languages and colours: no dead link, no fault, no untranslated word, no barrier."""

import pytest
from e2e_support import LINKS, TEXTS, axe_faults, choose, sign_in

from wf40.demo.town import LOGINS, PASSWORD
from wf40.testing.browser import DESKTOP, new_page, watch

ROLES = {login.role: login.email for login in LOGINS}


@pytest.mark.parametrize(("language", "theme"), [("de", "light"), ("en", "dark")])
@pytest.mark.parametrize("role", ROLES)
def test_every_link_of_the_navigation(town, german_only, role, language, theme):
    """Every entry of the navigation and every tab of those pages, for each role, in both languages and colours."""
    with new_page(
        town.browser, base_url=town.url, language=f"{language}-DE", dark=theme == "dark", size=DESKTOP
    ) as page:
        problems = watch(page)
        sign_in(page, ROLES[role], PASSWORD)
        choose(page, language, theme)
        links = page.locator(".wf-sidebar a, .wf-tabs a").evaluate_all(LINKS)
        assert links
        for link in dict.fromkeys(links):
            page.goto(link)
            assert page.locator("h1").count() == 1, link
            assert axe_faults(page) == [], f"{role} {language} {theme} {link}"
            if language == "en":
                assert sorted(german_only.intersection(page.evaluate(TEXTS))) == [], f"untranslated on {link}"
        assert problems.all() == []


def test_barriers_are_found_and_named(page):
    page.set_content("<main><h1>Bild</h1><img src='data:,'><a href='/'></a><p style='color: #ccc'>blass</p></main>")
    faults = axe_faults(page)
    assert sorted(fault.partition(":")[0] for fault in faults) == [
        "color-contrast",
        "document-title",
        "html-has-lang",
        "image-alt",
        "link-name",
    ]
    assert any(fault.startswith("image-alt: ") and fault.endswith('at ["img"] <img src="data:,">') for fault in faults)
