"""Looks at every file of the repository: `python -m tools.tree`.

No file may name a package index or a folder of somebody's machine: the pinned hashes hold wherever the packages
come from, and nothing works by luck on one machine alone. Files of code stay readable in one sitting.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

LONGEST = 300  # lines of a file of code
FORBIDDEN = {
    "address of a package index": re.compile(
        r"pypi\.org|pythonhosted\.org|registry\.npmjs\.org|registry\.yarnpkg\.com"
    ),
    "option of a package index": re.compile(r"^\s*--(?:extra-)?(?:index-url|find-links|trusted-host)\b", re.MULTILINE),
    "folder of a machine": re.compile(r"(?<![\w.:/~-])/(?:work|root|home/\w+|Users/\w+|opt/wheels|opt/pypi)/\w"),
}
VENDORED = re.compile(r"(^|/)vendor/")


def files_of(root: Path) -> list[str]:
    """Name the files that are, or would be, under version control."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listing = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    return [name for name in sorted(set(listing.split("\0"))) if name and (root / name).is_file()]


def faults(root: Path) -> Iterator[str]:
    """Name every place that breaks a rule as ``file:line: what``."""
    for name in files_of(root):
        if VENDORED.search(name):
            continue
        try:
            text = (root / name).read_text("utf-8")
        except UnicodeDecodeError:
            continue  # a picture or a font
        for what, pattern in FORBIDDEN.items():
            for found in pattern.finditer(text):
                yield f"{name}:{text.count(chr(10), 0, found.start()) + 1}: {what}: {found[0].strip()}"
        if name.endswith(".py") and name.startswith(("wf40/", "plugins/")) and "/tests/" not in name:
            lines = text.count("\n")
            if lines > LONGEST:
                yield f"{name}: {lines} lines; split it, {LONGEST} are the limit"


def main() -> int:
    """Print the faults; returns the exit status."""
    found = list(faults(Path(__file__).parents[1]))
    print("\n".join(found) or "no file names an index or a machine")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
