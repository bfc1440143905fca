"""Conversations in the search. What is kept for the responsible person stands in no list, so it is not found either."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from flask import url_for
from sqlalchemy import select, true

from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.consultations import codes
from wf40.core.consultations.models import Consultation, Participant, Topic
from wf40.core.firms.queries import visible_firms
from wf40.sdk.search import Creation, SearchDoc, SearchHit, SearchProvider, SearchText
from wf40.web.formats import day

KIND = "consultation"
_FOUND = Consultation.confidentiality == codes.INTERNAL


def documents(u: UnitOfWork, ids: Collection[int]) -> Iterable[SearchDoc]:
    """Return conversations as they can be found, archived ones too."""
    rows = list(u.session.scalars(select(Consultation).where(Consultation.id.in_(ids), _FOUND)))
    texts = _texts(u, rows)
    return [SearchDoc(row.id, row.unit_id, row.occasion, texts[row.id]) for row in rows]


def numbers(u: UnitOfWork, after: int, limit: int) -> list[int]:
    """Return the numbers of the next conversations."""
    rows = select(Consultation.id).where(Consultation.id > after).order_by(Consultation.id)
    return list(u.session.scalars(rows.limit(limit)))


def hits(u: UnitOfWork, ids: Collection[int]) -> Iterable[SearchHit]:
    """Return the conversations of the actor's units that everybody there may read."""
    firms = visible_firms(u).subquery()
    own = true() if u.actor.units is None else Consultation.unit_id.in_(u.actor.units)
    found = select(Consultation, firms.c.name).join(firms, firms.c.id == Consultation.firm_id)
    rows = u.session.execute(found.where(Consultation.id.in_(ids), _FOUND, own)).all()
    texts = _texts(u, [row for row, _name in rows])
    return [_hit(row, name, texts[row.id]) for row, name in rows]


def _hit(row: Consultation, firm_name: str, texts: tuple[SearchText, ...]) -> SearchHit:
    kind = codes.KINDS.get(row.kind, row.kind)
    return SearchHit(
        row.id, row.occasion or kind, url_for("consultations.show", consultation_id=row.id),
        detail=_l("%(kind)s am %(day)s, %(firm)s", kind=kind, day=day(row.held_on), firm=firm_name),
        mark=_l("archiviert") if row.archived_at else "", texts=texts,
    )  # fmt: skip


def _texts(u: UnitOfWork, rows: Collection[Consultation]) -> dict[int, tuple[SearchText, ...]]:
    ids = [row.id for row in rows]
    topics, people = defaultdict(list), defaultdict(list)
    for number, topic in u.session.execute(
        select(Topic.consultation_id, Topic.topic).where(Topic.consultation_id.in_(ids)).order_by(Topic.topic)
    ):
        topics[number].append(str(codes.TOPICS.get(topic, topic)))
    order = (Participant.consultation_id, Participant.position)
    names = select(Participant.consultation_id, Participant.name).where(Participant.consultation_id.in_(ids))
    for number, name in u.session.execute(names.order_by(*order)):
        people[number].append(name)
    return {row.id: _of(row, topics[row.id], people[row.id]) for row in rows}


def _of(row: Consultation, topics: list[str], people: list[str]) -> tuple[SearchText, ...]:
    texts: tuple[Any, ...] = (
        SearchText("topics", ", ".join(topics)),
        SearchText("participants", ", ".join(people)),
        SearchText("summary", row.summary),
        SearchText("agreements", row.agreements),
    )
    return tuple(text for text in texts if text.text)


PROVIDER = SearchProvider(
    KIND, _l("Gespräche & Besuche"), "consultations.read", documents, numbers, hits, labels=codes.FIELDS,
    icon="wf-chat", order=30, page="consultations.show", argument="consultation_id",
    creation=Creation(_l("Gespräch erfassen"), "consultations.choose_firm", "consultations.edit"),
)  # fmt: skip
