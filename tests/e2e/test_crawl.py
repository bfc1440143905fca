"""Follows every link from the first page on, as people of three roles."""

import re
from collections import deque
from urllib.parse import urljoin, urlsplit

import pytest
from e2e_support import LINKS, TEXTS, axe_faults, choose, sideways, sign_in
from playwright.sync_api import Error

from wf40.demo.town import LOGINS, PASSWORD
from wf40.testing.browser import DESKTOP, NARROW, new_page, watch

ROLES = {login.role: login.email for login in LOGINS}


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


def crawl(page, start="/"):
    """Yield every page that links lead to from ``start``, each shape once."""
    waiting, seen = deque([start]), set()
    while waiting:
        address = waiting.popleft()
        path = urlsplit(address).path
        if shape(path) in seen:
            continue
        seen.add(shape(path))
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


@pytest.mark.parametrize(
    ("role", "language", "theme"),
    [("lead", "de", "light"), ("admin", "en", "dark"), ("advisor", "en", "dark")],
)
def test_every_page_that_links_lead_to(town, german_only, role, language, theme):
    """The whole product from the first page on; also without sideways scrolling at 320 px."""
    with new_page(town.browser, base_url=town.url, language=f"{language}-DE", dark=theme == "dark") as page:
        problems = watch(page)
        sign_in(page, ROLES[role], PASSWORD)
        choose(page, language, theme)
        visited = []
        for path in crawl(page):
            visited.append(path)
            assert axe_faults(page) == [], path
            if language == "en":
                assert sorted(german_only.intersection(page.evaluate(TEXTS))) == [], f"untranslated on {path}"
            page.set_viewport_size(NARROW)
            assert sideways(page) <= 0, f"{path} scrolls sideways at 320 px"
            page.set_viewport_size(DESKTOP)
        assert len(visited) > (5 if role == "admin" else 15)
        assert problems.all() == []
