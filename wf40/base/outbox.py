"""Events and mails that wait for the commit and then for their handler or the mail server.

A row is claimed with a lease before it is worked on, so that any number of workers share the queue and a killed
worker's row comes back when its lease ends.
"""

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import String, Text, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from wf40.base.db import Base
from wf40.base.mail import Letter

LEASE = timedelta(minutes=5)
BACKOFF_SECONDS = (5, 30, 120, 600, 1800, 3600)
GIVE_UP_AFTER = timedelta(hours=24)


class Queued:
    """Columns of a row that waits, is claimed, retried and at last done or given up."""

    created_at: Mapped[datetime]
    not_before: Mapped[datetime] = mapped_column(index=True)
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None] = mapped_column(index=True)
    failed_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(Text, default="")


class OutboxEvent(Queued, Base):
    """One event for one subscriber."""

    __tablename__ = "outbox_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    event: Mapped[str] = mapped_column(String(120))
    subscriber: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]]


class OutboxMail(Queued, Base):
    """One mail. The text is removed once the server has accepted it: it may hold a personal link."""

    __tablename__ = "outbox_mail"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(String(120), unique=True)
    to: Mapped[str] = mapped_column("recipient", String(320))
    to_name: Mapped[str] = mapped_column(String(200))
    subject: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column("body", Text)
    reply_to: Mapped[str] = mapped_column(String(320))
    subject_ref: Mapped[str] = mapped_column(String(80), index=True)
    origin: Mapped[str] = mapped_column(String(60))
    unsubscribe_url: Mapped[str] = mapped_column(String(500), default="")
    doubtful: Mapped[int] = mapped_column(default=0)
    """How often a worker vanished between claiming this mail and noting its end: it may have been sent that often."""

    def letter(self) -> Letter:
        """Return the mail as a value."""
        return Letter(
            self.to, self.subject, self.text, self.to_name, self.reply_to, self.subject_ref, self.origin,
            self.unsubscribe_url,
        )  # fmt: skip


Row = TypeVar("Row", OutboxEvent, OutboxMail)


def enqueue_event(session: Session, event: str, payload: dict[str, Any], subscriber: str, now: datetime) -> OutboxEvent:
    """Add one event for one subscriber and return its row."""
    row = OutboxEvent(event=event, payload=payload, subscriber=subscriber, created_at=now, not_before=now)
    session.add(row)
    return row


def enqueue_mail(session: Session, letter: Letter, now: datetime) -> None:
    """Add one mail with the Message-ID that it keeps through all attempts.

    A line break in a name or subject (tables that were imported have them) becomes a blank; one in an address raises
    ``ValueError``.
    """
    if any(not c.isprintable() for c in letter.to + letter.reply_to):
        message = "an address must not hold line breaks or other control characters"
        raise ValueError(message)
    session.add(
        OutboxMail(
            message_id=f"<{secrets.token_hex(16)}@wf40.invalid>",
            to=letter.to,
            to_name=_one_line(letter.to_name)[:200],
            subject=_one_line(letter.subject)[:300],
            text=letter.text,
            reply_to=letter.reply_to,
            subject_ref=letter.subject_ref,
            origin=letter.origin,
            unsubscribe_url=letter.unsubscribe_url,
            created_at=now,
            not_before=now,
        )
    )


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def claim(
    session: Session, kind: type[Row], now: datetime, limit: int = 50, among: Sequence[int] | None = None
) -> list[Row]:
    """Claim rows that are due and not leased by another worker; the caller commits before working on them.

    ``among`` narrows to rows of these ids.
    """
    free = or_(kind.lease_until.is_(None), kind.lease_until < now)
    due = (
        select(kind.id)
        .where(kind.done_at.is_(None), kind.failed_at.is_(None), kind.not_before <= now, free)
        .order_by(kind.id)
        .limit(limit)
    )
    if among is not None:
        due = due.where(kind.id.in_(among))
    if session.get_bind().dialect.name == "postgresql":
        due = due.with_for_update(skip_locked=True)
    ids = list(session.scalars(due))
    if kind is OutboxMail:
        vanished = kind.id.in_(ids), kind.lease_until.is_not(None)
        session.execute(update(OutboxMail).where(*vanished).values(doubtful=OutboxMail.doubtful + 1))
    session.execute(update(kind).where(kind.id.in_(ids)).values(lease_until=now + LEASE))
    return list(session.scalars(select(kind).where(kind.id.in_(ids)).order_by(kind.id)))


def mark_done(row: OutboxEvent | OutboxMail, now: datetime) -> None:
    """Close a row; a mail loses its text and its link for opting out, which holds a secret."""
    row.done_at, row.lease_until, row.last_error = now, None, ""
    if isinstance(row, OutboxMail):
        row.text = row.unsubscribe_url = ""


def mark_failed(row: OutboxEvent | OutboxMail, error: str, now: datetime) -> None:
    """Plan the next attempt, or give up after a day."""
    wait = BACKOFF_SECONDS[min(row.attempts, len(BACKOFF_SECONDS) - 1)]
    row.attempts += 1
    row.last_error = error[:2000]
    row.lease_until = None
    row.not_before = now + timedelta(seconds=wait)
    if now - row.created_at > GIVE_UP_AFTER:
        row.failed_at = now
        if isinstance(row, OutboxMail):
            row.text = row.unsubscribe_url = ""


WITHDRAWN = "withdrawn"
"""What ``last_error`` says of a mail that was taken back."""


def take_back(session: Session, subject_refs: Collection[str], now: datetime) -> set[str]:
    """Keep the unsent mails about these subjects from leaving, and return whose were taken back.

    A leased mail is left as it is: it may be on its way to the server.
    """
    refs, taken = list(subject_refs), set[str]()
    free = or_(OutboxMail.lease_until.is_(None), OutboxMail.lease_until < now)
    for start in range(0, len(refs), 500):
        unsent = update(OutboxMail).where(
            OutboxMail.subject_ref.in_(refs[start : start + 500]),
            OutboxMail.done_at.is_(None), OutboxMail.failed_at.is_(None), free,
        )  # fmt: skip
        values = {"failed_at": now, "last_error": WITHDRAWN, "text": "", "unsubscribe_url": ""}
        changed = unsent.values(values).returning(OutboxMail.subject_ref)
        taken |= set(session.scalars(changed, execution_options={"synchronize_session": False}))
    return taken
