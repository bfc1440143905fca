"""Tables of mails that wait to become conversations, and of what conversations have attached."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from wf40.base.db import Base


class MailDraft(Base):
    """A mail that somebody dropped and has not saved as a conversation yet; nobody else sees it.

    ``mail`` is a :class:`wf40.core.mails.reading.MailContent` as JSON.
    """

    __tablename__ = "mail_draft"
    __table_args__ = (Index("ix_mail_draft_created_at", "created_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    mail: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class Attachment(Base):
    """A file: of a draft until that is saved, then of the conversation. The product never looks into it."""

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("mail_draft.id", ondelete="CASCADE"), index=True)
    consultation_id: Mapped[int | None] = mapped_column(ForeignKey("consultation.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(130))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    inline: Mapped[bool] = mapped_column(default=False)
    """A picture that belongs to the text of the mail, such as a logo."""
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    created_at: Mapped[datetime]
