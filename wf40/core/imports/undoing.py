"""Takes an import back, some rows at a time: firms that it made disappear, fields return, what was edited since stays.

New firms are dealt with as numbers: a few statements a batch say which of them stay, and remove the others. Only what an
import changed in firms that were there before is looked at row by row.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, false, func, not_, or_, select, update

from wf40.base.bulk import update_rows
from wf40.base.id_lists import among
from wf40.base.uow import UnitOfWork
from wf40.core.firms.removing import changed_since, edited_firms, firm_states, remove_firms, standing_firms
from wf40.core.firms.withdrawing import Brought, Withdrawal, plan_withdrawals, withdraw
from wf40.core.imports.models import ImportRow, ImportRun
from wf40.core.imports.own_keys import is_own
from wf40.core.imports.own_undo import OwnPlan, fills_own, give_back, own_plans, relieve, with_own
from wf40.core.imports.uses import used_firms, used_of_run

_ROWS: Any = ImportRow.__table__
SWEPT = 5_000
"""From so many new firms on their words are removed from the search all together, in the end."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """The numbers of rows that come next: those that made a firm and stored nothing but its facts, and the others."""

    plain: tuple[int, ...]
    careful: tuple[int, ...]


@dataclass(slots=True)
class Batch:
    """Some rows that did something to a firm: new firms with the row of each, and what was changed in others."""

    made: dict[int, int] = field(default_factory=dict)
    others: list[Brought] = field(default_factory=list)


@dataclass(slots=True)
class Decision:
    """What becomes of a batch: firms that disappear, and all the other rows with what returns or stays of each."""

    removed: list[int]
    others: list[Withdrawal]
    own: list[OwnPlan] = field(default_factory=list)


def ahead(u: UnitOfWork, run_id: int, after: int, limit: int) -> Ahead | None:
    """Return the next rows to take back behind one, or ``None`` where none is left. Nothing is written."""
    run = u.session.get_one(ImportRun, run_id)
    own = with_own() if fills_own(run) else false()
    plain = and_(ImportRow.outcome == "created", ImportRow.firm_id.is_not(None), not_(own))
    rows = select(ImportRow.row_no, plain).where(*_left(run), ImportRow.row_no > after)
    found = u.session.execute(rows.order_by(ImportRow.row_no).limit(limit)).all()
    if not found:
        return None
    return Ahead(
        tuple(row_no for row_no, is_plain in found if is_plain),
        tuple(row_no for row_no, is_plain in found if not is_plain),
    )


def undo_numbered(u: UnitOfWork, run_id: int, numbers: Sequence[int], hold: Callable[[], object]) -> None:
    """Take back those of the rows that are still to be taken back.

    Others may be at other rows, so ``hold`` is called last: it makes sure that the import is still ours, and lets nobody
    else count until the transaction ends.
    """
    run = u.session.get_one(ImportRun, run_id)
    results = _undo(u, run, _batch(u, run, _rows(*_left(run), among(u.session, ImportRow.row_no, numbers))))
    u.session.flush()
    hold()
    u.session.refresh(run)
    run.undo_counts, run.attempts = dict(Counter(run.undo_counts) + results), 0
    run.undo_position = max(run.undo_position, *numbers)


def end(u: UnitOfWork, run_id: int) -> None:
    """Note that everything is taken back."""
    run = u.session.get_one(ImportRun, run_id)
    run.state, run.undone_at = "undone", u.now
    run.lease_token, run.lease_until = "", None
    u.audit("import_undone", f"import:{run_id}", dict(run.undo_counts))


def sweeps(run: ImportRun) -> bool:
    """Tell whether so many firms disappear that the search is swept in the end."""
    return bool(run.counts.get("created", 0) >= SWEPT)


def _undo(u: UnitOfWork, run: ImportRun, batch: Batch) -> Counter[str]:
    decision = decided(u, run.id, batch)
    _mark_removed(u, run.id, [batch.made[firm_id] for firm_id in decision.removed])
    give_back(u, decision.own, gone=set(decision.removed))
    remove_firms(u, decision.removed, swept=sweeps(run))
    withdraw(u, decision.others)
    give_back(u, [plan for plan in decision.own if not plan.created])
    stored: list[tuple[Any, ...]] = [(run.id, plan.brought.row_no, outcome_of(plan)) for plan in decision.others]
    update_rows(u.session, _ROWS, ("run_id", "row_no"), ("undone",), stored)
    return Counter(plan.result for plan in decision.others) + Counter(removed=len(decision.removed))


def rows_numbered(u: UnitOfWork, run: ImportRun, numbers: Sequence[int]) -> Batch:
    """Return some rows of an import by their numbers."""
    return _batch(u, run, _rows(*did_something(run), among(u.session, ImportRow.row_no, numbers)))


def did_something(run: ImportRun) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for the rows of an import that did something to a firm."""
    did = or_(ImportRow.outcome.in_(("created", "updated")), ImportRow.before.is_not(None))
    return ImportRow.run_id == run.id, ImportRow.row_no <= run.position, did


def _left(run: ImportRun) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for the rows that are still to be taken back."""
    return *did_something(run), ImportRow.undone.is_(None)


def _rows(*conditions: ColumnElement[bool]) -> Select[Any]:
    columns: tuple[Any, ...] = (ImportRow.row_no, ImportRow.firm_id, ImportRow.outcome)
    return select(*columns).where(*conditions).order_by(ImportRow.row_no)


def _batch(u: UnitOfWork, run: ImportRun, found: Select[Any]) -> Batch:
    batch, others = Batch(), dict[int, tuple[int | None, bool]]()
    for row_no, firm_id, outcome in u.session.execute(found):
        if outcome == "created" and firm_id is not None and firm_id not in batch.made:
            batch.made[firm_id] = row_no
        else:
            others[row_no] = firm_id, outcome == "created"
    details = select(ImportRow.row_no, ImportRow.detail, ImportRow.before)
    details = details.where(ImportRow.run_id == run.id, among(u.session, ImportRow.row_no, list(others)))
    for row_no, detail, before in u.session.execute(details.order_by(ImportRow.row_no)) if others else ():
        changes = tuple((name, old, new) for name, old, new in detail.get("changes", ()) if not is_own(name))
        batch.others.append(Brought(row_no, *others[row_no], changes, before or {}))
    return batch


def decided(u: UnitOfWork, run_id: int, batch: Batch) -> Decision:
    """Say what returns, what stays because it was edited, and what cannot return. Nothing is written."""
    made = list(batch.made)
    standing = standing_firms(u, made) if made else {}
    present = [firm_id for firm_id, into in standing.items() if into is None]
    edited = edited_firms(u, present) if present else {}
    used = used_firms(u, run_id, present)
    others = plan_withdrawals(u, batch.others)
    own = own_plans(u, u.session.get_one(ImportRun, run_id), {f: batch.made[f] for f in present}, others)
    relieve([plan for plan in own.values() if plan.created], edited, used)
    stays = [_stays(batch, firm_id, "gone" if firm_id not in standing else "merged")
             for firm_id in made if standing.get(firm_id, 0) is not None]  # fmt: skip
    for firm_id in sorted(edited.keys() | used.keys()):
        stays.append(_stays(batch, firm_id, "edited" if firm_id in edited else "used"))
        stays[-1].fields, stays[-1].where = tuple(edited.get(firm_id, ())), tuple(sorted(used.get(firm_id, ())))
    removed = [firm_id for firm_id in present if firm_id not in edited and firm_id not in used]
    return Decision(removed, sorted([*stays, *others], key=lambda plan: plan.brought.row_no), list(own.values()))


def looked_at(u: UnitOfWork, run: ImportRun, numbers: Sequence[int]) -> list[Withdrawal]:
    """Return what would become of some rows, those that simply disappear left out."""
    return decided(u, run.id, rows_numbered(u, run, numbers)).others


def doubtful_rows(u: UnitOfWork, run: ImportRun, most: int) -> list[int]:
    """Return rows of which something might stay, in the order of the file, not many more than ``most``.

    These are new firms that changed since or to which something refers, and others that are not as the import left them.
    """
    own = (*did_something(run), ImportRow.firm_id.is_not(None))
    firm = firm_states().subquery()
    left = select(ImportRow.row_no).join(firm, firm.c.id == ImportRow.firm_id).where(*own)
    stand = ImportRow.before["as_of"][1].as_string()
    version = ImportRow.before["version"].as_integer()
    other = or_(version != firm.c.version, version.is_(None) & stand.is_distinct_from(cast(firm.c.as_of, String)))
    changed = or_(firm.c.merged_into_id.is_not(None), (ImportRow.outcome != "created") & other)
    numbers = set(u.session.scalars(left.where(changed).limit(most)))
    if fills_own(run):
        numbers.update(u.session.scalars(select(ImportRow.row_no).where(*own, with_own()).limit(most)))
    span = select(func.min(ImportRow.firm_id), func.max(ImportRow.firm_id)).where(*own, ImportRow.outcome == "created")
    first, last = u.session.execute(span).one()
    if first is not None and last is not None:
        firms = used_of_run(u, run.id, (first, last), most) | set(changed_since(u, first, most))
        made = select(ImportRow.row_no).where(*own, ImportRow.outcome == "created")
        numbers.update(u.session.scalars(made.where(among(u.session, ImportRow.firm_id, sorted(firms)))))
    return sorted(numbers)


def _stays(batch: Batch, firm_id: int, reason: str) -> Withdrawal:
    return Withdrawal(Brought(batch.made[firm_id], firm_id, created=True), "kept", reason)


def _mark_removed(u: UnitOfWork, run_id: int, numbers: Sequence[int]) -> None:
    """Note beside the rows that their firms disappear; without their numbers, which nobody has to look for then."""
    if numbers:
        rows = update(ImportRow).where(ImportRow.run_id == run_id, among(u.session, ImportRow.row_no, numbers))
        marked = rows.values(undone={"result": "removed"}, firm_id=None)
        u.session.execute(marked, execution_options={"synchronize_session": False})


def outcome_of(plan: Withdrawal) -> dict[str, Any]:
    """Return what is stored beside a row."""
    stored: dict[str, Any] = {"result": plan.result}
    if plan.reason:
        stored |= {"reason": plan.reason, "fields": list(plan.fields), "where": list(plan.where)}
    return stored
