"""The command ``wf40 import``: the same import as on the page, in this process and without a worker."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import click

from wf40.base.access import Actor
from wf40.base.errors import InvalidInput
from wf40.base.i18n import _, _l
from wf40.base.uow import Database
from wf40.core.imports.accuracy_commands import add_evaluate_columns
from wf40.core.imports.terms import LEGAL_BASES, OUTCOMES
from wf40.core.imports.undo_commands import add_undo

_AUTHOR = "wf40 import"


class OfficeSettings(Protocol):
    """The setting that the command reads."""

    @property
    def office_name(self) -> str:
        """Name of the office, for the first unit."""
        ...


class Assembled(Protocol):
    """What the command needs of the assembled product."""

    @property
    def database(self) -> Database:
        """The database."""
        ...

    @property
    def settings(self) -> OfficeSettings:
        """The settings."""
        ...


@dataclass(frozen=True, slots=True)
class _Wish:
    """What the command line asked for."""

    file: Path
    mapping: Path | None
    source: str
    legal_basis: str
    unit: str
    sheet: str | None
    dry_run: bool
    undecided: str


Speaking = Callable[[Callable[..., None]], Callable[..., None]]


def add_import(main: click.Group, load: Callable[[], Assembled], speaking: Speaking) -> None:
    """Add the command group to the program."""

    @main.group("import")
    def group() -> None:
        """Daten aus Dateien einlesen."""

    add_evaluate_columns(group, speaking)
    add_undo(group, load, speaking)

    @group.command("firms")
    @click.argument("file", type=click.Path(path_type=Path))
    @click.option(
        "--mapping", type=click.Path(path_type=Path), help='JSON oder TOML: {"columns": {"Überschrift": "Feld"}}.'
    )
    @click.option("--source", default="", help="Quelle der Daten; ohne Angabe der Name der Datei.")
    @click.option(
        "--legal-basis",
        default="public_task",
        show_default=True,
        type=click.Choice(list(LEGAL_BASES)),
        help="Rechtsgrundlage.",
    )
    @click.option("--unit", default="", help="Name der Einheit; ohne Angabe die einzige.")
    @click.option("--sheet", help="Tabellenblatt; ohne Angabe das erste mit Werten.")
    @click.option("--dry-run", is_flag=True, help="Nur prüfen, nichts speichern.")
    @click.option(
        "--undecided",
        default="skip",
        show_default=True,
        type=click.Choice(["skip", "create"]),
        help="Zeilen, die vielleicht ein bekanntes Unternehmen meinen: auslassen oder neu anlegen.",
    )
    @click.option("--json", "as_json", is_flag=True, help="Ein JSON-Objekt statt Text ausgeben.")
    @speaking
    def firms(*, as_json: bool, **given: Any) -> None:
        """Liest Unternehmen aus FILE (CSV, TSV, XLSX, XLS, ODS, vCard)."""
        product, began = load(), time.monotonic()
        try:
            report, lines = _run(product, _Wish(**given))
        finally:
            product.database.engine.dispose()
        report["seconds"] = round(time.monotonic() - began, 2)
        if as_json:
            click.echo(json.dumps(report, ensure_ascii=False))
        else:
            _tell(report, lines, dry_run=bool(given["dry_run"]))


def _run(product: Assembled, wish: _Wish) -> tuple[dict[str, Any], list[str]]:
    """Import or check the file; returns the counts and a sentence for every row that did not go in."""
    from wf40.core.accounts import service as accounts
    from wf40.core.imports import runner, service, staging

    if not wish.file.is_file():
        raise InvalidInput(_l("Die Datei „%(file)s“ gibt es nicht.", file=wish.file))
    database = product.database
    with database.write(Actor.system(_AUTHOR)) as u:
        unit_id = accounts.unit_named(u, wish.unit, otherwise=product.settings.office_name)
    actor = replace(Actor.system(_AUTHOR, unit_id), units=frozenset({unit_id}))
    given = service.UploadInput(wish.source or wish.file.name, wish.legal_basis)
    run_id = staging.stage_upload(database, actor, wish.file, wish.file.name, given)
    try:
        if wish.sheet is not None:
            staging.choose_table(database, actor, run_id, sheet=wish.sheet)
        _map(database, actor, run_id, wish.mapping, wish.undecided)
    except BaseException:
        with database.write(actor) as u:
            service.discard(u, run_id)
        raise
    if not wish.dry_run:
        with database.write(actor) as u:
            service.queue(u, service.writable(u, run_id))
    runner.finish(database, run_id)
    report = _report(database, actor, run_id)
    if wish.dry_run:
        with database.write(actor) as u:
            service.discard(u, run_id)
    return report


def _map(database: Database, actor: Actor, run_id: int, mapping: Path | None, undecided: str) -> None:
    from wf40.core.imports import mappings, service
    from wf40.core.imports.own_fields import own_targets

    with database.write(actor) as u:
        run = service.writable(u, run_id)
        fields = (
            mappings.from_file(mapping, run.headers, own_targets(u))
            if mapping
            else [field or "" for field in run.fields]
        )
        service.save_columns(u, run_id, fields)
        run.undecided = undecided


def _report(database: Database, actor: Actor, run_id: int) -> tuple[dict[str, Any], list[str]]:
    from wf40.core.imports import queries

    with database.read(actor) as u:
        run = queries.run(u, run_id)
        counts = run.counts if run.state in {"done", "failed", "cancelled"} else run.planned
        report: dict[str, Any] = {"import": run_id, "rows": run.total, **{key: counts.get(key, 0) for key in OUTCOMES}}
        if run.state not in {"done", "failed", "cancelled"}:
            # Whoever asks beforehand learns what would be skipped.
            report["skipped"] += report["ask"]
        if run.state == "failed":
            raise InvalidInput(_l("Der Import ist gescheitert: %(error)s", error=run.error))
        sheet = queries.sheet_of(run)
        where = _("Tabellenblatt „%(sheet)s“, ", sheet=sheet) if sheet else ""
        found = [
            where
            + _(
                "Zeile %(row)s%(field)s: %(reason)s", row=line.row_no, reason=line.reason,
                field=f", {line.where}" if line.where else "",
            )
            for line, _cells in queries.refused_rows(u, run_id)
        ]  # fmt: skip
    return report, found


def _tell(report: dict[str, Any], lines: list[str], *, dry_run: bool) -> None:
    for line in lines:
        click.echo(line)
    if dry_run:
        click.echo(_("Nur geprüft, nichts gespeichert."))
    click.echo(_("%(rows)s Zeilen in %(seconds)s Sekunden", rows=report["rows"], seconds=report["seconds"]))
    for key, label in OUTCOMES.items():
        click.echo(f"  {label!s:15}{report[key]:>9}")
