"""The real web server: two processes, one database, and a switch that holds in both on their next request."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from sqlalchemy import text

from wf40 import server
from wf40.base.access import Actor
from wf40.pluginhost import state
from wf40.settings import SettingsError
from wf40.testing.office import SECRET

INSTALLED = Path(__file__).parent / "plugins_for_tests" / "installed"
SYSTEM = Actor.system("test")


def status(url):
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - our own server
            return answer.status
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def switch(office, *, enabled):
    with office.product.database.write(SYSTEM) as u:
        state.switch(u.session, "clockwork", enabled=enabled, now=u.now)


def test_a_switch_holds_in_both_processes_of_the_server_on_their_next_request(offices, tmp_path):
    for office in offices.open("sqlite", tmp_path):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        environment = {
            **os.environ, "WF40_DATABASE_URL": office.product.settings.url, "WF40_DATA_DIR": str(tmp_path),
            "WF40_SECRET_KEY": SECRET, "WF40_PORT": str(port), "PYTHONPATH": str(INSTALLED),
        }  # fmt: skip
        server = subprocess.Popen(
            [sys.executable, "-m", "wf40.cli", "serve", "--workers", "2", "--threads", "1"],
            env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(server, f"{address}/anmelden")
            for enabled, expected in ((True, 200), (False, 404), (True, 200), (False, 404)):
                switch(office, enabled=enabled)
                assert {status(f"{address}/public/clockwork/") for _ in range(20)} == {expected}
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=30)
        assert server.returncode == 0


def _wait(server, url):
    deadline = time.monotonic() + 60
    while True:
        try:
            assert status(url) == 200
        except OSError:
            assert server.poll() is None, "the server ended"
            assert time.monotonic() < deadline
            time.sleep(0.1)
        else:
            return


def test_a_demo_of_an_earlier_form_says_what_to_do_instead_of_running_halfway(offices, tmp_path):
    for office in offices.open("sqlite", tmp_path):
        server.prepare_demo(office.product)  # nothing to do, nothing to say
        with office.product.database.engine.begin() as connection:
            connection.execute(text("ALTER TABLE task DROP COLUMN note"))
        with pytest.raises(SettingsError, match=r"früheren Fassung .*wf40 demo --reset") as refused:
            server.prepare_demo(office.product)
        assert str(office.product.settings.data_dir) in str(refused.value)
