"""Makes one firm out of two and two out of one again: the fields of the records. What hangs on them moves by hooks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from wf40.base.access import requires
from wf40.base.errors import InvalidInput, NotFound
from wf40.base.history import plain, record_changes
from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.firms import derived, parents, queries, rules
from wf40.core.firms.models import Firm, FirmName
from wf40.core.firms.queries import firm_subject, provenance_of
from wf40.core.firms.records import apply_values, former_name, set_keys, set_sums, touch
from wf40.core.firms.service import EDIT, OWN_SOURCE, check_version, today, writable
from wf40.matching.names import fold
from wf40.sdk.events import FirmEvidenceChanged

KEEP, GONE, BOTH = "keep", "gone", "both"
GROUPS: dict[str, tuple[str, ...]] = {
    "name": ("name",),
    "trade_name": ("trade_name",),
    "kind": ("kind",),
    "legal_form": ("legal_form",),
    "register_number": ("register_kind", "register_number", "register_suffix", "register_court"),
    "vat_id": ("vat_id",),
    "economic_id": ("economic_id",),
    "wz_code": ("wz_edition", "wz_code"),
    "parent_id": ("parent_id",),
    "branch_of": ("branch_of",),
    "founded_year": ("founded_year",),
    "town": ("town",),
    "phone": ("phone",),
    "email": ("email",),
    "website": ("website",),
    "officer_id": ("officer_id",),
    "abc": ("abc",),
    "care_interval_days": ("care_interval_days",),
    "employees": ("employees",),
    "apprentices": ("apprentices",),
    "status": ("status",),
    "note": ("note",),
    "source_key": ("source_key",),
}
"""What is chosen together, by the field that its source and date are stored under."""
_COLUMNS = tuple(column for columns in GROUPS.values() for column in columns)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two firms that are to become one. ``summed`` are the fields that follow from the sites, so nobody chooses them."""

    keep: Firm
    gone: Firm
    summed: frozenset[str] = frozenset()


@dataclass(slots=True)
class Separated:
    """What taking back a merge did to the record of the kept firm: fields that returned and fields that stay."""

    back: list[str] = field(default_factory=list)
    stays: list[str] = field(default_factory=list)


@requires(EDIT)
def pair(u: UnitOfWork, keep_id: int, gone_id: int) -> Pair:
    """Lock both firms, always in one order; raises :class:`InvalidInput` for what cannot be merged."""
    if keep_id == gone_id:
        raise InvalidInput(_l("Ein Unternehmen kann nicht mit sich selbst zusammengeführt werden."))
    rows = {firm_id: writable(u, firm_id) for firm_id in sorted((keep_id, gone_id))}
    keep, gone = rows[keep_id], rows[gone_id]
    if keep.unit_id != gone.unit_id:
        raise InvalidInput(_l("Beide Unternehmen müssen zur selben Stelle gehören."))
    if (binned := next((row for row in (keep, gone) if row.deleted_at is not None), None)) is not None:
        raise InvalidInput(_l("„%(name)s“ liegt im Papierkorb. Holen Sie es zuerst zurück.", name=binned.name))
    if keep.archived_at is not None:
        raise InvalidInput(
            _l("„%(name)s“ ist im Archiv. Holen Sie es zurück, oder behalten Sie das andere Unternehmen.", name=keep.name)
        )  # fmt: skip
    return Pair(keep, gone, summed(u, keep_id, gone_id))


@requires("firms.read")
def summed(u: UnitOfWork, *firm_ids: int) -> frozenset[str]:
    """Return the figures that any site of the firms has: the firm's own are their sums."""
    places = [place for firm_id in firm_ids for place in queries.sites(u, firm_id)]
    return frozenset(f for f in ("employees", "apprentices") if any(getattr(p, f) is not None for p in places))


def held(row: Firm, group: str) -> tuple[Any, ...]:
    """Return the values of a group of fields."""
    return tuple(getattr(row, column) for column in GROUPS[group])


def options(two: Pair, group: str) -> tuple[str, ...]:
    """Return what may be chosen for a group; nothing where both say the same."""
    if group in two.summed or held(two.keep, group) == held(two.gone, group) or (group == "parent_id" and _tied(two)):
        return ()
    both = (BOTH,) if group == "note" and two.keep.note and two.gone.note else ()
    return (KEEP, GONE, *both)


def usual(two: Pair, group: str) -> str:
    """Return what is chosen unless somebody says otherwise.

    What is there beats what is missing, a name with a legal form beats one without, the office's own entry beats one
    from a file unless that is newer, and of two of a kind the one with the later date.
    """
    if not options(two, group):
        return KEEP
    if _empty(two.gone, group) or _empty(two.keep, group):
        return KEEP if _empty(two.gone, group) else GONE
    if group == "note":
        return BOTH
    if group == "name" and bool(two.keep.legal_form) != bool(two.gone.legal_form):
        return KEEP if two.keep.legal_form else GONE
    (source, stand), (other_source, other_stand) = (provenance_of(row, group) for row in (two.keep, two.gone))
    ranks = [
        ((day or date.min), origin == OWN_SOURCE) for origin, day in ((source, stand), (other_source, other_stand))
    ]
    if (source == OWN_SOURCE) != (other_source == OWN_SOURCE) and None in (stand, other_stand):
        return KEEP if source == OWN_SOURCE else GONE
    return GONE if ranks[1] > ranks[0] else KEEP


@requires(EDIT)
def fuse(u: UnitOfWork, two: Pair, choices: Mapping[str, str], versions: tuple[int, int]) -> dict[str, Any]:
    """Write the chosen values into the kept firm, archive the other, and return what :func:`separate` needs, as JSON.

    Raises :class:`StaleVersion` for a firm that was saved since it was looked at.
    """
    keep, gone = two.keep, two.gone
    for row, version in ((keep, versions[0]), (gone, versions[1])):
        check_version(u, row, version)
    before, origins, old_name = _picture(keep), dict(keep.provenance), keep.name
    for group in GROUPS:
        _take(u, two, group, choices.get(group, usual(two, group)))
    keep.parent_id = parents.after_merge(u, keep, gone)
    u.session.flush()
    added = _keep_names(u, keep, [old_name, gone.name])
    archived = plain(gone.archived_at)
    _settle(u, keep)
    touch(u, keep)
    touch(u, gone)
    gone.merged_into_id, gone.archived_at = keep.id, gone.archived_at or u.now
    record_changes(u, firm_subject(keep.id), {}, {"merged_with": gone.name})
    record_changes(u, firm_subject(gone.id), {}, {"merged_into": keep.name})
    _tell(u, keep, gone, "merged")
    after = _picture(keep)
    fields = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
    return {"fields": fields, "origins": [origins, dict(keep.provenance)], "names": added, "archived_at": archived}


@requires(EDIT)
def loosen(u: UnitOfWork, keep_id: int, gone_id: int, archived_at: str | None) -> Pair:
    """Let the firm that is gone stand on its own again; raises :class:`InvalidInput` where that cannot be."""
    rows = {firm_id: _locked(u, firm_id) for firm_id in sorted((keep_id, gone_id))}
    keep, gone = rows[keep_id], rows[gone_id]
    if gone.merged_into_id != keep.id:
        raise InvalidInput(_l("Diese Unternehmen sind nicht mehr zusammengeführt. Bitte laden Sie die Seite neu."))
    gone.merged_into_id = None
    if archived_at is None:
        gone.archived_at = None
    u.session.flush()
    return Pair(keep, gone)


@requires(EDIT)
def separate(u: UnitOfWork, two: Pair, stored: Mapping[str, Any]) -> Separated:
    """Put back what :func:`fuse` changed in the kept firm and nobody changed since."""
    keep, gone, done = two.keep, two.gone, Separated()
    for name_id in stored["names"]:
        row = u.session.get(FirmName, name_id)
        if row is not None and row.firm_id == keep.id:
            u.session.delete(row)
    now, back = _picture(keep), {}
    for name, (before, after) in stored["fields"].items():
        if now[name] == after:
            back[name] = before
        else:
            done.stays.append(name)
    done.back = record_changes(u, firm_subject(keep.id), now, back)
    for name, value in back.items():
        setattr(keep, name, value)
    keep.provenance = _origins_back(keep.provenance, *stored["origins"], kept=done.stays)
    u.session.flush()
    _settle(u, keep)
    touch(u, keep)
    touch(u, gone)
    record_changes(u, firm_subject(keep.id), {}, {"separated_from": gone.name})
    record_changes(u, firm_subject(gone.id), {}, {"separated_from": keep.name})
    _tell(u, keep, gone, "separated")
    return done


@requires("firms.read")
def kept_fields(u: UnitOfWork, keep_id: int, stored: Mapping[str, Any]) -> Separated:
    """Tell which fields :func:`separate` would put back and which were changed since."""
    now, told = _picture(queries.firm(u, keep_id)), Separated()
    for name, (_before, after) in stored["fields"].items():
        (told.back if now[name] == after else told.stays).append(name)
    return told


def _take(u: UnitOfWork, two: Pair, group: str, choice: str) -> None:
    offered = options(two, group)
    if not offered or choice == KEEP:
        return
    if choice not in offered:
        raise InvalidInput(_l("Bitte wählen Sie für jede Angabe, welche bleibt."))
    if choice == BOTH:
        note = f"{two.keep.note}\n\n{two.gone.note}"
        apply_values(u, two.keep, {"note": rules.note(note)}, OWN_SOURCE, today(u))
        return
    values = dict(zip(GROUPS[group], held(two.gone, group), strict=True))
    apply_values(u, two.keep, values, *provenance_of(two.gone, group))


def _tied(two: Pair) -> bool:
    """Whether one belongs to the other: then there is nothing to choose."""
    return two.keep.parent_id == two.gone.id or two.gone.parent_id == two.keep.id


def _empty(row: Firm, group: str) -> bool:
    return all(value in (None, "") for value in held(row, group))


def _picture(row: Firm) -> dict[str, Any]:
    return {column: plain(getattr(row, column)) for column in _COLUMNS}


def _keep_names(u: UnitOfWork, keep: Firm, names: list[str]) -> list[int]:
    """Let the names that were not chosen be former ones; returns the new rows."""
    known = {fold(name) for name in (keep.name, *queries.former_names(u, keep.id))}
    rows = []
    for name in names:
        if fold(name) not in known:
            known.add(fold(name))
            rows.append(former_name(keep.id, name))
    u.session.add_all(rows)
    u.session.flush()
    return [row.id for row in rows]


def _settle(u: UnitOfWork, row: Firm) -> None:
    """Sums follow the sites, keys follow names and sites."""
    sites = queries.sites(u, row.id)
    set_sums(row, sites)
    set_keys(row, queries.former_names(u, row.id), sites)


def _locked(u: UnitOfWork, firm_id: int) -> Firm:
    row = u.session.get(Firm, firm_id, with_for_update=True, populate_existing=True)
    if row is None or not u.actor.may_write_unit(row.unit_id):
        raise NotFound
    return row


def _origins_back(
    now: Mapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any], *, kept: list[str]
) -> dict[str, Any]:
    """Return where values come from as it was before, except for what was changed since."""
    found = dict(now)
    for name in {*before, *after} - set(kept):
        if now.get(name) == after.get(name):
            found.pop(name, None)
            if name in before:
                found[name] = before[name]
    return found


def _tell(u: UnitOfWork, keep: Firm, gone: Firm, why: str) -> None:
    derived.bring_up_to_date(u, [keep.id, gone.id])
    u.emit(FirmEvidenceChanged([keep.id, gone.id], why))
