"""Saves the office's calendar; adds and changes departments, and archives them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from wf40.base.access import requires
from wf40.base.errors import Forbidden, InvalidInput, StaleVersion
from wf40.base.german import loose
from wf40.base.history import last_changed_by, record_changes
from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.office.calendar import LANDS, Calendar, Closing
from wf40.core.office.models import ClosingDay, Department, OfficeCalendar
from wf40.core.office.queries import current_calendar, department_to_edit, forget_calendar
from wf40.core.office.rules import (
    FIELDS,
    MOST_CLOSINGS,
    DepartmentInput,
    checked,
    closing_in_words,
    day_of_key,
    no_such_land,
)

__all__ = [
    "DepartmentInput", "add_closing", "add_department", "archive_department", "change_department", "drop_closing",
    "restore_department", "set_land", "share_calendar",
]  # fmt: skip
MANAGE = "office.manage"


@requires(MANAGE)
def set_land(u: UnitOfWork, land: str) -> None:
    """Choose whose public holidays hold; raises :class:`InvalidInput`."""
    if land not in LANDS:
        raise no_such_land()
    before = current_calendar(u)
    row = _own_calendar(u)
    row.land = land
    _saved(u, row, before)


@requires(MANAGE)
def add_closing(u: UnitOfWork, given: Closing) -> None:
    """Close the office on a day; one that is there already gets the new label. Raises :class:`InvalidInput`."""
    before = current_calendar(u)
    row = _own_calendar(u)
    known = u.session.scalar(_closing(row.id, given.year, given.month, given.day))
    if known is None and len(before.closings) >= MOST_CLOSINGS:
        raise InvalidInput(
            _l("Es sind schon %(most)s Schließtage. Entfernen Sie zuerst vergangene.", most=MOST_CLOSINGS)
        )
    if known is None:
        known = ClosingDay(calendar_id=row.id, year=given.year, month=given.month, day=given.day)
        u.session.add(known)
    known.label = given.label
    _saved(u, row, before)


@requires(MANAGE)
def drop_closing(u: UnitOfWork, key: str) -> None:
    """Open the office again on a closing day; nothing happens for one that is not there."""
    before = current_calendar(u)
    if (day := day_of_key(key)) is None:
        return
    row = _own_calendar(u)
    if (known := u.session.scalar(_closing(row.id, *day))) is not None:
        u.session.delete(known)
    _saved(u, row, before)


@requires(MANAGE)
def share_calendar(u: UnitOfWork) -> None:
    """Give up the unit's own calendar and use the one of the unit above (or what holds before anybody saved one)."""
    before = current_calendar(u)
    row = u.session.scalar(select(OfficeCalendar).where(OfficeCalendar.unit_id == _unit(u)))
    if row is not None:
        u.session.execute(delete(ClosingDay).where(ClosingDay.calendar_id == row.id))
        u.session.delete(row)
        _saved(u, row, before)


@requires(MANAGE)
def add_department(u: UnitOfWork, given: DepartmentInput) -> int:
    """Add a department to the actor's unit and return its id; raises :class:`InvalidInput`."""
    unit_id, values = _unit(u), checked(given)
    _demand_unused(u, unit_id, values["name"], None)
    row = Department(unit_id=unit_id, created_at=u.now, updated_at=u.now, version=1)
    _fill(row, values)
    u.session.add(row)
    u.session.flush()
    u.audit("department_added", f"department:{row.id}")
    return row.id


@requires(MANAGE)
def change_department(u: UnitOfWork, department_id: int, version: int, given: DepartmentInput) -> None:
    """Save a department; raises :class:`InvalidInput`, or :class:`StaleVersion` when somebody else saved meanwhile."""
    row, values = _locked(u, department_id), checked(given)
    if row.version != version:
        raise StaleVersion(row.version, last_changed_by(u, f"department:{row.id}"))
    _demand_unused(u, row.unit_id, values["name"], row.id)
    before = {name: getattr(row, name) for name in FIELDS}
    if changed := record_changes(u, f"department:{row.id}", before, values):
        _fill(row, values)
        row.version += 1
        row.updated_at = u.now
        u.audit("department_changed", f"department:{row.id}", {"fields": changed})


@requires(MANAGE)
def archive_department(u: UnitOfWork, department_id: int) -> None:
    """Offer a department no longer; what was handed on to it keeps its name."""
    _set_archived(u, department_id, u.now)


@requires(MANAGE)
def restore_department(u: UnitOfWork, department_id: int) -> None:
    """Offer an archived department again; raises :class:`InvalidInput` where another carries its name by now."""
    row = _locked(u, department_id)
    _demand_unused(u, row.unit_id, row.name, row.id)
    _set_archived(u, department_id, None)


def _locked(u: UnitOfWork, department_id: int) -> Department:
    """Return a department for changing, as it is now; nobody else changes it until the transaction ends."""
    row = department_to_edit(u, department_id)
    u.session.refresh(row, with_for_update=True)
    return row


def _set_archived(u: UnitOfWork, department_id: int, moment: datetime | None) -> None:
    row = _locked(u, department_id)
    if (row.archived_at is None) == (moment is None):
        return
    row.archived_at = moment
    row.version += 1
    row.updated_at = u.now
    u.audit("department_archived" if moment else "department_restored", f"department:{row.id}")


def _unit(u: UnitOfWork) -> int:
    if u.actor.unit_id is None:
        raise Forbidden(MANAGE)
    return u.actor.unit_id


def _demand_unused(u: UnitOfWork, unit_id: int, name: str, own_id: int | None) -> None:
    others = select(Department).where(Department.unit_id == unit_id, Department.archived_at.is_(None))
    if any(row.id != own_id and loose(row.name) == loose(name) for row in u.session.scalars(others)):
        sentence = _l("Ein Fachamt mit diesem Namen gibt es schon.")
        raise InvalidInput(sentence, {"name": sentence})


def _fill(row: Department, values: Mapping[str, Any]) -> None:
    for name in FIELDS:
        setattr(row, name, values[name])


def _own_calendar(u: UnitOfWork) -> OfficeCalendar:
    """Return the unit's own calendar; a new one begins with what holds so far."""
    row = u.session.scalar(select(OfficeCalendar).where(OfficeCalendar.unit_id == _unit(u)))
    if row is None:
        now = current_calendar(u)
        row = OfficeCalendar(unit_id=_unit(u), land=now.land)
        u.session.add(row)
        u.session.flush()
        u.session.add_all(
            ClosingDay(calendar_id=row.id, year=c.year, month=c.month, day=c.day, label=c.label) for c in now.closings
        )
        u.session.flush()
    return row


def _closing(calendar_id: int, year: int | None, month: int, day: int) -> Any:
    found = select(ClosingDay).where(
        ClosingDay.calendar_id == calendar_id, ClosingDay.month == month, ClosingDay.day == day
    )
    return found.where(ClosingDay.year.is_(None) if year is None else ClosingDay.year == year)


def _saved(u: UnitOfWork, row: OfficeCalendar, before: Calendar) -> None:
    u.session.flush()
    forget_calendar(u)
    after = current_calendar(u)
    if changed := record_changes(u, f"office_calendar:{row.unit_id}", _values(before), _values(after)):
        u.audit("office_calendar_changed", f"office_calendar:{row.unit_id}", {"fields": changed})


def _values(now: Calendar) -> dict[str, Any]:
    return {"land": now.land, "closing_days": [closing_in_words(c) for c in now.closings]}
