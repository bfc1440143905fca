"""Reads conversations. What was said in a confidential one leaves this module only through :func:`consultation`,
and only for the two people who may read it; lists, the timeline and boxes never carry it, for anybody.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, select, true

from wf40.base.access import requires
from wf40.base.errors import Forbidden, NotFound
from wf40.base.german import fold
from wf40.base.history import changes_of
from wf40.base.uow import UnitOfWork
from wf40.core.accounts.queries import officer_names
from wf40.core.consultations import codes
from wf40.core.consultations.models import Consultation, Participant, Topic
from wf40.core.consultations.rules import ConsultationInput, may_read_content
from wf40.core.firms.queries import visible_firms
from wf40.core.timeline.changes import ShownChange, in_words
from wf40.sdk.paging import Page, page_of
from wf40.sdk.refs import FirmRef
from wf40.sdk.services import Firms
from wf40.sdk.statements import kept, of_units

PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class ConsultationView:
    """One conversation. ``content`` is ``None`` for people who may not read it; nothing else says what was said."""

    id: int
    firm: FirmRef
    kind: str
    channel: str
    held_on: date
    held_at: time | None
    confidential: bool
    author_id: int | None
    author: str
    version: int
    archived: bool
    created_at: datetime
    updated_at: datetime
    content: ConsultationInput | None
    participants: tuple[tuple[str, int | None], ...] = ()
    """Name and, for people of the firm, the id of the contact."""


@dataclass(frozen=True, slots=True)
class ConsultationLine:
    """A conversation as lists show it; a confidential one without occasion and topics."""

    id: int
    firm_id: int
    firm_name: str
    kind: str
    channel: str
    held_on: date
    held_at: time | None
    occasion: str
    topics: tuple[str, ...]
    author: str
    confidential: bool
    archived: bool
    excerpt: str = ""


@dataclass(frozen=True, slots=True)
class ConsultationFilter:
    """What to keep and how to order. ``order``: ``datum`` or ``unternehmen``, after a ``-`` backwards."""

    firm_id: int | None = None
    q: str = ""
    topic: str = ""
    kind: str = ""
    author_id: int | None = None
    since: date | None = None
    until: date | None = None
    archived: bool = False
    order: str = "-datum"


def readable_row(u: UnitOfWork, consultation_id: int) -> Consultation:
    """Return a conversation; raises :class:`NotFound` for an unknown or foreign one. Its texts are not for showing."""
    row = u.session.get(Consultation, consultation_id)
    if row is None or not u.actor.may_read_unit(row.unit_id):
        raise NotFound
    return row


def content_of(u: UnitOfWork, row: Consultation) -> ConsultationInput:
    """Return what was entered, for callers who have checked that it may be read."""
    people = list(_people(u, row.id))
    topics = select(Topic.topic).where(Topic.consultation_id == row.id).order_by(Topic.topic)
    return ConsultationInput(
        row.kind, row.channel, row.held_on, row.held_at, row.occasion, row.summary, row.agreements, row.confidentiality,
        topics=tuple(u.session.scalars(topics)),
        contact_ids=tuple(p.contact_id for p in people if p.contact_id is not None),
        officer_ids=tuple(p.user_id for p in people if p.user_id is not None),
        others=tuple(p.name for p in people if p.contact_id is None and p.user_id is None),
    )  # fmt: skip


@requires("consultations.read")
def consultation(u: UnitOfWork, consultation_id: int) -> ConsultationView:
    """Return a conversation, with its content for those who may read it; raises :class:`NotFound`."""
    row = readable_row(u, consultation_id)
    firm = u.service(Firms).get(u, row.firm_id)
    readable = may_read_content(u.actor, row.confidentiality, row.author_id, row.reader_id or firm.officer_id)
    return ConsultationView(
        row.id, firm, row.kind, row.channel, row.held_on, row.held_at, row.confidentiality == codes.OFFICER,
        row.author_id, _authors(u, {row.author_id})[row.author_id], row.version, row.archived_at is not None,
        row.created_at, row.updated_at,
        content=content_of(u, row) if readable else None,
        participants=tuple((p.name, p.contact_id) for p in _people(u, row.id)) if readable else (),
    )  # fmt: skip


@requires("consultations.edit")
def consultation_to_edit(u: UnitOfWork, consultation_id: int) -> ConsultationView:
    """Return a conversation for changing; raises :class:`NotFound` or :class:`Forbidden`."""
    found = consultation(u, consultation_id)
    if found.content is None or not u.actor.may_write_unit(found.firm.unit_id):
        raise Forbidden("consultations.edit")
    return found


@requires("consultations.edit")
def firm_to_add_to(u: UnitOfWork, firm_id: int) -> FirmRef:
    """Return a firm for adding a conversation; raises :class:`NotFound`, or :class:`Forbidden` for another unit."""
    firm = u.service(Firms).get(u, firm_id)
    if not u.actor.may_write_unit(firm.unit_id):
        raise Forbidden("consultations.edit")
    return firm


@requires("consultations.read")
def changes(u: UnitOfWork, consultation_id: int) -> list[ShownChange]:
    """Return the field history in words; nothing for people who may not read the content."""
    found = consultation(u, consultation_id)
    if found.content is None:
        return []
    return in_words(changes_of(u, f"consultation:{found.id}"), codes.FIELDS, codes.CHOICES)


@requires("consultations.read")
def consultations(u: UnitOfWork, wanted: ConsultationFilter, page: int = 1) -> Page[ConsultationLine]:
    """Return one page of the conversations that match."""
    found, order = _matching(u, wanted)
    return page_of(u, found.order_by(*order), page, PER_PAGE, partial(_lines, u))


@requires("consultations.read")
def newest(u: UnitOfWork, limit: int, firm_id: int | None = None) -> list[ConsultationLine]:
    """Return the newest conversations, of one firm or of all."""
    if firm_id is not None and not count_of_firm(u, firm_id):
        return []
    return u.once(("newest consultations", firm_id, limit), lambda: _newest_lines(u, limit, firm_id))


def _newest_lines(u: UnitOfWork, limit: int, firm_id: int | None) -> list[ConsultationLine]:
    rows = u.session.execute(_newest(u, of_firm=firm_id is not None), {"firm": firm_id, "most": limit})
    return _lines(u, rows.all())


@kept
def _newest(u: UnitOfWork, *, of_firm: bool) -> Select[Any]:
    found, order = _matching(u, ConsultationFilter())
    if of_firm:
        found = found.where(Consultation.firm_id == bindparam("firm"))
    return found.order_by(*order).limit(bindparam("most"))


@requires("consultations.read")
def count_of_firm(u: UnitOfWork, firm_id: int) -> int:
    """Return how many conversations there are with a firm, without archived ones."""
    return u.once(("consultations", firm_id), lambda: u.session.scalar(_count_of_firm(u), {"firm": firm_id}) or 0)


@kept
def _count_of_firm(u: UnitOfWork) -> Select[Any]:
    present = (Consultation.firm_id == bindparam("firm"), Consultation.archived_at.is_(None), _readable(u))
    return select(func.count(Consultation.id)).where(*present)


@requires("consultations.read")
@kept
def last_contact_select(u: UnitOfWork) -> Select[Any]:
    """Return a select of (firm_id, day of the last substantive contact) over the firms that the actor may read."""
    counts = (Consultation.archived_at.is_(None), Consultation.kind.in_(sorted(codes.SUBSTANTIVE)), _readable(u))
    rows: Select[Any] = select(Consultation.firm_id, func.max(Consultation.held_on).label("value"))  # type: ignore[assignment]
    return rows.where(*counts).group_by(Consultation.firm_id)


_SHOWN = Consultation.confidentiality == codes.INTERNAL
_LINE = (
    Consultation.id, Consultation.firm_id, Consultation.kind, Consultation.channel, Consultation.held_on,
    Consultation.held_at, Consultation.author_id, Consultation.confidentiality, Consultation.archived_at,
)  # fmt: skip
_EXCERPT = 400
_IDS: Any = bindparam("ids", expanding=True)
_TEXTS = select(Consultation.id, Consultation.occasion, func.substr(Consultation.summary, 1, _EXCERPT)).where(
    Consultation.id.in_(_IDS), _SHOWN
)
_TOPICS = select(Topic.consultation_id, Topic.topic).where(Topic.consultation_id.in_(_IDS)).order_by(Topic.topic)


def _matching(u: UnitOfWork, wanted: ConsultationFilter) -> tuple[Select[Any], list[ColumnElement[Any]]]:
    firms = visible_firms(u).subquery()
    conditions = [
        _readable(u),
        Consultation.archived_at.is_not(None) if wanted.archived else Consultation.archived_at.is_(None),
    ]
    conditions += [firms.c.sort_key.contains(word) for word in fold(wanted.q).split()]
    if wanted.firm_id is not None:
        conditions.append(Consultation.firm_id == wanted.firm_id)
    if wanted.kind:
        conditions.append(Consultation.kind == wanted.kind)
    if wanted.author_id is not None:
        conditions.append(Consultation.author_id == wanted.author_id)
    if wanted.topic:  # a topic says what was talked about, so it finds no confidential conversation
        about = select(Topic.consultation_id).where(Topic.topic == wanted.topic)
        conditions.append(and_(_SHOWN, Consultation.id.in_(about)))
    conditions.append(Consultation.held_on >= wanted.since if wanted.since else true())
    conditions.append(Consultation.held_on <= wanted.until if wanted.until else true())
    found = select(*_LINE, firms.c.name.label("firm_name")).join(firms, firms.c.id == Consultation.firm_id)
    newest_first = [Consultation.held_on.desc(), Consultation.held_at.desc().nulls_last(), Consultation.id.desc()]
    orders: dict[str, list[Any]] = {
        "datum": [Consultation.held_on, Consultation.held_at.nulls_first(), Consultation.id],
        "-datum": newest_first,
        "unternehmen": [firms.c.sort_key, *newest_first],
        "-unternehmen": [firms.c.sort_key.desc(), *newest_first],
    }
    return found.where(*conditions), orders.get(wanted.order, newest_first)


def _lines(u: UnitOfWork, rows: Any) -> list[ConsultationLine]:
    shown = [row.id for row in rows if row.confidentiality == codes.INTERNAL]
    by_id = {i: (occasion, text) for i, occasion, text in u.session.execute(_TEXTS, {"ids": shown})} if shown else {}
    topics: dict[int, list[str]] = {}
    for consultation_id, topic in u.session.execute(_TOPICS, {"ids": shown}) if shown else ():
        topics.setdefault(consultation_id, []).append(topic)
    authors = _authors(u, {row.author_id for row in rows})
    return [
        ConsultationLine(
            row.id, row.firm_id, row.firm_name, row.kind, row.channel, row.held_on, row.held_at,
            by_id.get(row.id, ("", ""))[0], tuple(topics.get(row.id, ())), authors[row.author_id],
            row.confidentiality != codes.INTERNAL, row.archived_at is not None, by_id.get(row.id, ("", ""))[1],
        )
        for row in rows
    ]  # fmt: skip


def _people(u: UnitOfWork, consultation_id: int) -> list[Participant]:
    rows = select(Participant).where(Participant.consultation_id == consultation_id).order_by(Participant.position)
    return list(u.session.scalars(rows))


def _authors(u: UnitOfWork, ids: set[int | None]) -> dict[int | None, str]:
    known = officer_names(u, [i for i in ids if i is not None])
    return {i: known.get(i, "") if i is not None else "" for i in ids}


def _readable(u: UnitOfWork) -> ColumnElement[bool]:
    return of_units(u, Consultation.unit_id)
