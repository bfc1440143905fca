"""Reads what lies in the bin."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from wf40.base.access import requires
from wf40.base.errors import Forbidden, NotFound
from wf40.base.portions import portions
from wf40.base.uow import UnitOfWork
from wf40.core.accounts.queries import officer_names
from wf40.core.bin.holdings import USE, Holdings, holdings
from wf40.core.bin.models import BinEntry
from wf40.core.contacts.queries import names as contact_names
from wf40.sdk.paging import Page, page_of
from wf40.sdk.services import Firms

EMPTY = "bin.empty"
_OF_FIRM = select(BinEntry.id).where(BinEntry.kind == "firm", BinEntry.record_id == bindparam("firm"))


@dataclass(frozen=True, slots=True)
class Entry:
    """A record in the bin, who put it there and when, and what hangs on it."""

    id: int
    kind: str
    record_id: int
    name: str
    deleted_at: datetime
    author: str
    held: Holdings


@requires(USE)
def entries(u: UnitOfWork, page: int = 1, size: int = 25) -> Page[Entry]:
    """Return one page of what lies in the bin of the units that the actor may read, the newest first."""
    rows = select(BinEntry).order_by(BinEntry.deleted_at.desc(), BinEntry.id.desc())
    if u.actor.units is not None:
        rows = rows.where(BinEntry.unit_id.in_(u.actor.units))
    return page_of(u, rows, page, size, lambda found: _entries(u, [row[0] for row in found]))


@requires(USE)
def some(u: UnitOfWork, entry_ids: Sequence[int]) -> list[Entry]:
    """Return entries of the actor's unit by their numbers; raises :class:`NotFound` or :class:`Forbidden`."""
    found: dict[int, BinEntry] = {}
    for part in portions(sorted(set(entry_ids))):
        found |= {row.id: row for row in u.session.scalars(select(BinEntry).where(BinEntry.id.in_(part)))}
    return _entries(u, [_own(u, found.get(entry_id)) for entry_id in entry_ids])


@requires(USE)
def own_ids(u: UnitOfWork) -> list[int]:
    """Return the entries of the actor's unit."""
    return list(u.session.scalars(select(BinEntry.id).where(BinEntry.unit_id == u.actor.unit_id)))


@requires(USE)
def entry_to_change(u: UnitOfWork, entry_id: int) -> BinEntry:
    """Return an entry of the actor's unit; raises :class:`NotFound` or :class:`Forbidden`."""
    return _own(u, u.session.get(BinEntry, entry_id))


def _own(u: UnitOfWork, row: BinEntry | None) -> BinEntry:
    if row is None or not u.actor.may_read_unit(row.unit_id):
        raise NotFound
    if not u.actor.may_write_unit(row.unit_id):
        raise Forbidden(USE)
    return row


@requires("firms.read")
def lies_in_bin(u: UnitOfWork, firm_id: int) -> bool:
    """Tell whether a firm lies in the bin."""
    return u.once(("bin", firm_id), lambda: u.session.scalar(_OF_FIRM, {"firm": firm_id}) is not None)


def _entries(u: UnitOfWork, rows: Sequence[Any]) -> list[Entry]:
    ids = {kind: [row.record_id for row in rows if row.kind == kind] for kind in ("firm", "contact")}
    held = {kind: holdings(u, kind, own) for kind, own in ids.items()}
    names: dict[str, Any] = {
        "firm": {key: ref.name for key, ref in u.service(Firms).many(u, ids["firm"]).items()},
        "contact": contact_names(u, ids["contact"]),
    }
    officers = officer_names(u, {row.author_id for row in rows if row.author_id})
    return [
        Entry(
            row.id, row.kind, row.record_id, names[row.kind].get(row.record_id, ""), row.deleted_at,
            officers.get(row.author_id or 0, ""), held[row.kind].get(row.record_id) or Holdings(),
        )
        for row in rows
    ]  # fmt: skip
