"""Looks up who gets a draft's mail, in batches: for some seconds within the request, the rest by the worker."""

import time
from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Table, bindparam, select, update

from wf40.base.access import Actor
from wf40.base.uow import Database, UnitOfWork
from wf40.core.campaigns import codes, outreaches
from wf40.core.campaigns.choosing import busy_firms, choose
from wf40.core.campaigns.models import Campaign, CampaignMember
from wf40.sdk.services import Contacts, Firms

AT_ONCE = 100
"""How many firms one batch looks at."""
_ACTOR = Actor.system("campaigns")
_MEMBERS = cast("Table", CampaignMember.__table__)


def check(database: Database, campaign_id: int, seconds: float | None = None) -> bool:
    """Look at all firms of a draft that nobody looked at yet, or for some seconds; tells whether none is left.

    Looking is reading and takes long, storing is short: others who save wait for the second only. Whoever looks at the
    same firms at the same time finds the same, and the first to store it wins.
    """
    deadline = None if seconds is None else time.monotonic() + seconds
    while True:
        with database.read(_ACTOR) as u:
            rows = _unchecked(u, campaign_id)
            found = _look(u, u.session.get_one(Campaign, campaign_id), rows) if rows else []
        if not rows:
            return True
        if not found:  # what it sends is not there at present
            return False
        with database.write(_ACTOR) as u:
            u.session.execute(_STORE, found)
        if deadline is not None and time.monotonic() > deadline:
            return False


_STORE = (
    update(_MEMBERS)
    .where(_MEMBERS.c.id == bindparam("member"), _MEMBERS.c.state == codes.UNCHECKED)
    .values(state=bindparam("new_state"), why=bindparam("new_why"), contact_id=bindparam("person"))
)


def _unchecked(u: UnitOfWork, campaign_id: int) -> Sequence[Any]:
    rows = select(CampaignMember.id, CampaignMember.firm_id).where(
        CampaignMember.campaign_id == campaign_id, CampaignMember.state == codes.UNCHECKED
    )
    return u.session.execute(rows.order_by(CampaignMember.id).limit(AT_ONCE)).all()


def _look(u: UnitOfWork, campaign: Campaign, rows: Sequence[Any]) -> list[dict[str, Any]]:
    found = outreaches.find(u, campaign.outreach_key)
    if found is None:
        return []
    ids = [row.firm_id for row in rows]
    elsewhere = outreaches.standing(u, found, ids)
    busy = {i: codes.BUSY_ANSWERED if how == "answered" else codes.BUSY_OPEN for i, how in elsewhere.items()}
    firms, busy = u.service(Firms).many(u, ids), {**busy, **busy_firms(u, campaign, ids)}
    values = []
    for row in rows:
        firm = firms.get(row.firm_id)
        own = firm is not None and firm.unit_id == campaign.unit_id
        people = u.service(Contacts).of_firm(u, row.firm_id) if own else []
        choice = choose(campaign.unit_id, firm, people, found.value.purpose, busy.get(row.firm_id, ""))
        state = codes.SKIPPED if choice.why else codes.WAITING
        values.append({"member": row.id, "new_state": state, "new_why": choice.why, "person": choice.contact_id})
    return values
