"""Computes all keys of persons anew once their rules have changed, in slices: persons can be saved and found meanwhile."""

from typing import Any

from sqlalchemy import select

from wf40.base.access import Actor
from wf40.base.db import insert_for
from wf40.base.slices import until_done
from wf40.base.uow import Database, UnitOfWork
from wf40.core.contacts import match_keys
from wf40.core.contacts.models import Contact, ContactKeyState
from wf40.matching.blocking import PERSON_RULES

SLICE = 500
_ONLY = 1
"""The number of the single row that says how far this is."""


def renew(database: Database, actor: Actor, seconds: float | None = None) -> bool:
    """Compute keys anew that were made by other rules, for some time; tells whether all are made by the present ones."""
    return until_done(database, actor, is_current, _slice, seconds)


def is_current(u: UnitOfWork) -> bool:
    """Tell whether the keys of all persons are made by the present rules."""
    state = u.session.get(ContactKeyState, _ONLY)
    return state is not None and state.complete and state.rules == PERSON_RULES


def _slice(u: UnitOfWork) -> None:
    state = _state(u)
    # Those in the bin and those who became part of another have no keys on purpose.
    own = Contact.id > state.reached, Contact.merged_into_id.is_(None), Contact.deleted_at.is_(None)
    rows = select(Contact.id).where(*own).order_by(Contact.id).limit(SLICE)
    # Nobody else changes these persons until the keys are stored; what hangs on them may be added.
    ids = list(u.session.scalars(rows.with_for_update(key_share=True)))
    match_keys.store(u, ids)
    state.reached = ids[-1] if ids else state.reached
    state.complete = len(ids) < SLICE


def _state(u: UnitOfWork) -> ContactKeyState:
    """Return how far this is, for this worker alone until the transaction ends; from the first person on by new rules."""
    first: Any = insert_for(u.session)(ContactKeyState).values(id=_ONLY, rules=PERSON_RULES, reached=0, complete=False)
    u.session.execute(first.on_conflict_do_nothing())
    state = u.session.get_one(ContactKeyState, _ONLY, with_for_update=True, populate_existing=True)
    if state.rules != PERSON_RULES:
        state.rules, state.reached, state.complete = PERSON_RULES, 0, False
    return state
