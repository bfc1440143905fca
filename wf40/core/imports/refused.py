"""Rows that did not go in, as a table that can be mended and read again."""

import csv
import io
from collections.abc import Iterable, Sequence

from wf40.base.i18n import _
from wf40.core.imports.queries import Line

_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_RISKY) else cell


def as_csv(headers: Sequence[str], rows: Iterable[tuple[Line, list[str]]]) -> str:
    """Write row number, field and reason before the cells of the file."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([_("Zeile"), _("Feld"), _("Grund"), *map(harmless, headers)])
    for line, cells in rows:
        writer.writerow([line.row_no, *map(harmless, (line.field, line.reason, *cells))])
    return out.getvalue()
