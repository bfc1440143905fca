"""What tests share: the real data beside the project, and the plugins for tests.

The plugins are made importable here; those under ``installed`` are only on the path of child processes.
"""

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# Tests are no package (import mode importlib), so a shared module needs its folder on the path.
sys.path.insert(0, str(ROOT / "tests/plugins_for_tests"))


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder with real registers, lists and labelled pairs, which are too large and not ours to be carried along."""
    folder = Path(os.environ.get("WF40_REAL_DATA", ROOT / "../shared/data")).resolve()
    if not folder.is_dir():
        pytest.skip(f"real data not found in {folder}; set WF40_REAL_DATA to their folder")
    return folder
