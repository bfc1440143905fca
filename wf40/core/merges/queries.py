"""Reads merges within the units that the actor may read: lists, one merge, what would go back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, or_, select, true

from wf40.base.access import requires
from wf40.base.errors import Forbidden, NotFound
from wf40.base.stored_texts import as_shown
from wf40.base.uow import UnitOfWork
from wf40.core.merges.kinds import FIRMS, Kind
from wf40.core.merges.models import AnyMerge, FirmMerge
from wf40.sdk.paging import Page, page_of
from wf40.sdk.statements import kept

READ = "merges.read"
PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class Part:
    """What of one kind moved or would move."""

    label: str
    count: int
    note: str


@dataclass(frozen=True, slots=True)
class MergeLine:
    """A merge as lists show it. ``gone_name`` is empty once that entry was removed for good."""

    id: int
    keep_id: int
    keep_name: str
    gone_id: int | None
    gone_name: str
    at: datetime
    by: str
    undone_at: datetime | None
    undone_by: str


@dataclass(frozen=True, slots=True)
class MergeView:
    """One merge: what moved, and what of the record would go back or stay, by the fields' names."""

    line: MergeLine
    parts: list[Part]
    fields_back: list[str]
    fields_stay: list[str]
    refusal: MergeLine | None
    may_undo: bool


@requires(READ)
def merges(u: UnitOfWork, page: int = 1, kind: Kind = FIRMS) -> Page[MergeLine]:
    """Return one page of all merges of a kind, the newest first."""
    rows = select(kind.model).where(_readable(u, kind)).order_by(kind.model.at.desc(), kind.model.id.desc())
    return page_of(u, rows, page, PER_PAGE, lambda found: _lines(u, [row[0] for row in found], kind))


@requires(READ)
def merge(u: UnitOfWork, merge_id: int, kind: Kind = FIRMS) -> MergeView:
    """Return one merge; raises :class:`NotFound` for an unknown or foreign one."""
    row = kind.row(u, merge_id)
    if row is None or not u.actor.may_read_unit(row.unit_id):
        raise NotFound
    blocked = later(u, row, kind)
    told = kind.fusion.kept_fields(u, row.keep_id, row.fields)
    names = [[str(kind.fields.label(name)) for name in some] for some in (told.back, told.stays)]
    may = u.actor.may("merges.edit") and u.actor.may(kind.right) and u.actor.may_write_unit(row.unit_id)
    undoable = may and row.undone_at is None and row.gone_id is not None and blocked is None
    unique = [list(dict.fromkeys(some)) for some in names]
    return MergeView(_lines(u, [row], kind)[0], parts_of(row.moved), unique[0], unique[1], blocked, undoable)


@requires(READ)
def into(u: UnitOfWork, firm_id: int) -> list[MergeLine]:
    """Return what became part of a firm and is not separated again, the newest first."""
    return _lines(u, u.session.scalars(_into(u), {"firm": firm_id}).all(), FIRMS)


@kept
def _into(u: UnitOfWork) -> Select[Any]:
    holding = (FirmMerge.keep_id == bindparam("firm"), FirmMerge.undone_at.is_(None), _readable(u, FIRMS))
    return select(FirmMerge).where(*holding).order_by(FirmMerge.id.desc())


@requires(READ)
def of_gone(u: UnitOfWork, gone_id: int, kind: Kind = FIRMS) -> MergeLine | None:
    """Return the merge by which a record became part of another, ``None`` for one that stands on its own."""
    model: Any = kind.model
    rows = select(model).where(model.gone_id == gone_id, model.undone_at.is_(None), _readable(u, kind))
    row: AnyMerge | None = u.session.scalar(rows.order_by(model.id.desc()).limit(1))
    return _lines(u, [row], kind)[0] if row is not None else None


@requires(READ)
def later(u: UnitOfWork, row: AnyMerge, kind: Kind = FIRMS) -> MergeLine | None:
    """Return a later merge of the same records that has to be taken back first."""
    both = (row.keep_id, row.gone_id)
    model: Any = kind.model
    touching = or_(model.keep_id.in_(both), model.gone_id.in_(both))
    rows = select(model).where(model.id > row.id, model.undone_at.is_(None), touching)
    found: AnyMerge | None = u.session.scalar(rows.order_by(model.id.desc()).limit(1))
    return _lines(u, [found], kind)[0] if found is not None else None


@requires(READ)
def demand_unit(u: UnitOfWork, unit_id: int) -> None:
    """Refuse whoever may not change the records of a unit."""
    if not u.actor.may_write_unit(unit_id):
        raise Forbidden("merges.edit")


def parts_of(moved: Mapping[str, Any]) -> list[Part]:
    """Return what moved, without kinds of which there was nothing; of a kind that was asked twice the sum."""
    found: dict[str, Part] = {}
    for told in moved.values():
        for part in told["parts"]:
            before = found.get(part["label"], Part(as_shown(part["label"]), 0, ""))
            note = before.note or as_shown(part["note"])
            found[part["label"]] = Part(before.label, before.count + part["count"], note)
    return sorted((part for part in found.values() if part.count or part.note), key=lambda part: part.label)


def _lines(u: UnitOfWork, rows: Sequence[AnyMerge], kind: Kind) -> list[MergeLine]:
    names = kind.names(u, {i for row in rows for i in (row.keep_id, row.gone_id) if i is not None})
    return [
        MergeLine(
            row.id, row.keep_id, names.get(row.keep_id, ""), row.gone_id, names.get(row.gone_id or 0, ""), row.at,
            row.by_name, row.undone_at, row.undone_by,
        )
        for row in rows
    ]  # fmt: skip


def _readable(u: UnitOfWork, kind: Kind) -> ColumnElement[bool]:
    return true() if u.actor.units is None else kind.model.unit_id.in_(u.actor.units)
