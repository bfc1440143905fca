"""The ``wf40`` command. Each command says in German what it did, and ends with a code other than 0 when it failed."""

import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import click
from sqlalchemy.exc import OperationalError, ProgrammingError

from wf40 import __version__
from wf40.app import Product, assemble
from wf40.base.access import Actor
from wf40.base.errors import DomainError, InvalidInput
from wf40.core.duplicates.commands import add_duplicates
from wf40.core.duplicates.scan_commands import add_scan
from wf40.core.imports.commands import add_import
from wf40.core.office.commands import add_office
from wf40.core.search.commands import add_search
from wf40.settings import Settings, SettingsError

P = ParamSpec("P")


def speaking(command: Callable[P, None]) -> Callable[P, None]:
    """Turn refusals into a sentence and exit code 1, without a traceback."""

    @wraps(command)
    def spoken(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except InvalidInput as error:
            details = "".join(f"\n  {name}: {text}" for name, text in error.fields.items() if str(text) != str(error))
            raise click.ClickException(f"{error}{details}") from None
        except (DomainError, SettingsError) as error:
            raise click.ClickException(str(error)) from None
        except (OperationalError, ProgrammingError) as error:
            sentence = f"Die Datenbank ist nicht erreichbar oder nicht eingerichtet ({error.orig}). Prüfen Sie WF40_DATABASE_URL und führen Sie „wf40 db upgrade“ aus."
            raise click.ClickException(sentence) from None

    return spoken


def load() -> Product:
    """Assemble the product from the settings and follow the switches of plugins."""
    return assemble(Settings.load())


def load_ready() -> Product:
    """Assemble the product on a database that is set up."""
    product = load()
    product.gate.follow()
    return product


@click.group()
@click.version_option(__version__, prog_name="wf40")
def main() -> None:
    """wf40: CRM der Wirtschaftsförderung."""


@main.group()
def db() -> None:
    """Datenbank einrichten und prüfen."""


@db.command("upgrade")
@speaking
def db_upgrade() -> None:
    """Bringt die Tabellen des Kerns und aller Erweiterungen auf den neuesten Stand."""
    failed = False
    for condition in load().migrator.upgrade_all():
        click.echo(f"{condition.name}: {condition.error or condition.current or '–'}")
        failed = failed or bool(condition.error)
    if failed:
        sys.exit(1)


@db.command("check")
@speaking
def db_check() -> None:
    """Prüft, ob die Tabellen zu den Modellen passen."""
    migrator = load().migrator
    behind = [c for c in migrator.conditions() if not c.up_to_date]
    differences = [] if behind else migrator.differences()
    for condition in behind:
        click.echo(
            f"{condition.name}: Stand {condition.current or '–'}, neuester Stand {condition.head}. „wf40 db upgrade“ ausführen."
        )
    for sentence in differences:
        click.echo(sentence)
    if behind or differences:
        sys.exit(1)
    click.echo("Die Datenbank ist aktuell.")


@db.command("revise", hidden=True)
@click.argument("message")
@click.option("--plugin")
@speaking
def db_revise(message: str, plugin: str | None) -> None:
    """Write a new migration (for developers)."""
    load().migrator.revise(message, plugin)


@main.group()
def plugins() -> None:
    """Erweiterungen auflisten, ein- und ausschalten."""


@plugins.command("list")
@speaking
def plugins_list() -> None:
    """Listet installierte Erweiterungen."""
    product = load_ready()
    for key, plugin in sorted(product.registry.installed.items()):
        state = "an" if key in product.registry.enabled else "aus"
        click.echo(f"{key:24} {state:4} {plugin.distribution:36} {plugin.error}".rstrip())


@plugins.command("enable")
@click.argument("keys", nargs=-1, required=True)
@speaking
def plugins_enable(keys: tuple[str, ...]) -> None:
    """Schaltet Erweiterungen ein und legt ihre Tabellen an."""
    from wf40.core.admin import service

    product = load_ready()
    for key in keys:
        service.enable_plugin(product.database, product.registry, key, Actor.system("wf40 plugins"))
        click.echo(f"{key}: eingeschaltet")


@plugins.command("disable")
@click.argument("keys", nargs=-1, required=True)
@speaking
def plugins_disable(keys: tuple[str, ...]) -> None:
    """Schaltet Erweiterungen aus; ihre Daten bleiben."""
    from wf40.core.admin import service

    product = load_ready()
    for key in keys:
        with product.database.write(Actor.system("wf40 plugins")) as u:
            service.disable_plugin(u, key)
        click.echo(f"{key}: ausgeschaltet")


@plugins.command("docs")
@click.option("--check", is_flag=True, help="Nur prüfen, ob docs/hooks.md aktuell ist.")
@speaking
def plugins_docs(check: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Schreibt docs/hooks.md aus den Hooks des SDK."""
    from wf40.pluginhost import docs

    if not docs.write(check_only=check):
        raise click.ClickException("docs/hooks.md ist veraltet. Führen Sie „wf40 plugins docs“ aus.")


@main.group()
def user() -> None:
    """Konten anlegen."""


def new_password(*, from_stdin: bool) -> str:
    """Read the password of a new account. No argument carries it: every account of a computer sees those of all processes."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    asked = os.environ.get("WF40_NEW_PASSWORD") or click.prompt("Passwort", hide_input=True, confirmation_prompt=True)
    return str(asked)


@user.command("add")
@click.argument("email")
@click.option("--name", required=True, help="Name der Person.")
@click.option(
    "--role", default="advisor", show_default=True, help="lead, advisor, assistant, reader, privacy oder admin."
)
@click.option("--unit", default="", help="Name der Einheit; ohne Angabe die einzige.")
@click.option(
    "--password-stdin",
    is_flag=True,
    help="Passwort aus der Standardeingabe lesen statt WF40_NEW_PASSWORD oder Nachfrage.",
)
@speaking
def user_add(email: str, name: str, role: str, unit: str, password_stdin: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Legt ein Konto an; das erste legt auch die Einheit an."""
    from wf40.core.accounts import service

    product = load_ready()
    password = new_password(from_stdin=password_stdin)
    with product.database.write(Actor.system("wf40 user")) as u:
        unit_id = service.unit_named(u, unit, otherwise=product.settings.office_name)
        given = service.AccountInput(email, name, role, unit_id, password=password)
        click.echo(f"Konto {service.add_user(u, given)} für {email} angelegt.")


@main.command()
@click.option("--workers", default=2, show_default=True)
@click.option("--threads", default=4, show_default=True)
@click.option("--with-worker", is_flag=True, help="Auch die Hintergrundarbeit starten.")
@speaking
def serve(workers: int, threads: int, with_worker: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Startet den Webserver (gunicorn)."""
    from wf40 import server

    server.serve(Settings.load(), workers, threads, with_worker=with_worker)


@main.command()
@speaking
def worker() -> None:
    """Startet die Hintergrundarbeit; beliebig viele dürfen laufen."""
    from wf40 import server

    server.work(load_ready())


@main.command("run-job", hidden=True)
@click.argument("key")
@speaking
def run_job(key: str) -> None:
    """Run one job in this process (the worker calls this)."""
    from wf40.worker.runner import all_jobs

    product = load_ready()
    job = all_jobs(product.hooks).get(key)
    if job is None:
        raise click.ClickException(f"unknown job {key}")
    job.run(product.database)


@main.command()
@click.argument("file", type=click.Path(dir_okay=False))
@speaking
def backup(file: str) -> None:
    """Schreibt eine vollständige Sicherung der Datenbank in FILE, auch im laufenden Betrieb."""
    from wf40.base.backup import backup_to

    size = backup_to(load().database.engine, file)
    click.echo(f"Gesichert: {file} ({size / 1e6:.1f} MB)")


@main.command()
@click.option("--reset", is_flag=True, help="Von vorn beginnen: löscht die Daten der Vorführung.")
@speaking
def demo(reset: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Startet die Vorführung „Musterhausen“ auf diesem Rechner."""
    from wf40 import server

    server.demo(reset=reset)


add_duplicates(main, speaking)
add_scan(main, load_ready, speaking)
add_import(main, load_ready, speaking)
add_office(main, load_ready, speaking)
add_search(main, load_ready, speaking)

if __name__ == "__main__":
    main()
