"""Finds firms like others: keys beside each firm lead to the few that are compared, whatever the size of the office."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, delete, func, insert, select, true
from sqlalchemy.orm import aliased

from wf40.base.access import requires
from wf40.base.errors import NotFound
from wf40.base.portions import portions
from wf40.base.uow import UnitOfWork
from wf40.core.firms.models import Firm, FirmMatchKey, FirmName, FirmToMatch, Site
from wf40.matching.blocking import firm_keys
from wf40.matching.firms import compare, prepared
from wf40.matching.traits import FirmTraits
from wf40.matching.verdicts import Band, Verdict

COMMON = 50
"""A key that more firms of a unit share than this says too little to compare them all."""
MOST = 25
"""How many firms are compared with one at most: those that share the most keys with it."""
_READ = "firms.read"
_KEYS_AT_ONCE = 900
_COMMON_AT_MOST = 5000
_TABLE: Any = FirmMatchKey.__table__
_ANY: ColumnElement[bool] = true()


@dataclass(frozen=True, slots=True)
class Near:
    """A stored firm that is like another, and how much."""

    firm_id: int
    verdict: Verdict


def digest(key: str) -> int:
    """Return the stored form of a key: 64 bits, the same on every machine."""
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)


def digests(traits: FirmTraits) -> set[int]:
    """Return the stored keys of a firm."""
    return {digest(key) for key in firm_keys(traits)}


def rows_of(unit_id: int, firm_id: int, traits: FirmTraits) -> list[dict[str, int]]:
    """Return the rows of ``firm_match_key`` that belong to a firm."""
    return [{"unit_id": unit_id, "key": key, "firm_id": firm_id} for key in sorted(digests(traits))]


def store(u: UnitOfWork, unit_id: int, traits: Mapping[int, FirmTraits]) -> None:
    """Replace the keys of these firms of one unit; only what differs is written."""
    present: dict[int, set[int]] = defaultdict(set)
    for part in portions(sorted(traits)):
        held = select(FirmMatchKey.firm_id, FirmMatchKey.key).where(FirmMatchKey.firm_id.in_(part))
        for firm_id, key in u.session.execute(held):
            present[firm_id].add(key)
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


def traits_of(u: UnitOfWork, ids: Collection[int]) -> Mapping[int, FirmTraits]:
    """Return what may recognise these firms again; unknown ids are left out. Who calls has checked the right to them."""
    ordered = sorted(set(ids))
    return {firm_id: traits for part in portions(ordered) for firm_id, traits in _traits(u, part)}


def _traits(u: UnitOfWork, ids: Sequence[int], which: ColumnElement[bool] = _ANY) -> Iterator[tuple[int, FirmTraits]]:
    names: dict[int, list[str]] = defaultdict(list)
    former = select(FirmName.firm_id, FirmName.name).where(FirmName.firm_id.in_(ids)).order_by(FirmName.id)
    for firm_id, name in u.session.execute(former):
        names[firm_id].append(name)
    columns = (Site.firm_id, Site.street, Site.house_number, Site.postcode, Site.town)
    # The main site comes last and stays.
    places = select(*columns).where(Site.firm_id.in_(ids)).order_by(Site.main, Site.id.desc())
    sites = {row[0]: row[1:] for row in u.session.execute(places)}
    facts = (
        Firm.id, Firm.name, Firm.trade_name, Firm.legal_form, Firm.register_kind, Firm.register_number,
        Firm.register_suffix, Firm.register_court, Firm.vat_id, Firm.economic_id, Firm.town, Firm.phone, Firm.email,
        Firm.website,
    )  # fmt: skip
    for row in u.session.execute(select(*facts).where(Firm.id.in_(ids), which).order_by(Firm.id)):
        firm_id, name, trade_name, legal_form, kind, number, suffix, court, vat_id, economic_id, town, *rest = row
        street, house_number, postcode, place = sites.get(firm_id, ("", "", "", ""))
        others = tuple(dict.fromkeys([*names.get(firm_id, ()), *([trade_name] if trade_name else [])]))
        yield firm_id, FirmTraits(
            name, others, legal_form, (kind, number, suffix, court), vat_id, economic_id, street, house_number, postcode,
            place or town, *rest,
        )  # fmt: skip


@requires(_READ)
def near(
    u: UnitOfWork, unit_id: int, many: Sequence[FirmTraits], *, least: Band = Band.ASK, most: int = MOST
) -> list[list[Near]]:
    """Return the firms of a unit that are like each of ``many``, the likeliest first, archived ones among them.

    ``least`` is the band from which on a firm is named. Raises :class:`NotFound` for a unit that may not be read. Takes
    the same few statements for one firm and for hundreds.
    """
    if not u.actor.may_read_unit(unit_id):
        raise NotFound
    keys = [digests(traits) for traits in many]
    holders = firms_by_key(u, unit_id, {key for some in keys for key in some})
    candidates = [_likeliest(some, holders, most) for some in keys]
    stored = traits_of(u, {firm_id for some in candidates for firm_id in some})
    ready = {firm_id: prepared(traits) for firm_id, traits in stored.items()}
    bands = {Band.SAME: {Band.SAME}, Band.ASK: {Band.SAME, Band.ASK}, Band.DIFFERENT: set(Band)}[least]
    found = []
    for traits, some in zip(many, candidates, strict=True):
        own = prepared(traits)
        hits = (Near(firm_id, compare(own, ready[firm_id])) for firm_id in some if firm_id in ready)
        fitting = [hit for hit in hits if hit.verdict.band in bands]
        found.append(sorted(fitting, key=lambda hit: (-hit.verdict.probability, hit.firm_id)))
    return found


def firms_by_key(u: UnitOfWork, unit_id: int, keys: Collection[int], least: int = 1) -> Mapping[int, list[int]]:
    """Return which firms of a unit hold each of these keys, where at least so many and not too many do."""
    holders: dict[int, list[int]] = defaultdict(list)
    ordered, own = sorted(keys), FirmMatchKey.unit_id == unit_id
    for start in range(0, len(ordered), _KEYS_AT_ONCE):
        among = FirmMatchKey.key.in_(ordered[start : start + _KEYS_AT_ONCE])
        telling = select(FirmMatchKey.key).where(own, among).group_by(FirmMatchKey.key)
        rare = telling.having(func.count().between(least, COMMON)).subquery()
        rows = select(FirmMatchKey.key, FirmMatchKey.firm_id).join(rare, rare.c.key == FirmMatchKey.key).where(own)
        for key, firm_id in u.session.execute(rows):
            holders[key].append(firm_id)
    return holders


def _likeliest(keys: Iterable[int], holders: Mapping[int, list[int]], most: int) -> list[int]:
    shared = Counter(firm_id for key in keys for firm_id in holders.get(key, ()))
    return [firm_id for firm_id, _n in sorted(shared.items(), key=lambda item: (-item[1], item[0]))[:most]]


def without_keys(u: UnitOfWork, unit_id: int, after: int, limit: int) -> list[int]:
    """Return firms of a unit that have no keys yet, by number from ``after`` on."""
    has = select(FirmMatchKey.firm_id).where(FirmMatchKey.firm_id == Firm.id).exists()
    # Firms in the bin and those that became part of another have none on purpose.
    own = Firm.unit_id == unit_id, Firm.merged_into_id.is_(None), Firm.deleted_at.is_(None)
    rows = select(Firm.id).where(*own, Firm.id > after, ~has).order_by(Firm.id).limit(limit)
    return list(u.session.scalars(rows))


def current_firms(u: UnitOfWork, unit_id: int, after: int, limit: int) -> list[int]:
    """Return firms of a unit that are not archived, by number from ``after`` on."""
    rows = select(Firm.id).where(Firm.unit_id == unit_id, Firm.archived_at.is_(None), Firm.id > after)
    return list(u.session.scalars(rows.order_by(Firm.id).limit(limit)))


def current_traits(u: UnitOfWork, ids: Collection[int]) -> Mapping[int, FirmTraits]:
    """Return the traits of those of the firms that are not archived."""
    ordered = sorted(set(ids))
    return {i: traits for part in portions(ordered) for i, traits in _traits(u, part, Firm.archived_at.is_(None))}


def common_keys(u: UnitOfWork, unit_id: int) -> list[int]:
    """Return the keys of a unit that too many firms share, the commonest of them where there are very many."""
    rows = select(FirmMatchKey.key).where(FirmMatchKey.unit_id == unit_id).group_by(FirmMatchKey.key)
    rows = rows.having(func.count() > COMMON).order_by(func.count().desc(), FirmMatchKey.key)
    return list(u.session.scalars(rows.limit(_COMMON_AT_MOST)))


def pairs_between(
    u: UnitOfWork, unit_id: int, first: int, last: int, without: Collection[int]
) -> list[tuple[int, int]]:
    """Return the pairs of firms that share a key of which the smaller number lies in a range."""
    one, two = aliased(FirmMatchKey), aliased(FirmMatchKey)
    shared = and_(two.unit_id == one.unit_id, two.key == one.key, two.firm_id > one.firm_id)
    rows = select(one.firm_id, two.firm_id).distinct().join(two, shared)
    rows = rows.where(one.firm_id.between(first, last), one.unit_id == unit_id, one.key.not_in(without))
    return [(a, b) for a, b in u.session.execute(rows)]


def keys_of(u: UnitOfWork, ids: Sequence[int]) -> Mapping[int, list[int]]:
    """Return the stored keys of firms."""
    held: dict[int, list[int]] = defaultdict(list)
    for part in portions(sorted(ids)):
        rows = select(FirmMatchKey.firm_id, FirmMatchKey.key).where(FirmMatchKey.firm_id.in_(part))
        for firm_id, key in u.session.execute(rows):
            held[firm_id].append(key)
    return held


def changed_firms(u: UnitOfWork, limit: int) -> list[tuple[int, int, datetime]]:
    """Return firms whose facts changed, the earliest change first: number, unit, moment."""
    rows = select(FirmToMatch.firm_id, Firm.unit_id, FirmToMatch.changed_at).join(Firm, Firm.id == FirmToMatch.firm_id)
    rows = rows.order_by(FirmToMatch.changed_at, FirmToMatch.firm_id).limit(limit)
    return [(firm_id, unit_id, at) for firm_id, unit_id, at in u.session.execute(rows)]


def forget_changed(u: UnitOfWork, seen: Sequence[tuple[int, datetime]]) -> None:
    """Strike firms off the list of changed ones, except those that changed again since."""
    table: Any = FirmToMatch.__table__
    same = and_(FirmToMatch.firm_id == bindparam("f"), FirmToMatch.changed_at == bindparam("c"))
    if seen:
        u.session.connection().execute(delete(table).where(same), [{"f": firm_id, "c": at} for firm_id, at in seen])
