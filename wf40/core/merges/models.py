"""The tables of merges."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from wf40.base.db import Base


class MergeColumns:
    """One record became part of another, with all that is needed for separating them again.

    ``fields`` is what the records' own ``fusion`` changed in the kept one. ``moved`` maps each slice and plugin that
    was asked to what it moved: ``parts`` (key, label, count, data, note), and ``returned`` once it put that back. A
    plugin that was switched off or missing is not among them and is asked when it is there again. The record that is
    gone keeps its own row, so nothing of it is stored here.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    by_name: Mapped[str] = mapped_column(String(200))
    fields: Mapped[dict[str, Any]] = mapped_column(default=dict)
    moved: Mapped[dict[str, Any]] = mapped_column(default=dict)
    asked: Mapped[str] = mapped_column(Text, default="", index=True)
    """Who was there when everybody was last asked; empty until they were asked once more, soon after the merge."""
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str] = mapped_column(String(200), default="")


class FirmMerge(MergeColumns, Base):
    """One firm became part of another."""

    __tablename__ = "firm_merge"
    __table_args__ = (
        Index("ix_firm_merge_unit_at", "unit_id", "at"),
        Index("ix_firm_merge_keep_id", "keep_id"),
        Index("ix_firm_merge_gone_id", "gone_id"),
    )

    keep_id: Mapped[int] = mapped_column(ForeignKey("firm.id", ondelete="CASCADE"))
    gone_id: Mapped[int | None] = mapped_column(ForeignKey("firm.id", ondelete="SET NULL"))


class ContactMerge(MergeColumns, Base):
    """One entry of a person became part of another."""

    __tablename__ = "contact_merge"
    __table_args__ = (
        Index("ix_contact_merge_unit_at", "unit_id", "at"),
        Index("ix_contact_merge_keep_id", "keep_id"),
        Index("ix_contact_merge_gone_id", "gone_id"),
    )

    keep_id: Mapped[int] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"))
    gone_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id", ondelete="SET NULL"))


AnyMerge = FirmMerge | ContactMerge
