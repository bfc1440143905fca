"""The fields of an office as columns and filters of the firm list, and as columns of files and changes of many."""

from collections.abc import Collection, Iterable, Mapping
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, false, literal, select

from wf40.base.errors import InvalidInput, Text
from wf40.base.i18n import _, _l
from wf40.base.uow import UnitOfWork
from wf40.core.custom_fields import codes, queries
from wf40.core.custom_fields.filling import apply
from wf40.core.custom_fields.models import CustomFieldOption, CustomFieldValue
from wf40.core.custom_fields.rules import (
    Field,
    from_json,
    in_words,
    name_key,
    read_day,
    read_number,
    reader,
    to_json,
)
from wf40.sdk.checks import whole_number
from wf40.sdk.firm_data import BulkChange, BulkKind, ImportField, ImportOrigin, span
from wf40.sdk.values import FirmColumn, FirmFilter

_CUT = "\x1f"
WITHOUT = "ohne"
ORDER = 300
_COLUMN_KINDS: dict[str, Any] = {codes.TEXT: "text", codes.NUMBER: "number", codes.DATE: "date", codes.CHOICE: "text"}
_BULK_KINDS: dict[str, BulkKind] = {
    codes.TEXT: "text", codes.NUMBER: "number", codes.DATE: "date", codes.CHOICE: "choice",
}  # fmt: skip


def key_of(field: Field) -> str:
    """Return how lists, files and changes name a field."""
    return f"feld-{field.id}"


def columns(own: Iterable[Field]) -> list[FirmColumn]:
    """Return the columns of the firm list; they are shown once somebody chooses them."""
    return [_column(number, field) for number, field in enumerate(own) if field.in_list]


def _column(number: int, field: Field) -> FirmColumn:
    value: Any = CustomFieldValue
    place: Any = CustomFieldOption.position
    rows: dict[str, Select[Any]] = {
        # In the order of the folded words on both databases; what is shown stands behind them.
        codes.TEXT: select(value.firm_id, (value.words_key + literal(_CUT) + value.words).label("value")),
        codes.NUMBER: select(value.firm_id, value.number),
        codes.DATE: select(value.firm_id, value.day),
        codes.CHOICE: select(value.firm_id, place).join(CustomFieldOption, CustomFieldOption.id == value.option_id),
    }
    mine = rows[field.kind].where(value.field_id == field.id)
    names = [name for _id, name in field.options]

    def present(stored: Any) -> Text:
        if field.kind == codes.TEXT:
            return str(stored).partition(_CUT)[2]
        if field.kind == codes.CHOICE:
            return names[stored] if 0 <= stored < len(names) else ""
        return in_words(field.kind, stored)

    shape = _COLUMN_KINDS[field.kind]
    return FirmColumn(
        key_of(field), field.label, lambda _u: mine, kind=shape, present=present, order=ORDER + number, shown=False
    )


def filters(own: Iterable[Field]) -> list[FirmFilter]:
    """Return the filters of the firm list."""
    return [_filter(number, field) for number, field in enumerate(own) if field.in_list]


def _filter(number: int, field: Field) -> FirmFilter:
    def choices(_u: UnitOfWork) -> list[tuple[str, Text]]:
        return [*((str(k), name) for k, name in field.options), (WITHOUT, _("ohne Angabe"))]

    shape: Any = field.kind
    return FirmFilter(
        key_of(field), field.label,
        choices if field.kind == codes.CHOICE else lambda _u: [],
        partial(_kept, field), order=ORDER + number, kind=shape,
    )  # fmt: skip


def _kept(field: Field, u: UnitOfWork, value: str) -> Select[Any]:
    mine = select(CustomFieldValue.firm_id).where(CustomFieldValue.field_id == field.id)
    if field.kind == codes.CHOICE and value == WITHOUT:
        return queries.firms_without(u, field)
    return mine.where(*_conditions(field, value))


def _conditions(field: Field, value: str) -> list[ColumnElement[bool]]:
    if field.kind == codes.CHOICE:
        return [CustomFieldValue.option_id == (whole_number(value) or 0)]
    if field.kind == codes.TEXT:
        words = name_key(value).split()
        found = [CustomFieldValue.words_key.contains(word, autoescape=True) for word in words]
        return [*found] or [false()]
    column: Any = CustomFieldValue.number if field.kind == codes.NUMBER else CustomFieldValue.day
    read: Any = read_number if field.kind == codes.NUMBER else read_day
    low, high = span(value)
    try:
        found = [column >= read(low)] if low else []
        return found + ([column <= read(high)] if high else [])
    except InvalidInput:
        return [false()]  # nothing rather than everything: what was typed is no number or day


def import_columns(u: UnitOfWork) -> list[ImportField]:
    """Return the columns of files that can be taken over into the firms of the actor's unit."""
    own = queries.own_fields(u, u.actor.unit_id or 0)
    return [
        ImportField(
            key_of(field), field.name, partial(_read, reader(field)), partial(_present, field), partial(_take_over, field),
            group=_l("Eigene Felder und Schlagwörter"), in_words=partial(_words_of, field),
            history=partial(_histories, field), tables=("custom_field_value", "custom_field_sheet"),
        )
        for field in own
    ]  # fmt: skip


def _read(read: Any, cell: str) -> Any:
    return to_json(read(cell))


def _present(field: Field, u: UnitOfWork, firm_ids: Collection[int]) -> dict[int, Any]:
    found = queries.values(u, firm_ids, [field])
    return {firm_id: to_json(own[field.id]) for firm_id, own in found.items() if field.id in own}


def _histories(field: Field, _stored: Any) -> Collection[str]:
    return (f"custom:{field.id}",)


def _words_of(field: Field, stored: Any) -> Text:
    return in_words(field.kind, from_json(field.kind, stored), field.option_names())


def _take_over(field: Field, u: UnitOfWork, given: Mapping[int, Any], origin: ImportOrigin) -> Collection[int]:
    return _store(field, u, given, origin.source)


def _store(field: Field, u: UnitOfWork, given: Mapping[int, Any], source: str) -> Collection[int]:
    return list(apply(u, {firm_id: {field.id: value} for firm_id, value in given.items()}, source))


def bulk_changes(u: UnitOfWork) -> list[BulkChange]:
    """Return setting and clearing each field of the actor's unit."""
    return [_bulk(number, field) for number, field in enumerate(queries.own_fields(u, u.actor.unit_id or 0))]


def _bulk(number: int, field: Field) -> BulkChange:
    def target(_u: UnitOfWork, value: str) -> Any:
        if not value:
            return None
        if field.kind == codes.CHOICE:
            if (chosen := whole_number(value)) not in field.option_names():
                raise InvalidInput(_l("Diese Auswahl gibt es in „%(field)s“ nicht mehr.", field=field.name))
            return chosen
        return _read(reader(field), value)

    def words(u: UnitOfWork, value: str) -> Text:
        shown = in_words(field.kind, from_json(field.kind, target(u, value)), field.option_names())
        return shown or _("ohne Angabe")

    def store(u: UnitOfWork, _value: str, states: Mapping[int, Any]) -> Mapping[int, Text]:
        _store(field, u, states, "")
        return {}

    def choices(_u: UnitOfWork) -> list[tuple[str, Text]]:
        return [("", _("ohne Angabe (leeren)")), *((str(k), name) for k, name in field.options)]

    return BulkChange(
        key_of(field), field.name, codes.EDIT, _BULK_KINDS[field.kind], target,
        lambda u, _value, firm_ids: _present(field, u, firm_ids), store,
        choices=choices if field.kind == codes.CHOICE else lambda _u: [], words=words, order=ORDER + number,
    )  # fmt: skip
