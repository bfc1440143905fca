"""The record of who did what: sign-ins, refusals, exports, changes of rights and records."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, Session, mapped_column

from wf40.base.access import Actor
from wf40.base.db import Base


class AuditEvent(Base):
    """One event. Rows are only ever added."""

    __tablename__ = "audit_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[int | None]
    actor_kind: Mapped[str] = mapped_column(String(10))
    actor_name: Mapped[str] = mapped_column(String(200))
    unit_id: Mapped[int | None]
    action: Mapped[str] = mapped_column(String(60), index=True)
    subject: Mapped[str] = mapped_column(String(80), index=True)
    detail: Mapped[dict[str, Any]]


def record(
    session: Session, actor: Actor, at: datetime, action: str, subject: str, detail: Mapping[str, Any] | None
) -> None:
    """Add one event to the session."""
    session.add(
        AuditEvent(
            at=at,
            actor_id=actor.user_id,
            actor_kind=actor.kind,
            actor_name=actor.name,
            unit_id=actor.unit_id,
            action=action,
            subject=subject,
            detail=dict(detail or {}),
        )
    )
