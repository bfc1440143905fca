"""Which slices and plugins this process knows: found by entry point, loaded one by one, none able to stop the start."""

import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, cast

import pluggy

from wf40.base.db import Base
from wf40.sdk import data_hooks, hookspecs, implementing
from wf40.sdk.hookspecs import SDK_VERSION, Spec
from wf40.sdk.values import Manifest, PersonalColumn

ENTRY_POINTS = "wf40.plugins"
CORE = "core."
_KEY = re.compile(r"[a-z][a-z0-9_]{1,30}")
log = logging.getLogger(__name__)


class PluginRefused(Exception):
    """A plugin breaks a rule of the contract; the message says which."""


@dataclass(frozen=True)
class InstalledPlugin:
    """A plugin distribution on this machine: usable, or with the reason why not."""

    key: str
    distribution: str
    module: Any = None
    manifest: Manifest | None = None
    error: str = ""

    @property
    def usable(self) -> bool:
        """Whether it could be loaded."""
        return self.manifest is not None

    @property
    def package_dir(self) -> Path:
        """The folder of its package, where ``migrations``, ``templates`` and ``translations`` lie."""
        return Path(self.module.__file__).parent

    @property
    def migrations(self) -> Path | None:
        """Its Alembic environment, or ``None`` for a plugin without tables."""
        folder = self.package_dir / "migrations"
        return folder if (folder / "env.py").is_file() else None


class _Manager(pluggy.PluginManager):
    """pluggy's manager, which need not look into what Python itself puts on every class: most of its work."""

    def parse_hookimpl_opts(self, plugin: object, name: str) -> pluggy.HookimplOpts | None:
        """Return what marks a member as a hook, or ``None``."""
        return None if name.startswith("__") else super().parse_hookimpl_opts(plugin, name)


class Registry:
    """The plugin manager with the core's slices and all usable plugins."""

    def __init__(self) -> None:
        self.manager = _Manager(data_hooks.PROJECT)
        self.manager.add_hookspecs(Spec)
        self.installed: dict[str, InstalledPlugin] = {}
        self.enabled: frozenset[str] = frozenset()
        self._callers: dict[tuple[str, str], pluggy.HookCaller] = {}
        self._participants: dict[tuple[str, frozenset[str]], list[str]] = {}

    def add_slice(self, name: str, module: Any) -> None:
        """Register a slice of the core under ``core.<name>``; its hooks are always on."""
        _refuse_unknown_hooks(module)
        self.manager.register(implementing.hooks_alone(module), name=CORE + name)
        self._forget()

    def discover(self, found: Iterable[EntryPoint] | None = None) -> None:
        """Load every installed plugin in a guard of its own."""
        for point in entry_points(group=ENTRY_POINTS) if found is None else found:
            distribution = f"{point.dist.name} {point.dist.version}" if point.dist else ""
            self.add_plugin(point.name, distribution, point.load)

    def add_plugin(self, key: str, distribution: str, load: Callable[[], Any]) -> InstalledPlugin:
        """Load one plugin. Whatever it raises becomes its ``error``; the process goes on."""
        listed = f"{key} ({distribution})" if key in self.installed else key
        try:
            self._refuse_shared_names(key)
            module = load()
            plugin = InstalledPlugin(key, distribution, module, _examine(key, module))
            self.manager.register(implementing.hooks_alone(module), name=key)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a plugin may raise anything
            log.warning("plugin %s cannot be loaded: %s", key, error)
            plugin = InstalledPlugin(listed, distribution, error=f"{type(error).__name__}: {error}")
        self.installed[listed] = plugin
        self._forget()
        return plugin

    def drop(self, key: str, error: str) -> None:
        """Take out a plugin that turned out to be unusable after it was loaded."""
        self.installed[key] = InstalledPlugin(key, self.installed[key].distribution, error=error)
        self.manager.unregister(name=key)
        self._forget()

    def _forget(self) -> None:
        """Look up anew who takes part, after somebody came or went."""
        self._callers.clear()
        self._participants.clear()

    def _refuse_shared_names(self, key: str) -> None:
        """Refuse a key whose tables could not be told from somebody else's."""
        if key in self.installed:
            message = f"the key {key!r} already belongs to {self.installed[key].distribution}"
            raise PluginRefused(message)
        prefixes = [f"{other}_" for other, plugin in self.installed.items() if plugin.usable]
        if any(p.startswith(f"{key}_") or f"{key}_".startswith(p) for p in prefixes):
            message = f"the table prefix {key}_ overlaps with that of another plugin"
            raise PluginRefused(message)
        if core := sorted(name for name in tables_known(of_core=True) if name.startswith(f"{key}_")):
            message = f"the table prefix {key}_ is taken by the core ({core[0]})"
            raise PluginRefused(message)

    def usable(self) -> list[InstalledPlugin]:
        """Return the plugins that could be loaded, by key."""
        return [p for _, p in sorted(self.installed.items()) if p.usable]

    def participants(self, hook: str) -> list[str]:
        """Return the names that implement a hook and are on: slices first, then plugins, each in a fixed order."""
        key = (hook, self.enabled)
        if key not in self._participants:
            names = [str(impl.plugin_name) for impl in getattr(self.manager.hook, hook).get_hookimpls()]
            on = [n for n in names if n.startswith(CORE) or n in self.enabled]
            self._participants[key] = sorted(on, key=lambda n: (not n.startswith(CORE), n))
        return self._participants[key]

    def hooks_of(self, key: str) -> list[str]:
        """Return the hooks that a plugin implements."""
        plugin = self.installed.get(key)
        return implementing.implementations(plugin.module) if plugin and plugin.usable else []

    def caller(self, name: str, hook: str) -> pluggy.HookCaller:
        """Return the caller of one participant's implementation, with pluggy's own binding of arguments."""
        if (name, hook) not in self._callers:
            others = [p for n, p in self.manager.list_name_plugin() if n != name and p is not None]
            self._callers[name, hook] = self.manager.subset_hook_caller(hook, others)
        return self._callers[name, hook]


def tables_known(*, of_core: bool) -> set[str]:
    """Return the tables of the core, or of every plugin that this process ever imported."""
    own = (m for m in Base.registry.mappers if m.class_.__module__.startswith("wf40.") is of_core)
    return {str(mapper.class_.__tablename__) for mapper in own}


def _refuse_unknown_hooks(module: Any) -> None:
    if unknown := sorted(set(implementing.implementations(module)) - set(hookspecs.hook_names())):
        message = f"unknown hooks: {', '.join(unknown)}"
        raise PluginRefused(message)


def _examine(key: str, module: Any) -> Manifest:
    """Return the manifest of a plugin that keeps the contract; raises :class:`PluginRefused` otherwise."""
    if not _KEY.fullmatch(key):
        message = f"the entry point's name {key!r} must be lower case letters, digits and underscores"
        raise PluginRefused(message)
    _refuse_unknown_hooks(module)
    if "manifest" not in implementing.implementations(module):
        message = "it implements no manifest hook"
        raise PluginRefused(message)
    manifests = list(module.manifest())
    if len(manifests) != 1 or manifests[0].key != key:
        message = f"manifest() must return one manifest with the key {key!r}"
        raise PluginRefused(message)
    if manifests[0].sdk.partition(".")[0] != SDK_VERSION.partition(".")[0]:
        message = f"it was written for SDK {manifests[0].sdk}, this is {SDK_VERSION}"
        raise PluginRefused(message)
    for models in module.models() if "models" in implementing.implementations(module) else ():
        _refuse_foreign_tables(key, models)
    declared: list[PersonalColumn] = list(module.personal_data()) if hasattr(module, "personal_data") else []
    if foreign := [c for c in declared if not c.table.startswith(f"{key}_")]:
        message = f"personal_data() names tables that are not its own: {', '.join(c.table for c in foreign)}"
        raise PluginRefused(message)
    return cast("Manifest", manifests[0])


def _refuse_foreign_tables(key: str, models: Any) -> None:
    for member in vars(models).values():
        table = getattr(member, "__tablename__", None)
        if table and getattr(member, "__module__", "") == models.__name__ and not table.startswith(f"{key}_"):
            message = f"the table {table} must be named {key}_..."
            raise PluginRefused(message)
