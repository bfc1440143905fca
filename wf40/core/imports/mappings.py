"""Which column fills which field: proposed, chosen on the page, or read from a mapping file."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from wf40.base.errors import InvalidInput, Text
from wf40.base.i18n import _, _l
from wf40.core.imports.columns import ColumnProposal, propose
from wf40.core.imports.fields import FIELD_BY_KEY, FIELDS, TargetField
from wf40.core.imports.sectors import EDITIONS
from wf40.matching.names import tidy

NOT_STORED: dict[str, Text] = {
    "federal_state": _l("Das Bundesland ergibt sich aus dem Ort und wird nicht gespeichert."),
    "contact_name": _l("Ansprechpersonen werden einzeln erfasst, weil sie über die Speicherung zu informieren sind."),
}
"""Understood in a file, but a firm has no place for it: such a column is not taken, and the page says why."""
STORED: tuple[TargetField, ...] = tuple(target for target in FIELDS if target.key not in NOT_STORED)
_NONE = {"", "-", "none", "null", "nicht uebernehmen", "nicht übernehmen"}


@dataclass(frozen=True, slots=True)
class Column:
    """One column as the page shows it."""

    number: int
    header: str
    samples: tuple[str, ...]
    field: str
    reason: str
    confidence: float = 0.0

    @property
    def letter(self) -> str:
        """The column's letter in a spreadsheet."""
        return letter_of(self.number)


def letter_of(number: int) -> str:
    """Return the letter of a column in a spreadsheet, counted from 0."""
    letters, number = "", number + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def proposed(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> list[Column]:
    """Propose a field for every column; ``field`` is empty for "nicht übernehmen"."""
    return [_column(found) for found in propose(headers, rows)]


def _column(found: ColumnProposal) -> Column:
    if found.field in NOT_STORED:
        return Column(found.column, found.header, found.samples, "", str(NOT_STORED[found.field]))
    return Column(found.column, found.header, found.samples, found.field or "", found.reason, found.confidence)


def with_choice(columns: Sequence[Column], fields: Sequence[str | None]) -> list[Column]:
    """Return the columns with the fields that were chosen before."""
    if len(fields) != len(columns):
        return list(columns)
    return [
        column
        if (chosen or "") == column.field
        else replace(column, field=chosen or "", reason=_("Von Ihnen gewählt."), confidence=1.0)
        for column, chosen in zip(columns, fields, strict=True)
    ]


def checked(fields: Sequence[str], headers: Sequence[str], edition: str) -> list[str | None]:
    """Return the fields as they are stored.

    Raises:
        InvalidInput: unknown, doubled, or no column for the name; ``fields`` names the columns as ``column-<n>``.
    """
    faults: dict[str, Text] = {}
    first: dict[str, int] = {}
    for number, key in enumerate(fields):
        if not key:
            continue
        if key not in FIELD_BY_KEY or key in NOT_STORED:
            faults[f"column-{number}"] = _l("Dieses Feld gibt es nicht. Bitte wählen Sie eines aus der Liste.")
        elif key in first:
            faults[f"column-{number}"] = _l(
                "„%(label)s“ ist schon für die Spalte „%(other)s“ gewählt. Ein Feld kann nur aus einer Spalte kommen.",
                label=_(FIELD_BY_KEY[key].label), other=headers[first[key]],
            )  # fmt: skip
        else:
            first[key] = number
    if len(fields) != len(headers):
        faults["columns"] = _l("Die Zahl der Spalten stimmt nicht. Bitte laden Sie die Seite neu.")
    if edition not in ("", *EDITIONS):
        faults["edition"] = _l("Diese Ausgabe der WZ gibt es nicht. Bekannt sind 2008 und 2025.")
    if "name" not in first and not faults:
        faults["columns"] = _l(
            "Es fehlt die Spalte mit dem Namen. Bitte wählen Sie bei der Spalte, in der die Namen der Unternehmen stehen, "
            "das Feld „Name“. Die Spalten heißen: %(headers)s.", headers=", ".join(h or "–" for h in headers[:20]),
        )  # fmt: skip
    if faults:
        raise InvalidInput(next(iter(faults.values())), faults)
    return [key or None for key in fields]


def from_file(path: Path, headers: Sequence[str]) -> list[str]:
    """Read a mapping file (JSON or TOML): ``{"columns": {"header": "field"}}`` or just the inner part.

    Columns that it does not name are not taken. Fields may be written by key ("name") or by label ("Name").

    Raises:
        InvalidInput: unreadable, an unknown field, or a header that the table does not have.
    """
    given = _read(path)
    by_label = {_(target.label).casefold(): target.key for target in FIELDS}
    chosen: dict[str, str] = {}
    for header, word in given.items():
        text = tidy(str(word if word is not None else ""))
        key = text if text in FIELD_BY_KEY else by_label.get(text.casefold(), "")
        if not key and text.casefold() not in _NONE:
            known = ", ".join(target.key for target in STORED)
            raise InvalidInput(
                _l("Das Feld „%(field)s“ gibt es nicht. Bekannt sind: %(known)s.", field=text, known=known)
            )
        chosen[tidy(header)] = "" if key in NOT_STORED else key
    missing = [header for header in chosen if header not in {tidy(h) for h in headers}]
    if missing:
        names = ", ".join(headers)
        raise InvalidInput(
            _l(
                "Die Spalte „%(header)s“ gibt es in der Datei nicht. Die Spalten heißen: %(names)s.",
                header=missing[0],
                names=names,
            )
        )
    return [chosen.get(tidy(header), "") for header in headers]


def _read(path: Path) -> Mapping[str, object]:
    try:
        text = path.read_text("utf-8-sig")
        found = tomllib.loads(text) if path.suffix.lower() == ".toml" else json.loads(text)
    except (OSError, ValueError) as error:
        raise InvalidInput(
            _l("Die Zuordnung „%(path)s“ lässt sich nicht lesen: %(error)s", path=path, error=error)
        ) from None
    columns = found.get("columns", found) if isinstance(found, dict) else None
    if not isinstance(columns, dict) or not columns:
        raise InvalidInput(
            _l(
                'Die Zuordnung „%(path)s“ nennt keine Spalten. Erwartet wird {"columns": {"Überschrift": "Feld"}}.',
                path=path,
            )
        )
    return columns
