"""The first minutes on a new machine: the demo in an empty folder, and a real server with two workers."""

import os
import signal
import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from delivery_support import MINUTE, Running, Visitor, free_port, run, started, surroundings

from wf40.demo.doubles import doubles
from wf40.demo.plan import town, words

pytestmark = pytest.mark.xdist_group("fresh start")

PROGRAM = Path(sys.executable).parent / "wf40"
PASSWORD = "sieben graue Reiher am Wehr"
PAGE = "/p/partner_network/"


@pytest.fixture
def environment(tmp_path):
    return surroundings(data_dir=tmp_path / "new", port=free_port())


def test_the_demo_starts_in_an_empty_folder_keeps_its_data_and_can_start_over(environment, tmp_path):
    with started([PROGRAM, "demo"], environment, tmp_path) as demo:
        said = demo.said()
        assert demo.url in said
        logins = [line.split()[0] for line in said.splitlines() if "@musterhausen.example" in line]
        assert len(logins) >= 4
        password = said.partition("Passwort: ")[2].partition(")")[0]
        for email in logins:
            Visitor(demo.url).sign_in(email, password)
        advisor = next(email for email in logins if email.startswith("beratung"))
        _shows_what_the_office_keeps(demo, advisor, password)
        _add_firm(demo, advisor, password)
        secret = (tmp_path / "new" / "secret_key").read_text()
    with started([PROGRAM, "demo"], environment, tmp_path) as demo:
        assert "wird aufgebaut" not in demo.said()
        assert _has_firm(demo, advisor, password)
        assert (tmp_path / "new" / "secret_key").read_text() == secret
    with started([PROGRAM, "demo", "--reset"], environment, tmp_path) as demo:
        assert "wird aufgebaut" in demo.said()
        assert not _has_firm(demo, advisor, password)


def _shows_what_the_office_keeps(demo: Running, email: str, password: str) -> None:
    """Look at the firms that stand twice, the shared view, and the list that was read in."""
    visitor = Visitor(demo.url)
    visitor.sign_in(email, password)
    pairs, twice = visitor.get("/dubletten").text, doubles(town())
    assert len(twice) == 3
    assert all(double.name in pairs and town()[double.number].name in pairs for double in twice)
    assert words()["fields"]["view"] in visitor.get("/unternehmen").text
    assert words()["list"]["file"] in visitor.get("/unternehmen/importe").text


def _add_firm(demo: Running, email: str, password: str) -> None:
    visitor = Visitor(demo.url)
    visitor.sign_in(email, password)
    saved = visitor.fill_in("/unternehmen/neu", "/unternehmen/neu", name="Nachher Gegründet GmbH")
    assert (saved.status, "Nachher Gegründet GmbH" in saved.text) == (200, True)


def _has_firm(demo: Running, email: str, password: str) -> bool:
    visitor = Visitor(demo.url)
    visitor.sign_in(email, password)
    return "Nachher Gegründet GmbH" in visitor.get("/unternehmen?q=Nachher").text


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1"])  # noqa: S104 - that it is refused is the point
def test_the_demo_is_never_open_to_the_network(environment, tmp_path, host):
    done = run([PROGRAM, "demo"], {**environment, "WF40_HOST": host}, tmp_path)
    assert done.returncode == 1
    assert "Die Vorführung läuft nur auf diesem Rechner" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "new" / "wf40.sqlite").exists()


def test_a_port_in_use_is_told_before_anything_is_deleted(environment, tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", int(environment["WF40_PORT"])))
        other.listen()
        done = run([PROGRAM, "demo", "--reset"], environment, tmp_path)
    assert done.returncode == 1
    assert "läuft schon ein anderes Programm" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "new" / "wf40.sqlite").exists()


def test_switching_a_plugin_in_one_worker_switches_it_in_the_other(environment, tmp_path):
    environment |= {"WF40_SECRET_KEY": "0123456789abcdef" * 4, "WF40_NEW_PASSWORD": PASSWORD}
    (tmp_path / "new").mkdir()
    _wf40(environment, tmp_path, "db", "upgrade")
    _wf40(environment, tmp_path, "plugins", "enable", "partner_network")
    for role in ("admin", "lead"):
        _wf40(environment, tmp_path, *f"user add {role}@amt.example --name Jemand --role {role}".split())
    with started([PROGRAM, "serve", "--workers", "2", "--with-worker"], environment, tmp_path) as server:
        first, second = _web_workers(server)
        lead, admin = Visitor(server.url), Visitor(server.url)
        lead.sign_in("lead@amt.example", PASSWORD)
        admin.sign_in("admin@amt.example", PASSWORD)
        _each_answers(lead, (first, second), 200)
        with _asleep(second):
            _switch(admin, "ausschalten")
        _each_answers(lead, (second, first), 404)
        with _asleep(first):
            _switch(admin, "einschalten")
        _each_answers(lead, (first, second), 200)
        _wf40(environment, tmp_path, "plugins", "disable", "partner_network")
        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(lambda _: lead.get(PAGE).status, range(40))) == {404}


def _wf40(environment, folder, *arguments) -> None:
    done = run([PROGRAM, *arguments], environment, folder)
    assert done.returncode == 0, done.stdout + done.stderr


def _web_workers(server: Running) -> list[int]:
    """Return the two processes of gunicorn; the third child is the background worker, which keeps no connections."""
    end = time.monotonic() + MINUTE
    while len(children := server.children()) < 3:
        assert time.monotonic() < end
        time.sleep(0.1)
    return [pid for pid in children if not _is_background(pid)]


def _is_background(pid: int) -> bool:
    command = run(["ps", "-o", "args=", "-p", pid], os.environ, Path.cwd()).stdout
    return command.strip().endswith("worker") and "serve" not in command


@contextmanager
def _asleep(pid: int):
    """Let the other worker answer alone."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def _each_answers(visitor: Visitor, workers: tuple[int, int], status: int) -> None:
    """Ask each worker once, the first one's answer being its very next request."""
    for sleeping in reversed(workers):
        with _asleep(sleeping):
            assert visitor.get(PAGE).status == status


def _switch(admin: Visitor, what: str) -> None:
    answer = admin.fill_in("/verwaltung/erweiterungen", f"/verwaltung/erweiterungen/partner_network/{what}")
    assert answer.status == 200
