"""Finds persons like others: keys beside each person lead to the few that are compared, whatever the size of the office.

Names that are written differently meet within one firm; across firms a mail address, a number, or the whole name leads
to another. Keys are made by the worker, soon after a person changed: saving costs one row.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, delete, func, select
from sqlalchemy.orm import aliased

from wf40.base.db import insert_for
from wf40.base.german import loose
from wf40.base.id_lists import among
from wf40.base.uow import UnitOfWork
from wf40.core.contacts.models import Contact, ContactMatchKey, ContactToMatch
from wf40.core.firms.match_keys import digest
from wf40.core.firms.queries import visible_firms
from wf40.matching import persons
from wf40.matching.blocking import person_keys
from wf40.matching.traits import PersonTraits
from wf40.matching.verdicts import Band, Verdict

COMMON = 50
"""A key that more persons of a unit share than this says too little to compare them all."""
COMPUTED = frozenset({"contact_match_key", "contact_to_match", "duplicate_person_pair"})
"""Tables of what is computed of persons: it goes with them, and nobody misses it."""
_ALONE = frozenset("nmp")
"""First letters of the keys under which persons of different firms meet: whole name, mail, number."""
_KEYS: Any = ContactMatchKey.__table__
_TO_MATCH: Any = ContactToMatch.__table__


@dataclass(frozen=True, slots=True)
class Known:
    """What may recognise a person again, and the firm they belong to."""

    firm_id: int
    traits: PersonTraits


@dataclass(frozen=True, slots=True)
class Ready:
    """A person prepared for many comparisons."""

    firm_id: int
    person: persons.PreparedPerson


def remember_changed(u: UnitOfWork, ids: Iterable[int]) -> None:
    """Note that these persons changed, for whoever looks for others like them."""
    rows = [{"contact_id": contact_id, "changed_at": u.now} for contact_id in sorted(set(ids))]
    if rows:
        changed = insert_for(u.session)(ContactToMatch)
        latest = {"changed_at": changed.excluded.changed_at}
        u.session.execute(changed.on_conflict_do_update(index_elements=["contact_id"], set_=latest), rows)


def digests(known: Known) -> set[int]:
    """Return the stored keys of a person."""
    keys = {key if key[0] in _ALONE else f"{known.firm_id} {key}" for key in person_keys(known.traits)}
    if family := loose(known.traits.family_name):
        keys.add(f"{known.firm_id} f{family}")
    return {digest(key) for key in keys}


def compare(a: Ready, b: Ready) -> Verdict | None:
    """Compare two persons; ``None`` where they are different, or have nothing but the name in two different firms."""
    verdict = persons.compare(a.person, b.person)
    if verdict.band is Band.DIFFERENT or (a.firm_id != b.firm_id and not persons.alike_beyond_names(verdict)):
        return None
    return verdict


def known_of(u: UnitOfWork, ids: Collection[int], *, current: bool = False) -> dict[int, Known]:
    """Return what may recognise persons again; ``current``: without those in the archive, or in a firm that is there.

    Who calls has checked the right to them. Those that became part of another are left out.
    """
    firms = visible_firms(u).subquery()
    wanted: list[Any] = [Contact.merged_into_id.is_(None), Contact.deleted_at.is_(None)]
    if current:
        wanted += [Contact.archived_at.is_(None), firms.c.archived_at.is_(None)]
    columns = (
        Contact.id, Contact.firm_id, Contact.given_name, Contact.family_name, Contact.title, firms.c.name, Contact.email,
        Contact.phone, Contact.mobile, Contact.salutation,
    )  # fmt: skip
    rows = select(*columns).join(firms, firms.c.id == Contact.firm_id)
    found = u.session.execute(rows.where(among(u.session, Contact.id, sorted(set(ids))), *wanted))
    return {row.id: Known(row.firm_id, _traits(row)) for row in found}


def _traits(row: Any) -> PersonTraits:
    return PersonTraits(
        row.given_name,
        row.family_name,
        row.title,
        row.name,
        row.email,
        row.phone,
        row.mobile,
        salutation=row.salutation,
    )


def ready(known: Known) -> Ready:
    """Prepare a person for comparisons."""
    return Ready(known.firm_id, persons.prepared(known.traits))


def store(u: UnitOfWork, ids: Collection[int]) -> None:
    """Compute the keys of these persons anew; only what differs is written."""
    known, units = known_of(u, ids), _units(u, ids)
    held: dict[int, set[int]] = {contact_id: set() for contact_id in units}
    rows = select(ContactMatchKey.contact_id, ContactMatchKey.key)
    for contact_id, key in u.session.execute(rows.where(among(u.session, ContactMatchKey.contact_id, sorted(units)))):
        held[contact_id].add(key)
    wanted = {contact_id: digests(known[contact_id]) if contact_id in known else set() for contact_id in units}
    gone = [(i, key) for i in sorted(units) for key in sorted(held[i] - wanted[i])]
    new = [(i, key) for i in sorted(units) for key in sorted(wanted[i] - held[i])]
    connection = u.session.connection()
    if gone:
        one = (ContactMatchKey.unit_id == bindparam("u"), ContactMatchKey.key == bindparam("k"))
        its = and_(*one, ContactMatchKey.contact_id == bindparam("c"))
        connection.execute(delete(_KEYS).where(its), [{"u": units[i], "k": key, "c": i} for i, key in gone])
    if new:
        # Another worker may store the same keys at this moment.
        added = insert_for(u.session)(_KEYS).on_conflict_do_nothing()
        connection.execute(added, [{"unit_id": units[i], "key": key, "contact_id": i} for i, key in new])


def _units(u: UnitOfWork, ids: Collection[int]) -> Mapping[int, int]:
    rows = select(Contact.id, Contact.unit_id).where(among(u.session, Contact.id, sorted(set(ids))))
    return {contact_id: unit_id for contact_id, unit_id in u.session.execute(rows)}  # noqa: C416 - rows are no pairs to the type checker


def meeting(u: UnitOfWork, ids: Sequence[int], *, later: bool = False) -> list[tuple[int, int]]:
    """Return the pairs of these persons with all who share a key that few share; ``later``: with higher numbers."""
    own, other, sharing = (aliased(ContactMatchKey) for _ in range(3))
    alike = and_(other.unit_id == own.unit_id, other.key == own.key)
    side = other.contact_id > own.contact_id if later else other.contact_id != own.contact_id
    shared = select(sharing.contact_id).where(sharing.unit_id == own.unit_id, sharing.key == own.key)
    too_many = shared.offset(COMMON).limit(1).correlate(own).scalar_subquery()
    rows = select(own.contact_id, other.contact_id).join(other, and_(alike, side)).where(too_many.is_(None))
    found = u.session.execute(rows.where(among(u.session, own.contact_id, sorted(ids))))
    return sorted({(a, b) if a < b else (b, a) for a, b in found})


def without_keys(u: UnitOfWork, unit_id: int, after: int, limit: int) -> list[int]:
    """Return persons of a unit that have no keys yet, by number from ``after`` on."""
    has = select(ContactMatchKey.contact_id).where(ContactMatchKey.contact_id == Contact.id).exists()
    own = Contact.unit_id == unit_id, Contact.merged_into_id.is_(None), Contact.deleted_at.is_(None)
    rows = select(Contact.id).where(*own, Contact.id > after, ~has).order_by(Contact.id).limit(limit)
    return list(u.session.scalars(rows))


def current(u: UnitOfWork, unit_id: int, after: int, limit: int) -> list[int]:
    """Return persons of a unit who are not archived, by number from ``after`` on."""
    # By number and by nothing else, as for firms.
    rows = select(Contact.id).where(Contact.unit_id + 0 == unit_id, Contact.archived_at.is_(None), Contact.id > after)
    return list(u.session.scalars(rows.order_by(Contact.id).limit(limit)))


def count_current(u: UnitOfWork, unit_id: int) -> int:
    """Return how many persons of a unit are not archived."""
    own = (Contact.unit_id == unit_id, Contact.archived_at.is_(None))
    return u.session.scalar(select(func.count(Contact.id)).where(*own)) or 0


def changed(u: UnitOfWork, limit: int) -> list[tuple[int, int, datetime]]:
    """Return persons whose data changed, the earliest change first: number, unit, moment."""
    rows = select(Contact.id, Contact.unit_id, ContactToMatch.changed_at)
    rows = rows.join(ContactToMatch, ContactToMatch.contact_id == Contact.id)
    ordered = rows.order_by(ContactToMatch.changed_at, ContactToMatch.contact_id).limit(limit)
    return [(contact_id, unit_id, at) for contact_id, unit_id, at in u.session.execute(ordered)]


def forget_changed(u: UnitOfWork, seen: Sequence[tuple[int, datetime]]) -> None:
    """Strike persons off the list of changed ones, except those that changed again since."""
    same = and_(ContactToMatch.contact_id == bindparam("f"), ContactToMatch.changed_at == bindparam("c"))
    if seen:
        rows = [{"f": contact_id, "c": at} for contact_id, at in seen]
        u.session.connection().execute(delete(_TO_MATCH).where(same), rows)
