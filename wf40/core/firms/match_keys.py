"""Finds firms like others: keys beside each firm lead to the few that are compared, whatever the size of the office."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, delete, exists, insert, or_, select

from wf40.base.access import requires
from wf40.base.errors import NotFound
from wf40.base.uow import UnitOfWork
from wf40.core.firms import match_lookup
from wf40.core.firms.models import Firm, FirmMatchKey, FirmToMatch
from wf40.matching import marks
from wf40.matching.firms import compare, prepared
from wf40.matching.traits import FirmTraits
from wf40.matching.verdicts import Band, Verdict

MOST = 25
"""How many firms are compared with one at most: those that share the most telling keys with it."""
KEYS_AT_LATEST = timedelta(minutes=10)
"""Whoever has no keys after that will not get them from the process that made the firm (:mod:`.late_keys`)."""
_READ = "firms.read"
_TABLE: Any = FirmMatchKey.__table__


@dataclass(frozen=True, slots=True)
class Near:
    """A stored firm that is like another, and how much."""

    firm_id: int
    verdict: Verdict


def digest(key: str) -> int:
    """Return a key as 64 bits, the same on every machine."""
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)


def digests(traits: FirmTraits) -> set[int]:
    """Return the stored keys of a firm."""
    return marks.marks_of(prepared(traits))


def store(u: UnitOfWork, unit_id: int, traits: Mapping[int, FirmTraits]) -> None:
    """Replace the keys of these firms of one unit; only what differs is written."""
    held = match_lookup.marks_held(u, traits)
    present = {firm_id: set(held.get(firm_id, ())) for firm_id in traits}
    wanted = {firm_id: digests(known) for firm_id, known in sorted(traits.items())}
    gone = [(firm_id, key) for firm_id, keys in wanted.items() for key in sorted(present[firm_id] - keys)]
    new = [(firm_id, key) for firm_id, keys in wanted.items() for key in sorted(keys - present[firm_id])]
    connection = u.session.connection()
    if gone:
        columns = (
            FirmMatchKey.unit_id == unit_id,
            FirmMatchKey.key == bindparam("k"),
            FirmMatchKey.firm_id == bindparam("f"),
        )
        connection.execute(delete(_TABLE).where(and_(*columns)), [{"k": key, "f": firm_id} for firm_id, key in gone])
    if new:
        connection.execute(
            insert(_TABLE), [{"unit_id": unit_id, "key": key, "firm_id": firm_id} for firm_id, key in new]
        )


traits_of = match_lookup.traits_of


@requires(_READ)
def near(u: UnitOfWork, unit_id: int, many: Sequence[FirmTraits]) -> list[list[Near]]:
    """Return the firms of a unit that are like each of ``many``, the likeliest first, archived ones among them.

    Only those are named that are the same or must be asked about. Raises :class:`NotFound` for a unit that may not be
    read. Takes the same few statements for one firm and for hundreds.
    """
    return like(u, unit_id, [(traits, digests(traits)) for traits in many])


@requires(_READ)
def like(
    u: UnitOfWork, unit_id: int, many: Sequence[tuple[FirmTraits, Collection[int]]], up_to: int | None = None
) -> list[list[Near]]:
    """Do the same for traits whose digests are known; ``up_to`` is the last firm that counts."""
    if not u.actor.may_read_unit(unit_id):
        raise NotFound
    candidates = [_likeliest(met) for met in match_lookup.meeting(u, unit_id, [keys for _traits, keys in many], up_to)]
    stored = traits_of(u, {firm_id for some in candidates for firm_id in some})
    ready = {firm_id: prepared(traits) for firm_id, traits in stored.items()}
    found: list[list[Near]] = []
    for (traits, _keys), some in zip(many, candidates, strict=True):
        own = prepared(traits) if some else None
        hits = [Near(i, compare(own, ready[i])) for i in some if i in ready] if own else []
        fitting = [hit for hit in hits if hit.verdict.band is not Band.DIFFERENT]
        found.append(sorted(fitting, key=lambda hit: (-hit.verdict.probability, hit.firm_id)))
    return found


def _likeliest(classes: Mapping[int, int]) -> Collection[int]:
    """Return at most some firms of those that share keys of these classes."""
    if len(classes) <= MOST:
        return classes
    return sorted(classes, key=lambda firm_id: (-marks.STRENGTH[classes[firm_id]], firm_id))[:MOST]


def without_keys(u: UnitOfWork, unit_id: int, after: int, limit: int) -> list[int]:
    """Return firms of a unit that have no keys yet, by number from ``after`` on."""
    has = select(FirmMatchKey.firm_id).where(FirmMatchKey.firm_id == Firm.id).exists()
    # Firms in the bin and those that became part of another have none on purpose.
    own = Firm.unit_id == unit_id, Firm.merged_into_id.is_(None), Firm.deleted_at.is_(None)
    rows = select(Firm.id).where(*own, Firm.id > after, ~has).order_by(Firm.id).limit(limit)
    return list(u.session.scalars(rows))


def current_firms(u: UnitOfWork, unit_id: int, after: int, limit: int) -> list[int]:
    """Return firms of a unit that are not archived, by number from ``after`` on."""
    # By number and by nothing else: an index of the unit would be put in order anew for each portion.
    rows = select(Firm.id).where(Firm.unit_id + 0 == unit_id, Firm.archived_at.is_(None), Firm.id > after)
    return list(u.session.scalars(rows.order_by(Firm.id).limit(limit)))


def changed_firms(u: UnitOfWork, limit: int) -> list[tuple[int, int, datetime]]:
    """Return firms whose facts changed, the earliest change first: number, unit, moment."""
    rows = select(FirmToMatch.firm_id, Firm.unit_id, FirmToMatch.changed_at).join(Firm, Firm.id == FirmToMatch.firm_id)
    rows = rows.where(_ready_to_match(u.now)).order_by(FirmToMatch.changed_at, FirmToMatch.firm_id).limit(limit)
    return [(firm_id, unit_id, at) for firm_id, unit_id, at in u.session.execute(rows)]


def _ready_to_match(now: datetime) -> ColumnElement[bool]:
    """Return the condition on changed firms that they have their keys, or will not get them from elsewhere."""
    has = exists().where(FirmMatchKey.firm_id == FirmToMatch.firm_id)
    return or_(has, FirmToMatch.changed_at < now - KEYS_AT_LATEST, Firm.archived_at.is_not(None))


def forget_changed(u: UnitOfWork, seen: Sequence[tuple[int, datetime]]) -> None:
    """Strike firms off the list of changed ones, except those that changed again since."""
    table: Any = FirmToMatch.__table__
    same = and_(FirmToMatch.firm_id == bindparam("f"), FirmToMatch.changed_at == bindparam("c"))
    if seen:
        u.session.connection().execute(delete(table).where(same), [{"f": firm_id, "c": at} for firm_id, at in seen])
