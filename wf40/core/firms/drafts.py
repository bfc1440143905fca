"""New firms as plain rows, complete with all keys, before they have an id: computed anywhere, without a database."""

from collections.abc import Mapping
from datetime import date
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

from wf40.core.firms.match_keys import digests
from wf40.core.firms.models import Firm, Site
from wf40.core.firms.records import set_keys
from wf40.core.firms.updating import ADDRESS
from wf40.matching.names import search_key, sort_key, tidy
from wf40.matching.traits import FirmTraits

if TYPE_CHECKING:
    from wf40.core.firms.intake import ImportedFacts

_GIVEN_LATER = {"id", "unit_id", "firm_id", "created_at", "updated_at", "version"}
_DIRECT = (
    "name", "legal_form", "kind", "register_kind", "register_number", "register_suffix", "register_court", "source_key",
    "status", "phone", "email", "website", "vat_id", "economic_id", "founded_year", "trade_name",
)  # fmt: skip


def _defaults(model: Any) -> dict[str, Any]:
    """Return every column that a draft fills with the value that a new record has."""
    found: dict[str, Any] = {}
    for column in model.__table__.columns:
        if column.name in _GIVEN_LATER:
            continue
        default = column.default
        found[column.name] = None if default is None else default.arg if default.is_scalar else {}
    return found


_FIRM, _SITE = _defaults(Firm), _defaults(Site)
FIRM_COLUMNS, SITE_COLUMNS = tuple(_FIRM), tuple(_SITE)
NAME_COLUMNS = ("name", "sort_key", "search_key")


class Draft(NamedTuple):
    """A firm to be: values in the order of the columns above, former names, and the digests that recognise it."""

    firm: tuple[Any, ...]
    site: tuple[Any, ...] | None
    names: tuple[tuple[str, str, str], ...]
    digests: tuple[int, ...]

    @property
    def name(self) -> str:
        """The name of the firm."""
        return str(self.firm[_NAME])


_NAME = FIRM_COLUMNS.index("name")


def filled_values(facts: "ImportedFacts") -> Mapping[str, Any]:
    """Return the columns of the firm itself that a row fills."""
    values = {field: value for field in _DIRECT if (value := getattr(facts, field)) not in (None, "")}
    if town := facts.seat or facts.town:
        values["town"] = town
    if facts.wz_code and facts.wz_edition:
        values["wz_edition"], values["wz_code"] = facts.wz_edition, facts.wz_code
    return values


def traits_of_facts(facts: "ImportedFacts") -> FirmTraits:
    """Return what would recognise the firm of a row again, just as it will be for the stored firm."""
    others = [name_row(name)[0] for name in facts.former_names]
    if facts.trade_name:
        others.append(facts.trade_name)
    placed = bool(facts.street or facts.postcode)
    street, number, postcode, place = ((getattr(facts, f) or "") if placed else "" for f in ADDRESS)
    register = (facts.register_kind, facts.register_number, facts.register_suffix, facts.register_court)
    kind, digits, suffix, court = (part or "" for part in register)
    return FirmTraits(
        facts.name, tuple(dict.fromkeys(others)), facts.legal_form or "", (kind, digits, suffix, court), facts.vat_id or "",
        facts.economic_id or "", street, number, postcode, place or facts.seat or facts.town or "", facts.phone or "",
        facts.email or "", facts.website or "",
    )  # fmt: skip


def draft_of(facts: "ImportedFacts", source: str, as_of: date | None, ags: str = "") -> Draft:
    """Make the rows of a new firm. ``ags`` is the key of the municipality in which its address lies."""
    stand = facts.as_of or as_of
    row: Any = SimpleNamespace(**{**_FIRM, **filled_values(facts)})
    row.source, row.as_of, row.provenance = source, stand, {}
    row.note, row.employees = facts.note or "", facts.employees
    site: Any = None
    if facts.street or facts.postcode:
        site = SimpleNamespace(**_SITE)
        site.main, site.ags = True, ags
        for field in ADDRESS:
            setattr(site, field, getattr(facts, field) or "")
        if facts.employees is not None:
            site.employees, site.employees_as_of = facts.employees, stand
    set_keys(row, facts.former_names, [site] if site else [])
    values = vars(row)
    return Draft(
        tuple(values[name] for name in FIRM_COLUMNS),
        tuple(vars(site)[name] for name in SITE_COLUMNS) if site else None,
        tuple(name_row(name) for name in facts.former_names),
        tuple(sorted(digests(traits_of_facts(facts)))),
    )


def name_row(name: str) -> tuple[str, str, str]:
    """Return a name that a firm had before with its keys."""
    name = tidy(name)[:500]
    return name, sort_key(name)[:600], search_key(name)[:600]
