"""What exports add to the whole."""

from collections.abc import Iterable

from flask import Blueprint, url_for

from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.exports.service import FIRMS, PEOPLE
from wf40.core.exports.views import bp
from wf40.sdk import hookimpl, roles
from wf40.sdk.values import Action, Listed, Permission

_PAGES = {"firms": ("exports.firms", FIRMS), "contacts": ("exports.people", PEOPLE)}


@hookimpl
def blueprints() -> Iterable[Blueprint]:
    """Pages for taking lists out."""
    return [bp]


@hookimpl
def permissions() -> Iterable[Permission]:
    """Who only reads looks at the screen; persons leave the office by the hands of those who advise them."""
    return [
        Permission(FIRMS, _l("Unternehmen als Tabelle ausgeben"), roles.WRITERS),
        Permission(PEOPLE, _l("Ansprechpersonen als Tabelle ausgeben"), roles.ADVISORS),
    ]


@hookimpl
def list_actions(u: UnitOfWork, listed: Listed, query: str) -> Iterable[Action]:  # noqa: ARG001 - the hook's signature
    """Take out all that is shown."""
    endpoint, right = _PAGES[listed]
    url = url_for(endpoint) + (f"?{query}" if query else "")
    return [Action("export", _l("Exportieren"), url, right, icon="download", order=90)]
