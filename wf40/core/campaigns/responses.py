"""Notes when a firm answered what a campaign sent to it."""

from sqlalchemy import select, update

from wf40.base.uow import UnitOfWork
from wf40.core.campaigns import codes
from wf40.core.campaigns.models import Campaign, CampaignMember
from wf40.sdk.events import FirmResponded


def note(u: UnitOfWork, event: FirmResponded) -> None:
    """Keep the first answer's moment, with what the firm was sent last; an outreach's key is the kind of its answers."""
    newest = (
        select(CampaignMember.id)
        .join(Campaign, Campaign.id == CampaignMember.campaign_id)
        .where(
            Campaign.outreach_key == event.kind,
            CampaignMember.firm_id == event.firm_id,
            CampaignMember.state == codes.SENT,
        )
        .order_by(CampaignMember.sent_at.desc(), CampaignMember.id.desc())
    )
    u.session.execute(
        update(CampaignMember)
        .where(CampaignMember.id == u.session.scalar(newest.limit(1)), CampaignMember.responded_at.is_(None))
        .values(responded_at=u.now),
        execution_options={"synchronize_session": False},
    )
