"""To whom a firm belongs when two become one: never to itself, not even around a corner."""

from wf40.base.uow import UnitOfWork
from wf40.core.firms.models import Firm

FARTHEST = 50


def after_merge(u: UnitOfWork, keep: Firm, gone: Firm) -> int | None:
    """Return the parent of the kept firm: its own, or else that of the other one, where this makes no circle."""
    for parent_id in (keep.parent_id, gone.parent_id):
        if parent_id is not None and _leads_out(u, parent_id, {keep.id, gone.id}):
            return parent_id
    return None


def _leads_out(u: UnitOfWork, firm_id: int | None, inside: set[int]) -> bool:
    """Whether nobody above a firm is one of the two."""
    for _step in range(FARTHEST):
        if firm_id is None:
            return True
        if firm_id in inside:
            return False
        row = u.session.get(Firm, firm_id)
        firm_id = row.parent_id if row is not None else None
    return False
