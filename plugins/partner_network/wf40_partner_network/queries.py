"""Reads partners, within the units that the actor may read."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, select, true

from wf40.sdk.errors import Forbidden, NotFound
from wf40.sdk.german import loose
from wf40.sdk.history import changes_of
from wf40.sdk.i18n import Text
from wf40.sdk.paging import Page, entities, page_of
from wf40.sdk.topics import TOPICS
from wf40.sdk.uow import UnitOfWork, requires
from wf40_partner_network.models import Competence, Partner
from wf40_partner_network.terms import KINDS
from wf40_partner_network.words import Change, in_words

PER_PAGE = 25
ORDERS = ("name", "art", "ort")


@dataclass(frozen=True, slots=True)
class PartnerFilter:
    """What to keep and how to order. ``order`` is one of :data:`ORDERS`, after a ``-`` backwards."""

    q: str = ""
    topic: str = ""
    kind: str = ""
    archived: bool = False
    order: str = "name"

    @property
    def narrows(self) -> bool:
        """Whether it leaves anything out."""
        return bool(self.q or self.topic or self.kind or self.archived)


@requires("partner_network.read")
def partners(u: UnitOfWork, wanted: PartnerFilter, number: int = 1) -> Page[Partner]:
    """Return one page of the partners that the actor may read."""
    rows = select(Partner).where(readable(u), Partner.archived_at.is_not(None) == wanted.archived)
    rows = rows.where(*(Partner.search_text.contains(f" {w}", autoescape=True) for w in loose(wanted.q).split()))
    if wanted.kind:
        rows = rows.where(Partner.kind == wanted.kind)
    if wanted.topic:
        rows = rows.where(helps_with(wanted.topic))
    return page_of(u, rows.order_by(*_order(wanted.order)), number, PER_PAGE, entities)


@requires("partner_network.read")
def partner(u: UnitOfWork, partner_id: int) -> Partner:
    """Return a partner; raises :class:`NotFound` for an unknown or foreign one."""
    row = u.session.get(Partner, partner_id)
    if row is None or not u.actor.may_read_unit(row.unit_id):
        raise NotFound
    return row


@requires("partner_network.read")
def history(u: UnitOfWork, partner_id: int) -> list[Change]:
    """Return the newest changes of a partner in words; raises :class:`NotFound`."""
    return in_words(changes_of(u, subject(partner(u, partner_id).id)))


def subject(partner_id: int) -> str:
    """Return how histories and the audit trail name a partner."""
    return f"partner_network:{partner_id}"


def readable(u: UnitOfWork) -> ColumnElement[bool]:
    """Return the condition that keeps the partners of the actor's units."""
    return true() if u.actor.units is None else Partner.unit_id.in_(u.actor.units)


def helps_with(topic: str) -> ColumnElement[bool]:
    """Return the condition that a partner helps with a topic."""
    return exists().where(Competence.partner_id == Partner.id, Competence.topic == topic)


def topics_of(row: Partner) -> list[tuple[Text, str]]:
    """Return what a partner helps with, in the order of the forms: (topic in words, note)."""
    return [(label, row.topics[topic]) for topic, label in TOPICS.items() if topic in row.topics]


def _order(order: str) -> list[Any]:
    rank = case({kind: place for place, kind in enumerate(KINDS)}, value=Partner.kind, else_=len(KINDS))
    first: Any = {"art": rank, "ort": Partner.town_key}.get(order.removeprefix("-"), Partner.sort_key)
    return [first.desc() if order.startswith("-") else first, Partner.sort_key, Partner.id]


def candidates(u: UnitOfWork) -> Select[Partner]:
    """Return a select of the partners in use that the actor may read."""
    return select(Partner).where(readable(u), Partner.archived_at.is_(None))


@requires("partner_network.edit")
def demand_to_add(u: UnitOfWork) -> None:
    """Refuse whoever may not add a partner, before an empty form is shown."""


@requires("partner_network.edit")
def partner_to_edit(u: UnitOfWork, partner_id: int) -> Partner:
    """Return a partner for its form; raises :class:`NotFound`, or :class:`Forbidden` for another unit's."""
    row = partner(u, partner_id)
    if not u.actor.may_write_unit(row.unit_id):
        raise Forbidden("partner_network.edit")
    return row
