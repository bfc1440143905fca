"""The throw-away PostgreSQL server that the suite runs on."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from wf40.testing import postgres
from wf40.testing.postgres import PostgresMissing, PostgresServer


def test_each_test_gets_an_empty_database_of_its_own(postgres_server: PostgresServer) -> None:
    first, second = postgres_server.create_database(), postgres_server.create_database()
    with psycopg.connect(first) as connection:
        connection.execute("CREATE TABLE firm (name text)")
    with psycopg.connect(second) as connection:
        assert connection.execute("SELECT to_regclass('firm')").fetchone() == (None,)


def test_a_copy_of_a_template_brings_its_tables_and_is_independent_of_it(
    postgres_server: PostgresServer,
) -> None:
    def prepare(url: str) -> None:
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE town (name text)")
            connection.execute("INSERT INTO town VALUES ('Musterhausen')")

    template = postgres_server.create_template(prepare)
    first, second = (postgres_server.create_database(template=template) for _ in range(2))
    with psycopg.connect(first) as connection:
        connection.execute("DELETE FROM town")
    with psycopg.connect(second) as connection:
        assert connection.execute("SELECT name FROM town").fetchall() == [("Musterhausen",)]


def test_a_database_is_dropped_although_somebody_is_still_connected(postgres_server: PostgresServer) -> None:
    url = postgres_server.create_database()
    with psycopg.connect(url):
        postgres_server.drop_database(url)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url)


def test_search_inside_words_is_available_and_sorting_does_not_depend_on_the_machine(
    postgres_server: PostgresServer,
) -> None:
    with psycopg.connect(postgres_server.create_database()) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
        assert connection.execute("SELECT 'Z' < 'a', current_setting('server_encoding')").fetchone() == (
            True,
            "UTF8",
        )


def test_a_named_server_is_used_instead_of_an_own_one(
    postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WF40_TEST_PG", postgres_server.base_url)
    monkeypatch.setattr(postgres, "BINARIES", ())
    with postgres.postgres_server() as named, psycopg.connect(named.create_database()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_missing_server_is_an_error_that_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("WF40_TEST_PG", raising=False)
    monkeypatch.setattr(postgres, "BINARIES", ())
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PostgresMissing, match="apt-get install postgresql"), postgres.postgres_server():
        pass


def test_nothing_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WF40_TEST_PG", raising=False)
    with postgres.postgres_server() as server:
        folder = Path(server.base_url.partition("host=")[2])
        assert (folder / "data").is_dir()
    assert not folder.exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(server.base_url)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a server with the process that started it")
def test_a_killed_run_leaves_no_server_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WF40_TEST_PG", raising=False)
    code = (
        "import time\n"
        "from wf40.testing.postgres import postgres_server\n"
        "with postgres_server() as server: print(server.base_url, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout
        url = run.stdout.readline().strip()
        psycopg.connect(url).close()
        run.kill()
    folder = Path(url.partition("host=")[2])
    deadline = time.monotonic() + 10
    while (folder / "data" / "postmaster.pid").exists():
        assert time.monotonic() < deadline, "the server still runs"
        time.sleep(0.05)
    shutil.rmtree(folder)


def test_folders_of_killed_runs_are_removed_and_those_of_others_stay(tmp_path: Path) -> None:
    folders = {name: tmp_path / f"{postgres.FOLDER}{name}" for name in ("dead", "running", "starting")}
    for folder in folders.values():
        (folder / "data").mkdir(parents=True)
    (folders["running"] / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n/somewhere\n")
    for name in ("dead", "running"):
        os.utime(folders[name], (0, 0))
    postgres.remove_left(tmp_path)
    assert {name for name, folder in folders.items() if folder.exists()} == {"running", "starting"}
