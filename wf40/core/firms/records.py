"""Keeps a firm's row whole: keys follow names, sums follow sites, each changed value remembers where it comes from."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from wf40.base.history import record_changes
from wf40.base.uow import UnitOfWork
from wf40.core.firms.models import Firm, FirmName, Site
from wf40.core.firms.queries import firm_subject
from wf40.matching.names import fold, loose, search_key, sort_key, tidy

EVIDENCE = frozenset({"wz_code", "wz_edition", "employees", "apprentices", "care_interval_days"})
"""Fields that the score and the order of the work list rest on."""
_ORIGIN = frozenset({"source", "as_of"})


def apply_values(u: UnitOfWork, row: Firm, values: Mapping[str, Any], source: str, as_of: date | None) -> list[str]:
    """Set the values that differ, write their history and provenance, and return the names of those fields."""
    before = {field: getattr(row, field) for field in values}
    changed = record_changes(u, firm_subject(row.id), before, values, source)
    for field in changed:
        setattr(row, field, values[field])
    remember_origin(row, changed, source, as_of)
    return changed


def remember_origin(row: Firm, fields: Iterable[str], source: str, as_of: date | None) -> None:
    """Store where the values of some fields come from, where that is not where the record comes from."""
    own = dict(row.provenance)
    for field in set(fields) - _ORIGIN:
        own.pop(field, None)
        if (source, as_of) != (row.source, row.as_of):
            own[field] = [source, as_of.isoformat() if as_of else None]
    if own != row.provenance:
        row.provenance = own


def touch(u: UnitOfWork, row: Firm) -> None:
    """Count the version up."""
    row.version += 1
    row.updated_at = u.now


def set_keys(row: Firm, names: Iterable[str], sites: Iterable[Site]) -> None:
    """Compute what the list orders and searches by from name, former names and sites."""
    row.sort_key, row.search_key, row.town_key = (
        sort_key(row.name)[:600],
        search_key(row.name)[:600],
        fold(row.town),
    )
    parts = [
        row.name,
        row.trade_name,
        *names,
        row.register_kind,
        row.register_number,
        row.town,
        row.branch_of,
    ]
    parts += [row.vat_id, row.economic_id.replace("-", ""), row.source_key]
    for site in sites:
        parts += [site.postcode, site.town, site.street, site.house_number, site.business_park, site.label]
    # In the order of their first appearance, each word once: a blank before each lets a search ask for beginnings.
    row.search_text = "".join(
        f" {word}" for word in dict.fromkeys(loose(" ".join(part for part in parts if part)).split())
    )


def set_sums(row: Firm, sites: Iterable[Site]) -> None:
    """Sum up people over the sites; without a figure at any site the firm's own figure stays."""
    sites = list(sites)
    for field in ("employees", "apprentices"):
        known = [n for n in (getattr(site, field) for site in sites) if n is not None]
        if known:
            setattr(row, field, sum(known))


def former_name(firm_id: int, name: str) -> FirmName:
    """Return a row for a name that a firm had before."""
    name = tidy(name)[:500]
    return FirmName(firm_id=firm_id, name=name, sort_key=sort_key(name)[:600], search_key=search_key(name)[:600])
