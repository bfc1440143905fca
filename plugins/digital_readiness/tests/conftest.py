"""Makes the builders of `readiness_support` importable and gives every test the shipped Kurzcheck."""

import sys
from pathlib import Path

import pytest
from wf40_digital_readiness.content import shipped_check

# Tests are no package (import mode importlib), so a shared module needs its folder on the path.
sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def kurzcheck():
    return shipped_check("kurzcheck-digital")
