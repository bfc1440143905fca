"""Which column fills which field: proposed, chosen on the page, or read from a mapping file."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from types import MappingProxyType

from wf40.base.errors import InvalidInput, Text
from wf40.base.i18n import _, _l
from wf40.core.imports.columns import ColumnProposal, propose
from wf40.core.imports.fields import FIELD_BY_KEY, FIELDS, TargetField
from wf40.core.imports.headers import PRIVATE, header_score
from wf40.core.imports.own_fields import OwnTarget, Targets, meant_by
from wf40.core.imports.own_keys import is_own
from wf40.core.imports.sectors import EDITIONS
from wf40.core.imports.values import shortened
from wf40.matching.names import fold, tidy

NOT_STORED: dict[str, Text] = {
    "federal_state": _l("Das Bundesland ergibt sich aus dem Ort und wird nicht gespeichert."),
    "contact_name": _l(
        "Personen kommen nur mit, wenn Sie es wählen („Ansprechperson: Name“): Sie sind über die Speicherung zu informieren."
    ),
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


def proposed(
    headers: Sequence[str], rows: Sequence[Sequence[str]], own: Targets = MappingProxyType({})
) -> list[Column]:
    """Propose a field for every column; ``field`` is empty for "nicht übernehmen".

    A column whose header is just what ``own`` calls a field fills that, unless it is just what a fact of firms is called.
    """
    meant = {n: key for n, key in meant_by(headers, own).items() if not _names_a_fact(headers[n])}
    if not meant:
        return [_column(found) for found in propose(headers, rows)]
    rest = ["" if n in meant else header for n, header in enumerate(headers)]
    cells = [["" if n in meant else cell for n, cell in enumerate(row)] for row in rows]
    found = [_column(one) for one in propose(rest, cells)]
    return [
        replace(
            column, header=headers[column.number], samples=samples_of(rows, column.number), field=meant[column.number],
            reason=_reason(headers[column.number], own[meant[column.number]]), confidence=1.0,
        )
        if column.number in meant
        else column
        for column in found
    ]  # fmt: skip


def _names_a_fact(header: str) -> bool:
    if any(word in fold(header) for word in PRIVATE):
        return True
    return any(score == 1.0 and key not in NOT_STORED for key, score in header_score(header).items())


def _reason(header: str, target: OwnTarget) -> str:
    return _("Die Überschrift „%(header)s“ bedeutet %(label)s.", header=shortened(header), label=target.label)


def samples_of(rows: Sequence[Sequence[str]], number: int) -> tuple[str, ...]:
    """Return some different values of a column."""
    cells = (row[number] for row in rows if number < len(row) and row[number].strip())
    return tuple(islice(dict.fromkeys(map(shortened, cells)), 3))


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


def checked(fields: Sequence[str], headers: Sequence[str], edition: str, own: Targets) -> list[str | None]:
    """Return the fields as they are stored.

    Raises:
        InvalidInput: unknown, doubled, or no column for the name; ``fields`` names the columns as ``column-<n>``.
    """
    faults: dict[str, Text] = {}
    first: dict[str, int] = {}
    for number, key in enumerate(fields):
        if not key:
            continue
        if fault := _unknown(key, own):
            faults[f"column-{number}"] = fault
        elif key not in first:
            first[key] = number
        elif not (is_own(key) and own[key].several):
            faults[f"column-{number}"] = _l(
                "„%(label)s“ ist schon für die Spalte „%(other)s“ gewählt. Ein Feld kann nur aus einer Spalte kommen.",
                label=own[key].label if is_own(key) else _(FIELD_BY_KEY[key].label), other=headers[first[key]],
            )  # fmt: skip
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


def _unknown(key: str, own: Targets) -> Text | None:
    if is_own(key):
        sentence = _l("Dieses Feld gibt es nicht mehr, oder Sie dürfen es nicht ausfüllen. Bitte wählen Sie ein anderes aus der Liste.")  # fmt: skip
        return None if key in own else sentence
    known = key in FIELD_BY_KEY and key not in NOT_STORED
    return None if known else _l("Dieses Feld gibt es nicht. Bitte wählen Sie eines aus der Liste.")


def from_file(path: Path, headers: Sequence[str], own: Targets) -> list[str]:
    """Read a mapping file (JSON or TOML): ``{"columns": {"header": "field"}}`` or just the inner part.

    Columns that it does not name are not taken. Fields may be written by key ("name") or by label ("Name"); those beside
    the facts of firms (own fields, tags, persons) by label, or by the end of their key ("feld-3", "tags").

    Raises:
        InvalidInput: unreadable, an unknown field, or a header that the table does not have.
    """
    given = _read(path)
    by_label = {str(target.label).casefold(): target.key for target in own.values()}
    by_label |= {key.rpartition(":")[2]: key for key in own}
    by_label |= {
        _(target.label).casefold(): target.key
        for target in FIELDS
        if target.key not in NOT_STORED or _(target.label).casefold() not in by_label
    }
    chosen: dict[str, str] = {}
    for header, word in given.items():
        text = tidy(str(word if word is not None else ""))
        key = text if text in FIELD_BY_KEY or text in own else by_label.get(text.casefold(), "")
        if not key and text.casefold() not in _NONE:
            known = ", ".join([*(target.key for target in STORED), *(f"„{target.label}“" for target in own.values())])
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
