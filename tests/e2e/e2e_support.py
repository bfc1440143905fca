"""The product as people meet it: a real server, a real worker, a real mail server, a real browser."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

from wf40.base.clock import SystemClock
from wf40.server import _in_context
from wf40.testing.browser import DESKTOP, new_page, watch
from wf40.testing.office import PASSWORD, Office
from wf40.testing.serving import served

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text("utf-8")
LINKS = "els => els.filter(e => !e.hasAttribute('download')).map(e => e.getAttribute('href'))"
TEXTS = """() => {
  const found = new Set();
  const walk = document.createTreeWalker(document, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const parent = walk.currentNode.parentElement;
    if (parent && !parent.closest('script, style, [lang]:not(html)')) found.add(walk.currentNode.textContent.trim());
  }
  for (const element of document.querySelectorAll('[aria-label], [placeholder], [title], [alt]'))
    for (const name of ['aria-label', 'placeholder', 'title', 'alt'])
      if (element.hasAttribute(name) && !element.closest('[lang]:not(html)')) found.add(element.getAttribute(name).trim());
  return [...found];
}"""
RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    "resultTypes": ["violations"],  # of what passed, axe names one node: naming all took longer than looking
}
FAULTS = """rules => axe.run(document, rules).then(found => found.violations.flatMap(rule => rule.nodes.map(
  node => `${rule.id}: ${rule.help} at ${JSON.stringify(node.target)} ${node.html.slice(0, 160)}`)))"""


@dataclass
class Site:
    """A running product."""

    url: str
    office: Office
    browser: Browser

    @contextmanager
    def visit(self, *, size=DESKTOP, dark=False, language="de-DE", javascript=True) -> Iterator[Page]:
        """Open a browser of its own; whatever goes wrong on its pages unseen fails the test."""
        with new_page(
            self.browser, base_url=self.url, size=size, dark=dark, language=language, javascript=javascript
        ) as page:
            problems = watch(page)
            yield page
            assert problems.all() == []

    @contextmanager
    def signed_in(self, role: str, **kwargs) -> Iterator[Page]:
        """Open a browser and sign in by the page."""
        with self.visit(**kwargs) as page:
            sign_in(page, f"{role}-1@musterhausen.example")
            yield page


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.goto("/anmelden")
    page.locator("#email").fill(email)
    page.locator("#password").fill(password)
    page.locator("main button[type=submit]").click()
    page.wait_for_url(lambda url: "/anmelden" not in url)


def axe_faults(page: Page) -> list[str]:
    """Return what axe finds on the page, one line a fault."""
    page.evaluate(AXE)
    return page.evaluate(FAULTS, RULES)


def sideways(page: Page) -> int:
    """Return by how many pixels the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(office: Office, browser: Browser, port: int) -> Iterator[Site]:
    """Serve an office on a port, with a worker beside it, in real time."""
    office.product.database.clock = SystemClock()
    worker = office.product.worker()
    worker.in_process = True
    with served(office.app, port) as url:
        scheduler = worker.start(_in_context(office.app))
        try:
            yield Site(url, office, browser)
        finally:
            scheduler.shutdown(wait=True)


def choose(page, language, theme):
    """Choose language and colours by the forms of the head."""
    for action, name, value in (("/sprache", "language", language), ("/darstellung", "theme", theme)):
        button = page.locator(f"form[action='{action}']:has(input[name={name}][value={value}]) button").first
        with page.expect_navigation():
            button.evaluate("b => b.click()")
