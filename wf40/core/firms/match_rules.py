"""Computes all keys of firms anew once their rules have changed, in slices: firms can be saved and found meanwhile."""

from collections import defaultdict
from typing import Any

from sqlalchemy import select

from wf40.base.access import Actor
from wf40.base.db import insert_for
from wf40.base.slices import until_done
from wf40.base.uow import Database, UnitOfWork
from wf40.core.firms import match_keys
from wf40.core.firms.models import Firm, FirmKeyState
from wf40.matching.marks import RULES

SLICE = 200
_ONLY = 1
"""The number of the single row that says how far this is."""


def begin(u: UnitOfWork) -> None:
    """Note before the first firm of an office is stored that there is nothing to compute anew."""
    if u.session.get(FirmKeyState, _ONLY) is None and u.session.scalar(select(Firm.id).limit(1)) is None:
        row: Any = insert_for(u.session)(FirmKeyState).values(id=_ONLY, rules=RULES, reached=0, complete=True)
        u.session.execute(row.on_conflict_do_nothing())


def renew(database: Database, actor: Actor, seconds: float | None = None) -> bool:
    """Compute keys anew that were made by other rules, for some time; tells whether all are made by the present ones."""
    return until_done(database, actor, is_current, _slice, seconds)


def is_current(u: UnitOfWork) -> bool:
    """Tell whether the keys of all firms are made by the present rules."""
    state = u.session.get(FirmKeyState, _ONLY)
    return state is not None and state.complete and state.rules == RULES


def _slice(u: UnitOfWork) -> None:
    state = _state(u)
    # Firms in the bin and those that became part of another have no keys on purpose.
    own = Firm.id > state.reached, Firm.merged_into_id.is_(None), Firm.deleted_at.is_(None)
    rows = select(Firm.id, Firm.unit_id).where(*own).order_by(Firm.id).limit(SLICE)
    by_unit: dict[int, list[int]] = defaultdict(list)
    # Nobody else changes these firms until the keys are stored; what hangs on them may be added.
    for firm_id, unit_id in u.session.execute(rows.with_for_update(key_share=True)).all():
        by_unit[unit_id].append(firm_id)
        state.reached = firm_id
    for unit_id, ids in by_unit.items():
        match_keys.store(u, unit_id, match_keys.traits_of(u, ids))
    state.complete = sum(map(len, by_unit.values())) < SLICE


def _state(u: UnitOfWork) -> FirmKeyState:
    """Return how far this is, for this worker alone until the transaction ends; from the first firm on by new rules."""
    first: Any = insert_for(u.session)(FirmKeyState).values(id=_ONLY, rules=RULES, reached=0, complete=False)
    u.session.execute(first.on_conflict_do_nothing())
    state = u.session.get_one(FirmKeyState, _ONLY, with_for_update=True, populate_existing=True)
    if state.rules != RULES:
        state.rules, state.reached, state.complete = RULES, 0, False
    return state
