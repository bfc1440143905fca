"""One row of a table becomes one firm as the file tells it, with everything that is wrong listed.

A row is faulty when it has no name, when it is damaged, or when a value by which firms are recognised again (register
kind and number, USt-IdNr, W-IdNr) cannot be read: importing such a row could double or overwrite a firm. Any other
unreadable value is left out, the row goes in, and the value is listed as a note.
"""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from wf40.core.imports.addresses import Address, split_street
from wf40.core.imports.fields import FIELD_BY_KEY
from wf40.core.imports.no_firms import why_no_firm
from wf40.core.imports.problems import N_, FieldProblem
from wf40.core.imports.reading import SourceRow
from wf40.core.imports.registers import RegisterNumber
from wf40.core.imports.sectors import Edition
from wf40.core.imports.values import Reader, reader_of, shortened
from wf40.matching.legal_forms import legal_forms
from wf40.matching.names import split_name, tidy

_FORMULA = re.compile(r"\s*(?:[=@]|[+\-](?=[^\s\-+]))")
# Only rows whose name is empty or begins like this can be no firm; all others are not looked at twice.
_PERHAPS_NONE = re.compile(
    r"(?:$|\*|©|zwischen|gesamt|end|teil|sum|insg|total|grand|sub|anzahl|erg|name|firm|untern|betrieb|einricht|org|comp|benef|begün|begue|"
    r"mitgl|empf|zuw|inst|account|legal|reg|recip|grant|verein|quelle|source|stand|daten|hinw|anm|note|legende|erl|seite)",
    re.IGNORECASE,
)
_LIKE_A_FORMULA = N_("„%(value)s“ sieht wie eine Formel aus und wird als Text übernommen.")
_FREE_TEXT = frozenset({"name", "trade_name", "street", "town", "contact_name", "note", "source_key"})


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


class ParsedFirm(NamedTuple):
    """A firm as one row tells it; None is "not in the row". ``problems`` make the row faulty, ``notes`` do not.

    A tuple, because a table has a million of them. ``left_out``: the row is no firm (a sum, the headers once more), and
    its one problem says so.

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
    left_out: bool = False
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
    found: dict[str, Any] = {}
    cells = row.cells
    for at, key, read, identifier, free in _plan(mapping.fields, mapping.edition):
        if at >= len(cells):
            break
        cell = cells[at]
        if not cell:
            continue
        value, problem = read(cell)
        if problem is not None:
            (problems if identifier else notes).append(problem)
        if value is not None:
            found[key] = value
            if free and (cell[0] in "=@+-" or cell[0].isspace()) and _FORMULA.match(cell):
                notes.append(FieldProblem(key, _LIKE_A_FORMULA, {"value": shortened(cell)}))
    left_out = why_no_firm(mapping.fields, cells, found) if _PERHAPS_NONE.match(found.get("name", "")) else None
    if left_out is not None:
        return ParsedFirm(row.number, name=found.get("name", ""), problems=(left_out,), left_out=True)
    _take_name(found, problems)
    _take_register(found, problems)
    _take_place(found)
    if "wz_code" in found:
        found["wz_code"], found["wz_edition"] = found["wz_code"].code, found["wz_code"].edition
    return ParsedFirm(row.number, problems=tuple(problems), notes=tuple(notes), **found)


@lru_cache(maxsize=64)
def _plan(fields: tuple[str | None, ...], edition: Edition | None) -> tuple[tuple[int, str, Reader, bool, bool], ...]:
    """Return for each column that is taken: its place, field, reader, whether it recognises, whether it is free text."""
    return tuple(
        (at, key, reader_of(key, edition), FIELD_BY_KEY[key].identifier, key in _FREE_TEXT)
        for at, key in enumerate(fields)
        if key is not None
    )


def _take_name(found: dict[str, Any], problems: list[FieldProblem]) -> None:
    if "name" not in found:
        if not any(p.field == "name" for p in problems):
            problems.append(FieldProblem("name", N_("Der Name fehlt. Bitte ergänzen Sie ihn.")))
        return
    split = split_name(found["name"])
    found["base_name"], found["in_liquidation"] = split.base, split.in_liquidation
    if "legal_form" not in found and split.legal_form:
        found["legal_form"] = split.legal_form.code
    if "kind" not in found and "legal_form" in found:
        found["kind"] = legal_forms()[found["legal_form"]].kind


def _take_register(found: dict[str, Any], problems: list[FieldProblem]) -> None:
    number: RegisterNumber | None = found.get("register_number")
    if number is None:
        return
    kind, suffix = found.get("register_kind"), found.get("register_suffix")
    if kind and number.kind and kind != number.kind:
        message = N_("Registerart „%(kind)s“ und Registernummer „%(value)s“ passen nicht zusammen.")
        problems.append(FieldProblem("register_number", message, {"kind": kind, "value": str(number)}))
    found["register_kind"], found["register_number"] = kind or number.kind, number.number
    found["register_suffix"] = suffix.upper() if suffix else number.suffix


def _take_place(found: dict[str, Any]) -> None:
    """Put town, seat, street and number where they belong; what is in columns of its own counts before the address."""
    whole: Address | None = found.pop("address", None)
    seat = found.get("town")
    if whole is not None:
        found["address_extra"], found["town"] = whole.extra, whole.town or seat
        found["postcode"] = found.get("postcode") or whole.postcode
        if "street" not in found:
            found["street"], found["house_number"] = whole.street, whole.house_number
            found["seat"] = seat or whole.town
            return
    found["seat"] = seat or (whole.town if whole else None)
    if "street" not in found:
        found.pop("house_number", None)
    elif found.get("house_number"):
        found["street"] = tidy(found["street"]) or None
    else:
        street, found["house_number"] = split_street(found["street"])
        found["street"] = street or None
