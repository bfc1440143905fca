"""Keys as numbers: 64 bits that say which key it is, of which class, and what keeps its firms apart.

The highest 48 bits are a digest of the key, then come 4 bits for its class and 12 for the register number of the firm.
Firms that meet under a key can so be told apart by numbers alone: most that share a word have different register
numbers, and that is known before anything of them is read. Two firms meet where the highest 48 bits are equal; the key
of a register number has the court in the lowest 16 of them, so that the number of another court is another key.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from zlib import crc32

from wf40.matching.blocking import keys_of
from wf40.matching.courts import main_word
from wf40.matching.firms import (
    DOMAIN_EQUAL,
    DOMAIN_TOO,
    EMAIL_EQUAL,
    PHONE_EQUAL,
    PRIOR,
    REGISTER_DIFFERS,
    TAX_EQUAL,
    PreparedFirm,
)
from wf40.matching.naming import EQUAL, FIRST, SHARED, SHARED_MOST
from wf40.matching.places import ADDRESS_EQUAL, ADDRESS_STREET

RULES = 1
"""Raise it when marks come out differently, be it by names, words or places: those of all firms are then made anew."""
_CLASSES = "rvpmdsnjweba"
_BIT = {letter: 1 << i for i, letter in enumerate(_CLASSES)}
_LOW = {letter: i << 12 for i, letter in enumerate(_CLASSES)}
_APART, _CLASS, _COURT = 0xFFF, 0xF000, 0xFFFF_0000
_WEAK = _LOW["j"]
"""From this class on a key says nothing that outweighs another register number."""
ADDRESS_AND_NAME = _BIT["s"] | _BIT["w"]
WIDTH = 0xFFFF
"""Marks of one key lie within so many numbers of the first."""
ANY_COURT = 0xFFFF_FFFF
"""Marks of one register number, whatever its court, lie within so many numbers."""
_STRANGE = 5.0
"""Most weight of names that share no key: they may agree in frequent words."""


def marks_of(firm: PreparedFirm) -> set[int]:
    """Return the keys of an organisation as numbers, the same on every machine."""
    number = firm.register[1]
    apart = 1 + crc32(number.encode()) % _APART if number else 0
    found = set()
    for key in keys_of(firm):
        kind = key[0]
        front = _number(key, 4) << 16 | _court(firm.register[3]) if kind == "r" else _number(key, 6)
        found.add(front << 16 | _LOW[kind] | apart)
    return found


def _number(key: str, size: int) -> int:
    return int.from_bytes(blake2b(key.encode(), digest_size=size).digest(), "big", signed=True)


@lru_cache(4096)
def _court(court: str) -> int:
    """Return a court as a number, 0 for an unknown one."""
    return 1 + crc32(main_word(court).encode()) % 0xFFFF if court else 0


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for, so that all firms are found that share a key: ranges of marks, by their first number.

    Firms under the marks ``apart`` count only where their register number may be the same.
    """

    apart: frozenset[int]
    narrow: frozenset[int]
    wide: frozenset[int]


def search(marks: Iterable[int]) -> Search:
    """Return what to look for with the marks of some firms."""
    apart, narrow, wide = set(), set(), set()
    for mark in marks:
        if mark & _CLASS >= _WEAK and mark & _APART:
            apart.add(mark)
        elif mark & _CLASS:
            narrow.add(mark & ~WIDTH)
        elif mark & _COURT:
            narrow.update((mark & ~WIDTH, mark & ~ANY_COURT))
        else:
            wide.add(mark & ~ANY_COURT)
    return Search(frozenset(apart), frozenset(narrow), frozenset(wide))


def meeting(marks: Iterable[int], holders: Mapping[int, Sequence[tuple[int, int]]]) -> tuple[dict[int, int], list[int]]:
    """Return the firms that may be one with the firm of the marks, with the classes of the keys that they share.

    ``holders`` has (mark, firm) under the first number of each range. What cannot reach "ask" is left out; the firms of
    the list can, if they share a key of a name besides (see :func:`share_a_name`).
    """
    shared: dict[int, int] = {}
    own = 0
    for mark in marks:
        own = mark & _APART
        kind = mark & _CLASS
        if kind >= _WEAK and own:
            ranges: tuple[int, ...] = (mark,)
        elif kind:
            ranges = (mark & ~WIDTH,)
        elif mark & _COURT:
            ranges = (mark & ~WIDTH, mark & ~ANY_COURT)
        else:
            ranges = (mark & ~ANY_COURT,)
        for first in ranges:
            for other, firm_id in holders.get(first, ()):
                shared[firm_id] = shared.get(firm_id, other & _APART) | _APART + 1 << (kind >> 12)
    found, unsure = {}, []
    for firm_id, seen in shared.items():
        apart, classes = seen & _APART, seen >> 12
        if not own or not apart or own == apart or _WORTH[classes]:
            found[firm_id] = classes
        elif _WORTH[classes | _BIT["w"]]:
            unsure.append(firm_id)
    return found, unsure


def share_a_name(a: Iterable[int], b: Iterable[int]) -> bool:
    """Return whether two firms share a key that comes from their names."""
    one, two = ({mark >> 16 for mark in marks if mark & _CLASS >= _WEAK} for marks in (a, b))
    return not one.isdisjoint(two)


def _reaches(classes: int) -> bool:
    """Return whether firms that share keys of these classes may be one although their register numbers differ."""

    def has(letters: str) -> bool:
        return any(classes & _BIT[letter] for letter in letters)

    alike = SHARED * SHARED_MOST + FIRST
    bits = PRIOR + REGISTER_DIFFERS.weight
    bits += alike + EQUAL if has("n") else alike if has("jweba") else _STRANGE
    bits += ADDRESS_EQUAL.weight if has("s") else ADDRESS_STREET.weight
    bits += TAX_EQUAL.weight if has("v") else 0.0
    bits += PHONE_EQUAL.weight if has("p") else 0.0
    bits += EMAIL_EQUAL.weight if has("m") else 0.0
    if has("d"):
        bits += DOMAIN_TOO.weight if has("m") else DOMAIN_EQUAL.weight
    return bits >= 0.0


_WORTH = tuple(_reaches(classes) for classes in range(1 << len(_CLASSES)))
STRENGTH = tuple(
    sum(
        weight
        for letter, weight in zip(_CLASSES, (20, 14, 8, 9, 7, 6, 12, 6, 5, 4, 6, 5), strict=True)
        if classes & _BIT[letter]
    )
    for classes in range(1 << len(_CLASSES))
)
"""How much the keys of these classes speak for one firm, for choosing the likeliest of many."""
