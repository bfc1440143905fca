"""What merging adds to the whole."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, url_for

from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.merges import catching_up, queries
from wf40.core.merges.person_views import bp
from wf40.sdk import hookimpl, roles
from wf40.sdk.refs import FirmRef
from wf40.sdk.values import Action, Every, Job, Panel, Permission, PersonalColumn


@hookimpl
def blueprints() -> Iterable[Blueprint]:
    """Pages of merges."""
    return [bp]


@hookimpl
def permissions() -> Iterable[Permission]:
    """Rights over merges."""
    return [
        Permission("merges.read", _l("Zusammenführungen ansehen"), roles.READERS),
        Permission("merges.edit", _l("Unternehmen und Personen zusammenführen und wieder trennen"), roles.ADVISORS),
    ]


@hookimpl
def firm_actions(u: UnitOfWork, firm: FirmRef) -> Iterable[Action]:
    """Choose the other entry of the same firm."""
    if firm.archived or not u.actor.may_write_unit(firm.unit_id):
        return []
    url = url_for("merges.choose", firm_id=firm.id)
    return [
        Action(
            "merge", _l("Mit anderem Unternehmen zusammenführen …"), url, "merges.edit", icon="content-copy", order=900
        )
    ]


@hookimpl
def firm_panels(u: UnitOfWork, firm: FirmRef) -> Iterable[Panel]:
    """What became part of this firm; nothing for most."""
    if not u.actor.may(queries.READ):
        return []
    values: dict[str, Any] = {"lines": queries.into(u, firm.id)}
    return [Panel("merges", _l("Zusammengeführt"), "merges/_panel.html", values, 950)] if values["lines"] else []


@hookimpl
def jobs() -> Iterable[Job]:
    """What could not move at once moves as soon as it can."""
    return [Job("merges.catch_up", _l("Zusammenführungen vervollständigen"), Every(5), catching_up.catch_up)]


@hookimpl
def personal_data() -> Iterable[PersonalColumn]:
    """The former values of sole traders and persons, and who merged."""
    purpose = _l("Zusammengeführte Einträge wieder trennen können")
    basis = _l("Öffentliche Aufgabe (Art. 6 Abs. 1 Buchst. e DSGVO)")
    kinds = (
        (
            "firm_merge",
            _l("Einzelunternehmen, freie Berufe und Gründungen"),
            _l("Mit dem Unternehmen, das geblieben ist"),
        ),
        ("contact_merge", _l("Ansprechpersonen in Unternehmen"), _l("Mit der Person, die geblieben ist")),
    )
    columns = ("fields", "moved", "by_name", "undone_by")
    return [
        PersonalColumn(table, column, kind, purpose, basis, erase) for table, kind, erase in kinds for column in columns
    ]
