"""Switches plugins."""

from dataclasses import asdict

from wf40.base.access import Actor, requires
from wf40.base.errors import InvalidInput, NotFound
from wf40.base.i18n import _l
from wf40.base.uow import Database, UnitOfWork
from wf40.pluginhost import state
from wf40.pluginhost.registry import InstalledPlugin, Registry


def enable_plugin(database: Database, registry: Registry, key: str, actor: Actor) -> None:
    """Migrate a plugin and switch it on; raises :class:`InvalidInput` when it cannot be used.

    Migrating has its own lock and transaction, so this opens its units of work by itself.
    """
    from wf40.pluginhost.migrate import Migrator

    plugin = _usable(registry, key)
    with database.read(actor) as u:
        _may_switch(u)
    try:
        Migrator(database.engine, registry).upgrade_plugin(plugin)
    except (Exception, SystemExit) as error:
        sentence = _l(
            "Die Erweiterung %(key)s konnte ihre Tabellen nicht anlegen (%(error)s). Sie bleibt ausgeschaltet.",
            key=key,
            error=f"{type(error).__name__}: {error}"[:300],
        )
        raise InvalidInput(sentence) from error
    with database.write(actor) as u:
        switch_on(u, plugin)


@requires("admin.system")
def _may_switch(u: UnitOfWork) -> None:
    """Refuse before anything is migrated."""


@requires("admin.system")
def switch_on(u: UnitOfWork, plugin: InstalledPlugin) -> None:
    """Store that a plugin is on, with the map of its personal data."""
    manifest = plugin.manifest
    if manifest is None:
        raise NotFound
    columns = plugin.module.personal_data() if hasattr(plugin.module, "personal_data") else ()
    declared = [{name: str(value) for name, value in asdict(column).items()} for column in columns]
    state.switch(
        u.session,
        plugin.key,
        enabled=True,
        now=u.now,
        title=str(manifest.title),
        version=manifest.version,
        personal_data=declared,
    )
    u.audit("plugin_enabled", f"plugin:{plugin.key}", {"version": manifest.version})


@requires("admin.system")
def disable_plugin(u: UnitOfWork, key: str) -> None:
    """Switch a plugin off; its data stay."""
    if u.session.get(state.PluginState, key) is None:
        raise NotFound
    state.switch(u.session, key, enabled=False, now=u.now)
    u.audit("plugin_disabled", f"plugin:{key}")


def _usable(registry: Registry, key: str) -> InstalledPlugin:
    plugin = registry.installed.get(key)
    if plugin is None:
        raise InvalidInput(
            _l(
                "Die Erweiterung %(key)s ist nicht installiert. Installierte Erweiterungen: %(known)s.",
                key=key,
                known=", ".join(sorted(registry.installed)) or "–",
            )
        )
    if not plugin.usable:
        raise InvalidInput(
            _l("Die Erweiterung %(key)s kann nicht geladen werden: %(error)s", key=key, error=plugin.error)
        )
    return plugin
