"""Sends campaigns, slice by slice. Any number of workers may; each firm is dealt with once.

A slice is one short transaction that holds mails, invitations and what became of the firms, so that a worker that is
killed leaves whole slices only. Each firm has a savepoint of its own: one that fails takes nobody with it.
"""

import time
from collections import deque
from datetime import timedelta

from sqlalchemy import or_, select
from sqlalchemy.exc import OperationalError

from wf40.base.access import Actor
from wf40.base.errors import DomainError
from wf40.base.i18n import _
from wf40.base.uow import Database, UnitOfWork
from wf40.core.accounts.identity import permissions_of
from wf40.core.accounts.queries import readable_units
from wf40.core.campaigns import codes, outreaches
from wf40.core.campaigns.checking import check
from wf40.core.campaigns.choosing import Choice, busy_firms, still
from wf40.core.campaigns.models import Campaign, CampaignMember
from wf40.pluginhost.calls import Hooks, Provided
from wf40.sdk.services import Contacts, Firms, Officers
from wf40.sdk.work import Outreach

LONGEST_SLICE = 0.2
"""Seconds after which a slice takes no further firm; other writers wait for one or two of them."""
AT_ONCE = 25
PAUSE = 0.02
ATTEMPTS = 3
RETRY_AFTER = timedelta(minutes=5)
_SYSTEM = Actor.system("campaigns")


def work(database: Database) -> None:
    """Look up the firms of drafts and send what runs, campaigns taking turns. The worker's job."""
    unchecked = select(CampaignMember.campaign_id).where(CampaignMember.state == codes.UNCHECKED)
    drafts = select(Campaign.id).where(Campaign.state == codes.DRAFT, Campaign.id.in_(unchecked))
    running = select(Campaign.id).where(Campaign.state == codes.RUNNING)
    with database.read(_SYSTEM) as u:
        drafts_left, waiting = list(u.session.scalars(drafts)), deque(u.session.scalars(running.order_by(Campaign.id)))
    for campaign_id in drafts_left:
        check(database, campaign_id)
    while waiting:
        campaign_id = waiting.popleft()
        if send_slice(database, campaign_id):
            waiting.append(campaign_id)
            time.sleep(PAUSE)


def send_slice(database: Database, campaign_id: int) -> bool:
    """Deal with some firms of a running campaign; tells whether there may be more to do at once."""
    with database.read(_SYSTEM) as u:
        sender, may_go_on = _sender(u, campaign_id)
    if not may_go_on:
        return False
    if sender is None:
        _end(database, campaign_id, codes.STOPPED, "sender")
        return False
    with database.write(sender) as u:
        campaign = _held(u, campaign_id)
        found = outreaches.find(u, campaign.outreach_key) if campaign else None
        if campaign is None or found is None or campaign.sender_id != sender.user_id:
            return False
        rows = _claimed(u, campaign_id)
        _deal(u, campaign, found, rows)
    if not rows:
        _end(database, campaign_id, codes.DONE)
    return bool(rows)


def _sender(u: UnitOfWork, campaign_id: int) -> tuple[Actor | None, bool]:
    """Return who sends, with the rights of today, and whether anything can be sent at present."""
    campaign = u.session.get(Campaign, campaign_id)
    found = outreaches.find(u, campaign.outreach_key) if campaign and campaign.state == codes.RUNNING else None
    if campaign is None or found is None or outreaches.rests(u, found):
        return None, False
    person = u.service(Officers).get(u, campaign.sender_id) if campaign.sender_id else None
    if person is None or not person.active or person.unit_id != campaign.unit_id:
        return None, True
    rights = permissions_of(u.service(Hooks), person.role)
    if not {"campaigns.edit", found.value.permission} <= rights:
        return None, True
    units = readable_units(u, person.unit_id)
    return Actor("user", person.name, person.id, person.unit_id, units, person.role, rights), True


def _held(u: UnitOfWork, campaign_id: int) -> Campaign | None:
    """Return the campaign while it runs; who wants to stop it waits for the end of this slice."""
    row = select(Campaign).where(Campaign.id == campaign_id, Campaign.state == codes.RUNNING)
    return u.session.scalar(row.with_for_update(read=True))


def _claimed(u: UnitOfWork, campaign_id: int) -> list[CampaignMember]:
    due = or_(CampaignMember.retry_at.is_(None), CampaignMember.retry_at <= u.now)
    rows = select(CampaignMember).where(
        CampaignMember.campaign_id == campaign_id, CampaignMember.state == codes.WAITING, due
    )
    ordered = rows.order_by(CampaignMember.id).limit(AT_ONCE)
    return list(u.session.scalars(ordered.with_for_update(skip_locked=True)))


def _deal(u: UnitOfWork, campaign: Campaign, found: Provided[Outreach], rows: list[CampaignMember]) -> None:
    """Deal with the firms of a slice until its time is over; those that are left stay as they are."""
    until = time.monotonic() + LONGEST_SLICE
    busy = busy_firms(u, campaign, [row.firm_id for row in rows]) if rows else {}
    for row in rows:
        if time.monotonic() > until or outreaches.rests(u, found):
            return
        firm = u.service(Firms).many(u, [row.firm_id]).get(row.firm_id)
        people = u.service(Contacts).of_firm(u, firm.id) if firm else []
        planned = Choice(row.contact_id, busy.get(row.firm_id, ""))
        if why := still(campaign.unit_id, firm, people, found.value.purpose, planned):
            row.state, row.why = codes.SKIPPED, why
        else:
            _send(u, found, row)
        u.session.flush()


def _send(u: UnitOfWork, found: Provided[Outreach], row: CampaignMember) -> None:
    emitted = len(u.emitted)
    try:
        with u.session.begin_nested():
            row.number = outreaches.invite(u, found, row.firm_id, row.contact_id or 0)
            row.state, row.why, row.retry_at, row.sent_at = codes.SENT, "", None, u.now
    except DomainError as refusal:
        _take_back(u, emitted, row)
        _fail(row, str(refusal))
    except OperationalError:  # the database, not this firm: the whole slice comes again
        raise
    except Exception as error:  # noqa: BLE001 - one firm may not hold up those behind it
        reference = str(error) if isinstance(error, outreaches.Broken) else type(error).__name__
        _take_back(u, emitted, row)
        _again(u, row, reference)


def _take_back(u: UnitOfWork, emitted: int, row: CampaignMember) -> None:
    """Forget what was emitted inside the savepoint, which is gone, and see the firm as it was before it."""
    del u.emitted[emitted:]
    u.session.refresh(row)


def _fail(row: CampaignMember, sentence: str) -> None:
    row.state, row.why, row.retry_at = codes.FAILED, sentence, None


def _again(u: UnitOfWork, row: CampaignMember, reference: str) -> None:
    row.attempts += 1
    if row.attempts >= ATTEMPTS:
        _fail(row, _("Das Versenden ist mehrmals gescheitert (Referenz %(reference)s). Bitte wenden Sie sich an Ihre Administration.", reference=reference))  # fmt: skip
    else:
        row.retry_at = u.now + RETRY_AFTER * row.attempts
        row.why = _("Das Versenden ist gescheitert (Referenz %(reference)s) und wird noch einmal versucht.", reference=reference)  # fmt: skip


def _end(database: Database, campaign_id: int, state: str, halt: str = "") -> None:
    """Close a campaign whose firms are all dealt with, or stop one that must not go on."""
    left = select(CampaignMember.id).where(
        CampaignMember.campaign_id == campaign_id, CampaignMember.state == codes.WAITING
    )
    with database.write(_SYSTEM) as u:
        row = select(Campaign).where(Campaign.id == campaign_id, Campaign.state == codes.RUNNING)
        campaign = u.session.scalar(row.with_for_update())
        if campaign is None or (state == codes.DONE and u.session.scalar(left.limit(1)) is not None):
            return
        if state == codes.STOPPED and _sender(u, campaign_id)[0] is not None:  # somebody took over meanwhile
            return
        campaign.state, campaign.halt, campaign.ended_at = state, halt, u.now
        u.audit(f"campaign_{state}", f"campaign:{campaign.id}")
