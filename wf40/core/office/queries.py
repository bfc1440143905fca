"""Reads the office's calendar and departments."""

from datetime import date

from sqlalchemy import select

from wf40.base.uow import UnitOfWork
from wf40.core.accounts.queries import unit_and_above
from wf40.core.office import calendar
from wf40.core.office.calendar import Calendar, Closing
from wf40.core.office.models import ClosingDay, OfficeCalendar

_KEPT = "office_calendar"


def calendar_row(u: UnitOfWork) -> OfficeCalendar | None:
    """Return the calendar of the actor's unit or of the nearest unit above; ``None`` when nobody saved one.

    The product itself, which belongs to no unit, uses the one that was saved first.
    """
    rows = u.session.scalars(select(OfficeCalendar).order_by(OfficeCalendar.id)).all()
    if u.actor.unit_id is None:
        return rows[0] if rows else None
    saved = {row.unit_id: row for row in rows}
    return next((saved[unit] for unit in unit_and_above(u, u.actor.unit_id) if unit in saved), None) if saved else None


def current_calendar(u: UnitOfWork) -> Calendar:
    """Return the calendar that holds for the actor; read once in a unit of work."""
    if _KEPT not in u.session.info:
        row = calendar_row(u)
        u.session.info[_KEPT] = Calendar(row.land, _closings(u, row.id)) if row else Calendar()
    kept: Calendar = u.session.info[_KEPT]
    return kept


def forget_calendar(u: UnitOfWork) -> None:
    """Read the calendar anew after a change."""
    u.session.info.pop(_KEPT, None)


def _closings(u: UnitOfWork, calendar_id: int) -> tuple[Closing, ...]:
    rows = u.session.scalars(select(ClosingDay).where(ClosingDay.calendar_id == calendar_id))
    ordered = sorted(rows, key=lambda c: (c.year is not None, c.year or 0, c.month, c.day))
    return tuple(Closing(row.month, row.day, row.year, row.label) for row in ordered)


class WorkingDaysService:
    """Implements :class:`wf40.sdk.services.WorkingDays`."""

    def is_working(self, u: UnitOfWork, day: date) -> bool:
        """Tell whether the office works on a day."""
        return calendar.is_working(current_calendar(u), day)

    def after(self, u: UnitOfWork, start: date, days: int) -> date:
        """Return the working day that lies ``days`` working days after ``start``; 0 is ``start`` or the next one."""
        return calendar.after(current_calendar(u), start, days)

    def between(self, u: UnitOfWork, start: date, end: date) -> int:
        """Return the number of working days after ``start`` up to and including ``end``; 0 when ``end`` is earlier."""
        return calendar.between(current_calendar(u), start, end)
