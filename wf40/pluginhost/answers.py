"""Checks what a hook gave before it reaches a page: the right class, and fields that hold what they declare."""

from collections.abc import Callable, Collection
from dataclasses import is_dataclass
from datetime import datetime
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from wf40.sdk.hookspecs import Spec, hook_names
from wf40.sdk.values import Permission

_EXPECTED: dict[str, type[Any]] = {
    name: get_args(get_type_hints(getattr(Spec, name))["return"])[0] for name in hook_names()
}


_FIELDS: dict[str, dict[str, Any]] = {
    hook: get_type_hints(kind) if is_dataclass(kind) else {} for hook, kind in _EXPECTED.items()
}


def refuse_wrong_types(hook: str, values: Collection[Any]) -> None:
    """Raise ``TypeError`` for a value of the wrong class, or with a field that holds something else than it declares."""
    expected = _EXPECTED[hook]
    for value in values:
        if not isinstance(value, expected):
            message = f"{hook} must give {expected.__name__}, not {type(value).__name__}"
            raise TypeError(message)
        for name, hint in _FIELDS[hook].items():
            held = getattr(value, name)
            if not _fits(held, hint):
                message = f"{hook}: {expected.__name__}.{name} must be {hint}, not {held!r:.80}"
                raise TypeError(message)


def refuse_foreign_rights(plugin: str, values: Collection[Any]) -> None:
    """Raise ``ValueError`` for a right that is not the plugin's own: it would be granted to roles of the plugin's choice."""
    foreign = [v.key for v in values if isinstance(v, Permission) and not v.key.startswith(f"{plugin}.")]
    if foreign:
        message = f"permissions must be named {plugin}. and more, not {', '.join(foreign)}"
        raise ValueError(message)


def _fits(held: Any, hint: Any) -> bool:
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return any(_fits(held, part) for part in get_args(hint))
    if origin is Literal:
        return held in get_args(hint)
    if origin in (Callable, type):
        return callable(held)
    if hint is float or hint is int:
        return isinstance(held, int | hint) and not isinstance(held, bool)
    if hint is datetime:
        return isinstance(held, datetime) and held.tzinfo is not None
    return hint is Any or isinstance(held, origin or hint)
