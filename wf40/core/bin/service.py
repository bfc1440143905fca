"""Puts records into the bin, takes them out, and empties it.

What documents the office's work (conversations, concerns, consents ...) must be kept: a record with any of it is never
deleted from here. It stays in the bin until somebody takes it out, and leaves the office by its retention period.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select

from wf40.base.access import Actor, requires
from wf40.base.errors import InvalidInput, NotFound
from wf40.base.i18n import _l
from wf40.base.uow import Database, UnitOfWork
from wf40.core.bin.holdings import USE, holdings
from wf40.core.bin.models import BinEntry
from wf40.core.bin.queries import EMPTY, entry_to_change
from wf40.core.contacts import binning as contacts
from wf40.core.firms import binning as firms

DAYS = 30
"""So long a record lies in the bin before it is deleted for good."""


@requires(USE)
def put_firm(u: UnitOfWork, firm_id: int) -> int:
    """Put a firm into the bin and return the number of its entry there."""
    return _note(u, firms.KIND, firm_id, firms.put_into_bin(u, firm_id))


@requires(USE)
def put_contact(u: UnitOfWork, contact_id: int) -> int:
    """Put a person into the bin and return the number of the entry there."""
    return _note(u, contacts.KIND, contact_id, contacts.put_into_bin(u, contact_id))


@requires(USE)
def restore(u: UnitOfWork, entry_id: int) -> tuple[str, int]:
    """Put a record back exactly to where it was; returns its kind and number."""
    row = entry_to_change(u, entry_id)
    take_out = firms.take_out_of_bin if row.kind == firms.KIND else contacts.take_out_of_bin
    take_out(u, row.record_id, row.archived_before)
    u.session.delete(row)
    return row.kind, row.record_id


@requires(USE)
def entry_of(u: UnitOfWork, kind: str, record_id: int) -> int:
    """Return the number of the entry of a record; raises :class:`NotFound`."""
    rows = select(BinEntry.id).where(BinEntry.kind == kind, BinEntry.record_id == record_id)
    found = u.session.scalar(rows)
    if found is None:
        raise NotFound
    return found


@requires(EMPTY)
def empty(u: UnitOfWork, entry_ids: Collection[int]) -> int:
    """Delete records for good; returns how many. Raises :class:`InvalidInput` when one of them must be kept."""
    rows = [entry_to_change(u, entry_id) for entry_id in sorted(set(entry_ids))]
    kept = _kept(u, rows)
    if kept:
        raise InvalidInput(
            _l(
                "Davon müssen %(n)s Einträge erhalten bleiben, weil Gespräche, Anliegen oder andere Unterlagen daran hängen.",
                n=len(kept),
            )
        )
    _erase(u, rows)
    return len(rows)


def sweep(database: Database) -> None:
    """Delete for good what has lain in the bin long enough and need not be kept. The worker's job."""
    while True:
        with database.write(Actor.system("bin")) as u:
            if not sweep_some(u, u.now - timedelta(days=DAYS)):
                return


@requires(EMPTY)
def sweep_some(u: UnitOfWork, until: datetime, limit: int = 100) -> int:
    """Delete some of the records that were put into the bin before a moment; returns how many there were."""
    old = select(BinEntry).where(BinEntry.deleted_at < until).order_by(BinEntry.id).with_for_update(skip_locked=True)
    left = list(u.session.scalars(old))
    kept = _kept(u, left)
    rows = [row for row in left if row.id not in kept][:limit]
    _erase(u, rows)
    return len(rows)


def _note(u: UnitOfWork, kind: str, record_id: int, put: tuple[int, datetime | None] | None) -> int:
    if put is None:
        return entry_of(u, kind, record_id)
    row = BinEntry(
        unit_id=put[0], kind=kind, record_id=record_id, deleted_at=u.now, author_id=u.actor.user_id,
        archived_before=put[1],
    )  # fmt: skip
    u.session.add(row)
    u.session.flush()
    return row.id


def _kept(u: UnitOfWork, rows: Collection[BinEntry]) -> set[int]:
    """Return the entries of records that must be kept."""
    found: set[int] = set()
    for kind in (firms.KIND, contacts.KIND):
        mine = {row.record_id: row.id for row in rows if row.kind == kind}
        found |= {mine[record_id] for record_id, held in holdings(u, kind, mine).items() if held.keeps}
    return found


def _erase(u: UnitOfWork, rows: Collection[BinEntry]) -> None:
    """Delete records and their entries, persons of the firms too."""
    by_kind = {kind: [row.record_id for row in rows if row.kind == kind] for kind in (firms.KIND, contacts.KIND)}
    if by_kind[contacts.KIND]:
        contacts.erase(u, by_kind[contacts.KIND])
    if by_kind[firms.KIND]:
        gone = contacts.erase_of_firms(u, by_kind[firms.KIND])
        firms.erase(u, by_kind[firms.KIND])
        mine = select(BinEntry).where(BinEntry.kind == contacts.KIND, BinEntry.record_id.in_(gone))
        rows = [*rows, *(row for row in u.session.scalars(mine) if row not in rows)]
    for row in rows:
        u.session.delete(row)
    if rows:
        u.audit("bin_emptied", "", {"firms": len(by_kind[firms.KIND]), "contacts": len(by_kind[contacts.KIND])})
