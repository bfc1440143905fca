"""``make bench``: measures and writes docs/figures.md and docs/figures.json. Sizes as arguments, default 10000 100000."""

import csv
import json
import os
import platform
import resource
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import create_engine, text

from bench.clients import Client, percentiles, server, timed, together
from bench.offices import bare_url, command, database, fill
from wf40.demo.plan import town

DOCS = Path(__file__).parent.parent / "docs"
DEFAULT_SIZES = (10_000, 100_000)
ROUNDS, CROWD = 40, 8
IMPORTED = 10_000
LIST = "SELECT * FROM firm WHERE archived_at IS NULL AND kind <> 'association' ORDER BY sort_key, id LIMIT 25"
COUNT = "SELECT count(*) FROM firm WHERE archived_at IS NULL AND kind <> 'association'"
PAGES = {
    "firm list": ("/unternehmen", (LIST, COUNT)),
    "firm list, filtered by town": (
        "/unternehmen?ort=Ort+7",
        (
            LIST.replace("WHERE", "WHERE town = 'Ort 7' AND"),
            COUNT.replace("WHERE", "WHERE town = 'Ort 7' AND"),
        ),
    ),
    "firm list, words searched": (
        "/unternehmen?q=maschinenbau",
        (LIST.replace("WHERE", "WHERE search_text LIKE '%maschinenbau%' AND"),),
    ),
    "record page": (
        "/unternehmen/77",
        ("SELECT * FROM firm WHERE id = 77", "SELECT * FROM site WHERE firm_id = 77"),
    ),
}


@dataclass(frozen=True)
class Figure:
    """One measured figure; ``floor`` is the p95 of the bare SQL of the same run, ``ratio`` how far above it."""

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


def pages(kind: str, n: int) -> Iterator[Figure]:
    """Measure pages of an office of ``n`` firms."""
    with tempfile.TemporaryDirectory() as folder, database(kind, Path(folder)) as environment:
        fill(environment, n)
        engine = create_engine(bare_url(environment))
        with server(environment) as port, engine.connect() as connection:
            client = Client(port)
            for what, (path, statements) in PAGES.items():
                floor = percentiles(timed(lambda s=statements: [connection.execute(text(x)).all() for x in s], ROUNDS))[
                    1
                ]
                alone = percentiles(timed(lambda p=path: client.get(p), ROUNDS))
                yield _page(what, n, kind, 1, alone, floor)
                yield _page(what, n, kind, CROWD, percentiles(together(port, path, CROWD, ROUNDS // 2)), floor)
        engine.dispose()


def _page(what: str, n: int, kind: str, clients: int, found: tuple[float, float], floor: float) -> Figure:
    return Figure(what, n, kind, clients, "ms", found[0], found[1], None, floor, round(found[1] / max(floor, 0.1), 1))


def imports(kind: str) -> Iterator[Figure]:
    """Measure the import of a file into an empty office, and of the same file again."""
    with tempfile.TemporaryDirectory() as folder, database(kind, Path(folder)) as environment:
        path = Path(folder) / "firms.csv"
        with path.open("w", encoding="utf-8", newline="") as target:
            rows = csv.writer(target)
            rows.writerow(["Firma", "Registerart", "Registernummer", "Registergericht", "Straße", "PLZ", "Ort"])
            for number, firm in enumerate(town(count=IMPORTED)):
                rows.writerow(
                    [
                        f"{firm.name}",
                        "HRB",
                        number + 1,
                        "Musterhausen",
                        f"{firm.street} 1",
                        "00001",
                        "Musterhausen",
                    ]
                )
        for what in ("import into an empty office", "the same import again"):
            report = json.loads(command(environment, "import", "firms", str(path), "--source", "Messung", "--json"))
            memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            yield Figure(what, IMPORTED, kind, 1, "rows/s", value=round(IMPORTED / report["seconds"]))
            yield Figure(f"{what}, peak memory of all processes so far", IMPORTED, kind, 1, "MB", value=round(memory))


def write(figures: list[Figure]) -> None:
    """Write both files."""
    (DOCS / "figures.json").write_text(json.dumps([asdict(f) for f in figures], indent=1) + "\n", "utf-8")
    head = "| what | firms | database | clients | p50 | p95 or value | unit | bare SQL p95 | ratio |\n|---|---|---|---|---|---|---|---|---|\n"
    lines = [
        f"| {f.what} | {f.n:,} | {f.database} | {f.clients} | {_shown(f.p50)} | {_shown(f.p95 if f.value is None else f.value)} "
        f"| {f.unit} | {_shown(f.floor)} | {_shown(f.ratio)} |"
        for f in figures
    ]
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    intro = f"# Figures\n\nWritten by `make bench` on {machine}; gunicorn with 2 workers of 4 threads, HTTP with signed-in clients, both plugins enabled.\n\n"
    (DOCS / "figures.md").write_text(intro + head + "\n".join(lines) + "\n", "utf-8")


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}" if value >= 1000 else f"{value:g}"


def main(sizes: list[int]) -> None:
    """Measure everything."""
    figures: list[Figure] = []
    for kind in ("sqlite", "postgresql"):
        for found in (imports(kind), *(pages(kind, n) for n in sizes)):
            for figure in found:
                print(figure, flush=True)
                figures.append(figure)
    write(figures)


if __name__ == "__main__":
    main([int(a) for a in sys.argv[1:]] or list(DEFAULT_SIZES))
