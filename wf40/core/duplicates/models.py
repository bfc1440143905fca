"""Tables of pairs that may be the same firm or the same person, and of the searches for them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, synonym

from wf40.base.db import Base
from wf40.core.duplicates.codes import FIRMS


class PairColumns:
    """Two records of one unit that may be the same; ``a`` is the one with the smaller number.

    ``state`` is ``open`` or ``not_same``. What somebody decided stays whatever is found later; an open pair whose
    records differ by now is removed. ``evidence`` holds ``[feature, level, weight]``, the strongest first.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    probability: Mapped[float]
    band: Mapped[str] = mapped_column(String(10))
    evidence: Mapped[list[Any]] = mapped_column(default=list)
    state: Mapped[str] = mapped_column(String(10), default="open")
    decided_by: Mapped[str] = mapped_column(String(200), default="")
    decided_at: Mapped[datetime | None]
    found_at: Mapped[datetime]
    checked_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class DuplicatePair(PairColumns, Base):
    """Two firms that may be the same."""

    __tablename__ = "duplicate_pair"
    __table_args__ = (
        UniqueConstraint("firm_a", "firm_b"),
        Index("ix_duplicate_pair_queue", "unit_id", "state", "probability"),
        Index("ix_duplicate_pair_firm_b", "firm_b"),
    )

    firm_a: Mapped[int] = mapped_column(ForeignKey("firm.id", ondelete="CASCADE"))
    firm_b: Mapped[int] = mapped_column(ForeignKey("firm.id", ondelete="CASCADE"))
    a: Mapped[int] = synonym("firm_a")
    b: Mapped[int] = synonym("firm_b")


class PersonPair(PairColumns, Base):
    """Two persons who may be the same."""

    __tablename__ = "duplicate_person_pair"
    __table_args__ = (
        UniqueConstraint("contact_a", "contact_b"),
        Index("ix_duplicate_person_pair_queue", "unit_id", "state", "probability"),
        Index("ix_duplicate_person_pair_contact_b", "contact_b"),
    )

    contact_a: Mapped[int] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"))
    contact_b: Mapped[int] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"))
    a: Mapped[int] = synonym("contact_a")
    b: Mapped[int] = synonym("contact_b")


AnyPair = DuplicatePair | PersonPair
PairModel = type[DuplicatePair] | type[PersonPair]


class DuplicateScan(Base):
    """One search through all firms or all persons of a unit.

    ``position`` is the record up to which it has come; it moves in the same transaction as the pairs. ``lease_token``
    belongs to the worker that may move it until ``lease_until``.
    """

    __tablename__ = "duplicate_scan"
    __table_args__ = (Index("ix_duplicate_scan_unit_id_created_at", "unit_id", "created_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    kind: Mapped[str] = mapped_column(String(10), default=FIRMS)
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
