"""What is delivered, run as an operator runs it: programs in processes of their own, pages over HTTP."""

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, Request, build_opener

ROOT = Path(__file__).parents[2]
PATIENCE = 240  # seconds that a machine with much else to do may take
MINUTE = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def surroundings(**settings: object) -> dict[str, str]:
    """Return an environment in which nothing of this test run or of the checkout can be found."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LANG") if name in os.environ}
    return {
        **kept,
        "PYTHONUTF8": "1",
        **{f"WF40_{name.upper()}": str(value) for name, value in settings.items()},
    }


def run(command: list[object], environment: Mapping[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command to its end in ``folder``."""
    return subprocess.run(
        [str(part) for part in command], env=dict(environment), cwd=folder, stdin=subprocess.DEVNULL,
        capture_output=True, encoding="utf-8", timeout=PATIENCE, check=False,
    )  # fmt: skip


@dataclass
class Running:
    """A started program."""

    url: str
    process: "subprocess.Popen[bytes]"
    log: Path

    def said(self) -> str:
        return self.log.read_text("utf-8", "replace")

    def children(self) -> list[int]:
        """Return the processes that it started itself."""
        pid = self.process.pid
        listing = Path(f"/proc/{pid}/task/{pid}/children")
        if listing.exists():
            return [int(number) for number in listing.read_text().split()]
        found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False).stdout
        return [int(number) for number in found.split()]


@contextmanager
def started(command: list[object], environment: Mapping[str, str], folder: Path) -> Iterator[Running]:
    """Start a server, wait until it says that all is well, and end it with all that it started."""
    port = environment["WF40_PORT"]
    log = folder / f"server-{port}-{time.monotonic_ns()}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(part) for part in command], env=dict(environment), cwd=folder, stdin=subprocess.DEVNULL,
            stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    running = Running(f"http://127.0.0.1:{port}", process, log)
    try:
        _wait_until_well(running)
        yield running
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
        _end_group(process.pid)
        process.wait(5)


def _wait_until_well(running: Running) -> None:
    visitor, last = Visitor(running.url), ""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert running.process.poll() is None, f"the program ended:\n{running.said()}"
        try:
            answer = visitor.get("/healthz")
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
            continue
        last = answer.text
        if answer.status == 200 and '"status":"ok"' in last.replace(" ", ""):
            return
        time.sleep(0.5)
    raise AssertionError(f"never well: {last}\n{running.said()}")


def _end_group(group: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


@dataclass(frozen=True)
class Answer:
    """What a server answered in the end."""

    url: str
    status: int
    text: str


@dataclass
class Visitor:
    """Somebody at a browser without a picture: cookies of their own, a new connection for each request."""

    site: str
    _opener: object = field(init=False)

    def __post_init__(self) -> None:
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> Answer:
        return self._open(Request(urljoin(self.site, path)))  # noqa: S310 - the address is our own

    def fill_in(self, path: str, action: str = "", **typed: str) -> Answer:
        """Open a page, fill in its form (the one for ``action``) and send it."""
        page = self.get(path)
        assert page.status == 200, f"{path} answered {page.status}"
        form = next((f for f in forms_of(page.text) if not action or urlsplit(f.action).path == action), None)
        assert form is not None, f"no form for {action or 'anything'} on {path}"
        unknown = set(typed) - set(form.fields)
        assert not unknown, f"{path} has no field {unknown}, only {sorted(form.fields)}"
        body = urlencode({**form.fields, **typed}).encode()
        target = urljoin(page.url, form.action or page.url)
        return self._open(Request(target, body, {"Referer": page.url, "Origin": self.site}))  # noqa: S310

    def sign_in(self, email: str, password: str) -> Answer:
        answer = self.fill_in("/anmelden", "/anmelden", email=email, password=password)
        assert answer.status == 200, answer.text
        assert "/anmelden" not in answer.url
        return answer

    def _open(self, request: Request) -> Answer:
        try:
            with self._opener.open(request, timeout=MINUTE) as answer:
                return Answer(answer.url, answer.status, answer.read().decode("utf-8", "replace"))
        except HTTPError as refused:
            with refused:
                return Answer(refused.url, refused.code, refused.read().decode("utf-8", "replace"))


@dataclass
class Form:
    """A form of a page with what it would send untouched."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


def forms_of(page: str) -> list[Form]:
    """Return the forms of a page that are sent by POST."""
    reader = _FormReader()
    reader.feed(page)
    return reader.forms


class _FormReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._select: str | None = None
        self._text: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form" and (given.get("method") or "").lower() == "post":
            self._form = Form(given.get("action") or "")
            self.forms.append(self._form)
        if self._form is None:
            return
        name = given.get("name")
        if tag == "input" and name:
            kind = given.get("type") or "text"
            if kind in ("checkbox", "radio") and "checked" not in given:
                return
            if kind not in ("submit", "button", "file"):
                self._form.fields[name] = given.get("value") or ""
        elif tag == "textarea" and name:
            self._form.fields[name], self._text = "", name
        elif tag == "select" and name:
            self._select = name
        elif tag == "option" and self._select and ("selected" in given or self._select not in self._form.fields):
            self._form.fields[self._select] = given.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._text = None

    def handle_data(self, data: str) -> None:
        if self._form is not None and self._text is not None:
            self._form.fields[self._text] += data.removeprefix("\n")


def addresses(page: str) -> list[str]:
    """Return where links of a page lead, once each."""
    return list(dict.fromkeys(re.findall(r'<a\b[^>]*?\bhref="(/[^"#]*)', page)))


def assets(page: str) -> list[str]:
    """Return the files that a page loads, once each."""
    found = re.findall(r'<(?:link|script)\b[^>]*?\b(?:href|src)="(/[^"]+)"', page)
    return list(dict.fromkeys(found))
