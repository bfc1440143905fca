"""pytest plugin of wf40, found by its entry point: fixtures for real servers and a real browser.

Everything is imported when a test asks for it, so that pytest starts quickly and needs no extra elsewhere.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from wf40.testing.office import Office, Offices
    from wf40.testing.postgres import PostgresServer
    from wf40.testing.smtp import SmtpServer


@pytest.fixture(scope="session")
def postgres_server() -> Iterator["PostgresServer"]:
    """A PostgreSQL server for the whole run; each test takes databases of its own from it."""
    from wf40.testing.postgres import postgres_server as running

    with running() as server:
        yield server


@pytest.fixture
def smtp_server() -> Iterator["SmtpServer"]:
    """A mail server that keeps what it receives."""
    from wf40.testing.smtp import smtp_server as running

    with running() as server:
        yield server


@pytest.fixture(scope="session")
def chromium() -> Iterator["Browser"]:
    """A browser for the whole run; each test takes pages of its own from it."""
    from wf40.testing.browser import chromium as running

    with running() as browser:
        yield browser


@pytest.fixture
def page(chromium: "Browser") -> Iterator["Page"]:
    """A page of desktop size in German, with cookies of its own."""
    from wf40.testing.browser import new_page

    with new_page(chromium) as opened:
        yield opened


@pytest.fixture(scope="session")
def offices(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> "Offices":
    """Makes offices for tests; PostgreSQL starts when the first test asks for it."""
    from wf40.testing.office import Offices

    return Offices(tmp_path_factory.mktemp("offices"), lambda: request.getfixturevalue("postgres_server"))


@pytest.fixture
def plugins() -> tuple[str, ...]:
    """The plugins that are enabled in ``office``; a plugin's tests override this."""
    return ()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """Every test that asks for an office runs on both databases."""
    return str(request.param)


@pytest.fixture
def office(offices: "Offices", database_kind: str, plugins: tuple[str, ...], tmp_path: "Path") -> Iterator["Office"]:
    """An office of its own for this test: migrated database, one person of each role, a clock that stands still."""
    yield from offices.open(database_kind, tmp_path, plugins)
