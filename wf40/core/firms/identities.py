"""Recognises firms again, many at once: by register, by the key of their source, by tax numbers, by name and town.

Where nothing of that is equal, :func:`similar_firms` tells which ones are like them.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from wf40.base.access import requires
from wf40.base.bulk import look_up
from wf40.base.portions import portions
from wf40.base.uow import UnitOfWork
from wf40.core.firms import match_keys
from wf40.core.firms.match_keys import Near
from wf40.core.firms.models import Firm
from wf40.matching.names import fold
from wf40.matching.traits import FirmTraits, RegisterKey

_AT_ONCE = 500
_KNOWN = (
    "f.id, f.legal_form, f.register_kind, f.register_number, f.register_suffix, f.register_court, f.town, "
    "f.archived_at, f.merged_into_id"
)
"""What :func:`_known` takes. A row of more columns is one of these, then the others."""
_FIRMS = f"{_KNOWN} FROM firm AS f"


@dataclass(frozen=True, slots=True)
class Known:
    """A firm that fits, and what helps to decide between several or to refuse it.

    ``archived`` ones are not looked after any more, or lie in the bin. One that became part of another stands for that
    one, under what it was known by.
    """

    firm_id: int
    legal_form: str
    register: RegisterKey
    town: str
    archived: bool


@dataclass(frozen=True, slots=True)
class Identities:
    """Firms by what recognises them. Archived ones are among them, so that an import does not double them."""

    by_register: dict[RegisterKey, list[Known]] = field(default_factory=lambda: defaultdict(list))
    by_source_key: dict[str, list[tuple[str, Known]]] = field(default_factory=lambda: defaultdict(list))
    """By key: (source of the key, firm)."""
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
    source_keys: Collection[str] = (),
    vat_ids: Collection[str] = (),
    economic_ids: Collection[str] = (),
    names: Collection[tuple[str, str]] = (),
) -> Identities:
    """Look up firms of one unit by whatever is known of them, with one statement a kind for thousands of rows.

    ``names`` are as :func:`name_identity` gives them. Results carry only what was asked for; nothing is chosen between
    several hits.
    """
    found, look = Identities(), _Looking(u, unit_id)
    entries = [key for key in registers if key[1]]
    same = " AND ".join(f"f.register_{part} = given.{part}" for part in _REGISTER) + " AND f.register_number <> ''"
    for row in look(_REGISTER, entries, _FIRMS, same):
        _add(found.by_register[row[2:6]], _known(row))
    origin = f"{_KNOWN}, f.source_key, f.source, f.provenance FROM firm AS f"
    for row in look(("k",), _alone(source_keys), origin, _present("source_key")):
        key, source, own = row[-3:]
        held = found.by_source_key[key]
        if all(known.firm_id != (row[8] or row[0]) for _origin, known in held):
            held.append((_origin_of_key(source, own), _known(row)))
    for row in look(("k",), _alone(vat_ids), f"{_KNOWN}, f.vat_id FROM firm AS f", _present("vat_id")):
        _add(found.by_vat_id[row[-1]], _known(row))
    for row in look(("k",), _alone(economic_ids), f"{_KNOWN}, f.economic_id FROM firm AS f", _present("economic_id")):
        _add(found.by_economic_id[row[-1]], _known(row))
    wanted, town = [name for name in names if name[0]], "AND f.town_key = given.town"
    present = f"{_KNOWN}, f.search_key, f.town_key FROM firm AS f"
    for row in look(("name", "town"), wanted, present, f"f.search_key = given.name {town}"):
        _add(found.by_name[row[-2:]], _known(row))
    former = f"{_KNOWN}, n.search_key, f.town_key FROM firm_name AS n JOIN firm AS f ON f.id = n.firm_id"
    for row in look(("name", "town"), wanted, former, f"n.search_key = given.name {town}"):
        _add(found.by_name[row[-2:]], _known(row))
    return found


_REGISTER = ("kind", "number", "suffix", "court")


def _present(column: str) -> str:
    """Return the condition that a column is the given one. Its index holds only the firms where it is filled."""
    return f"f.{column} = given.k AND f.{column} <> ''"


@dataclass(frozen=True, slots=True)
class _Looking:
    """Looks up firms of a unit: those on their own first, then those that became part of another, each by number."""

    u: UnitOfWork
    unit_id: int

    def __call__(
        self, given: Sequence[str], rows: Sequence[Sequence[str]], wanted: str, where: str
    ) -> list[tuple[Any, ...]]:
        unit = {"unit": self.unit_id}
        rows = look_up(self.u.session, given, rows, wanted, f"{where} AND f.unit_id = :unit", unit)
        # A firm on its own tells more of itself than one that became part of it.
        return sorted(rows, key=lambda row: (row[8] is not None, row[0]))


def _alone(values: Collection[str]) -> list[tuple[str]]:
    return [(value,) for value in values if value]


def _origin_of_key(source: str, provenance: Any) -> str:
    """Return which source a firm's key comes from."""
    own = json.loads(provenance) if isinstance(provenance, str) else provenance
    return str(own["source_key"][0]) if own.get("source_key") else source


@requires("firms.read")
def known_firms(u: UnitOfWork, unit_id: int, ids: Collection[int]) -> dict[int, Known]:
    """Return firms of one unit by their ids, as far as they exist; for one that was merged the one that is left."""
    return {row.id: _known(tuple(row)) for row in _numbered(u, unit_id, ids)}


@requires("firms.read")
def similar_firms(
    u: UnitOfWork, unit_id: int, many: Sequence[tuple[FirmTraits, Collection[int]]], up_to: int | None = None
) -> list[list[Near]]:
    """Return the firms of a unit that are like each of ``many`` (traits and their digests), the likeliest first.

    Only those are named that are the same or must be asked about; archived ones are among them. ``up_to`` is the last
    firm that counts. The same few statements serve one firm and hundreds. Raises :class:`NotFound` for a foreign unit.
    """
    return match_keys.like(u, unit_id, many, up_to)


def newest_firm(u: UnitOfWork) -> int:
    """Return the highest number of any firm, 0 where there is none. Numbers alone tell nothing of a firm."""
    return u.session.scalar(select(func.max(Firm.id))) or 0


def name_identity(search_key: str, town: str) -> tuple[str, str]:
    """Return the key of ``Identities.by_name`` for a name and a town."""
    return search_key, fold(town)


_COLUMNS: tuple[Any, ...] = (
    Firm.id, Firm.legal_form, Firm.register_kind, Firm.register_number, Firm.register_suffix, Firm.register_court,
    Firm.town, Firm.archived_at, Firm.merged_into_id,
)  # fmt: skip


def _numbered(u: UnitOfWork, unit_id: int, ids: Collection[int]) -> Iterator[Any]:
    for part in portions(sorted(ids)):
        yield from u.session.execute(select(*_COLUMNS).where(Firm.id.in_(part), Firm.unit_id == unit_id))


def _known(row: tuple[Any, ...]) -> Known:
    firm_id, legal_form, kind, number, suffix, court, town, archived_at, merged_into, *_others = row
    archived = archived_at is not None and merged_into is None
    return Known(merged_into or firm_id, legal_form, (kind, number, suffix, court), town, archived)


def _add(known: list[Known], new: Known) -> None:
    if all(other.firm_id != new.firm_id for other in known):
        known.append(new)
