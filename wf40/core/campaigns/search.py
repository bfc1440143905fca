"""Campaigns in the search: found by title and note."""

from collections.abc import Collection, Iterable

from flask import url_for
from sqlalchemy import select, true

from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.campaigns import codes, queries
from wf40.core.campaigns.models import Campaign
from wf40.sdk.search import SearchDoc, SearchHit, SearchProvider, SearchText

KIND = "campaign"


def documents(u: UnitOfWork, ids: Collection[int]) -> Iterable[SearchDoc]:
    """Return campaigns as they can be found."""
    rows = u.session.scalars(select(Campaign).where(Campaign.id.in_(ids)))
    return [SearchDoc(row.id, row.unit_id, row.title, _texts(row)) for row in rows]


def numbers(u: UnitOfWork, after: int, limit: int) -> list[int]:
    """Return the numbers of the next campaigns."""
    return list(u.session.scalars(select(Campaign.id).where(Campaign.id > after).order_by(Campaign.id).limit(limit)))


def hits(u: UnitOfWork, ids: Collection[int]) -> Iterable[SearchHit]:
    """Return the campaigns of the actor's units."""
    own = true() if u.actor.units is None else Campaign.unit_id.in_(u.actor.units)
    rows = u.session.scalars(select(Campaign).where(Campaign.id.in_(ids), own))
    return [
        SearchHit(
            row.id, row.title, url_for("campaigns.show", campaign_id=row.id),
            detail=codes.STATES[row.state][0] if row.state in codes.STATES else "", texts=_texts(row),
        )
        for row in rows
    ]  # fmt: skip


def _texts(row: Campaign) -> tuple[SearchText, ...]:
    return (SearchText("note", row.note),) if row.note else ()


PROVIDER = SearchProvider(
    KIND, _l("Aktionen"), queries.READ, documents, numbers, hits, labels=codes.FIELDS,
    icon="wf-megaphone", order=80, page="campaigns.show", argument="campaign_id",
)  # fmt: skip
