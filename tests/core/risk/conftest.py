"""An office with a small plugin that answers the reference concepts."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from risk_support import Answers, enable, registry_with


@pytest.fixture
def answers():
    return Answers()


@pytest.fixture
def office(offices, database_kind, tmp_path, answers):
    for office in offices.open(database_kind, tmp_path, registry=registry_with(answers)):
        enable(office)
        yield office


@pytest.fixture
def lenient_office(offices, database_kind, tmp_path, answers):
    """As in real life: a plugin's fault stays with the plugin."""
    for office in offices.open(database_kind, tmp_path, registry=registry_with(answers), strict=False):
        enable(office)
        yield office
