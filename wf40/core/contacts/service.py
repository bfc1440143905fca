"""Adds and changes contacts, archives them, and keeps their consents."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from wf40.base.access import requires
from wf40.base.checks import email
from wf40.base.clock import local_date
from wf40.base.errors import InvalidInput, NotFound, StaleVersion
from wf40.base.history import last_changed_by, record_changes
from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.contacts import codes
from wf40.core.contacts.consents import consent_text
from wf40.core.contacts.derived import bring_up_to_date, set_keys
from wf40.core.contacts.match_keys import remember_changed
from wf40.core.contacts.models import Consent, Contact
from wf40.core.contacts.optouts import lift_by_consent
from wf40.core.contacts.queries import demand_own_unit, readable_contact
from wf40.core.contacts.rules import FIELDS, ConsentInput, ContactInput, check_consent, check_contact
from wf40.core.contacts.unsent import Unsent
from wf40.sdk.services import Firms, Office

__all__ = [
    "ConsentInput", "ContactInput", "add_contact", "add_contacts", "archive_contact", "change_contact", "give_consent",
    "restore_contact", "withdraw_consent",
]  # fmt: skip


@requires("contacts.edit")
def add_contact(u: UnitOfWork, firm_id: int, given: ContactInput) -> int:
    """Add a person to a firm and return the id; raises :class:`InvalidInput`."""
    firm = u.service(Firms).get(u, firm_id)
    demand_own_unit(u, firm.unit_id)
    if firm.archived:
        raise InvalidInput(_l("Dieses Unternehmen ist archiviert. Stellen Sie es zuerst wieder her."))
    check_contact(given, _today(u))
    row = Contact(firm_id=firm.id, unit_id=firm.unit_id, created_at=u.now)
    _fill(u, row, given)
    u.session.add(row)
    u.session.flush()
    u.audit("contact_added", f"contact:{row.id}", {"firm": firm.id})
    bring_up_to_date(u, [row.id])
    return row.id


@requires("contacts.edit")
def add_contacts(u: UnitOfWork, many: Sequence[tuple[int, ContactInput]]) -> list[int]:
    """Add persons to firms, a few statements for all of them, and return their ids; raises :class:`InvalidInput`."""
    firms = u.service(Firms).many(u, {firm_id for firm_id, _given in many})
    today, rows = _today(u), list[Contact]()
    for firm_id, given in many:
        if firm_id not in firms:
            raise NotFound
        demand_own_unit(u, firms[firm_id].unit_id)
        if firms[firm_id].archived:
            raise InvalidInput(_l("Dieses Unternehmen ist archiviert. Stellen Sie es zuerst wieder her."))
        check_contact(given, today)
        rows.append(Contact(firm_id=firm_id, unit_id=firms[firm_id].unit_id, created_at=u.now))
        _fill(u, rows[-1], given)
    u.session.add_all(rows)
    u.session.flush()
    ids = [row.id for row in rows]
    if ids:
        u.audit("contacts_added", "", {"contacts": len(ids)})
        bring_up_to_date(u, ids)
    return ids


@requires("contacts.edit")
def change_contact(u: UnitOfWork, contact_id: int, version: int, given: ContactInput, source: str = "") -> None:
    """Save a person; raises :class:`StaleVersion` when somebody else saved meanwhile.

    ``source`` is where this change comes from; without it, where the person's data come from.
    """
    row = _itself(u, contact_id)
    if row.version != version:
        raise StaleVersion(row.version, last_changed_by(u, f"contact:{row.id}"))
    check_contact(given, _today(u))
    before = _values(row)
    _fill(u, row, given)
    if changed := record_changes(u, f"contact:{row.id}", before, _values(row), source or row.source):
        row.version += 1
        u.audit("contact_changed", f"contact:{row.id}", {"fields": changed})
        bring_up_to_date(u, [row.id])


@requires("contacts.edit")
def archive_contact(u: UnitOfWork, contact_id: int) -> None:
    """Take a person out of lists and panels; nothing is lost."""
    _set_archived(u, contact_id, u.now)


@requires("contacts.edit")
def restore_contact(u: UnitOfWork, contact_id: int) -> None:
    """Bring an archived person back."""
    _set_archived(u, contact_id, None)


@requires("contacts.edit")
def give_consent(u: UnitOfWork, contact_id: int, given: ConsentInput) -> int:
    """Record a consent in the words now in use and return its id; raises :class:`InvalidInput`."""
    row = _own(u, contact_id)
    check_consent(given, _today(u))
    words = consent_text(given.purpose, given.channel)
    consent = Consent(
        contact_id=row.id, purpose=given.purpose, channel=given.channel, given_how=given.given_how, note=given.note,
        given_at=_moment(u, given.given_on), text_version=words.version, text_hash=words.digest,
        recorded_at=u.now, recorded_by=u.actor.name,
    )  # fmt: skip
    u.session.add(consent)
    u.session.flush()
    label = f"{given.purpose}/{given.channel}"
    record_changes(u, f"contact:{row.id}", {"consent": None}, {"consent": label})
    u.audit("consent_given", f"contact:{row.id}", {"consent": consent.id})
    lift_by_consent(u, consent)
    return consent.id


@requires("contacts.edit")
def withdraw_consent(u: UnitOfWork, contact_id: int, consent_id: int) -> None:
    """Record that a person withdrew; from now on neither this consent nor another one to the same permits anything."""
    row = _own(u, contact_id)
    consent = u.session.get(Consent, consent_id)
    if consent is None or consent.contact_id != row.id:
        raise NotFound
    if consent.withdrawn_at is not None:
        return
    wish = Consent.purpose == consent.purpose, Consent.channel == consent.channel
    same = select(Consent).where(Consent.contact_id == row.id, *wish, Consent.withdrawn_at.is_(None))
    for one in u.session.scalars(same.order_by(Consent.id)):
        one.withdrawn_at = u.now
        record_changes(u, f"contact:{row.id}", {"consent": f"{one.purpose}/{one.channel}"}, {"consent": None})
        u.audit("consent_withdrawn", f"contact:{row.id}", {"consent": one.id})
    if consent.channel == codes.MAIL:
        u.service(Unsent).take_back(u, row.id, consent.purpose, "not_permitted")


def _own(u: UnitOfWork, contact_id: int) -> Contact:
    """Return a person for changing, as they are now; nobody else changes them until the transaction ends."""
    row = readable_contact(u, contact_id)
    demand_own_unit(u, row.unit_id)
    u.session.refresh(row, with_for_update=True)
    return row


def _itself(u: UnitOfWork, contact_id: int) -> Contact:
    """Return a person for changing this very entry; raises :class:`InvalidInput` where it became part of another."""
    row = _own(u, contact_id)
    if row.id != contact_id:
        raise InvalidInput(_l("Diese Person ist mit „%(name)s“ zusammengeführt.", name=row.full_name))
    return row


def _set_archived(u: UnitOfWork, contact_id: int, moment: datetime | None) -> None:
    row = _itself(u, contact_id)
    if row.deleted_at is not None:
        raise InvalidInput(_l("Diese Person liegt im Papierkorb. Holen Sie sie zuerst zurück."))
    if (row.archived_at is None) == (moment is None):
        return
    record_changes(u, f"contact:{row.id}", {"archived_at": row.archived_at}, {"archived_at": moment})
    row.archived_at = moment
    row.version += 1
    row.updated_at = u.now
    u.audit("contact_archived" if moment else "contact_restored", f"contact:{row.id}")
    remember_changed(u, [row.id])


def _values(row: Contact) -> dict[str, Any]:
    return {name: getattr(row, name) for name in FIELDS}


def _fill(u: UnitOfWork, row: Contact, given: ContactInput) -> None:
    for name in FIELDS:
        setattr(row, name, getattr(given, name))
    row.email = email(given.email)
    set_keys(row)
    row.updated_at = u.now


def _today(u: UnitOfWork) -> date:
    return local_date(u.now, u.service(Office).timezone)


def _moment(u: UnitOfWork, day: date) -> datetime:
    """Return now for today, and noon for an earlier day whose hour nobody noted."""
    if day == _today(u):
        return u.now
    return datetime.combine(day, time(12), ZoneInfo(u.service(Office).timezone)).astimezone(UTC)
