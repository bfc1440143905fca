"""Conditions as data: `{all: [...]}`, `{any: [...]}`, `{not: ...}`, `{item, op, value}`. Nothing is ever evaluated
as text. Values are three-valued: None means "cannot be told yet", because an answer is missing or unknown.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Value = str | float | int
Lookup = Callable[[str], "Given"]


@dataclass(frozen=True, slots=True)
class Given:
    """What is known about one item when a condition looks at it.

    values: option ids or the number or text; empty if unanswered. unknown: the answer is an option meaning "I do
    not know". hidden: the item is not asked, so its answer (if one is stored) must not count.
    """

    values: tuple[Value, ...] = ()
    unknown: bool = False
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Compare:
    """One item against a value. On a multi item `eq` and `in` hold if any ticked option fits."""

    item: str
    op: str
    value: Value | tuple[Value, ...] | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """True once the item has any answer, "I do not know" included."""

    item: str


@dataclass(frozen=True, slots=True)
class AllOf:
    """True if every part is true."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True if at least one part is true."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """True if the part is false."""

    part: Condition


Condition = Compare | Answered | AllOf | AnyOf | Not

_ORDER: Mapping[str, Callable[[Any, Any], bool]] = {
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}


def read_condition(data: Mapping[str, Any]) -> Condition:
    """The condition that `data` (already valid by the schema) describes."""
    if "all" in data:
        return AllOf(tuple(read_condition(part) for part in data["all"]))
    if "any" in data:
        return AnyOf(tuple(read_condition(part) for part in data["any"]))
    if "not" in data:
        return Not(read_condition(data["not"]))
    if data["op"] == "answered":
        return Answered(data["item"])
    value = data["value"]
    return Compare(data["item"], data["op"], tuple(value) if isinstance(value, list) else value)


def items_in(condition: Condition | None) -> tuple[str, ...]:
    """Ids of the items that the condition looks at, in order, each once."""
    return tuple(dict.fromkeys(_items(condition)))


def _items(condition: Condition | None) -> Iterable[str]:
    match condition:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _items(part)
        case Not(part):
            yield from _items(part)
        case Compare(item=item) | Answered(item=item):
            yield item


def compares_in(condition: Condition | None) -> tuple[Compare, ...]:
    """Every comparison in the condition, in order."""
    match condition:
        case AllOf(parts) | AnyOf(parts):
            return tuple(compare for part in parts for compare in compares_in(part))
        case Not(part):
            return compares_in(part)
        case Compare():
            return (condition,)
        case _:
            return ()


def holds(condition: Condition, lookup: Lookup) -> bool | None:
    """Whether the condition is true; None if it depends on an answer that is missing (Kleene logic)."""
    match condition:
        case AllOf(parts):
            results = [holds(part, lookup) for part in parts]
            return False if False in results else None if None in results else True
        case AnyOf(parts):
            results = [holds(part, lookup) for part in parts]
            return True if True in results else None if None in results else False
        case Not(part):
            result = holds(part, lookup)
            return None if result is None else not result
        case Answered(item):
            given = lookup(item)
            return bool(given.values) and not given.hidden
        case Compare():
            return _compare(condition, lookup(condition.item))


def _compare(condition: Compare, given: Given) -> bool | None:
    if given.hidden:
        return False
    wanted: Sequence[Value | None]
    wanted = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    if not given.values:
        return None
    if condition.op in _ORDER:
        if given.unknown:
            return None
        return any(_ordered(condition.op, value, wanted[0]) for value in given.values)
    found = any(value in wanted for value in given.values)
    if not found and given.unknown:
        return None
    return not found if condition.op == "ne" else found


def _ordered(op: str, value: Value, limit: Value | None) -> bool:
    left, right = _number(value), _number(limit)
    return left is not None and right is not None and _ORDER[op](left, right)


def _number(value: Value | None) -> float | None:
    try:
        return None if value is None else float(value)
    except ValueError:
        return None
