"""How a row of a file meets a stored firm: what may be replaced, former names that are added, the main site."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from wf40.base.history import record_changes
from wf40.base.uow import UnitOfWork
from wf40.core.firms.models import Firm, Site
from wf40.core.firms.queries import firm_subject, provenance_of
from wf40.core.firms.records import former_name, remember_origin
from wf40.core.firms.service import OWN_SOURCE
from wf40.matching.names import fold, tidy

if TYPE_CHECKING:
    from wf40.core.firms.intake import ImportedFacts

ADDRESS = ("street", "house_number", "postcode", "town")


@dataclass(slots=True)
class Stored:
    """A firm with everything that hangs on it."""

    row: Firm
    sites: list[Site]
    names: list[str]

    @property
    def main(self) -> Site | None:
        """The main site, if there is any."""
        return next((site for site in self.sites if site.main), None)


def replaceable(row: Firm, field: str, value: object, stand: date | None) -> bool:
    """Tell whether the file may replace a stored value."""
    if value in (None, ""):
        return True
    stored_source, stored_stand = provenance_of(row, field)
    if stored_source == OWN_SOURCE:
        # What an officer entered yields only to something newer.
        return stand is not None and stored_stand is not None and stand > stored_stand
    return stand is None or stored_stand is None or stand >= stored_stand


def add_names(u: UnitOfWork, stored: Stored, facts: "ImportedFacts", wanted: dict[str, Any], source: str) -> list[str]:
    """Add former names that are new; a name that the file replaces becomes one of them."""
    row, known = stored.row, {fold(name) for name in stored.names}
    present = wanted.get("name", row.name)
    candidates = [*facts.former_names, *([row.name] if "name" in wanted else [])]
    added = [n for n in dict.fromkeys(map(tidy, candidates)) if fold(n) not in known and fold(n) != fold(present)]
    if not added:
        return []
    u.session.add_all(former_name(row.id, name) for name in added)
    before = "; ".join(stored.names)
    stored.names.extend(added)
    return record_changes(
        u, firm_subject(row.id), {"former_names": before}, {"former_names": "; ".join(stored.names)}, source
    )


def _address(facts: "ImportedFacts") -> dict[str, str]:
    """Return the parts of the address that the row has; a street brings its house number, or that there is none."""
    if not (facts.street or facts.postcode):
        return {}
    found = {field: value for field in ADDRESS if (value := getattr(facts, field))}
    return {"house_number": "", **found} if facts.street else found


def update_site(
    u: UnitOfWork, stored: Stored, facts: "ImportedFacts", source: str, stand: date | None, kept: list[str]
) -> list[str]:
    row, site = stored.row, stored.main
    address = _address(facts)
    values: dict[str, Any] = {}
    if address and (site is None or any(getattr(site, f) != v for f, v in address.items())):
        if site is None or replaceable(row, "address", site.street or site.postcode or site.town, stand):
            values |= address
        else:
            kept.append("address")
    if site is not None and facts.employees is not None and site.employees != facts.employees:
        if replaceable(row, "employees", site.employees, stand):
            values |= {"employees": facts.employees, "employees_as_of": stand}
        else:
            kept.append("employees")
    if not values:
        return []
    if site is None:
        site = Site(
            firm_id=row.id,
            main=True,
            created_at=u.now,
            updated_at=u.now,
            version=0,
            label="",
            business_park="",
        )
        for field in ADDRESS:
            setattr(site, field, "")
        site.employees, site.employees_as_of = row.employees, None
        u.session.add(site)
        u.session.flush()
        stored.sites.append(site)
    before = {f"site:{site.id}:{f}": getattr(site, f) for f in values}
    record_changes(u, firm_subject(row.id), before, {f"site:{site.id}:{f}": v for f, v in values.items()}, source)
    for field, value in values.items():
        setattr(site, field, value)
    site.version += 1
    site.updated_at = u.now
    changed = (["address"] if values.keys() & set(ADDRESS) else []) + (["employees"] if "employees" in values else [])
    remember_origin(row, changed, source, stand)
    return changed
