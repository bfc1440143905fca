"""Hands committed events to their handlers and mails to the mail server."""

import logging
import threading
from dataclasses import dataclass, field
from typing import Any

from wf40.base import outbox
from wf40.base.access import Actor
from wf40.base.mail import Transport, compose
from wf40.base.uow import Database
from wf40.pluginhost.calls import Failure, Hooks
from wf40.sdk.hookspecs import Spec
from wf40.sdk.values import EventHandler

log = logging.getLogger(__name__)


@dataclass
class Dispatcher:
    """Works off the outbox; safe to run in several processes at once."""

    database: Database
    hooks: Hooks
    transport: Transport
    sender: str
    _busy: threading.local = field(default_factory=threading.local)
    _last_word: dict[str, set[str]] = field(default_factory=dict)

    def subscribers(self, event: str) -> list[str]:
        """Return the slices and plugins that handle an event; one that cannot say now is taken at its last word."""
        gathered = self.hooks.gather(Spec.event_handlers)
        named: dict[str, set[str]] = {}
        for p in gathered.provided:
            named.setdefault(p.plugin, set()).add(p.value.event.name())
        self._last_word.update(named)
        named.update({f.plugin: self._last_word.get(f.plugin, set()) for f in gathered.failures})
        return sorted(name for name, events in named.items() if event in events)

    def events(self) -> int:
        """Handle every event that waits; returns how many were handled."""
        handled = 0
        while batch := self._claim_events():
            handled += sum(self._handle(row) for row in batch)
        return handled

    def committed(self, events: list[int]) -> None:
        """Handle the events of a unit that has just committed, and those that the handling emits.

        Others that wait are left to the worker: whoever saves must not work off what an import left.
        """
        waiting: list[int] | None = getattr(self._busy, "waiting", None)
        if waiting is not None:
            waiting.extend(events)
            return
        self._busy.waiting = waiting = list(events)
        try:
            while waiting:
                batch, waiting[:] = waiting[:], []
                for row in self._claim_events(batch):
                    self._handle(row)
        finally:
            self._busy.waiting = None

    def _claim_events(self, among: list[int] | None = None) -> list[outbox.OutboxEvent]:
        with self.database.write(Actor.system("outbox")) as u:
            return outbox.claim(u.session, outbox.OutboxEvent, u.now, among=among)

    def _handle(self, row: outbox.OutboxEvent) -> bool:
        try:
            handlers = self._handlers(row)
            with self.database.write(Actor.system(row.subscriber)) as u:
                result = self.hooks.guard(
                    row.subscriber, f"handler of {row.event}", lambda: _run(u, handlers, row.payload)
                )
                if isinstance(result, Failure):
                    raise _HandlerFailed(result.reference)  # noqa: TRY301 - the write of a failed handler must not commit
                outbox.mark_done(u.session.get_one(outbox.OutboxEvent, row.id), u.now)
        except Exception as failed:  # noqa: BLE001 - kept with the row and tried again
            log.warning("event %s for %s failed: %s", row.event, row.subscriber, failed)
            self._note(outbox.OutboxEvent, row.id, f"{type(failed).__name__}: {failed}")
            return False
        return True

    def _handlers(self, row: outbox.OutboxEvent) -> list[EventHandler]:
        gathered = self.hooks.gather(Spec.event_handlers)
        for failure in gathered.failures:
            if failure.plugin == row.subscriber:
                raise _HandlerFailed(failure.reference)
        return [p.value for p in gathered.provided if p.plugin == row.subscriber and p.value.event.name() == row.event]

    def _note(self, kind: type[outbox.Row], row_id: int, error: str) -> None:
        """Close a row, or plan its next attempt; one that another worker closed meanwhile stays closed."""
        with self.database.write(Actor.system("outbox")) as u:
            row = u.session.get_one(kind, row_id)
            if row.done_at is None and error:
                outbox.mark_failed(row, error, u.now)
            elif row.done_at is None:
                outbox.mark_done(row, u.now)

    def mails(self) -> int:
        """Send mails that wait, at most twenty; returns how many the server accepted.

        Each is claimed when its turn comes: a server that hangs must not outlast the lease of those behind.
        """
        sent = 0
        for _turn in range(20):
            with self.database.write(Actor.system("outbox")) as u:
                rows = outbox.claim(u.session, outbox.OutboxMail, u.now, limit=1)
            if not rows:
                break
            sent += self._send(rows[0])
        return sent

    def _send(self, row: outbox.OutboxMail) -> bool:
        error = ""
        try:
            self.transport.deliver(compose(row.letter(), self.sender, row.message_id))
        except Exception as failed:  # noqa: BLE001 - no mail may hold up those behind it
            error = f"{type(failed).__name__}: {failed}"
        self._note(outbox.OutboxMail, row.id, error)
        return not error


class _HandlerFailed(Exception):
    """A plugin's handler failed; its reference number says where to read on."""


def _run(u: Any, handlers: list[EventHandler], payload: dict[str, Any]) -> None:
    for handler in handlers:
        handler.handle(u, handler.event(**payload))
