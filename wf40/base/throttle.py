"""Rate limits that hold across processes: counts per key and window in the database, keys stored as digests."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import String, delete
from sqlalchemy.orm import Mapped, mapped_column

from wf40.base.access import Actor
from wf40.base.db import Base, insert_for
from wf40.base.errors import TooManyAttempts
from wf40.base.uow import Database


class Attempt(Base):
    """How often something was tried in one window."""

    __tablename__ = "throttle_attempt"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    window_ends: Mapped[datetime] = mapped_column(index=True)
    count: Mapped[int]


def throttle(database: Database, scope: str, who: str, limit: int, window: timedelta) -> None:
    """Count one attempt of ``who`` at ``scope``; raises :class:`TooManyAttempts` beyond ``limit`` in ``window``.

    Counted in a transaction of its own, so that a refused request counts too.
    """
    key = hashlib.sha256(f"{scope}|{who}".encode()).hexdigest()
    with database.write(Actor.system("throttle")) as u:
        u.session.execute(delete(Attempt).where(Attempt.window_ends < u.now))
        first = insert_for(u.session)(Attempt).values(key=key, window_ends=u.now + window, count=1)
        once_more = first.on_conflict_do_update(index_elements=["key"], set_={"count": Attempt.count + 1})
        count = u.session.scalar(once_more.returning(Attempt.count))
    if count is not None and count > limit:
        raise TooManyAttempts


def forgive(database: Database, scope: str, who: str) -> None:
    """Forget the attempts of ``who``, e.g. after a successful sign-in."""
    key = hashlib.sha256(f"{scope}|{who}".encode()).hexdigest()
    with database.write(Actor.system("throttle")) as u:
        u.session.execute(delete(Attempt).where(Attempt.key == key))
