"""Writes a workbook for spreadsheets, row by row."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

LONGEST_CELL = 32_767
_WIDEST = 48


def write_workbook(out: IO[bytes], title: str, headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write one sheet with a fixed header; texts stay texts, whatever they begin with."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(ILLEGAL_CHARACTERS_RE.sub("", title)[:31])
    sheet.freeze_panes = "B2"
    for place, header in enumerate(headers, start=1):
        width = 40 if place == 1 else min(max(len(header) + 4, 14), _WIDEST)
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.append([_cell(sheet, header, bold=True) for header in headers])
    for row in rows:
        sheet.append([_in_xlsx(sheet, cell) for cell in row])
    book.save(out)


def _in_xlsx(sheet: Any, cell: Any) -> Any:
    if isinstance(cell, str):
        tidy = ILLEGAL_CHARACTERS_RE.sub("", cell)[:LONGEST_CELL]
        # openpyxl takes a text that begins like this for a formula, or for an error; it is told that it is a text.
        return _cell(sheet, tidy) if tidy.startswith(("=", "#")) else tidy
    if isinstance(cell, date):
        found = WriteOnlyCell(sheet, cell)  # type: ignore[arg-type]  # the stubs forget days
        found.number_format = "DD.MM.YYYY"
        return found
    return cell


def _cell(sheet: Any, text: str, *, bold: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell
