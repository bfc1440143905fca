"""Tables of conversations, who took part, and what they were about."""

from datetime import date, datetime, time

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from wf40.base.db import Base


class Consultation(Base):
    """One conversation with a firm. Texts are kept byte for byte."""

    __tablename__ = "consultation"
    __table_args__ = (
        Index("ix_consultation_unit_held", "unit_id", "held_on", "id"),
        Index("ix_consultation_firm_held", "firm_id", "held_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id", ondelete="CASCADE"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    kind: Mapped[str] = mapped_column(String(20))
    channel: Mapped[str] = mapped_column(String(20))
    held_on: Mapped[date]
    held_at: Mapped[time | None]
    """Local time at which it began, if known."""
    occasion: Mapped[str] = mapped_column(String(300), default="")
    summary: Mapped[str] = mapped_column(Text, default="")
    agreements: Mapped[str] = mapped_column(Text, default="")
    confidentiality: Mapped[str] = mapped_column(String(10), default="internal")
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    reader_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    """Set when the firm was merged: who reads what is confidential instead of who is responsible for the firm."""
    entry_key: Mapped[str] = mapped_column(String(64), unique=True)
    """Made when the empty form was shown: a form that is sent twice makes one conversation."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class Participant(Base):
    """Somebody who took part: a contact of the firm, a person of the office, or anybody else by name."""

    __tablename__ = "consultation_participant"

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id", ondelete="SET NULL"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    name: Mapped[str] = mapped_column(String(200))
    """The name at the time; it stays readable when the contact is gone."""


class Topic(Base):
    """One topic of a conversation."""

    __tablename__ = "consultation_topic"

    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id", ondelete="CASCADE"), primary_key=True)
    topic: Mapped[str] = mapped_column(String(30), primary_key=True, index=True)
