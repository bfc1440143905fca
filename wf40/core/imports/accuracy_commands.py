"""The command ``wf40 import evaluate-columns``: how well columns are understood, measured on tables whose truth is known."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from wf40.base.i18n import _
from wf40.core.imports.accuracy import Accuracy, evaluate

Speaking = Callable[[Callable[..., None]], Callable[..., None]]


def add_evaluate_columns(group: click.Group, speaking: Speaking) -> None:
    """Add the command to the group ``wf40 import``; it needs no database."""

    @group.command("evaluate-columns")
    @click.argument("truth", type=click.Path(path_type=Path))
    @click.option("--folder", type=click.Path(path_type=Path), help="Wo die Tabellen liegen; sonst neben TRUTH.")
    @click.option("--json", "as_json", is_flag=True, help="Ein JSON-Objekt statt Text ausgeben.")
    @speaking
    def evaluate_columns(*, truth: Path, folder: Path | None, as_json: bool) -> None:
        """Misst an TRUTH, wie oft die Bedeutung von Spalten richtig vorgeschlagen wird.

        TRUTH ist eine CSV-Datei mit den Spalten file (Pfad der Tabelle), header (Überschrift der Spalte) und field
        (Schlüssel des Feldes wie name oder postcode; leer für „nicht übernehmen“; mehrere richtige mit | getrennt).
        Gelesen wird das erste Tabellenblatt, die Kopfzeile wird gesucht wie beim Import.
        """
        found = evaluate(truth, folder)
        if as_json:
            click.echo(json.dumps(_plain(found), ensure_ascii=False))
        else:
            for line in _lines(found):
                click.echo(line)


def _plain(found: Accuracy) -> dict[str, object]:
    return {
        "columns": len(found.columns),
        "right": found.right,
        "accuracy": found.share,
        "files": {name: {"columns": len(a.columns), "right": a.right} for name, a in found.by_file().items()},
        "misses": [
            {"file": m.file, "header": m.header, "expected": "|".join(m.expected), "found": m.found}
            for m in found.misses
        ],
    }


def _lines(found: Accuracy) -> Iterator[str]:
    for name, part in found.by_file().items():
        yield f"{part.right:>5} / {len(part.columns):<5}{name}"
    for miss in found.misses:
        yield _(
            "Falsch: „%(header)s“ ist %(found)s statt %(expected)s (%(file)s)",
            header=" ".join(miss.header.split()),
            found=_("nicht gefunden") if miss.found is None else miss.found or "–",
            expected=" | ".join(key or "–" for key in miss.expected),
            file=miss.file,
        )
    yield _(
        "%(right)s von %(columns)s Spalten richtig: %(share)s %%",
        right=found.right, columns=len(found.columns), share=f"{100 * found.share:.1f}",
    )  # fmt: skip
