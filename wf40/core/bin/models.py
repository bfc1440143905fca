"""What lies in the bin."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wf40.base.db import Base


class BinEntry(Base):
    """A firm or a person in the bin: who put it there and when, and how to put it back exactly as it was."""

    __tablename__ = "bin_entry"
    __table_args__ = (
        UniqueConstraint("kind", "record_id"),
        Index("ix_bin_entry_unit_deleted", "unit_id", "deleted_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    kind: Mapped[str] = mapped_column(String(10))
    """firm or contact."""
    record_id: Mapped[int]
    deleted_at: Mapped[datetime]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    archived_before: Mapped[datetime | None]
    """Since when it had been in the archive, if it was."""
