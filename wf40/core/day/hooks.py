"""Mein Tag stands first in the navigation."""

from collections.abc import Iterable

from flask import Blueprint

from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.day.views import bp
from wf40.sdk import hookimpl
from wf40.sdk.values import NavItem


@hookimpl
def blueprints() -> Iterable[Blueprint]:
    """The first page."""
    return [bp]


@hookimpl
def navigation(u: UnitOfWork) -> Iterable[NavItem]:  # noqa: ARG001 - the hook's signature
    """First entry, for those who take part in the daily work; the others start at their own first entry."""
    return [NavItem("day", _l("Mein Tag"), "day.index", 10, "firms.read", icon="home")]
