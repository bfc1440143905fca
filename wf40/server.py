"""Starts processes: the demo, the web server, the worker."""

import gc
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import waitress
from flask import Flask
from gunicorn.app.base import BaseApplication

from wf40.app import Product, assemble, create_app
from wf40.base.access import Actor
from wf40.base.errors import DomainError
from wf40.settings import Settings, SettingsError, kept_secret

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
TURN_SECONDS = 0.02
"""How long a thread may work before another one of its process does: a page is finished by then. With the usual quarter
of that, pages of one process are all begun and none is finished, and each waits for every other one's."""


class _Gunicorn(BaseApplication):
    """gunicorn with options from code; each of its processes builds its own application."""

    def __init__(self, settings: Settings, options: dict[str, Any]) -> None:
        self._settings = settings
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        """Set the options."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Build the application in this process."""
        app = create_app(self._settings)
        sys.setswitchinterval(TURN_SECONDS)
        gc.freeze()  # all that was built stays: looking for what is unused among it takes longer than several pages
        return app


def serve(settings: Settings, workers: int, threads: int, *, with_worker: bool) -> None:
    """Run gunicorn until it is ended; with a worker beside it when asked for."""
    settings.require_secret()
    _require_current(assemble(settings))
    beside = subprocess.Popen([sys.executable, "-m", "wf40.cli", "worker"]) if with_worker else None
    options = {
        "bind": f"{settings.host}:{settings.port}",
        "workers": workers,
        "threads": threads,
        "worker_class": "gthread",
        # A kept connection stays with one process, which may be busy while another has nothing to do: eight people at
        # once waited twice as long. A new connection is taken by whoever is free.
        "keepalive": 0,
        "accesslog": None,
        "proc_name": "wf40",
        "control_socket_disable": True,
    }
    try:
        _Gunicorn(settings, options).run()
    finally:
        if beside is not None:
            beside.terminate()


def work(product: Product) -> None:
    """Run a worker until it is ended."""
    _require_current(product)
    scheduler = product.worker().start(_in_context(create_app(product=product)))
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    click.echo("Die Hintergrundarbeit läuft.")
    stop.wait()
    scheduler.shutdown(wait=True)


def demo(*, reset: bool) -> None:
    """Prepare the demo town once, then run web and worker together on the loopback address."""
    settings = demo_settings()
    _require_free_port(settings)
    if reset:
        _clear(settings.data_dir)
    os.environ.update(
        WF40_SECRET_KEY=settings.secret_key, WF40_DEMO="1", WF40_DATA_DIR=str(settings.data_dir),
        WF40_OFFICE_NAME=settings.office_name,
    )  # fmt: skip
    product = assemble(settings)
    prepare_demo(product)
    app = create_app(product=product)
    scheduler = product.worker().start(_in_context(app))
    click.echo(_welcome(settings))
    try:
        waitress.serve(app, host=settings.host, port=settings.port, threads=8, _quiet=True)
    finally:
        scheduler.shutdown(wait=False)


def demo_settings() -> Settings:
    """Return the settings of the demo: loopback only, a secret of its own, mail into a folder."""
    settings = Settings.load()
    if settings.host not in LOOPBACK:
        message = "Die Vorführung läuft nur auf diesem Rechner (127.0.0.1). Für den Betrieb gibt es „wf40 serve“."
        raise SettingsError(message)
    return replace(
        settings,
        demo=True,
        secret_key=settings.secret_key or kept_secret(settings.data_dir),
        office_name="Wirtschaftsförderung Musterhausen",
        office_phone="069 90009000",
        office_mail="wirtschaft@musterhausen.example",
    )


def prepare_demo(product: Product) -> None:
    """Migrate, enable the plugins and generate the town, each only where it is missing.

    Raises :class:`SettingsError` for data that no migration brings to what the product expects.
    """
    from wf40.core.admin import service
    from wf40.demo.town import build, is_built

    conditions = product.migrator.conditions()
    ready = all(c.up_to_date and c.current for c in conditions)
    known = bool(conditions[0].current)
    if not ready:
        (product.migrator.upgrade_all if known else product.migrator.upgrade_core)()
    if known and product.migrator.differences():
        message = (
            "Die Daten der Vorführung stammen aus einer früheren Fassung und passen nicht mehr zu dieser. Mit "
            f"„wf40 demo --reset“ wird sie neu aufgebaut; was dort in „{product.settings.data_dir}“ erfasst wurde, geht verloren."
        )
        raise SettingsError(message)
    if ready and is_built(product):
        product.gate.follow()
        return
    for plugin in product.registry.usable():
        try:
            service.enable_plugin(product.database, product.registry, plugin.key, Actor.system("demo"))
        except DomainError as error:
            click.echo(str(error), err=True)
    product.gate.follow()
    if not is_built(product):
        click.echo("Musterhausen wird aufgebaut …")
        with create_app(product=product).app_context():
            for sentence in build(product):
                click.echo(f"  {sentence}")


def _require_current(product: Product) -> None:
    core = product.migrator.conditions()[0]
    if not core.up_to_date:
        message = "Die Datenbank ist nicht auf dem neuesten Stand. Bitte zuerst „wf40 db upgrade“ ausführen."
        raise SettingsError(message)


def _require_free_port(settings: Settings) -> None:
    """Refuse before anything is built or deleted."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            message = (
                f"Auf Port {settings.port} läuft schon ein anderes Programm, vielleicht eine zweite Vorführung. "
                f"Wählen Sie einen anderen Port, zum Beispiel WF40_PORT={settings.port + 1}."
            )
            raise SettingsError(message) from error


def _in_context(app: Flask) -> Callable[[Callable[[], None]], Callable[[], None]]:
    def wrap(work_once: Callable[[], None]) -> Callable[[], None]:
        def in_context() -> None:
            with app.app_context():
                work_once()

        return in_context

    return wrap


def _clear(data_dir: Path) -> None:
    for name in ("wf40.sqlite", "wf40.sqlite-wal", "wf40.sqlite-shm", "wf40.sqlite.migrating"):
        (data_dir / name).unlink(missing_ok=True)
    shutil.rmtree(data_dir / "mail", ignore_errors=True)


def _welcome(settings: Settings) -> str:
    from wf40.demo.town import LOGINS, PASSWORD

    lines = [f"  {login.email:34} {login.title}" for login in LOGINS]
    return "\n".join([
        "", f"wf40 läuft: {settings.base_url}", "", f"Zugänge der Vorführung (Passwort: {PASSWORD}):", *lines,
        "", f"Mails liegen in {settings.data_dir / 'mail'}. Beenden mit Strg+C.", "",
    ])  # fmt: skip
