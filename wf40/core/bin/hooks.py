"""What the bin adds to the whole."""

from collections.abc import Iterable
from datetime import time

from flask import Blueprint, url_for

from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.bin import queries, service
from wf40.core.bin.holdings import USE
from wf40.core.bin.views import bp
from wf40.sdk import hookimpl, roles
from wf40.sdk.refs import FirmRef
from wf40.sdk.values import Action, Badge, Daily, Job, NavItem, Permission, PersonalColumn


@hookimpl
def blueprints() -> Iterable[Blueprint]:
    """Pages of the bin."""
    return [bp]


@hookimpl
def permissions() -> Iterable[Permission]:
    """Rights over the bin."""
    return [
        Permission(USE, _l("Einträge in den Papierkorb legen und zurückholen"), roles.WRITERS),
        Permission(queries.EMPTY, _l("Papierkorb leeren"), frozenset({roles.LEAD})),
    ]


@hookimpl
def navigation(u: UnitOfWork) -> Iterable[NavItem]:  # noqa: ARG001 - the hook's signature
    """Near the end."""
    return [NavItem("bin", _l("Papierkorb"), "bin.index", 880, USE, icon="delete")]


@hookimpl
def firm_actions(u: UnitOfWork, firm: FirmRef) -> Iterable[Action]:
    """Put a firm into the bin that was entered by mistake."""
    if not u.actor.may_write_unit(firm.unit_id) or (firm.archived and queries.lies_in_bin(u, firm.id)):
        return []
    url = url_for("bin.put_firm", firm_id=firm.id)
    return [Action("bin", _l("In den Papierkorb"), url, USE, icon="delete", order=900, post=True)]


@hookimpl
def firm_badges(u: UnitOfWork, firm: FirmRef) -> Iterable[Badge]:
    """Say on a firm's page that it lies in the bin."""
    binned = firm.archived and queries.lies_in_bin(u, firm.id)
    return [Badge("bin", _l("Papierkorb"), "warning")] if binned else []


@hookimpl
def jobs() -> Iterable[Job]:
    """Empties the bin of what has lain there long enough."""
    return [Job("sweep", _l("Papierkorb leeren"), Daily(time(3, 20)), service.sweep)]


@hookimpl
def personal_data() -> Iterable[PersonalColumn]:
    """Who put something into the bin."""
    kind = _l("Beschäftigte der Wirtschaftsförderung")
    purpose = _l("Gelöschte Einträge zurückholen")
    basis = _l("Öffentliche Aufgabe (Art. 6 Abs. 1 Buchst. e DSGVO)")
    return [PersonalColumn("bin_entry", "author_id", kind, purpose, basis, _l("Mit dem Eintrag"))]
