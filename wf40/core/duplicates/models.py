"""Tables of pairs that may be the same firm, and of the searches for them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wf40.base.db import Base


class DuplicatePair(Base):
    """Two firms of one unit that may be the same; ``firm_a`` has the smaller number.

    ``state`` is ``open`` or ``not_same``. What somebody decided stays whatever is found later; an open pair whose firms
    differ by now is removed. ``evidence`` holds ``[feature, level, weight]``, the strongest first.
    """

    __tablename__ = "duplicate_pair"
    __table_args__ = (
        UniqueConstraint("firm_a", "firm_b"),
        Index("ix_duplicate_pair_queue", "unit_id", "state", "probability"),
        Index("ix_duplicate_pair_firm_b", "firm_b"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    firm_a: Mapped[int] = mapped_column(ForeignKey("firm.id", ondelete="CASCADE"))
    firm_b: Mapped[int] = mapped_column(ForeignKey("firm.id", ondelete="CASCADE"))
    probability: Mapped[float]
    band: Mapped[str] = mapped_column(String(10))
    evidence: Mapped[list[Any]] = mapped_column(default=list)
    state: Mapped[str] = mapped_column(String(10), default="open")
    decided_by: Mapped[str] = mapped_column(String(200), default="")
    decided_at: Mapped[datetime | None]
    found_at: Mapped[datetime]
    checked_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class DuplicateScan(Base):
    """One search through all firms of a unit.

    ``position`` is the firm up to which it has come; it moves in the same transaction as the pairs. ``lease_token``
    belongs to the worker that may move it until ``lease_until``.
    """

    __tablename__ = "duplicate_scan"
    __table_args__ = (Index("ix_duplicate_scan_unit_id_created_at", "unit_id", "created_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    author_name: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10), index=True)
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    position: Mapped[int] = mapped_column(default=0)
    compared: Mapped[int] = mapped_column(default=0)
    found: Mapped[int] = mapped_column(default=0)
    lease_token: Mapped[str] = mapped_column(String(40), default="")
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
