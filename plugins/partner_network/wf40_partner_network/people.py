"""Adds and changes the people at a partner, archives them, brings them back."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from wf40.sdk import checks
from wf40.sdk.errors import InvalidInput, NotFound, StaleVersion
from wf40.sdk.history import last_changed_by, record_changes
from wf40.sdk.services import Search
from wf40.sdk.uow import UnitOfWork, requires
from wf40_partner_network.clock import today
from wf40_partner_network.models import Partner, Person
from wf40_partner_network.queries import partner_to_edit, partner_to_write, person_subject
from wf40_partner_network.records import set_search_text
from wf40_partner_network.texts import KEY, _l

EDIT = "partner_network.edit"
SHORT, NOTE = 200, 300


@dataclass(frozen=True, slots=True)
class PersonInput:
    """A person at a partner as somebody enters them."""

    name: str
    role: str = ""
    email: str = ""
    phone: str = ""
    topics: str = ""
    informed_on: date | None = None


@requires(EDIT)
def person_to_edit(u: UnitOfWork, partner_id: int, person_id: int) -> Person:
    """Return a person of a partner for their form; raises :class:`NotFound`."""
    partner_to_edit(u, partner_id)
    row = u.session.get(Person, person_id)
    if row is None or row.partner_id != partner_id:
        raise NotFound
    return row


@requires(EDIT)
def add_person(u: UnitOfWork, partner_id: int, given: PersonInput) -> int:
    """Add a person to a partner and return the id; raises :class:`InvalidInput`."""
    partner = partner_to_write(u, partner_id)
    values = checked(u, given)
    row = Person(**values, created_at=u.now, updated_at=u.now)
    partner.people.append(row)
    u.session.flush()
    record_changes(u, person_subject(row.id), {}, {"created": row.name})
    _settle(u, partner)
    u.audit("partner_network_person_added", person_subject(row.id), {"partner": partner.id})
    return row.id


@requires(EDIT)
def change_person(u: UnitOfWork, partner_id: int, person_id: int, version: int, given: PersonInput) -> None:
    """Save a person; raises :class:`InvalidInput`, or :class:`StaleVersion` when somebody else saved meanwhile."""
    row, values = _locked(u, partner_id, person_id), checked(u, given)
    if row.version != version:
        raise StaleVersion(row.version, last_changed_by(u, person_subject(row.id)))
    _apply(u, row, values)


@requires(EDIT)
def archive_person(u: UnitOfWork, partner_id: int, person_id: int) -> None:
    """Take a person who is no longer there out of lists and hand-ons; nothing is lost."""
    row = _locked(u, partner_id, person_id)
    if row.archived_at is None:
        _apply(u, row, {"archived_at": u.now})


@requires(EDIT)
def restore_person(u: UnitOfWork, partner_id: int, person_id: int) -> None:
    """Bring an archived person back."""
    row = _locked(u, partner_id, person_id)
    if row.archived_at is not None:
        _apply(u, row, {"archived_at": None})


def _locked(u: UnitOfWork, partner_id: int, person_id: int) -> Person:
    """Return a person for changing, as they are now; the partner is locked, and with it all its people."""
    partner_to_write(u, partner_id)
    row = person_to_edit(u, partner_id, person_id)
    u.session.refresh(row)
    return row


def stored(row: Person) -> dict[str, Any]:
    """Return what a form can change, as it is stored."""
    return {f.name: getattr(row, f.name) for f in fields(PersonInput)}


def checked(u: UnitOfWork, given: PersonInput) -> dict[str, Any]:
    """Return the values to store; raises :class:`InvalidInput` with all faults at once."""
    found = checks.Findings()
    values: dict[str, Any] = {
        name: found.check(name, lambda n=name, most=most: checks.line(getattr(given, n), most))  # type: ignore[misc]
        for name, most in (("name", SHORT), ("role", SHORT), ("topics", NOTE))
    }
    values["email"] = found.check("email", lambda: checks.email(given.email))
    values["phone"] = found.check("phone", lambda: checks.phone(given.phone))
    values["informed_on"] = found.check("informed_on", lambda: _past(u, given.informed_on))
    if values["name"] == "":
        found.fields["name"] = _l("Geben Sie den Namen der Person ein.")
    found.close()
    return {f.name: values[f.name] for f in fields(PersonInput)}


def _past(u: UnitOfWork, day: date | None) -> date | None:
    if day is not None and day > today(u):
        raise InvalidInput(_l("Dieser Tag liegt in der Zukunft. Tragen Sie ein, wann die Person informiert wurde."))
    return day


def _apply(u: UnitOfWork, row: Person, values: dict[str, date | datetime | str | None]) -> None:
    before = {name: getattr(row, name) for name in values}
    if changed := record_changes(u, person_subject(row.id), before, values):
        for name, value in values.items():
            setattr(row, name, value)
        row.version += 1
        row.updated_at = u.now
        partner = u.session.get_one(Partner, row.partner_id)
        _settle(u, partner)
        u.audit("partner_network_person_changed", person_subject(row.id), {"fields": changed})


def _settle(u: UnitOfWork, partner: Partner) -> None:
    set_search_text(partner)
    partner.updated_at = u.now
    u.service(Search).refresh(u, KEY, [partner.id])
