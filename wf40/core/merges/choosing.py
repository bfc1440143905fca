"""Which firms or persons may mean the same one: those that are alike, or those that somebody searches for."""

from dataclasses import dataclass

from sqlalchemy import select

from wf40.base.access import requires
from wf40.base.uow import UnitOfWork
from wf40.core.contacts import comparison
from wf40.core.contacts import queries as contacts
from wf40.core.contacts.comparison import Entry
from wf40.core.contacts.similar import similar_persons
from wf40.core.contacts.wanted import ContactFilter
from wf40.core.firms import match_keys, queries
from wf40.core.merges.queries import demand_unit
from wf40.matching.traits import PersonTraits
from wf40.sdk.refs import FirmRef
from wf40.sdk.services import Firms

FOUND = 20


@dataclass(frozen=True, slots=True)
class Candidates:
    """Firms of the same unit to choose from; ``alike`` when nobody searched and they were found by their likeness."""

    firms: list[FirmRef]
    alike: bool


@requires("merges.edit")
def candidates(u: UnitOfWork, firm_id: int, text: str) -> Candidates:
    """Return firms that may be merged with another: for words those that hold them, else those that are alike."""
    own = queries.firm(u, firm_id)
    demand_unit(u, own.unit_id)
    if text:
        found = queries.pick_firms(u, text, FOUND + 1, unit_id=own.unit_id)
    else:
        traits = match_keys.traits_of(u, [firm_id])
        hits = match_keys.near(u, own.unit_id, list(traits.values()))
        refs = u.service(Firms).many(u, [hit.firm_id for some in hits for hit in some])
        found = [refs[hit.firm_id] for some in hits for hit in some if hit.firm_id in refs]
    fitting = [ref for ref in found if ref.id != firm_id and ref.unit_id == own.unit_id]
    return Candidates(fitting[:FOUND], not text)


@dataclass(frozen=True, slots=True)
class PersonCandidates:
    """Persons of the same unit to choose from; ``alike`` when nobody searched and they were found by their likeness."""

    persons: list[Entry]
    alike: bool


@requires("merges.edit")
def person_candidates(u: UnitOfWork, contact_id: int, text: str) -> PersonCandidates:
    """Return persons that may be merged with another in the same way."""
    own, firm = contacts.contact(u, contact_id)
    demand_unit(u, own.unit_id)
    if text:
        ids = _found(u, text, own.unit_id)
    else:
        about = PersonTraits(
            own.given_name, own.family_name, own.title, email=own.email, phone=own.phone, mobile=own.mobile,
            salutation=own.salutation,
        )  # fmt: skip
        ids = [person.id for person in similar_persons(u, firm.id, about)]
    found = comparison.entries(u, ids)
    fitting = [found[i] for i in ids if i in found and i != own.id and found[i].unit_id == own.unit_id]
    return PersonCandidates(fitting[:FOUND], not text)


def _found(u: UnitOfWork, text: str, unit_id: int) -> list[int]:
    """Return the first persons of a unit who are listed for words; a person belongs to the unit of their firm."""
    listed = contacts.contacts_select(u, ContactFilter(q=text))
    firms = queries.visible_firms(u).subquery()
    own = listed.selected_columns.firm_id.in_(select(firms.c.id).where(firms.c.unit_id == unit_id))
    return [row.id for row in u.session.execute(listed.where(own).limit(FOUND + 1))]
