"""Loads and writes firms many at once, without objects: what a file brings goes in with one statement a table."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from sqlalchemy import select

from wf40.base.access import requires
from wf40.base.bulk import insert_rows, next_ids, update_rows
from wf40.base.errors import Forbidden, NotFound
from wf40.base.history import FieldChange
from wf40.base.portions import portions
from wf40.base.uow import UnitOfWork
from wf40.core.firms import derived, match_rules
from wf40.core.firms.drafts import (
    FIRM_ALIKE,
    FIRM_COLUMNS,
    NAME_COLUMNS,
    SITE_ALIKE,
    SITE_COLUMNS,
    Draft,
    name_row,
)
from wf40.core.firms.late_keys import late_keys
from wf40.core.firms.models import Firm, FirmMatchKey, FirmName, FirmToMatch, Site
from wf40.core.firms.queries import firm_subject
from wf40.core.firms.service import EDIT
from wf40.core.firms.updating import ADDRESS, NEW_SITE, Stored, Update
from wf40.sdk.services import Search

_FIRM: Any = Firm.__table__
_SITE: Any = Site.__table__
_NAME: Any = FirmName.__table__
_KEY: Any = FirmMatchKey.__table__
_TO_MATCH: Any = FirmToMatch.__table__
_CHANGE: Any = FieldChange.__table__
HISTORY = ("subject", "field", "old", "new")
HistoryRow = tuple[str, str, Any, Any]


@requires("firms.read")
def stored_firms(u: UnitOfWork, ids: Collection[int]) -> dict[int, Stored]:
    """Return firms with sites and former names as plain values; locked where the unit of work writes.

    Raises :class:`NotFound` or :class:`Forbidden` for a firm that the actor may not read or change.
    """
    found: dict[int, Stored] = {}
    for part in portions(sorted(ids)):
        rows = select(*_FIRM.columns).where(_FIRM.c.id.in_(part)).order_by(_FIRM.c.id)
        for row in u.session.execute(rows.with_for_update() if u.writes else rows).mappings():
            found[row["id"]] = Stored(SimpleNamespace(**row), [], [])
        sites = select(*_SITE.columns).where(_SITE.c.firm_id.in_(part)).order_by(_SITE.c.id)
        for site in u.session.execute(sites).mappings():
            found[site["firm_id"]].sites.append(SimpleNamespace(**site))
        names = select(_NAME.c.firm_id, _NAME.c.name).where(_NAME.c.firm_id.in_(part)).order_by(_NAME.c.id)
        for firm_id, name in u.session.execute(names):
            found[firm_id].names.append(name)
    if any(i not in found or not u.actor.may_read_unit(found[i].row.unit_id) for i in ids):
        raise NotFound
    if not all(u.actor.may_write_unit(stored.row.unit_id) for stored in found.values()):
        raise Forbidden(EDIT)
    return found


def create_firms(u: UnitOfWork, unit_id: int, drafts: Sequence[Draft], source: str) -> list[int]:
    """Write new firms with all that belongs to them and return their ids, in order."""
    session, now = u.session, u.now
    match_rules.begin(u)
    ids = next_ids(session, _FIRM, len(drafts))
    made = list(zip(ids, drafts, strict=True))
    moments = {"created_at": now, "updated_at": now, "version": 1}
    same = {**FIRM_ALIKE, "unit_id": unit_id, "source": source, **moments}
    insert_rows(session, _FIRM, ("id", *FIRM_COLUMNS), [(i, *draft.firm) for i, draft in made], same)
    sites = [(i, *draft.site) for i, draft in made if draft.site is not None]
    insert_rows(session, _SITE, ("firm_id", *SITE_COLUMNS), sites, {**SITE_ALIKE, **moments})
    insert_rows(session, _NAME, ("firm_id", *NAME_COLUMNS), [(i, *name) for i, draft in made for name in draft.names])
    if late := late_keys(u):
        late.propose(unit_id, [(i, draft.digests) for i, draft in made], now)
    else:
        keys = sorted([(key, i) for i, draft in made for key in draft.digests])
        insert_rows(session, _KEY, ("key", "firm_id"), keys, {"unit_id": unit_id})
    created = [(firm_subject(i), draft.name) for i, draft in made]
    insert_rows(session, _CHANGE, ("subject", "new"), created, {"field": "created", "old": None, **_author(u, source)})
    insert_rows(session, _TO_MATCH, ("firm_id",), [(i,) for i in ids], {"changed_at": now})
    u.service(Search).add(u, "firm", unit_id, [(i, draft.words) for i, draft in made])
    return ids


def write_history(u: UnitOfWork, rows: Sequence[HistoryRow], source: str) -> None:
    """Write changes of fields as :func:`wf40.base.history.record_changes` does."""
    insert_rows(u.session, _CHANGE, HISTORY, rows, _author(u, source))


def _author(u: UnitOfWork, source: str) -> dict[str, Any]:
    return {"at": u.now, "actor_id": u.actor.user_id, "actor_name": u.actor.name, "source": source}


def write_updates(u: UnitOfWork, plans: Sequence[Update], source: str) -> None:
    """Write what rows change in stored firms: values, former names, main sites, history, and what follows from them."""
    plans = [plan for plan in plans if plan.changed or plan.before]
    changed = [plan for plan in plans if plan.changed]
    _write_sites(u, [plan for plan in changed if plan.site is not None])
    _write_names(u, [plan for plan in changed if plan.names])
    for plan in changed:
        plan.stored.row.version += 1
        plan.stored.row.updated_at = u.now
    write_firm_values(u, {plan.stored.row.id: plan.firm_values() for plan in plans})
    history = [(firm_subject(plan.stored.row.id), *change) for plan in changed for change in plan.changes]
    write_history(u, history, source)
    for plan in changed:
        plan.before["version"] = plan.stored.row.version
    derived.bring_up_to_date(u, [plan.stored.row.id for plan in changed])


def write_firm_values(u: UnitOfWork, values: Mapping[int, Mapping[str, Any]]) -> None:
    """Write some columns of many firms: one statement for each set of columns."""
    groups: dict[tuple[str, ...], list[tuple[Any, ...]]] = defaultdict(list)
    for firm_id, some in sorted(values.items()):
        if some:
            columns = tuple(sorted(some))
            groups[columns].append((firm_id, *(some[name] for name in columns)))
    for columns, rows in groups.items():
        update_rows(u.session, _FIRM, ("id",), columns, rows)


def _write_sites(u: UnitOfWork, plans: Sequence[Update]) -> None:
    new = [plan for plan in plans if plan.site is not None and plan.site.id is None]
    ids = next_ids(u.session, _SITE, len(new))
    columns = (*ADDRESS, "ags", "employees", "employees_as_of")
    rows = []
    for plan, site_id in zip(new, ids, strict=True):
        site: Any = plan.site
        site.id = site_id
        rows.append((site_id, plan.stored.row.id, *(getattr(site, name) for name in columns)))
        plan.changes = [(name.replace(NEW_SITE, f"site:{site_id}:"), old, value) for name, old, value in plan.changes]
        plan.before["site"] = site_id
    fixed = {
        "label": "", "business_park": "", "tenure": "", "main": True, "version": 1, "created_at": u.now,
        "updated_at": u.now,
    }  # fmt: skip
    insert_rows(u.session, _SITE, ("id", "firm_id", *columns), rows, fixed)
    groups: dict[tuple[str, ...], list[tuple[Any, ...]]] = defaultdict(list)
    fresh = set(ids)
    for plan in plans:
        if plan.site is not None and plan.site.id not in fresh:
            names = tuple(sorted(plan.site_values))
            values = (plan.site_values[name] for name in names)
            groups[names].append((plan.site.id, *values, plan.site.version, u.now))
    for names, changed in groups.items():
        update_rows(u.session, _SITE, ("id",), (*names, "version", "updated_at"), changed)


def _write_names(u: UnitOfWork, plans: Sequence[Update]) -> None:
    rows = [(plan, name) for plan in plans for name in plan.names]
    ids = next_ids(u.session, _NAME, len(rows))
    stored = [(i, plan.stored.row.id, *name_row(name)) for i, (plan, name) in zip(ids, rows, strict=True)]
    insert_rows(u.session, _NAME, ("id", "firm_id", *NAME_COLUMNS), stored)
    for name_id, (plan, _name) in zip(ids, rows, strict=True):
        plan.before.setdefault("names", []).append(name_id)
