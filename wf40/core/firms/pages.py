"""What the pages of firms show, gathered from queries and hooks and put into words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import current_app, request, url_for

from wf40.base.errors import Text
from wf40.base.history import FieldChange
from wf40.base.i18n import _
from wf40.base.uow import UnitOfWork
from wf40.core.accounts import queries as accounts
from wf40.core.firms import listing, queries, rules, sectors, terms
from wf40.core.firms.foreign_words import ForeignWords
from wf40.core.firms.models import Firm
from wf40.pluginhost.calls import Failure, Hooks, Provided
from wf40.sdk.hookspecs import Spec
from wf40.sdk.refs import FirmRef
from wf40.sdk.services import Firms
from wf40.sdk.values import Action, Badge, FirmColumn, FirmFilter, Panel, Tab
from wf40.web.formats import EMPTY, day


@dataclass(frozen=True, slots=True)
class RecordHead:
    """The head of a record page, shared by its tabs."""

    ref: FirmRef
    badges: list[Badge]
    actions: list[Action]
    tabs: list[dict[str, Any]]
    may_edit: bool


def extras(u: UnitOfWork) -> listing.Extras:
    """Gather what slices and plugins add to the list, in their order."""
    hooks = u.service(Hooks)
    columns: Sequence[Provided[FirmColumn]] = hooks.gather(Spec.firm_columns, u).provided
    filters: Sequence[Provided[FirmFilter]] = hooks.gather(Spec.firm_filters, u).provided
    return listing.Extras(
        sorted(columns, key=lambda c: (c.value.order, c.value.key)),
        sorted(filters, key=lambda f: (f.value.order, f.value.key)),
    )


def import_url() -> str:
    """Return the address of the import, empty while nothing offers one."""
    return url_for("imports.new") if "imports.new" in current_app.view_functions else ""


def record_head(u: UnitOfWork, firm_id: int) -> RecordHead:
    """Gather the head of a firm's record; raises :class:`NotFound`."""
    ref, hooks = u.service(Firms).get(u, firm_id), u.service(Hooks)
    may_edit = u.actor.may("firms.edit") and u.actor.may_write_unit(ref.unit_id)
    actions = [a for a in hooks.each(Spec.firm_actions, u, ref) if u.actor.may(a.permission)]
    found: list[Tab] = sorted(hooks.each(Spec.firm_tabs, u, ref), key=lambda t: (t.order, t.key))
    tabs = [
        {"label": t.label, "url": t.url, "count": t.count, "hint": "", "active": t.url == request.path} for t in found
    ]
    badges = sorted(hooks.each(Spec.firm_badges, u, ref), key=lambda b: (b.order, b.key))
    return RecordHead(ref, badges, sorted(actions, key=lambda a: (a.order, a.key)), tabs, may_edit)


def panels(u: UnitOfWork, ref: FirmRef) -> dict[str, list[Provided[Panel] | Failure]]:
    """Return the boxes of slices and plugins by place; those that failed stand at the side."""
    gathered = u.service(Hooks).gather(Spec.firm_panels, u, ref)
    ordered = sorted(gathered.provided, key=lambda p: (p.value.order, p.value.key))
    return {
        "main": [p for p in ordered if p.value.place == "main"],
        "side": [*(p for p in ordered if p.value.place == "side"), *gathered.failures],
    }


def facts(row: Firm, names: Sequence[str], parent: FirmRef | None, officer: str) -> list[dict[str, Any]]:
    """Return the facts of a firm: label, value, optionally an address, and where the value comes from."""
    register = " ".join(p for p in (row.register_kind, row.register_number, row.register_suffix) if p)
    court = _("Amtsgericht %(court)s", court=row.register_court) if row.register_court else ""
    sector = sectors.sector(row.wz_edition, row.wz_code)
    found: list[tuple[str, Text, Any, str]] = [
        ("legal_form", _("Rechtsform"), terms.legal_form_label(row.legal_form), ""),
        ("register_number", _("Register"), ", ".join(p for p in (register, court) if p), ""),
        ("wz_code", _("Branche (WZ %(edition)s)", edition=row.wz_edition) if sector else _("Branche"),
         sector.label if sector else row.wz_code, ""),
        ("employees", _("Beschäftigte"), row.employees, ""),
        ("town", _("Sitz"), row.town, ""),
        ("apprentices", _("Auszubildende"), row.apprentices, ""),
        ("phone", _("Telefon"), rules.spoken_phone(row.phone) if row.phone else "", f"tel:{row.phone}"),
        ("website", _("Website"), row.website.partition("//")[2], row.website),
        ("email", _("E-Mail"), row.email, f"mailto:{row.email}"),
        ("founded_year", _("Gründungsjahr"), row.founded_year and str(row.founded_year), ""),
        ("officer_id", _("Zuständig"), officer, ""),
        ("abc", _("Betreuung"), _care(row), ""),
    ]  # fmt: skip
    rare: list[tuple[str, Text, Any, str]] = [
        ("trade_name", _("Geschäftsbezeichnung"), row.trade_name, ""),
        ("former_names", _("Frühere Namen"), "; ".join(names), ""),
        ("parent_id", _("Gehört zu"), parent.name if parent else "", url_for("firms.show", firm_id=parent.id) if parent else ""),
        ("branch_of", _("Hauptsitz andernorts"), row.branch_of, ""),
        ("vat_id", _("USt-IdNr."), row.vat_id, ""),
        ("economic_id", _("W-IdNr."), row.economic_id, ""),
        ("source_key", _("Kennung in der Quelle"), row.source_key, ""),
    ]  # fmt: skip
    found += [item for item in rare if item[2]]
    return [
        {"label": label, "value": value, "url": url if value else "", "origin": _origin(row, field, value)}
        for field, label, value, url in found
    ]


def _care(row: Firm) -> str:
    days = _("alle %(n)s Tage", n=row.care_interval_days) if row.care_interval_days else ""
    return ", ".join(part for part in (str(terms.ABC.get(row.abc, row.abc)) if row.abc else "", days) if part)


def _origin(row: Firm, field: str, value: object) -> str:
    """Return where a value comes from, where that is not where the record comes from."""
    if value in (None, "") or field not in row.provenance:
        return ""
    return origin_text(*queries.provenance_of(row, field))


def origin_text(source: str, as_of: date | None) -> str:
    """Return "Quelle X, Stand 01.02.2026"."""
    parts = [
        _("Quelle: %(source)s", source=terms.source_words(source)) if source else "",
        _("Stand %(day)s", day=day(as_of)) if as_of else "",
    ]
    return ", ".join(part for part in parts if part)


def history_lines(u: UnitOfWork, changes: Sequence[FieldChange]) -> list[dict[str, Any]]:
    """Put stored changes into words; people and firms by their names, codes by their labels."""
    officers = {v for c in changes if c.field == "officer_id" for v in (c.old, c.new) if v}
    parents = {v for c in changes if c.field == "parent_id" for v in (c.old, c.new) if v}
    names = {"officer_id": dict(accounts.officer_names(u, officers))}
    names["parent_id"] = {key: ref.name for key, ref in u.service(Firms).many(u, parents).items()}
    foreign = ForeignWords(u, [change.field for change in changes])
    return [
        {
            "at": change.at,
            "who": change.actor_name,
            "label": terms.field_label(change.field, foreign.labels),
            "old": _worded(change.field, change.old, names, foreign),
            "new": _worded(change.field, change.new, names, foreign),
            "source": terms.source_words(change.source),
        }
        for change in changes
    ]


_CODES: dict[str, Mapping[str, Text]] = {
    "kind": terms.KINDS, "status": terms.STATUSES, "abc": terms.ABC, "register_kind": terms.REGISTERS, "tenure": terms.TENURES,
}  # fmt: skip


def _worded(name: str, value: Any, names: Mapping[str, Mapping[int, str]], foreign: ForeignWords) -> str:
    field = name.rpartition(":")[2]
    if value in (None, ""):
        return EMPTY
    if (shown := foreign.value(name, value)) is not None:
        return shown
    if isinstance(value, bool):
        return _("ja") if value else _("nein")
    if field in names:
        return names[field].get(value, _("nicht mehr vorhanden"))
    if field in _CODES:
        return str(_CODES[field].get(value, value))
    words = _WORDS.get(field)
    return words(value) if words else str(value)


_WORDS: dict[str, Callable[[str], str]] = {
    "legal_form": lambda code: terms.legal_form_label(code) or code,
    "archived_at": lambda moment: day(datetime.fromisoformat(moment)),
    "deleted_at": lambda moment: day(datetime.fromisoformat(moment)),
    "employees_as_of": lambda text: day(date.fromisoformat(text)),
    "lease_ends_on": lambda text: day(date.fromisoformat(text)),
    "phone": rules.spoken_phone,
}
