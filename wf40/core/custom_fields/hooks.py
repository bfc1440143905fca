"""What an office's own fields add to the whole."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from flask import Blueprint, url_for

from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.custom_fields import codes, listing, merging, queries
from wf40.core.custom_fields.rules import from_history
from wf40.core.custom_fields.views import bp
from wf40.sdk import hookimpl, roles
from wf40.sdk.checks import whole_number
from wf40.sdk.firm_data import BulkChange, FieldWords, ImportField
from wf40.sdk.refs import FirmRef
from wf40.sdk.values import FirmColumn, FirmFilter, Panel, Permission, PersonalColumn
from wf40.sdk.work import Moved, PutBack

PREFIX = "custom:"


@hookimpl
def blueprints() -> Iterable[Blueprint]:
    """Pages of the fields."""
    return [bp]


@hookimpl
def permissions() -> Iterable[Permission]:
    """Rights over fields and over what stands in them."""
    return [
        Permission(codes.READ, _l("Eigene Felder ansehen"), roles.READERS | {roles.ADMIN}),
        Permission(codes.EDIT, _l("Eigene Felder ausfüllen"), roles.WRITERS),
        Permission(codes.MANAGE, _l("Eigene Felder anlegen und ändern"), frozenset({roles.LEAD, roles.ADMIN})),
    ]


@hookimpl
def firm_panels(u: UnitOfWork, firm: FirmRef) -> Iterable[Panel]:
    """The firm's fields, where its unit has any."""
    if not u.actor.may(codes.READ) or not (lines := queries.lines(u, firm)):
        return []
    may_edit = u.actor.may(codes.EDIT) and u.actor.may_write_unit(firm.unit_id) and not firm.archived
    url = url_for("custom_fields.sheet", firm_id=firm.id) if may_edit else ""
    values = {"lines": lines, "edit_url": url}
    return [Panel("custom_fields", _l("Weitere Angaben"), "custom_fields/_panel.html", values, order=20, place="main")]


@hookimpl
def firm_columns(u: UnitOfWork) -> Iterable[FirmColumn]:
    """A column for each field that the list offers."""
    return listing.columns(queries.fields(u)) if u.actor.may(codes.READ) else []


@hookimpl
def firm_filters(u: UnitOfWork) -> Iterable[FirmFilter]:
    """A filter for each of them."""
    return listing.filters(queries.fields(u)) if u.actor.may(codes.READ) else []


@hookimpl
def import_fields(u: UnitOfWork) -> Iterable[ImportField]:
    """The fields of the unit as columns of files."""
    return listing.import_columns(u) if u.actor.may(codes.EDIT) else []


@hookimpl
def bulk_changes(u: UnitOfWork) -> Iterable[BulkChange]:
    """Set and clear a field of many firms."""
    return listing.bulk_changes(u) if u.actor.may(codes.EDIT) else []


@hookimpl
def history_words(u: UnitOfWork, fields: Collection[str]) -> Iterable[FieldWords]:
    """The names of fields that stand in a firm's history, archived ones too."""
    numbers = {whole_number(name.removeprefix(PREFIX)) for name in fields if name.startswith(PREFIX)} - {None}
    if not numbers or not u.actor.may(codes.READ):
        return []
    rows = queries.named(u, [n for n in numbers if n is not None])
    return [FieldWords(f"{PREFIX}{row.id}", row.name, from_history(row.kind)) for row in rows]


@hookimpl
def merge_firms(u: UnitOfWork, keep: int, gone: int) -> Iterable[Moved]:
    """Values move to where there is none yet."""
    return merging.move(u, keep, gone)


@hookimpl
def unmerge_firms(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[PutBack]:
    """And go back again."""
    return merging.put_back(u, keep, gone, moved)


@hookimpl
def personal_data() -> Iterable[PersonalColumn]:
    """What people write into fields of their own may speak about people."""
    kind = _l("Einzelunternehmen, freie Berufe und Gründungen")
    purpose = _l("Beratung und Betreuung des Unternehmens")
    basis = _l("Öffentliche Aufgabe (Art. 6 Abs. 1 Buchst. e DSGVO)")
    erase = _l("Mit dem Unternehmen")
    columns = ("words", "words_key", "number", "day", "option_id")
    return [PersonalColumn("custom_field_value", name, kind, purpose, basis, erase) for name in columns]
