"""Reads the office's calendar and departments."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from wf40.base.access import requires
from wf40.base.clock import local_date
from wf40.base.errors import Forbidden, NotFound
from wf40.base.german import sort_key
from wf40.base.history import changes_of
from wf40.base.uow import UnitOfWork
from wf40.core.accounts.queries import unit_and_above
from wf40.core.office import calendar
from wf40.core.office.calendar import Calendar, Closing
from wf40.core.office.models import ClosingDay, Department, OfficeCalendar
from wf40.core.office.rules import FIELDS
from wf40.core.timeline.changes import ShownChange, in_words
from wf40.sdk.services import Office
from wf40.sdk.topics import TOPICS

_KEPT = "office_calendar"
AHEAD = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class CalendarView:
    """The calendar that holds for the actor. ``saved``: the unit has one of its own; ``shared``: a unit above has."""

    land: str
    closings: tuple[Closing, ...]
    saved: bool
    shared: bool
    coming: tuple[tuple[date, str], ...]


def calendar_row(u: UnitOfWork, unit_id: int | None = None) -> OfficeCalendar | None:
    """Return the calendar of a unit (default: the actor's) or the nearest above; ``None`` when nobody saved one.

    The product itself, which belongs to no unit, uses the one that was saved first.
    """
    rows = u.session.scalars(select(OfficeCalendar).order_by(OfficeCalendar.id)).all()
    unit_id = u.actor.unit_id if unit_id is None else unit_id
    if unit_id is None:
        return rows[0] if rows else None
    saved = {row.unit_id: row for row in rows}
    return next((saved[unit] for unit in unit_and_above(u, unit_id) if unit in saved), None) if saved else None


def current_calendar(u: UnitOfWork, unit_id: int | None = None) -> Calendar:
    """Return the calendar that holds for a unit (default: the actor's); read once in a unit of work."""
    unit_id = u.actor.unit_id if unit_id is None else unit_id
    kept: dict[int | None, Calendar] = u.session.info.setdefault(_KEPT, {})
    if unit_id not in kept:
        row = calendar_row(u, unit_id)
        kept[unit_id] = Calendar(row.land, _closings(u, row.id)) if row else Calendar()
    return kept[unit_id]


def forget_calendar(u: UnitOfWork) -> None:
    """Read the calendar anew after a change."""
    u.session.info.pop(_KEPT, None)


@requires("office.read")
def calendar_view(u: UnitOfWork) -> CalendarView:
    """Return the calendar with the free days of the coming year."""
    now, row = current_calendar(u), calendar_row(u)
    above = unit_and_above(u, u.actor.unit_id)[1:] if u.actor.unit_id is not None else []
    today = local_date(u.now, u.service(Office).timezone)
    coming = calendar.coming_free_days(now, today, today + AHEAD)
    return CalendarView(
        now.land,
        now.closings,
        saved=row is not None and row.unit_id == u.actor.unit_id,
        shared=bool(above),
        coming=tuple(coming),
    )


@requires("office.read")
def departments(u: UnitOfWork, unit_id: int | None = None) -> list[Department]:
    """Return the departments of a unit (default: the actor's), those in use first, by name."""
    unit_id = u.actor.unit_id if unit_id is None else unit_id
    if unit_id is None or not u.actor.may_read_unit(unit_id):
        return []
    rows = u.session.scalars(select(Department).where(Department.unit_id == unit_id))
    return sorted(rows, key=lambda row: (row.archived_at is not None, sort_key(row.name), row.id))


@requires("office.manage")
def department_to_edit(u: UnitOfWork, department_id: int) -> Department:
    """Return a department for changing; raises :class:`NotFound`, or :class:`Forbidden` for a unit below."""
    row = u.session.get(Department, department_id)
    if row is None or not u.actor.may_read_unit(row.unit_id):
        raise NotFound
    if not u.actor.may_write_unit(row.unit_id):
        raise Forbidden("office.manage")
    return row


@requires("office.manage")
def changes(u: UnitOfWork, department_id: int) -> list[ShownChange]:
    """Return the field history of a department in words."""
    row = department_to_edit(u, department_id)
    return in_words(changes_of(u, f"department:{row.id}"), FIELDS, {"topics": TOPICS})


@requires("office.manage")
def demand_to_manage(u: UnitOfWork) -> None:
    """Raise :class:`Forbidden` for whoever may not manage the office."""


def _closings(u: UnitOfWork, calendar_id: int) -> tuple[Closing, ...]:
    rows = u.session.scalars(select(ClosingDay).where(ClosingDay.calendar_id == calendar_id))
    ordered = sorted(rows, key=lambda c: (c.year is not None, c.year or 0, c.month, c.day))
    return tuple(Closing(row.month, row.day, row.year, row.label) for row in ordered)


class WorkingDaysService:
    """Implements :class:`wf40.sdk.services.WorkingDays`."""

    def is_working(self, u: UnitOfWork, day: date, *, unit_id: int | None = None) -> bool:
        """Tell whether the office works on a day."""
        return calendar.is_working(current_calendar(u, unit_id), day)

    def after(self, u: UnitOfWork, start: date, days: int, *, unit_id: int | None = None) -> date:
        """Return the working day that lies ``days`` working days after ``start``; 0 is ``start`` or the next one."""
        return calendar.after(current_calendar(u, unit_id), start, days)

    def between(self, u: UnitOfWork, start: date, end: date, *, unit_id: int | None = None) -> int:
        """Return the number of working days after ``start`` up to and including ``end``; 0 when ``end`` is earlier."""
        return calendar.between(current_calendar(u, unit_id), start, end)
