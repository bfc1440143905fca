"""Persons to write to: those of many firms or of a contact list, each with what permits writing to them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from sqlalchemy import ColumnElement, Select, select, true
from werkzeug.datastructures import MultiDict

from wf40.base.access import requires
from wf40.base.errors import Text
from wf40.base.i18n import _l
from wf40.base.portions import portions
from wf40.base.uow import UnitOfWork
from wf40.core.contacts import codes, permits
from wf40.core.contacts.list_page import picked_words
from wf40.core.contacts.models import Contact
from wf40.core.contacts.queries import contacts_select
from wf40.core.contacts.wanted import ContactFilter
from wf40.core.firms.postal import PostalAddress, postal_addresses
from wf40.core.firms.queries import visible_firms
from wf40.core.listviews.picked import ids_in

MAIN, ALL, ROLE = "main", "all", "role:"
CONSENT, BASIS, NO_EMAIL, OPTED_OUT, NOT_PERMITTED = "consent", "basis", "no_email", "opted_out", "not_permitted"
MAIL_WORDS: dict[str, Text] = {
    CONSENT: _l("erlaubt: Einwilligung"),
    BASIS: _l("erlaubt: Rechtsgrundlage"),
    NO_EMAIL: _l("keine E-Mail-Adresse"),
    OPTED_OUT: _l("abgemeldet"),
    NOT_PERMITTED: _l("keine Einwilligung"),
}


@dataclass(frozen=True, slots=True)
class Selection:
    """The ids of the persons in the order of their names, and the filters in words; none: everybody."""

    ids: list[int]
    filters: list[str]


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody's place in a firm, by which one person or several are chosen."""

    id: int
    firm_id: int
    role: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to write to. ``mail`` is one of :data:`MAIL_WORDS`; ``address`` is that of the firm's main site."""

    id: int
    firm_id: int
    firm_name: str
    firm_town: str
    unit_id: int
    salutation: str
    title: str
    given_name: str
    family_name: str
    role: str
    function: str
    email: str
    phone: str
    language: str
    archived: bool
    mail: str
    no_post: bool
    address: PostalAddress | None

    @property
    def name(self) -> str:
        """Title, given and family name."""
        return " ".join(part for part in (self.title, self.given_name, self.family_name) if part)

    @property
    def town(self) -> str:
        """Where the person works."""
        return (self.address.town if self.address else "") or self.firm_town

    @property
    def may_mail(self) -> bool:
        """Whether a mail for the purpose asked for is permitted."""
        return self.mail in {CONSENT, BASIS}

    @property
    def may_post(self) -> bool:
        """Whether a letter is wanted and would arrive."""
        return not self.no_post and not self.archived and self.address is not None and self.address.complete


@requires("contacts.read")
def contacts_listed(u: UnitOfWork, query: str) -> Selection:
    """Return the persons that the contact list shows for the part of its address after ``?``."""
    wanted = ContactFilter.of(MultiDict(parse_qsl(query)))
    words: list[Text] = [_l("Suche: %(q)s", q=wanted.q)] if wanted.q else []
    words += [_l("Rolle: %(role)s", role=codes.ROLES[wanted.role])] if wanted.role else []
    words += [_l("Archivierte")] if wanted.archived else []
    words += [picked_words(len(ids_in(wanted.picked)))] if wanted.picked else []
    rows = u.session.execute(contacts_select(u, wanted))
    return Selection([row[0] for row in rows], [str(word) for word in words])


@requires("contacts.read")
def places_in(u: UnitOfWork, firm_ids: Sequence[int]) -> list[Place]:
    """Return everybody in the firms who is not archived: firm by firm as given, main contacts first."""
    present = reachable(u).subquery()
    found: dict[int, list[Place]] = {}
    for some in portions(firm_ids):
        rows = select(present.c.id, present.c.firm_id, present.c.role).where(present.c.firm_id.in_(some))
        for row in u.session.execute(rows.order_by(present.c.main.desc(), present.c.sort_key, present.c.id)):
            found.setdefault(row.firm_id, []).append(Place(*row))
    return [place for firm_id in firm_ids for place in found.get(firm_id, ())]


def chosen(places: Iterable[Place], which: str) -> list[int]:
    """Return whom a choice means: ``main`` (one person a firm), ``all``, or ``role:`` and a role."""
    places = list(places)
    if which.startswith(ROLE):
        return [place.id for place in places if place.role == which.removeprefix(ROLE)]
    if which == ALL:
        return [place.id for place in places]
    first = {place.firm_id: place.id for place in reversed(places)}
    return [place.id for place in places if first[place.firm_id] == place.id]


@requires("contacts.read")
def reachable(u: UnitOfWork) -> Select[Any]:
    """Return a select of the readable persons who are not archived and whose firm is not, for joins of other slices.

    Columns: id, firm_id, role, main, sort_key, firm_key.
    """
    firms = visible_firms(u).subquery()
    present = Contact.archived_at.is_(None), firms.c.archived_at.is_(None), _readable(u)
    columns = (Contact.id, Contact.firm_id, Contact.role, Contact.main, Contact.sort_key)
    return (
        select(*columns, firms.c.sort_key.label("firm_key")).join(firms, firms.c.id == Contact.firm_id).where(*present)
    )


@requires("contacts.read")
def persons(u: UnitOfWork, ids: Sequence[int], purpose: str) -> list[Person]:
    """Return those of the persons who may be read, in the order of ``ids``, archived ones too."""
    found: dict[int, Person] = {}
    for some in portions(ids):
        found |= _persons(u, some, purpose)
    return [found[i] for i in ids if i in found]


def _persons(u: UnitOfWork, ids: Sequence[int], purpose: str) -> Mapping[int, Person]:
    firms = visible_firms(u).subquery()
    rows = select(Contact, firms.c.name, firms.c.town, firms.c.archived_at).join(firms, firms.c.id == Contact.firm_id)
    found = u.session.execute(rows.where(Contact.id.in_(ids), _readable(u))).all()
    contacts: list[Contact] = [row[0] for row in found]
    mails, no_post = permits.of_mails(u, contacts), permits.opt_outs(u, ids, codes.POST)
    addresses = postal_addresses(u, sorted({contact.firm_id for contact in contacts}))
    return {
        c.id: Person(
            c.id, c.firm_id, firm_name, town, c.unit_id, c.salutation, c.title, c.given_name, c.family_name, c.role,
            c.function, c.email, c.phone or c.mobile, c.language,
            archived=c.archived_at is not None or firm_archived_at is not None,
            mail=_mail(c, mails[c.id], purpose), no_post=purpose in no_post.get(c.id, ()),
            address=addresses.get(c.firm_id),
        )
        for c, firm_name, town, firm_archived_at in found
    }  # fmt: skip


def _mail(row: Contact, permit: permits.MailPermit, purpose: str) -> str:
    if not row.email:
        return NO_EMAIL
    if purpose in permit.opted_out:
        return OPTED_OUT
    if purpose not in permit.purposes:
        return NOT_PERMITTED
    return BASIS if permit.by_basis else CONSENT


def _readable(u: UnitOfWork) -> ColumnElement[bool]:
    return true() if u.actor.units is None else Contact.unit_id.in_(u.actor.units)
