"""Field history: for each change of a record who, when, old value, new value, and where the new one comes from."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Index, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from wf40.base.db import Base, Json

if TYPE_CHECKING:
    from wf40.base.uow import UnitOfWork


class FieldChange(Base):
    """One field of one record changed once. ``subject`` is ``kind:id``."""

    __tablename__ = "field_change"
    __table_args__ = (Index("ix_field_change_subject_at", "subject", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(80))
    field: Mapped[str] = mapped_column(String(60))
    old: Mapped[Any] = mapped_column(Json)
    new: Mapped[Any] = mapped_column(Json)
    at: Mapped[datetime]
    actor_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(200), default="")


def plain(value: object) -> Any:
    """Return a value as JSON can hold it."""
    return value.isoformat() if isinstance(value, date | datetime) else value


def record_changes(
    u: "UnitOfWork", subject: str, before: Mapping[str, Any], after: Mapping[str, Any], source: str = ""
) -> list[str]:
    """Store each field that differs and return the names of those fields, in the order of ``after``."""
    changed = [name for name, value in after.items() if plain(before.get(name)) != plain(value)]
    u.session.add_all(
        FieldChange(
            subject=subject,
            field=name,
            old=plain(before.get(name)),
            new=plain(after[name]),
            at=u.now,
            actor_id=u.actor.user_id,
            actor_name=u.actor.name,
            source=source,
        )
        for name in changed
    )
    return changed


def changes_of(u: "UnitOfWork", subject: str, limit: int = 200) -> list[FieldChange]:
    """Return the newest changes of a record. Whether it may be read is the caller's to check."""
    newest = select(FieldChange).where(FieldChange.subject == subject).order_by(FieldChange.id.desc())
    return list(u.session.scalars(newest.limit(limit)))


def changes_of_many(u: "UnitOfWork", subjects: Collection[str], limit: int = 200) -> list[FieldChange]:
    """Return the newest changes of several records, ``limit`` of each. Whether they may be read is the caller's to check."""
    if not subjects:
        return []
    place = func.row_number().over(partition_by=FieldChange.subject, order_by=FieldChange.id.desc())
    placed = select(FieldChange.id, place.label("place")).where(FieldChange.subject.in_(subjects)).subquery()
    newest = select(FieldChange).join(placed, placed.c.id == FieldChange.id).where(placed.c.place <= limit)
    return list(u.session.scalars(newest.order_by(FieldChange.id.desc())))


def last_changed_by(u: "UnitOfWork", subject: str) -> str:
    """Return who changed a record last, or nothing."""
    return next((change.actor_name for change in changes_of(u, subject, 1)), "")
