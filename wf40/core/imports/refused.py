"""Rows that did not go in, as a table that can be mended and read again."""

from collections.abc import Iterable, Sequence

from wf40.base import csv_table
from wf40.base.i18n import _
from wf40.core.imports.lines import Line


def as_csv(headers: Sequence[str], rows: Iterable[tuple[Line, list[str]]], sheet: str = "") -> str:
    """Write row number, field and reason before the cells of the file, and the sheet where the file has several."""
    where = ([_("Tabellenblatt")], [sheet]) if sheet else ([], [])
    heads = [*where[0], _("Zeile"), _("Feld"), _("Grund"), *headers]
    return csv_table.as_csv(heads, ([*where[1], line.row_no, line.field, line.reason, *cells] for line, cells in rows))
