"""Values that slices and plugins keep about firms, and what people do with them on many firms at once. Frozen data."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from wf40.base.errors import Text
from wf40.base.uow import UnitOfWork

BulkKind = Literal["none", "choice", "text", "number", "date"]
"""What people enter for a change of many firms: nothing, one of some choices, or a value."""
BETWEEN = "\x1f"
"""Stands between the cells of several columns that fill one field."""
MERGED = "merged"
"""Marks an entry of a value that became part of another one."""
SPAN, ALL_OF = "..", "alle"
"""How the value of a filter is written: ``from..to`` for a span, ``alle.3.7`` for all of several."""


@dataclass(frozen=True, slots=True)
class FieldWords:
    """The words for a field that stands in a firm's history. ``present`` puts a stored value into words."""

    field: str
    label: Text
    present: Callable[[Any], Text] = str


@dataclass(frozen=True, slots=True)
class ImportOrigin:
    """Where values come from: the source as named, the code of the legal basis, the day from which they are."""

    source: str
    legal_basis: str = ""
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class ImportPart:
    """One of several columns that fill a value together, such as name and function of a person.

    Columns are proposed for parts only where one is there that ``leads``.
    """

    key: str
    label: Text
    read: Callable[[str], Any]
    words: tuple[str, ...] = ()
    leads: bool = False


def _no_history(_value: Any) -> Collection[str]:
    return ()


@dataclass(frozen=True, slots=True)
class ImportField:
    """A column of files that can be taken over into firms.

    ``words`` are further headers by which it is recognised, ``group`` is the heading under which it is offered.
    ``read`` turns a cell that is not empty into a value that JSON can hold, and raises :class:`InvalidInput` with a
    sentence; it is called for every row and asks no database. Where ``parts`` are given, each is a column of its own,
    and the value is a mapping from their keys to what their ``read`` made of the cells.
    ``several``: more than one column may fill it; ``read`` then gets the cells with ``BETWEEN`` between them.

    ``present(u, firm_ids)`` returns the stored values of those firms that have one, in the same form.
    ``store(u, values, origin)`` sets the values of firms, ``None`` clears; it returns the ids of the firms that changed.
    Where a value is a mapping, its entries are shown, kept and taken back one by one. An entry with ``MERGED`` became part
    of another one; it stays as it is.

    ``combine(present, read, rule)`` says what a firm has after a row; the rule is ``newer``, ``fill`` or ``overwrite``.
    Without it the rule decides whether the value of the row takes the place of the stored one.
    ``in_words(value)`` is how people read a value. ``history(value)`` names the fields of the firm's history in which it
    stands, and ``tables`` the tables that hold it: what only an import put there does not keep a firm when it is undone.
    ``hint`` is said wherever a column was chosen for it: what people have to see to.
    An import is undone by storing what was present before it, unless the value has changed since.
    """

    key: str
    label: Text
    read: Callable[[str], Any]
    present: Callable[[UnitOfWork, Collection[int]], Mapping[int, Any]]
    store: Callable[[UnitOfWork, Mapping[int, Any], ImportOrigin], Collection[int]]
    words: tuple[str, ...] = ()
    combine: Callable[[Any, Any, str], Any] | None = None
    group: Text = ""
    in_words: Callable[[Any], Text] = str
    history: Callable[[Any], Collection[str]] = _no_history
    tables: tuple[str, ...] = ()
    several: bool = False
    parts: tuple[ImportPart, ...] = ()
    hint: Text = ""


@dataclass(frozen=True, slots=True)
class BulkChange:
    """A change that people make to many firms at once, and take back.

    A firm is in a *state* that JSON can hold, such as who looks after it, or whether it carries a tag. What was entered
    (``value``, a text) names the state that is wanted: ``target(u, value)``, which raises :class:`InvalidInput`.
    ``present(u, value, firm_ids)`` returns the states; ``None`` is the state of a firm that it leaves out.
    ``store(u, value, states)`` puts firms into states through the same service, with the same history, as a single
    edit; it returns a sentence for each firm that it had to leave as it was. ``words(u, value)`` says the value.
    ``refuses(u, value, firm_ids)`` says so before anything is stored, as far as it is known; the preview counts by it.
    """

    key: str
    label: Text
    permission: str
    kind: BulkKind
    target: Callable[[UnitOfWork, str], Any]
    present: Callable[[UnitOfWork, str, Collection[int]], Mapping[int, Any]]
    store: Callable[[UnitOfWork, str, Mapping[int, Any]], Mapping[int, Text]]
    choices: Callable[[UnitOfWork], list[tuple[str, Text]]] = lambda _u: []
    words: Callable[[UnitOfWork, str], Text] = lambda _u, value: value
    order: int = 100
    refuses: Callable[[UnitOfWork, str, Collection[int]], Mapping[int, Text]] = lambda _u, _value, _firm_ids: {}


def several(value: str) -> tuple[list[str], bool]:
    """Read the value of a filter with several choices: those chosen, and whether all of them are meant."""
    parts = [part for part in value.split(".") if part]
    return (parts[1:], True) if parts[:1] == [ALL_OF] else (parts, False)


def span(value: str) -> tuple[str, str]:
    """Read the value of a filter with a span: from and to, each empty where it is open."""
    low, _dots, high = value.partition(SPAN)
    return low.strip(), high.strip()
