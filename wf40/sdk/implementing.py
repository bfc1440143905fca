"""Finds the hooks that a module or object implements."""

import inspect
from types import ModuleType
from typing import Any

from wf40.sdk.data_hooks import PROJECT


def implementations(plugin: Any) -> list[str]:
    """Return the names of the hooks that an object or module implements, known or not."""
    if isinstance(plugin, ModuleType):
        return sorted(name for name, member in vars(plugin).items() if _is_hook(member))
    return [name for name in dir(plugin) if _is_hook(inspect.getattr_static(plugin, name))]


def hooks_alone(plugin: Any) -> object:
    """Return the hooks of a module or object without anything else that stands in it.

    A module of hooks may also hold Flask's ``request`` and the like, which must not be touched outside a request.
    """
    alone = _Hooks()
    vars(alone).update({name: getattr(plugin, name) for name in implementations(plugin)})
    return alone


class _Hooks:
    """Holds functions in its own dictionary, where pluggy finds them without looking through classes."""


def _is_hook(member: Any) -> bool:
    function = member.__func__ if isinstance(member, staticmethod) else member
    return inspect.isfunction(function) and hasattr(function, f"{PROJECT}_impl")
