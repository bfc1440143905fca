"""Takes back what an import stored beside the facts of firms; what was changed since stays."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, select

from wf40.base.id_lists import among
from wf40.base.uow import UnitOfWork
from wf40.core.firms.withdrawing import WITHDRAWN, Brought, Withdrawal
from wf40.core.imports.models import ImportRow, ImportRun
from wf40.core.imports.own_fields import HOOK, OwnField, own_fields
from wf40.core.imports.own_keys import is_own
from wf40.core.imports.own_values import BEFORE, store
from wf40.pluginhost.calls import Failure, Hooks
from wf40.sdk.firm_data import MERGED, ImportOrigin


@dataclass(slots=True)
class OwnPlan:
    """What can be taken back of one row: values to store, and fields that stay because they were changed since.

    ``tables`` hold nothing of the firm but what the import put there, ``histories`` are the import's own doing.
    ``merged`` are fields that stay because what they tell of became part of something else. ``beside`` is the plan for
    the facts of the same row, ``facts_return`` whether any of these return.
    """

    firm_id: int
    created: bool
    back: dict[str, Any] = field(default_factory=dict)
    stays: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    beside: Withdrawal | None = None
    facts_return: bool = False
    tables: set[str] = field(default_factory=set)
    histories: set[str] = field(default_factory=set)


def fills_own(run: ImportRun) -> bool:
    """Tell whether an import may have filled something beside the facts of firms; addresses may become further sites."""
    return any(is_own(key) or key == "address" for key in run.fields)


def with_own() -> ColumnElement[bool]:
    """Return the condition for rows that did."""
    column: Any = ImportRow.before
    found: ColumnElement[bool] = column[BEFORE].as_string().is_not(None)
    return found


def own_plans(
    u: UnitOfWork, run: ImportRun, made: Mapping[int, int], others: Sequence[Withdrawal]
) -> dict[int, OwnPlan]:
    """Decide what returns beside the facts of firms, by row; nothing is written.

    ``made`` are new firms with their rows, ``others`` what is planned for firms that were there before: what returns or
    stays is added to it.
    """
    if not fills_own(run):
        return {}
    columns = (ImportRow.row_no, ImportRow.firm_id, ImportRow.before)
    rows = select(*columns).where(ImportRow.run_id == run.id, with_own())
    of_new = rows.where(among(u.session, ImportRow.row_no, list(made.values())))
    brought = [Brought(row_no, firm, created=True, before=before) for row_no, firm, before in u.session.execute(of_new)]
    standing = {w.brought.row_no: w for w in others if w.reason not in {"gone", "merged"}}
    brought += [w.brought for w in standing.values() if w.brought.before.get(BEFORE)]
    plans = _plans(u, brought)
    for row_no, plan in plans.items():
        if row_no in standing:
            _complete(standing[row_no], plan)
    return plans


def _complete(w: Withdrawal, plan: OwnPlan) -> None:
    """Add to the plan for a row of facts what returns and what stays beside them."""
    plan.beside, plan.facts_return = w, w.result in {"returned", "partly"}
    if plan.stays:
        w.fields, w.reason = (*w.fields, *plan.stays), "edited"
    if plan.merged:
        w.fields, w.reason = (*w.fields, *plan.merged), w.reason or "merged"
    _say_result(plan, w)


def _say_result(plan: OwnPlan, w: Withdrawal) -> None:
    returns = plan.facts_return or bool(plan.back)
    if w.reason:
        w.result = "partly" if returns else "kept"
    elif returns:
        w.result = "returned"


def relieve(plans: Sequence[OwnPlan], edited: dict[int, list[str]], used: dict[int, set[str]]) -> None:
    """Take off new firms what only the import did; put on what was changed of it since."""
    for plan in plans:
        fields = [name for name in edited.pop(plan.firm_id, ()) if name not in plan.histories]
        tables = used.pop(plan.firm_id, set()) - plan.tables
        if staying := [*fields, *plan.stays, *plan.merged]:
            edited[plan.firm_id] = staying
        if tables:
            used[plan.firm_id] = tables


def _plans(u: UnitOfWork, rows: Sequence[Brought]) -> dict[int, OwnPlan]:
    brought = {b.row_no: b for b in rows if b.firm_id is not None}
    known = own_fields(u) if brought else {}
    plans = {row_no: OwnPlan(b.firm_id or 0, b.created) for row_no, b in brought.items()}
    for key in dict.fromkeys(key for b in brought.values() for key in b.before[BEFORE]):
        concerned = {row_no: b for row_no, b in brought.items() if key in b.before[BEFORE]}
        present = _present(u, known.get(key), [b.firm_id or 0 for b in concerned.values()])
        for row_no, b in concerned.items():
            _plan(plans[row_no], known.get(key), key, b, present)
    return plans


def _present(u: UnitOfWork, own: OwnField | None, firm_ids: Sequence[int]) -> Mapping[int, Any] | None:
    if own is None:
        return None
    answer = u.service(Hooks).guard(own.plugin, HOOK, lambda: dict(own.field.present(u, firm_ids)), u)
    return None if isinstance(answer, Failure) else answer


def _plan(plan: OwnPlan, own: OwnField | None, key: str, b: Brought, present: Mapping[int, Any] | None) -> None:
    old, new = b.before[BEFORE][key]
    if own is None or present is None:
        # A field that is no longer there cannot be asked.
        plan.stays.append(key)
        return
    plan.histories |= set(own.field.history(new))
    now = present.get(plan.firm_id)
    if b.created:
        value, why = old, {"edited"} if (now or None) != (new or None) else set()
    else:
        value, why = given_back(old, new, (now or {}) if isinstance(new, Mapping) else now)
    if why:
        (plan.stays if "edited" in why else plan.merged).append(key)
    else:
        plan.tables |= set(own.field.tables)
    if (value or None) != (now or None):
        plan.back[key] = value


def given_back(old: Any, new: Any, now: Any) -> tuple[Any, set[str]]:
    """Return what stands once a change is taken back, and why something of it stays as it is now: edited, merged.

    Of mappings every entry, and every entry of an entry, returns by itself; one that was merged stays as a whole.
    """
    if (old or None) == (new or None) or (old or None) == (now or None):
        return now, set()
    both = isinstance(new, Mapping) and isinstance(now, Mapping) and isinstance(old, Mapping)
    if not both:
        return (old, set()) if (now or None) == (new or None) else (now, {_why(now)})
    value, why = dict(now), set[str]()
    for name in {**old, **new}:
        entry, stays = given_back(old.get(name), new.get(name), now.get(name))
        why |= stays
        if entry is None:
            value.pop(name, None)
        else:
            value[name] = entry
    if value != now and _why(now) == "merged":
        return now, {"merged"}
    return value, why


def _why(now: Any) -> str:
    return "merged" if isinstance(now, Mapping) and now.get(MERGED) else "edited"


def give_back(u: UnitOfWork, plans: Sequence[OwnPlan], gone: Collection[int] | None = None) -> None:
    """Store what was there before, as planned; where firms are ``gone`` in a moment, only what does not go with them.

    What cannot be stored stays, and the plan of its row says so from then on.
    """
    known = own_fields(u) if plans else {}
    plans = [plan for plan in plans if gone is None or plan.firm_id in gone]
    for key in dict.fromkeys(key for plan in reversed(plans) for key in reversed(plan.back)):
        if gone is not None and not known[key].field.tables:
            continue
        values = {plan.firm_id: plan.back[key] for plan in plans if key in plan.back}
        refused = _refused(u, known[key], values)
        for plan in plans:
            if plan.firm_id in refused and key in plan.back:
                _stays_after_all(plan, key)
    u.session.flush()


def _refused(u: UnitOfWork, own: OwnField, values: Mapping[int, Any]) -> set[int]:
    """Store values of firms, and return the firms for which that is not possible."""
    origin = ImportOrigin(WITHDRAWN)
    if store(u, own, values, origin) is None:
        return set()
    if len(values) == 1:
        return set(values)
    return {firm_id for firm_id, value in values.items() if store(u, own, {firm_id: value}, origin) is not None}


def _stays_after_all(plan: OwnPlan, key: str) -> None:
    del plan.back[key]
    if (w := plan.beside) is not None:
        w.fields = tuple(dict.fromkeys((*w.fields, key)))
        w.reason = w.reason or "refused"
        _say_result(plan, w)
