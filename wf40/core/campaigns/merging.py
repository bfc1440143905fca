"""Where both firms are part of one campaign, the kept one stands for the mail that was sent; the other place stays.

The place that stays belongs to a firm in the archive, so nothing goes out for it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.campaigns import codes
from wf40.core.campaigns.models import CampaignMember
from wf40.sdk import merging
from wf40.sdk.work import Moved, PutBack

KEY, LABEL = "campaigns", _l("Aktionen")
_OPEN = (codes.UNCHECKED, codes.WAITING)


def move(u: UnitOfWork, keep: int, gone: int) -> Iterable[Moved]:
    own = {row.campaign_id: row for row in _places(u, keep)}
    both = [(own[row.campaign_id], row) for row in _places(u, gone) if row.campaign_id in own]
    open_before = {str(row.id): row.state for pair in both for row in pair if row.state in _OPEN}
    swapped = [(a.id, b.id) for a, b in both if b.state == codes.SENT and a.state != codes.SENT]
    left = [b.id for _a, b in both]
    keys = merging.move_rows(u, CampaignMember.firm_id, keep, gone, but=left)
    for first, second in swapped:
        _swap(u, first, second)
    note = _l("In %(n)s Aktionen waren beide Unternehmen.", n=len(both)) if both else ""
    data = {"ids": keys, "swapped": [list(pair) for pair in swapped], "open": open_before}
    return [Moved(KEY, LABEL, len(keys) + len(swapped), data, note)]


def put_back(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[PutBack]:
    data = moved.get(KEY, {})
    found = merging.put_back(u, CampaignMember.firm_id, KEY, LABEL, keep, gone, moved)
    back = [_swap(u, second, first) for first, second in data.get("swapped", [])]
    for key, state in data.get("open", {}).items():
        row = u.session.get(CampaignMember, int(key))
        if row is not None and (row.state, row.why) == (codes.SKIPPED, codes.ARCHIVED):
            row.state, row.why = state, ""
    u.session.flush()
    return [PutBack(KEY, LABEL, found.count + sum(back), found.stays + len(back) - sum(back))]


def _places(u: UnitOfWork, firm_id: int) -> list[CampaignMember]:
    rows = select(CampaignMember).where(CampaignMember.firm_id == firm_id).order_by(CampaignMember.id)
    return list(u.session.scalars(rows.with_for_update()))


def _swap(u: UnitOfWork, first: int, second: int) -> bool:
    """Exchange the firms of two places of one campaign, which may not share one even for a moment."""
    one, other = u.session.get(CampaignMember, first), u.session.get(CampaignMember, second)
    if one is None or other is None:
        return False
    firm = one.firm_id
    parked = merging.take_out(u, one) | {"firm_id": other.firm_id}
    other.firm_id = firm
    u.session.flush()
    return merging.restore(u, CampaignMember, parked)


def move_person(u: UnitOfWork, keep: int, gone: int) -> Iterable[Moved]:
    """Whom a campaign means at a firm is the entry that stays; whether it may still write is asked before each mail."""
    return [merging.move(u, CampaignMember.contact_id, KEY, LABEL, keep, gone)]


def put_person_back(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[PutBack]:
    return [merging.put_back(u, CampaignMember.contact_id, KEY, LABEL, keep, gone, moved)]
