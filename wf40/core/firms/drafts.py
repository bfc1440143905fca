"""New firms as plain rows, complete with all keys, before they have an id: computed anywhere, without a database."""

from collections.abc import Mapping
from datetime import date
from operator import attrgetter
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

from wf40.core.firms.found_by import document_of
from wf40.core.firms.match_keys import digests
from wf40.core.firms.models import Firm, Site
from wf40.core.firms.records import set_keys
from wf40.core.firms.updating import ADDRESS
from wf40.core.search.words import prepared
from wf40.matching.names import search_key, sort_key, tidy
from wf40.matching.traits import FirmTraits
from wf40.sdk.search import PreparedDoc

if TYPE_CHECKING:
    from wf40.core.firms.intake import ImportedFacts

_GIVEN_LATER = {"id", "unit_id", "firm_id", "source", "created_at", "updated_at", "version"}
_DIRECT = (
    "name", "legal_form", "kind", "register_kind", "register_number", "register_suffix", "register_court", "source_key",
    "status", "phone", "email", "website", "vat_id", "economic_id", "founded_year", "trade_name",
)  # fmt: skip
FIRM_COLUMNS = (
    *_DIRECT, "town", "wz_edition", "wz_code", "note", "employees", "as_of", "sort_key", "search_key", "town_key",
    "search_text",
)  # fmt: skip
SITE_COLUMNS = (*ADDRESS, "ags", "employees", "employees_as_of")
NAME_COLUMNS = ("name", "sort_key", "search_key")


def _defaults(model: Any) -> dict[str, Any]:
    """Return the value of a new record for every column that is not given later."""
    found: dict[str, Any] = {}
    for column in model.__table__.columns:
        if column.name in _GIVEN_LATER:
            continue
        default = column.default
        found[column.name] = None if default is None else default.arg if default.is_scalar else {}
    return found


_FIRM, _SITE = _defaults(Firm), _defaults(Site) | {"main": True}
FIRM_ALIKE = {name: value for name, value in _FIRM.items() if name not in FIRM_COLUMNS}
SITE_ALIKE = {name: value for name, value in _SITE.items() if name not in SITE_COLUMNS}
"""The columns that are the same in every draft."""
_NEW_FIRM = {name: value for name, value in _FIRM.items() if name in FIRM_COLUMNS} | {"branch_of": ""}
_FIRM_VALUES, _SITE_VALUES = attrgetter(*FIRM_COLUMNS), attrgetter(*SITE_COLUMNS)


class Draft(NamedTuple):
    """A firm to be: values in the order of the columns above, former names, the digests that recognise it, and the
    words that find it.
    """

    firm: tuple[Any, ...]
    site: tuple[Any, ...] | None
    names: tuple[tuple[str, str, str], ...]
    digests: tuple[int, ...]
    words: PreparedDoc

    @property
    def name(self) -> str:
        """The name of the firm."""
        return str(self.firm[0])


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


def draft_of(facts: "ImportedFacts", as_of: date | None, ags: str = "", traits: FirmTraits | None = None) -> Draft:
    """Make the rows of a new firm. ``ags`` is the key of the municipality in which its address lies.

    ``traits`` are those of the facts, where somebody has them already.
    """
    stand = facts.as_of or as_of
    row: Any = SimpleNamespace(**_NEW_FIRM)
    own = vars(row)
    own.update(filled_values(facts))
    row.as_of, row.note, row.employees = stand, facts.note or "", facts.employees
    site: Any = None
    if facts.street or facts.postcode:
        site = SimpleNamespace(**_SITE)
        site.ags = ags
        for field in ADDRESS:
            setattr(site, field, getattr(facts, field) or "")
        if facts.employees is not None:
            site.employees, site.employees_as_of = facts.employees, stand
    sites = [site] if site else []
    set_keys(row, facts.former_names, sites)
    return Draft(
        _FIRM_VALUES(row),
        _SITE_VALUES(site) if site else None,
        tuple(map(name_row, facts.former_names)),
        tuple(sorted(digests(traits or traits_of_facts(facts)))),
        prepared(document_of(row, map(tidy_name, facts.former_names), sites)),
    )


def tidy_name(name: str) -> str:
    """Return a name that a firm had before as it is stored."""
    return tidy(name)[:500]


def name_row(name: str) -> tuple[str, str, str]:
    """Return a name that a firm had before with its keys."""
    name = tidy_name(name)
    return name, sort_key(name)[:600], search_key(name)[:600]
