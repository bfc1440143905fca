"""The command ``wf40 office``: what an office loads once for itself."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from wf40.base.access import Actor
from wf40.base.i18n import _
from wf40.base.uow import Database
from wf40.core.office import postcodes

Speaking = Callable[[Callable[..., None]], Callable[..., None]]


def add_office(main: click.Group, load: Callable[[], Any], speaking: Speaking) -> None:
    """Add the command group to the program."""

    @main.group("office")
    def group() -> None:
        """Tabellen des Amts."""

    @group.command("load-postcodes")
    @click.argument("file", type=click.Path(path_type=Path))
    @speaking
    def load_postcodes(*, file: Path) -> None:
        """Lädt aus FILE, zu welcher Gemeinde eine Postleitzahl gehört (CSV mit den Spalten plz, ort und ags).

        Danach erhalten neue Unternehmen aus Importen den Gemeindeschlüssel (AGS) von selbst. Eine frühere Tabelle wird
        ersetzt; Unternehmen, die es schon gibt, bleiben, wie sie sind.
        """
        database: Database = load().database
        try:
            with database.write(Actor.system("wf40 office")) as u:
                count = postcodes.load(u, file)
        finally:
            database.engine.dispose()
        click.echo(_("%(count)s Zuordnungen geladen.", count=count))
