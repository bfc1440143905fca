"""Reads campaigns and, of drafts, who gets what is sent, within the units that the actor may read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, func, select, true

from wf40.base.access import requires
from wf40.base.errors import Forbidden, NotFound
from wf40.base.history import changes_of
from wf40.base.uow import UnitOfWork
from wf40.core.accounts.queries import officer_names
from wf40.core.campaigns import codes
from wf40.core.campaigns.models import Campaign, CampaignMember
from wf40.core.contacts.queries import refs as contact_refs
from wf40.core.firms.queries import visible_firms
from wf40.core.timeline.changes import ShownChange, in_words
from wf40.sdk.paging import Page, page_of
from wf40.sdk.refs import ContactRef
from wf40.sdk.statements import kept, of_units

READ, EDIT = "campaigns.read", "campaigns.edit"
PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class CampaignLine:
    """A campaign as the list shows it. ``author`` is who started it, or made the draft."""

    id: int
    title: str
    outreach_label: str
    state: str
    author: str
    created_at: datetime
    started_at: datetime | None
    firms: int
    sent: int


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A firm of a draft. Without ``person`` nobody gets anything there, ``why`` says why."""

    id: int
    firm_id: int
    firm_name: str
    town: str
    person: ContactRef | None
    why: str


@dataclass(frozen=True, slots=True)
class Part:
    """That a firm was reached by a campaign."""

    campaign_id: int
    title: str
    outreach_label: str
    sender: str
    sent_at: datetime


def readable(u: UnitOfWork) -> ColumnElement[bool]:
    """Return the condition that keeps the campaigns of the actor's units."""
    return of_units(u, Campaign.unit_id)


@requires(READ)
def campaign(u: UnitOfWork, campaign_id: int) -> Campaign:
    """Return a campaign; raises :class:`NotFound` for an unknown or foreign one."""
    row = u.session.get(Campaign, campaign_id)
    if row is None or not u.actor.may_read_unit(row.unit_id):
        raise NotFound
    return row


@requires(EDIT)
def campaign_to_change(u: UnitOfWork, campaign_id: int) -> Campaign:
    """Return a campaign for changing; raises :class:`NotFound`, or :class:`Forbidden` for another unit's."""
    row = campaign(u, campaign_id)
    if not u.actor.may_write_unit(row.unit_id):
        raise Forbidden(EDIT)
    return row


@requires(EDIT)
def demand_unit(u: UnitOfWork) -> int:
    """Return the unit in which the actor starts campaigns; raises :class:`Forbidden` for somebody without one."""
    if u.actor.unit_id is None:
        raise Forbidden(EDIT)
    return u.actor.unit_id


@requires(READ)
def campaigns(u: UnitOfWork, state: str = "", page: int = 1) -> Page[CampaignLine]:
    """Return one page of the campaigns, the newest first."""
    kept = Campaign.state == state if state else true()
    rows = select(Campaign).where(readable(u), kept).order_by(Campaign.created_at.desc(), Campaign.id.desc())
    return page_of(u, rows, page, 25, lambda found: _lines(u, [row[0] for row in found]))


@requires(READ)
def newest(u: UnitOfWork, limit: int = 20) -> list[Campaign]:
    """Return the newest campaigns, drafts too, for choosing one."""
    return list(u.session.scalars(_newest(u), {"most": limit}))


@kept
def _newest(u: UnitOfWork) -> Select[Any]:
    rows = select(Campaign).where(readable(u)).order_by(Campaign.created_at.desc(), Campaign.id.desc())
    return rows.limit(bindparam("most"))


@requires(READ)
def firms_of(u: UnitOfWork, campaign_id: int) -> Select[Any]:
    """Return a select of the ids of the firms of a campaign that were reached, or of all firms of a draft."""
    state = u.session.scalar(select(Campaign.state).where(Campaign.id == campaign_id, readable(u)))
    reached = true() if state == codes.DRAFT else CampaignMember.state == codes.SENT
    mine = select(Campaign.id).where(Campaign.id == campaign_id, readable(u))
    return select(CampaignMember.firm_id).where(CampaignMember.campaign_id.in_(mine), reached)


@requires(READ)
def states(u: UnitOfWork, campaign_id: int) -> dict[str, int]:
    """Return how many firms of a campaign stand in which state."""
    row = campaign(u, campaign_id)
    counts = select(CampaignMember.state, func.count()).where(CampaignMember.campaign_id == row.id)
    return dict(u.session.execute(counts.group_by(CampaignMember.state)).all())


@requires(READ)
def groups(u: UnitOfWork, campaign_id: int) -> dict[str, int]:
    """Return how many firms of a draft fall into which group; those always shown stand there with 0 too."""
    row = campaign(u, campaign_id)
    each = select(_GROUP.label("name")).where(
        CampaignMember.campaign_id == row.id, CampaignMember.state != codes.UNCHECKED
    )
    named = each.subquery().c.name
    counts = select(named, func.count()).group_by(named)
    found: dict[str, int] = {name: n for name, n in u.session.execute(counts)}  # noqa: C416 - typed
    return {name: found.get(name, 0) for name in codes.GROUPS if name in codes.ALWAYS_SHOWN or found.get(name)}


@requires(READ)
def draft_lines(u: UnitOfWork, campaign_id: int, group: str, page: int = 1) -> Page[DraftLine]:
    """Return one page of the firms of a draft that fall into a group, by name."""
    row, firms = campaign(u, campaign_id), visible_firms(u).subquery()
    rows = (
        select(
            CampaignMember.id, CampaignMember.firm_id, CampaignMember.contact_id, CampaignMember.why,
            firms.c.name, firms.c.town,
        )
        .join(firms, firms.c.id == CampaignMember.firm_id)
        .where(CampaignMember.campaign_id == row.id, CampaignMember.state != codes.UNCHECKED, _GROUP.in_([group]))
        .order_by(firms.c.sort_key, firms.c.id)
    )  # fmt: skip
    return page_of(u, rows, page, PER_PAGE, lambda found: _draft_lines(u, found))


@requires(READ)
def first_waiting(u: UnitOfWork, campaign_id: int) -> tuple[int, str, int | None]:
    """Return firm, its name and the person of the first mail that is still to go out."""
    row, firms = campaign(u, campaign_id), visible_firms(u).subquery()
    found = u.session.execute(
        select(CampaignMember.firm_id, firms.c.name, CampaignMember.contact_id)
        .join(firms, firms.c.id == CampaignMember.firm_id)
        .where(CampaignMember.campaign_id == row.id, CampaignMember.state == codes.WAITING)
        .order_by(CampaignMember.contact_id.is_(None), firms.c.sort_key, firms.c.id)
        .limit(1)
    ).first()
    return (0, "", None) if found is None else (found.firm_id, found.name, found.contact_id)


@requires(READ)
def of_firm(u: UnitOfWork, firm_id: int, limit: int) -> list[Part]:
    """Return the newest campaigns that reached a firm."""
    found = u.session.execute(_of_firm(u), {"firm": firm_id, "most": limit}).all()
    names = officer_names(u, {row.sender_id for row, _at in found if row.sender_id})
    return [
        Part(row.id, row.title, row.outreach_label, names.get(row.sender_id or 0, ""), at)
        for row, at in found
        if at is not None
    ]


@kept
def _of_firm(u: UnitOfWork) -> Select[Any]:
    columns: list[Any] = [Campaign, CampaignMember.sent_at]
    return (
        select(*columns)
        .join(CampaignMember, CampaignMember.campaign_id == Campaign.id)
        .where(CampaignMember.firm_id == bindparam("firm"), CampaignMember.state == codes.SENT, readable(u))
        .order_by(CampaignMember.sent_at.desc(), CampaignMember.id.desc())
        .limit(bindparam("most"))
    )


@requires(READ)
def changes(u: UnitOfWork, campaign_id: int) -> list[ShownChange]:
    """Return the changes of title and note in words."""
    return in_words(changes_of(u, f"campaign:{campaign(u, campaign_id).id}"), codes.FIELDS, {})


_GROUP = case(
    (CampaignMember.state != codes.SKIPPED, codes.RECEIVES),
    *((CampaignMember.why.in_(reasons), name) for name, (_label, reasons) in codes.GROUPS.items() if reasons),
    else_="",
)


def _draft_lines(u: UnitOfWork, rows: Sequence[Any]) -> list[DraftLine]:
    ids = {row.contact_id for row in rows if row.contact_id is not None}
    people = contact_refs(u, ids) if u.actor.may("contacts.read") else {}
    return [
        DraftLine(
            row.id, row.firm_id, row.name, row.town, people.get(row.contact_id), str(codes.REASONS.get(row.why, "")),
        )
        for row in rows
    ]  # fmt: skip


def _lines(u: UnitOfWork, rows: Sequence[Campaign]) -> list[CampaignLine]:
    ids = [row.id for row in rows]
    sent = func.sum(case((CampaignMember.state == codes.SENT, 1), else_=0))
    counted = select(CampaignMember.campaign_id, func.count(), sent).where(CampaignMember.campaign_id.in_(ids))
    counts = {i: (n, m) for i, n, m in u.session.execute(counted.group_by(CampaignMember.campaign_id))}
    people = {row.id: row.sender_id or row.author_id for row in rows}
    names = officer_names(u, {i for i in people.values() if i})
    return [
        CampaignLine(
            row.id, row.title, row.outreach_label, row.state, names.get(people[row.id] or 0, ""), row.created_at,
            row.started_at, *counts.get(row.id, (0, 0)),
        )
        for row in rows
    ]  # fmt: skip
