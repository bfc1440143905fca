"""Takes over firms from files and registers, many at once and with few statements.

A value of the file replaces a stored one unless the stored one is newer or was entered by hand and the file does not
say that it is newer. Values that the file does not have stay. Nothing is ever emptied. A newer day in the row itself
changes the firm's Stand; one given for the whole file confirms what is stored without counting as a change.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Literal

from sqlalchemy import select

from wf40.base.access import requires
from wf40.base.errors import Forbidden, NotFound
from wf40.base.history import record_changes
from wf40.base.uow import UnitOfWork
from wf40.core.firms.derived import bring_up_to_date
from wf40.core.firms.merging import ADDRESS, Stored, add_names, replaceable, update_site
from wf40.core.firms.models import Firm, FirmName, Site
from wf40.core.firms.queries import firm_subject
from wf40.core.firms.records import (
    EVIDENCE,
    apply_values,
    former_name,
    set_keys,
    set_sums,
    touch,
)
from wf40.core.firms.service import EDIT
from wf40.sdk.events import FirmEvidenceChanged

_DIRECT = (
    "name", "legal_form", "kind", "register_kind", "register_number", "register_suffix", "register_court", "source_key",
    "status", "phone", "email", "website", "vat_id", "economic_id", "founded_year", "trade_name",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ImportedFacts:
    """What one row tells of a firm, already checked and in stored form; ``None`` (or no names) is "not in the row".

    ``seat`` is where the firm is registered, ``town`` belongs to street and postcode. ``as_of`` is the row's own date.
    """

    name: str
    legal_form: str | None = None
    kind: str | None = None
    register_kind: str | None = None
    register_number: str | None = None
    register_suffix: str | None = None
    register_court: str | None = None
    source_key: str | None = None
    status: str | None = None
    former_names: tuple[str, ...] = ()
    seat: str | None = None
    street: str | None = None
    house_number: str | None = None
    postcode: str | None = None
    town: str | None = None
    phone: str | None = None
    email: str | None = None
    website: str | None = None
    vat_id: str | None = None
    economic_id: str | None = None
    wz_edition: str | None = None
    wz_code: str | None = None
    employees: int | None = None
    founded_year: int | None = None
    trade_name: str | None = None
    note: str | None = None
    as_of: date | None = None

    @classmethod
    def of(cls, parsed: object) -> "ImportedFacts":
        """Take the facts over from any object with attributes of these names."""
        return cls(**{field.name: getattr(parsed, field.name) for field in fields(cls) if hasattr(parsed, field.name)})


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What became of one row. ``kept`` names fields in which the file differs, but the stored value is the newer one."""

    result: Literal["created", "updated", "unchanged"]
    firm_id: int
    changed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


@requires(EDIT)
def apply_imports(
    u: UnitOfWork, items: Sequence[tuple[int | None, ImportedFacts]], source: str, as_of: date | None = None
) -> list[ImportOutcome]:
    """Create (no id) or update firms of the actor's unit; returns the outcomes in the order of the items.

    Raises :class:`NotFound` or :class:`Forbidden` for a firm that the actor may not read or change. Meant to be called
    with some hundred rows a time, each call in a unit of work of its own.
    """
    stored = _load(u, {firm_id for firm_id, _facts in items if firm_id is not None})
    created = _create(u, [facts for firm_id, facts in items if firm_id is None], source, as_of)
    fresh = iter(created)
    outcomes = [
        ImportOutcome("created", next(fresh)) if firm_id is None else _update(u, stored[firm_id], facts, source, as_of)
        for firm_id, facts in items
    ]
    bring_up_to_date(u, [o.firm_id for o in outcomes if o.result != "unchanged"])
    touched = [o.firm_id for o in outcomes if o.result == "created" or EVIDENCE.intersection(o.changed)]
    if touched:
        u.emit(FirmEvidenceChanged(list(dict.fromkeys(touched)), "import"))
    counts = {name: sum(o.result == name for o in outcomes) for name in ("created", "updated", "unchanged")}
    u.audit("firms_imported", "", {"source": source, **counts})
    return outcomes


def _load(u: UnitOfWork, ids: Collection[int]) -> dict[int, Stored]:
    if not ids:
        return {}
    rows = {
        r.id: r for r in u.session.scalars(select(Firm).where(Firm.id.in_(ids)).order_by(Firm.id).with_for_update())
    }
    if any(firm_id not in rows or not u.actor.may_read_unit(rows[firm_id].unit_id) for firm_id in ids):
        raise NotFound
    if not all(u.actor.may_write_unit(row.unit_id) for row in rows.values()):
        raise Forbidden(EDIT)
    sites, names = defaultdict(list), defaultdict(list)
    for site in u.session.scalars(select(Site).where(Site.firm_id.in_(ids)).order_by(Site.id)):
        sites[site.firm_id].append(site)
    for name in u.session.scalars(select(FirmName).where(FirmName.firm_id.in_(ids)).order_by(FirmName.id)):
        names[name.firm_id].append(name.name)
    return {firm_id: Stored(row, sites[firm_id], names[firm_id]) for firm_id, row in rows.items()}


def _create(u: UnitOfWork, many: Sequence[ImportedFacts], source: str, as_of: date | None) -> list[int]:
    unit_id = u.actor.unit_id
    if unit_id is None and many:
        raise Forbidden(EDIT)
    made = [(facts, _new(u, facts, unit_id or 0, source, as_of)) for facts in many]
    u.session.add_all(row for _facts, (row, _site) in made)
    u.session.flush()
    for facts, (row, site) in made:
        if site is not None:
            site.firm_id = row.id
            u.session.add(site)
        u.session.add_all(former_name(row.id, name) for name in facts.former_names)
        record_changes(u, firm_subject(row.id), {}, {"created": row.name}, source)
    return [row.id for _facts, (row, _site) in made]


def _new(
    u: UnitOfWork, facts: ImportedFacts, unit_id: int, source: str, as_of: date | None
) -> tuple[Firm, Site | None]:
    row = Firm(
        unit_id=unit_id, created_at=u.now, updated_at=u.now, source=source, as_of=facts.as_of or as_of, provenance={},
        version=1, kind="company", status="active", trade_name="", branch_of="", register_kind="", register_number="",
        vat_id="", economic_id="", source_key="", town="", note=facts.note or "", employees=facts.employees,
    )  # fmt: skip
    for field, value in _values(facts).items():
        setattr(row, field, value)
    site = None
    if facts.street or facts.postcode:
        site = Site(main=True, created_at=u.now, updated_at=u.now, version=1, label="", business_park="")
        for field in ADDRESS:
            setattr(site, field, getattr(facts, field) or "")
        site.employees, site.employees_as_of = (
            facts.employees,
            row.as_of if facts.employees is not None else None,
        )
    set_keys(row, facts.former_names, [site] if site else [])
    return row, site


def _values(facts: ImportedFacts) -> dict[str, Any]:
    """Return the columns of the firm itself that the row fills."""
    values = {field: getattr(facts, field) for field in _DIRECT if getattr(facts, field) not in (None, "")}
    town = facts.seat or facts.town
    if town:
        values["town"] = town
    if facts.wz_code and facts.wz_edition:
        values["wz_edition"], values["wz_code"] = facts.wz_edition, facts.wz_code
    return values


def _update(u: UnitOfWork, stored: Stored, facts: ImportedFacts, source: str, as_of: date | None) -> ImportOutcome:
    row, stand = stored.row, facts.as_of or as_of
    wanted = {f: v for f, v in _values(facts).items() if getattr(row, f) != v}
    if facts.note and not row.note:
        wanted["note"] = facts.note
    if facts.employees is not None and not stored.sites and row.employees != facts.employees:
        wanted["employees"] = facts.employees
    kept = [f for f in wanted if not replaceable(row, f, getattr(row, f), stand)]
    wanted = {f: v for f, v in wanted.items() if f not in kept}
    changed = add_names(u, stored, facts, wanted, source)
    changed += apply_values(u, row, wanted, source, stand)
    changed += update_site(u, stored, facts, source, stand, kept)
    if source == row.source and stand and (row.as_of is None or stand > row.as_of):
        if facts.as_of:
            changed += record_changes(u, firm_subject(row.id), {"as_of": row.as_of}, {"as_of": stand}, source)
        row.as_of = stand
    if not changed:
        return ImportOutcome("unchanged", row.id, kept=tuple(kept))
    set_sums(row, stored.sites)
    set_keys(row, stored.names, stored.sites)
    touch(u, row)
    return ImportOutcome("updated", row.id, tuple(changed), tuple(kept))
