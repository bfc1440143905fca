"""Where the real data lie that recognising is measured on."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def real_data() -> Path:
    folder = Path(os.environ.get("WF40_REAL_DATA", ROOT / "../shared/data")).resolve()
    if not folder.is_dir():
        pytest.skip(f"real data not found in {folder}; set WF40_REAL_DATA to their folder")
    return folder
