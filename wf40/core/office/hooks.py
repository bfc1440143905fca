"""What the office's own settings add to the whole."""

from collections.abc import Iterable

from flask import Blueprint

from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.office import queries
from wf40.core.office.models import Department
from wf40.core.office.views import bp
from wf40.sdk import hookimpl, roles
from wf40.sdk.refs import FirmRef
from wf40.sdk.values import NavItem, Permission, PersonalColumn
from wf40.sdk.work import Recipient

FITS_FIRST, OTHERS = 10, 50


@hookimpl
def blueprints() -> Iterable[Blueprint]:
    """Pages of calendar and departments."""
    return [bp]


@hookimpl
def permissions() -> Iterable[Permission]:
    """Rights over calendar and departments. The administration keeps them, too, so it sees them."""
    return [
        Permission("office.read", _l("Kalender und Fachämter ansehen"), roles.READERS | {roles.ADMIN}),
        Permission("office.manage", _l("Kalender und Fachämter pflegen"), frozenset({roles.LEAD, roles.ADMIN})),
    ]


@hookimpl
def navigation(u: UnitOfWork) -> Iterable[NavItem]:
    """For the head; the administration finds it among its own tabs."""
    if u.actor.may("admin.system"):
        return []
    return [
        NavItem(
            "office",
            _l("Amt"),
            "office.index",
            890,
            "office.manage",
            icon="wf-gear",
            covers=("/verwaltung/felder", "/schlagwoerter"),
        )
    ]


@hookimpl
def handover_recipients(u: UnitOfWork, firm: FirmRef, topic: str) -> Iterable[Recipient]:
    """The departments of the firm's unit, those that deal with the topic first."""
    if not u.actor.may("office.read"):
        return []
    rows = (row for row in queries.departments(u, firm.unit_id) if row.archived_at is None)
    return [_recipient(row, topic) for row in rows]


@hookimpl
def personal_data() -> Iterable[PersonalColumn]:
    """Departments name somebody to talk to."""
    kind, purpose = _l("Kontaktpersonen in Fachämtern"), _l("Weitergabe von Anliegen")
    basis = _l("Öffentliche Aufgabe (Art. 6 Abs. 1 Buchst. e DSGVO)")
    erase = _l("Sobald das Fachamt nicht mehr zuständig ist")
    columns = ("email", "phone", "contact_name", "note")
    return [PersonalColumn("office_department", name, kind, purpose, basis, erase) for name in columns]


def _recipient(row: Department, topic: str) -> Recipient:
    fits = bool(topic) and topic in row.topics
    return Recipient(
        f"office-{row.id}",
        row.name,
        _l("Fachämter"),
        row.email,
        note=row.contact_name,
        url=f"/verwaltung/amt#fachamt-{row.id}",
        order=FITS_FIRST if fits else OTHERS,
    )
