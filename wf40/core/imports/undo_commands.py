"""The commands ``wf40 import list`` and ``wf40 import undo``: what was imported, and taking one import back."""

import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

import click
from babel.dates import format_datetime

from wf40.base.access import Actor
from wf40.base.i18n import _, current_language
from wf40.base.uow import Database
from wf40.core.imports.terms import STATES

_AUTHOR = "wf40 import"
Speaking = Callable[[Callable[..., None]], Callable[..., None]]


class Assembled(Protocol):
    """What the commands need of the assembled product."""

    @property
    def database(self) -> Database:
        """The database."""
        ...


def add_undo(group: click.Group, load: Callable[[], Assembled], speaking: Speaking) -> None:
    """Add the commands to the group ``wf40 import``."""

    @group.command("list")
    @speaking
    def listed() -> None:
        """Zeigt die letzten Importe mit ihrer Nummer."""
        product = load()
        try:
            for line in _lines(product.database):
                click.echo(line)
        finally:
            product.database.engine.dispose()

    @group.command("undo")
    @click.argument("number", metavar="NUMMER", type=click.IntRange(min=1))
    @click.option("--dry-run", is_flag=True, help="Nur zeigen, was geschehen würde.")
    @click.option("--json", "as_json", is_flag=True, help="Ein JSON-Objekt statt Text ausgeben.")
    @speaking
    def undo(*, number: int, dry_run: bool, as_json: bool) -> None:
        """Nimmt den Import NUMMER zurück; was seither von Hand geändert wurde, bleibt."""
        product, began = load(), time.monotonic()
        try:
            report = _planned(product.database, number) if dry_run else _undo(product.database, number)
        finally:
            product.database.engine.dispose()
        if as_json:
            click.echo(json.dumps({**report, "seconds": round(time.monotonic() - began, 2)}, ensure_ascii=False))
            return
        if dry_run:
            click.echo(_("Nur geprüft, nichts gespeichert."))
        click.echo(_("Unternehmen, die verschwinden: %(removed)s", **report))
        click.echo(_("Unternehmen, deren frühere Werte zurückkehren: %(returned)s", **report))
        click.echo(
            _("Unternehmen, von denen etwas bleibt, weil es seither geändert oder benutzt wurde: %(kept)s", **report)
        )


def _lines(database: Database) -> list[str]:
    from wf40.core.imports import queries

    with database.read(Actor.system(_AUTHOR)) as u:
        return [
            f"{run.id:>6}  {format_datetime(run.created_at, 'short', locale=current_language())}  "
            f"{STATES[run.state]!s:20}  {run.file_name}"
            for run in queries.runs(u).rows
        ]


def _planned(database: Database, number: int) -> dict[str, Any]:
    from wf40.core.imports import undo

    with database.read(Actor.system(_AUTHOR)) as u:
        plan = undo.undo_plan(u, number)
    return {"removed": plan.disappear, "returned": plan.returns, "kept": plan.edited_count + plan.blocked_count}


def _undo(database: Database, number: int) -> dict[str, Any]:
    from wf40.core.imports import queries, runner, undo

    with database.read(Actor.system(_AUTHOR)) as u:
        unit_id = queries.run(u, number).unit_id
    actor = replace(Actor.system(_AUTHOR, unit_id), units=frozenset({unit_id}))
    with database.write(actor) as u:
        undo.request_undo(u, number)
    runner.finish(database, number)
    with database.read(actor) as u:
        counts = queries.run(u, number).undo_counts
    stays = counts.get("partly", 0) + counts.get("kept", 0)
    return {"removed": counts.get("removed", 0), "returned": counts.get("returned", 0), "kept": stays}
