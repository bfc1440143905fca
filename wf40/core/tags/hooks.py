"""What tags add to the whole."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from flask import Blueprint

from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.tags import listing, merging, queries
from wf40.core.tags.rules import CREATE, EDIT, MANAGE, READ
from wf40.core.tags.service import FIELD
from wf40.core.tags.views import bp
from wf40.sdk import hookimpl, roles
from wf40.sdk.firm_data import BulkChange, FieldWords, ImportField
from wf40.sdk.refs import FirmRef
from wf40.sdk.values import FirmColumn, FirmFilter, Panel, Permission, PersonalColumn
from wf40.sdk.work import Moved, PutBack


@hookimpl
def blueprints() -> Iterable[Blueprint]:
    """Pages of tags."""
    return [bp]


@hookimpl
def permissions() -> Iterable[Permission]:
    """Rights over tags and over putting them on firms."""
    return [
        Permission(READ, _l("Schlagwörter ansehen"), roles.READERS | {roles.ADMIN}),
        Permission(EDIT, _l("Schlagwörter an Unternehmen setzen"), roles.WRITERS),
        Permission(CREATE, _l("Beim Setzen neue Schlagwörter anlegen"), roles.ADVISORS),
        Permission(
            MANAGE, _l("Schlagwörter umbenennen, zusammenführen, löschen"), frozenset({roles.LEAD, roles.ADMIN})
        ),
    ]


@hookimpl
def firm_panels(u: UnitOfWork, firm: FirmRef) -> Iterable[Panel]:
    """The firm's tags, and a field for more."""
    if not u.actor.may(READ):
        return []
    may_edit = u.actor.may(EDIT) and u.actor.may_write_unit(firm.unit_id) and not firm.archived
    own = queries.of_firm(u, firm.id)
    if not own and not may_edit:
        return []
    values = {"tags": own, "firm_id": firm.id, "may_edit": may_edit, "may_create": u.actor.may(CREATE)}
    values["names"] = queries.names(u, firm.unit_id) if may_edit else []
    return [Panel("tags", _l("Schlagwörter"), "tags/_panel.html", values, order=10)]


@hookimpl
def firm_columns(u: UnitOfWork) -> Iterable[FirmColumn]:
    """The tags of firms."""
    return [listing.column()] if u.actor.may(READ) else []


@hookimpl
def firm_filters(u: UnitOfWork) -> Iterable[FirmFilter]:
    """Firms with any or all of some tags."""
    return [listing.tag_filter()] if u.actor.may(READ) else []


@hookimpl
def import_fields(u: UnitOfWork) -> Iterable[ImportField]:
    """A column with tags."""
    return [listing.import_field()] if u.actor.may(EDIT) else []


@hookimpl
def bulk_changes(u: UnitOfWork) -> Iterable[BulkChange]:
    """Put a tag on many firms, take it off."""
    return listing.bulk_changes() if u.actor.may(EDIT) else []


@hookimpl
def history_words(u: UnitOfWork, fields: Collection[str]) -> Iterable[FieldWords]:  # noqa: ARG001 - the hook's signature
    """The word for tags in a firm's history."""
    return [FieldWords(FIELD, _l("Schlagwörter"))]


@hookimpl
def merge_firms(u: UnitOfWork, keep: int, gone: int) -> Iterable[Moved]:
    """Tags move with their firm."""
    return merging.move(u, keep, gone)


@hookimpl
def unmerge_firms(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[PutBack]:
    """And go back again."""
    return merging.put_back(u, keep, gone, moved)


@hookimpl
def personal_data() -> Iterable[PersonalColumn]:
    """A word on a sole trader says something about a person."""
    kind = _l("Einzelunternehmen, freie Berufe und Gründungen")
    purpose = _l("Beratung und Betreuung des Unternehmens")
    basis = _l("Öffentliche Aufgabe (Art. 6 Abs. 1 Buchst. e DSGVO)")
    return [PersonalColumn("firm_tag", "tag_id", kind, purpose, basis, _l("Mit dem Unternehmen"))]
