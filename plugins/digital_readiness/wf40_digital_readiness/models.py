"""Tables of published checks, invitations, responses and their scores."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wf40.sdk.tables import plugin_base
from wf40_digital_readiness.texts import KEY

Base = plugin_base(KEY)


class CheckVersion(Base):  # type: ignore[valid-type, misc]  # a class made by a call
    """A published version of a check. Never changed: answers refer to it."""

    __tablename__ = "digital_readiness_check_version"
    __table_args__ = (UniqueConstraint("check_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    check_id: Mapped[str] = mapped_column(String(80))
    version: Mapped[str] = mapped_column(String(30))
    sha256: Mapped[str] = mapped_column(String(64))
    data: Mapped[str] = mapped_column(Text)
    engine_version: Mapped[str] = mapped_column(String(30))
    published_at: Mapped[datetime]


class Invitation(Base):  # type: ignore[valid-type, misc]  # a class made by a call
    """A personal link for one firm. Only the digest of its secret is stored.

    ``expires_at`` ends answering; ``result_until``, set on submission, ends reading the result.
    """

    __tablename__ = "digital_readiness_invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id", ondelete="CASCADE"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id", ondelete="SET NULL"))
    check_version_id: Mapped[int] = mapped_column(
        ForeignKey("digital_readiness_check_version.id", name="fk_digital_readiness_invitation_version")
    )
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    language: Mapped[str] = mapped_column(String(5))
    officer_id: Mapped[int | None]
    officer_name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime]
    times_sent: Mapped[int] = mapped_column(default=1)
    expires_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    result_until: Mapped[datetime | None]


class Response(Base):  # type: ignore[valid-type, misc]  # a class made by a call
    """The answers of a firm, by link or typed in by an officer. An invitation has at most one.

    ``answered_on`` is the day the answers stand for: the day of submission, or the one on the paper form.
    ``answers`` holds raw answers by item id; corrections change it, with field history and a new score row.
    """

    __tablename__ = "digital_readiness_response"
    __table_args__ = (Index("ix_digital_readiness_response_firm_state", "firm_id", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id", ondelete="CASCADE"))
    invitation_id: Mapped[int | None] = mapped_column(
        ForeignKey(
            "digital_readiness_invitation.id", ondelete="SET NULL", name="fk_digital_readiness_response_invitation"
        ),
        unique=True,
    )
    check_version_id: Mapped[int] = mapped_column(
        ForeignKey("digital_readiness_check_version.id", name="fk_digital_readiness_response_version")
    )
    check_id: Mapped[str] = mapped_column(String(80))
    version: Mapped[str] = mapped_column(String(30))
    sha256: Mapped[str] = mapped_column(String(64))
    engine_version: Mapped[str] = mapped_column(String(30))
    answers: Mapped[dict[str, Any]]
    channel: Mapped[str] = mapped_column(String(10))
    language: Mapped[str] = mapped_column(String(5))
    notice_version: Mapped[str] = mapped_column(String(20), default="")
    state: Mapped[str] = mapped_column(String(10))
    answered_on: Mapped[date | None]
    started_at: Mapped[datetime]
    saved_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None] = mapped_column(index=True)
    seen_at: Mapped[datetime | None]
    callback_wished_at: Mapped[datetime | None]
    callback_done_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(Text, default="")
    entered_by: Mapped[str] = mapped_column(String(200), default="")
    revision: Mapped[int] = mapped_column(default=1)


class Score(Base):  # type: ignore[valid-type, misc]  # a class made by a call
    """What an engine computed from the answers at one moment. Rows are only added; the newest of a response counts.

    ``low``, ``high`` and ``value`` are points on 0..100; ``value`` is empty while too little is known. ``dimensions``:
    list of id, met, conditions, low, high, value. ``concepts``: readiness on 0..1 by concept, null when unknown.
    """

    __tablename__ = "digital_readiness_score"

    id: Mapped[int] = mapped_column(primary_key=True)
    response_id: Mapped[int] = mapped_column(
        ForeignKey("digital_readiness_response.id", ondelete="CASCADE", name="fk_digital_readiness_score_response"),
        index=True,
    )
    engine_version: Mapped[str] = mapped_column(String(30))
    computed_at: Mapped[datetime]
    low: Mapped[float]
    high: Mapped[float]
    value: Mapped[float | None]
    level: Mapped[str] = mapped_column(String(40))
    met: Mapped[int]
    conditions: Mapped[int]
    dimensions: Mapped[list[Any]]
    concepts: Mapped[dict[str, Any]]


def response_subject(response_id: int) -> str:
    """Return how the field history names a response."""
    return f"digital_readiness_response:{response_id}"
