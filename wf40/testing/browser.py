"""A real Chromium for tests, driven by Playwright: found on the machine, started with a fresh profile."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, Page, Response, sync_playwright

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
# Nothing may leave the machine, and root has no sandbox.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
NARROW = {"width": 320, "height": 640}


class ChromiumMissing(RuntimeError):
    """No browser was found; the message says what to install."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"{reason} Install it (Debian: apt-get install chromium; macOS: brew install --cask chromium) "
            "or name one: WF40_CHROMIUM=/path/to/chromium"
        )


@dataclass(slots=True)
class PageProblems:
    """What went wrong on a page without anybody seeing it; filled while the page lives."""

    console: list[str] = field(default_factory=list)
    """Errors and warnings of the console, refusals of the content security policy among them."""
    exceptions: list[str] = field(default_factory=list)
    """Uncaught exceptions of scripts."""
    failed: list[str] = field(default_factory=list)
    """Requests that were answered with 5xx, or not at all."""
    foreign: list[str] = field(default_factory=list)
    """Requests to another host than the page's own."""

    def all(self) -> list[str]:
        """Every problem, for ``assert problems.all() == []``."""
        return [*self.console, *self.exceptions, *self.failed, *self.foreign]


def find_chromium() -> str:
    """Return the path of the browser: ``$WF40_CHROMIUM``, else the system's Chromium or Chrome.

    Raises:
        ChromiumMissing: there is none, or ``$WF40_CHROMIUM`` names none.
    """
    if named := os.environ.get("WF40_CHROMIUM"):
        if not os.access(named, os.X_OK):
            raise ChromiumMissing(f"WF40_CHROMIUM={named} is no program.")
        return named
    for program in PROGRAMS:
        if path := shutil.which(program):
            return path
    for path in MAC:
        if Path(path).exists():
            return path
    raise ChromiumMissing("Chromium is needed for the tests in the browser and was not found.")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser with an empty profile and close it afterwards."""
    path = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def new_page(
    browser: Browser,
    *,
    base_url: str | None = None,
    language: str = "de-DE",
    dark: bool = False,
    javascript: bool = True,
    size: dict[str, int] | None = None,
) -> Iterator[Page]:
    """Open a page with cookies of its own; `size` is one of `DESKTOP`, `PHONE`, `NARROW`."""
    width, height = (size or DESKTOP).values()
    context = browser.new_context(
        base_url=base_url,
        locale=language,
        timezone_id="Europe/Berlin",
        color_scheme="dark" if dark else "light",
        java_script_enabled=javascript,
        viewport={"width": width, "height": height},
        reduced_motion="reduce",
    )
    context.set_default_timeout(10_000)
    try:
        yield context.new_page()
    finally:
        context.close()


def watch(page: Page) -> PageProblems:
    """Collect the problems of a page from now on."""
    problems = PageProblems()

    def note_console(message: ConsoleMessage) -> None:
        # The browser also reports each 4xx answer here; whether one is right is the test's business.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            problems.console.append(f"{page.url}: {message.text}")

    def note_response(response: Response) -> None:
        if response.status >= 500:
            problems.failed.append(f"{response.status} {response.url}")

    def note_host(url: str) -> None:
        if not url.startswith(("http://127.0.0.1", "http://localhost", "data:", "blob:")):
            problems.foreign.append(url)

    page.on("console", note_console)
    page.on("pageerror", lambda error: problems.exceptions.append(f"{page.url}: {error}"))
    page.on("response", note_response)
    page.on("request", lambda request: note_host(request.url))
    return problems
