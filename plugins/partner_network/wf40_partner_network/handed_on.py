"""Concerns that were handed on to partners: which ones, how they ended, how long an answer took."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from statistics import median

from sqlalchemy import select

from wf40.sdk.refs import HandoverRef
from wf40.sdk.services import Handovers
from wf40.sdk.uow import UnitOfWork, requires
from wf40_partner_network.models import Partner
from wf40_partner_network.texts import KEY

SOLVED = "solved"
_SECONDS_A_DAY = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class HandedOn:
    """What was handed on to one partner, the newest first."""

    concerns: list[HandoverRef] = field(default_factory=list)

    @property
    def solved(self) -> int:
        """How many were solved."""
        return sum(concern.outcome == SOLVED for concern in self.concerns)

    @property
    def days_to_answer(self) -> int | None:
        """The median of whole days between handing on and the answer, ``None`` without any answer."""
        waits = [
            (c.answered_at - c.handed_on_at).total_seconds() / _SECONDS_A_DAY for c in self.concerns if c.answered_at
        ]
        return round(median(waits)) if waits else None


def key_of(partner_id: int) -> str:
    """Return how hand-ons name a partner, for ever."""
    return f"{KEY}-{partner_id}"


@requires("partner_network.read")
def handed_on(u: UnitOfWork, partner_ids: Collection[int]) -> Mapping[int, HandedOn]:
    """Return what was handed on to each of some partners and to those merged into them."""
    if not partner_ids or not u.actor.may("concerns.read"):
        return {}
    owners = {key_of(partner_id): partner_id for partner_id in partner_ids}
    old = select(Partner.id, Partner.merged_into_id).where(Partner.merged_into_id.in_(partner_ids))
    owners |= {key_of(row.id): row.merged_into_id for row in u.session.execute(old)}
    found: defaultdict[int, HandedOn] = defaultdict(HandedOn)
    for concern in u.service(Handovers).to(u, list(owners)):
        found[owners[concern.recipient_key]].concerns.append(concern)
    return dict(found)
