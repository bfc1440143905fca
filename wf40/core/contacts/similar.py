"""Names the stored persons who are like one that somebody is typing in: in the same firm, or with the same mail or number."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import func, or_, select

from wf40.base.access import requires
from wf40.base.german import sort_key
from wf40.base.uow import UnitOfWork
from wf40.core.contacts.forms import ContactForm
from wf40.core.contacts.keys import national
from wf40.core.contacts.models import Contact
from wf40.core.firms import match_words
from wf40.matching.persons import alike_beyond_names, compare, prepared
from wf40.matching.traits import PersonTraits
from wf40.matching.verdicts import Band, Evidence
from wf40.sdk.services import Firms

SHOWN = 5
MOST = 200
"""How many persons are compared at most; no firm has more."""
SHORTEST_NUMBER = 6
RARE = 3
"""A name that more persons of the office have says nothing about who they are."""


@dataclass(frozen=True, slots=True)
class SimilarPerson:
    """A stored person like the typed one, in their firm. ``because`` and ``against`` are sentences.

    ``namesake``: in another firm, with nothing in common but the name; worth seeing, no reason to stop.
    """

    id: int
    name: str
    firm_name: str
    archived: bool
    band: str
    because: tuple[str, ...]
    against: tuple[str, ...]
    namesake: bool = False


def typed(form: ContactForm) -> PersonTraits:
    """Return what the form says so far."""
    names = ("given_name", "family_name", "title", "email", "phone", "mobile", "salutation")
    return PersonTraits(**{name: (form[name].data or "").strip() for name in names})


@requires("contacts.read")
def similar_persons(u: UnitOfWork, firm_id: int, traits: PersonTraits) -> list[SimilarPerson]:
    """Return persons of the firm's unit who may be the same, the likeliest first, archived ones among them."""
    firm = u.service(Firms).get(u, firm_id)
    if not traits.family_name:
        return []
    rows = _near(u, firm.id, firm.unit_id, traits)
    firms = u.service(Firms).many(u, {row.firm_id for row in rows})
    own, found = prepared(replace(traits, firm=firm.name)), []
    for row in rows:
        if row.firm_id not in firms:
            continue
        verdict = compare(own, prepared(_traits(row, firms[row.firm_id].name)))
        if verdict.band is not Band.DIFFERENT:
            found.append((row, verdict, row.firm_id != firm.id and not alike_beyond_names(verdict)))
    found.sort(key=lambda hit: (hit[2], -hit[1].probability, hit[0].id))
    return [
        SimilarPerson(
            row.id, row.full_name, firms[row.firm_id].name, row.archived_at is not None, verdict.band.value,
            *_reasons(verdict.evidence), namesake,
        )
        for row, verdict, namesake in found[:SHOWN]
    ]  # fmt: skip


def _near(u: UnitOfWork, firm_id: int, unit_id: int, traits: PersonTraits) -> list[Contact]:
    """Return everybody in the firm, and whom mail, number or a rare name leads to in others."""
    reach = [Contact.firm_id == firm_id]
    if traits.email:
        reach.append(func.lower(Contact.email) == traits.email.lower())
    numbers = {digits for n in (traits.phone, traits.mobile) if len(digits := national(n)) >= SHORTEST_NUMBER}
    reach += [Contact.phone_key.contains(digits, autoescape=True) for digits in sorted(numbers)]
    there = (Contact.unit_id == unit_id, Contact.merged_into_id.is_(None), Contact.deleted_at.is_(None))
    rows = list(u.session.scalars(select(Contact).where(*there, or_(*reach)).order_by(Contact.id).limit(MOST)))
    named = Contact.sort_key == sort_key(f"{traits.family_name} {traits.given_name}")[:300]
    namesakes = (
        list(u.session.scalars(select(Contact).where(*there, named).limit(RARE + 1))) if traits.given_name else []
    )
    known = {row.id for row in rows}
    return rows + [row for row in namesakes if row.id not in known and len(namesakes) <= RARE]


def confirmation(found: Iterable[SimilarPerson]) -> str:
    """Return what the form carries once somebody has seen these persons and saves all the same."""
    return ".".join(map(str, sorted(person.id for person in found if not person.namesake)))


def _traits(row: Contact, firm_name: str) -> PersonTraits:
    return PersonTraits(
        row.given_name,
        row.family_name,
        row.title,
        firm_name,
        row.email,
        row.phone,
        row.mobile,
        salutation=row.salutation,
    )


def _reasons(evidence: Iterable[Evidence]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    speaks_for, against = match_words.sentences(match_words.codes(evidence))
    return tuple(speaks_for), tuple(against)
