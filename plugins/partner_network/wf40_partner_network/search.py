"""Partners in the search: found by name, place, numbers, what they help with, and the people there."""

from collections.abc import Collection, Iterable

from flask import url_for
from sqlalchemy import select

from wf40.sdk.search import Creation, SearchDoc, SearchHit, SearchProvider, SearchText
from wf40.sdk.topics import TOPICS
from wf40.sdk.uow import UnitOfWork
from wf40_partner_network.models import Partner
from wf40_partner_network.queries import readable
from wf40_partner_network.terms import KINDS
from wf40_partner_network.texts import KEY, _l


def documents(u: UnitOfWork, ids: Collection[int]) -> Iterable[SearchDoc]:
    """Return partners as they can be found, archived ones too, without those that became part of another."""
    rows = u.session.scalars(select(Partner).where(Partner.id.in_(ids), Partner.merged_into_id.is_(None)))
    return [SearchDoc(row.id, row.unit_id, row.name, _texts(row)) for row in rows]


def numbers(u: UnitOfWork, after: int, limit: int) -> list[int]:
    """Return the numbers of the next partners."""
    return list(u.session.scalars(select(Partner.id).where(Partner.id > after).order_by(Partner.id).limit(limit)))


def hits(u: UnitOfWork, ids: Collection[int]) -> Iterable[SearchHit]:
    """Return the partners of the actor's units."""
    rows = u.session.scalars(select(Partner).where(Partner.id.in_(ids), Partner.merged_into_id.is_(None), readable(u)))
    return [
        SearchHit(
            row.id, row.name, url_for("partner_network.show", partner_id=row.id), detail=_detail(row),
            mark=_l("archiviert") if row.archived_at else "", texts=_texts(row),
        )
        for row in rows
    ]  # fmt: skip


def _detail(row: Partner) -> str:
    return ", ".join(filter(None, (str(KINDS.get(row.kind, row.kind)), row.town)))


def _texts(row: Partner) -> tuple[SearchText, ...]:
    texts = [
        SearchText("town", row.town),
        SearchText("phone", row.phone, "phone"),
        SearchText("email", row.email, "mail"),
        SearchText("website", row.website, "web"),
    ]
    texts += [SearchText("topics", f"{TOPICS.get(c.topic, c.topic)} {c.note}".strip()) for c in row.competences]
    for person in row.people:
        if person.archived_at is None:
            texts += [
                SearchText("person", ", ".join(filter(None, (person.name, person.role)))),
                SearchText("phone", person.phone, "phone"),
                SearchText("email", person.email, "mail"),
            ]
    texts.append(SearchText("note", row.note))
    return tuple(text for text in texts if text.text)


PROVIDER = SearchProvider(
    KEY, _l("Partner"), "partner_network.read", documents, numbers, hits,
    labels={
        "town": _l("Ort"), "phone": _l("Telefon"), "email": _l("E-Mail"), "website": _l("Website"),
        "topics": _l("Hilft bei"), "person": _l("Ansprechperson"), "note": _l("Notiz"),
    },
    icon="wf-network", order=60, page="partner_network.show", argument="partner_id",
    creation=Creation(_l("Partner anlegen"), "partner_network.add", "partner_network.edit"),
)  # fmt: skip
