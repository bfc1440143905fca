"""Puts persons into the bin, takes them out as they were, and deletes them for good. The slice ``bin`` decides when."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select

from wf40.base.access import requires
from wf40.base.errors import InvalidInput, NotFound
from wf40.base.history import FieldChange, record_changes
from wf40.base.i18n import _l
from wf40.base.portions import portions
from wf40.base.uow import UnitOfWork
from wf40.core.contacts.derived import bring_up_to_date
from wf40.core.contacts.models import Contact
from wf40.core.contacts.queries import demand_own_unit, readable_entry
from wf40.sdk.services import Search

EDIT, KIND = "contacts.edit", "contact"


@requires(EDIT)
def put_into_bin(u: UnitOfWork, contact_id: int) -> tuple[int, datetime | None] | None:
    """Put a person into the bin; returns the unit and since when archived before, ``None`` if already there."""
    row = _held(u, contact_id)
    if row.merged_into_id is not None:
        raise InvalidInput(_l("Diese Person ist mit einer anderen zusammengeführt. Trennen Sie beide zuerst."))
    if row.deleted_at is not None:
        return None
    before = row.archived_at
    _set(u, row, row.archived_at or u.now, u.now)
    u.audit("contact_binned", f"contact:{contact_id}")
    return row.unit_id, before


@requires(EDIT)
def take_out_of_bin(u: UnitOfWork, contact_id: int, archived_at: datetime | None) -> None:
    """Put a person back to where they were."""
    row = _held(u, contact_id)
    if row.deleted_at is not None:
        _set(u, row, archived_at, None)
        u.audit("contact_unbinned", f"contact:{contact_id}")


@requires(EDIT)
def erase(u: UnitOfWork, contact_ids: Collection[int]) -> None:
    """Delete persons that lie in the bin, with their histories."""
    for contact_id in contact_ids:
        if _held(u, contact_id).deleted_at is None:
            raise NotFound
    _erase(u, sorted(contact_ids))


@requires(EDIT)
def withdraw(u: UnitOfWork, contact_ids: Collection[int]) -> None:
    """Delete persons whom a file brought that is taken back, with their histories; nothing else belongs to them."""
    for contact_id in contact_ids:
        _held(u, contact_id)
    _erase(u, sorted(contact_ids))
    u.audit("contacts_withdrawn", "", {"contacts": len(contact_ids)})


@requires(EDIT)
def erase_of_firms(u: UnitOfWork, firm_ids: Collection[int]) -> list[int]:
    """Delete the persons of firms that are about to be deleted, which the caller has checked; returns who that was."""
    gone: list[int] = []
    for part in portions(sorted(firm_ids)):
        gone += u.session.scalars(select(Contact.id).where(Contact.firm_id.in_(part)))
    _erase(u, gone)
    return gone


def _erase(u: UnitOfWork, ids: list[int]) -> None:
    for part in portions(ids):
        u.session.execute(delete(FieldChange).where(FieldChange.subject.in_([f"contact:{i}" for i in part])))
        u.session.execute(delete(Contact).where(Contact.id.in_(part)))
        u.service(Search).drop(u, KIND, part)


def _held(u: UnitOfWork, contact_id: int) -> Contact:
    row = readable_entry(u, contact_id)
    demand_own_unit(u, row.unit_id)
    u.session.refresh(row, with_for_update=True)
    return row


def _set(u: UnitOfWork, row: Contact, archived_at: datetime | None, deleted_at: datetime | None) -> None:
    record_changes(u, f"contact:{row.id}", {"deleted_at": row.deleted_at}, {"deleted_at": deleted_at})
    row.archived_at, row.deleted_at = archived_at, deleted_at
    row.version += 1
    row.updated_at = u.now
    bring_up_to_date(u, [row.id])
