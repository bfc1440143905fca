"""Reads the condition of the system."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from wf40.base.access import requires
from wf40.base.audit import AuditEvent
from wf40.base.outbox import WITHDRAWN, OutboxEvent, OutboxMail
from wf40.base.uow import UnitOfWork
from wf40.pluginhost import state
from wf40.pluginhost.calls import Hooks
from wf40.pluginhost.registry import InstalledPlugin
from wf40.pluginhost.state import PluginFault, PluginState
from wf40.sdk.paging import Page, entities, page_of
from wf40.worker import dues

SILENCE = timedelta(minutes=2)
PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class PluginLine:
    """A plugin as the administration sees it. ``installed`` is ``None`` when the distribution was removed."""

    key: str
    title: str
    installed: InstalledPlugin | None
    enabled: bool
    version: str
    hooks: list[str]
    resting: list[str]
    faults: list[PluginFault]
    personal_columns: int


@dataclass(frozen=True, slots=True)
class Queue:
    """How much waits, and how much was given up; ``doubtful`` are mails that may have been sent more than once."""

    waiting: int
    failed: int
    doubtful: int = 0


@requires("admin.system")
def may_see_system(u: UnitOfWork) -> None:
    """Refuse people without the right before anything about the system is shown."""


@requires("admin.system")
def plugins(u: UnitOfWork) -> list[PluginLine]:
    """Return every plugin that is installed or was once enabled, by key."""
    hooks = u.service(Hooks)
    stored = {row.key: row for row in u.session.scalars(select(PluginState))}
    keys = sorted(set(hooks.registry.installed) | set(stored))
    return [_line(u, hooks, key, stored.get(key)) for key in keys]


def _line(u: UnitOfWork, hooks: Hooks, key: str, row: PluginState | None) -> PluginLine:
    installed = hooks.registry.installed.get(key)
    manifest = installed.manifest if installed else None
    return PluginLine(
        key=key,
        title=str(manifest.title) if manifest else (row.title if row else key) or key,
        installed=installed,
        enabled=bool(row and row.enabled),
        version=manifest.version if manifest else (row.version if row else ""),
        hooks=hooks.registry.hooks_of(key),
        resting=[hook for plugin, hook in hooks.quarantine.resting(u.now) if plugin == key],
        faults=state.faults(u.session, key, limit=5),
        personal_columns=len(row.personal_data) if row else 0,
    )


@requires("admin.system")
def outgoing_mail(u: UnitOfWork, page: int) -> Page[OutboxMail]:
    """Return one page of mails, the newest first."""
    return page_of(u, select(OutboxMail).order_by(OutboxMail.id.desc()), page, PER_PAGE, entities)


@requires("admin.audit")
def audit_events(u: UnitOfWork, page: int, action: str) -> Page[AuditEvent]:
    """Return one page of events, the newest first; ``action`` narrows when not empty."""
    wanted = select(AuditEvent).where(AuditEvent.action == action) if action else select(AuditEvent)
    return page_of(u, wanted.order_by(AuditEvent.id.desc()), page, PER_PAGE, entities)


@requires("admin.audit")
def audit_actions(u: UnitOfWork) -> list[str]:
    """Return the kinds of event that occur."""
    return list(u.session.scalars(select(AuditEvent.action).distinct().order_by(AuditEvent.action)))


def queues(u: UnitOfWork) -> dict[str, Queue]:
    """Return the state of the outbox."""
    return {name: _queue(u, kind) for name, kind in (("events", OutboxEvent), ("mails", OutboxMail))}


def _queue(u: UnitOfWork, kind: type[OutboxEvent] | type[OutboxMail]) -> Queue:
    waiting = select(func.count(kind.id)).where(kind.done_at.is_(None), kind.failed_at.is_(None))
    failed = select(func.count(kind.id)).where(kind.failed_at.is_not(None), kind.last_error != WITHDRAWN)
    doubtful = select(func.count(OutboxMail.id)).where(OutboxMail.doubtful > 0)
    counts = [u.session.scalar(count) or 0 for count in (waiting, failed, doubtful)]
    return Queue(counts[0], counts[1], counts[2] if kind is OutboxMail else 0)


def worker_seen(u: UnitOfWork) -> datetime | None:
    """Return the last sign of life of any worker."""
    return dues.last_tick(u.session)
