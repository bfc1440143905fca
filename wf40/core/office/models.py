"""Tables of the office's calendar and of its departments."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from wf40.base.db import Base


class OfficeCalendar(Base):
    """The calendar that a unit saved for itself; units below it without one of their own share it."""

    __tablename__ = "office_calendar"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), unique=True)
    land: Mapped[str] = mapped_column(String(20), default="")
    """A code of :data:`wf40.core.office.calendar.LANDS`; empty: nationwide holidays alone."""


class ClosingDay(Base):
    """A day on which the office is closed though it is no holiday; without a year: every year."""

    __tablename__ = "office_closing_day"

    id: Mapped[int] = mapped_column(primary_key=True)
    calendar_id: Mapped[int] = mapped_column(ForeignKey("office_calendar.id", ondelete="CASCADE"), index=True)
    month: Mapped[int]
    day: Mapped[int]
    year: Mapped[int | None]
    label: Mapped[str] = mapped_column(String(100), default="")


class Department(Base):
    """A department (Fachamt) that a firm's concern can be handed on to."""

    __tablename__ = "office_department"
    __table_args__ = (Index("ix_office_department_unit", "unit_id", "archived_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(320), default="")
    phone: Mapped[str] = mapped_column(String(60), default="")
    contact_name: Mapped[str] = mapped_column(String(200), default="")
    topics: Mapped[list[Any]]
    """Codes of topics that it deals with; none: it is offered for every topic alike."""
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class PostcodePlace(Base):
    """A municipality in which a postcode lies, from a public table that the office loads. No personal data."""

    __tablename__ = "postcode_place"

    id: Mapped[int] = mapped_column(primary_key=True)
    postcode: Mapped[str] = mapped_column(String(5), index=True)
    town: Mapped[str] = mapped_column(String(200))
    ags: Mapped[str] = mapped_column(String(8))
