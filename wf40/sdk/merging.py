"""Helps to move rows from one firm or person to another and back again, for the hooks of merging.

The simple case is a table whose rows may stand at any firm; with ``merge_contacts``, at any person::

    @hookimpl
    def merge_firms(u, keep, gone):
        return [merging.move(u, Visit.firm_id, "visits", _l("Besuche"), keep, gone)]

    @hookimpl
    def unmerge_firms(u, keep, gone, moved):
        return [merging.put_back(u, Visit.firm_id, "visits", _l("Besuche"), keep, gone, moved)]
"""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, Date, DateTime, Numeric, Table, Time, TypeDecorator, select, tuple_, update
from sqlalchemy.orm import InstrumentedAttribute

from wf40.base.db import Base
from wf40.base.errors import Text
from wf40.base.uow import UnitOfWork
from wf40.sdk.work import Moved, PutBack

__all__ = ["ids", "move", "move_rows", "put_back", "restore", "return_rows", "take_out"]

_AT_ONCE = 400
_READ: dict[type[Any], Callable[[str], Any]] = {
    DateTime: datetime.fromisoformat, Date: date.fromisoformat, Time: time.fromisoformat, Numeric: Decimal,
}  # fmt: skip
Owner = InstrumentedAttribute[Any]
"""The column of a model that names the firm, or the person."""


def move(u: UnitOfWork, column: Owner, key: str, label: Text, keep: int, gone: int) -> Moved:
    """Move all rows of a table and say so."""
    keys = move_rows(u, column, keep, gone)
    return Moved(key, label, len(keys), {"ids": keys})


def put_back(
    u: UnitOfWork, column: Owner, key: str, label: Text, keep: int, gone: int, moved: Mapping[str, Any]
) -> PutBack:
    """Put back the rows that :func:`move` moved and say so."""
    keys = ids(moved, key)
    back = return_rows(u, column, keep, gone, keys)
    return PutBack(key, label, back, len(keys) - back)


def ids(moved: Mapping[str, Any], key: str) -> list[Any]:
    """Return the rows that :func:`move` moved under a key."""
    return list(moved.get(key, {}).get("ids", ()))


def move_rows(u: UnitOfWork, column: Owner, keep: int, gone: int, *, but: Collection[Any] = ()) -> list[Any]:
    """Let the rows that name ``gone`` name ``keep`` and return their primary keys; ``but`` are those that stay.

    Where the firm or person is a part of the primary key, the keys are the rest of it, and what ``keep`` has already stays.
    """
    u.session.flush()
    left = {_plain(key) for key in but}
    if _table(column).c[column.key].primary_key:
        left |= {_plain(key) for key in _keys_at(u, column, keep)}
    keys = [key for key in _keys_at(u, column, gone) if _plain(key) not in left]
    _set(u, column, keys, gone, keep)
    return keys


def return_rows(u: UnitOfWork, column: Owner, keep: int, gone: int, keys: Collection[Any]) -> int:
    """Let those of the rows that still name ``keep`` name ``gone`` again; returns how many."""
    u.session.flush()
    return _set(u, column, keys, keep, gone)


def take_out(u: UnitOfWork, row: Base) -> dict[str, Any]:
    """Remove a row that has no place at the other firm or person, and return it as JSON for :func:`restore`."""
    values = {column.key: _json(getattr(row, column.key)) for column in _columns(type(row))}
    u.session.delete(row)
    u.session.flush()
    return values


def restore(u: UnitOfWork, model: type[Base], values: Mapping[str, Any]) -> bool:
    """Put a row that was taken out back as it was; ``False`` where what it belonged to is gone."""
    columns = {column.key: column for column in _columns(model)}
    typed = {name: _typed(columns[name], value) for name, value in values.items() if name in columns}
    for name, value in typed.items():
        for foreign in columns[name].foreign_keys:
            known = select(foreign.column).where(foreign.column == value)
            if value is not None and u.session.scalar(known) is None:
                if not columns[name].nullable:
                    return False
                typed[name] = None
    if u.session.get(model, tuple(typed[column.key] for column in columns.values() if column.primary_key)) is not None:
        return False
    u.session.add(model(**typed))
    u.session.flush()
    return True


def _keys_at(u: UnitOfWork, column: Owner, owner_id: int) -> list[Any]:
    found = u.session.execute(select(*_key(column)).where(column == owner_id).order_by(*_key(column)))
    return [_single(list(row)) for row in found]


def _set(u: UnitOfWork, column: Owner, keys: Collection[Any], before: int, after: int) -> int:
    ordered, columns, changed = list(keys), _key(column), 0
    for start in range(0, len(ordered), _AT_ONCE):
        part = ordered[start : start + _AT_ONCE]
        chosen = columns[0].in_(part) if len(columns) == 1 else tuple_(*columns).in_([tuple(key) for key in part])
        # Objects in memory follow what the statement matched, whatever the database says afterwards.
        statement = update(_table(column)).where(chosen, _table(column).c[column.key] == before)
        result: Any = u.session.execute(statement.values({column.key: after}))
        changed += result.rowcount
    for row in [row for row in u.session.identity_map.values() if row.__class__ is column.class_] if changed else []:
        u.session.expire(row)
    return changed


def _table(column: Owner) -> Table:
    return Base.metadata.tables[column.class_.__tablename__]


def _table_of(model: type[Base]) -> Table:
    return Base.metadata.tables[model.__tablename__]


def _columns(model: type[Base]) -> list[Column[Any]]:
    return list(_table_of(model).columns)


def _key(column: Owner) -> list[Column[Any]]:
    """Return what tells the rows of one firm or person apart."""
    return [part for part in _table(column).primary_key.columns if part.key != column.key]


def _single(key: list[Any]) -> Any:
    return key[0] if len(key) == 1 else key


def _plain(key: Any) -> Any:
    return tuple(key) if isinstance(key, list | tuple) else key


def _json(value: Any) -> Any:
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _typed(column: Column[Any], value: Any) -> Any:
    """Turn what JSON holds into what the column holds."""
    kind = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    for of_kind, read in _READ.items():
        if isinstance(value, str) and isinstance(kind, of_kind):
            return read(value)
    return value
