"""Every page: all that links lead to from the first one on for three roles, and the whole navigation for each role."""

import re
from collections import deque
from contextlib import contextmanager
from urllib.parse import urljoin, urlsplit

import pytest
from e2e_support import LINKS, TEXTS, axe_faults, choose, sideways, sign_in
from playwright.sync_api import Error

from wf40.demo.town import LOGINS, PASSWORD
from wf40.testing.browser import DESKTOP, NARROW, new_page, watch

ROLES = {login.role: login.email for login in LOGINS}
NAVIGATION = ".wf-sidebar a, .wf-tabs a"
CRAWLED = [("lead", "de", "light"), ("admin", "en", "dark"), ("advisor", "en", "dark")]
"""Role, language and colours in which every link is followed, those of the navigation among them."""
ONLY_NAVIGATED = [
    (role, language, theme)
    for role in ROLES
    for language, theme in (("de", "light"), ("en", "dark"))
    if (role, language, theme) not in CRAWLED
]


def shape(path: str) -> str:
    """Return a path with its numbers left out: pages of one shape are looked at once."""
    return re.sub(r"\d+", "1", path)


def opened(page, address):
    """Open an address as a page, or fetch what the browser would store instead; returns the answer."""
    try:
        return page.goto(address)
    except Error as refused:
        if "Download is starting" not in refused.message and "ERR_ABORTED" not in refused.message:
            raise
        return page.request.get(address)


def crawl(page, navigation, start="/"):
    """Yield every page that links lead to from ``start``: each of the navigation, of all others each shape once."""
    waiting, seen, left = deque([start]), set(), {*navigation}
    while waiting:
        address = waiting.popleft()
        path = urlsplit(address).path
        if shape(path) in seen and address not in left:
            continue
        seen.add(shape(path))
        left.discard(address)
        answer = opened(page, address)
        assert answer.status < 400, f"{address} answered {answer.status}"
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        yield path
        for href in page.locator("a[href]").evaluate_all(LINKS):
            target = urljoin(page.url, href)
            same = urlsplit(target).netloc == urlsplit(page.url).netloc
            if same and not urlsplit(target).path.startswith("/static/"):
                waiting.append(urlsplit(target)._replace(scheme="", netloc="", fragment="").geturl())
    assert left == set(), "every entry of the navigation is among the links"


def navigation(page):
    """Return every entry of the navigation and every tab of the page, once each."""
    links = list(dict.fromkeys(page.locator(NAVIGATION).evaluate_all(LINKS)))
    assert links
    return links


def look(page, language, german_only, where):
    """Look at one page: one heading, no barrier, nothing left untranslated."""
    assert page.locator("h1").count() == 1, where
    assert axe_faults(page) == [], where
    if language == "en":
        assert sorted(german_only.intersection(page.evaluate(TEXTS))) == [], f"untranslated on {where}"


@contextmanager
def browsing(town, role, language, theme):
    """Sign in as a person of a role who has chosen language and colours; what goes wrong unseen fails the test."""
    with new_page(
        town.browser, base_url=town.url, language=f"{language}-DE", dark=theme == "dark", size=DESKTOP
    ) as page:
        problems = watch(page)
        sign_in(page, ROLES[role], PASSWORD)
        choose(page, language, theme)
        yield page
        assert problems.all() == []


@pytest.mark.parametrize(("role", "language", "theme"), CRAWLED)
def test_every_page_that_links_lead_to(town, german_only, role, language, theme):
    """The whole product from the first page on; also without sideways scrolling at 320 px."""
    with browsing(town, role, language, theme) as page:
        visited = []
        for path in crawl(page, navigation(page)):
            visited.append(path)
            look(page, language, german_only, path)
            page.set_viewport_size(NARROW)
            assert sideways(page) <= 0, f"{path} scrolls sideways at 320 px"
            page.set_viewport_size(DESKTOP)
        assert len(visited) > (5 if role == "admin" else 15)


@pytest.mark.parametrize(("role", "language", "theme"), ONLY_NAVIGATED)
def test_every_link_of_the_navigation(town, german_only, role, language, theme):
    """Every entry of the navigation and every tab, for each role, in both languages and colours."""
    with browsing(town, role, language, theme) as page:
        for link in navigation(page):
            page.goto(link)
            look(page, language, german_only, f"{role} {language} {theme} {link}")
