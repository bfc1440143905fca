"""Fixtures of the tests in the browser."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

sys.path.insert(0, str(Path(__file__).parent))  # the folder is no package: its support module is found by name

from e2e_support import Site, free_port, running

import wf40
from wf40.demo.town import build


@pytest.fixture
def site(offices, database_kind, plugins, tmp_path, chromium, smtp_server) -> Iterator[Site]:
    """A running product on an empty office, on each database."""
    port = free_port()
    settings = {"port": port, "mail_url": smtp_server.url, "office_phone": "0000 123-456"}
    for office in offices.open(database_kind, tmp_path, plugins, **settings):
        with running(office, chromium, port) as opened:
            yield opened


@pytest.fixture(scope="module")
def town(offices, chromium, tmp_path_factory):
    """The demo town with all plugins that are installed, running."""
    port = free_port()
    installed = ("digital_readiness", "follow_up", "partner_network")
    for office in offices.open(
        "sqlite", tmp_path_factory.mktemp("town"), installed, people=False, port=port, demo=True
    ):
        with office.app.app_context():
            build(office.product)
        with running(office, chromium, port) as site:
            yield site


@pytest.fixture(scope="module")
def german_only():
    """Every German text whose English differs: none may stand on an English page."""
    root = Path(wf40.__file__).parent.parent
    catalogues = [
        *root.glob("wf40/translations/en/LC_MESSAGES/*.po"),
        *root.glob("plugins/*/*/translations/en/LC_MESSAGES/*.po"),
    ]
    assert len(catalogues) >= 3
    texts = set()
    for path in catalogues:
        with path.open("rb") as source:
            for message in read_po(source):
                pairs = zip(_both(message.id), _both(message.string), strict=False)
                texts |= {german for german, english in pairs if german and german != english and "%(" not in german}
    return texts


def _both(text):
    return text if isinstance(text, tuple | list) else (text,)
