"""An office with following up switched on, and what its tests ask again and again."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

# Tests are no package (import mode importlib), so a shared module needs its folder on the path.
sys.path.insert(0, str(Path(__file__).parent))

from follow_up_support import Helper


@pytest.fixture
def plugins():
    return ("follow_up",)


@pytest.fixture
def town(office):
    """The office on a Monday at 10 in the morning, with a firm that somebody is responsible for."""
    office.clock.moment = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    return Helper(office)


@pytest.fixture
def morning(office):
    """The office on a Monday at half past six."""
    office.clock.moment = datetime(2026, 11, 23, 5, 30, tzinfo=UTC)
    return Helper(office)
