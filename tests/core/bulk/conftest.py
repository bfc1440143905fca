"""Firms to be changed."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # the folder is no package: its support module is found by name


@pytest.fixture
def firms(office):
    return [office.add_firm(f"{name} GmbH", town="Hier") for name in ("Albert", "Berta", "Cäsar")]
