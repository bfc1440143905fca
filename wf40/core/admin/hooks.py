"""What the administration adds: rights, navigation, pages."""

from collections.abc import Iterable

from flask import Blueprint

from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.admin.views import bp
from wf40.sdk import hookimpl, roles
from wf40.sdk.values import NavItem, Permission


@hookimpl
def blueprints() -> Iterable[Blueprint]:
    """Pages of the administration."""
    return [bp]


@hookimpl
def permissions() -> Iterable[Permission]:
    """Rights over the system."""
    return [
        Permission("admin.system", _l("System und Erweiterungen verwalten"), frozenset({roles.ADMIN})),
        Permission("admin.audit", _l("Protokoll einsehen"), frozenset({roles.ADMIN, roles.PRIVACY})),
    ]


@hookimpl
def navigation(u: UnitOfWork) -> Iterable[NavItem]:
    """Last entry."""
    endpoint, right = ("admin.index", "admin.system") if u.actor.may("admin.system") else ("admin.audit", "admin.audit")
    return [
        NavItem(
            "admin", _l("Verwaltung"), endpoint, 900, right, icon="wf-gear", covers=("/verwaltung", "/schlagwoerter")
        )
    ]
