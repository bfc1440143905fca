"""The real register records of one town, on both databases: again, shuffled, renamed, and with each column changed."""

import csv
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from wf40.cli import main
from wf40.testing.office import Office

Run = Callable[..., dict[str, Any]]
Table = list[list[str]]
RENAMED = [
    "Kennung", "Firma", "Registerstatus", "Registerart", "Registernummer", "Registerzusatz", "Registergericht", "früheres Gericht",
    "Bundesland", "Sitz", "Anschrift", "Frühere Namen", "Stand",
]  # fmt: skip
# What is written into the first row whose column fits, and whether the firm changes by it.
CELLS: dict[str, tuple[str, bool]] = {
    "company_number": ("B1204_HRB999999", True),
    "name": ("Ganz Neuer Name GmbH", True),
    "status": ("removed", True),
    "register_type": ("HRA", True),
    "register_number": ("999999", True),
    "register_suffix": ("KN", True),
    "registrar": ("Stuttgart", True),
    # Not taken: the page says so. The firm stays as it is.
    "former_registrar": ("Ulm", False),
    "federal_state_en": ("Bavaria", False),
    "registered_office": ("Radolfzell", True),
    "registered_address": ("Hafenstraße 1, 78462 Konstanz.", True),
    "previous_names": ("Ganz Alter Name GmbH", True),
    "retrieved": ("2026-01-01", True),
}


@pytest.fixture
def run(office: Office, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr("wf40.core.imports.connections.PAUSE", 0)
    for name, value in {
        "DATABASE_URL": office.product.settings.database_url,
        "DATA_DIR": str(office.product.settings.data_dir),
    }.items():
        monkeypatch.setenv(f"WF40_{name}", value)

    def command(file: Path, *options: str) -> dict[str, Any]:
        result: Result = CliRunner().invoke(
            main, ["import", "firms", str(file), "--json", *options], catch_exceptions=False
        )
        assert result.exit_code == 0, result.output
        counts: dict[str, Any] = json.loads(result.stdout)
        assert sum(counts[k] for k in ("created", "updated", "unchanged", "skipped", "faulty")) == counts["rows"]
        return counts

    return command


@pytest.fixture
def table(konstanz: Path) -> Table:
    with konstanz.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def write(path: Path, table: Table) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(table)
    return path


def test_the_town_goes_in_once_and_each_changed_cell_updates_one_firm(
    run: Run, konstanz: Path, table: Table, tmp_path: Path
) -> None:
    assert run(konstanz, "--dry-run")["created"] == 1715
    first = run(konstanz)
    assert (first["created"], first["faulty"], first["skipped"]) == (1715, 0, 0)
    assert run(konstanz)["unchanged"] == 1715
    print(f"{1715 / first['seconds']:.0f} rows/s")
    for number, (column, (value, changes)) in enumerate(CELLS.items()):
        changed = [list(row) for row in table]
        at = changed[0].index(column)
        changed[100 + number][at] = value
        # Checked only, so that each column is tried on the same office.
        counts = run(write(tmp_path / f"{column}.csv", changed), "--dry-run", "--source", konstanz.name)
        assert (counts["created"], counts["updated"], counts["unchanged"]) == (0, int(changes), 1715 - int(changes)), (
            column
        )


@pytest.mark.parametrize("column", ["name", "registered_address", "register_number"])
def test_shuffled_renamed_and_under_another_name_it_updates_one(
    run: Run, konstanz: Path, table: Table, tmp_path: Path, column: str
) -> None:
    run(konstanz)
    rows = [list(row) for row in table[1:]]
    rows[700][table[0].index(column)] = CELLS[column][0]
    random.Random(1).shuffle(rows)
    counts = run(write(tmp_path / "spaeter.csv", [RENAMED, *rows]))
    assert (counts["created"], counts["updated"], counts["unchanged"]) == (0, 1, 1714)
    assert run(tmp_path / "spaeter.csv")["unchanged"] == 1715
