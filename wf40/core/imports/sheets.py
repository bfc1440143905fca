"""Workbooks (XLSX, XLSB, XLS, ODS) through calamine, every cell as text. Runs in the limited child process."""

import datetime as dt
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import python_calamine as calamine

from wf40.core.imports.text_tables import Record, Unreadable

_NO_VALUE = re.compile(
    rb'<c [^>]{0,99}?\br="([A-Z]{1,3})(\d+)"[^>]{0,99}>\s{0,9}<f[^>]{0,199}?(?:/>|>[^<]{0,8192}</f>)\s{0,9}(?:<v\s?/>|<v>\s{0,9}</v>)?\s{0,9}</c>'
)
_PART = 1 << 20
_OVERLAP = 9_000


def as_text(value: object) -> str:
    """Return a cell as an officer reads it: 1067.0 -> "1067", dates in ISO form, truth as ja / nein."""
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, bool):
        return "ja" if value else "nein"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ")
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return str(value)


def check_unpacked_size(path: Path, limit: int) -> None:
    """Refuse archives that unpack to more than the limit, or to a hundredfold and more.

    Raises:
        Unreadable: "too_large" or "damaged".
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise Unreadable("damaged") from error
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if unpacked > limit or (unpacked > limit // 8 and unpacked > 100 * packed):
        raise Unreadable("too_large")


def open_workbook(path: Path) -> calamine.CalamineWorkbook:
    """Open a workbook.

    Raises:
        Unreadable: "locked" or "damaged".
    """
    try:
        return calamine.load_workbook(str(path))
    except calamine.PasswordError as error:
        raise Unreadable("locked") from error
    except Exception as error:  # calamine raises OSError, ValueError and its own errors for damaged files
        raise Unreadable("damaged") from error


def choose_sheet(book: calamine.CalamineWorkbook, wanted: str | None) -> calamine.CalamineSheet:
    """Return the wanted sheet, else the first visible one with a table, else with cells; a cover sheet is no table.

    Raises:
        Unreadable: "no_such_sheet", "empty" or "damaged".
    """
    if wanted is not None and wanted not in book.sheet_names:
        raise Unreadable("no_such_sheet", sheet=wanted)
    shown = [m.name for m in book.sheets_metadata if m.visible == calamine.SheetVisibleEnum.Visible]
    first = None
    try:
        for name in [wanted] if wanted is not None else shown or book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            if sheet.start is not None and (wanted is not None or (sheet.width > 1 and sheet.height > 1)):
                return sheet
            first = first or (sheet if sheet.start is not None else None)
    except Exception as error:  # as above
        raise Unreadable("damaged") from error
    if first is None:
        raise Unreadable("empty")
    return first


def records(sheet: calamine.CalamineSheet, columns: int, missing: dict[int, str]) -> Iterator[Record]:
    """Yield the rows of a sheet; ``missing`` names rows whose formula carries no computed value.

    Raises:
        Unreadable: "too_many_columns".
    """
    merged = _Merged(sheet)
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells = [as_text(value) for value in row]
        merged.fill(number, cells)
        while cells and not cells[-1]:
            cells.pop()
        if len(cells) > columns:
            raise Unreadable("too_many_columns", row=str(number), found=str(len(cells)), limit=str(columns))
        where = missing.get(number, "")
        yield Record(number, cells, "no_cached_value" if where else "", where)


class _Merged:
    """Cells that were merged downwards: each row under the first gets its value, as everyone reads it.

    What was merged sideways stays in its first column: such cells are titles.
    """

    def __init__(self, sheet: calamine.CalamineSheet) -> None:
        try:
            ranges = sheet.merged_cell_ranges or []
        except (calamine.CalamineError, OSError, ValueError):  # no reason to refuse the rows
            ranges = []
        self._waiting = sorted(
            ((top + 1, left, bottom + 1) for (top, left), (bottom, _r) in ranges if bottom > top), reverse=True
        )
        self._open: dict[int, tuple[int, str]] = {}

    def fill(self, number: int, cells: list[str]) -> None:
        """Write the values from above into the empty cells of a row."""
        for column, (last, value) in [*self._open.items()] if self._open else ():
            if number > last:
                del self._open[column]
            elif column < len(cells) and not cells[column]:
                cells[column] = value
        while self._waiting and self._waiting[-1][0] <= number:
            _top, column, last = self._waiting.pop()
            if column < len(cells) and cells[column]:
                self._open[column] = (last, cells[column])


def formulas_without_value(path: Path, sheet_name: str) -> dict[int, str]:
    """Return {row: column letter} of formula cells of an XLSX sheet that were never computed."""
    try:
        with zipfile.ZipFile(path) as archive:
            part = _part_of(archive, sheet_name)
            return _scan(archive, part) if part else {}
    except (zipfile.BadZipFile, KeyError, OSError, ValueError, EOFError):
        return {}


def _part_of(archive: zipfile.ZipFile, sheet_name: str) -> str | None:
    from xml.sax.saxutils import escape

    names = archive.namelist()
    if "xl/workbook.xml" not in names or "xl/_rels/workbook.xml.rels" not in names:
        return None
    book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
    links = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    wanted = re.escape(escape(sheet_name, {'"': "&quot;"}))
    tag = re.search(rf'<(?:\w+:)?sheet [^>]*\bname="{wanted}"[^>]*>', book)
    key = re.search(r'\br:id="([^"]+)"', tag.group()) if tag else None
    link = re.search(rf'<Relationship [^>]*\bId="{re.escape(key.group(1))}"[^>]*>', links) if key else None
    target = re.search(r'\bTarget="([^"]+)"', link.group()) if link else None
    if not target:
        return None
    name = target.group(1).lstrip("/")
    return name if name.startswith("xl/") else f"xl/{name}"


def _scan(archive: zipfile.ZipFile, part: str) -> dict[int, str]:
    found: dict[int, str] = {}
    rest = b""
    with archive.open(part) as file:
        while chunk := file.read(_PART):
            text = rest + chunk
            for match in _NO_VALUE.finditer(text) if b"<f" in text else ():
                found.setdefault(int(match.group(2)), match.group(1).decode("ascii"))
            rest = text[-_OVERLAP:]
    return found
