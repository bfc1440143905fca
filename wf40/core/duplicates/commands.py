"""The command ``wf40 duplicates``: how well firms are recognised, measured on pairs whose truth is known."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from wf40.base.i18n import _
from wf40.core.duplicates.evaluate import Report
from wf40.core.duplicates.evaluate import evaluate as measure
from wf40.matching.verdicts import Band

Speaking = Callable[[Callable[..., None]], Callable[..., None]]


def add_duplicates(main: click.Group, speaking: Speaking) -> None:
    """Add the command group to the program."""

    @main.group("duplicates")
    def group() -> None:
        """Dubletten von Unternehmen."""

    @group.command("evaluate")
    @click.argument("pairs", type=click.Path(path_type=Path))
    @click.option("--json", "as_json", is_flag=True, help="Ein JSON-Objekt statt Text ausgeben.")
    @speaking
    def evaluate(*, pairs: Path, as_json: bool) -> None:
        """Misst an PAIRS (CSV mit name_a, name_b, label), wie gut gleiche Unternehmen erkannt werden.

        In label steht match oder non_match; andere Zeilen werden nur gezählt. Weitere Spalten auf _a und _b dürfen
        stehen: legal_form, register, street, house_number, postcode, town, phone, email, website, vat_id, former_name.
        """
        report = measure(pairs)
        if as_json:
            click.echo(json.dumps(_plain(report), ensure_ascii=False))
        else:
            for line in _lines(report):
                click.echo(line)


_BANDS = {Band.SAME: "gleich", Band.ASK: "nachfragen", Band.DIFFERENT: "verschieden"}


def _plain(report: Report) -> dict[str, object]:
    bands = {band: {"matches": n.matches, "non_matches": n.non_matches} for band, n in report.bands.items()}
    return {
        "precision": report.precision,
        "recall": report.recall,
        "f1": report.f1,
        "bands": bands,
        "pairs": report.pairs,
        "left_out": report.left_out,
        "seconds": report.seconds,
    }


def _lines(report: Report) -> Iterator[str]:
    yield _(
        "%(pairs)s Paare verglichen, %(left_out)s Zeilen ausgelassen.", pairs=report.pairs, left_out=report.left_out
    )
    yield _("Gemessen ab „nachfragen“:")
    for name, value in (("precision", report.precision), ("recall", report.recall), ("f1", report.f1)):
        yield f"  {name:<10}{value:.4f}"
    yield f"{'':<14}{'match':>10}{'non_match':>12}"
    for band, count in report.bands.items():
        yield f"  {_BANDS[band]:<12}{count.matches:>10}{count.non_matches:>12}"
    yield _("Dauer: %(seconds)s s", seconds=report.seconds)
