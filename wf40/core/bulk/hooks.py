"""What changes of many firms add to the whole."""

from collections.abc import Iterable
from datetime import time

from flask import Blueprint, url_for

from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.bulk import firm_changes, runner, service
from wf40.core.bulk.codes import RUN
from wf40.core.bulk.views import bp
from wf40.sdk import hookimpl, roles
from wf40.sdk.firm_data import BulkChange
from wf40.sdk.values import Action, Continuous, Daily, Job, Listed, Permission, PersonalColumn


@hookimpl
def blueprints() -> Iterable[Blueprint]:
    """Pages of changes of many firms."""
    return [bp]


@hookimpl
def permissions() -> Iterable[Permission]:
    """The right to change many firms at once; each change asks for its own besides."""
    return [Permission(RUN, _l("Viele Unternehmen auf einmal ändern"), roles.ADVISORS)]


@hookimpl
def list_actions(u: UnitOfWork, listed: Listed, query: str) -> Iterable[Action]:
    """Change the firms that the list shows."""
    if listed != "firms" or u.actor.unit_id is None or not u.actor.may(RUN):
        return []
    filters = service.filters_of(query)
    url = url_for("bulk.new") + (f"?{filters}" if filters else "")
    return [Action("bulk", _l("Ändern …"), url, RUN, icon="edit", order=10)]


@hookimpl
def bulk_changes(u: UnitOfWork) -> Iterable[BulkChange]:
    """Fields of a firm's own record, and the archive."""
    return firm_changes.changes() if u.actor.may("firms.edit") else []


@hookimpl
def jobs() -> Iterable[Job]:
    """Works changes off, and forgets old ones."""
    return [
        Job("work", _l("Viele Unternehmen ändern"), Continuous(), runner.work),
        Job("forget", _l("Alte Sammeländerungen vergessen"), Daily(time(3, 40)), runner.forget),
    ]


@hookimpl
def personal_data() -> Iterable[PersonalColumn]:
    """Who changed what, and what stood there before."""
    purpose = _l("Änderungen an vielen Unternehmen nachvollziehen und zurücknehmen")
    basis = _l("Öffentliche Aufgabe (Art. 6 Abs. 1 Buchst. e DSGVO)")
    erase, officer = _l("Nach 180 Tagen"), _l("Beschäftigte der Wirtschaftsförderung")
    kind = _l("Einzelunternehmen, freie Berufe und Gründungen")
    columns = {
        ("bulk_run", "author_id"): officer, ("bulk_run", "worker_id"): officer, ("bulk_run", "value"): kind,
        ("bulk_run", "words"): kind, ("bulk_run", "filters"): kind, ("bulk_item", "before"): kind,
        ("bulk_item", "why"): kind,
    }  # fmt: skip
    return [PersonalColumn(table, column, who, purpose, basis, erase) for (table, column), who in columns.items()]
