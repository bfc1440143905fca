"""The unit of work: one actor, one transaction, one moment. It alone commits."""

import logging
import threading
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from wf40.base import audit, outbox
from wf40.base.access import Actor
from wf40.base.clock import Clock, SystemClock
from wf40.base.db import WRITE_OPTION, end_reading, make_engine, snapshots
from wf40.base.events import Event
from wf40.base.mail import Letter

T = TypeVar("T")
Subscribers = Callable[[str], Iterable[str]]
MOST_KEPT = 1000
log = logging.getLogger(__name__)


class UnitOfWork:
    """What every service function receives first: the session, who acts, and when.

    Obtained from :meth:`Database.read` or :meth:`Database.write`. Nothing else commits or rolls back.
    """

    def __init__(self, database: "Database", session: Session, actor: Actor, *, writes: bool) -> None:
        self.database = database
        self.session = session
        self.actor = actor
        self.writes = writes
        self.emitted: list[outbox.OutboxEvent] = []
        self._read: dict[Hashable, Any] = {}

    def seen_by(self, actor: Actor) -> "UnitOfWork":
        """Return a reading unit of another actor on the same transaction, which must be a reading one.

        What fails in a reading unit is rolled back as a whole, and with it whatever a writing one had done.
        """
        if self.writes:
            message = "this unit of work writes; open a reading one for another actor"
            raise RuntimeError(message)
        return UnitOfWork(self.database, self.session, actor, writes=False)

    @property
    def now(self) -> datetime:
        """The present moment in UTC."""
        return self.database.clock.now()

    def service(self, kind: type[T]) -> T:
        """Return the implementation of a service protocol of the SDK, e.g. ``u.service(Firms)``."""
        return cast("T", self.database.services[kind])

    def once(self, key: Hashable, read: Callable[[], T]) -> T:
        """Return what was read before under this key: a reading unit sees one state. A writing one reads each time."""
        if self.writes:
            return read()
        if key not in self._read:
            self._read[key] = read()
        return cast("T", self._read[key])

    def lately(self, key: Hashable, span: timedelta, read: Callable[[], T]) -> T:
        """Return what anybody in this process read under this key within a span: for figures that may be a little old.

        The key names whatever the answer depends on, the actor's units among it.
        """
        kept, now = self.database.kept, self.now
        found = kept.get(key)
        if found is None or not found[0] <= now < found[0] + span:
            if len(kept) >= MOST_KEPT:
                kept.clear()
            found = kept[key] = now, read()
        return cast("T", found[1])

    def emit(self, event: Event) -> None:
        """Queue an event for every subscriber, in this transaction; it is handled after the commit."""
        self._demand_writing()
        for subscriber in self.database.subscribers(event.name()):
            row = outbox.enqueue_event(self.session, event.name(), asdict(event), subscriber, self.now)
            self.emitted.append(row)

    def send(self, letter: Letter) -> None:
        """Queue a mail in this transaction; the worker sends it after the commit."""
        self._demand_writing()
        outbox.enqueue_mail(self.session, letter, self.now)

    def audit(self, action: str, subject: str = "", detail: Mapping[str, Any] | None = None) -> None:
        """Record who did what; ``subject`` names the record as ``kind:id``."""
        self._demand_writing()
        audit.record(self.session, self.actor, self.now, action, subject, detail)

    def _demand_writing(self) -> None:
        if not self.writes:
            message = "a reading unit of work discards what is added to it; open a writing one"
            raise RuntimeError(message)


@dataclass
class Database:
    """The engine and what a unit of work needs from the outside. One a process."""

    engine: Engine
    clock: Clock = field(default_factory=SystemClock)
    services: dict[type[Any], object] = field(default_factory=dict)
    subscribers: Subscribers = lambda _event: ()
    after_commit: Callable[[list[int]], object] = lambda _events: None
    kept: dict[Hashable, tuple[datetime, Any]] = field(default_factory=dict)
    _thread: threading.local = field(default_factory=threading.local)

    @classmethod
    def connect(cls, url: str, clock: Clock | None = None) -> "Database":
        """Connect to a database URL."""
        return cls(make_engine(url), clock or SystemClock())

    @contextmanager
    def read(self, actor: Actor) -> Iterator[UnitOfWork]:
        """Open a unit that only reads, and one state of the database throughout; whatever it changed is discarded."""
        with Session(snapshots(self.engine), autoflush=False) as session:
            yield UnitOfWork(self, session, actor, writes=False)
            end_reading(session)

    @contextmanager
    def write(self, actor: Actor) -> Iterator[UnitOfWork]:
        """Open a unit that commits at its end, or leaves nothing behind when an error passes through.

        One at a time in a thread: a second one would wait for the first for ever, so it is refused at once.
        """
        if self._waiting() is not None:
            message = "this thread is already writing; pass the unit of work on instead of opening a second one"
            raise RuntimeError(message)
        waiting: list[Callable[[], None]] = []
        self._thread.waiting = waiting
        engine = self.engine.execution_options(**{WRITE_OPTION: True})
        try:
            with Session(engine, expire_on_commit=False) as session:
                u = UnitOfWork(self, session, actor, writes=True)
                with session.begin():
                    yield u
        finally:
            self._thread.waiting = None
            for work in waiting:
                work()
        if u.emitted:
            self._dispatch([row.id for row in u.emitted])

    def when_free(self, work: Callable[[], None]) -> None:
        """Do work that opens its own writing unit: now, or as soon as the one of this thread has ended either way."""
        waiting = self._waiting()
        if waiting is None:
            work()
        else:
            waiting.append(work)

    def _waiting(self) -> list[Callable[[], None]] | None:
        return getattr(self._thread, "waiting", None)

    def _dispatch(self, events: list[int]) -> None:
        try:
            self.after_commit(events)
        except Exception:
            # What was asked for is stored; the worker hands the events on.
            log.exception("events could not be handled right after their commit")
