"""Which lists somebody may see and change: those of the units that they read, and of the one in which they write."""

from wf40.base.errors import Forbidden, NotFound
from wf40.base.uow import UnitOfWork
from wf40.core.mailings.models import Distribution


def readable_distribution(u: UnitOfWork, distribution_id: int) -> Distribution:
    """Return a list; raises :class:`NotFound` for an unknown or foreign one."""
    row = u.session.get(Distribution, distribution_id)
    if row is None or not u.actor.may_read_unit(row.unit_id):
        raise NotFound
    return row


def may_take_letters(u: UnitOfWork, row: Distribution) -> bool:
    """Tell whether the actor may take letters out: who may write them, and who may take persons out."""
    writes = u.actor.may("mailings.edit") and u.actor.may_write_unit(row.unit_id)
    return writes or u.actor.may("mailings.export")


def demand_own_unit(u: UnitOfWork, row: Distribution) -> Distribution:
    """Return a list that the actor may change; raises :class:`Forbidden` for that of another unit."""
    if not u.actor.may_write_unit(row.unit_id):
        raise Forbidden("mailings.edit")
    return row
