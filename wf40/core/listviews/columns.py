"""Columns of lists: one description serves the page, the choice of columns and the table for a spreadsheet."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from wf40.base.errors import Text
from wf40.sdk.values import Level
from wf40.web.formats import EMPTY, day, number

Kind = Literal["text", "number", "year", "date", "badge", "meter"]
NUMERIC = frozenset({"number", "year", "meter"})
SEPARATOR = ","
MOST_COLUMNS = 40


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one place of a list."""

    text: str
    kind: Kind = "text"
    title: str = ""
    url: str = ""
    level: Level | None = None


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column: ``value`` takes a line and returns what a spreadsheet gets (text, number, day or ``None``).

    ``show`` says it for the page where the plain value is not enough. ``orders``: the list can be sorted by it.
    ``shown``: it stands in the list before anybody chooses. ``short``: long texts are cut to one line. ``whole``: never
    broken into two.
    """

    key: str
    label: Text
    value: Callable[[Any], Any]
    kind: Kind = "text"
    show: Callable[[Any], Cell] | None = None
    orders: bool = False
    shown: bool = False
    short: bool = False
    whole: bool = False

    @property
    def numeric(self) -> bool:
        """Whether it is set to the right."""
        return self.kind in NUMERIC

    def cell(self, line: Any) -> Cell:
        """Return what the page shows for a line."""
        if self.show is not None:
            return self.show(line)
        return plain_cell(self.value(line), self.kind)


def plain_cell(value: Any, kind: Kind) -> Cell:
    """Return a value as it stands on the page in the language of the reader."""
    if value is None or value == "":
        return Cell(EMPTY, kind)
    if kind == "number":
        return Cell(number(value), kind)
    if kind == "date":
        return Cell(day(value), kind)
    return Cell(str(value), kind)


def chosen(columns: Sequence[ListColumn], keys: Iterable[str]) -> list[ListColumn]:
    """Return the columns of these keys in their order; those that are shown from the start when none is known."""
    by_key = {column.key: column for column in columns}
    found = [by_key[key] for key in dict.fromkeys(keys) if key in by_key]
    return found or [column for column in columns if column.shown]


def others_behind(shown: Sequence[ListColumn], columns: Sequence[ListColumn]) -> list[ListColumn]:
    """Return all columns: those that are shown in their order, then the others."""
    keys = {column.key for column in shown}
    return [*shown, *(column for column in columns if column.key not in keys)]


def keys_in(text: str) -> tuple[str, ...]:
    """Read the keys of columns out of an address."""
    return tuple(dict.fromkeys(key[:100] for part in text.split(SEPARATOR) if (key := part.strip())))[:MOST_COLUMNS]


def moved(keys: Sequence[str], wanted: Mapping[str, str]) -> list[str]:
    """Return the keys with one of them a place further up (``hoch``) or down (``runter``), as a button asks."""
    found = list(keys)
    for name, step in (("hoch", -1), ("runter", 1)):
        key = wanted.get(name, "")
        if key in found and 0 <= (place := found.index(key) + step) < len(found):
            found.remove(key)
            found.insert(place, key)
    return found
