"""The columns that the list of firms can show: its own and those of other slices and plugins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wf40.base.i18n import _l
from wf40.core.firms import rules, sectors, terms
from wf40.core.listviews.columns import Cell, ListColumn, plain_cell
from wf40.pluginhost.calls import Provided
from wf40.sdk.values import Badge, FirmColumn
from wf40.web.formats import EMPTY

NAME = "name"
SITE_COLUMNS = frozenset({"street", "postcode", "park"})
"""Columns that the main site fills."""


@dataclass(frozen=True, slots=True)
class FirmLine:
    """One firm in the list. ``values`` holds the columns of other slices and plugins by key, as they came.

    ``site`` is street, postcode and business park of the main site, where a column shows them.
    """

    firm: Any
    officer: str
    values: Mapping[str, Any]
    site: tuple[str, str, str] = ("", "", "")

    @property
    def sector(self) -> str:
        """The title of its division."""
        return sectors.short_title(self.firm.wz_edition, self.firm.wz_code)


def core_columns() -> list[ListColumn]:
    """Return the list's own columns behind the name, in the order in which they are offered."""
    return list(_CORE)


def all_columns(added: Sequence[Provided[FirmColumn]]) -> list[ListColumn]:
    """Return every column behind the name; added ones stand after the number of employees, as they always did."""
    return [*_CORE[:2], *(_added(column.value) for column in added), *_CORE[2:]]


def _sector(line: FirmLine) -> Cell:
    title, firm = line.sector, line.firm
    return Cell(title, title=f"{title} – {firm.wz_code} (WZ {firm.wz_edition})") if title else Cell(EMPTY)


def _register(line: FirmLine) -> str:
    firm = line.firm
    number = " ".join(p for p in (firm.register_kind, firm.register_number, firm.register_suffix) if p)
    return ", ".join(part for part in (number, firm.register_court) if part)


def _phone(line: FirmLine) -> str:
    return rules.spoken_phone(line.firm.phone) if line.firm.phone else ""


def _linked(text: str, url: str) -> Cell:
    return Cell(text, url=url) if text else Cell(EMPTY)


_CORE: tuple[ListColumn, ...] = (
    ListColumn("sector", _l("Branche"), lambda w: w.sector, show=_sector, orders=True, shown=True, short=True),
    ListColumn("employees", _l("Beschäftigte"), lambda w: w.firm.employees, "number", orders=True, shown=True),
    ListColumn("town", _l("Ort"), lambda w: w.firm.town, orders=True, shown=True),
    ListColumn("officer", _l("Zuständig"), lambda w: w.officer, orders=True, shown=True, whole=True),
    ListColumn("abc", _l("ABC"), lambda w: w.firm.abc, orders=True, shown=True),
    ListColumn("kind", _l("Art"), lambda w: str(terms.KINDS.get(w.firm.kind, w.firm.kind)), orders=True),
    ListColumn("legal_form", _l("Rechtsform"), lambda w: str(terms.legal_form_label(w.firm.legal_form) or ""), short=True),
    ListColumn("register", _l("Register"), _register, short=True),
    ListColumn("postcode", _l("PLZ"), lambda w: w.site[1]),
    ListColumn("street", _l("Straße"), lambda w: w.site[0], short=True),
    ListColumn("park", _l("Gewerbegebiet"), lambda w: w.site[2], short=True),
    ListColumn("phone", _l("Telefon"), _phone, show=lambda w: _linked(_phone(w), f"tel:{w.firm.phone}")),
    ListColumn("email", _l("E-Mail"), lambda w: w.firm.email, show=lambda w: _linked(w.firm.email, f"mailto:{w.firm.email}")),
    ListColumn("website", _l("Website"), lambda w: w.firm.website,
               show=lambda w: _linked(w.firm.website.partition("//")[2], w.firm.website), short=True),
    ListColumn("founded", _l("Gründungsjahr"), lambda w: w.firm.founded_year, "year", orders=True),
    ListColumn("apprentices", _l("Auszubildende"), lambda w: w.firm.apprentices, "number"),
    ListColumn("trade_name", _l("Geschäftsbezeichnung"), lambda w: w.firm.trade_name, short=True),
    ListColumn("vat_id", _l("USt-IdNr."), lambda w: w.firm.vat_id),
    ListColumn("status", _l("Zustand"), lambda w: str(terms.STATUSES.get(w.firm.status, w.firm.status)), orders=True),
    ListColumn("source", _l("Quelle"), lambda w: terms.source_words(w.firm.source), short=True),
    ListColumn("as_of", _l("Stand"), lambda w: w.firm.as_of, "date"),
    ListColumn("created", _l("Angelegt"), lambda w: w.firm.created_at, "date"),
    ListColumn("changed", _l("Zuletzt geändert"), lambda w: w.firm.updated_at, "date", orders=True),
)  # fmt: skip


def _added(column: FirmColumn) -> ListColumn:
    def value(line: FirmLine) -> Any:
        raw = line.values.get(column.key)
        if raw is None or column.kind == "date":
            return raw
        found = column.present(raw)
        if column.kind in ("number", "meter"):
            return found if isinstance(found, int | float) else raw
        return str(found.label if isinstance(found, Badge) else found)

    def show(line: FirmLine) -> Cell:
        raw = line.values.get(column.key)
        if raw is None:
            return Cell(EMPTY, column.kind)
        if column.kind == "date" or (column.kind == "number" and column.present is str):
            return plain_cell(raw, column.kind)
        return _presented(column.present(raw), column)

    return ListColumn(column.key, column.label, value, column.kind, show, orders=True, shown=column.shown)


def _presented(found: Any, column: FirmColumn) -> Cell:
    if isinstance(found, Badge):
        return Cell(str(found.label), "badge", str(found.title), found.url, found.level)
    return Cell(str(round(float(found))) if column.kind == "meter" else str(found), column.kind)
