"""Reading a table file that nobody trusts: a limited child process turns it into rows of text in a staging file."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wf40.base.limited import ChildFailed, ask_child
from wf40.core.imports.problems import FieldProblem, TableError, row_fault


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may cost: seconds, bytes of memory, columns, rows, bytes once unpacked."""

    seconds: int = 30
    memory: int = 512 << 20
    columns: int = 200
    rows: int = 2_000_000
    unpacked: int = 400 << 20


@dataclass(frozen=True, slots=True)
class Table:
    """A file that has been read. ``staging`` holds its rows; ``sheets`` is empty for text files."""

    staging: Path
    rows: int
    encoding: str | None
    sheets: tuple[str, ...]
    sheet: str | None

    @property
    def is_text(self) -> bool:
        """Whether every row brings its own number of fields, so that half a row can be told."""
        return self.encoding is not None


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row of the file, all cells text. ``number`` is the row as a spreadsheet counts, header included."""

    number: int
    cells: tuple[str, ...]
    fault: FieldProblem | None = None


def read_table(
    source: Path, staging: Path, *, filename: str = "", sheet: str | None = None, limits: Limits | None = None
) -> Table:
    """Read a table file into a staging file (JSON lines), in a child process with limits.

    ``filename`` is the name that the officer's file had, where ``source`` has another. Blank rows are left out, but
    counted. A row that cannot be read is kept with its fault; only a file that is no table at all is refused.

    Raises:
        TableError: with a sentence that says what to do; then there is no staging file.
    """
    bounds = limits or Limits()
    task = {
        "source": str(source.resolve()),
        "staging": str(staging.resolve()),
        "ending": Path(filename or source.name).suffix.lower(),
        "sheet": sheet,
        "seconds": bounds.seconds,
        "memory": bounds.memory,
        "columns": bounds.columns,
        "rows": bounds.rows,
        "unpacked": bounds.unpacked,
    }
    try:
        found = _ask_child(task, bounds.seconds)
    except TableError:
        staging.unlink(missing_ok=True)
        raise
    return Table(staging, found["rows"], found["encoding"], tuple(found["sheets"]), found["sheet"])


def _ask_child(task: Mapping[str, Any], seconds: int) -> dict[str, Any]:
    try:
        return ask_child("wf40.core.imports.child", task, seconds)
    except ChildFailed as failure:
        raise TableError(failure.code, **failure.values) from failure


def rows_of(table: Table, *, skip_until: int = 0, width: int | None = None) -> Iterator[SourceRow]:
    """Yield the rows after number ``skip_until``; with ``width`` (fields of the header) all rows get that length.

    A row of a text file that has fewer fields than the header, or more with something in them, is faulty.
    """
    with table.staging.open(encoding="utf-8") as lines:
        for line in lines:
            number, fault, where, cells = json.loads(line)
            if number <= skip_until:
                continue
            values = {"column": where} if where else {}
            problem = row_fault(fault, **values) if fault else None
            yield fitted(SourceRow(number, tuple(cells), problem), width, is_text=table.is_text)


def fitted(row: SourceRow, width: int | None, *, is_text: bool) -> SourceRow:
    """Return a row of just ``width`` cells; a row of a text file that had fewer, or more with something in them, is faulty."""
    if width is None or len(row.cells) == width:
        return row
    fault = row.fault
    if fault is None and is_text:
        counts = {"found": str(len(row.cells)), "expected": str(width)}
        if len(row.cells) < width:
            fault = row_fault("half_row", **counts)
        elif any(row.cells[width:]):
            fault = row_fault("extra_cells", **counts)
    return SourceRow(row.number, (row.cells + ("",) * width)[:width], fault)
