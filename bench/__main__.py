"""``make bench``: measures and writes docs/figures.md and docs/figures.json.

Sizes as arguments (``make bench ARGS="10000 100000"``); without any 10,000, 100,000 and 1,000,000 firms.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench import changes, floors, pages, register
from bench.clients import server
from bench.figures import Figure, write
from bench.offices import bare, office

SIZES = (10_000, 100_000, 1_000_000)
GATE = 100_000
"""The size at which as much again is imported, the office searched for duplicates, and the import taken back."""


def measure(kind: str, n: int, folder: Path, tables: dict[str, Path]) -> Iterator[Figure]:
    """Measure all of one size on one database."""
    with office(kind, folder / f"{kind}-{n}") as environment:
        yield from changes.first_import(environment, kind, n, tables[f"first-{n}"])
        engine = bare(environment)
        with server(environment) as port, engine.connect() as connection:
            yield from pages.measure(kind, n, port, lambda statements: floors.pages(connection, statements))
        engine.dispose()
        if n == GATE:
            yield from changes.into_the_same_size(environment, kind, n, tables["again"])


def main(sizes: tuple[int, ...]) -> None:
    """Measure everything; what is known so far is written after every office."""
    found: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="wf40-bench-") as folder:
        wanted = {f"first-{n}": (0, n) for n in sizes} | {"again": (GATE, GATE)}
        tables = register.write_tables(Path(folder), wanted)
        for n in sizes:
            for kind in ("sqlite", "postgresql"):
                for figure in measure(kind, n, Path(folder), tables):
                    print(figure, flush=True)
                    found.append(figure)
                write(found, register.origin())


if __name__ == "__main__":
    main(tuple(int(a) for a in sys.argv[1:]) or SIZES)
