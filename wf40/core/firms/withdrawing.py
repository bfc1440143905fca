"""Takes back what a file brought: firms that it made disappear, values return, and what was changed since stays.

What was changed is told by the history, not by versions: a change that was itself taken back is none.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import delete, select

from wf40.base.access import requires
from wf40.base.bulk import update_rows
from wf40.base.history import plain
from wf40.base.portions import portions
from wf40.base.uow import UnitOfWork
from wf40.core.firms import derived
from wf40.core.firms.models import Firm, FirmName, Site
from wf40.core.firms.queries import firm_subject
from wf40.core.firms.records import EVIDENCE, set_keys, set_sums
from wf40.core.firms.removing import standing_firms
from wf40.core.firms.service import EDIT
from wf40.core.firms.sites import one_line
from wf40.core.firms.storing import stored_firms, write_firm_values, write_history
from wf40.core.firms.updating import ADDRESS, Change, Stored
from wf40.sdk.events import FirmEvidenceChanged

WITHDRAWN = "Import zurückgenommen"
"""The source of values that returned."""
_SITE: Any = Site.__table__
_PAIRS = {"wz_code": "wz_edition", "wz_edition": "wz_code"}


@dataclass(frozen=True, slots=True)
class Brought:
    """What one row of a file did to a firm."""

    row_no: int
    firm_id: int | None
    created: bool
    changes: tuple[Change, ...] = ()
    before: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Withdrawal:
    """What can be taken back of one row. ``result`` is removed, returned, partly, kept, or nothing.

    ``reason`` says why something stays: edited, used (``where`` names the tables), merged (where ``fields`` are named,
    what they tell of was), gone, refused (it could not be stored). ``fields`` stay.
    """

    brought: Brought
    result: str
    reason: str = ""
    fields: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    stored: Stored | None = None
    original: dict[str, Any] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    names: list[int] = field(default_factory=list)
    sites: dict[int, dict[str, Any]] = field(default_factory=dict)
    site_gone: int | None = None


@requires(EDIT)
def plan_withdrawals(u: UnitOfWork, many: Sequence[Brought]) -> list[Withdrawal]:
    """Decide what returns of changes in firms that stood there before. Nothing is written."""
    if not many:
        return []
    standing = standing_firms(u, sorted({b.firm_id for b in many if b.firm_id is not None}))
    stored = stored_firms(u, {i for i, into in standing.items() if into is None})
    sites, names = _named(u, many)
    found = []
    for b in many:
        if b.firm_id is None or b.firm_id not in standing:
            found.append(Withdrawal(b, "kept", "gone"))
        elif standing[b.firm_id] is not None:
            found.append(Withdrawal(b, "kept", "merged"))
        else:
            found.append(_return(b, stored[b.firm_id], sites, names))
    return found


def _named(u: UnitOfWork, many: Sequence[Brought]) -> tuple[set[int], set[int]]:
    """Return which of the sites and former names that a file made still stand as it made them."""
    wanted_sites = [b.before["site"] for b in many if "site" in b.before]
    wanted_names = [i for b in many for i in b.before.get("names", ())]
    sites, names = set[int](), set[int]()
    for part in portions(wanted_sites):
        sites |= set(u.session.scalars(select(Site.id).where(Site.id.in_(part), Site.version == 1)))
    for part in portions(wanted_names):
        names |= set(u.session.scalars(select(FirmName.id).where(FirmName.id.in_(part))))
    return sites, names


def _return(b: Brought, stored: Stored, sites: set[int], names: set[int]) -> Withdrawal:
    row = stored.row
    plan = Withdrawal(b, "returned", stored=stored, original=dict(vars(row)))
    stays = _changed_since(b, stored)
    new_site = b.before.get("site")
    whole = new_site in sites and not any(name.startswith(f"site:{new_site}:") for name in stays)
    for name, old, new in b.changes:
        if name == "former_names":
            plan.names = [i for i in b.before.get("names", ()) if i in names]
        elif name.startswith("site:"):
            _return_site(plan, name, old, new, stays, new_site if whole else None)
        elif name not in stays and name != "as_of":
            setattr(row, name, _typed(Firm, name, old))
            plan.changes.append((name, new, old))
    if whole:
        _remove_site(plan, stored, new_site)
    _return_origin(plan, b, stays)
    returned = bool(plan.changes or plan.names or plan.sites or plan.site_gone)
    if stays:
        plan.fields, plan.reason = tuple(stays), "edited"
        plan.result = "partly" if returned else "kept"
    elif not returned and vars(row) == plan.original:
        plan.result = "nothing"
    return plan


def _changed_since(b: Brought, stored: Stored) -> list[str]:
    """Return the fields whose present value is not the one of the file."""
    by_id = {site.id: site for site in stored.sites}
    stays = []
    for name, _old, new in b.changes:
        if name in {"former_names", "as_of"}:
            continue
        holder, column = stored.row, name
        if name.startswith("site:"):
            _site, number, column = name.split(":")
            holder = by_id.get(int(number))
        if holder is None or plain(getattr(holder, column)) != new:
            stays.append(name)
    return list(dict.fromkeys([*stays, *(_PAIRS[n] for n in stays if n in _PAIRS and _brought(b, _PAIRS[n]))]))


def _brought(b: Brought, name: str) -> bool:
    return any(change[0] == name for change in b.changes)


def _return_site(plan: Withdrawal, name: str, old: Any, new: Any, stays: Sequence[str], removed: int | None) -> None:
    _site, number, column = name.split(":")
    if name in stays or int(number) == removed or plan.stored is None:
        return
    value = _typed(Site, column, old)
    plan.sites.setdefault(int(number), {})[column] = value
    plan.changes.append((name, new, old))
    for site in plan.stored.sites:
        if site.id == int(number):
            setattr(site, column, value)


def _remove_site(plan: Withdrawal, stored: Stored, site_id: Any) -> None:
    site = next((site for site in stored.sites if site.id == site_id), None)
    if site is not None:
        stored.sites.remove(site)
        plan.site_gone = site.id
        plan.changes.append((f"site:{site.id}", one_line(site), None))


def _return_origin(plan: Withdrawal, b: Brought, stays: Sequence[str]) -> None:
    """Put back where the values come from, as of when, and sums that followed a site."""
    row: Any = plan.stored.row if plan.stored else None
    stand = b.before.get("as_of")
    if stand and plain(row.as_of) == stand[1]:
        row.as_of = _typed(Firm, "as_of", stand[0])
        if _brought(b, "as_of"):
            plan.changes.append(("as_of", stand[1], stand[0]))
    staying = {_origin(name) for name in stays}
    own = dict(row.provenance)
    for name, was in (b.before.get("provenance") or {}).items():
        if name in staying or name == "former_names":
            continue
        own.pop(name, None)
        if was is not None:
            own[name] = was
    row.provenance = own
    for name, was in (b.before.get("sums") or {}).items():
        if plan.stored and not any(getattr(site, name) is not None for site in plan.stored.sites) and name not in stays:
            setattr(row, name, was)


def _origin(name: str) -> str:
    column = name.rpartition(":")[2]
    if not name.startswith("site:"):
        return name
    return "address" if column in ADDRESS else "employees"


def _typed(model: Any, name: str, value: Any) -> Any:
    """Return a value of the history as its column holds it."""
    if value is not None and model.__table__.c[name].type.python_type is date:
        return date.fromisoformat(value)
    return value


@requires(EDIT)
def withdraw(u: UnitOfWork, plans: Sequence[Withdrawal]) -> None:
    """Do what was planned."""
    changed = [p for p in plans if p.stored is not None and p.result != "nothing"]
    _write_parts(u, changed)
    values: dict[int, dict[str, Any]] = {}
    history, touched = [], []
    for plan in changed:
        stored = plan.stored
        if stored is None or not (plan.changes or plan.names or vars(stored.row) != plan.original):
            continue
        row = stored.row
        if plan.changes or plan.names:
            set_sums(row, stored.sites)
            set_keys(row, _names_left(plan), stored.sites)
            row.version += 1
            row.updated_at = u.now
            touched.append(row.id)
        values[row.id] = {name: v for name, v in vars(row).items() if plan.original[name] != v}
        history += [(firm_subject(row.id), *change) for change in plan.changes]
    write_firm_values(u, values)
    write_history(u, history, WITHDRAWN)
    derived.bring_up_to_date(u, touched)
    evidence = [i for i in touched if EVIDENCE.intersection(values.get(i, ()))]
    for part in portions(evidence):
        u.emit(FirmEvidenceChanged(list(part), "import"))


def _write_parts(u: UnitOfWork, plans: Sequence[Withdrawal]) -> None:
    """Remove names and sites that came with the file, and put sites back; note what is left of the names."""
    gone = {i for plan in plans for i in plan.names}
    for part in portions(sorted(gone)):
        u.session.execute(delete(FirmName).where(FirmName.id.in_(part)))
    left: dict[int, list[str]] = defaultdict(list)
    ids = sorted({p.stored.row.id for p in plans if p.stored and p.names})
    for part in portions(ids):
        rows = select(FirmName.firm_id, FirmName.name).where(FirmName.firm_id.in_(part)).order_by(FirmName.id)
        for firm_id, name in u.session.execute(rows):
            left[firm_id].append(name)
    for plan in plans:
        if plan.stored and plan.names:
            before = "; ".join(plan.stored.names)
            plan.stored.names = left[plan.stored.row.id]
            plan.changes.append(("former_names", before, "; ".join(plan.stored.names)))
    sites = sorted(plan.site_gone for plan in plans if plan.site_gone is not None)
    for part in portions(sites):
        u.session.execute(delete(Site).where(Site.id.in_(part)))
    _put_sites_back(u, plans)


def _put_sites_back(u: UnitOfWork, plans: Sequence[Withdrawal]) -> None:
    groups: dict[tuple[str, ...], list[tuple[Any, ...]]] = defaultdict(list)
    for plan in plans:
        for site in plan.stored.sites if plan.stored else ():
            if values := plan.sites.get(site.id):
                names = tuple(sorted(values))
                groups[names].append((site.id, *(values[name] for name in names), site.version + 1, u.now))
    for names, rows in groups.items():
        update_rows(u.session, _SITE, ("id",), (*names, "version", "updated_at"), rows)


def _names_left(plan: Withdrawal) -> list[str]:
    return plan.stored.names if plan.stored else []
