"""Imports are listed and taken back from the command line, as on their pages."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from wf40.cli import main
from wf40.core.firms import service as firms
from wf40.core.firms.models import Firm
from wf40.testing.office import Office

Run = Callable[..., Result]


@pytest.fixture
def run(office: Office, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("WF40_DATABASE_URL", office.product.settings.database_url)
    monkeypatch.setenv("WF40_DATA_DIR", str(office.product.settings.data_dir))
    return lambda *args: CliRunner().invoke(main, ["import", *map(str, args)], catch_exceptions=False)


@pytest.fixture
def number(run: Run, tmp_path: Path) -> int:
    path = tmp_path / "liste.csv"
    path.write_text("Firma;Sitz\nAlpha GmbH;Konstanz\nBeta GmbH;Ulm\n", encoding="utf-8")
    return int(json.loads(run("firms", path, "--json").stdout)["import"])


def test_what_a_dry_run_promises_comes_true(run: Run, number: int, firm_rows: Callable[[], list[Any]]) -> None:
    promised = json.loads(run("undo", number, "--dry-run", "--json").stdout)
    assert (promised["removed"], promised["returned"], promised["kept"]) == (2, 0, 0)
    assert len(firm_rows()) == 2
    assert json.loads(run("undo", number, "--json").stdout)["removed"] == 2
    assert firm_rows() == []


def test_what_was_edited_stays_and_is_counted(run: Run, number: int, office: Office) -> None:
    with office.writing_as("advisor") as u:
        row = u.session.scalars(select(Firm).where(Firm.name == "Alpha GmbH")).one()
        firms.change_firm(u, row.id, row.version, firms.FirmInput(name=row.name, town=row.town, note="war hier"))
    assert json.loads(run("undo", number, "--json").stdout)["kept"] == 1


def test_the_list_names_number_state_and_file(run: Run, number: int) -> None:
    (line,) = run("list").output.splitlines()
    assert line.split()[0] == str(number)
    assert "Abgeschlossen" in line
    assert line.endswith("liste.csv")


def test_an_unknown_number_is_told_in_a_sentence(run: Run) -> None:
    result = run("undo", 77)
    assert result.exit_code == 1
    assert "Traceback" not in result.output


def test_the_help_speaks_of_a_nummer(run: Run) -> None:
    text = run("undo", "--help").output
    assert "NUMMER" in text
    assert "NUMBER" not in text + run("--help").output
