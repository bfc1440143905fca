"""Reads partners, within the units that the actor may read."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, select

from wf40.sdk.errors import Forbidden, InvalidInput, NotFound
from wf40.sdk.german import loose
from wf40.sdk.history import changes_of
from wf40.sdk.i18n import Text
from wf40.sdk.paging import Page, entities, page_of
from wf40.sdk.statements import of_units
from wf40.sdk.topics import TOPICS
from wf40.sdk.uow import UnitOfWork, requires
from wf40_partner_network.models import Competence, Partner
from wf40_partner_network.terms import FIELDS, KINDS, PERSON_FIELDS
from wf40_partner_network.texts import _l
from wf40_partner_network.words import Change, in_words

PER_PAGE, MOST_CHANGES = 25, 200
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
    rows = rows.where(Partner.merged_into_id.is_(None))
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
    """Return the newest changes of a partner, its people and those merged into it, in words; raises :class:`NotFound`."""
    row = partner(u, partner_id)
    found = in_words(changes_of(u, subject(row.id)), FIELDS)
    for person in row.people:
        found += in_words(changes_of(u, person_subject(person.id)), PERSON_FIELDS, person.name)
    for old in merged_into(u, row.id):
        found += in_words(changes_of(u, subject(old.id)), FIELDS, old.name)
    return sorted(found, key=lambda change: change.at, reverse=True)[:MOST_CHANGES]


@requires("partner_network.read")
def merged_into(u: UnitOfWork, partner_id: int) -> list[Partner]:
    """Return the partners that were merged into a readable one, the oldest first."""
    rows = select(Partner).where(readable(u), Partner.merged_into_id == partner_id)
    return list(u.session.scalars(rows.order_by(Partner.id)))


def person_subject(person_id: int) -> str:
    """Return how histories and the audit trail name a person at a partner."""
    return f"partner_network_person:{person_id}"


def subject(partner_id: int) -> str:
    """Return how histories and the audit trail name a partner."""
    return f"partner_network:{partner_id}"


def readable(u: UnitOfWork) -> ColumnElement[bool]:
    """Return the condition that keeps the partners of the actor's units."""
    return of_units(u, Partner.unit_id)


def helps_with(topic: Any) -> ColumnElement[bool]:
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
def doubles(u: UnitOfWork, row: Partner, q: str) -> list[Partner]:
    """Return the partners of the same unit whose words begin as ``q`` does, archived ones too, none that was merged."""
    words = loose(q).split()
    if not words:
        return []
    rows = select(Partner).where(Partner.unit_id == row.unit_id, Partner.merged_into_id.is_(None), Partner.id != row.id)
    rows = rows.where(*(Partner.search_text.contains(f" {w}", autoescape=True) for w in words))
    return list(u.session.scalars(rows.order_by(Partner.sort_key, Partner.id).limit(PER_PAGE)))


@requires("partner_network.edit")
def demand_to_add(u: UnitOfWork) -> None:
    """Refuse whoever may not add a partner, before an empty form is shown."""


@requires("partner_network.edit")
def partner_to_edit(u: UnitOfWork, partner_id: int) -> Partner:
    """Return a partner for its form.

    Raises :class:`NotFound`, :class:`Forbidden` for another unit's, or :class:`InvalidInput` for one that was merged.
    """
    row = partner(u, partner_id)
    if not u.actor.may_write_unit(row.unit_id):
        raise Forbidden("partner_network.edit")
    if row.merged_into_id is not None:
        raise InvalidInput(_l("Dieser Partner ist in einem anderen aufgegangen. Bitte bearbeiten Sie diesen."))
    return row


@requires("partner_network.edit")
def partner_to_write(u: UnitOfWork, partner_id: int) -> Partner:
    """Return a partner for changing, as it is now; nobody else changes it or its people until the transaction ends."""
    row = partner_to_edit(u, partner_id)
    u.session.refresh(row, with_for_update=True)
    return partner_to_edit(u, row.id)
