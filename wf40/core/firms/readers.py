"""Merging firms lets nobody read more than before: what is confidential keeps the reader that it had at its own firm."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import InstrumentedAttribute

from wf40.base.portions import portions
from wf40.base.uow import UnitOfWork
from wf40.sdk.merging import ids, move_rows, return_rows
from wf40.sdk.services import Firms
from wf40.sdk.work import Moved, PutBack

Column = InstrumentedAttribute[Any]


def move(
    u: UnitOfWork, model: Any, confidential: ColumnElement[bool], named: tuple[str, Any], keep: int, gone: int
) -> Moved:
    """Move the rows of a model with ``firm_id``, ``author_id`` and ``reader_id``; ``named`` is its key and label."""
    keys = move_rows(u, model.firm_id, keep, gone)
    firms = u.service(Firms).many(u, [keep, gone])
    before, after = (firms[i].officer_id if i in firms else None for i in (gone, keep))
    pinned = _pin(u, model, confidential, keys, before) if before != after else []
    return Moved(named[0], named[1], len(keys), {"ids": keys, "pinned": pinned})


def put_back(
    u: UnitOfWork, model: Any, named: tuple[str, Any], keep: int, gone: int, moved: Mapping[str, Any]
) -> PutBack:
    """Put the rows back, and let those that were pinned follow their own firm again."""
    keys = ids(moved, named[0])
    back = return_rows(u, model.firm_id, keep, gone, keys)
    for part in portions(moved.get(named[0], {}).get("pinned", [])):
        u.session.execute(update(model).where(model.id.in_(part), model.firm_id == gone).values(reader_id=None))
    return PutBack(named[0], named[1], back, len(keys) - back)


def _pin(
    u: UnitOfWork, model: Any, confidential: ColumnElement[bool], keys: Collection[int], reader: int | None
) -> list[int]:
    """Say who reads what is confidential: who looked after the firm, or its author alone where nobody did."""
    pinned: list[int] = []
    for part in portions(sorted(keys)):
        own = (model.id.in_(part), model.reader_id.is_(None), confidential)
        found = list(u.session.scalars(select(model.id).where(*own).order_by(model.id)))
        value = model.author_id if reader is None else reader
        u.session.execute(update(model).where(model.id.in_(found)).values(reader_id=value))
        pinned += found
    return pinned
