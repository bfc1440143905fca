"""Reads an office's fields, how often they are used, and what firms have in them."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from wf40.base.access import Actor, requires
from wf40.base.errors import NotFound
from wf40.base.portions import portions
from wf40.base.uow import UnitOfWork
from wf40.core.accounts.queries import unit_names
from wf40.core.custom_fields import codes
from wf40.core.custom_fields.models import CustomField, CustomFieldOption, CustomFieldSheet, CustomFieldValue
from wf40.core.custom_fields.rules import Field, Value, in_words, ordered
from wf40.core.firms.queries import visible_firms
from wf40.sdk.refs import FirmRef
from wf40.sdk.statements import kept, of_units

_KEPT = "custom_fields"


@dataclass(frozen=True, slots=True)
class Definition:
    """A field as its keepers see it, with how many firms have a value in it."""

    row: CustomField
    options: tuple[tuple[int, str], ...]
    used: int


@dataclass(frozen=True, slots=True)
class Line:
    """A field of a firm and its value in words."""

    label: str
    value: str
    help: str


@requires(codes.READ)
def fields(u: UnitOfWork) -> list[Field]:
    """Return the fields in use in the units that the actor may read, in their order; read once in a unit of work."""
    known: dict[Actor, list[Field]] = u.session.info.setdefault(_KEPT, {})
    if u.actor not in known:  # several actors may read in one transaction
        known[u.actor] = _fields(u)
    return known[u.actor]


def forget_fields(u: UnitOfWork) -> None:
    """Read the fields anew after a change."""
    u.session.info.pop(_KEPT, None)


def _fields(u: UnitOfWork) -> list[Field]:
    found = list(u.session.scalars(_in_use(u)))
    options = _options(u, [row.id for row in found if row.kind == codes.CHOICE])
    names = unit_names(u, {row.unit_id for row in found if row.unit_id != u.actor.unit_id})
    return [
        Field(
            row.id, row.unit_id, row.kind, row.name,
            f"{row.name} ({names[row.unit_id]})" if row.unit_id in names else row.name,
            row.help, row.in_panel, row.in_list, ordered(options[row.id]),
        )
        for row in found
    ]  # fmt: skip


@kept
def _in_use(u: UnitOfWork) -> Select[Any]:
    rows = select(CustomField).where(CustomField.archived_at.is_(None), of_units(u, CustomField.unit_id))
    return rows.order_by(CustomField.unit_id, CustomField.position, CustomField.id)


def _options(u: UnitOfWork, ids: Collection[int]) -> dict[int, list[CustomFieldOption]]:
    found: dict[int, list[CustomFieldOption]] = defaultdict(list)
    if ids:
        for option in u.session.scalars(select(CustomFieldOption).where(CustomFieldOption.field_id.in_(ids))):
            found[option.field_id].append(option)
    return found


@requires(codes.READ)
def own_fields(u: UnitOfWork, unit_id: int) -> list[Field]:
    """Return the fields of the firms of one unit."""
    return [field for field in fields(u) if field.unit_id == unit_id]


@requires(codes.MANAGE)
def definitions(u: UnitOfWork) -> list[Definition]:
    """Return all fields of the actor's unit, archived ones too."""
    rows = list(u.session.scalars(select(CustomField).where(CustomField.unit_id == u.actor.unit_id)))
    used = select(CustomFieldValue.field_id, func.count()).where(CustomFieldValue.field_id.in_([r.id for r in rows]))
    counts = {row[0]: row[1] for row in u.session.execute(used.group_by(CustomFieldValue.field_id))} if rows else {}
    options = _options(u, [row.id for row in rows])
    rows.sort(key=lambda r: (r.position, r.id))
    return [Definition(row, ordered(options[row.id]), counts.get(row.id, 0)) for row in rows]


@requires(codes.MANAGE)
def definition(u: UnitOfWork, field_id: int) -> Definition:
    """Return one field of the actor's unit; raises :class:`NotFound`."""
    row = u.session.get(CustomField, field_id)
    if row is None or row.unit_id != u.actor.unit_id:
        raise NotFound
    used = select(func.count()).select_from(CustomFieldValue).where(CustomFieldValue.field_id == field_id)
    return Definition(row, ordered(_options(u, [field_id])[field_id]), u.session.scalar(used) or 0)


@requires(codes.MANAGE)
def option_use(u: UnitOfWork, field_id: int) -> dict[int, int]:
    """Return how many firms have each choice of a field; raises :class:`NotFound`."""
    definition(u, field_id)
    rows = select(CustomFieldValue.option_id, func.count()).where(
        CustomFieldValue.field_id == field_id, CustomFieldValue.option_id.is_not(None)
    )
    return {row[0] or 0: row[1] for row in u.session.execute(rows.group_by(CustomFieldValue.option_id))}


@requires(codes.READ)
def values(
    u: UnitOfWork, firm_ids: Collection[int], own: Collection[Field] | None = None
) -> dict[int, dict[int, Value]]:
    """Return the values of firms by firm and field, those of firms that the actor may read; archived fields stay out."""
    kinds = {field.id: field.kind for field in (fields(u) if own is None else own)}
    found: dict[int, dict[int, Value]] = defaultdict(dict)
    for part in portions(sorted(firm_ids)) if kinds else ():
        rows = select(CustomFieldValue).where(CustomFieldValue.firm_id.in_(part), CustomFieldValue.field_id.in_(kinds))
        for row in u.session.scalars(rows):
            value = value_of(row, kinds[row.field_id])
            if value is not None:
                found[row.firm_id][row.field_id] = value
    return found


def value_of(row: CustomFieldValue, kind: str) -> Value | None:
    """Return the column that the kind fills."""
    columns: Mapping[str, Value | None] = {
        codes.TEXT: row.words, codes.NUMBER: row.number, codes.DATE: row.day, codes.CHOICE: row.option_id,
    }  # fmt: skip
    return columns[kind]


@requires(codes.READ)
def lines(u: UnitOfWork, firm: FirmRef) -> list[Line]:
    """Return the fields that a firm's page shows, with the firm's values."""
    own = [field for field in own_fields(u, firm.unit_id) if field.in_panel]
    stored = values(u, [firm.id], own).get(firm.id, {}) if own else {}
    return [Line(f.name, in_words(f.kind, stored.get(f.id), f.option_names()), f.help) for f in own]


@requires(codes.READ)
def sheet_version(u: UnitOfWork, firm_id: int) -> int:
    """Return how often the fields of a firm were saved."""
    return u.session.scalar(select(CustomFieldSheet.version).where(CustomFieldSheet.firm_id == firm_id)) or 0


@requires(codes.READ)
def firms_without(u: UnitOfWork, field: Field) -> Select[Any]:
    """Return a select of the firms of the field's unit that have no value in it."""
    firms = visible_firms(u).subquery()
    filled = select(CustomFieldValue.firm_id).where(CustomFieldValue.field_id == field.id)
    return select(firms.c.id).where(firms.c.unit_id == field.unit_id, firms.c.id.not_in(filled))


@requires(codes.READ)
def named(u: UnitOfWork, field_ids: Collection[int]) -> list[CustomField]:
    """Return fields by their numbers, archived ones too, for the words of histories."""
    rows = select(CustomField).where(CustomField.id.in_(field_ids))
    return [row for row in u.session.scalars(rows) if u.actor.may_read_unit(row.unit_id)]
