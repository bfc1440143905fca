"""Writes tables as files, row by row: memory does not grow with them."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from tempfile import TemporaryFile
from typing import IO, Any
from zoneinfo import ZoneInfo

from wf40.base.csv_table import harmless

CSV, XLSX = "csv", "xlsx"
FORMATS = {CSV: "text/csv", XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
MOST_ROWS_XLSX = 1_000_000


@dataclass(frozen=True, slots=True)
class Table:
    """What a file holds: headers, and rows of texts, numbers, days and ``None`` as they come.

    ``number`` says how many rows there will be, ``filters`` which kinds of filters chose them.
    """

    title: str
    headers: list[str]
    rows: Iterator[Sequence[Any]]
    number: int
    filters: list[str]


def written(table: Table, form: str, timezone: str) -> tuple[IO[bytes], int]:
    """Return a file that is gone when closed, at its beginning, and how many rows it holds."""
    zone, out = ZoneInfo(timezone), TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    rows = _Counted([_plain(cell, zone) for cell in row] for row in table.rows)
    try:
        if form == XLSX:
            from wf40.core.exports.workbook import write_workbook  # what it needs loads slowly, and is needed seldom

            write_workbook(out, table.title, table.headers, rows)
        else:
            _write_csv(out, table, rows)
    except BaseException:
        out.close()
        raise
    out.seek(0)
    return out, rows.number


class _Counted:
    """Counts what passes through."""

    def __init__(self, rows: Iterable[list[Any]]) -> None:
        self._rows = rows
        self.number = 0

    def __iter__(self) -> Iterator[list[Any]]:
        for row in self._rows:
            self.number += 1
            yield row


def _plain(cell: Any, zone: ZoneInfo) -> Any:
    """Return a moment as the office's day; a number, a day and a text stay what they are."""
    if isinstance(cell, datetime):
        return cell.astimezone(zone).date()
    if isinstance(cell, bool):
        return "ja" if cell else "nein"
    return cell if cell is None or isinstance(cell, int | float | Decimal | date) else str(cell)


def _write_csv(out: IO[bytes], table: Table, rows: Iterable[list[Any]]) -> None:
    """As spreadsheets of the country read it: semicolons, decimal commas, days first; UTF-8 with its mark."""
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=False)
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([harmless(header) for header in table.headers])
    writer.writerows([_in_csv(cell) for cell in row] for row in rows)
    text.detach()


def _in_csv(cell: Any) -> Any:
    if isinstance(cell, str):
        return harmless(cell)
    if isinstance(cell, date):
        return cell.strftime("%d.%m.%Y")
    return _decimal(cell) if isinstance(cell, float | Decimal) else cell


def _decimal(number: float | Decimal) -> str:
    """Return a number with a comma, without places that say nothing: ``75`` for 75.0, ``1,5`` for 1.50."""
    text = f"{number:f}" if isinstance(number, Decimal) else repr(number)
    whole, dot, places = text.partition(".")
    if "e" in text or not dot:
        return text.replace(".", ",")
    places = places.rstrip("0")
    return f"{whole},{places}" if places else whole
