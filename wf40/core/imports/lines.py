"""What became, or would become, of rows of a file, in words and with the cells that may be corrected."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from wf40.base.checks import spoken_phone
from wf40.base.i18n import _
from wf40.core.firms.terms import KINDS, STATUSES, field_label, legal_form_label
from wf40.core.imports.fields import FIELD_BY_KEY
from wf40.core.imports.mappings import letter_of
from wf40.core.imports.models import ImportRow, ImportRun
from wf40.core.imports.own_keys import is_own
from wf40.core.imports.problems import FieldProblem

COLUMNS: tuple[Any, ...] = (
    ImportRow.row_no, ImportRow.firm_id, ImportRow.detail, ImportRow.cells, ImportRow.choice, ImportRow.edited,
    ImportRow.outcome,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One field that an import changes or changed."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the file: its column (from 0), where it stands, what the column is called, what it holds."""

    number: int
    place: str
    header: str
    value: str


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence about one field of a row; ``cell`` is where it comes from, if it is one cell and still there."""

    field: str
    sentence: str
    cell: Cell | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A firm that a row may mean, and why: pairs of feature and level, as the comparison names them."""

    firm_id: int
    probability: float
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the file. ``choice`` is what a person said: a firm's id, 0 for a new firm."""

    row_no: int
    name: str
    firm_id: int | None
    fault: Note
    changes: tuple[Change, ...]
    notes: tuple[Note, ...]
    candidates: tuple[Candidate, ...] = ()
    choice: int | None = None
    edited: bool = False
    outcome: str = ""

    @property
    def field(self) -> str:
        """The field of the reason, empty for the whole row."""
        return self.fault.field

    @property
    def where(self) -> str:
        """The column and field of the reason, empty for the whole row."""
        cell = self.fault.cell
        return _("Spalte %(column)s (%(field)s)", column=cell.place, field=self.field) if cell else self.field

    @property
    def reason(self) -> str:
        """Why the row stays out."""
        return self.fault.sentence


def lines_of(run: ImportRun, rows: Iterable[Any], words: Mapping[str, str] = MappingProxyType({})) -> list[Line]:
    """Put rows (selected with ``COLUMNS``) into words; ``words`` are those for fields beside the facts of firms."""
    return [_line(run, row, words) for row in rows]


def cells_of(run: ImportRun, cells: Sequence[str]) -> list[Cell]:
    """Return every cell of a row, those beyond the header too."""
    width = max(len(run.headers), len(cells))
    return [_cell(run, number, cells) for number in range(width)]


def _line(run: ImportRun, row: Any, words: Mapping[str, str]) -> Line:
    detail = row.detail
    reason = detail.get("reason")
    return Line(
        row.row_no, detail.get("name", ""), row.firm_id,
        _note(run, reason, row.cells, words) if reason else Note("", ""),
        tuple(_change(name, old, new, words) for name, old, new in detail.get("changes", ())),
        tuple(_note(run, note, row.cells, words) for note in detail.get("notes", ())),
        tuple(Candidate(int(c[0]), float(c[1]), tuple(map(_code, c[2]))) for c in detail.get("candidates") or ()),
        row.choice, row.edited, row.outcome,
    )  # fmt: skip


def _code(evidence: Any) -> str:
    return evidence if isinstance(evidence, str) else ":".join(map(str, evidence[:2]))


def _note(run: ImportRun, stored: dict[str, Any], cells: Sequence[str] | None, words: Mapping[str, str]) -> Note:
    problem = FieldProblem.from_json(stored)
    number = run.fields.index(problem.field) if problem.field and problem.field in run.fields else None
    cell = _cell(run, number, cells) if number is not None and cells is not None else None
    if kept := problem.values.get("fields"):
        problem = replace(problem, values={**problem.values, "fields": ", ".join(map(_label, kept.split(", ")))})
    if is_own(problem.field):
        return Note(words.get(problem.field) or _("Weitere Angabe"), str(problem), cell)
    return Note(_label(problem.field) if number is None else _column_label(problem.field), str(problem), cell)


def _cell(run: ImportRun, number: int, cells: Sequence[str]) -> Cell:
    header = run.headers[number] if number < len(run.headers) else ""
    return Cell(number, letter_of(number), header, cells[number] if number < len(cells) else "")


def _label(field: str) -> str:
    """Return the words for what is stored; an address is one there, whichever columns it came in."""
    return _("Anschrift") if field == "address" else _column_label(field)


def _column_label(field: str) -> str:
    return _(FIELD_BY_KEY[field].label) if field in FIELD_BY_KEY else field_label(field) if field else ""


def _change(field: str, old: object, new: object, words: Mapping[str, str]) -> Change:
    if is_own(field):
        return Change(words.get(field) or _("Weitere Angabe"), str(old or ""), str(new or ""))
    return Change(field_label(field), shown(field, old), shown(field, new))


def shown(field: str, value: object) -> str:
    """Return a stored value of a firm as people write it."""
    text = "" if value is None else str(value)
    words = {"kind": KINDS, "status": STATUSES}.get(field)
    if words:
        return str(words.get(text, text))
    if field == "legal_form":
        return legal_form_label(text) or text
    if field == "phone":
        return spoken_phone(text) if text else ""
    if field == "as_of" and len(text) == 10:
        return f"{text[8:]}.{text[5:7]}.{text[:4]}"
    return text
