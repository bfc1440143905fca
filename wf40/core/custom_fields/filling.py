"""Fills the fields of firms: one firm's form, a file's columns, a change of many; always with the same history."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select, update

from wf40.base.access import requires
from wf40.base.db import insert_for
from wf40.base.errors import Forbidden, InvalidInput, NotFound, StaleVersion
from wf40.base.history import last_changed_by, record_changes
from wf40.base.i18n import _l
from wf40.base.portions import portions
from wf40.base.uow import UnitOfWork
from wf40.core.custom_fields import codes
from wf40.core.custom_fields.models import CustomFieldSheet, CustomFieldValue
from wf40.core.custom_fields.queries import fields, values
from wf40.core.custom_fields.rules import Field, Value, from_json, in_history, name_key
from wf40.sdk.services import Firms

Values = Mapping[int, Value | None]
"""Values of one firm by the number of the field; ``None`` clears."""


@requires(codes.EDIT)
def save_sheet(u: UnitOfWork, firm_id: int, version: int, given: Values) -> list[str]:
    """Save the fields of one firm and return the names of those that changed.

    Raises :class:`NotFound`, :class:`Forbidden`, :class:`InvalidInput` for a field that is no longer there, and
    :class:`StaleVersion`.
    """
    firm = u.service(Firms).get(u, firm_id)
    if not u.actor.may_write_unit(firm.unit_id):
        raise Forbidden(codes.EDIT)
    now = _held(u, [firm_id])[firm_id]
    if now != version:
        raise StaleVersion(now, last_changed_by(u, f"firm:{firm_id}"))
    return put(u, {firm_id: given}).get(firm_id, [])


@requires(codes.EDIT)
def put(u: UnitOfWork, given: Mapping[int, Values], source: str = "") -> dict[int, list[str]]:
    """Set fields of firms of the actor's unit; returns, for each firm that changed, the names of its changed fields.

    Raises :class:`NotFound` or :class:`Forbidden` for a firm that the actor may not read or change, and
    :class:`InvalidInput` for a field that does not belong to it. Some statements for each 500 firms.
    """
    found: dict[int, list[str]] = {}
    known = {field.id: field for field in fields(u)}
    for ids in portions(sorted(given)):
        _demand_own(u, ids, given, known)
        _held(u, ids)
        found |= _put(u, ids, given, known, source)
    if found:
        only = next(iter(found)) if len(found) == 1 else None
        names = sorted({name for changed in found.values() for name in changed})
        detail: dict[str, Any] = {"fields": names, "firms": len(found)}
        u.audit("custom_fields_filled", f"firm:{only}" if only else "", detail)
    return found


@requires(codes.EDIT)
def apply(u: UnitOfWork, given: Mapping[int, Mapping[int, Any]], source: str = "") -> dict[int, list[str]]:
    """Set fields as :func:`put` does, with values as JSON holds them (what the reader of a field made of a cell)."""
    kinds = {field.id: field.kind for field in fields(u)}
    _demand_known(kinds, given)
    return put(u, {f: {k: from_json(kinds[k], v) for k, v in own.items()} for f, own in given.items()}, source)


def _demand_known(known: Collection[int], given: Mapping[int, Mapping[int, Any]]) -> None:
    if any(field_id not in known for own in given.values() for field_id in own):
        raise InvalidInput(_l("Ein Feld gibt es nicht mehr. Bitte laden Sie die Seite neu."))


def _demand_own(u: UnitOfWork, ids: Sequence[int], given: Mapping[int, Values], known: Mapping[int, Field]) -> None:
    _demand_known(known, {firm_id: given[firm_id] for firm_id in ids})
    firms = u.service(Firms).many(u, ids)
    for firm_id in ids:
        if firm_id not in firms:
            raise NotFound
        if not u.actor.may_write_unit(firms[firm_id].unit_id):
            raise Forbidden(codes.EDIT)
        if any(known[field_id].unit_id != firms[firm_id].unit_id for field_id in given[firm_id]):
            raise InvalidInput(_l("Das Feld gehört zu einer anderen Gemeinde als das Unternehmen."))


def _held(u: UnitOfWork, ids: Sequence[int]) -> dict[int, int]:
    """Hold the sheets of firms until the transaction ends, and return their versions."""
    new = insert_for(u.session)(CustomFieldSheet).on_conflict_do_nothing()
    u.session.execute(new, [{"firm_id": firm_id, "version": 0, "updated_at": u.now} for firm_id in ids])
    rows = select(CustomFieldSheet.firm_id, CustomFieldSheet.version).where(CustomFieldSheet.firm_id.in_(ids))
    held = u.session.execute(rows.order_by(CustomFieldSheet.firm_id).with_for_update())
    return {row[0]: row[1] for row in held}


def _put(
    u: UnitOfWork, ids: Sequence[int], given: Mapping[int, Values], known: Mapping[int, Field], source: str
) -> dict[int, list[str]]:
    touched = {field_id for firm_id in ids for field_id in given[firm_id]}
    stored = values(u, ids, [known[field_id] for field_id in touched])
    found: dict[int, list[str]] = {}
    filled: list[dict[str, Any]] = []
    for firm_id in ids:
        now = stored.get(firm_id, {})
        changed = {k: v for k, v in given[firm_id].items() if now.get(k) != _clean(v)}
        if not changed:
            continue
        _note(u, firm_id, now, changed, known, source)
        found[firm_id] = [known[field_id].name for field_id in changed]
        filled += [_row(firm_id, known[k], value) for k, v in changed.items() if (value := _clean(v)) is not None]
        emptied = [k for k, v in changed.items() if _clean(v) is None]
        if emptied:
            of_firm = delete(CustomFieldValue).where(CustomFieldValue.firm_id == firm_id)
            u.session.execute(of_firm.where(CustomFieldValue.field_id.in_(emptied)))
    u.session.flush()
    if filled:
        new = insert_for(u.session)(CustomFieldValue)
        own = {name: new.excluded[name] for name in ("words", "words_key", "number", "day", "option_id")}
        u.session.execute(new.on_conflict_do_update(index_elements=["firm_id", "field_id"], set_=own), filled)
    if found:
        sheets = update(CustomFieldSheet).where(CustomFieldSheet.firm_id.in_(found))
        u.session.execute(sheets.values(version=CustomFieldSheet.version + 1, updated_at=u.now))
    for row in list(u.session.identity_map.values()):
        if isinstance(row, CustomFieldValue | CustomFieldSheet):
            u.session.expire(row)
    return found


def _clean(value: Value | None) -> Value | None:
    return None if value == "" else value


def _note(u: UnitOfWork, firm_id: int, now: Values, changed: Values, known: Mapping[int, Field], source: str) -> None:
    def shown(own: Values) -> dict[str, Any]:
        return {f"custom:{k}": in_history(known[k].kind, _clean(own.get(k)), known[k].option_names()) for k in changed}

    record_changes(u, f"firm:{firm_id}", shown(now), shown(changed), source)


def _row(firm_id: int, field: Field, value: Value) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(("words", "words_key", "number", "day", "option_id"))
    columns = {codes.TEXT: "words", codes.NUMBER: "number", codes.DATE: "day", codes.CHOICE: "option_id"}
    row |= {"firm_id": firm_id, "field_id": field.id, columns[field.kind]: value}
    if field.kind == codes.TEXT:
        row["words_key"] = name_key(str(value))[:600]
    elif field.kind == codes.CHOICE and value not in field.option_names():
        raise InvalidInput(_l("Diese Auswahl gibt es in „%(field)s“ nicht mehr.", field=field.name))
    return row
