"""Keeps queries within the units that the actor may read."""

from typing import Any

from sqlalchemy import ColumnElement, true

from wf40.sdk.uow import UnitOfWork


def readable(u: UnitOfWork, unit: Any) -> ColumnElement[bool]:
    """Return the condition on a column of unit ids."""
    return true() if u.actor.units is None else unit.in_(u.actor.units)
