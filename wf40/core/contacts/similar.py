"""Names the stored persons who are like one that somebody is typing in: in the same firm, or with the same mail or number."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, or_, select

from wf40.base.access import requires
from wf40.base.uow import UnitOfWork
from wf40.core.contacts.forms import ContactForm
from wf40.core.contacts.keys import national
from wf40.core.contacts.models import Contact
from wf40.core.firms import match_words
from wf40.matching.persons import compare, prepared
from wf40.matching.traits import PersonTraits
from wf40.matching.verdicts import Band, Evidence
from wf40.sdk.services import Firms

SHOWN = 5
MOST = 200
"""How many persons are compared at most; no firm has more."""
SHORTEST_NUMBER = 6


@dataclass(frozen=True, slots=True)
class SimilarPerson:
    """A stored person like the typed one, in their firm. ``because`` and ``against`` are sentences."""

    id: int
    name: str
    firm_name: str
    archived: bool
    band: str
    because: tuple[str, ...]
    against: tuple[str, ...]


def typed(form: ContactForm) -> PersonTraits:
    """Return what the form says so far."""
    names = ("given_name", "family_name", "title", "email", "phone", "mobile")
    return PersonTraits(**{name: (form[name].data or "").strip() for name in names})


@requires("contacts.read")
def similar_persons(u: UnitOfWork, firm_id: int, traits: PersonTraits) -> list[SimilarPerson]:
    """Return persons of the firm's unit who may be the same, the likeliest first, archived ones among them."""
    firm = u.service(Firms).get(u, firm_id)
    if not traits.family_name:
        return []
    # Same mail or number leads to persons of other firms; within the firm everybody is compared.
    reach = [Contact.firm_id == firm.id]
    if traits.email:
        reach.append(func.lower(Contact.email) == traits.email.lower())
    numbers = {digits for n in (traits.phone, traits.mobile) if len(digits := national(n)) >= SHORTEST_NUMBER}
    reach += [Contact.phone_key.contains(digits, autoescape=True) for digits in sorted(numbers)]
    near = select(Contact).where(Contact.unit_id == firm.unit_id, or_(*reach)).order_by(Contact.id).limit(MOST)
    own = prepared(traits)
    found = []
    for row in u.session.scalars(near):
        verdict = compare(own, prepared(_traits(row)))
        if verdict.band is not Band.DIFFERENT:
            found.append((row, verdict))
    found.sort(key=lambda hit: (-hit[1].probability, hit[0].id))
    firms = u.service(Firms).many(u, {row.firm_id for row, _verdict in found[:SHOWN]})
    return [
        SimilarPerson(
            row.id, row.full_name, firms[row.firm_id].name, row.archived_at is not None, verdict.band.value,
            *_reasons(verdict.evidence),
        )
        for row, verdict in found[:SHOWN]
        if row.firm_id in firms
    ]  # fmt: skip


def confirmation(found: Iterable[SimilarPerson]) -> str:
    """Return what the form carries once somebody has seen these persons and saves all the same."""
    return ".".join(map(str, sorted(person.id for person in found)))


def _traits(row: Contact) -> PersonTraits:
    return PersonTraits(row.given_name, row.family_name, row.title, email=row.email, phone=row.phone, mobile=row.mobile)


def _reasons(evidence: Iterable[Evidence]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    speaks_for, against = match_words.sentences(match_words.codes(evidence))
    return tuple(speaks_for), tuple(against)
