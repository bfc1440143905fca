"""Keeps queries within the units that the actor may read."""

from typing import Any

from sqlalchemy import ColumnElement

from wf40.sdk.statements import of_units
from wf40.sdk.uow import UnitOfWork


def readable(u: UnitOfWork, unit: Any) -> ColumnElement[bool]:
    """Return the condition on a column of unit ids."""
    return of_units(u, unit)
