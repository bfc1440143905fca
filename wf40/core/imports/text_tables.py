"""CSV and its relatives, record by record. Runs in the limited child process; holds one record in memory."""

import csv
import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from wf40.base.limited import Refusal
from wf40.core.imports.encodings import TextEncoding

LINE_CHARS = 1 << 20
RECORD_LINES = 500
_DELIMITERS = ";,\t|"
_SAMPLE = 200
_UNREADABLE = re.compile("[\ud800-\udfff]")


class Unreadable(Refusal):
    """The file is no readable table; ``code`` and ``values`` name the sentence for the officer."""


@dataclass(frozen=True, slots=True)
class Record:
    """One row as in the file. ``number`` counts as a spreadsheet does, from 1; ``fault`` is a code or empty."""

    number: int
    cells: list[str]
    fault: str = ""
    where: str = ""


@dataclass(slots=True)
class _Lines:
    """Physical lines with a way back: an unclosed quotation mark must not swallow the rows after it."""

    file: TextIO
    columns: int
    delimiter: str
    returned: deque[str] = field(default_factory=deque)
    record: list[str] = field(default_factory=list)
    number: int = 1
    open_quote: bool = False

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self.returned.popleft() if self.returned else self.file.readline(LINE_CHARS + 1)
        if not line or len(self.record) >= RECORD_LINES:
            if line:
                self.returned.appendleft(line)
            self.open_quote = bool(self.record)
            raise StopIteration
        if len(line) > LINE_CHARS:
            found = line.count(self.delimiter) + 1
            if found > self.columns:
                raise Unreadable("too_many_columns", row=str(self.number), found=f"> {found}", limit=str(self.columns))
            raise Unreadable("row_too_long", row=str(self.number), limit=str(LINE_CHARS))
        self.record.append(line)
        return line

    def start(self, number: int) -> None:
        self.number, self.record, self.open_quote = number, [], False

    def give_back(self) -> str:
        """Return the first line of the present record; the others will be read again as records of their own."""
        self.returned.extendleft(reversed(self.record[1:]))
        return self.record[0]


def find_delimiter(lines: list[str]) -> str:
    """Return the delimiter by which most records have the same number of fields, and the most of them."""
    best, best_score = ",", (0.0, 0)
    for delimiter in _DELIMITERS:
        widths = Counter(len(cells) for cells in csv.reader(lines, delimiter=delimiter) if cells)
        several = Counter({width: n for width, n in widths.items() if width > 1})
        if not several:
            continue
        width, count = several.most_common(1)[0]
        score = (round(count / widths.total(), 1), width)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def fault_of(cells: list[str], encoding: TextEncoding) -> str:
    """Return the code of what is wrong with the letters of a row, empty for nothing."""
    text = "".join(cells)
    if text.isascii():
        return "nul" if "\x00" in text else ""
    if _UNREADABLE.search(text) or (encoding.errors == "replace" and "\ufffd" in text):
        return "encoding"
    return "nul" if "\x00" in text else ""


def storable(cell: str) -> str:
    """Return a text that every database can keep."""
    return cell.replace("\x00", "").encode("utf-8", "replace").decode("utf-8") if cell else cell


def records(path: Path, encoding: TextEncoding, columns: int) -> Iterator[Record]:
    """Yield the records of a text table in order, blank ones too.

    Raises:
        Unreadable: more columns or longer lines than allowed.
    """
    csv.field_size_limit(LINE_CHARS * RECORD_LINES)
    with path.open(encoding=encoding.name, errors=encoding.errors, newline="") as file:
        sample = [line for line in (file.readline(LINE_CHARS) for _ in range(_SAMPLE)) if line]
        announced = sample[0].strip() if sample else ""
        skip = announced.lower().startswith("sep=") and len(announced) == 5
        delimiter = announced[-1] if skip else find_delimiter(sample)
        file.seek(0)
        if skip:
            file.readline()
        lines = _Lines(file, columns, delimiter)
        yield from _records(lines, encoding, 2 if skip else 1)


def _records(lines: _Lines, encoding: TextEncoding, number: int) -> Iterator[Record]:
    reader = csv.reader(lines, delimiter=lines.delimiter)
    while True:
        lines.start(number)
        fault = ""
        try:
            cells = next(reader, None)
        except csv.Error:
            cells, fault = [lines.give_back().strip()], "open_quote"
            reader = csv.reader(lines, delimiter=lines.delimiter)
        if cells is None:
            return
        if lines.open_quote:
            cells, fault = lines.give_back().rstrip("\r\n").split(lines.delimiter), "open_quote"
            reader = csv.reader(lines, delimiter=lines.delimiter)
        if len(cells) > lines.columns and any(cells[lines.columns :]):
            raise Unreadable("too_many_columns", row=str(number), found=str(len(cells)), limit=str(lines.columns))
        fault = fault or fault_of(cells, encoding)
        yield Record(number, [storable(c) for c in cells[: lines.columns]] if fault else cells[: lines.columns], fault)
        number += 1
