"""Plugins that do wrong what can be done wrong. Each is a module object, as an entry point would load it."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from wf40.sdk import hookimpl
from wf40.sdk.hookspecs import hook_names
from wf40.sdk.values import Manifest

AT_LOADING = ("manifest", "models", "personal_data")
"""A fault in one of these shows when the plugin is loaded."""
AT_START = ("blueprints", "public_blueprints")
"""A fault in one of these shows when the web application is built."""
WHILE_RUNNING = tuple(name for name in hook_names() if name not in AT_LOADING + AT_START)


def plugin(key: str, folder: Path | None = None, /, **hooks: Callable[..., Any]) -> ModuleType:
    """Return a plugin with a sound manifest and the given hooks; ``folder`` is where its migrations lie."""
    module = ModuleType(f"plugin_for_tests_{key}")
    module.__file__ = str((folder or Path(__file__).parent / "nowhere") / "__init__.py")
    given = {"manifest": lambda: [Manifest(key, f"Erweiterung {key}", "1.0")], **hooks}
    for name, function in given.items():
        setattr(module, name, hookimpl(function))
    return module


def fail(*_args: object) -> Any:
    """Raise, as a careless plugin does."""
    raise ZeroDivisionError("the plugin divides by zero")


def raising(hook: str) -> ModuleType:
    """Return a plugin that raises in one hook."""

    def raises() -> Any:
        fail()

    return plugin(f"raises_in_{hook}", **{hook: raises})


def raising_everywhere() -> ModuleType:
    """Return a plugin that raises in every hook that is called while the product runs."""

    def raises() -> Any:
        fail()

    return plugin("raises_everywhere", **dict.fromkeys(WHILE_RUNNING, raises))


def giving(key: str, value: Any) -> ModuleType:
    """Return a plugin whose running hooks all give the same unfitting thing."""
    return plugin(key, **dict.fromkeys(WHILE_RUNNING, lambda: value))
