"""What is due: one row per job and moment, claimed with a lease, so that each is done once however many workers run."""

from datetime import datetime, timedelta

from sqlalchemy import String, Text, UniqueConstraint, delete, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from wf40.base.db import Base, insert_for

ATTEMPTS = 5
PAUSE = timedelta(minutes=5)


class Due(Base):
    """One job at one moment."""

    __tablename__ = "due"
    __table_args__ = (UniqueConstraint("job", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    job: Mapped[str] = mapped_column(String(120))
    due_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None] = mapped_column(index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(Text, default="")


class WorkerTick(Base):
    """The last sign of life of a worker."""

    __tablename__ = "worker_tick"

    worker: Mapped[str] = mapped_column(String(120), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)


def plan(session: Session, job: str, due_at: datetime) -> None:
    """Note that a job is due; a second worker's note of the same is ignored."""
    session.execute(
        insert_for(session)(Due)
        .values(job=job, due_at=due_at, attempts=0, last_error="")
        .on_conflict_do_nothing(index_elements=["job", "due_at"])
    )


def claim(session: Session, job: str, now: datetime, lease: timedelta) -> int | None:
    """Claim the newest open due of a job and return its id; older open ones are closed, since one run serves all."""
    free = or_(Due.lease_until.is_(None), Due.lease_until < now)
    open_dues = select(Due.id).where(Due.job == job, Due.done_at.is_(None), Due.due_at <= now, free)
    if session.get_bind().dialect.name == "postgresql":
        open_dues = open_dues.with_for_update(skip_locked=True)
    ids = list(session.scalars(open_dues.where(Due.attempts < ATTEMPTS).order_by(Due.due_at.desc())))
    if not ids:
        return None
    newest, older = ids[0], ids[1:]
    session.execute(update(Due).where(Due.id.in_(older)).values(done_at=now, last_error="superseded"))
    session.execute(update(Due).where(Due.id == newest).values(lease_until=now + lease, attempts=Due.attempts + 1))
    return newest


def finish(session: Session, due_id: int, now: datetime, error: str = "") -> None:
    """Close a due, or keep it with the error for another attempt after a pause."""
    done_at, lease_until = (None, now + PAUSE) if error else (now, None)
    session.execute(
        update(Due).where(Due.id == due_id).values(done_at=done_at, lease_until=lease_until, last_error=error[:2000])
    )


def beat(session: Session, worker: str, now: datetime) -> None:
    """Note a sign of life and forget workers that are gone for a day."""
    first = insert_for(session)(WorkerTick).values(worker=worker, at=now)
    session.execute(first.on_conflict_do_update(index_elements=["worker"], set_={"at": now}))
    session.execute(delete(WorkerTick).where(WorkerTick.at < now - timedelta(days=1)))


def last_tick(session: Session) -> datetime | None:
    """Return the newest sign of life of any worker."""
    return session.scalar(select(WorkerTick.at).order_by(WorkerTick.at.desc()).limit(1))
