"""How imports name what columns fill beside the facts of firms: ``own:<slice or plugin>:<field>#<part>``."""

from collections.abc import Iterable

PREFIX, _PART = "own:", "#"
SITES = "own:core.imports:sites"
"""Further addresses of a row become sites, whether a column was chosen for them or not."""


def is_own(key: str | None) -> bool:
    """Tell whether a column fills something beside the facts of a firm."""
    return bool(key) and str(key).startswith(PREFIX)


def builtin(fields: Iterable[str | None]) -> tuple[str | None, ...]:
    """Return the fields of columns without those that are not facts of a firm."""
    return tuple(None if is_own(key) else key for key in fields)


def own_columns(fields: Iterable[str | None]) -> tuple[tuple[int, str], ...]:
    """Return place and field of the columns that fill something beside the facts of a firm."""
    return tuple((at, key) for at, key in enumerate(fields) if key is not None and is_own(key))


def split_key(key: str) -> tuple[str, str]:
    """Return the key of a field and of its part, which is empty where it has none."""
    field, _mark, part = key.partition(_PART)
    return field, part


def part_key(field: str, part: str) -> str:
    """Return the key under which a column fills one part of a field."""
    return f"{field}{_PART}{part}" if part else field
