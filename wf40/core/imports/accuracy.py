"""How well columns are understood: the proposals for real tables, compared with what people say their columns mean."""

import csv
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from wf40.base.errors import InvalidInput
from wf40.base.i18n import _l
from wf40.core.imports.columns import find_header
from wf40.core.imports.fields import FIELD_BY_KEY
from wf40.core.imports.mappings import Column, proposed
from wf40.core.imports.reading import read_table, rows_of
from wf40.matching.names import fold

_FIRST_ROWS, _SAMPLE = 25, 300
_COLUMNS = ("file", "header", "field")


@dataclass(frozen=True, slots=True)
class Judged:
    """One column of one table. ``expected`` holds every right answer; empty text is "nicht übernehmen"."""

    file: str
    header: str
    expected: tuple[str, ...]
    found: str | None

    @property
    def right(self) -> bool:
        """Whether the proposal is one of the right answers; a column that was not found at all never is."""
        return self.found in self.expected


@dataclass(frozen=True, slots=True)
class Accuracy:
    """The columns of all tables."""

    columns: tuple[Judged, ...]

    @property
    def right(self) -> int:
        """How many were understood."""
        return sum(column.right for column in self.columns)

    @property
    def share(self) -> float:
        """Which share was understood, between 0 and 1."""
        return round(self.right / len(self.columns), 4) if self.columns else 0.0

    @property
    def misses(self) -> tuple[Judged, ...]:
        """Those that were not."""
        return tuple(column for column in self.columns if not column.right)

    def by_file(self) -> dict[str, "Accuracy"]:
        """Return the same for every file."""
        names = dict.fromkeys(column.file for column in self.columns)
        return {name: Accuracy(tuple(c for c in self.columns if c.file == name)) for name in names}


def evaluate(truth: Path, folder: Path | None = None) -> Accuracy:
    """Compare the proposals with a truth file: a CSV with the columns file, header and field.

    ``file`` is a path below ``folder`` (without it: where the truth file lies). ``field`` is the key of a field, empty
    for "nicht übernehmen"; several right answers are separated by "|".

    Raises:
        InvalidInput: no such file, or one that says nothing or names an unknown field.
        TableError: a table that cannot be read.
    """
    base, judged = folder or truth.parent, list[Judged]()
    for name, asked in _truth(truth).items():
        path = base / name
        if not path.is_file():
            raise InvalidInput(_l("Die Datei „%(file)s“ gibt es nicht.", file=path))
        columns = proposals_of(path)
        for header, expected in asked:
            column = _named(columns, header)
            judged.append(Judged(name, header, expected, column.field if column else None))
    return Accuracy(tuple(judged))


def proposals_of(path: Path) -> list[Column]:
    """Return what the assistant would propose for the first sheet of a table."""
    with tempfile.TemporaryDirectory(prefix="wf40-columns-") as scratch:
        rows = [row.cells for row in islice(rows_of(read_table(path, Path(scratch) / "rows")), _FIRST_ROWS + _SAMPLE)]
    at = find_header(rows[:_FIRST_ROWS])
    return proposed([cell.strip() for cell in rows[at]], rows[at + 1 : at + 1 + _SAMPLE])


def _truth(path: Path) -> dict[str, list[tuple[str, tuple[str, ...]]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, ValueError, csv.Error) as error:
        raise InvalidInput(
            _l("Die Datei „%(file)s“ lässt sich nicht lesen: %(error)s", file=path, error=error)
        ) from None
    if not rows or not set(_COLUMNS) <= set(rows[0]):
        sentence = "Die Datei „%(file)s“ braucht die Spalten %(columns)s und mindestens eine Zeile."
        raise InvalidInput(_l(sentence, file=path, columns=", ".join(_COLUMNS)))
    asked: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for row in rows:
        expected = tuple(part.strip() for part in (row["field"] or "").split("|"))
        for key in expected:
            if key and key not in FIELD_BY_KEY:
                known = ", ".join(FIELD_BY_KEY)
                raise InvalidInput(
                    _l("Das Feld „%(field)s“ gibt es nicht. Bekannt sind: %(known)s.", field=key, known=known)
                )
        asked.setdefault(row["file"], []).append((row["header"], expected))
    return asked


def _named(columns: Sequence[Column], header: str) -> Column | None:
    """Return the column of that header; where the table says more ("Name (nur juristische Personen)"), its beginning counts."""
    wanted = fold(header)
    same = [column for column in columns if fold(column.header) == wanted]
    return next(iter(same or [column for column in columns if fold(column.header).startswith(f"{wanted} ")]), None)
