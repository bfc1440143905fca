"""Concerns in the search: a confidential one is found by those alone who may read what it is about."""

from collections.abc import Collection, Iterable

from flask import url_for
from sqlalchemy import select

from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.concerns import codes
from wf40.core.concerns.models import Concern
from wf40.core.concerns.rows import in_units, shown
from wf40.core.firms.queries import visible_firms
from wf40.sdk.search import Creation, SearchDoc, SearchHit, SearchProvider, SearchText

KIND = "concern"


def documents(u: UnitOfWork, ids: Collection[int]) -> Iterable[SearchDoc]:
    """Return concerns as they can be found."""
    rows = u.session.scalars(select(Concern).where(Concern.id.in_(ids)))
    return [SearchDoc(row.id, row.unit_id, row.title, _texts(row)) for row in rows]


def numbers(u: UnitOfWork, after: int, limit: int) -> list[int]:
    """Return the numbers of the next concerns."""
    return list(u.session.scalars(select(Concern.id).where(Concern.id > after).order_by(Concern.id).limit(limit)))


def hits(u: UnitOfWork, ids: Collection[int]) -> Iterable[SearchHit]:
    """Return the concerns whose content the actor may read."""
    firms = visible_firms(u).subquery()
    found = select(Concern, firms.c.name).join(firms, firms.c.id == Concern.firm_id)
    rows = u.session.execute(found.where(Concern.id.in_(ids), in_units(u), shown(u, firms.c.officer_id)))
    return [
        SearchHit(
            row.id, row.title, url_for("concerns.show", concern_id=row.id),
            detail=_l("%(state)s, %(firm)s", state=codes.STATES.get(row.state, row.state), firm=name),
            mark=_l("vertraulich") if row.confidential else "", texts=_texts(row),
        )
        for row, name in rows
    ]  # fmt: skip


def _texts(row: Concern) -> tuple[SearchText, ...]:
    topic = str(codes.TOPICS.get(row.topic, row.topic))
    texts = (SearchText("topic", topic), SearchText("description", row.description), SearchText("outcome", row.outcome))
    return tuple(text for text in texts if text.text)


PROVIDER = SearchProvider(
    KIND, _l("Anliegen"), "concerns.read", documents, numbers, hits, labels=codes.FIELDS,
    icon="wf-inbox", order=40, page="concerns.show", argument="concern_id",
    creation=Creation(_l("Anliegen aufnehmen"), "concerns.choose_firm", "concerns.edit"),
)  # fmt: skip
