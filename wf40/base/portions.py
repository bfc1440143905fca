"""Long lists of ids in parts that a database takes in one statement."""

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")
AT_ONCE = 500


def portions(items: Sequence[T]) -> list[Sequence[T]]:
    """Return the items in parts of at most :data:`AT_ONCE`, in their order."""
    return [items[start : start + AT_ONCE] for start in range(0, len(items), AT_ONCE)]
