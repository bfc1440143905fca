"""Tables of concerns and of those to whom they were handed on."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from wf40.base.db import Base, Key


class Concern(Base):
    """What a firm needs, who looks after it and how it stands. Texts are kept byte for byte."""

    __tablename__ = "concern"
    __table_args__ = (
        Index("ix_concern_unit_state", "unit_id", "state"),
        Index("ix_concern_firm_raised", "firm_id", "raised_on"),
        Index("ix_concern_owner_state", "owner_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id", ondelete="CASCADE"))
    topic: Mapped[str] = mapped_column(String(30))
    title: Mapped[str] = mapped_column(String(200))
    sort_key: Mapped[str] = mapped_column(Key)
    """The title folded, for searching and ordering."""
    description: Mapped[str] = mapped_column(Text, default="")
    kind: Mapped[str] = mapped_column(String(30))
    """Code of the kind; it sets the deadlines."""
    state: Mapped[str] = mapped_column(String(20), default="new")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    record: Mapped[str] = mapped_column(String(80), default="", index=True)
    """Where it comes from as ``kind:id``, e.g. ``consultation:5``, or empty."""
    raised_on: Mapped[date]
    respond_by: Mapped[date]
    deadline_on: Mapped[date | None]
    first_response_at: Mapped[datetime | None]
    first_response_how: Mapped[str] = mapped_column(String(20), default="")
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(Text, default="")
    confidential: Mapped[bool] = mapped_column(default=False)
    reader_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    """Set when the firm was merged: who reads what is confidential instead of who is responsible for the firm."""
    reminders: Mapped[int] = mapped_column(default=0)
    """How many tasks were made for the deadline; the last one may be open."""
    entry_key: Mapped[str] = mapped_column(String(80), unique=True)
    """Made when the empty form was shown: a form that is sent twice makes one concern."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class Handover(Base):
    """A concern as it was handed on to somebody outside the office, and what came of it.

    The recipient is kept in words, since plugins that offer recipients come and go; the consent is kept in words,
    since it must stay provable when the person is erased.
    """

    __tablename__ = "handover"

    id: Mapped[int] = mapped_column(primary_key=True)
    concern_id: Mapped[int] = mapped_column(ForeignKey("concern.id", ondelete="CASCADE"), index=True)
    recipient_key: Mapped[str] = mapped_column(String(80), index=True)
    recipient_label: Mapped[str] = mapped_column(String(300))
    recipient_group: Mapped[str] = mapped_column(String(200), default="")
    recipient_email: Mapped[str] = mapped_column(String(254), default="")
    """Where the mail went; empty when it was handed on by telephone."""
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id", ondelete="SET NULL"), index=True)
    consent_id: Mapped[int | None] = mapped_column(ForeignKey("consent.id", ondelete="SET NULL"), index=True)
    consent_proof: Mapped[str] = mapped_column(Text, default="")
    """Who consented, when, how and to which words."""
    message: Mapped[str] = mapped_column(Text, default="")
    sent_text: Mapped[str] = mapped_column(Text, default="")
    """All that the recipient was told."""
    answer_by: Mapped[date]
    handed_on_at: Mapped[datetime]
    handed_by: Mapped[str] = mapped_column(String(200))
    confirmed_at: Mapped[datetime | None]
    """When the recipient confirmed that it arrived."""
    outcome: Mapped[str] = mapped_column(String(20), default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None]
    recalled_at: Mapped[datetime | None]
    reminders: Mapped[int] = mapped_column(default=0)
    """How many tasks were made to ask for the answer; the last one may be open."""
    entry_key: Mapped[str] = mapped_column(String(80), unique=True)
    """As above: a form that is sent twice hands on once."""
