"""An office to test in: a migrated database on SQLite or PostgreSQL, one person of each role, signed-in clients."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import event, select

from wf40.app import Product, assemble, create_app
from wf40.base.access import Actor
from wf40.base.clock import SettableClock
from wf40.base.uow import UnitOfWork
from wf40.core.accounts import service as accounts
from wf40.core.accounts.identity import actor_of
from wf40.core.accounts.roles import ROLES
from wf40.core.admin import service as admin
from wf40.core.firms import service as firms
from wf40.pluginhost.registry import Registry
from wf40.sdk.refs import FirmRef
from wf40.sdk.services import Firms
from wf40.settings import Settings
from wf40.testing.postgres import PostgresServer
from wf40.testing.quicker import (
    COMPILED,
    addresses_kept,
    garbage_seldom_sought,
    passwords_cheaply_hashed,
    statements_kept,
)
from wf40.web.sessions import OfficeSession, digest_of

SECRET = "a secret key that is only used in tests"  # noqa: S105 - not a secret
PASSWORD = "vier bunte Wolken ziehen"  # noqa: S105 - not a secret
START = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
OFFICE = "Wirtschaftsförderung Musterhausen"
FORM_TOKEN = "0" * 40


class OfficeClient(FlaskClient):
    """A browser's stand-in whose forms carry the token by themselves; pass ``token=False`` to leave it out."""

    def post(self, *args: Any, token: bool = True, data: Any = None, **kwargs: Any) -> Any:
        """Send a form."""
        if token and (data is None or isinstance(data, dict)):
            data = {"csrf_token": signed_token(), **(data or {})}
        return super().post(*args, data=data, **kwargs)


def signed_token() -> str:
    """Return the form token that belongs to the sessions made here."""
    serializer = URLSafeTimedSerializer(SECRET, salt="wtf-csrf-token")
    return str(serializer.dumps(FORM_TOKEN))


@dataclass
class Office:
    """One test's office: the assembled product, its clock, and ways to act in it."""

    product: Product
    clock: SettableClock
    strict: bool = True
    _people: dict[tuple[str, int], int] = field(default_factory=dict)

    @cached_property
    def app(self) -> Flask:
        """The web application."""
        with addresses_kept():
            app = create_app(product=self.product)
        app.test_client_class = OfficeClient
        app.jinja_env.bytecode_cache = COMPILED
        app.testing = self.strict
        return app

    def actor(self, role: str, unit_id: int = 1) -> Actor:
        """Return the person of a role in a unit, added when missing."""
        email = f"{role}-{unit_id}@musterhausen.example"
        with self.product.database.read(Actor.system()) as u:
            found = actor_of(u, email, self.product.hooks)
        if found is not None:
            return found
        with self.product.database.write(Actor.system()) as u:
            given = accounts.AccountInput(email, f"{ROLES[role]} {unit_id}", role, unit_id, password=PASSWORD)
            accounts.add_user(u, given)
        return self.actor(role, unit_id)

    def add_unit(self, name: str, parent_id: int | None = None) -> int:
        """Add a unit and return its id."""
        with self.product.database.write(Actor.system()) as u:
            return accounts.add_unit(u, name, parent_id)

    def add_firm(self, name: str, unit_id: int = 1, **values: Any) -> FirmRef:
        """Add a firm as an advisor would (``values``: fields of its form, e.g. ``town``); returns what hooks see of it."""
        with self.writing_as("advisor", unit_id) as u:
            firm_id = firms.create_firm(u, firms.FirmInput(name, **values))
            return u.service(Firms).get(u, firm_id)

    def reading_as(self, role: str, unit_id: int = 1) -> AbstractContextManager[UnitOfWork]:
        """Open a reading unit of work for a role."""
        return self.product.database.read(self.actor(role, unit_id))

    def writing_as(self, role: str, unit_id: int = 1) -> AbstractContextManager[UnitOfWork]:
        """Open a writing unit of work for a role."""
        return self.product.database.write(self.actor(role, unit_id))

    def visitor(self) -> OfficeClient:
        """Return a client that is not signed in."""
        client = self.app.test_client()
        assert isinstance(client, OfficeClient)
        return client

    def client_as(self, role: str, unit_id: int = 1, language: str = "de") -> OfficeClient:
        """Return a client that is signed in as the person of a role."""
        user_id, secret = self.actor(role, unit_id).user_id or 0, f"test-session-{role}-{unit_id}-{language}"
        values = {"_user_id": str(user_id), "_fresh": True, "csrf_token": FORM_TOKEN, "language": language}
        with self.product.database.write(Actor.system()) as u:
            if u.session.scalar(select(OfficeSession.id).where(OfficeSession.digest == digest_of(secret))) is None:
                u.session.add(
                    OfficeSession(
                        digest=digest_of(secret),
                        user_id=user_id,
                        data=values,
                        agent="test",
                        created_at=u.now,
                        seen_at=u.now,
                    )
                )
        client = self.visitor()
        client.set_cookie(self.app.config["SESSION_COOKIE_NAME"], f"s.{secret}")
        return client

    def work(self) -> None:
        """Let a worker do everything that waits."""
        worker = self.product.worker()
        worker.in_process = True
        with self.app.app_context():
            worker.tick()


class Offices:
    """Builds offices; the migrated database is made once for each kind and set of plugins, then copied."""

    def __init__(self, folder: Path, postgres: Callable[[], PostgresServer]) -> None:
        self._folder = folder
        self._postgres = postgres
        self._templates: dict[tuple[str, tuple[str, ...], bool], str] = {}
        garbage_seldom_sought()
        passwords_cheaply_hashed()

    def open(
        self,
        kind: str,
        folder: Path,
        plugins: tuple[str, ...] = (),
        registry: Registry | None = None,
        *,
        people: bool = True,
        **settings: Any,
    ) -> Iterator[Office]:
        """Yield an office on a database of its own, with the named plugins enabled, and with ``people`` or empty."""
        clock = SettableClock(START)
        url = self._copy(kind, plugins, folder, people=people)
        values = {"data_dir": folder, "database_url": url, "secret_key": SECRET, "office_name": OFFICE, "strict": True}
        product = assemble(Settings(**{**values, **settings}), clock, registry or _registry(plugins))
        statements_kept(product.database.engine)
        if kind == "sqlite":
            event.listen(product.database.engine, "connect", _forgetful)
        product.gate.follow()
        office = Office(product, clock, strict=product.settings.strict)
        try:
            yield office
        finally:
            product.database.engine.dispose()
            if kind == "postgresql":
                self._postgres().drop_database(url)

    def _copy(self, kind: str, plugins: tuple[str, ...], folder: Path, *, people: bool) -> str:
        key = (kind, plugins, people)
        if kind == "sqlite":
            if key not in self._templates:
                path = self._folder / f"template-{len(self._templates)}.sqlite"
                _prepare(f"sqlite:///{path}", plugins, people=people)
                self._templates[key] = str(path)
            target = folder / "wf40.sqlite"
            shutil.copy(self._templates[key], target)
            return f"sqlite:///{target}"
        server = self._postgres()
        if key not in self._templates:
            self._templates[key] = server.create_template(lambda url: _prepare(url, plugins, people=people))
        return server.create_database(template=self._templates[key])


def _registry(plugins: tuple[str, ...]) -> Registry:
    """Return a registry that knows the named plugins only, whatever is installed."""
    registry = Registry()
    if plugins:
        registry.discover()
        for key in set(registry.installed) - set(plugins):
            if registry.installed.pop(key).usable:
                registry.manager.unregister(name=key)
    return registry


def _forgetful(connection: Any, _record: object) -> None:
    """Do not wait for the disk: nothing has to survive a power cut here, as with the PostgreSQL of tests."""
    connection.execute("PRAGMA synchronous=OFF")


def _prepare(url: str, plugins: tuple[str, ...], *, people: bool) -> None:
    settings = Settings(database_url=url, secret_key=SECRET, strict=True)
    product = assemble(settings, SettableClock(START), _registry(plugins))
    product.migrator.upgrade_core()
    for key in plugins:
        admin.enable_plugin(product.database, product.registry, key, Actor.system())
    product.gate.follow()
    if people:
        _add_people(product)
    if product.database.engine.dialect.name == "sqlite":
        with product.database.engine.connect() as connection:
            connection.connection.dbapi_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]
    product.database.engine.dispose()


def _add_people(product: Product) -> None:
    with product.database.write(Actor.system()) as u:
        unit_id = accounts.add_unit(u, OFFICE)
        for role, title in ROLES.items():
            email = f"{role}-{unit_id}@musterhausen.example"
            accounts.add_user(u, accounts.AccountInput(email, f"{title} {unit_id}", role, unit_id, password=PASSWORD))
