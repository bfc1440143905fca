"""Firms to measure with: entries of the German company register where they lie beside the project, else made-up ones."""

import csv
import os
from collections.abc import Iterator
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from wf40.demo.plan import town

COLUMNS = {
    "company_number": "Nummer", "name": "Firma", "register_type": "Registerart", "register_number": "Registernummer",
    "register_suffix": "Registerzusatz", "registrar": "Registergericht", "registered_office": "Sitz",
    "registered_address": "Anschrift", "previous_names": "Frühere Namen",
}  # fmt: skip
REAL = Path(os.environ.get("WF40_REAL_DATA", "../shared/data")) / "02_companies_de/offeneregister"
FILE = REAL / "offeneregister_1p2m_no_officers.parquet"
Row = tuple[str, ...]


def origin() -> str:
    """Say where the firms come from."""
    return "entries of the German company register (OffeneRegister), in random order" if FILE.is_file() else "made up"


def write_tables(folder: Path, sizes: dict[str, tuple[int, int]]) -> dict[str, Path]:
    """Write CSV files, each with so many firms from a position on, and return their paths."""
    paths = {name: folder / f"{name}.csv" for name in sizes}
    for name, (start, count) in sizes.items():
        with paths[name].open("w", encoding="utf-8", newline="") as target:
            rows = csv.writer(target)
            rows.writerow(COLUMNS.values())
            rows.writerows(islice(_firms(), start, start + count))
    return paths


def _firms() -> Iterator[Row]:
    return _real() if FILE.is_file() else _made_up()


def _real() -> Iterator[Row]:
    return _frame().itertuples(index=False, name=None)  # type: ignore[no-any-return]


@cache
def _frame() -> Any:
    import pandas as pd

    return pd.read_parquet(FILE, columns=list(COLUMNS)).sample(frac=1, random_state=1).fillna("")


def _made_up() -> Iterator[Row]:
    planned = town(count=2000)
    number = 0
    while True:
        for firm in planned:
            number += 1
            court = f"Musterhausen {number // 100_000}" if number >= 100_000 else "Musterhausen"
            where = f"{firm.street} {number % 90 + 1}, 00001 Musterhausen"
            yield (f"M{number}", f"{firm.name} {number}", "HRB", str(number), "", court, "Musterhausen", where, "")
