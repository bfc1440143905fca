"""Takes an import back, some rows at a time: firms that it made disappear, fields return, what was edited since stays."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, or_, select

from wf40.base.bulk import update_rows
from wf40.base.uow import UnitOfWork
from wf40.core.firms.withdrawing import Brought, Withdrawal, plan_withdrawals, withdraw
from wf40.core.imports.models import ImportRow, ImportRun
from wf40.core.imports.uses import used_firms


def undo_some(u: UnitOfWork, run_id: int, limit: int) -> tuple[int, bool]:
    """Take back some rows; returns how many, and whether that was all. The position moves with the firms."""
    run = u.session.get_one(ImportRun, run_id)
    rows = brought_rows(u, run, run.undo_position, limit)
    if not rows:
        run.state, run.undone_at = "undone", u.now
        run.lease_token, run.lease_until = "", None
        u.audit("import_undone", f"import:{run_id}", dict(run.undo_counts))
        return 0, True
    plans = planned(u, run_id, rows)
    withdraw(u, plans)
    u.session.flush()
    stored: list[tuple[Any, ...]] = [(run_id, plan.brought.row_no, outcome_of(plan)) for plan in plans]
    table: Any = ImportRow.__table__
    update_rows(u.session, table, ("run_id", "row_no"), ("undone",), stored)
    counts = Counter(run.undo_counts)
    counts.update(plan.result for plan in plans)
    run.undo_counts, run.undo_position, run.attempts = dict(counts), rows[-1].row_no, 0
    return len(rows), False


def brought_rows(u: UnitOfWork, run: ImportRun, after: int, limit: int) -> list[Brought]:
    """Return rows of an import that did something to a firm."""
    found = _did_something(run).where(ImportRow.row_no > after).order_by(ImportRow.row_no).limit(limit)
    return [
        Brought(
            row.row_no, row.firm_id, row.outcome == "created",
            tuple((name, old, new) for name, old, new in row.detail.get("changes", ())), row.before or {},
        )
        for row in u.session.execute(found)
    ]  # fmt: skip


def _did_something(run: ImportRun) -> Select[Any]:
    columns = (ImportRow.row_no, ImportRow.firm_id, ImportRow.outcome, ImportRow.detail, ImportRow.before)
    did = or_(ImportRow.outcome.in_(("created", "updated")), ImportRow.before.is_not(None))
    return select(*columns).where(ImportRow.run_id == run.id, ImportRow.row_no <= run.position, did)


def planned(u: UnitOfWork, run_id: int, rows: Sequence[Brought]) -> list[Withdrawal]:
    """Return what can be taken back of some rows."""
    made = [row.firm_id for row in rows if row.created and row.firm_id is not None]
    return plan_withdrawals(u, rows, used_firms(u, run_id, made))


def outcome_of(plan: Withdrawal) -> dict[str, Any]:
    """Return what is stored beside a row."""
    stored: dict[str, Any] = {"result": plan.result}
    if plan.reason:
        stored |= {"reason": plan.reason, "fields": list(plan.fields), "where": list(plan.where)}
    return stored
