"""A signed-in HTTP client on gunicorn, and times in milliseconds."""

import http.client
import socket
import statistics
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from html.parser import HTMLParser

from bench.offices import EMAIL, PASSWORD

WAIT_SECONDS = 60


@contextmanager
def server(environment: dict[str, str]) -> Iterator[int]:
    """Run gunicorn with two workers of four threads and yield its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = subprocess.Popen(
        [sys.executable, "-m", "wf40.cli", "serve"],
        env={**environment, "WF40_PORT": str(port)},
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    message = f"nothing answers on port {port}"
    raise RuntimeError(message)


class Client:
    """Somebody who is signed in and opens one page after the other."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._cookie = ""
        self.post("/anmelden", self.form("/anmelden") | {"email": EMAIL, "password": PASSWORD})

    def get(self, path: str, **headers: str) -> str:
        """Return a page; raises when it is anything but 200."""
        status, text = self._ask("GET", path, None, headers)
        if status != http.HTTPStatus.OK:
            raise RuntimeError(f"{path} answered {status}")
        return text

    def typed(self, words: str) -> str:
        """Return what the dialog of the search shows while these words are typed."""
        return self.get(f"/suche?q={urllib.parse.quote(words)}", **{"HX-Request": "true"})

    def form(self, path: str) -> dict[str, str]:
        """Return what the first form of a page that is not the search would send."""
        reader = _Form()
        reader.feed(self.get(path))
        return reader.fields

    def post(self, path: str, fields: dict[str, str]) -> None:
        """Send a form; raises when it is not taken."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        status, text = self._ask("POST", path, urllib.parse.urlencode(fields), kind)
        if status not in {http.HTTPStatus.FOUND, http.HTTPStatus.SEE_OTHER}:
            raise RuntimeError(f"{path} answered {status}: {text[-500:]}")

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> tuple[int, str]:
        sent = headers | {"Cookie": self._cookie}
        try:
            self._connection.request(method, path, body, sent)
            answer = self._connection.getresponse()
        except (
            http.client.RemoteDisconnected,
            ConnectionResetError,
            BrokenPipeError,
        ):  # closed while nothing was asked
            self._connection.close()
            self._connection.request(method, path, body, sent)
            answer = self._connection.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            self._cookie = cookie.partition(";")[0]
        return answer.status, answer.read().decode()


class _Form(HTMLParser):
    """Collects the fields of the main form of a page: the one that posts to the page's own purpose."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._inside, self._select, self._area = False, "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "main":
            self._inside = True
        if not self._inside:
            return
        if tag == "input" and name and given.get("type") not in {"submit", "button", "file"}:
            if given.get("type") not in {"checkbox", "radio"} or "checked" in given:
                self.fields.setdefault(name, given.get("value", ""))
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in given:
            self.fields.setdefault(self._select, given.get("value", ""))
        elif tag == "textarea":
            self._area = name
            self.fields.setdefault(name, "")

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""


def timed(work: Callable[[], object], rounds: int) -> list[float]:
    """Return how long each round took, after one that does not count."""
    work()
    found = []
    for _ in range(rounds):
        begin = time.perf_counter()
        work()
        found.append((time.perf_counter() - begin) * 1000)
    return found


def together(clients: Sequence[Client], path: str, rounds: int) -> list[float]:
    """Return the times of several clients at once."""
    with ThreadPoolExecutor(len(clients)) as pool:
        return [t for times in pool.map(lambda c: timed(lambda: c.get(path), rounds), clients) for t in times]


def percentiles(times: list[float]) -> tuple[float, float]:
    """Return p50 and p95."""
    cuts = statistics.quantiles(times, n=20, method="inclusive")
    return round(statistics.median(times), 1), round(cuts[-1], 1)
