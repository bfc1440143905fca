"""Adds, changes and ends relations between partners and firms. Nothing is deleted: a relation has an end."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError

from wf40.sdk import checks
from wf40.sdk.errors import Forbidden, InvalidInput, NotFound, StaleVersion
from wf40.sdk.history import last_changed_by, record_changes
from wf40.sdk.i18n import Text
from wf40.sdk.uow import UnitOfWork, requires
from wf40_partner_network.clock import today
from wf40_partner_network.models import Partner, Relation
from wf40_partner_network.network import relation, relation_subject
from wf40_partner_network.nodes import Node, many, typed_node
from wf40_partner_network.terms import RELATION_LABELS, RELATIONS
from wf40_partner_network.texts import _l

EDIT = "partner_network.edit"
NOTE, SOURCE = 20_000, 300
_EARLIEST = date(1200, 1, 1)
_DUPLICATE = _l("Diese Beziehung ist bereits eingetragen und noch nicht beendet.")


@dataclass(frozen=True, slots=True)
class RelationInput:
    """A relation as somebody enters it: ``kind`` read from ``one`` to ``other``, each a key or what was typed."""

    one: str
    kind: str
    other: str
    since: date | None = None
    until: date | None = None
    note: str = ""
    source: str = ""


@requires(EDIT)
def add_relation(u: UnitOfWork, given: RelationInput, unit_id: int | None = None) -> int:
    """Add a relation to the actor's unit (or, for the product itself, to ``unit_id``); raises :class:`InvalidInput`."""
    unit_id = u.actor.unit_id if unit_id is None else unit_id
    if unit_id is None or not u.actor.may_write_unit(unit_id):
        raise Forbidden(EDIT)
    row = Relation(unit_id=unit_id, created_at=u.now, version=0)
    values = checked(u, given, row)
    u.session.add(row)
    _fill(u, row, values)
    record_changes(u, relation_subject(row.id), {}, in_history(values))
    u.audit("partner_network_relation_added", relation_subject(row.id))
    return row.id


@requires(EDIT)
def change_relation(u: UnitOfWork, relation_id: int, version: int, given: RelationInput) -> None:
    """Save a relation; raises :class:`InvalidInput`, or :class:`StaleVersion` when somebody else saved meanwhile."""
    row = _locked(u, relation_id)
    before, values = stored(u, row), checked(u, given, row)
    if row.version != version:
        raise StaleVersion(row.version, last_changed_by(u, relation_subject(row.id)))
    if changed := record_changes(u, relation_subject(row.id), in_history(before), in_history(values)):
        _fill(u, row, values)
        u.audit("partner_network_relation_changed", relation_subject(row.id), {"fields": changed})


@requires(EDIT)
def end_relation(u: UnitOfWork, relation_id: int) -> None:
    """Say that a relation ends today; one that ended before stays as it is."""
    row = _locked(u, relation_id)
    day = today(u)
    if row.until is not None and row.until <= day:
        return
    if row.since is not None and row.since > day:
        raise InvalidInput(_l("Diese Beziehung beginnt erst noch. Bitte ändern Sie den Beginn oder das Ende."))
    record_changes(u, relation_subject(row.id), {"until": row.until}, {"until": day})
    row.until, row.open_key, row.updated_at = day, None, u.now
    row.version += 1
    u.audit("partner_network_relation_changed", relation_subject(row.id), {"fields": ["until"]})


@requires(EDIT)
def demand_to_add(u: UnitOfWork) -> None:
    """Refuse whoever may not add a relation, before an empty form is shown."""


@requires(EDIT)
def relation_to_edit(u: UnitOfWork, relation_id: int) -> Relation:
    """Return a relation for its form; raises :class:`NotFound`, or :class:`Forbidden` for another unit's."""
    row = relation(u, relation_id)
    if not u.actor.may_write_unit(row.unit_id):
        raise Forbidden(EDIT)
    return row


def _locked(u: UnitOfWork, relation_id: int) -> Relation:
    """Return a relation for changing, as it is now; nobody else changes it until the transaction ends."""
    row = u.session.get(Relation, relation_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    return relation_to_edit(u, row.id)


def stored(u: UnitOfWork, row: Relation) -> dict[str, Any]:
    """Return what a form can change, as it is stored; ``from`` and ``to`` are the sides themselves."""
    sides = many(u, [row.from_key, row.to_key])
    return {
        "from": sides[row.from_key], "kind": row.kind, "to": sides[row.to_key], "since": row.since, "until": row.until,
        "source": row.source, "note": row.note,
    }  # fmt: skip


def checked(u: UnitOfWork, given: RelationInput, row: Relation) -> dict[str, Any]:
    """Return the values to store, as :func:`stored` gives them; raises :class:`InvalidInput` with all faults at once."""
    found = checks.Findings()
    kind, backwards = given.kind.removesuffix("<"), given.kind.endswith("<")
    one = typed_node(u, given.one, "one")
    other = found.check("other", lambda: typed_node(u, given.other, "other"))
    values: dict[str, Any] = {
        "from": other if backwards else one,
        "kind": found.check("kind", lambda: checks.one_of(kind, RELATION_LABELS)),
        "to": one if backwards else other,
        "since": found.check("since", lambda: _day(given.since)),
        "until": found.check("until", lambda: _day(given.until)),
        "source": found.check("source", lambda: checks.line(given.source, SOURCE)),
        "note": found.check("note", lambda: checks.lines(given.note, NOTE)),
    }
    if values["since"] and values["until"] and values["until"] < values["since"]:
        found.fields["until"] = _l("Das Ende liegt vor dem Beginn. Bitte prüfen Sie beide Tage.")
    found.close()
    if fault := _fault(u, one, other, row) or _duplicate(u, values, row):
        raise InvalidInput(fault, {"other": fault})
    return values


def _day(day: date | None) -> date | None:
    if day is not None and day < _EARLIEST:
        raise InvalidInput(_l("Dieses Jahr kann nicht stimmen. Bitte geben Sie Tag, Monat und Jahr an."))
    return day


def _fault(u: UnitOfWork, one: Node, other: Node, row: Relation) -> Text | None:
    """Say why two sides cannot be related."""
    if one.key == other.key:
        return _l("Eine Beziehung braucht zwei Seiten. Bitte wählen Sie einen anderen Eintrag.")
    for side, against in ((one, other), (other, one)):
        if against.is_firm and not side.is_firm and u.session.get_one(Partner, side.id).firm_id == against.id:
            return _l("Der Partner und das Unternehmen sind derselbe Betrieb. Bitte wählen Sie einen anderen Eintrag.")
        if side.archived and side.key not in {row.from_key, row.to_key}:
            return _l("„%(name)s“ ist archiviert. Stellen Sie den Eintrag zuerst wieder her.", name=side.name)
    return None


def _duplicate(u: UnitOfWork, values: Mapping[str, Any], row: Relation) -> Text | None:
    """Say that the same relation is open already."""
    if values["until"] is not None and values["until"] <= today(u):
        return None
    rows = select(Relation).where(Relation.unit_id == row.unit_id, Relation.kind == values["kind"])
    rows = rows.where(or_(Relation.until.is_(None), Relation.until > today(u)))
    pairs = [(values["from"].key, values["to"].key)]
    if RELATIONS[values["kind"]].mutual:
        pairs.append((pairs[0][1], pairs[0][0]))
    with u.session.no_autoflush:
        rows = rows.where(or_(*(_between(*pair) for pair in pairs)))
        return _DUPLICATE if any(found.id != row.id for found in u.session.scalars(rows)) else None


def _between(one: str, other: str) -> Any:
    start, end = columns("from", one), columns("to", other)
    return Relation.from_partner_id.is_not_distinct_from(start["from_partner_id"]) & (
        Relation.from_firm_id.is_not_distinct_from(start["from_firm_id"])
        & Relation.to_partner_id.is_not_distinct_from(end["to_partner_id"])
        & Relation.to_firm_id.is_not_distinct_from(end["to_firm_id"])
    )


def columns(side: str, key: str) -> dict[str, int | None]:
    """Return what a side (``from`` or ``to``) stores for a key."""
    number, firm = int(key[2:]), key.startswith("f")
    return {f"{side}_partner_id": None if firm else number, f"{side}_firm_id": number if firm else None}


def open_key(row: Relation) -> str | None:
    """Return what no second open relation may carry, ``None`` for one whose end is known."""
    if row.until is not None:
        return None
    pair = (row.from_key, row.to_key)
    return " ".join((row.kind, *(sorted(pair) if RELATIONS[row.kind].mutual else pair)))


def _fill(u: UnitOfWork, row: Relation, values: Mapping[str, Any]) -> None:
    for side in ("from", "to"):
        for name, value in columns(side, values[side].key).items():
            setattr(row, name, value)
    for name in ("kind", "since", "until", "source", "note"):
        setattr(row, name, values[name])
    row.open_key = open_key(row)
    row.version += 1
    row.updated_at = u.now
    try:
        u.session.flush()
    except IntegrityError:  # somebody entered the same at the same moment
        raise InvalidInput(_DUPLICATE, {"other": _DUPLICATE}) from None


def in_history(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as the history holds them: the sides by their names."""
    return {name: value.typed if isinstance(value, Node) else value for name, value in values.items()}
