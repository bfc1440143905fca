"""What views need: units of work of the request, blueprints that stay in their place, and small answers."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn
from urllib.parse import urlsplit

from flask import Blueprint, current_app, flash, g, redirect, request
from flask.typing import ResponseReturnValue

from wf40.base.access import Actor
from wf40.base.errors import Text
from wf40.base.uow import Database, UnitOfWork

__all__ = ["PluginBlueprint", "actor", "database", "done", "local_target", "reading", "wants_fragment", "writing"]

# Browsers read a backslash as a slash and leave out control characters: both could lead to another host.
_ELSEWHERE = re.compile(r"[\\\x00-\x20\x7f]")
_APP_WIDE = (
    "app_context_processor", "app_errorhandler", "app_template_filter", "app_template_global", "app_template_test",
    "app_url_defaults", "app_url_value_preprocessor", "after_app_request", "before_app_request", "teardown_app_request",
    "add_app_template_filter", "add_app_template_global", "add_app_template_test", "register_blueprint",
)  # fmt: skip


class PluginBlueprint(Blueprint):
    """A blueprint that cannot reach beyond its own addresses: handlers for the whole application are refused."""

    def __init__(self, key: str, import_name: str, *, public: bool = False) -> None:
        """Name the blueprint after the plugin's key, as the host expects it."""
        super().__init__(f"{key}_public" if public else key, import_name, template_folder="templates")


def _refuse(name: str) -> Callable[..., NoReturn]:
    def refuse(self: PluginBlueprint, *_args: object, **_kwargs: object) -> NoReturn:
        message = f"blueprint {self.name}: {name} would act on the whole application and is refused"
        raise TypeError(message)

    return refuse


for _name in _APP_WIDE:
    setattr(PluginBlueprint, _name, _refuse(_name))


def database() -> Database:
    """Return the application's database."""
    found: Database = current_app.extensions["wf40.database"]
    return found


def actor() -> Actor:
    """Return who makes this request."""
    found: Actor = g.actor
    return found


@contextmanager
def reading() -> Iterator[UnitOfWork]:
    """Return the request's reading unit: one snapshot for the page and everything that hooks add to it.

    It stays open until the answer is rendered and is closed by the application.
    """
    if "reading_unit" not in g:
        with arriving() as u:
            g.reading_unit = u.seen_by(actor())
    yield g.reading_unit


@contextmanager
def arriving() -> Iterator[UnitOfWork]:
    """Return the unit in which a request finds out who makes it; the page is read in the same transaction.

    It acts for the product itself, so it is never handed on: pages take :func:`reading`.
    """
    if "arriving_unit" not in g:
        g.reading_context = current_app.extensions["wf40.database"].read(Actor.system("arrival"))
        g.arriving_unit = g.reading_context.__enter__()
    yield g.arriving_unit


def close_reading(error: BaseException | None = None) -> None:
    """Close the request's reading unit, if there is one."""
    g.pop("reading_unit", None)
    g.pop("arriving_unit", None)
    context: Any = g.pop("reading_context", None)
    if context is not None:
        context.__exit__(type(error) if error else None, error, error.__traceback__ if error else None)


@contextmanager
def writing() -> Iterator[UnitOfWork]:
    """Open a unit that commits at its end. What was read before it is read anew afterwards."""
    close_reading()
    with database().write(actor()) as u:
        yield u


def local_target(target: str | None, otherwise: str) -> str:
    """Return ``target`` when it is an address of this application, else ``otherwise`` (no open redirects)."""
    if not target or not target.startswith("/") or target.startswith("//") or _ELSEWHERE.search(target):
        return otherwise
    parts = urlsplit(target)
    return otherwise if parts.scheme or parts.netloc else target


def done(message: Text, target: str) -> ResponseReturnValue:
    """Answer a successful change: a short message and the way to where its result stands."""
    flash(str(message), "success")
    return redirect(target, 303)


def wants_fragment() -> bool:
    """Tell whether htmx asks for a part of the page instead of the whole."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"
