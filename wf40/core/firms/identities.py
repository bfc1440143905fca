"""Recognises firms again, many at once: by register, by the key of their source, by tax numbers, by name and town."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute

from wf40.base.access import requires
from wf40.base.uow import UnitOfWork
from wf40.core.firms.models import Firm, FirmName
from wf40.core.firms.queries import provenance_of
from wf40.matching.names import fold
from wf40.matching.traits import RegisterKey

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Known:
    """A firm that fits, and what helps to decide between several or to refuse it."""

    firm_id: int
    legal_form: str
    register: RegisterKey
    town: str
    archived: bool


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
        found.by_register[_register(row)].append(_known(row))
    for row in _with(u, unit_id, Firm.source_key, {key for _source, key in source_keys}):
        found.by_source_key[(provenance_of(row, "source_key")[0], row.source_key)].append(_known(row))
    for row in _with(u, unit_id, Firm.vat_id, set(vat_ids)):
        found.by_vat_id[row.vat_id].append(_known(row))
    for row in _with(u, unit_id, Firm.economic_id, set(economic_ids)):
        found.by_economic_id[row.economic_id].append(_known(row))
    wanted = {key for key, _town in names}
    for row in _with(u, unit_id, Firm.search_key, wanted):
        found.by_name[(row.search_key, row.town_key)].append(_known(row))
    for key, row in _formerly(u, unit_id, wanted):
        known = found.by_name[(key, row.town_key)]
        if _known(row) not in known:
            known.append(_known(row))
    return found


def name_identity(search_key: str, town: str) -> tuple[str, str]:
    """Return the key of ``Identities.by_name`` for a name and a town."""
    return search_key, fold(town)


def _chunks(values: Collection[str]) -> Iterator[list[str]]:
    ordered = sorted(value for value in values if value)
    for start in range(0, len(ordered), _AT_ONCE):
        yield ordered[start : start + _AT_ONCE]


def _with(u: UnitOfWork, unit_id: int, column: InstrumentedAttribute[str], values: Collection[str]) -> Iterator[Firm]:
    for chunk in _chunks(values):
        in_unit: ColumnElement[bool] = Firm.unit_id == unit_id
        yield from u.session.scalars(select(Firm).where(column.in_(chunk), in_unit).order_by(Firm.id))


def _formerly(u: UnitOfWork, unit_id: int, keys: Collection[str]) -> Iterator[tuple[str, Firm]]:
    for chunk in _chunks(keys):
        rows = select(FirmName.search_key, Firm).join(Firm, Firm.id == FirmName.firm_id)
        rows = rows.where(FirmName.search_key.in_(chunk), Firm.unit_id == unit_id).order_by(Firm.id)
        yield from ((key, row) for key, row in u.session.execute(rows))


def _register(row: Firm) -> RegisterKey:
    return row.register_kind, row.register_number, row.register_suffix, row.register_court


def _known(row: Firm) -> Known:
    return Known(row.id, row.legal_form, _register(row), row.town, row.archived_at is not None)
