"""Checks what a hook gave before it reaches a page: the right class, and fields that hold what they declare."""

from collections.abc import Callable, Collection
from dataclasses import is_dataclass
from datetime import datetime
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from wf40.sdk.hookspecs import Spec, hook_names
from wf40.sdk.values import Permission

Test = Callable[[Any], bool]


def refuse_wrong_types(hook: str, values: Collection[Any]) -> None:
    """Raise ``TypeError`` for a value of the wrong class, or with a field that holds something else than it declares."""
    expected = _EXPECTED[hook]
    for value in values:
        if not isinstance(value, expected):
            message = f"{hook} must give {expected.__name__}, not {type(value).__name__}"
            raise TypeError(message)
        for name, hint, fits in _FIELDS[hook]:
            held = getattr(value, name)
            if not fits(held):
                message = f"{hook}: {expected.__name__}.{name} must be {hint}, not {held!r:.80}"
                raise TypeError(message)


def refuse_foreign_rights(plugin: str, values: Collection[Any]) -> None:
    """Raise ``ValueError`` for a right that is not the plugin's own: it would be granted to roles of the plugin's choice."""
    foreign = [v.key for v in values if isinstance(v, Permission) and not v.key.startswith(f"{plugin}.")]
    if foreign:
        message = f"permissions must be named {plugin}. and more, not {', '.join(foreign)}"
        raise ValueError(message)


def _test_of(hint: Any) -> Test:
    """Return the test of a declared type, taken apart once: a page has hundreds of values tested."""
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        tests = [_test_of(part) for part in get_args(hint)]
        return lambda held: any(test(held) for test in tests)
    if origin is Literal:
        return get_args(hint).__contains__
    if origin in (Callable, type):
        return callable
    if hint in _STRICTER:
        return _STRICTER[hint]
    kind = object if hint is Any else origin or hint
    return lambda held: isinstance(held, kind)


def _is_number(kind: type) -> Test:
    return lambda held: isinstance(held, int | kind) and not isinstance(held, bool)


_STRICTER: dict[Any, Test] = {
    int: _is_number(int),
    float: _is_number(float),
    datetime: lambda held: isinstance(held, datetime) and held.tzinfo is not None,
}


_EXPECTED: dict[str, type[Any]] = {
    name: get_args(get_type_hints(getattr(Spec, name))["return"])[0] for name in hook_names()
}


_FIELDS: dict[str, list[tuple[str, Any, Test]]] = {
    hook: [(name, hint, _test_of(hint)) for name, hint in get_type_hints(kind).items()] if is_dataclass(kind) else []
    for hook, kind in _EXPECTED.items()
}
