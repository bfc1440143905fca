"""A query as the index is asked: its parameters and the pieces of SQL in which both databases differ."""

# ruff: noqa: S608 - the statements consist of names of our own tables; every value is bound

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from wf40.base import id_lists
from wf40.base.uow import UnitOfWork
from wf40.core.search.words import is_inside

LAST = "\U0010ffff"


@dataclass(slots=True)
class Question:
    """What is asked: in which units, the whole query as the beginning of a title, and its readings as words."""

    units: Sequence[int]
    title: str
    readings: Sequence[tuple[str, ...]]
    postgresql: bool

    def statement(self) -> "Statement":
        """Begin a statement."""
        return Statement(self)


@dataclass(slots=True)
class Statement:
    """A statement that is being written: parts, each for some kinds of records, and their parameters."""

    asked: Question
    parts: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    names: dict[tuple[type[Any], str], str] = field(default_factory=dict)

    def bind(self, value: Any) -> str:
        """Return a placeholder for a value."""
        key = (type(value), str(value))
        name = self.names.setdefault(key, f"v{len(self.names)}")
        self.values[name] = value
        return f"%({name})s" if self.asked.postgresql else f":{name}"

    def listed(self, words: Sequence[str]) -> str:
        """Return a source of words, in their order: ``g`` with the column ``value``."""
        postgresql = self.asked.postgresql
        return id_lists.source(
            self.bind(id_lists.parameter(words, postgresql=postgresql)), "text", postgresql=postgresql
        )

    def span(self, column: str, beginning: str) -> str:
        """Return the condition that a column begins with a text."""
        return f"{column} >= {self.bind(beginning)} AND {column} < {self.bind(beginning + LAST)}"

    def unit(self, column: str) -> str:
        """Return the condition that a record belongs to one of the units."""
        numbers = ", ".join(str(int(n)) for n in self.asked.units)
        return f"{column} = {numbers}" if len(self.asked.units) == 1 else f"{column} IN ({numbers})"

    def ordered(self, column: str) -> str:
        """Return an order that costs nothing: the key's own, within one unit and kind."""
        return f"ORDER BY {column}" if len(self.asked.units) == 1 else ""

    def then(self, table: str, name: str, same: str) -> str:
        """Return a join that looks up a table by the rows of the left one, whatever the planner knows or guesses."""
        if self.asked.postgresql:
            return f"CROSS JOIN LATERAL (SELECT * FROM {table} {name} WHERE {same} OFFSET 0) AS {name}"
        return f"CROSS JOIN {table} {name} ON {same}"

    def holds(self, column: str, needle: str) -> str:
        """Return the condition that a text holds another. SQLite is three times as quick with a pattern."""
        if self.asked.postgresql:
            return f"strpos({column}, {self.bind(needle)}) > 0"
        if needle.replace(" ", "").isalnum():
            return f"{column} GLOB {self.bind(f'*{needle}*')}"
        return f"instr({column}, {self.bind(needle)}) > 0"

    def each(self, kinds: Sequence[str], part: Any) -> None:
        """Add a part that is written once a kind: ``part`` gets how the kind is called in it.

        PostgreSQL repeats one part for all of them: planning costs it more than looking.
        """
        if self.asked.postgresql:
            inner = part("k.kind")
            self.parts.append(
                f"SELECT part.* FROM unnest({self.bind(list(kinds))}::text[]) AS k(kind) CROSS JOIN LATERAL ({inner}) AS part"
            )
        else:
            self.parts += [f"SELECT * FROM ({part(self.bind(kind))}) AS part" for kind in kinds]

    def run(self, u: UnitOfWork) -> Sequence[Any]:
        """Return the rows of all parts, as the driver gives them: there are hundreds."""
        if not self.parts:
            return ()
        result = u.session.connection().exec_driver_sql(" UNION ALL ".join(self.parts), self.values)
        with result:
            return result.cursor.fetchall()


def needle_of(word: str) -> str:
    """Return what a text of words holds if it has a word with this inside, or at its beginning for short ones."""
    return word if is_inside(word) else f" {word}"
