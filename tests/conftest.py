"""What tests share: the real data beside the project, and the plugins for tests.

The plugins are made importable here; those under ``installed`` are only on the path of child processes.
"""

import os
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# Tests are no package (import mode importlib), so a shared module needs its folder on the path.
sys.path.insert(0, str(ROOT / "tests/plugins_for_tests"))

# The longest first: whatever is begun last leaves the other processors idle at the end.
LONGEST = (
    "tests/e2e/test_crawl.py",
    "tests/delivery/test_wheels.py",
    "plugins/follow_up/tests/test_many_workers.py",
    "tests/delivery/test_fresh_start.py",
    "tests/core/imports/test_kills.py",
    "tests/web/test_matrix.py",
    "tests/e2e/test_walk.py",
    "tests/core/imports/",
    "tests/e2e/",
    "tests/pluginhost/test_pages_stay_whole.py",
    "tests/web/test_statements.py",
    "tests/core/search/test_finding.py",
    "tests/plugins_missing/",
)


@pytest.hookimpl(wrapper=True, optionalhook=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """Run one more at once than there are processors: many tests wait for a browser, a worker or another process."""
    number = yield
    return number if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ else number + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def turn(item: pytest.Item) -> int:
        return next((n for n, path in enumerate(LONGEST) if item.nodeid.startswith(path)), len(LONGEST))

    items.sort(key=turn)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder with real registers, lists and labelled pairs, which are too large and not ours to be carried along."""
    folder = Path(os.environ.get("WF40_REAL_DATA", ROOT / "../shared/data")).resolve()
    if not folder.is_dir():
        pytest.skip(f"real data not found in {folder}; set WF40_REAL_DATA to their folder")
    return folder
