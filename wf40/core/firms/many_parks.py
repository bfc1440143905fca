"""Sets the business park of many firms' main sites, each with the same history as a single edit."""

from collections.abc import Collection, Mapping

from sqlalchemy import select

from wf40.base.access import requires
from wf40.base.errors import NotFound, Text
from wf40.base.history import record_changes
from wf40.base.i18n import _l
from wf40.base.portions import portions
from wf40.base.uow import UnitOfWork
from wf40.core.firms import derived, many, rules
from wf40.core.firms.models import Firm, Site
from wf40.core.firms.queries import firm_subject, former_names, readable
from wf40.core.firms.records import set_keys, touch
from wf40.core.firms.service import EDIT, OWN_SOURCE

NO_SITE = _l("hat noch keine Betriebsstätte")


@requires("firms.read")
def present(u: UnitOfWork, firm_ids: Collection[int]) -> dict[int, str]:
    """Return the business park of the main site of firms that may be read and have one."""
    found: dict[int, str] = {}
    for part in portions(sorted(firm_ids)):
        rows = select(Site.firm_id, Site.business_park).join(Firm, Firm.id == Site.firm_id)
        rows = rows.where(Site.firm_id.in_(part), Site.main, readable(u))
        found |= {row[0]: row[1] for row in u.session.execute(rows)}
    return found


@requires("firms.read")
def without_site(u: UnitOfWork, firm_ids: Collection[int]) -> dict[int, Text]:
    """Return a sentence for each firm that has no main site yet, so that it cannot get a business park."""
    there = present(u, firm_ids)
    return {firm_id: NO_SITE for firm_id in firm_ids if firm_id not in there}


@requires(EDIT)
def checked(_u: UnitOfWork, value: str) -> str:
    """Return a name in its stored form; raises :class:`InvalidInput`."""
    return str(rules.SITE_CHECKS["business_park"](value))


@requires(EDIT)
def put(u: UnitOfWork, values: Mapping[int, str]) -> dict[int, Text]:
    """Set the business park of the main sites of firms; returns a sentence for each firm that stays as it is.

    Raises :class:`NotFound` for a firm that may not be read, and :class:`InvalidInput` for a name that is too long.
    """
    refused: dict[int, Text] = {}
    for part in portions(sorted(values)):
        locked = select(Firm).where(Firm.id.in_(part), readable(u)).order_by(Firm.id).with_for_update()
        rows = {row.id: row for row in u.session.scalars(locked, execution_options={"populate_existing": True})}
        if len(rows) != len(part):
            raise NotFound
        sites: dict[int, list[Site]] = {firm_id: [] for firm_id in part}
        for site in u.session.scalars(select(Site).where(Site.firm_id.in_(part)).order_by(Site.id)):
            sites[site.firm_id].append(site)
        changed = []
        for row in rows.values():
            main = next((site for site in sites[row.id] if site.main), None)
            if sentence := many.reason(u, row):
                refused[row.id] = sentence
            elif main is None:
                refused[row.id] = NO_SITE
            elif _put(u, row, main, checked(u, values[row.id])):
                set_keys(row, former_names(u, row.id), sites[row.id])
                changed.append(row.id)
        if changed:
            derived.bring_up_to_date(u, changed)
    return refused


def _put(u: UnitOfWork, row: Firm, site: Site, value: str) -> bool:
    name = f"site:{site.id}:business_park"
    if not record_changes(u, firm_subject(row.id), {name: site.business_park}, {name: value}, OWN_SOURCE):
        return False
    site.business_park = value
    site.version += 1
    site.updated_at = u.now
    touch(u, row)
    u.audit("site_changed", firm_subject(row.id), {"site": site.id, "fields": ["business_park"]})
    return True
