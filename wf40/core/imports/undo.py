"""A whole import is taken back, as far as nobody built upon it: what returns, what stays, and the beginning of it."""

from dataclasses import dataclass

from wf40.base.access import requires
from wf40.base.uow import UnitOfWork
from wf40.core.imports import queries
from wf40.core.imports.service import RUN, demand, writable
from wf40.core.imports.terms import UNDOABLE


@dataclass(frozen=True, slots=True)
class UndoLine:
    """One row of which something stays.

    ``fields`` are the fields that stay, ``reason`` is a code: ``edited`` (changed since), ``used`` (something hangs on the firm, ``where`` names its tables), ``merged``
    (the firm went into another), ``gone`` (the firm no longer exists).
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
    stays because something hangs on it or it was merged; the numbers count all of them.
    """

    disappear: int = 0
    returns: int = 0
    edited: tuple[UndoLine, ...] = ()
    blocked: tuple[UndoLine, ...] = ()
    edited_count: int = 0
    blocked_count: int = 0
    gone: int = 0


@requires("imports.read")
def undo_plan(u: UnitOfWork, run_id: int) -> UndoPlan:
    """Return what undoing an import would do now; raises :class:`NotFound`."""
    queries.run(u, run_id)
    return UndoPlan()


@requires(RUN)
def request_undo(u: UnitOfWork, run_id: int) -> bool:
    """Let an import be taken back by the worker; asking twice changes nothing and returns ``False``."""
    row = writable(u, run_id)
    if row.state in {"undoing", "undone"}:
        return False
    demand(row, UNDOABLE)
    row.state, row.undo_position, row.undo_counts = "undoing", 0, {}
    row.undoer_id, row.undoer_name = u.actor.user_id, u.actor.name
    row.lease_token, row.lease_until, row.attempts = "", None, 0
    u.audit("import_undo_started", f"import:{row.id}", {"file": row.file_name})
    return True
