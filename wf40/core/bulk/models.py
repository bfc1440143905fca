"""Tables of changes that were made to many firms at once."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wf40.base.db import Base, Json


class BulkRun(Base):
    """One change of many firms. ``change_label`` and ``words`` are as they were called when it was started."""

    __tablename__ = "bulk_run"
    __table_args__ = (Index("ix_bulk_run_unit_created", "unit_id", "created_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    worker_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    """Who asked for what is being done now: the author, or who takes it back. It is done with that person's rights."""
    change_key: Mapped[str] = mapped_column(String(80))
    change_label: Mapped[str] = mapped_column(String(200))
    value: Mapped[str] = mapped_column(Text, default="")
    words: Mapped[str] = mapped_column(Text, default="")
    filters: Mapped[list[Any]] = mapped_column(default=list)
    state: Mapped[str] = mapped_column(String(10), index=True)
    """collecting, running, done, undoing, undone or stopped."""
    halt: Mapped[str] = mapped_column(Text, default="")
    """Why it stopped by itself, in a sentence."""
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    entry_key: Mapped[str] = mapped_column(String(64), unique=True)
    """Made when the preview was shown: a form that is sent twice starts one change."""


class BulkItem(Base):
    """One firm of such a change: what it had before, and what became of it."""

    __tablename__ = "bulk_item"
    __table_args__ = (
        UniqueConstraint("run_id", "firm_id"),
        Index("ix_bulk_item_run_state", "run_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("bulk_run.id", ondelete="CASCADE"))
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    """waiting, changed, same, refused; after taking back: undone or kept."""
    before: Mapped[Any | None] = mapped_column(Json)
    why: Mapped[str] = mapped_column(Text, default="")
