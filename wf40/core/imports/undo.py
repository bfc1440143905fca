"""A whole import is taken back, as far as nobody built upon it: what returns, what stays, and the beginning of it."""

from dataclasses import dataclass, replace

from sqlalchemy import func, select

from wf40.base.access import Actor, requires
from wf40.base.uow import UnitOfWork
from wf40.core.firms.withdrawing import Withdrawal
from wf40.core.imports import queries, undoing
from wf40.core.imports.models import ImportRow, ImportRun
from wf40.core.imports.service import RUN, demand, writable
from wf40.core.imports.terms import UNDOABLE

EXACT = 5000
"""So many rows of which something might stay are looked at one by one; of others it is assumed that they stay."""
SHOWN = 100
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class UndoLine:
    """One row of which something stays.

    ``fields`` are the fields that stay, ``reason`` is a code: ``edited`` (changed since), ``used`` (something hangs on
    the firm, ``where`` names its tables), ``merged`` (the firm went into another; where ``fields`` are named, what these
    tell of did), ``gone`` (it no longer exists).
    """

    row_no: int
    firm_id: int | None
    name: str
    reason: str
    fields: tuple[str, ...] = ()
    where: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UndoPlan:
    """What undoing would do now: firms that disappear, firms whose fields return, and what stays as it is.

    ``edited`` are the first rows of which something stays because it was changed since, ``blocked`` those whose firm
    stays because something hangs on it or it was merged; the numbers count all of them. ``gone`` firms no longer exist.
    ``estimated``: so much changed since that not every row was looked at.
    """

    disappear: int = 0
    returns: int = 0
    edited: tuple[UndoLine, ...] = ()
    blocked: tuple[UndoLine, ...] = ()
    edited_count: int = 0
    blocked_count: int = 0
    gone: int = 0
    estimated: bool = False


@requires("imports.read")
def undo_plan(u: UnitOfWork, run_id: int) -> UndoPlan:
    """Return what undoing an import would do now; asked in a reading unit only. Raises :class:`NotFound`.

    Counting and a few statements tell of which rows something might stay; only these are looked at.
    """
    run = queries.run(u, run_id)
    inside = _as_author(u, run)
    numbers = undoing.doubtful_rows(inside, run, EXACT + 1)
    found = [
        plan
        for start in range(0, min(len(numbers), EXACT), _AT_ONCE)
        for plan in undoing.looked_at(inside, run, numbers[start : start + _AT_ONCE])
    ]
    unseen = max(len(numbers) - EXACT, 0)
    new, other, gone = _totals(u, run)
    edited = [w for w in found if w.reason == "edited"]
    blocked = [w for w in found if w.reason in {"used", "merged"}]
    return UndoPlan(
        new - sum(w.result != "removed" for w in found if w.brought.created) - unseen,
        other - sum(w.result not in {"returned", "partly"} for w in found if not w.brought.created),
        tuple(_lines(u, run, edited[:SHOWN])),
        tuple(_lines(u, run, blocked[:SHOWN])),
        len(edited) + unseen, len(blocked), gone, estimated=unseen > 0,
    )  # fmt: skip


def _as_author(u: UnitOfWork, run: ImportRun) -> UnitOfWork:
    """Return a reading unit of work for the decisions, which need the right to change that a reader may not have."""
    actor = replace(Actor.system(u.actor.name, run.unit_id), units=frozenset({run.unit_id}))
    return u.seen_by(actor)


def _totals(u: UnitOfWork, run: ImportRun) -> tuple[int, int, int]:
    """Return how many firms an import made and how many others it met, and how many there are no more."""
    missing = ImportRow.firm_id.is_(None)
    rows = select(ImportRow.outcome, missing, func.count()).where(*undoing.did_something(run))
    new = other = gone = 0
    for outcome, lost, count in u.session.execute(rows.group_by(ImportRow.outcome, missing)):
        if lost:
            gone += count
        elif outcome == "created":
            new += count
        else:
            other += count
    return new, other, gone


def _lines(u: UnitOfWork, run: ImportRun, found: list[Withdrawal]) -> list[UndoLine]:
    numbers = [w.brought.row_no for w in found]
    rows = select(ImportRow.row_no, ImportRow.detail).where(ImportRow.run_id == run.id, ImportRow.row_no.in_(numbers))
    names = {row_no: str(detail.get("name", "")) for row_no, detail in u.session.execute(rows)}
    return [
        UndoLine(w.brought.row_no, w.brought.firm_id, names[w.brought.row_no], w.reason, w.fields, w.where)
        for w in found
    ]


@requires(RUN)
def request_undo(u: UnitOfWork, run_id: int) -> bool:
    """Let an import be taken back by the worker; asking twice changes nothing and returns ``False``.

    One that was given up goes on where it stopped.
    """
    row = writable(u, run_id)
    if row.state in {"undoing", "undone"}:
        return False
    demand(row, UNDOABLE)
    row.state = "undoing"
    row.undoer_id, row.undoer_name = u.actor.user_id, u.actor.name
    row.lease_token, row.lease_until, row.attempts = "", None, 0
    u.audit("import_undo_started", f"import:{row.id}", {"file": row.file_name})
    return True
