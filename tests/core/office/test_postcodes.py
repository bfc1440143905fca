"""The office loads once which municipality a postcode belongs to; new firms from imports get its key."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from wf40.base.errors import InvalidInput
from wf40.cli import main
from wf40.core.firms.intake import ImportedFacts, apply_imports
from wf40.core.firms.models import Firm, Site
from wf40.core.imports import queries, service, staging, undo
from wf40.core.imports.runner import finish
from wf40.core.office import postcodes
from wf40.core.office.postcodes import Place, ags_of
from wf40.testing.office import Office

TABLE = "osm_id,ags,ort,plz\n1,08335043,Konstanz,78467\n2,08335001,Aach,78267\n3,07235001,Aach,54298\n4,07235002,Welschbillig,54298\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "plz.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def load(office: Office, file: Path) -> int:
    with office.writing_as("lead") as u:
        return postcodes.load(u, file)


def test_a_table_replaces_the_one_before(office: Office, table: Path) -> None:
    assert load(office, table) == 4
    table.write_text(
        "PLZ;Gemeinde;AGS;x\n78462;Konstanz;08335043;\n78462;Konstanz;08335043;\nxx;Quux;1;\n", encoding="utf-8-sig"
    )
    assert load(office, table) == 1
    with office.reading_as("advisor") as u:
        assert postcodes.places(u, ["78462", "78467"]) == {"78462": (Place("Konstanz", "08335043"),)}


@pytest.mark.parametrize(
    "content", ["", "plz,ort\n78467,Konstanz\n", "plz,ort,ags\n78467,,08335043\n", b"plz,ort,ags\n\xff\xfe\n"]
)
def test_what_is_no_such_table_is_refused_and_changes_nothing(
    office: Office, table: Path, content: str | bytes
) -> None:
    load(office, table)
    table.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InvalidInput, match=r"Die Datei|In der Datei"):
        load(office, table)
    with office.reading_as("advisor") as u:
        assert "78467" in postcodes.places(u, ["78467"])


def test_the_only_municipality_counts_else_the_one_of_that_name() -> None:
    one, other = Place("Aach", "07235001"), Place("Welschbillig", "07235002")
    assert ags_of([one], "anders geschrieben") == "07235001"
    assert ags_of([one, other], "WELSCHBILLIG") == "07235002"
    assert ags_of([one, other], "") == ""
    assert ags_of([one, other], "Trier") == ""
    assert ags_of([], "Aach") == ""


def bring_in(office: Office, file: Path) -> int:
    with office.reading_as("advisor") as u:
        actor = u.actor
    run_id = staging.stage_upload(
        office.product.database, actor, file, "firmen.csv", service.UploadInput("IHK", "public_task")
    )
    with office.product.database.write(actor) as u:
        run = service.writable(u, run_id)
        service.save_columns(u, run_id, [field or "" for field in run.fields])
        service.queue(u, service.writable(u, run_id))
    finish(office.product.database, run_id)
    return run_id


def test_new_firms_of_an_import_get_the_key_of_their_municipality(office: Office, table: Path, tmp_path: Path) -> None:
    load(office, table)
    file = tmp_path / "firmen.csv"
    file.write_text(
        "Firma;PLZ;Ort\nA GmbH;78467;Konstanz\nB GmbH;54298;Welschbillig\nC GmbH;54298;Trier\nD GmbH;;Ulm\n",
        encoding="utf-8",
    )
    bring_in(office, file)
    with office.reading_as("advisor") as u:
        keys = dict(u.session.execute(select(Firm.name, Site.ags).join(Site, Site.firm_id == Firm.id)).all())
    assert keys == {"A GmbH": "08335043", "B GmbH": "07235002", "C GmbH": ""}


def test_a_missing_town_is_filled_where_only_one_has_the_postcode(office: Office, table: Path, tmp_path: Path) -> None:
    load(office, table)
    file = tmp_path / "firmen.csv"
    file.write_text("Firma;PLZ;Ort\nA GmbH;78467;\nB GmbH;54298;\nC GmbH;99999;\n", encoding="utf-8")
    run_id = bring_in(office, file)
    with office.reading_as("advisor") as u:
        towns = dict(u.session.execute(select(Firm.name, Firm.town)).all())
        notes = [
            str(note.sentence) for line in queries.lines_with(u, run_id, queries.NOTED).rows for note in line.notes
        ]
    assert towns == {"A GmbH": "Konstanz", "B GmbH": "", "C GmbH": ""}
    assert notes == ["Der Ort fehlt. Zur Postleitzahl 78467 gehört nur „Konstanz“, das wird ergänzt."]
    # The same list again finds its firms under the town that was filled in.
    again = bring_in(office, file)
    with office.reading_as("advisor") as u:
        assert queries.run(u, again).counts == {"unchanged": 3}


def test_known_firms_get_the_key_and_give_it_back(office: Office, table: Path, tmp_path: Path) -> None:
    file = tmp_path / "firmen.csv"
    file.write_text("Firma;PLZ;Ort\nA GmbH;78467;Konstanz\n", encoding="utf-8")
    bring_in(office, file)
    load(office, table)

    def keys() -> list[tuple[str, str]]:
        with office.reading_as("advisor") as u:
            return [(site.postcode, site.ags) for site in u.session.scalars(select(Site))]

    assert keys() == [("78467", "")]
    first = bring_in(office, file)
    assert keys() == [("78467", "08335043")]
    with office.reading_as("advisor") as u:
        (change,) = queries.lines_with(u, first, "updated").rows[0].changes
    assert (change.label, change.old, change.new) == ("Betriebsstätte: Gemeindeschlüssel (AGS)", "", "08335043")
    with office.reading_as("advisor") as u:
        firm_id = u.session.scalars(select(Firm.id)).one()
    with office.writing_as("advisor") as u:
        facts = ImportedFacts("A GmbH", postcode="54298", town="Trier")
        apply_imports(u, [(firm_id, facts)], "IHK")
    assert keys() == [("54298", "")]
    with office.writing_as("advisor") as u:
        facts = ImportedFacts("A GmbH", postcode="78467", town="Konstanz", ags="08335043")
        apply_imports(u, [(firm_id, facts)], "IHK")
    assert keys() == [("78467", "08335043")]
    with office.writing_as("advisor") as u:
        assert undo.request_undo(u, first)
    finish(office.product.database, first)
    assert keys() == [("78467", "")]


def test_the_command_says_how_much_it_loaded(office: Office, table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WF40_DATABASE_URL", office.product.settings.database_url)
    monkeypatch.setenv("WF40_DATA_DIR", str(office.product.settings.data_dir))
    result = CliRunner().invoke(main, ["office", "load-postcodes", str(table)], catch_exceptions=False)
    assert "4 Zuordnungen geladen." in result.output
    table.unlink()
    assert CliRunner().invoke(main, ["office", "load-postcodes", str(table)]).exit_code != 0
