"""Puts everything together. Nothing else in wf40 knows all the parts."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from wf40.base.clock import Clock
from wf40.base.i18n import Translator
from wf40.base.mail import transport_for
from wf40.base.uow import Database
from wf40.core.services import services
from wf40.core.slices import SLICES
from wf40.pluginhost.calls import Hooks
from wf40.pluginhost.gate import Gate
from wf40.pluginhost.registry import CORE, InstalledPlugin, Registry
from wf40.sdk.web import PluginBlueprint
from wf40.settings import Settings
from wf40.web import shell
from wf40.web.addresses import RecordNumber
from wf40.web.assets import add_plugin_files
from wf40.web.rendering import PageEnvironment
from wf40.web.sessions import Sessions
from wf40.worker.dispatch import Dispatcher
from wf40.worker.runner import Worker

if TYPE_CHECKING:
    from wf40.pluginhost.migrate import Migrator

LARGEST_REQUEST = 52 * 1024 * 1024


@dataclass(frozen=True)
class Product:
    """The assembled parts, for the web server, the worker and the command line alike."""

    settings: Settings
    registry: Registry
    database: Database
    hooks: Hooks
    gate: Gate
    dispatcher: Dispatcher

    @cached_property
    def migrator(self) -> "Migrator":
        """Runs and inspects migrations; what it needs for that is loaded by the few who do."""
        from wf40.pluginhost.migrate import Migrator

        return Migrator(self.database.engine, self.registry)

    def worker(self) -> Worker:
        """Build a worker on these parts."""
        return Worker(self.database, self.hooks, self.gate, self.dispatcher, self.settings.timezone)


def assemble(settings: Settings, clock: Clock | None = None, registry: Registry | None = None) -> Product:
    """Build all parts that need no web. ``registry`` replaces the discovery of plugins in tests."""
    if registry is None:
        registry = Registry()
        if not settings.safe_mode:
            registry.discover()
    for name, hooks_module in SLICES.items():
        registry.add_slice(name, hooks_module)
    database = Database.connect(settings.url, clock)
    hooks = Hooks(registry, database, strict=settings.strict)
    dispatcher = Dispatcher(database, hooks, transport_for(settings.mail), settings.sender)
    database.services.update(services(settings, hooks))
    database.subscribers = dispatcher.subscribers
    database.after_commit = dispatcher.committed
    return Product(settings, registry, database, hooks, Gate(registry, database), dispatcher)


def create_app(settings: Settings | None = None, product: Product | None = None) -> Flask:
    """Build the web application. Raises ``SettingsError`` without a secret key."""
    product = product or assemble(settings or Settings.load())
    settings = product.settings
    app = Flask("wf40.web", static_folder=None)
    app.config.update(
        SECRET_KEY=settings.require_secret(),
        SESSION_COOKIE_NAME="__Host-wf40" if settings.secure else "wf40",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
    )
    app.jinja_environment = PageEnvironment
    app.jinja_env.undefined = StrictUndefined
    app.url_map.converters["int"] = RecordNumber
    app.session_interface = Sessions(product.database)
    app.extensions.update({"wf40": product, "wf40.database": product.database})
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.before_request(lambda: shell.check_first(product.gate))
    _install_core(app, product)
    app.before_request(shell.demand_sign_in)
    shell.install(app, product.hooks, product.gate, settings.timezone, secure=settings.secure, strict=settings.strict)
    _install_plugins(app, product.registry)
    return app


def _install_core(app: Flask, product: Product) -> None:
    from wf40.core.accounts import identity, service, views
    from wf40.sdk.web import writing

    identity.install(app, product.hooks)

    def remember_choice(**chosen: str) -> None:
        with writing() as u:
            service.choose(u, **chosen)

    app.extensions["wf40.sign_in_again"] = views.sign_in_again
    app.extensions["wf40.remember_choice"] = remember_choice
    app.jinja_env.globals.update(
        office_name=product.settings.office_name,
        office_phone=product.settings.office_phone,
        office_mail=product.settings.office_mail,
        demo=product.settings.demo,
        home_url="/",
        search_url="/suche",
    )
    for name in SLICES:
        for answer in product.registry.caller(CORE + name, "blueprints")():
            for blueprint in answer:
                app.register_blueprint(blueprint)


def _install_plugins(app: Flask, registry: Registry) -> None:
    """Register the pages of every usable plugin; first on a throw-away application, so that a failure leaves nothing."""
    texts: dict[str, Translator] = {}
    for plugin in registry.usable():
        try:
            pages = _pages_of(registry, plugin)
            _register(Flask(f"wf40.trial.{plugin.key}", static_folder=None), plugin, pages)
            _register(app, plugin, pages)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a plugin may raise anything
            registry.drop(plugin.key, f"{type(error).__name__}: {error}")
            continue
        texts[plugin.key] = Translator(plugin.key, plugin.package_dir / "translations")
        add_plugin_files(plugin.key, plugin.package_dir)
    shell.install_texts(app, texts)


def _pages_of(registry: Registry, plugin: InstalledPlugin) -> list[tuple[str, PluginBlueprint]]:
    """Return the blueprints of a plugin with the first part of their address; refuses those that could reach further."""
    found: list[tuple[str, PluginBlueprint]] = []
    for hook, prefix, name in (
        ("blueprints", "p", plugin.key),
        ("public_blueprints", "public", f"{plugin.key}_public"),
    ):
        for blueprint in (b for answer in registry.caller(plugin.key, hook)() for b in answer):
            if not isinstance(blueprint, PluginBlueprint) or blueprint.name != name:
                message = f"{hook}() must give one PluginBlueprint named {name}, not {blueprint!r}"
                raise TypeError(message)
            found.append((prefix, blueprint))
    return found


def _register(app: Flask, plugin: InstalledPlugin, pages: list[tuple[str, PluginBlueprint]]) -> None:
    for prefix, blueprint in pages:
        app.register_blueprint(blueprint, url_prefix=f"/{prefix}/{plugin.key}")
