"""The command ``wf40 duplicates scan``: the search of the work queue, in this process and without a worker."""

import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

import click

from wf40.base.access import Actor
from wf40.base.i18n import _
from wf40.base.uow import Database

_AUTHOR = "wf40 duplicates"
Speaking = Callable[[Callable[..., None]], Callable[..., None]]


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


def add_scan(main: click.Group, load: Callable[[], Assembled], speaking: Speaking) -> None:
    """Add the command to the group ``duplicates`` of the program."""
    group = main.commands["duplicates"]
    assert isinstance(group, click.Group)  # noqa: S101 - for the type checker

    @group.command("scan")
    @click.option("--unit", default="", help="Name der Einheit; ohne Angabe die einzige.")
    @click.option("--json", "as_json", is_flag=True, help="Ein JSON-Objekt statt Text ausgeben.")
    @speaking
    def scan(*, unit: str, as_json: bool) -> None:
        """Vergleicht alle Unternehmen einer Einheit miteinander."""
        product, began = load(), time.monotonic()
        try:
            report = _run(product, unit)
        finally:
            product.database.engine.dispose()
        report["seconds"] = round(time.monotonic() - began, 2)
        if as_json:
            click.echo(json.dumps(report, ensure_ascii=False))
            return
        click.echo(_("%(firms)s Unternehmen geprüft, %(compared)s Paare verglichen.", **report))
        click.echo(_("Zu entscheiden: %(same)s sehr wahrscheinlich gleich, %(ask)s vielleicht gleich.", **report))


def _run(product: Assembled, unit: str) -> dict[str, Any]:
    from wf40.core.accounts import service as accounts
    from wf40.core.duplicates import queries, scanner, service

    database = product.database
    with database.write(Actor.system(_AUTHOR)) as u:
        unit_id = accounts.unit_named(u, unit, otherwise=product.settings.office_name)
    actor = replace(Actor.system(_AUTHOR, unit_id), units=frozenset({unit_id}))
    with database.write(actor) as u:
        scan_id = service.start_scan(u)
    scanner.finish(database, scan_id)
    with database.read(actor) as u:
        row, counts = queries.scan(u, scan_id), queries.open_counts(u)
        return {
            "state": row.state, "firms": row.done, "compared": row.compared, "same": counts.get("same", 0),
            "ask": counts.get("ask", 0),
        }  # fmt: skip
