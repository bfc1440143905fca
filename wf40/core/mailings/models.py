"""Tables of distribution lists, of what was written to them, and of what became of it for each person."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wf40.base.db import Base


class Distribution(Base):
    """A named list of persons, taken from what a list showed. ``query`` is the part of that list's address after ``?``."""

    __tablename__ = "distribution"
    __table_args__ = (Index("ix_distribution_unit_updated", "unit_id", "updated_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    title: Mapped[str] = mapped_column(String(200))
    purpose: Mapped[str] = mapped_column(String(30))
    source: Mapped[str] = mapped_column(String(20))
    query: Mapped[str] = mapped_column(Text)
    which: Mapped[str] = mapped_column(String(30), default="")
    """Whom of each firm; empty for lists of persons."""
    filters: Mapped[list[Any]]
    """The filters in words, as they were when the persons were taken."""
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    drawn_at: Mapped[datetime]
    """When the persons were last taken from the filter."""
    archived_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class DistributionMember(Base):
    """A person of a list. One who was left out by hand stays known, so that bringing it up to date remembers it."""

    __tablename__ = "distribution_member"
    __table_args__ = (Index("ix_distribution_member_contact", "contact_id"),)

    distribution_id: Mapped[int] = mapped_column(ForeignKey("distribution.id", ondelete="CASCADE"), primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"), primary_key=True)
    left_out: Mapped[bool] = mapped_column(default=False)


class Mailing(Base):
    """One text for the persons of a list, by mail or as letters."""

    __tablename__ = "mailing"
    __table_args__ = (
        Index("ix_mailing_distribution", "distribution_id", "id"),
        Index("ix_mailing_state", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    distribution_id: Mapped[int] = mapped_column(ForeignKey("distribution.id", ondelete="CASCADE"))
    channel: Mapped[str] = mapped_column(String(10))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), default="draft")
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    """Who signs: the person who started it, before that who wrote it."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(Text, default="")
    """Why the letters could not be made."""
    version: Mapped[int] = mapped_column(default=1)


class MailingRecipient(Base):
    """What became of a mailing for one person."""

    __tablename__ = "mailing_recipient"
    __table_args__ = (
        UniqueConstraint("mailing_id", "contact_id", name="uq_mailing_recipient_contact"),
        Index("ix_mailing_recipient_state", "mailing_id", "state", "id"),
        Index("ix_mailing_recipient_firm", "firm_id", "at"),
        Index("ix_mailing_recipient_person", "contact_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mailing_id: Mapped[int] = mapped_column(ForeignKey("mailing.id", ondelete="CASCADE"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id", ondelete="SET NULL"))
    firm_id: Mapped[int | None] = mapped_column(ForeignKey("firm.id", ondelete="SET NULL"))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    why: Mapped[str] = mapped_column(String(20), default="")
    at: Mapped[datetime | None]
    optout_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Digest of the secret in this person's link for opting out; the secret itself is in the mail alone."""


class MailingFile(Base):
    """The letters of a mailing, ready to be printed; removed some time afterwards."""

    __tablename__ = "mailing_file"

    mailing_id: Mapped[int] = mapped_column(ForeignKey("mailing.id", ondelete="CASCADE"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    made_at: Mapped[datetime]
