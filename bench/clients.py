"""A signed-in HTTP client on gunicorn, and times in milliseconds."""

import http.client
import re
import socket
import statistics
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

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
    """One kept connection, signed in."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._cookie = ""
        page = self.get("/anmelden")
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        fields = {"csrf_token": token[1] if token else "", "email": EMAIL, "password": PASSWORD, "next": ""}
        body, kind = urllib.parse.urlencode(fields), "application/x-www-form-urlencoded"
        self._connection.request("POST", "/anmelden", body, {"Cookie": self._cookie, "Content-Type": kind})
        self._keep(self._connection.getresponse())

    def get(self, path: str) -> str:
        """Return a page; raises when it is anything but 200."""
        try:
            status, text = self._get(path)
        except (http.client.RemoteDisconnected, ConnectionResetError):  # closed while other figures were taken
            self._connection.close()
            status, text = self._get(path)
        if status != http.HTTPStatus.OK:
            message = f"{path} answered {status}"
            raise RuntimeError(message)
        return text

    def _get(self, path: str) -> tuple[int, str]:
        self._connection.request("GET", path, headers={"Cookie": self._cookie})
        return self._keep(self._connection.getresponse())

    def _keep(self, answer: http.client.HTTPResponse) -> tuple[int, str]:
        cookie = answer.getheader("Set-Cookie")
        if cookie:
            self._cookie = cookie.partition(";")[0]
        return answer.status, answer.read().decode()


def timed(work: Callable[[], object], rounds: int) -> list[float]:
    """Return how long each round took, after one that does not count."""
    work()
    found = []
    for _ in range(rounds):
        begin = time.perf_counter()
        work()
        found.append((time.perf_counter() - begin) * 1000)
    return found


def together(port: int, path: str, clients: int, rounds: int) -> list[float]:
    """Return the times of several clients at once."""
    signed_in = [Client(port) for _ in range(clients)]
    with ThreadPoolExecutor(clients) as pool:
        return [t for times in pool.map(lambda c: timed(lambda: c.get(path), rounds), signed_in) for t in times]


def percentiles(times: list[float]) -> tuple[float, float]:
    """Return p50 and p95."""
    cuts = statistics.quantiles(times, n=20, method="inclusive")
    return round(statistics.median(times), 1), round(cuts[-1], 1)
