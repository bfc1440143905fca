"""The command line: says in German what it did, ends with a code that scripts can trust, and never shows a traceback."""

import os
import sqlite3
import subprocess
import threading

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, text

from wf40 import cli
from wf40.app import assemble
from wf40.base.access import Actor
from wf40.base.audit import AuditEvent
from wf40.core.accounts import service as accounts
from wf40.core.accounts.models import User
from wf40.testing.office import SECRET

SYSTEM = Actor.system("test")


@pytest.fixture
def wf40(monkeypatch):
    """Run a command against a database."""

    def run(*arguments, url, folder, typed=None, **variables):
        for name in [n for n in os.environ if n.startswith("WF40_") and n != "WF40_TEST_PG"]:
            monkeypatch.delenv(name)
        given = {
            "WF40_DATABASE_URL": url,
            "WF40_DATA_DIR": str(folder),
            "WF40_SECRET_KEY": SECRET,
            "WF40_SAFE_MODE": "1",
        }
        return CliRunner().invoke(cli.main, arguments, env={**given, **variables}, input=typed)

    made = []

    def remember(settings):
        made.append(assemble(settings))
        return made[-1]

    monkeypatch.setattr(cli, "assemble", remember)
    yield run
    for product in made:  # a process would close them by ending
        product.database.engine.dispose()


@pytest.fixture
def command(wf40, office, tmp_path):
    """Run a command against the office."""
    return lambda *arguments, **variables: wf40(
        *arguments, url=office.product.settings.url, folder=tmp_path, **variables
    )


def test_a_new_database_is_set_up_checked_and_gets_its_first_person(wf40, tmp_path):
    def run(*arguments, **variables):
        return wf40(*arguments, url="", folder=tmp_path, **variables)

    before = run("plugins", "list")
    assert before.exit_code == 1
    assert "wf40 db upgrade" in before.output
    assert "Traceback" not in before.output
    check = run("db", "check")
    assert (check.exit_code, "wf40 db upgrade" in check.output) == (1, True)
    assert run("db", "upgrade").exit_code == 0
    assert run("db", "upgrade").exit_code == 0
    check = run("db", "check")
    assert (check.exit_code, check.output) == (0, "Die Datenbank ist aktuell.\n")
    person = ("user", "add", "a@stadt.example", "--name", "A", "--role", "admin")
    assert run(*person, WF40_NEW_PASSWORD="vier bunte Wolken ziehen").exit_code == 0
    again = run(*person, WF40_NEW_PASSWORD="vier bunte Wolken ziehen")
    assert (again.exit_code, "schon ein Konto" in again.output) == (1, True)


def test_a_password_comes_from_standard_input_or_the_prompt_and_never_from_an_argument(command, office):
    secret = "vier bunte Wolken ziehen"

    def add(name, *arguments, typed=None, **variables):
        person = ("user", "add", f"{name}@stadt.example", "--name", name, "--role", "reader")
        return command(*person, *arguments, typed=typed, **variables)

    assert "No such option" in add("argument", "--password", secret).output
    for answer in (
        add("piped", "--password-stdin", typed=f"{secret}\n", WF40_NEW_PASSWORD="zu kurz"),
        add("asked", typed=f"{secret}\n{secret}\n"),
    ):
        assert answer.exit_code == 0, answer.output
        assert secret not in answer.output
    with office.product.database.write(SYSTEM) as u:
        for name in ("piped", "asked"):
            assert accounts.check_sign_in(u, f"{name}@stadt.example", secret), name
    nothing = add("nothing", "--password-stdin", typed="")
    assert nothing.exit_code == 1
    assert "mindestens 15" in nothing.output


def test_before_the_tables_exist_every_database_gets_the_same_sentence(wf40, tmp_path, postgres_server):
    url = postgres_server.create_database()
    answer = wf40("plugins", "list", url=url, folder=tmp_path)
    assert (answer.exit_code, "wf40 db upgrade" in answer.output) == (1, True)


def test_a_check_fails_when_a_model_differs(command, office):
    with office.product.database.write(SYSTEM) as u:
        u.session.execute(text("ALTER TABLE unit ADD COLUMN forgotten INTEGER"))
    answer = command("db", "check")
    assert (answer.exit_code, "forgotten" in answer.output) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("plugins", "enable", "nothing"), "ist nicht installiert"),
        (("plugins", "disable", "nothing"), "nicht gefunden"),
        (("run-job", "nothing:at_all"), "unknown job"),
        (("user", "add", "b@stadt.example", "--name", "B", "--role", "king"), "Diese Rolle gibt es nicht"),
        (("backup", "/gibt/es/nicht/x"), "Den Ordner"),
    ],
)
def test_a_refusal_is_a_sentence_and_a_code(command, arguments, sentence):
    answer = command(*arguments, WF40_NEW_PASSWORD="vier bunte Wolken ziehen")
    assert answer.exit_code == 1
    assert sentence in answer.output
    assert "Traceback" not in answer.output


def test_serving_without_a_secret_says_how_to_make_one(command):
    answer = command("serve", WF40_SECRET_KEY="")
    assert answer.exit_code == 1
    assert "secrets.token_hex" in answer.output


def test_plugins_are_listed_enabled_and_disabled(command, office):
    def run(*arguments):
        return command("plugins", *arguments, WF40_SAFE_MODE="0")

    assert "digital_readiness" in run("list").output
    assert run("enable", "digital_readiness").exit_code == 0
    assert " an " in next(line for line in run("list").output.splitlines() if line.startswith("digital_readiness"))
    assert run("disable", "digital_readiness").exit_code == 0
    assert " aus " in next(line for line in run("list").output.splitlines() if line.startswith("digital_readiness"))
    assert run("docs", "--check").exit_code == 0


def test_a_backup_while_somebody_writes_opens_with_the_same_content(command, office, tmp_path, postgres_server):
    database, stop = office.product.database, threading.Event()

    def keep_writing():
        while not stop.wait(0.01):
            with database.write(SYSTEM) as u:
                u.audit("busy")

    writer = threading.Thread(target=keep_writing)
    writer.start()
    target = tmp_path / "backup"
    try:
        answer = command("backup", str(target))
    finally:
        stop.set()
        writer.join()
    assert answer.exit_code == 0, answer.output
    assert target.stat().st_mode & 0o077 == 0
    with database.read(SYSTEM) as u:
        people = u.session.scalar(select(func.count(User.id)))
        events = u.session.scalar(select(func.count(AuditEvent.id)))
    if database.engine.dialect.name == "sqlite":
        with sqlite3.connect(target) as copy:
            assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert copy.execute("SELECT count(*) FROM user_account").fetchone() == (people,)
            assert copy.execute("SELECT count(*) FROM audit_event").fetchone()[0] <= events
        copy.close()
    else:
        url = postgres_server.create_database()
        subprocess.run(["pg_restore", "--no-owner", f"--dbname={url}", str(target)], check=True)
        import psycopg

        with psycopg.connect(url) as copy:
            assert copy.execute("SELECT count(*) FROM user_account").fetchone() == (people,)


def test_a_backup_never_overwrites_a_file(command, tmp_path):
    target = tmp_path / "backup"
    target.write_text("precious")
    answer = command("backup", str(target))
    assert (answer.exit_code, "nichts wurde überschrieben" in answer.output) == (1, True)
    assert target.read_text() == "precious"
