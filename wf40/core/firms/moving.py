"""What belongs to a firm's own record moves when it is merged: sites, former names, subsidiaries, what it had taken in."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from wf40.base.history import plain
from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.firms.models import Firm, FirmName, Site
from wf40.matching.names import fold
from wf40.sdk import merging
from wf40.sdk.work import Moved, PutBack

SITES, NAMES, BELOW, TAKEN_IN = "sites", "former_names", "subsidiaries", "merged_before"
_SITES, _NAMES, _BELOW = _l("Betriebsstätten"), _l("Frühere Namen"), _l("Zugehörige Unternehmen")
_TAKEN_IN = _l("Früher zusammengeführte Unternehmen")
_FILLED = (
    "label", "street", "house_number", "postcode", "town", "ags", "business_park", "employees", "employees_as_of",
    "apprentices", "tenure", "lease_ends_on",
)  # fmt: skip


def move(u: UnitOfWork, keep: int, gone: int) -> Iterable[Moved]:
    known = {fold(name) for name in _names(u, keep).values()}
    doubles = [name_id for name_id, name in _names(u, gone).items() if fold(name) in known]
    names = merging.move_rows(u, FirmName.firm_id, keep, gone, but=doubles)
    below = merging.move_rows(u, Firm.parent_id, keep, gone, but=[keep])
    return [
        _move_sites(u, keep, gone),
        Moved(NAMES, _NAMES, len(names), {"ids": names}),
        Moved(BELOW, _BELOW, len(below), {"ids": below}),
        merging.move(u, Firm.merged_into_id, TAKEN_IN, _TAKEN_IN, keep, gone),
    ]


def put_back(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[PutBack]:
    return [
        _sites_back(u, keep, gone, moved),
        merging.put_back(u, FirmName.firm_id, NAMES, _NAMES, keep, gone, moved),
        merging.put_back(u, Firm.parent_id, BELOW, _BELOW, keep, gone, moved),
        merging.put_back(u, Firm.merged_into_id, TAKEN_IN, _TAKEN_IN, keep, gone, moved),
    ]


def _names(u: UnitOfWork, firm_id: int) -> dict[int, str]:
    rows = select(FirmName.id, FirmName.name).where(FirmName.firm_id == firm_id).order_by(FirmName.id)
    return {row.id: row.name for row in u.session.execute(rows)}


def _sites(u: UnitOfWork, firm_id: int) -> list[Site]:
    return list(u.session.scalars(select(Site).where(Site.firm_id == firm_id).order_by(Site.main.desc(), Site.id)))


def _move_sites(u: UnitOfWork, keep: int, gone: int) -> Moved:
    """Move the sites; one that the kept firm has already stays, and completes that one."""
    own, twins = _sites(u, keep), []
    filled: dict[str, dict[str, list[Any]]] = {}
    for site in _sites(u, gone):
        twin = next((other for other in own if _same_place(other, site)), None)
        if twin is not None:
            twins.append(site.id)
            filled[str(twin.id)] = {**filled.get(str(twin.id), {}), **_complete(twin, site)}
    u.session.flush()
    keys = merging.move_rows(u, Site.firm_id, keep, gone, but=twins)
    mains = [site.id for site in _sites(u, keep) if site.main and site.id in keys] if own else []
    _set_main(u, mains, main=False)
    note = _l("%(n)s stehen schon dort und werden ergänzt.", n=len(twins)) if twins else ""
    return Moved(SITES, _SITES, len(keys), {"ids": keys, "main": mains, "filled": filled}, note)


def _sites_back(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> PutBack:
    found = merging.put_back(u, Site.firm_id, SITES, _SITES, keep, gone, moved)
    data = moved.get(SITES, {})
    _set_main(u, data.get("main", []), main=True, firm_id=gone)
    for key, fields in data.get("filled", {}).items():
        site = u.session.get(Site, int(key))
        for name, (before, after) in fields.items():
            if site is not None and plain(getattr(site, name)) == after:
                setattr(site, name, before)
    u.session.flush()
    for firm_id in (keep, gone):
        rest = _sites(u, firm_id)
        if rest and not rest[0].main:
            rest[0].main = True
    u.session.flush()
    return found


def _set_main(u: UnitOfWork, ids: Iterable[int], *, main: bool, firm_id: int | None = None) -> None:
    for site_id in ids:
        site = u.session.get(Site, site_id)
        if site is not None and firm_id in (None, site.firm_id):
            site.main = main
    u.session.flush()


def _same_place(one: Site, other: Site) -> bool:
    """Whether two sites are in the same place as far as both say where they are."""
    if not one.town or fold(one.town) != fold(other.town):
        return False
    if one.postcode and other.postcode and one.postcode != other.postcode:
        return False
    streets = [fold(f"{site.street} {site.house_number}".strip()) for site in (one, other)]
    return streets[0] == streets[1] or "" in streets


def _complete(twin: Site, site: Site) -> dict[str, list[Any]]:
    """Fill what the kept site leaves open; the street brings its number, the figure its day. Returns before and after."""
    changed = {}
    for name in _FILLED:
        value, present = getattr(site, name), getattr(twin, name)
        if present in (None, "") and value not in (None, ""):
            setattr(twin, name, value)
            changed[name] = [present, plain(value)]
    return changed
