"""Tables of campaigns and of the firms in them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wf40.base.db import Base


class Campaign(Base):
    """One thing that is sent to many firms.

    ``filters`` are the filters of the firm list in words, ``query`` the part of its address that they stood in.
    ``sender_id`` is who started it: every mail goes out in that person's name and with that person's rights.
    """

    __tablename__ = "campaign"
    __table_args__ = (Index("ix_campaign_unit_created", "unit_id", "created_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    title: Mapped[str] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(Text, default="")
    outreach_key: Mapped[str] = mapped_column(String(80), index=True)
    outreach_label: Mapped[str] = mapped_column(String(200))
    """As it was called when the campaign was made: what it belongs to may be gone."""
    filters: Mapped[list[Any]] = mapped_column(default=list)
    query: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(10), index=True)
    halt: Mapped[str] = mapped_column(String(20), default="")
    """Code of why the worker stopped it by itself, or empty."""
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    sender_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class CampaignMember(Base):
    """One firm of a campaign, whom it reaches there, and how far that got.

    ``why`` is a code for a skipped one and a sentence for a failed one. ``number`` is the outreach's own, to ask it for
    the reply; it is stored in the transaction that sends.
    """

    __tablename__ = "campaign_member"
    __table_args__ = (
        UniqueConstraint("campaign_id", "firm_id"),
        Index("ix_campaign_member_campaign_state", "campaign_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id", ondelete="CASCADE"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id", ondelete="SET NULL"), index=True)
    state: Mapped[str] = mapped_column(String(10))
    why: Mapped[str] = mapped_column(Text, default="")
    number: Mapped[int | None]
    attempts: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    responded_at: Mapped[datetime | None]
    """When the firm first answered after it was reached."""
