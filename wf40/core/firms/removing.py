"""Removes firms that a file brought and that nobody built upon: thousands of them with a few statements."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Select, delete, select, true

from wf40.base.access import Actor, requires
from wf40.base.history import FieldChange
from wf40.base.id_lists import among
from wf40.base.uow import Database, UnitOfWork
from wf40.core.firms.models import Firm, FirmMatchKey, FirmName, FirmToMatch, Site
from wf40.core.firms.queries import firm_subject
from wf40.core.firms.releasing import is_trusted, release
from wf40.core.firms.service import EDIT
from wf40.core.search.sweeping import take_out
from wf40.sdk.services import Search

KEYS_AT_ONCE = 60_000
PAUSE = 0.03
_SUBJECT = len(firm_subject(0)) - 1


@requires(EDIT)
def standing_firms(u: UnitOfWork, ids: Sequence[int]) -> dict[int, int | None]:
    """Return those of the firms that still exist, and which firm each became part of.

    Where the unit of work writes, nobody can hang anything on them until it ends.
    """
    rows = select(Firm.id, Firm.merged_into_id).where(among(u.session, Firm.id, ids)).order_by(Firm.id)
    found = u.session.execute(rows.with_for_update() if u.writes else rows)
    return {firm_id: into for firm_id, into in found}  # noqa: C416 - rows are no pairs


def firm_states() -> Select[Any]:
    """Return a select of all firms with what tells whether they changed; whoever uses it keeps to firms he may read."""
    columns: tuple[Any, ...] = (Firm.id, Firm.version, Firm.as_of, Firm.merged_into_id)
    return select(*columns)


@requires(EDIT)
def edited_firms(u: UnitOfWork, ids: Sequence[int]) -> dict[int, list[str]]:
    """Return which fields of firms differ from what they were when they were made."""
    columns = (FieldChange.subject, FieldChange.field, FieldChange.old, FieldChange.new)
    own = among(u.session, FieldChange.subject, [firm_subject(i) for i in ids])
    rows = select(*columns).where(own, FieldChange.field != "created").order_by(FieldChange.id)
    first: dict[tuple[int, str], list[object]] = {}
    for subject, name, old, new in u.session.execute(rows):
        first.setdefault((int(subject[_SUBJECT:]), name), [old, new])[1] = new
    found: dict[int, list[str]] = {}
    for (firm_id, name), (old, new) in first.items():
        if (old or None) != (new or None):
            found.setdefault(firm_id, []).append(name)
    return found


@requires(EDIT)
def changed_since(u: UnitOfWork, firm_id: int, most: int) -> list[int]:
    """Return which firms changed in any way since one was made, not more than so many of them.

    The history is read in the order in which it was written, from the making of that firm on.
    """
    made = select(FieldChange.id).where(FieldChange.subject == firm_subject(firm_id), FieldChange.field == "created")
    after = u.session.scalar(made) or 0
    prefix = firm_subject(0)[:_SUBJECT]
    rows = select(FieldChange.subject).where(FieldChange.id > after, FieldChange.field != "created")
    rows = rows.where(FieldChange.subject.like(f"{prefix}%")).distinct().limit(most)
    return [int(subject[_SUBJECT:]) for subject in u.session.scalars(rows)]


@requires(EDIT)
def remove_firms(u: UnitOfWork, ids: Sequence[int], *, swept: bool = False) -> None:
    """Remove firms that nobody built upon, with their parts and their history.

    ``swept``: whoever calls lets the search sweep afterwards, and calls :func:`sweep_keys`, so that no words and keys
    are looked up for each of them: they lie all over the database. May raise
    :class:`~wf40.core.firms.releasing.StillReferred` where the database leaves references to whoever writes.
    """
    if not ids:
        return
    session = u.session
    session.flush()
    parts: list[Any] = [FirmMatchKey, FirmToMatch, FirmName, Site]
    if is_trusted(u):
        later = [FirmMatchKey.__tablename__] if swept else []
        release(u, ids, later=later)
        parts = [] if swept else parts
    for table in parts:
        session.execute(delete(table).where(among(session, table.firm_id, ids)), execution_options=_PLAIN)
    subjects = [firm_subject(i) for i in ids]
    session.execute(delete(FieldChange).where(among(session, FieldChange.subject, subjects)), execution_options=_PLAIN)
    if swept:
        take_out(u, "firm", ids)
    else:
        u.service(Search).drop(u, "firm", ids)
    session.execute(delete(Firm).where(among(session, Firm.id, ids)), execution_options=_PLAIN)


def sweep_keys(database: Database, actor: Actor, unit_id: int, hold: Callable[[UnitOfWork], object]) -> None:
    """Remove the keys of firms that are gone, by order, in short transactions. It may be done again.

    They mislead nobody: whoever meets one looks for its firm, and no number of a firm comes again. ``hold`` is called in
    each transaction: it may refuse to go on.
    """
    own, first = FirmMatchKey.unit_id == unit_id, -(2**63)
    firm = select(Firm.id).where(Firm.id == FirmMatchKey.firm_id)
    while True:
        keys = select(FirmMatchKey.key).where(own, FirmMatchKey.key >= first).order_by(FirmMatchKey.key)
        with database.read(actor) as u:
            last = u.session.scalar(keys.offset(KEYS_AT_ONCE).limit(1))
        behind = true() if last is None else FirmMatchKey.key < last + 1
        gone = delete(FirmMatchKey).where(own, FirmMatchKey.key >= first, behind, ~firm.exists())
        with database.write(actor) as u:
            hold(u)
            u.session.execute(gone, execution_options=_PLAIN)
        if last is None:
            return
        first = last + 1
        time.sleep(PAUSE)


_PLAIN = {"synchronize_session": False}
