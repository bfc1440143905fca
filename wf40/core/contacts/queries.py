"""Reads contacts and their consents, within the units that the actor may read."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, false, func, or_, select, true

from wf40.base.access import requires
from wf40.base.errors import Forbidden, NotFound
from wf40.base.german import fold, loose
from wf40.base.uow import UnitOfWork
from wf40.core.contacts import codes, permits
from wf40.core.contacts.keys import digits_asked
from wf40.core.contacts.models import Consent, Contact
from wf40.core.contacts.wanted import ContactFilter
from wf40.core.firms.queries import visible_firms
from wf40.core.listviews.picked import ids_in
from wf40.sdk.paging import Page, page_of
from wf40.sdk.refs import ContactRef, FirmRef
from wf40.sdk.services import Firms
from wf40.sdk.statements import kept

PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class ContactLine:
    """A contact as lists show it."""

    id: int
    name: str
    role: str
    function: str
    email: str
    phone: str
    mobile: str
    main: bool
    archived: bool
    firm_id: int
    firm_name: str
    more: Mapping[str, Any] = field(default_factory=dict)
    """What further columns show: language, source, as_of, updated_at, and town of the firm."""


@dataclass(frozen=True, slots=True)
class FirmHit:
    """A firm that somebody may be looking for."""

    id: int
    name: str
    town: str


def readable_contact(u: UnitOfWork, contact_id: int) -> Contact:
    """Return a contact, for one that became part of another that one; raises :class:`NotFound`."""
    row = readable_entry(u, contact_id)
    return readable_entry(u, row.merged_into_id) if row.merged_into_id is not None else row


def readable_entry(u: UnitOfWork, contact_id: int) -> Contact:
    """Return this very row; raises :class:`NotFound` for an unknown or foreign one."""
    row = u.session.get(Contact, contact_id)
    if row is None or not u.actor.may_read_unit(row.unit_id):
        raise NotFound
    return row


@requires("contacts.read")
def contact(u: UnitOfWork, contact_id: int) -> tuple[Contact, FirmRef]:
    """Return a contact and its firm; raises :class:`NotFound`."""
    row = readable_contact(u, contact_id)
    return row, u.service(Firms).get(u, row.firm_id)


@requires("contacts.edit")
def contact_to_edit(u: UnitOfWork, contact_id: int) -> tuple[Contact, FirmRef]:
    """Return a contact and its firm for changing; raises :class:`NotFound`, or :class:`Forbidden` for another unit."""
    row, firm = contact(u, contact_id)
    demand_own_unit(u, row.unit_id)
    return row, firm


@requires("contacts.edit")
def firm_to_add_to(u: UnitOfWork, firm_id: int) -> FirmRef:
    """Return a firm for adding a contact; raises :class:`NotFound`, or :class:`Forbidden` for another unit."""
    firm = u.service(Firms).get(u, firm_id)
    demand_own_unit(u, firm.unit_id)
    return firm


@requires("contacts.read")
def may_add_to(u: UnitOfWork, firm_id: int) -> bool:
    """Tell whether the actor may add a contact to a firm; raises :class:`NotFound` for a foreign firm."""
    firm = u.service(Firms).get(u, firm_id)
    return u.actor.may("contacts.edit") and u.actor.may_write_unit(firm.unit_id) and not firm.archived


def demand_own_unit(u: UnitOfWork, unit_id: int) -> None:
    """Raise :class:`Forbidden` for records of a unit in which the actor does not write."""
    if not u.actor.may_write_unit(unit_id):
        raise Forbidden("contacts.edit")


@requires("contacts.read")
def consents(u: UnitOfWork, contact_id: int) -> list[Consent]:
    """Return all consents of a contact, the newest first; raises :class:`NotFound`."""
    row = readable_contact(u, contact_id)
    rows = select(Consent).where(Consent.contact_id == row.id).order_by(Consent.given_at.desc(), Consent.id.desc())
    return list(u.session.scalars(rows))


@requires("contacts.read")
def contacts(u: UnitOfWork, wanted: ContactFilter, page: int = 1) -> Page[ContactLine]:
    """Return one page of the contacts that match."""
    return page_of(u, contacts_select(u, wanted), page, PER_PAGE, lambda rows: list(map(_line, rows)))


@requires("contacts.read")
def count_listed(u: UnitOfWork, wanted: ContactFilter) -> int:
    """Return how many contacts match."""
    return u.session.scalar(select(func.count()).select_from(contacts_select(u, wanted).order_by(None).subquery())) or 0


@requires("contacts.read")
def lines_listed(u: UnitOfWork, wanted: ContactFilter) -> Iterator[ContactLine]:
    """Return all contacts that match, one after the other, without holding them all."""
    return map(_line, u.session.execute(contacts_select(u, wanted), execution_options={"yield_per": 500}))


@requires("contacts.read")
def contacts_select(u: UnitOfWork, wanted: ContactFilter) -> Select[Any]:
    """Return a select of the contacts that match, in the order wanted; its first column is the id."""
    firms = visible_firms(u).subquery()
    conditions = [
        _readable(u),
        _archived(wanted.archived, firms.c.archived_at),
        _matches(wanted.q, firms.c.sort_key),
        Contact.role == wanted.role if wanted.role else true(),
        Contact.id.in_(ids_in(wanted.picked)) if wanted.picked else true(),
    ]
    columns: list[Any] = [*_LINE, firms.c.name.label("firm_name"), firms.c.town.label("firm_town"), *_MORE]
    found = select(*columns).join(firms, firms.c.id == Contact.firm_id).where(*conditions)
    return found.order_by(*_order(wanted.order, firms.c.sort_key), Contact.id)


@requires("contacts.read")
def contacts_of_firm(u: UnitOfWork, firm_id: int, *, archived: bool = False) -> list[ContactLine]:
    """Return the contacts of a firm, main ones first; raises :class:`NotFound` for a foreign firm."""
    firm = u.service(Firms).get(u, firm_id)
    if not archived and not count_of_firm(u, firm.id):
        return []
    rows = u.session.execute(_of_firm(archived=archived), {"firm": firm.id})
    return [_line(row, firm.name) for row in rows]


@cache
def _of_firm(*, archived: bool) -> Select[Any]:
    there = and_(Contact.deleted_at.is_(None), Contact.merged_into_id.is_(None))
    shown = there if archived else Contact.archived_at.is_(None)
    columns: list[Any] = [*_LINE]
    return select(*columns).where(Contact.firm_id == bindparam("firm"), shown).order_by(*_FIRM_ORDER)


@requires("contacts.read")
def count_of_firm(u: UnitOfWork, firm_id: int) -> int:
    """Return how many contacts a firm has, without archived ones."""
    return u.once(("contacts", firm_id), lambda: u.session.scalar(_count_of_firm(u), {"firm": firm_id}) or 0)


@kept
def _count_of_firm(u: UnitOfWork) -> Select[Any]:
    present = (Contact.firm_id == bindparam("firm"), Contact.archived_at.is_(None), _readable(u))
    return select(func.count(Contact.id)).where(*present)


@requires("contacts.read")
def names(u: UnitOfWork, ids: Collection[int]) -> Mapping[int, str]:
    """Return full names by id, of readable contacts, archived ones too."""
    if not ids:
        return {}
    rows = u.session.scalars(select(Contact).where(Contact.id.in_(ids), _readable(u)))
    return {row.id: row.full_name for row in rows}


@requires("firms.read")
def find_firms(u: UnitOfWork, q: str, limit: int = 25) -> list[FirmHit]:
    """Return firms in the actor's own unit whose name holds all words of ``q``, for choosing one."""
    firms = visible_firms(u).subquery()
    words = [firms.c.sort_key.contains(word) for word in fold(q).split()]
    if not words:
        return []
    own = firms.c.unit_id == u.actor.unit_id if u.actor.kind != "system" else true()
    rows = select(firms.c.id, firms.c.name, firms.c.town).where(own, firms.c.archived_at.is_(None), and_(*words))
    return [FirmHit(*row) for row in u.session.execute(rows.order_by(firms.c.sort_key, firms.c.id).limit(limit))]


_LINE = (
    Contact.id, Contact.title, Contact.given_name, Contact.family_name, Contact.role, Contact.function, Contact.email,
    Contact.phone, Contact.mobile, Contact.main, Contact.archived_at, Contact.firm_id,
)  # fmt: skip
_MORE = (Contact.language, Contact.source, Contact.as_of, Contact.updated_at)
_FIRM_ORDER = (Contact.archived_at.is_not(None), Contact.main.desc(), Contact.sort_key, Contact.id)


def _line(row: Any, firm_name: str | None = None) -> ContactLine:
    name = " ".join(part for part in (row.title, row.given_name, row.family_name) if part)
    return ContactLine(
        row.id, name, row.role, row.function, row.email, row.phone, row.mobile, row.main,
        row.archived_at is not None, row.firm_id, row.firm_name if firm_name is None else firm_name,
        {} if firm_name is not None else {"town": row.firm_town, **{c.key: getattr(row, c.key) for c in _MORE}},
    )  # fmt: skip


def _readable(u: UnitOfWork) -> ColumnElement[bool]:
    return true() if u.actor.units is None else Contact.unit_id.in_(u.actor.units)


def _archived(archived: bool, firm_archived_at: ColumnElement[datetime | None]) -> ColumnElement[bool]:  # noqa: FBT001 - a filter's value
    if archived:
        there = (Contact.deleted_at.is_(None), Contact.merged_into_id.is_(None))
        return and_(Contact.archived_at.is_not(None), *there)
    return and_(Contact.archived_at.is_(None), firm_archived_at.is_(None))


def _matches(q: str, firm_key: ColumnElement[str]) -> ColumnElement[bool]:
    if not q.strip():
        return true()
    words = [or_(Contact.search_key.contains(loose(word)), firm_key.contains(word)) for word in fold(q).split()]
    found = and_(*words) if words else false()
    digits = digits_asked(q)
    return or_(found, Contact.phone_key.contains(digits)) if digits else found


def _order(order: str, firm_key: ColumnElement[str]) -> list[ColumnElement[Any]]:
    roles = case({code: place for place, code in enumerate(codes.ROLES)}, value=Contact.role, else_=len(codes.ROLES))
    known: dict[str, list[Any]] = {
        "name": [Contact.sort_key],
        "unternehmen": [firm_key, Contact.sort_key],
        "rolle": [roles, Contact.sort_key],
    }
    columns = known.get(order.removeprefix("-"), known["name"])
    return [columns[0].desc(), *columns[1:]] if order.startswith("-") else columns


@requires("contacts.read")
def refs(u: UnitOfWork, ids: Collection[int]) -> Mapping[int, ContactRef]:
    """Return readable persons by id, archived ones too."""
    rows = list(u.session.scalars(select(Contact).where(Contact.id.in_(ids), _readable(u))))
    permitted = permits.of_mails(u, rows)
    return {row.id: _ref(row, permitted[row.id].purposes) for row in rows}


class ContactsService:
    """Implements :class:`wf40.sdk.services.Contacts`."""

    def of_firm(self, u: UnitOfWork, firm_id: int) -> list[ContactRef]:
        """Return the persons of a firm who are not archived, the main one first."""
        firm = u.service(Firms).get(u, firm_id)
        return self._refs(u, select(Contact).where(Contact.firm_id == firm.id, Contact.archived_at.is_(None)))

    def get(self, u: UnitOfWork, contact_id: int) -> ContactRef:
        """Return a person, also an archived one, for one that became part of another that one; raises :class:`NotFound`."""
        row = readable_contact(u, contact_id)
        return self._refs(u, select(Contact).where(Contact.id == row.id))[0]

    def _refs(self, u: UnitOfWork, wanted: Select[Contact]) -> list[ContactRef]:
        rows = list(u.session.scalars(wanted.order_by(*_FIRM_ORDER)))
        permitted = permits.of_mails(u, rows)
        return [_ref(row, permitted[row.id].purposes) for row in rows]


_SALUTATIONS = {"de": {"ms": "Frau", "mr": "Herr"}, "en": {"ms": "Ms", "mr": "Mr"}}


def _ref(row: Contact, purposes: frozenset[str]) -> ContactRef:
    return ContactRef(
        id=row.id,
        firm_id=row.firm_id,
        name=row.full_name,
        email=row.email,
        phone=row.phone or row.mobile,
        role=row.role,
        language=row.language,
        salutation=_SALUTATIONS.get(row.language, {}).get(row.salutation, ""),
        mail_purposes=purposes,
    )
