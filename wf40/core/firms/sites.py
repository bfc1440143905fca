"""Adds, changes and removes sites. The firm's sums, town and search words follow."""

from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import select

from wf40.base.access import requires
from wf40.base.errors import InvalidInput, NotFound, StaleVersion
from wf40.base.history import last_changed_by, record_changes
from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.firms import queries, rules
from wf40.core.firms.models import Firm, Site
from wf40.core.firms.queries import firm_subject
from wf40.core.firms.records import remember_origin
from wf40.core.firms.service import EDIT, OWN_SOURCE, refresh, today, writable


@dataclass(frozen=True, slots=True)
class SiteInput:
    """What a person enters about a site. The first site of a firm is its main one whatever ``main`` says."""

    label: str = ""
    street: str = ""
    house_number: str = ""
    postcode: str = ""
    town: str = ""
    ags: str = ""
    business_park: str = ""
    employees: int | None = None
    employees_as_of: date | None = None
    apprentices: int | None = None
    tenure: str = ""
    lease_ends_on: date | None = None
    main: bool = False


@requires(EDIT)
def add_site(u: UnitOfWork, firm_id: int, given: SiteInput, source: str = OWN_SOURCE) -> int:
    """Add a site and return its id; raises :class:`InvalidInput` with all faults at once."""
    row = writable(u, firm_id)
    values = _checked(given)
    others = queries.sites(u, firm_id)
    values["main"] = given.main or not others
    site = Site(firm_id=firm_id, created_at=u.now, updated_at=u.now, version=1, **values)
    u.session.add(site)
    u.session.flush()
    record_changes(u, firm_subject(firm_id), {}, {f"site:{site.id}": one_line(site)}, source)
    _settle(u, row, site, "", source)
    u.audit("site_added", firm_subject(firm_id), {"site": site.id})
    return site.id


@requires(EDIT)
def change_site(u: UnitOfWork, firm_id: int, site_id: int, version: int, given: SiteInput) -> list[str]:
    """Change a site and return the names of the changed fields; raises :class:`StaleVersion` like a firm."""
    row = writable(u, firm_id)
    site = queries.site(u, firm_id, site_id)
    if site.version != version:
        raise StaleVersion(site.version, last_changed_by(u, firm_subject(firm_id)))
    values = _checked(given)
    values["main"] = given.main or site.main
    town = site.town
    changed = _record(u, site, {name: getattr(site, name) for name in values}, values)
    for name in changed:
        setattr(site, name, values[name])
    if changed:
        site.version += 1
        site.updated_at = u.now
        _settle(u, row, site, town)
        u.audit("site_changed", firm_subject(firm_id), {"site": site_id, "fields": changed})
    return changed


@requires(EDIT)
def remove_site(u: UnitOfWork, firm_id: int, site_id: int, source: str = OWN_SOURCE) -> SiteInput:
    """Remove a site and return what it was, so that the removal can be undone with :func:`add_site`."""
    row = writable(u, firm_id)
    site = u.session.get(Site, site_id)
    if site is None or site.firm_id != firm_id:
        raise NotFound
    was = SiteInput(**{name: getattr(site, name) for name in asdict(SiteInput())})
    record_changes(u, firm_subject(firm_id), {f"site:{site_id}": one_line(site)}, {f"site:{site_id}": None}, source)
    u.session.delete(site)
    u.session.flush()
    rest = queries.sites(u, firm_id)
    if rest and not any(other.main for other in rest):
        rest[0].main = True
    for field in ("employees", "apprentices"):
        if getattr(was, field) is not None and all(getattr(other, field) is None for other in rest):
            setattr(row, field, None)
    refresh(u, row)
    u.audit("site_removed", firm_subject(firm_id), {"site": site_id})
    return was


def one_line(site: Site | SiteInput) -> str:
    """Return the address of a site in one line, its label where it has no address."""
    street = f"{site.street} {site.house_number}".strip()
    place = f"{site.postcode} {site.town}".strip()
    return ", ".join(part for part in (street, place) if part) or site.label


def _checked(given: SiteInput) -> dict[str, Any]:
    findings = rules.Findings()
    values = asdict(given)
    for name, check in rules.SITE_CHECKS.items():
        values[name] = findings.check(name, partial(check, values[name]))
    findings.close()
    if not (values["street"] or values["town"] or values["label"]):
        sentence = _l("Geben Sie mindestens den Ort, die Straße oder eine Bezeichnung ein.")
        raise InvalidInput(sentence, {"town": sentence})
    return values


def _record(u: UnitOfWork, site: Site, before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Write the history of a site beside that of its firm."""
    prefix = f"site:{site.id}:"
    named = {f"{prefix}{name}": value for name, value in after.items()}
    changed = record_changes(
        u, firm_subject(site.firm_id), {f"{prefix}{n}": v for n, v in before.items()}, named, OWN_SOURCE
    )
    return [name.removeprefix(prefix) for name in changed]


def _settle(u: UnitOfWork, row: Firm, site: Site, town_before: str, source: str = OWN_SOURCE) -> None:
    """After a change: one main site, and the firm's town follows it unless it was said to be elsewhere."""
    by_hand = ["employees"] if site.employees is not None else []
    if site.main:
        by_hand.append("address")
        for other in u.session.scalars(select(Site).where(Site.firm_id == row.id, Site.id != site.id, Site.main)):
            other.main = False
        if site.town and row.town in ("", town_before):
            row.town = site.town
    remember_origin(row, by_hand, source, today(u))
    refresh(u, row)
