"""What following up adds to the whole."""

import sys
from collections.abc import Collection, Iterable, Mapping
from types import ModuleType
from typing import Any

from flask import Blueprint

from wf40.sdk import hookimpl, roles
from wf40.sdk.events import ConcernClosed, FirmLightChanged, FirmResponded, TaskClosed
from wf40.sdk.refs import FirmRef
from wf40.sdk.uow import UnitOfWork
from wf40.sdk.values import EventHandler, Health, Job, Manifest, NavItem, Permission, PersonalColumn
from wf40.sdk.work import Moved, PutBack
from wf40_follow_up import demo, handlers, merging, privacy, queries
from wf40_follow_up import models as tables
from wf40_follow_up.jobs import JOBS
from wf40_follow_up.texts import KEY, _l
from wf40_follow_up.views import bp

plugin = sys.modules[__name__]


@hookimpl
def manifest() -> Iterable[Manifest]:
    """Who this plugin is."""
    about = _l("Regeln, nach denen Wiedervorlagen von selbst entstehen, und eine Tagesmail für jede Person.")
    return [Manifest(KEY, _l("Nachfassen"), "0.1.0", about, licence="EUPL-1.2")]


@hookimpl
def models() -> Iterable[ModuleType]:
    """Rules, what they caused, and what is due."""
    return [tables]


@hookimpl
def blueprints() -> Iterable[Blueprint]:
    """The pages under /p/follow_up/."""
    return [bp]


@hookimpl
def permissions() -> Iterable[Permission]:
    """Everybody reads the rules and keeps their own daily mail; the head keeps the rules."""
    return [
        Permission(queries.READ, _l("Regeln für Wiedervorlagen ansehen"), roles.READERS),
        Permission(queries.MANAGE, _l("Regeln für Wiedervorlagen ändern"), frozenset({roles.LEAD})),
    ]


@hookimpl
def navigation() -> Iterable[NavItem]:
    """The rules, below the tasks that they make."""
    return [NavItem(KEY, _l("Nachfassen"), "follow_up.index", 65, queries.READ, icon="autorenew")]


@hookimpl
def event_handlers() -> Iterable[EventHandler]:
    """What rules heed."""
    return [
        EventHandler(FirmLightChanged, handlers.light_changed),
        EventHandler(FirmResponded, handlers.responded),
        EventHandler(ConcernClosed, handlers.concern_closed),
        EventHandler(TaskClosed, handlers.task_closed),
    ]


@hookimpl
def jobs() -> Iterable[Job]:
    """Looking for gaps, planning mails, and doing what is due."""
    return JOBS


@hookimpl
def merge_firms(u: UnitOfWork, keep: int, gone: int) -> Iterable[Moved]:
    """What rules made moves with its firm."""
    return merging.move(u, keep, gone)


@hookimpl
def unmerge_firms(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[PutBack]:
    """And go back again."""
    return merging.put_back(u, keep, gone, moved)


@hookimpl
def personal_data() -> Iterable[PersonalColumn]:
    """What can say something about the office's people."""
    return privacy.columns()


@hookimpl
def demo_data(u: UnitOfWork, firms: Collection[FirmRef], seed: int) -> Iterable[str]:
    """Rules and tasks of the demo town."""
    return demo.fill(u, firms, seed)


@hookimpl
def health(u: UnitOfWork) -> Iterable[Health]:
    """Whether anything that was due was given up."""
    failed = queries.failed_dues(u)
    return [Health(KEY, not failed, f"{failed} Fälligkeiten der letzten 30 Tage aufgegeben" if failed else "")]
