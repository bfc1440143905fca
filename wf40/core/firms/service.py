"""Creates, changes, archives and restores firms, and says who looks after them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import select

from wf40.base.access import requires
from wf40.base.clock import local_date
from wf40.base.errors import Forbidden, InvalidInput, NotFound, StaleVersion, Text
from wf40.base.history import last_changed_by, record_changes
from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.firms import derived, queries, rules
from wf40.core.firms.models import Firm, FirmName, Site
from wf40.core.firms.queries import firm_subject
from wf40.core.firms.records import EVIDENCE, apply_values, former_name, set_keys, set_sums, touch
from wf40.matching.names import fold, split_name, tidy
from wf40.sdk.events import FirmEvidenceChanged
from wf40.sdk.services import Office, Officers

OWN_SOURCE = "Eigene Erfassung"
EDIT = "firms.edit"


@dataclass(frozen=True, slots=True)
class FirmInput:
    """What a person enters about a firm. ``wz`` is a code, with edition or without ("2025:28.41", "28.41").

    ``source`` and ``as_of`` say where the entered values come from; empty means the office's own record of today.
    ``employees`` and ``apprentices`` count only while no site has a figure. ``former_names`` of ``None`` leaves them.
    """

    name: str
    kind: str = "company"
    trade_name: str = ""
    former_names: tuple[str, ...] | None = None
    parent_id: int | None = None
    branch_of: str = ""
    legal_form: str = ""
    register_kind: str = ""
    register_number: str = ""
    register_suffix: str = ""
    register_court: str = ""
    vat_id: str = ""
    economic_id: str = ""
    wz: str = ""
    founded_year: int | None = None
    website: str = ""
    email: str = ""
    phone: str = ""
    town: str = ""
    officer_id: int | None = None
    abc: str = ""
    care_interval_days: int | None = None
    employees: int | None = None
    apprentices: int | None = None
    status: str = "active"
    note: str = ""
    source: str = ""
    as_of: date | None = None


@requires(EDIT)
def create_firm(u: UnitOfWork, given: FirmInput) -> int:
    """Create a firm in the actor's unit and return its id; raises :class:`InvalidInput` with all faults at once.

    A legal form that is not given is read from the name.
    """
    unit_id = u.actor.unit_id
    if unit_id is None:
        raise Forbidden(EDIT)
    values = _checked(u, given, None)
    form = split_name(values["name"]).legal_form
    values["legal_form"] = values["legal_form"] or (form.code if form else "")
    source, as_of = _origin(u, given)
    row = Firm(
        unit_id=unit_id, created_at=u.now, updated_at=u.now, source=source, as_of=as_of, sort_key="", search_key="",
        search_text="", source_key="", provenance={}, version=1, **values,
    )  # fmt: skip
    set_keys(row, given.former_names or (), ())
    u.session.add(row)
    u.session.flush()
    u.session.add_all(former_name(row.id, name) for name in _tidied(given.former_names or ()))
    record_changes(u, firm_subject(row.id), {}, {"created": row.name}, source)
    u.audit("firm_created", firm_subject(row.id))
    derived.bring_up_to_date(u, [row.id])
    u.emit(FirmEvidenceChanged([row.id], "created"))
    return row.id


@requires(EDIT)
def change_firm(u: UnitOfWork, firm_id: int, version: int, given: FirmInput) -> list[str]:
    """Change a firm and return the names of the fields that changed.

    Raises :class:`NotFound`, :class:`Forbidden`, :class:`InvalidInput`, and :class:`StaleVersion` when somebody saved
    since ``version`` was read.
    """
    row = writable(u, firm_id)
    check_version(u, row, version)
    values = _checked(u, given, row)
    sites = _sites(u, firm_id)
    for field in ("employees", "apprentices"):
        if any(getattr(site, field) is not None for site in sites):
            values.pop(field)
    source, as_of = _origin(u, given)
    changed = apply_values(u, row, values, source, as_of)
    changed += _set_former_names(u, row, given.former_names, source)
    if changed:
        _finish(u, row, sites, changed)
        u.audit("firm_changed", firm_subject(firm_id), {"fields": changed})
    return changed


@requires(EDIT)
def assign_officer(u: UnitOfWork, firm_id: int, officer_id: int | None) -> None:
    """Say who looks after a firm, ``None`` for nobody."""
    row = writable(u, firm_id)
    _officer(u, officer_id)
    if apply_values(u, row, {"officer_id": officer_id}, OWN_SOURCE, today(u)):
        touch(u, row)
        u.audit("firm_changed", firm_subject(firm_id), {"fields": ["officer_id"]})
        derived.bring_up_to_date(u, [firm_id])


@requires(EDIT)
def archive_firm(u: UnitOfWork, firm_id: int) -> None:
    """Take a firm out of lists; nothing is lost. Archiving twice changes nothing."""
    _set_archived(u, firm_id, archived=True)


@requires(EDIT)
def restore_firm(u: UnitOfWork, firm_id: int) -> None:
    """Put a firm back into lists."""
    _set_archived(u, firm_id, archived=False)


def _set_archived(u: UnitOfWork, firm_id: int, *, archived: bool) -> None:
    row = writable(u, firm_id)
    if (row.archived_at is not None) == archived:
        return
    after = u.now if archived else None
    record_changes(u, firm_subject(firm_id), {"archived_at": row.archived_at}, {"archived_at": after})
    row.archived_at = after
    touch(u, row)
    u.audit("firm_archived" if archived else "firm_restored", firm_subject(firm_id))
    derived.bring_up_to_date(u, [firm_id])
    u.emit(FirmEvidenceChanged([firm_id], "archived" if archived else "restored"))


def writable(u: UnitOfWork, firm_id: int) -> Firm:
    """Return a firm locked for a change; raises :class:`InvalidInput` for one in the bin, and what :func:`held` does."""
    row = held(u, firm_id)
    if row.deleted_at is not None:
        raise InvalidInput(_l("Dieses Unternehmen liegt im Papierkorb. Holen Sie es zuerst zurück."))
    return row


_MERGED = _l("Dieses Unternehmen wurde mit einem anderen zusammengeführt. Bitte bearbeiten Sie jenes.")


def held(u: UnitOfWork, firm_id: int, merged: Text = _MERGED) -> Firm:
    """Return a firm locked for a change; raises :class:`NotFound`, or :class:`Forbidden` where it may only be read.

    For one that became part of another it raises :class:`InvalidInput` with the sentence ``merged``.
    """
    row = u.session.get(Firm, firm_id, with_for_update=True, populate_existing=True)
    if row is None or not u.actor.may_read_unit(row.unit_id):
        raise NotFound
    if not u.actor.may_write_unit(row.unit_id):
        raise Forbidden(EDIT)
    if row.merged_into_id is not None:
        raise InvalidInput(merged)
    return row


def check_version(u: UnitOfWork, row: Firm, version: int) -> None:
    """Refuse when the firm was saved since ``version``."""
    if row.version != version:
        raise StaleVersion(row.version, last_changed_by(u, firm_subject(row.id)))


def refresh(u: UnitOfWork, row: Firm) -> None:
    """Compute keys and sums of a firm anew after its sites changed, and tell the score."""
    u.session.flush()
    before = {"employees": row.employees, "apprentices": row.apprentices}
    sites = _sites(u, row.id)
    set_sums(row, sites)
    record_changes(u, firm_subject(row.id), before, {field: getattr(row, field) for field in before})
    set_keys(row, queries.former_names(u, row.id), sites)
    row.updated_at = u.now
    derived.bring_up_to_date(u, [row.id])
    u.emit(FirmEvidenceChanged([row.id], "sites"))


def _finish(u: UnitOfWork, row: Firm, sites: list[Site], changed: Sequence[str]) -> None:
    u.session.flush()
    set_keys(row, queries.former_names(u, row.id), sites)
    touch(u, row)
    derived.bring_up_to_date(u, [row.id])
    if EVIDENCE.intersection(changed):
        u.emit(FirmEvidenceChanged([row.id], ", ".join(sorted(EVIDENCE.intersection(changed)))))


def _sites(u: UnitOfWork, firm_id: int) -> list[Site]:
    return list(u.session.scalars(select(Site).where(Site.firm_id == firm_id).order_by(Site.id)))


def _checked(u: UnitOfWork, given: FirmInput, row: Firm | None) -> dict[str, Any]:
    """Return the columns and their new values; raises :class:`InvalidInput` that names every faulty field."""
    findings = rules.Findings()
    values: dict[str, Any] = {}
    for field, check in rules.FIRM_CHECKS.items():
        values[field] = findings.check(field, partial(check, getattr(given, field)))
    values["officer_id"] = findings.check("officer_id", lambda: _officer(u, given.officer_id))
    values["parent_id"] = findings.check("parent_id", lambda: _parent(u, given.parent_id, row))
    findings.close()
    del values["source"]
    sector = values.pop("wz")
    values["wz_edition"], values["wz_code"] = (sector.edition, sector.code) if sector else ("", "")
    return values


def _officer(u: UnitOfWork, officer_id: int | None) -> int | None:
    if officer_id is not None and u.service(Officers).get(u, officer_id) is None:
        raise InvalidInput(_l("Diese Person gibt es nicht. Bitte wählen Sie jemanden aus der Liste."))
    return officer_id


def _parent(u: UnitOfWork, parent_id: int | None, row: Firm | None) -> int | None:
    above = parent_id
    for _step in range(50):
        if above is None:
            return parent_id
        found = u.session.get(Firm, above)
        if found is None or not u.actor.may_read_unit(found.unit_id):
            raise InvalidInput(_l("Dieses Unternehmen gibt es nicht. Bitte wählen Sie eines aus der Liste."))
        if row is not None and found.id == row.id:
            break
        above = found.parent_id
    raise InvalidInput(_l("Ein Unternehmen kann nicht zu sich selbst oder zu einer eigenen Tochter gehören."))


def _tidied(names: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(name for name in map(tidy, names) if name))


def _set_former_names(u: UnitOfWork, row: Firm, names: Sequence[str] | None, source: str) -> list[str]:
    if names is None:
        return []
    present = list(u.session.scalars(select(FirmName).where(FirmName.firm_id == row.id).order_by(FirmName.id)))
    wanted = _tidied(names)
    if {fold(n.name) for n in present} == {fold(n) for n in wanted}:
        return []
    for old in present:
        u.session.delete(old)
    u.session.add_all(former_name(row.id, name) for name in wanted)
    before = {"former_names": "; ".join(n.name for n in present)}
    return record_changes(u, firm_subject(row.id), before, {"former_names": "; ".join(wanted)}, source)


def today(u: UnitOfWork) -> date:
    """Return the calendar day at the office's place."""
    return local_date(u.now, u.service(Office).timezone)


def _origin(u: UnitOfWork, given: FirmInput) -> tuple[str, date]:
    return tidy(given.source) or OWN_SOURCE, given.as_of or today(u)
