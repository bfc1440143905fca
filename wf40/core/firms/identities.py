"""Recognises firms again, many at once: by register, by the key of their source, by tax numbers, by name and town.

Where nothing of that is equal, :func:`similar_firms` tells which ones are like them.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from wf40.base.access import requires
from wf40.base.errors import NotFound
from wf40.base.uow import UnitOfWork
from wf40.core.firms import match_keys
from wf40.core.firms.match_keys import Near
from wf40.core.firms.models import Firm, FirmMatchKey, FirmName
from wf40.core.firms.queries import provenance_of
from wf40.matching.firms import compare, prepared
from wf40.matching.names import fold
from wf40.matching.traits import FirmTraits, RegisterKey
from wf40.matching.verdicts import Band

_AT_ONCE = 500
_OWN_FIRST = Firm.merged_into_id.is_not(None)
"""A firm on its own tells more of itself than one that became part of it."""
_COLUMNS: tuple[Any, ...] = (
    Firm.id, Firm.legal_form, Firm.register_kind, Firm.register_number, Firm.register_suffix, Firm.register_court, Firm.town,
    Firm.archived_at, Firm.deleted_at, Firm.merged_into_id, Firm.search_key, Firm.town_key, Firm.source_key, Firm.vat_id, Firm.economic_id, Firm.source, Firm.as_of,
    Firm.provenance, Firm.merged_into_id,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """A firm that fits, and what helps to decide between several or to refuse it.

    ``archived`` ones are not looked after any more, or lie in the bin. One that became part of another stands as
    ``merged_into`` only until it is followed.
    """

    firm_id: int
    legal_form: str
    register: RegisterKey
    town: str
    archived: bool
    merged_into: int | None = None


@dataclass(frozen=True, slots=True)
class Identities:
    """Firms by what recognises them. Archived ones are among them, so that an import does not double them."""

    by_register: dict[RegisterKey, list[Known]] = field(default_factory=lambda: defaultdict(list))
    by_source_key: dict[tuple[str, str], list[Known]] = field(default_factory=lambda: defaultdict(list))
    by_vat_id: dict[str, list[Known]] = field(default_factory=lambda: defaultdict(list))
    by_economic_id: dict[str, list[Known]] = field(default_factory=lambda: defaultdict(list))
    by_name: dict[tuple[str, str], list[Known]] = field(default_factory=lambda: defaultdict(list))
    """Keyed by (search key, folded town); former names count too."""


@requires("firms.read")
def identities(
    u: UnitOfWork,
    unit_id: int,
    *,
    registers: Collection[RegisterKey] = (),
    source_keys: Collection[tuple[str, str]] = (),
    vat_ids: Collection[str] = (),
    economic_ids: Collection[str] = (),
    names: Collection[tuple[str, str]] = (),
) -> Identities:
    """Look up firms of one unit by whatever is known of them, with a few statements for hundreds of rows.

    ``source_keys`` are (source, key) pairs, ``names`` are (:func:`names.search_key`, town) pairs; towns are compared
    folded. Results carry only what was asked for; nothing is chosen between several hits.
    """
    found = Identities()
    for row in _with(u, unit_id, Firm.register_number, {r[1] for r in registers}):
        _add(found.by_register[_register(row)], row)
    for row in _with(u, unit_id, Firm.source_key, {key for _source, key in source_keys}):
        _add(found.by_source_key[(provenance_of(row, "source_key")[0], row.source_key)], row)
    for row in _with(u, unit_id, Firm.vat_id, set(vat_ids)):
        _add(found.by_vat_id[row.vat_id], row)
    for row in _with(u, unit_id, Firm.economic_id, set(economic_ids)):
        _add(found.by_economic_id[row.economic_id], row)
    wanted = {key for key, _town in names}
    for row in _with(u, unit_id, Firm.search_key, wanted):
        _add(found.by_name[(row.search_key, row.town_key)], row)
    for key, row in _formerly(u, unit_id, wanted):
        _add(found.by_name[(key, row.town_key)], row)
    return found


@requires("firms.read")
def known_firms(u: UnitOfWork, unit_id: int, ids: Collection[int]) -> dict[int, Known]:
    """Return firms of one unit by their ids, as far as they exist; for one that was merged the one that is left."""
    found = {row.id: _known(row) for row in _with(u, unit_id, Firm.id, set(ids))}
    while merged := {i: k.merged_into for i, k in found.items() if k.merged_into is not None}:
        into = {row.id: _known(row) for row in _with(u, unit_id, Firm.id, set(merged.values()))}
        found |= {i: into.get(target, replace(found[i], merged_into=None)) for i, target in merged.items()}
    return found


@requires("firms.read")
def similar_firms(
    u: UnitOfWork, unit_id: int, many: Sequence[tuple[FirmTraits, Collection[int]]], up_to: int | None = None
) -> list[list[Near]]:
    """Return the firms of a unit that are like each of ``many`` (traits and their digests), the likeliest first.

    Only those are named that are the same or must be asked about; archived ones are among them. ``up_to`` is the last
    firm that counts. The same few statements serve one firm and hundreds. Raises :class:`NotFound` for a foreign unit.
    """
    if not u.actor.may_read_unit(unit_id):
        raise NotFound
    holders = _holders(u, unit_id, {key for _traits, keys in many for key in keys}, up_to)
    shared = [Counter(i for key in keys for i in holders.get(key, ())) for _traits, keys in many]
    candidates = [[i for i, _n in sorted(c.items(), key=_most_first)[: match_keys.MOST]] for c in shared]
    stored = match_keys.traits_of(u, {firm_id for some in candidates for firm_id in some})
    ready = {firm_id: prepared(traits) for firm_id, traits in stored.items()}
    found: list[list[Near]] = []
    for (traits, _keys), some in zip(many, candidates, strict=True):
        own = prepared(traits) if some else None
        hits = [Near(i, compare(own, ready[i])) for i in some if i in ready] if own else []
        fitting = [hit for hit in hits if hit.verdict.band != Band.DIFFERENT]
        found.append(sorted(fitting, key=lambda hit: (-hit.verdict.probability, hit.firm_id)))
    return found


def newest_firm(u: UnitOfWork) -> int:
    """Return the highest number of any firm, 0 where there is none. Numbers alone tell nothing of a firm."""
    return u.session.scalar(select(func.max(Firm.id))) or 0


def name_identity(search_key: str, town: str) -> tuple[str, str]:
    """Return the key of ``Identities.by_name`` for a name and a town."""
    return search_key, fold(town)


def _most_first(item: tuple[int, int]) -> tuple[int, int]:
    return -item[1], item[0]


def _holders(u: UnitOfWork, unit_id: int, keys: Collection[int], up_to: int | None) -> dict[int, list[int]]:
    """Return which firms hold each of these keys, without keys that too many share."""
    rows = select(FirmMatchKey.key, FirmMatchKey.firm_id).where(FirmMatchKey.unit_id == unit_id)
    if up_to is not None:
        rows = rows.where(FirmMatchKey.firm_id <= up_to)
    holders: dict[int, list[int]] = defaultdict(list)
    ordered = sorted(keys)
    for start in range(0, len(ordered), _AT_ONCE):
        chunk = ordered[start : start + _AT_ONCE]
        telling = select(FirmMatchKey.key).where(FirmMatchKey.unit_id == unit_id, FirmMatchKey.key.in_(chunk))
        if up_to is not None:
            telling = telling.where(FirmMatchKey.firm_id <= up_to)
        rare = telling.group_by(FirmMatchKey.key).having(func.count() <= match_keys.COMMON)
        for key, firm_id in u.session.execute(rows.where(FirmMatchKey.key.in_(rare))):
            holders[key].append(firm_id)
    return holders


def _chunks(values: Collection[Any]) -> Iterator[list[Any]]:
    ordered = sorted(value for value in values if value)
    for start in range(0, len(ordered), _AT_ONCE):
        yield ordered[start : start + _AT_ONCE]


def _with(u: UnitOfWork, unit_id: int, column: InstrumentedAttribute[Any], values: Collection[Any]) -> Iterator[Any]:
    for chunk in _chunks(values):
        in_unit: ColumnElement[bool] = Firm.unit_id == unit_id
        yield from u.session.execute(select(*_COLUMNS).where(column.in_(chunk), in_unit).order_by(_OWN_FIRST, Firm.id))


def _formerly(u: UnitOfWork, unit_id: int, keys: Collection[str]) -> Iterator[tuple[str, Any]]:
    for chunk in _chunks(keys):
        rows = select(FirmName.search_key.label("former"), *_COLUMNS).join(Firm, Firm.id == FirmName.firm_id)
        rows = rows.where(FirmName.search_key.in_(chunk), Firm.unit_id == unit_id).order_by(_OWN_FIRST, Firm.id)
        yield from ((row.former, row) for row in u.session.execute(rows))


def _register(row: Any) -> RegisterKey:
    return row.register_kind, row.register_number, row.register_suffix, row.register_court


def _known(row: Any) -> Known:
    """Return a firm; one that became part of another stands for that one, under what it was known by."""
    archived = row.archived_at is not None and row.merged_into_id is None
    return Known(row.merged_into_id or row.id, row.legal_form, _register(row), row.town, archived)


def _add(known: list[Known], row: Any) -> None:
    new = _known(row)
    if all(other.firm_id != new.firm_id for other in known):
        known.append(new)
