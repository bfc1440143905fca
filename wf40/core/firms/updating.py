"""How a row of a file meets a stored firm: what may be replaced, former names that are added, the main site.

Everything here decides on plain values and writes nothing: a check shows what an import would do by the same functions.
"""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from wf40.base.history import plain
from wf40.core.firms.queries import provenance_of
from wf40.core.firms.records import remember_origin, set_keys, set_sums
from wf40.core.firms.service import OWN_SOURCE
from wf40.matching.names import fold, search_key, tidy

if TYPE_CHECKING:
    from wf40.core.firms.intake import ImportedFacts

ADDRESS = ("street", "house_number", "postcode", "town")
NEWER, FILL, OVERWRITE = "newer", "fill", "overwrite"
NEW_SITE = "site:new:"
"""How the history names the fields of a site that has no id yet."""
Policies = Mapping[str, str]
Change = tuple[str, Any, Any]


@dataclass(slots=True)
class Stored:
    """A firm with everything that hangs on it, as plain values that may be changed."""

    row: Any
    sites: list[Any]
    names: list[str]

    @property
    def main(self) -> Any | None:
        """The main site, if there is any."""
        return next((site for site in self.sites if site.main), None)


@dataclass(slots=True)
class Update:
    """What one row of a file does to a stored firm. ``before`` is what undoing needs beside ``changes``."""

    stored: Stored
    original: dict[str, Any]
    changed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    site: Any | None = None
    site_values: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)

    def firm_values(self) -> dict[str, Any]:
        """Return the columns of the firm that differ from what is stored."""
        return {name: value for name, value in vars(self.stored.row).items() if self.original[name] != value}


def allowed(row: Any, name: str, value: object, stand: date | None, policies: Policies) -> bool:
    """Tell whether the file may replace a stored value."""
    if value in (None, ""):
        return True
    policy = policies.get(_POLICY_OF.get(name, name), NEWER)
    if policy != NEWER:
        return policy == OVERWRITE
    stored_source, stored_stand = provenance_of(row, name)
    if stored_source == OWN_SOURCE:
        # What an officer entered yields only to something newer.
        return stand is not None and stored_stand is not None and stand > stored_stand
    return stand is None or stored_stand is None or stand >= stored_stand


_POLICY_OF = {"wz_edition": "wz_code", "employees_as_of": "employees"}


def plan_update(
    stored: Stored,
    facts: "ImportedFacts",
    values: Mapping[str, Any],
    source: str,
    as_of: date | None,
    policies: Policies,
) -> Update:
    """Decide what a row changes in a firm. ``values`` are the columns of the firm itself that the row fills."""
    row, stand = stored.row, facts.as_of or as_of
    plan = Update(stored, copy(vars(row)))
    wanted = {f: v for f, v in values.items() if getattr(row, f) != v}
    if policies.get("name") != OVERWRITE and _lacks_form(row, facts):
        wanted.pop("name", None)
    if facts.note and row.note != facts.note and (not row.note or policies.get("note") == OVERWRITE):
        wanted["note"] = facts.note
    if facts.employees is not None and not stored.sites and row.employees != facts.employees:
        wanted["employees"] = facts.employees
    refused = [f for f in wanted if not allowed(row, f, getattr(row, f), stand, policies)]
    plan.kept += [f for f in refused if policies.get(_POLICY_OF.get(f, f)) != FILL]
    wanted = {f: v for f, v in wanted.items() if f not in refused}
    _add_names(plan, facts, wanted)
    _apply_values(plan, wanted, source, stand)
    _update_site(plan, facts, source, stand, policies)
    _move_stand(plan, facts, source, stand)
    if plan.changed:
        set_sums(row, stored.sites)
        set_keys(row, [*stored.names], stored.sites)
    _note_before(plan)
    return plan


def _lacks_form(row: Any, facts: "ImportedFacts") -> bool:
    """Tell whether the file only leaves out the legal form that the stored name has: that is nothing new."""
    return bool(row.legal_form) and not facts.legal_form and search_key(facts.name)[:600] == row.search_key


def _apply_values(plan: Update, wanted: Mapping[str, Any], source: str, stand: date | None) -> None:
    row = plan.stored.row
    fields = [f for f, v in wanted.items() if plain(getattr(row, f)) != plain(v)]
    for name in fields:
        plan.changes.append((name, plain(getattr(row, name)), plain(wanted[name])))
        setattr(row, name, wanted[name])
    plan.changed += fields
    remember_origin(row, fields, source, stand)


def _add_names(plan: Update, facts: "ImportedFacts", wanted: Mapping[str, Any]) -> None:
    """Add former names that are new; a name that the file replaces becomes one of them."""
    stored, row = plan.stored, plan.stored.row
    known = {fold(name) for name in stored.names}
    present = wanted.get("name", row.name)
    candidates = [*facts.former_names, *([row.name] if "name" in wanted else [])]
    added = [n for n in dict.fromkeys(map(tidy, candidates)) if fold(n) not in known and fold(n) != fold(present)]
    if not added:
        return
    before = "; ".join(stored.names)
    stored.names.extend(added)
    plan.names = added
    plan.changes.append(("former_names", before, "; ".join(stored.names)))
    plan.changed.append("former_names")


def _address(facts: "ImportedFacts") -> dict[str, str]:
    """Return the parts of the address that the row has; a street brings its house number, or that there is none."""
    if not (facts.street or facts.postcode):
        return {}
    found = {name: value for name in ADDRESS if (value := getattr(facts, name))}
    return {"house_number": "", **found} if facts.street else found


def _update_site(plan: Update, facts: "ImportedFacts", source: str, stand: date | None, policies: Policies) -> None:
    row, site = plan.stored.row, plan.stored.main
    values = _site_values(plan, facts, stand, policies)
    if not values:
        return
    if site is None:
        site = SimpleNamespace(
            id=None, main=True, version=0, label="", business_park="", employees=row.employees, employees_as_of=None,
            apprentices=None, ags="", **dict.fromkeys(ADDRESS, ""),
        )  # fmt: skip
        plan.stored.sites.append(site)
    prefix = f"site:{site.id}:" if site.id is not None else NEW_SITE
    for name, value in values.items():
        old = getattr(site, name)
        if plain(old) != plain(value):
            plan.changes.append((prefix + name, plain(old), plain(value)))
        setattr(site, name, value)
    site.version += 1
    plan.site, plan.site_values = site, values
    changed = (["address"] if values.keys() & set(ADDRESS) else []) + (["employees"] if "employees" in values else [])
    remember_origin(row, changed, source, stand)
    plan.changed += changed or list(values)


def _site_values(plan: Update, facts: "ImportedFacts", stand: date | None, policies: Policies) -> dict[str, Any]:
    """Return what the row writes into the main site."""
    row, site = plan.stored.row, plan.stored.main
    address, values = _address(facts), dict[str, Any]()
    if address and (site is None or any(getattr(site, f) != v for f, v in address.items())):
        present = site and (site.street or site.postcode or site.town)
        rule = next((policies[f] for f in ("address", "street", "postcode") if f in policies), NEWER)
        if allowed(row, "address", present, stand, {"address": rule}):
            values |= address | _moved_ags(site, address, facts)
        elif rule != FILL:
            plan.kept.append("address")
    if site is not None and not site.ags and facts.ags and facts.postcode == site.postcode and "ags" not in values:
        values["ags"] = facts.ags
    if site is not None and facts.employees is not None and site.employees != facts.employees:
        if allowed(row, "employees", site.employees, stand, policies):
            values |= {"employees": facts.employees, "employees_as_of": stand}
        elif policies.get("employees") != FILL:
            plan.kept.append("employees")
    return values


def _moved_ags(site: Any | None, address: Mapping[str, str], facts: "ImportedFacts") -> dict[str, str]:
    """Return the key of the municipality that belongs to another address, none where it is not known."""
    present, town = (site.ags, site.town) if site else ("", "")
    ags = facts.ags or ("" if fold(address.get("town", town)) != fold(town) else present)
    return {"ags": ags} if ags != present else {}


def _move_stand(plan: Update, facts: "ImportedFacts", source: str, stand: date | None) -> None:
    """A newer day in the row itself changes the Stand; one given for the whole file confirms what is stored."""
    row = plan.stored.row
    if source != row.source or not stand or (row.as_of is not None and stand <= row.as_of):
        return
    if facts.as_of:
        plan.changes.append(("as_of", plain(row.as_of), plain(stand)))
        plan.changed.append("as_of")
    row.as_of = stand


def _note_before(plan: Update) -> None:
    """Keep what the history does not: origins, the silent Stand, and sums that followed a site."""
    now, was = vars(plan.stored.row), plan.original
    if now["as_of"] != was["as_of"]:
        plan.before["as_of"] = [plain(was["as_of"]), plain(now["as_of"])]
    if not plan.changed:
        return
    origins = {name: was["provenance"].get(name) for name in plan.changed if name != "as_of"}
    plan.before["provenance"] = origins
    sums = {name: was[name] for name in ("employees", "apprentices") if now[name] != was[name]}
    if sums:
        plan.before["sums"] = sums
