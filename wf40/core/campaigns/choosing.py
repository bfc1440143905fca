"""Who in a firm gets what a campaign sends, or why nobody does. Decided for the draft, and again before each mail."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from wf40.base.uow import UnitOfWork
from wf40.core.campaigns import codes, outreaches
from wf40.core.campaigns.models import Campaign, CampaignMember
from wf40.sdk.refs import ContactRef, FirmRef

LEFT_ALONE = timedelta(days=90)
"""How long a firm that answered is not asked the same again."""
LONGEST_OPEN = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Choice:
    """The person, or the code of why there is none."""

    contact_id: int | None
    why: str = ""


def choose(unit_id: int, firm: FirmRef | None, people: Sequence[ContactRef], purpose: str, busy: str) -> Choice:
    """Return the first of a firm's people (the main one comes first) whom mails for a purpose may reach."""
    if firm is None or firm.unit_id != unit_id:
        return Choice(None, codes.OTHER_UNIT)
    if firm.archived:
        return Choice(None, codes.ARCHIVED)
    permitted = next((person for person in people if purpose in person.mail_purposes), None)
    if permitted is None:
        return Choice(None, codes.NO_BASIS if any(person.email for person in people) else codes.NO_PERSON)
    return Choice(permitted.id, busy)


def still(unit_id: int, firm: FirmRef | None, people: Sequence[ContactRef], purpose: str, planned: Choice) -> str:
    """Return why the person planned for a firm must not be written to any more, or nothing.

    Nobody else is chosen instead: the draft said who gets it.
    """
    if firm is None or firm.unit_id != unit_id:
        return codes.OTHER_UNIT
    if firm.archived:
        return codes.ARCHIVED
    person = next((p for p in people if p.id == planned.contact_id), None)
    if person is None:
        return codes.GONE
    return planned.why if purpose in person.mail_purposes else codes.WITHDRAWN


def busy_firms(u: UnitOfWork, campaign: Campaign, firm_ids: Collection[int]) -> Mapping[int, str]:
    """Return the firms that another campaign asked the same: still open, or answered not long ago, as codes."""
    rows = (
        select(CampaignMember.firm_id, CampaignMember.number, CampaignMember.sent_at, CampaignMember.responded_at)
        .join(Campaign, Campaign.id == CampaignMember.campaign_id)
        .where(
            Campaign.outreach_key == campaign.outreach_key,
            Campaign.id != campaign.id,
            CampaignMember.state == codes.SENT,
            CampaignMember.firm_id.in_(firm_ids),
            CampaignMember.sent_at >= u.now - LONGEST_OPEN,
        )
    )
    asked = u.session.execute(rows).all()
    known = outreaches.replies(u, campaign.outreach_key, {row.number for row in asked if row.number is not None})
    found: dict[int, str] = {}
    for row in asked:
        since = row.responded_at or row.sent_at
        recent = since >= u.now - LEFT_ALONE
        reply = known.get(row.number, "") if known is not None else ""
        # While nobody can say how far a firm got, it is rather asked too seldom than twice.
        if reply in ("sent", "opened") or (known is None and recent):
            found[row.firm_id] = codes.BUSY_OPEN
        elif (reply == "answered" or row.responded_at) and recent:
            found.setdefault(row.firm_id, codes.BUSY_ANSWERED)
    return found
