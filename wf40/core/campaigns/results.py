"""What became of a campaign: how far each firm got, as its outreach says it at this moment."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from wf40.base.access import requires
from wf40.base.portions import portions
from wf40.base.uow import UnitOfWork
from wf40.core.accounts.queries import officer_names
from wf40.core.campaigns import codes, outreaches
from wf40.core.campaigns.models import CampaignMember
from wf40.core.campaigns.queries import PER_PAGE, READ, campaign
from wf40.core.contacts.queries import names as contact_names
from wf40.core.firms.queries import visible_firms
from wf40.core.tasks.queries import of_record
from wf40.sdk.paging import Page


@dataclass(frozen=True, slots=True)
class Result:
    """Members in the order of their firms' names, each with how far it got. ``known``: replies could be asked for."""

    reached: Mapping[int, str]
    known: bool

    def counts(self) -> Mapping[str, int]:
        """Return how many firms got how far."""
        return Counter(self.reached.values())

    def kept(self, wanted: str) -> list[int]:
        """Return the members that a filter keeps; all for none."""
        return [member for member, how in self.reached.items() if not wanted or _fits(how, wanted)]


@dataclass(frozen=True, slots=True)
class ResultLine:
    """A firm in the result. ``url`` shows what was sent or answered."""

    id: int
    firm_id: int
    firm_name: str
    town: str
    officer_id: int | None
    officer: str
    person: str
    reached: str
    why: str
    sent_at: datetime | None
    responded_at: datetime | None
    url: str


@requires(READ)
def to_remind(u: UnitOfWork, campaign_id: int, found: Result) -> list[int]:
    """Return the members that did not answer yet and for whose firms no task was made."""
    row = campaign(u, campaign_id)
    tasks = of_record(u, f"campaign:{row.id}") if u.actor.may("tasks.read") else []
    made = {line.firm_id for line in tasks}
    firms = select(CampaignMember.id, CampaignMember.firm_id).where(CampaignMember.campaign_id == row.id)
    with_task = {member for member, firm_id in u.session.execute(firms) if firm_id in made}
    return [member for member in found.kept("unanswered") if member not in with_task]


@requires(READ)
def result(u: UnitOfWork, campaign_id: int) -> Result:
    """Return how far each firm of a campaign got."""
    row, firms = campaign(u, campaign_id), visible_firms(u).subquery()
    rows = (
        select(CampaignMember.id, CampaignMember.state, CampaignMember.number)
        .join(firms, firms.c.id == CampaignMember.firm_id)
        .where(CampaignMember.campaign_id == row.id)
        .order_by(firms.c.sort_key, firms.c.id)
    )
    found = u.session.execute(rows).all()
    numbers = {r.number for r in found if r.state == codes.SENT and r.number is not None}
    replies = outreaches.replies(u, row.outreach_key, numbers) if numbers else {}
    said: Mapping[int, str] = {} if replies is None else replies
    reached = {r.id: said.get(r.number, codes.SENT) if r.state == codes.SENT else r.state for r in found}
    return Result(reached, replies is not None)


@requires(READ)
def result_page(u: UnitOfWork, campaign_id: int, found: Result, wanted: str, page: int) -> Page[ResultLine]:
    """Return one page of the result."""
    kept = found.kept(wanted)
    number = max(1, min(page, -(-len(kept) // PER_PAGE)))
    shown = kept[(number - 1) * PER_PAGE : number * PER_PAGE]
    return Page(result_lines(u, campaign_id, found, shown), number, PER_PAGE, len(kept))


@requires(READ)
def result_lines(u: UnitOfWork, campaign_id: int, found: Result, members: Sequence[int]) -> list[ResultLine]:
    """Return the lines of some members, in their order."""
    row, firms = campaign(u, campaign_id), visible_firms(u).subquery()
    offered = outreaches.find(u, row.outreach_key)
    rows = select(CampaignMember, firms.c.name, firms.c.town, firms.c.officer_id).join(
        firms, firms.c.id == CampaignMember.firm_id
    )
    by_id: dict[int, Any] = {}
    for some in portions(members):
        kept = rows.where(CampaignMember.campaign_id == row.id, CampaignMember.id.in_(some))
        by_id |= {r[0].id: r for r in u.session.execute(kept)}
    officers = officer_names(u, {r.officer_id for r in by_id.values() if r.officer_id})
    people = _people(u, [r[0].contact_id for r in by_id.values()])
    return [
        _line(by_id[i], found.reached[i], officers, people, offered.value.url if offered else lambda _number: "")
        for i in members
        if i in by_id
    ]


def _people(u: UnitOfWork, ids: Iterable[int | None]) -> Mapping[int, str]:
    if not u.actor.may("contacts.read"):
        return {}
    wanted, found = [i for i in ids if i is not None], dict[int, str]()
    for some in portions(wanted):
        found |= contact_names(u, some)
    return found


def _line(row: Any, reached: str, officers: Mapping[int, str], people: Mapping[int, str], url: Any) -> ResultLine:
    member: CampaignMember = row[0]
    why = codes.REASONS.get(member.why, member.why)
    return ResultLine(
        member.id, member.firm_id, row.name, row.town, row.officer_id, officers.get(row.officer_id or 0, ""),
        people.get(member.contact_id or 0, ""), reached, str(why), member.sent_at, member.responded_at,
        url(member.number) if member.number is not None else "",
    )  # fmt: skip


def _fits(reached: str, wanted: str) -> bool:
    if wanted == "unanswered":
        return reached in codes.UNANSWERED
    if wanted == "missed":
        return reached in (codes.SKIPPED, codes.FAILED)
    return reached == wanted
