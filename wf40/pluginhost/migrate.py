"""Migrations of the core and of each plugin, one version table each, under one lock."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Engine, inspect, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

import wf40
from wf40.base.db import WRITE_OPTION
from wf40.base.errors import DomainError
from wf40.pluginhost.registry import InstalledPlugin, Registry, tables_known

_LOCK_NUMBER = 40_40_40
_VERSIONS = "alembic_version_"


class MigrationRefused(DomainError):
    """A schema cannot be migrated as asked, or differs from its models. Says so in the words of Alembic."""


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except CommandError as error:
        raise MigrationRefused(str(error)) from error


@dataclass(frozen=True)
class Condition:
    """How far a schema is: ``current`` and ``head`` are revisions, empty when there is none."""

    name: str
    current: str
    head: str
    error: str = ""

    @property
    def up_to_date(self) -> bool:
        """Whether nothing is left to do."""
        return not self.error and self.current == self.head


def core_migrations() -> Path:
    """Return the core's environment: inside the installed package, or beside it in a checkout."""
    package = Path(wf40.__file__).parent
    inside = package / "migrations"
    return inside if inside.is_dir() else package.parent / "migrations"


class Migrator:
    """Runs and inspects the migrations of a database."""

    def __init__(self, engine: Engine, registry: Registry) -> None:
        self._engine = engine
        self._registry = registry

    def upgrade_all(self) -> list[Condition]:
        """Upgrade the core, then each usable plugin; one that fails is reported and the others go on."""
        self.upgrade_core()
        errors: dict[str, str] = {}
        for plugin in self._registry.usable():
            try:
                self.upgrade_plugin(plugin)
            except (Exception, SystemExit) as error:  # noqa: BLE001 - a plugin's migration may raise anything
                errors[plugin.key] = f"{type(error).__name__}: {error}"
        found = self.conditions()
        return [replace(c, error=errors.pop(c.name, c.error)) for c in found] + [
            Condition(key, "", "", error) for key, error in errors.items()
        ]

    def upgrade_core(self) -> None:
        """Bring the core's tables to the newest revision."""
        self._run(core_migrations(), None, "upgrade")

    def upgrade_plugin(self, plugin: InstalledPlugin) -> None:
        """Bring a plugin's tables to the newest revision; needs the core revision that its manifest names."""
        needed = plugin.manifest.min_core_revision if plugin.manifest else ""
        if needed and not self._core_has(needed):
            message = f"plugin {plugin.key} needs core revision {needed}"
            raise MigrationRefused(message)
        if plugin.migrations:
            self._run(plugin.migrations, plugin.key, "upgrade")

    def differences(self) -> list[str]:
        """Compare every schema with its models; returns a sentence for each that differs."""
        found = []
        targets: list[tuple[Path, str | None]] = [(core_migrations(), None)]
        targets += [(p.migrations, p.key) for p in self._registry.usable() if p.migrations]
        for folder, key in targets:
            try:
                self._run(folder, key, "check")
            except MigrationRefused as error:
                found.append(f"{key or 'core'}: {error}")
            except Exception as error:
                if key is None:
                    raise
                found.append(f"{key}: {type(error).__name__}: {error}")
        return found

    def revise(self, message: str, key: str | None = None) -> None:
        """Write a new migration from the difference between models and database (for developers)."""
        plugin = self._registry.installed[key].migrations if key else None
        self._run(plugin or core_migrations(), key, "revise", message)

    def conditions(self) -> list[Condition]:
        """Return how far the core and each plugin are; a plugin's unreadable migrations are told as its ``error``."""
        found = [self._condition("core", core_migrations(), "alembic_version")]
        for plugin in self._registry.usable():
            if plugin.migrations is None:
                continue
            try:
                found.append(self._condition(plugin.key, plugin.migrations, f"alembic_version_{plugin.key}"))
            except SQLAlchemyError:
                raise
            except (Exception, SystemExit) as error:  # noqa: BLE001 - a migration's file may raise anything
                found.append(Condition(plugin.key, "", "", f"{type(error).__name__}: {error}"))
        return found

    def _condition(self, name: str, folder: Path, version_table: str) -> Condition:
        with _refusing():
            head = ScriptDirectory(str(folder)).get_current_head() or ""
        with self._engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"version_table": version_table})
            return Condition(name, context.get_current_revision() or "", head)

    def _core_has(self, revision: str) -> bool:
        current = self._condition("core", core_migrations(), "alembic_version").current
        if not current:
            return False
        with _refusing():
            script = ScriptDirectory(str(core_migrations()))
            return any(s.revision == revision for s in script.iterate_revisions(current, "base"))

    def _run(self, folder: Path, key: str | None, action: str, message: str = "") -> None:
        config = Config(stdout=StringIO())
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        with self._locked() as connection:
            config.attributes.update(
                connection=connection,
                prefix=f"{key}_" if key else None,
                plugin_prefixes=self._prefixes(connection),
                version_table=f"alembic_version_{key}" if key else "alembic_version",
            )
            with _refusing():
                if action == "upgrade":
                    command.upgrade(config, "head")
                elif action == "check":
                    command.check(config)
                else:
                    command.revision(config, message, autogenerate=True)

    def _prefixes(self, connection: Connection) -> tuple[str, ...]:
        """Return the table prefixes of all plugins, also of those that were removed and left their tables."""
        names = inspect(connection).get_table_names()
        connection.rollback()
        left = {name.removeprefix(_VERSIONS) for name in names if name.startswith(_VERSIONS)}
        known = {f"{key}_" for key in left | set(self._registry.installed)}
        return tuple(sorted(known | tables_known(of_core=False))) or ("\0",)

    @contextmanager
    def _locked(self) -> Iterator[Connection]:
        """Yield a connection while no other process migrates."""
        engine = self._engine.execution_options(**{WRITE_OPTION: True})
        if engine.dialect.name == "postgresql":
            with engine.connect() as holder, engine.connect() as connection:
                # Held by a transaction, so that it ends with it, however that ends.
                holder.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _LOCK_NUMBER})
                yield connection
            return
        database = engine.url.database
        with Path(f"{database}.migrating").open("w") as lock, engine.connect() as connection:
            fcntl.flock(lock, fcntl.LOCK_EX)
            raw = connection.connection.dbapi_connection
            assert raw is not None  # noqa: S101 - a connection was just opened
            # Rebuilding a table would otherwise delete the rows that refer to it.
            raw.execute("PRAGMA foreign_keys=OFF")
            try:
                yield connection
            finally:
                connection.rollback()
                raw.execute("PRAGMA foreign_keys=ON")
