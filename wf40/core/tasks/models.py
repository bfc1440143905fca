"""The table of tasks."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from wf40.base.db import Base, Key


class Task(Base):
    """A dated thing that somebody of the office must do."""

    __tablename__ = "task"
    __table_args__ = (
        Index("ix_task_unit_due", "unit_id", "state", "due_on"),
        Index("ix_task_responsible_due", "responsible_id", "state", "due_on"),
        Index("ix_task_firm_state", "firm_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    firm_id: Mapped[int | None] = mapped_column(ForeignKey("firm.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(String(300))
    sort_key: Mapped[str] = mapped_column(Key)
    """The title folded, for searching and ordering."""
    note: Mapped[str] = mapped_column(Text, default="")
    due_on: Mapped[date]
    responsible_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    origin: Mapped[str] = mapped_column(String(60), default="")
    """Key of the slice or plugin that made it; empty for people."""
    key: Mapped[str | None] = mapped_column(String(200), unique=True)
    """The same key never makes a second task."""
    record: Mapped[str] = mapped_column(String(80), default="", index=True)
    """What it is about, as ``kind:id``."""
    url: Mapped[str] = mapped_column(String(300), default="")
    """Where that stands; an address of this application."""
    confidential: Mapped[bool] = mapped_column(default=False)
    reader_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    """Set when the firm was merged: who reads what is confidential instead of who is responsible for the firm."""
    state: Mapped[str] = mapped_column(String(10), default="open")
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    outcome: Mapped[str] = mapped_column(Text, default="")
    """What came of it, or why it was dropped."""
    word: Mapped[str] = mapped_column(String(300), default="")
    """What the person who handed it on last said to the next one."""
    word_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    postponed: Mapped[int] = mapped_column(default=0)
    """How often it was put off to a later day."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
