"""Keeps what is computed from firms in step with them: every write to firms, their names or sites ends here."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import delete, select

from wf40.base.db import insert_for
from wf40.base.portions import portions
from wf40.base.uow import UnitOfWork
from wf40.core.firms import match_keys
from wf40.core.firms.late_keys import late_keys
from wf40.core.firms.models import Firm, FirmMatchKey, FirmToMatch
from wf40.sdk.services import Search


def bring_up_to_date(u: UnitOfWork, firm_ids: Collection[int]) -> None:
    """Compute anew what is derived from these firms, in the same transaction."""
    u.session.flush()
    ids = sorted(set(firm_ids))
    if late := late_keys(u):
        late.withdraw(ids)
    units: dict[int, list[int]] = defaultdict(list)
    for part in portions(ids):
        found = select(Firm.id, Firm.unit_id).where(
            Firm.id.in_(part), Firm.merged_into_id.is_(None), Firm.deleted_at.is_(None)
        )
        for firm_id, unit_id in u.session.execute(found):
            units[unit_id].append(firm_id)
        # One that became part of another is found through that one, which carries its names; one in the bin is none.
        merged = select(Firm.id).where(
            Firm.id.in_(part), Firm.merged_into_id.is_not(None) | Firm.deleted_at.is_not(None)
        )
        u.session.execute(delete(FirmMatchKey).where(FirmMatchKey.firm_id.in_(merged)))
    for unit_id, own in units.items():
        match_keys.store(u, unit_id, match_keys.traits_of(u, own))
    remember_changed(u, ids)
    u.service(Search).refresh(u, "firm", ids)


def remember_changed(u: UnitOfWork, ids: Collection[int]) -> None:
    """Note that these firms changed, for whoever looks for others like them."""
    if not ids:
        return
    changed = insert_for(u.session)(FirmToMatch)
    changed = changed.on_conflict_do_update(
        index_elements=["firm_id"], set_={"changed_at": changed.excluded.changed_at}
    )
    u.session.execute(changed, [{"firm_id": firm_id, "changed_at": u.now} for firm_id in sorted(ids)])
