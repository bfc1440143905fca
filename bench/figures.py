"""One measured figure, and the two files that hold all of them."""

import json
import os
import platform
from dataclasses import asdict, dataclass
from pathlib import Path

DOCS = Path(__file__).parent.parent / "docs"
LIST, FILTERED, RECORD = "firm list", "firm list, one town", "record page"
PREFIX, INSIDE = "search, beginnings", "search, inside words"
IMPORT, INTO = "import into an empty office", "import into an office of the same size"
IMPORT_MEMORY = "peak memory of an import into an empty office"
INTO_MEMORY = "peak memory of an import into an office of the same size"
SAVE, SCAN, UNDO = "saving a record during that import", "duplicate scan of the office", "undo of that import"
TO_REACH = {
    LIST: "25 / 80", FILTERED: "25 / 80", RECORD: "25 / 80", PREFIX: "20", INSIDE: "40", IMPORT: "5,000", INTO: "5,000",
    IMPORT_MEMORY: "300 / 600", INTO_MEMORY: "300", SAVE: "300", SCAN: "30", UNDO: "20",
}  # fmt: skip
"""What we want of each: of pages with one client / with eight, of memory up to 100,000 firms / at 1,000,000."""


@dataclass(frozen=True)
class Figure:
    """One measured figure. ``floor`` is the same work in bare SQL, measured in the same run, ``ratio`` ours beside it."""

    what: str
    n: int
    database: str
    clients: int
    unit: str
    p50: float | None = None
    p95: float | None = None
    value: float | None = None
    floor: float | None = None
    ratio: float | None = None


def times(what: str, n: int, kind: str, clients: int, found: tuple[float, float], floor: float) -> Figure:
    """Return the figure of repeated work in milliseconds: p50, p95, and the p95 of bare SQL."""
    p50, p95 = found
    return Figure(what, n, kind, clients, "ms", p50, p95, None, floor, round(p95 / max(floor, 0.01), 1))


def value(what: str, n: int, kind: str, found: float, unit: str, floor: float | None = None) -> Figure:
    """Return the figure of something done once."""
    ratio = None if floor is None else round((floor / found if unit == "rows/s" else found / floor), 1)
    return Figure(what, n, kind, 1, unit, value=found, floor=floor, ratio=ratio)


def write(figures: list[Figure], origin: str) -> None:
    """Write both files; ``origin`` says where the firms come from."""
    (DOCS / "figures.json").write_text(json.dumps([asdict(f) for f in figures], indent=1) + "\n", "utf-8")
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    intro = (
        f"# Figures\n\nWritten by `make bench` on {machine}. Firms: {origin}. Pages through HTTP with signed-in clients on "
        "gunicorn with 2 workers of 4 threads, all plugins of this repository enabled; imports by `wf40 import`; PostgreSQL "
        "as installed, its server on the same cores, its memory not counted. Bare SQL is the least that the database must do "
        "for the same, of the same run: the p95 of the statements of a page, inserted rows per second, a self-join, a delete.\n\n"
    )
    head = ("what", "firms", "database", "clients", "p50", "p95 or value", "unit", "to reach", "bare SQL", "ratio")
    table = [head, tuple("---" for _ in head), *map(_cells, figures)]
    lines = [f"| {' | '.join(cells)} |" for cells in table]
    (DOCS / "figures.md").write_text(intro + "\n".join(lines) + "\n", "utf-8")


def _cells(f: Figure) -> tuple[str, ...]:
    found = f.p95 if f.value is None else f.value
    figures = (_shown(f.p50), _shown(found), f.unit, TO_REACH[f.what], _shown(f.floor), _shown(f.ratio))
    return (f.what, f"{f.n:,}", f.database, str(f.clients), *figures)


def _shown(number: float | None) -> str:
    return "" if number is None else f"{number:,.0f}" if number >= 1000 else f"{number:g}"
