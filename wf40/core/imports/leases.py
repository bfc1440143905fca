"""Who moves an import: one worker at a time holds it by a lease that each of its transactions renews."""

import secrets
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.engine import CursorResult

from wf40.base.access import Actor
from wf40.base.uow import Database, UnitOfWork
from wf40.core.accounts.identity import actor_today
from wf40.core.firms.identities import newest_firm
from wf40.core.imports import service
from wf40.core.imports.matching import Seen
from wf40.core.imports.models import ImportRow, ImportRun
from wf40.core.imports.own_keys import builtin, own_columns
from wf40.core.imports.parsing import ColumnMapping
from wf40.core.imports.preparing import Task
from wf40.core.imports.processing import Rules
from wf40.core.office.postcodes import all_places

LEASE = timedelta(seconds=30)
ATTEMPTS = 3
AHEAD = {"mapped": "mapped", "queued": "running", "running": "running", "undoing": "undoing"}
"""States that wait for a worker, and the state in which it works."""


class Lost(Exception):
    """Somebody else moves this import now, or it was stopped."""


@dataclass(slots=True)
class Claim:
    """An import that this worker may move, as it stood when it was claimed."""

    run_id: int
    token: str
    state: str
    unit_id: int
    actor: Actor
    header_row: int
    position: int
    last: int
    task: Task
    rules: Rules
    seen: Seen = field(default_factory=Seen)

    @property
    def checking(self) -> bool:
        """Whether nothing goes in yet."""
        return self.state == "mapped"


def claim(database: Database, run_id: int) -> Claim | None:
    """Take an import that waits and that nobody else holds; ``None`` where there is no such, or where it is halted."""
    token = secrets.token_hex(8)
    with database.write(Actor.system("imports")) as u:
        free = or_(ImportRun.lease_until.is_(None), ImportRun.lease_until < u.now)
        mine = update(ImportRun).where(ImportRun.id == run_id, ImportRun.state.in_(AHEAD), free)
        if not _hit(u, mine.values(lease_token=token, lease_until=u.now + LEASE)):
            return None
        run = u.session.get_one(ImportRun, run_id)
        run.state = AHEAD[run.state]
        if not run.position or run.newest_firm is None:
            run.newest_firm = newest_firm(u)
        actor = _actor(u, run)
        if actor is None:
            service.halt(u, run)
            return None
        return _claim_of(u, run, token, actor)


def _actor(u: UnitOfWork, run: ImportRun) -> Actor | None:
    """Return with whose rights of today an import is moved: the product's own only where the command line began it."""
    undoing = run.state == "undoing"
    name, user_id = (run.undoer_name, run.undoer_id) if undoing else (run.author_name, run.author_id)
    if user_id is None:
        return Actor("system", name, None, run.unit_id, frozenset({run.unit_id}))
    person = actor_today(u, user_id)
    if person is None or not person.may(service.RUN) or not person.may_write_unit(run.unit_id):
        return None
    return replace(person, units=frozenset({run.unit_id}))


def _claim_of(u: UnitOfWork, run: ImportRun, token: str, actor: Actor) -> Claim:
    undoing = run.state == "undoing"
    task = task_of(u, run)
    position = run.undo_position if undoing else max(run.position, run.header_row)
    last = u.session.scalar(select(func.max(ImportRow.row_no)).where(ImportRow.run_id == run.id)) or 0
    return Claim(run.id, token, run.state, run.unit_id, actor, run.header_row, position, last, task, rules_of(u, run))


def task_of(u: UnitOfWork, run: ImportRun) -> Task:
    """Return how the rows of an import are read."""
    mapping = ColumnMapping(builtin(run.fields), run.edition or None)  # type: ignore[arg-type]  # checked when it was stored
    return Task(
        run.id,
        run.unit_id,
        mapping,
        bool(run.encoding),
        run.source,
        run.source_date,
        run.newest_firm or 0,
        own_columns(run.fields),
        all_places(u) if {"postcode", "address"} & set(run.fields) else {},
    )


def rules_of(u: UnitOfWork, run: ImportRun, *, checking: bool | None = None) -> Rules:
    """Return how an import goes about its rows, with all that people decided."""
    chosen = select(ImportRow.row_no, ImportRow.choice).where(ImportRow.run_id == run.id, ImportRow.choice.is_not(None))
    choices = {row_no: choice for row_no, choice in u.session.execute(chosen) if choice is not None}
    check = run.state == "mapped" if checking is None else checking
    return Rules(run.source, run.source_date, dict(run.policies), choices, run.undecided, check, run.legal_basis)


def hold(u: UnitOfWork, held: Claim) -> None:
    """Make sure that this worker still moves the import, and that nobody else does until the transaction ends."""
    mine = update(ImportRun).where(
        ImportRun.id == held.run_id, ImportRun.lease_token == held.token, ImportRun.state == held.state
    )
    if not _hit(u, mine.values(lease_until=u.now + LEASE)):
        raise Lost


def release(database: Database, held: Claim) -> None:
    """Let somebody else go on."""
    with database.write(held.actor) as u:
        hold(u, held)
        u.session.execute(update(ImportRun).where(ImportRun.id == held.run_id).values(lease_token="", lease_until=None))


def failed(database: Database, held: Claim, error: Exception) -> None:
    """Leave the import for another attempt, or close it after several; what has gone in stays."""
    with database.write(held.actor) as u:
        run = u.session.get(ImportRun, held.run_id)
        if run is None or run.lease_token != held.token:
            return
        run.attempts += 1
        run.lease_token, run.lease_until = "", None
        if run.attempts >= ATTEMPTS:
            service.end(u, run, "failed", f"{type(error).__name__}: {error}"[:2000])


def _hit(u: UnitOfWork, statement: Any) -> bool:
    result = u.session.execute(statement.execution_options(synchronize_session=False))
    assert isinstance(result, CursorResult)  # noqa: S101 - for the type checker
    return result.rowcount == 1
