"""The distinct words of a unit and kind in ordered blocks, which are read when something is looked for inside words."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from wf40.base.portions import portions
from wf40.base.uow import UnitOfWork
from wf40.core.search.models import WordBlock
from wf40.core.search.rows import table_of

FULL = 1_900
"""Bytes of a block: a row of PostgreSQL that stays in its page uncompressed, two on a page of SQLite."""
FRESH = 1_300
"""Bytes of each half of one that was full."""
NUMBERS, LETTERS = "0", ":"
"""The first block of the numbers and that of the words; no block holds both."""
_BLOCK = table_of(WordBlock)


def learn(u: UnitOfWork, unit_id: int, kind: str, words: Collection[str]) -> None:
    """Add words; those that are there already stay as they are."""
    places = _places(u, unit_id, kind, words)
    stored = _stored(u, unit_id, kind, sorted(places))
    changed, new = [], []
    for first, some in places.items():
        held = stored.get(first, " ")
        missing = [word for word in some if f" {word} " not in held]
        if not missing:
            continue
        head, *tail = _split(sorted([*held.split(), *missing]))
        if first in stored:
            changed.append((first, head))
        else:
            new.append((first, head))
        new += [(block[1 : block.index(" ", 1)], block) for block in tail]
    _write(u, unit_id, kind, changed, new)


def forget(u: UnitOfWork, unit_id: int, kind: str, words: Collection[str]) -> None:
    """Remove words."""
    places = _places(u, unit_id, kind, words)
    changed, empty = [], []
    for first, held in _stored(u, unit_id, kind, sorted(places)).items():
        gone = set(places[first])
        left = [word for word in held.split() if word not in gone]
        if left:
            changed.append((first, f" {' '.join(left)} "))
        else:
            empty.append(first)
    _write(u, unit_id, kind, changed, [])
    for part in portions(empty):
        u.session.execute(delete(_BLOCK).where(*_own(unit_id, kind), _BLOCK.c.first.in_(part)))


def words_with(block: str, needle: str) -> Iterator[str]:
    """Yield the words of a block that hold a text."""
    at = block.find(needle)
    while at >= 0:
        end = block.index(" ", at)
        yield block[block.rindex(" ", 0, at + 1) + 1 : end]
        at = block.find(needle, end)


def region(needle: str) -> str:
    """Return the condition on ``first`` that leaves out the blocks which cannot hold a text: numbers or words."""
    return f"first < '{LETTERS}'" if needle < LETTERS else f"first >= '{LETTERS}'"


def _own(unit_id: int, kind: str) -> tuple[Any, ...]:
    return (_BLOCK.c.unit_id == unit_id, _BLOCK.c.kind == kind)


def _places(u: UnitOfWork, unit_id: int, kind: str, words: Collection[str]) -> dict[str, list[str]]:
    """Return by the first word of each block, stored or not, which of the words belong there."""
    found: dict[str, list[str]] = defaultdict(list)
    if not words:
        return found
    firsts = list(u.session.scalars(select(_BLOCK.c.first).where(*_own(unit_id, kind)).order_by(_BLOCK.c.first)))
    for word in sorted(words):
        at = bisect_right(firsts, word)
        lowest = NUMBERS if word < LETTERS else LETTERS
        found[max(firsts[at - 1], lowest) if at else lowest].append(word)
    return found


def _stored(u: UnitOfWork, unit_id: int, kind: str, firsts: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in portions(firsts):
        rows = select(_BLOCK.c.first, _BLOCK.c.words).where(*_own(unit_id, kind), _BLOCK.c.first.in_(part))
        found.update((first, words) for first, words in u.session.execute(rows))
    return found


def _split(words: Sequence[str]) -> list[str]:
    """Return one block, or several that have room for more."""
    whole = f" {' '.join(words)} "
    if len(whole.encode()) <= FULL:
        return [whole]
    blocks, some, size = [], list[str](), 1
    for word in words:
        length = len(word.encode()) + 1
        if some and size + length > FRESH:
            blocks.append(f" {' '.join(some)} ")
            some, size = [], 1
        some.append(word)
        size += length
    return [*blocks, f" {' '.join(some)} "]


def _write(
    u: UnitOfWork, unit_id: int, kind: str, changed: Sequence[tuple[str, str]], new: Sequence[tuple[str, str]]
) -> None:
    connection = u.session.connection()
    if changed:
        statement = update(_BLOCK).where(*_own(unit_id, kind), _BLOCK.c.first == bindparam("at"))
        connection.execute(
            statement.values(words=bindparam("held")), [{"at": first, "held": words} for first, words in changed]
        )
    if new:
        rows = [{"unit_id": unit_id, "kind": kind, "first": first, "words": words} for first, words in new]
        connection.execute(insert(_BLOCK), rows)
