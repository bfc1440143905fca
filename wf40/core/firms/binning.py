"""Puts firms into the bin, takes them out as they were, and deletes them for good. The slice ``bin`` decides when."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete

from wf40.base.access import requires
from wf40.base.errors import NotFound
from wf40.base.history import FieldChange, record_changes
from wf40.base.i18n import _l
from wf40.base.portions import portions
from wf40.base.uow import UnitOfWork
from wf40.core.firms import derived
from wf40.core.firms.models import Firm
from wf40.core.firms.queries import firm_subject
from wf40.core.firms.records import touch
from wf40.core.firms.service import EDIT, held
from wf40.sdk.events import FirmEvidenceChanged
from wf40.sdk.services import Search

KIND = "firm"
_PART = _l(
    "Dieses Unternehmen ist in einem anderen aufgegangen und kann deshalb nicht in den Papierkorb. Legen Sie jenes hinein, oder trennen Sie die beiden zuerst wieder."
)


@requires(EDIT)
def put_into_bin(u: UnitOfWork, firm_id: int) -> tuple[int, datetime | None] | None:
    """Put a firm into the bin; returns its unit and since when it had been in the archive, ``None`` if it lies there.

    Raises :class:`NotFound`, :class:`Forbidden`, and :class:`InvalidInput` for one that became part of another.
    """
    row = held(u, firm_id, _PART)
    if row.deleted_at is not None:
        return None
    before = row.archived_at
    _set(u, row, row.archived_at or u.now, u.now)
    u.audit("firm_binned", firm_subject(firm_id))
    return row.unit_id, before


@requires(EDIT)
def take_out_of_bin(u: UnitOfWork, firm_id: int, archived_at: datetime | None) -> None:
    """Put a firm back to where it was."""
    row = held(u, firm_id)
    if row.deleted_at is not None:
        _set(u, row, archived_at, None)
        u.audit("firm_unbinned", firm_subject(firm_id))


def _set(u: UnitOfWork, row: Firm, archived_at: datetime | None, deleted_at: datetime | None) -> None:
    record_changes(u, firm_subject(row.id), {"deleted_at": row.deleted_at}, {"deleted_at": deleted_at})
    row.archived_at, row.deleted_at = archived_at, deleted_at
    touch(u, row)
    derived.bring_up_to_date(u, [row.id])
    u.emit(FirmEvidenceChanged([row.id], "archived" if deleted_at else "restored"))


@requires(EDIT)
def erase(u: UnitOfWork, firm_ids: Collection[int]) -> None:
    """Delete firms that lie in the bin, with all that belongs to them alone and their histories."""
    for part in portions(sorted(firm_ids)):
        for firm_id in part:
            if held(u, firm_id).deleted_at is None:
                raise NotFound
        u.session.execute(delete(FieldChange).where(FieldChange.subject.in_([firm_subject(i) for i in part])))
        u.session.execute(delete(Firm).where(Firm.id.in_(part)))
        u.service(Search).drop(u, KIND, part)
