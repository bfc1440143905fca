"""Which row of a file bore which mark: twelve bytes a mark, so that a million rows stay small in memory."""

from array import array
from collections.abc import Iterable, Iterator

MOST_ROWS = 16
"""A mark that more rows bear (running numbers, "N. N.") recognises nobody; further rows with it are not kept."""


class Marks:
    """A table of (mark, row) pairs; marks are numbers of 64 bits, rows are found again by their mark."""

    __slots__ = ("_marks", "_mask", "_rows", "count")

    def __init__(self, pairs: Iterable[tuple[int, int]] = ()) -> None:
        self._start(12)
        for mark, row in pairs:
            self.add(mark, row)

    def _start(self, bits: int) -> None:
        self._marks = array("q", bytes(8 << bits))
        self._rows = array("I", bytes(4 << bits))
        self._mask = (1 << bits) - 1
        self.count = 0

    def add(self, mark: int, row: int) -> None:
        """Note that a row bears a mark."""
        mark = mark or 1
        marks, at, same = self._marks, mark & self._mask, 0
        while found := marks[at]:
            if found == mark:
                same += 1
                if same == MOST_ROWS:
                    return
            at = (at + 1) & self._mask
        marks[at] = mark
        self._rows[at] = row
        self.count += 1
        if self.count * 5 > len(marks) * 3:
            self._grow()

    def rows(self, mark: int) -> list[int]:
        """Return the rows that bear a mark, in the order in which they came."""
        mark = mark or 1
        marks, at, found = self._marks, mark & self._mask, list[int]()
        while present := marks[at]:
            if present == mark:
                found.append(self._rows[at])
            at = (at + 1) & self._mask
        return found

    def __iter__(self) -> Iterator[tuple[int, int]]:
        """Yield all pairs."""
        return ((mark, row) for mark, row in zip(self._marks, self._rows, strict=True) if mark)

    def _grow(self) -> None:
        pairs = zip(self._marks, self._rows, strict=True)
        self._start((len(self._marks) * 2).bit_length() - 1)
        for mark, row in pairs:
            if mark:
                self.add(mark, row)

    def take(self, stored: bytes) -> None:
        """Add pairs that were stored by :func:`packed`."""
        count = len(stored) // 12
        marks, rows = array("q"), array("I")
        marks.frombytes(stored[: 8 * count])
        rows.frombytes(stored[8 * count :])
        for mark, row in zip(marks, rows, strict=True):
            self.add(mark, row)


def packed(pairs: Iterable[tuple[int, int]]) -> bytes:
    """Return (mark, row) pairs for storing."""
    marks, rows = array("q"), array("I")
    for mark, row in pairs:
        marks.append(mark)
        rows.append(row)
    return marks.tobytes() + rows.tobytes()
