"""Answers in the search: found by what the firm wrote in its own words. Ticked answers are figures, no words to find."""

from collections.abc import Collection, Iterable

from flask import url_for
from sqlalchemy import select

from wf40.sdk.search import SearchDoc, SearchHit, SearchProvider, SearchText
from wf40.sdk.tables import firms
from wf40.sdk.uow import UnitOfWork
from wf40_digital_readiness.checks import ItemType
from wf40_digital_readiness.models import Response
from wf40_digital_readiness.published import check_of
from wf40_digital_readiness.scope import readable
from wf40_digital_readiness.texts import KEY, _l

_SUBMITTED = Response.state == "submitted"


def documents(u: UnitOfWork, ids: Collection[int]) -> Iterable[SearchDoc]:
    """Return submitted answers in which something is written; the firm's name is found with the firm."""
    rows = u.session.scalars(select(Response).where(Response.id.in_(ids), _SUBMITTED))
    return [SearchDoc(row.id, row.unit_id, "", texts) for row in rows if (texts := _texts(u, row))]


def numbers(u: UnitOfWork, after: int, limit: int) -> list[int]:
    """Return the numbers of the next answers."""
    rows = select(Response.id).where(Response.id > after, _SUBMITTED).order_by(Response.id)
    return list(u.session.scalars(rows.limit(limit)))


def hits(u: UnitOfWork, ids: Collection[int]) -> Iterable[SearchHit]:
    """Return the answers of the actor's units."""
    found = select(Response, firms.c.name).join(firms, firms.c.id == Response.firm_id)
    rows = u.session.execute(found.where(Response.id.in_(ids), _SUBMITTED, readable(u, Response.unit_id)))
    return [
        SearchHit(
            row.id, name, url_for("digital_readiness.answer", response_id=row.id),
            detail=_l("Digitalcheck vom %(day)s", day=row.answered_on.strftime("%d.%m.%Y")) if row.answered_on else _l("Digitalcheck"),
            texts=_texts(u, row),
        )
        for row, name in rows
    ]  # fmt: skip


def _texts(u: UnitOfWork, row: Response) -> tuple[SearchText, ...]:
    items = check_of(u, row.check_version_id).by_id
    written = [
        SearchText("answer", value)
        for key, value in row.answers.items()
        if isinstance(value, str) and value.strip() and key in items and items[key].type is ItemType.TEXT
    ]
    return tuple(written + ([SearchText("note", row.note)] if row.note.strip() else []))


PROVIDER = SearchProvider(
    KEY, _l("Digitalcheck"), "digital_readiness.read", documents, numbers, hits,
    labels={"note": _l("Hinweis"), "answer": _l("Antwort")}, icon="checklist", order=70,
    page="digital_readiness.answer", argument="response_id",
)  # fmt: skip
