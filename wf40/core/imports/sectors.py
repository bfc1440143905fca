"""WZ codes in any of the ways that tables write them, looked up in the editions 2008 and 2025."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from wz_code import WZ

Edition = Literal["2008", "2025"]
EDITIONS: tuple[Edition, ...] = ("2008", "2025")
_CODE = re.compile(
    r"^(?:WZ|NACE)?\s*(?:20(?:08|25)\b)?[\s:\-]*([A-V])?[\s.\-]*(\d{2}(?:[.\s]?\d{1,2}(?:[.\s]?\d)?)?)?(?=$|[\s:;,\-–(])",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Sector:
    """A WZ code as the classification prints it ("28.41.0", "28", "C") and its edition."""

    code: str
    edition: Edition

    def __str__(self) -> str:
        """Return the code."""
        return self.code


@cache
def _codes(edition: Edition) -> frozenset[str]:
    book = WZ(version=edition)
    found: set[str] = set()
    waiting = list(book.get_top_level_codes())
    while waiting:
        entry = waiting.pop()
        found.add(entry.code)
        waiting.extend(entry.children)
    return frozenset(found)


def written_code(text: str) -> str | None:
    """Return the code in printed form ("28410", "C28.41.0", "28 41 0 Maschinen" -> "28.41.0"), known or not."""
    match = _CODE.match(text.strip())
    if not match or not (match[1] or match[2]):
        return None
    if not match[2]:
        return match[1].upper() if len(text.strip()) == 1 else None
    digits = re.sub(r"\D", "", match[2])
    return ".".join(part for part in (digits[:2], digits[2:4], digits[4:]) if part)


def sector_of(text: str, edition: Edition | None = None) -> Sector | None:
    """Return the sector that a text names; None where no edition in question has such a code.

    Without an edition 2008 is tried first, because until 2025 all registers and statistics used it.
    """
    code = written_code(text)
    if code is None:
        return None
    for candidate in (edition,) if edition else EDITIONS:
        if code in _codes(candidate):
            return Sector(code, candidate)
    return None
