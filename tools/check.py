"""`make check`: every check runs, the output of those that fail is shown, and each is named with its result."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
PYTHON = [sys.executable, "-m"]
CHECKS: dict[str, list[str]] = {
    "types": [*PYTHON, "mypy"],
    "lint": [*PYTHON, "ruff", "check", "."],
    "format": [*PYTHON, "ruff", "format", "--check", "."],
    "import rules": [str(BIN / "lint-imports"), "--no-cache"],
    "plugin pages of docs/ are current": [str(BIN / "wf40"), "plugins", "docs", "--check"],
    "vendored assets are unchanged": [*PYTHON, "wf40.web.assets", "verify"],
    "translations are complete": [*PYTHON, "tools.translations", "check"],
    "tree": [*PYTHON, "tools.tree"],
}


def run(name: str) -> tuple[str, bool, str, float]:
    """Run one check: its name, whether it passed, what it printed, seconds."""
    start = time.monotonic()
    environment = {**os.environ, "PYTHONUTF8": "1"}
    done = subprocess.run(
        CHECKS[name], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=False,
    )  # fmt: skip
    return name, done.returncode == 0, done.stdout, time.monotonic() - start


def main() -> int:
    """Run all checks, two at a time; returns 1 when one failed."""
    failed = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        for name, passed, output, seconds in pool.map(run, CHECKS):
            print(f"{'ok    ' if passed else 'FAILED'} {name} ({seconds:.1f} s)", flush=True)
            if not passed:
                failed.append(name)
                print(output.rstrip(), flush=True)
    print(f"make check: {'FAILED: ' + ', '.join(failed) if failed else 'all checks passed'}")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
