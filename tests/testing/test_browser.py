"""The browser that tests drive."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from wf40.testing import browser as browser_module
from wf40.testing.browser import NARROW, ChromiumMissing, find_chromium, new_page, watch

BODY = b"<!doctype html><title>Mein Tag</title><style>p{color:red}</style><script>x</script><p>Guten Tag</p>"


class Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(503 if self.path == "/broken" else 200)
        self.send_header("Content-Type", "text/html")
        if self.path == "/strict":
            self.send_header("Content-Security-Policy", "default-src 'self'")
        self.end_headers()
        self.wfile.write(b"" if self.path == "/favicon.ico" else BODY)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_page_is_shown_at_the_asked_size_theme_and_language(chromium: Browser, address: str) -> None:
    with new_page(chromium, base_url=address, dark=True, size=NARROW, language="en-GB") as page:
        page.goto("/")
        assert page.title() == "Mein Tag"
        seen = "[innerWidth, navigator.language, matchMedia('(prefers-color-scheme: dark)').matches]"
        assert page.evaluate(seen) == [320, "en-GB", True]


def test_cookies_of_one_page_are_unknown_to_the_next(chromium: Browser, address: str) -> None:
    for _ in range(2):
        with new_page(chromium, base_url=address) as page:
            page.goto("/")
            assert page.evaluate("document.cookie") == ""
            page.evaluate("document.cookie = 'session=1'")


def test_watching_a_page_finds_what_nobody_sees(chromium: Browser, address: str) -> None:
    with new_page(chromium, base_url=address) as page:
        problems = watch(page)
        page.goto("/strict")
        assert len(problems.console) == 2, "inline style and script are refused by the policy"
        page.goto("/broken")
        assert problems.failed == [f"503 {address}/broken"]
        assert any("x is not defined" in text for text in problems.exceptions)
        assert problems.foreign == []


def test_a_missing_browser_is_an_error_that_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("WF40_CHROMIUM", raising=False)
    monkeypatch.setattr(browser_module, "MAC", ())
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ChromiumMissing, match="apt-get install chromium"):
        find_chromium()


def test_a_named_browser_that_is_none_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WF40_CHROMIUM", "/nowhere/chromium")
    with pytest.raises(ChromiumMissing, match="/nowhere/chromium"):
        find_chromium()
