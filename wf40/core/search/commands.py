"""``wf40 search``: builds the index of the search anew."""

from collections.abc import Callable
from typing import Any

import click

from wf40.base.access import Actor
from wf40.base.uow import Database
from wf40.core.search.rebuilding import build_slice, start_anew


def add_search(main: click.Group, load_ready: Callable[[], Any], speaking: Callable[..., Any]) -> None:
    """Add the command to the others."""

    @main.group()
    def search() -> None:
        """Verzeichnis der Suche."""

    @search.command("rebuild")
    @click.option("--kind", default="", help="Nur diese Art, z. B. firm; ohne Angabe alle.")
    @speaking
    def rebuild(kind: str) -> None:
        """Baut das Verzeichnis der Suche neu auf, auch im laufenden Betrieb."""
        database: Database = load_ready().database
        with database.write(Actor.system("wf40 search")) as u:
            kinds = start_anew(u, kind)
        if not kinds:
            message = f"Die Art „{kind}“ gibt es nicht."
            raise click.ClickException(message)
        failed = _build(database)
        if failed:
            message = f"Nicht aufgebaut: {', '.join(sorted(failed))}. Die Erweiterung meldet einen Fehler; siehe Verwaltung, Erweiterungen."
            raise click.ClickException(message)


def _build(database: Database) -> frozenset[str]:
    """Build everything that is missing and say what was done; returns the kinds that failed."""
    counts: dict[str, int] = {}
    failed: frozenset[str] = frozenset()
    while True:
        with database.write(Actor.system("wf40 search")) as u:
            done = build_slice(u, failed)
        if done is None:
            return failed
        if done.records < 0:
            failed |= {done.kind}
            continue
        counts[done.kind] = counts.get(done.kind, 0) + done.records
        if done.complete:
            click.echo(f"{done.kind}: {counts[done.kind]} Einträge")
