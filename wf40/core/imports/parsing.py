"""One row of a table becomes one firm as the file tells it, with everything that is wrong listed.

A row is faulty when it has no name, when it is damaged, or when a value by which firms are recognised again (register
kind and number, USt-IdNr, W-IdNr) cannot be read: importing such a row could double or overwrite a firm. Any other
unreadable value is left out, the row goes in, and the value is listed as a note.
"""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wf40.core.imports.addresses import Address, split_street
from wf40.core.imports.fields import FIELD_BY_KEY
from wf40.core.imports.problems import N_, FieldProblem
from wf40.core.imports.reading import SourceRow
from wf40.core.imports.registers import RegisterNumber
from wf40.core.imports.sectors import Edition, Sector
from wf40.core.imports.values import Value, normalise, shortened
from wf40.matching.legal_forms import legal_forms
from wf40.matching.names import split_name, tidy

_FORMULA = re.compile(r"\s*(?:[=@]|[+\-](?=[^\s\-+]))")
_FREE_TEXT = ("name", "trade_name", "street", "town", "contact_name", "note", "source_key")


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Which field each column fills, by position; None is "nicht übernehmen". ``edition`` of the WZ codes, if known.

    Raises:
        ValueError: a field that does not exist, or one field for two columns.
    """

    fields: tuple[str | None, ...]
    edition: Edition | None = None

    def __post_init__(self) -> None:
        """Refuse what no row could be read with."""
        taken = [key for key in self.fields if key is not None]
        unknown = [key for key in taken if key not in FIELD_BY_KEY]
        if unknown or len(taken) != len(set(taken)):
            raise ValueError(f"unknown or doubled target fields: {unknown or taken}")

    @classmethod
    def by_header(
        cls, headers: Sequence[str], chosen: Mapping[str, str | None], edition: Edition | None = None
    ) -> "ColumnMapping":
        """Make the mapping from {header: field}; headers that are not named are not taken."""
        return cls(tuple(chosen.get(header) for header in headers), edition)


@dataclass(frozen=True, slots=True)
class ParsedFirm:
    """A firm as one row tells it; None is "not in the row". ``problems`` make the row faulty, ``notes`` do not.

    ``name`` is the registered name as written, ``base_name`` the same without legal form. ``seat`` is the column
    "Ort / Sitz"; ``town`` belongs to the street and postcode, and may differ from the seat.
    """

    row: int
    name: str = ""
    base_name: str = ""
    legal_form: str | None = None
    kind: str | None = None
    in_liquidation: bool = False
    register_kind: str | None = None
    register_number: str | None = None
    register_suffix: str | None = None
    register_court: str | None = None
    source_key: str | None = None
    status: str | None = None
    former_names: tuple[str, ...] = ()
    seat: str | None = None
    street: str | None = None
    house_number: str | None = None
    address_extra: str | None = None
    postcode: str | None = None
    town: str | None = None
    federal_state: str | None = None
    phone: str | None = None
    email: str | None = None
    website: str | None = None
    vat_id: str | None = None
    economic_id: str | None = None
    wz_code: str | None = None
    wz_edition: str | None = None
    employees: int | None = None
    founded_year: int | None = None
    trade_name: str | None = None
    as_of: dt.date | None = None
    contact_name: str | None = None
    note: str | None = None
    problems: tuple[FieldProblem, ...] = ()
    notes: tuple[FieldProblem, ...] = ()

    @property
    def faulty(self) -> bool:
        """Whether the row must not be imported."""
        return bool(self.problems)


def parse_row(mapping: ColumnMapping, row: SourceRow) -> ParsedFirm:
    """Read one row. Never raises, whatever the cells hold; short rows lack the values of the missing cells."""
    problems: list[FieldProblem] = [row.fault] if row.fault else []
    notes: list[FieldProblem] = []
    found: dict[str, Value] = {}
    for key, cell in zip(mapping.fields, row.cells, strict=False):
        if key is None:
            continue
        value, problem = normalise(key, cell, edition=mapping.edition)
        if problem is not None:
            (problems if FIELD_BY_KEY[key].identifier else notes).append(problem)
        elif value is not None:
            found[key] = value
            if key in _FREE_TEXT and _FORMULA.match(cell):
                message = N_("„%(value)s“ sieht wie eine Formel aus und wird als Text übernommen.")
                notes.append(FieldProblem(key, message, {"value": shortened(cell)}))
    if "name" not in found and not any(p.field == "name" for p in problems):
        problems.append(FieldProblem("name", N_("Der Name fehlt. Bitte ergänzen Sie ihn in der Datei.")))
    parts = _name_parts(found) | _register_parts(found, problems) | _place_parts(found) | _sector_parts(found)
    plain = {
        key: value
        for key, value in found.items()
        if key not in parts and key not in {"address", "wz_code", "register_number"}
    }
    return ParsedFirm(row=row.number, problems=tuple(problems), notes=tuple(notes), **(plain | parts))  # type: ignore[arg-type]


def _name_parts(found: Mapping[str, Value]) -> dict[str, Value | bool | None]:
    name = str(found.get("name", ""))
    split = split_name(name)
    form = str(found["legal_form"]) if "legal_form" in found else split.legal_form.code if split.legal_form else None
    kind = found.get("kind") or (legal_forms()[form].kind if form else None)
    return {
        "name": name,
        "base_name": split.base,
        "legal_form": form,
        "kind": kind,
        "in_liquidation": split.in_liquidation,
    }


def _register_parts(found: Mapping[str, Value], problems: list[FieldProblem]) -> dict[str, Value | None]:
    kind, number, suffix = (
        found.get("register_kind"),
        found.get("register_number"),
        found.get("register_suffix"),
    )
    if not isinstance(number, RegisterNumber):
        return {"register_kind": kind, "register_number": None, "register_suffix": suffix}
    if kind and number.kind and kind != number.kind:
        message = N_("Registerart „%(kind)s“ und Registernummer „%(value)s“ passen nicht zusammen.")
        problems.append(FieldProblem("register_number", message, {"kind": str(kind), "value": str(number)}))
    suffix = str(suffix).upper() if suffix else number.suffix
    return {"register_kind": kind or number.kind, "register_number": number.number, "register_suffix": suffix}


def _place_parts(found: Mapping[str, Value]) -> dict[str, Value | None]:
    address = found.get("address")
    whole = address if isinstance(address, Address) else Address(None, None, None, None)
    street, number = whole.street, whole.house_number
    if "street" in found:
        given = found.get("house_number")
        street, number = (tidy(str(found["street"])), str(given)) if given else split_street(str(found["street"]))
    seat = str(found["town"]) if "town" in found else None
    return {
        "street": street or None,
        "house_number": number,
        "address_extra": whole.extra,
        "postcode": found.get("postcode") or whole.postcode,
        "town": whole.town or seat,
        "seat": seat or whole.town,
    }


def _sector_parts(found: Mapping[str, Value]) -> dict[str, Value | None]:
    sector = found.get("wz_code")
    return {"wz_code": sector.code, "wz_edition": sector.edition} if isinstance(sector, Sector) else {}
