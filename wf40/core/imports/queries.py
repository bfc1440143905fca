"""Reads imports: the history, one of them, and what became of its rows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, select, true

from wf40.base.access import requires
from wf40.base.errors import NotFound
from wf40.base.i18n import _
from wf40.base.uow import UnitOfWork
from wf40.core.firms.queries import visible_firms
from wf40.core.firms.terms import KINDS, STATUSES, field_label, legal_form_label
from wf40.core.imports import mappings
from wf40.core.imports.fields import FIELD_BY_KEY
from wf40.core.imports.mappings import Column
from wf40.core.imports.models import ImportRow, ImportRun
from wf40.core.imports.problems import FieldProblem
from wf40.core.imports.terms import OUTCOMES
from wf40.sdk.paging import Page, entities, page_of

READ = "imports.read"
PER_PAGE = 50
FIRST_ROWS = 25
"""How many rows may stand above the header."""
SAMPLE = 300


@dataclass(frozen=True, slots=True)
class Change:
    """One field that an import changes or changed."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Line:
    """What became, or would become, of one row of the file. ``notes`` are (field, sentence)."""

    row_no: int
    name: str
    firm_id: int | None
    field: str
    reason: str
    changes: tuple[Change, ...]
    notes: tuple[tuple[str, str], ...]


def readable(u: UnitOfWork) -> ColumnElement[bool]:
    """Return the condition that keeps the imports of the actor's units."""
    return true() if u.actor.units is None else ImportRun.unit_id.in_(u.actor.units)


@requires(READ)
def runs(u: UnitOfWork, page: int = 1) -> Page[ImportRun]:
    """Return one page of the imports, the newest first."""
    rows = select(ImportRun).where(readable(u), ImportRun.state != "reading").order_by(ImportRun.id.desc())
    return page_of(u, rows, page, PER_PAGE, entities)


@requires(READ)
def run(u: UnitOfWork, run_id: int) -> ImportRun:
    """Return an import; raises :class:`NotFound`."""
    row = u.session.get(ImportRun, run_id, populate_existing=True)
    if row is None or not u.actor.may_read_unit(row.unit_id):
        raise NotFound
    return row


@requires(READ)
def first_rows(u: UnitOfWork, run_id: int, after: int = 0, limit: int = FIRST_ROWS) -> list[tuple[int, list[str]]]:
    """Return the first lines of a file behind a row number: number and cells."""
    rows = select(ImportRow.row_no, ImportRow.cells).where(ImportRow.run_id == run_id, ImportRow.row_no > after)
    return [(number, list(cells)) for number, cells in u.session.execute(rows.order_by(ImportRow.row_no).limit(limit))]


@requires(READ)
def columns(u: UnitOfWork, run_id: int) -> list[Column]:
    """Return the columns with samples and the fields chosen or proposed."""
    found = run(u, run_id)
    below = first_rows(u, run_id, found.header_row, SAMPLE)
    return mappings.with_choice(mappings.proposed(found.headers, [row for _number, row in below]), found.fields)


@requires(READ)
def header_candidates(u: UnitOfWork, run_id: int) -> list[tuple[int, str]]:
    """Return rows that may be the header: number and first words."""
    run(u, run_id)
    rows = first_rows(u, run_id, limit=12)
    return [(number, " | ".join(cell.strip()[:24] for cell in cells if cell.strip())[:90]) for number, cells in rows]


@requires(READ)
def lines(u: UnitOfWork, run_id: int, outcome: str, page: int = 1) -> list[Line]:
    """Return what became of some rows with one outcome, in the order of the file."""
    rows = _rows(run(u, run_id), outcome).offset((page - 1) * PER_PAGE).limit(PER_PAGE)
    return [_line(row) for row in u.session.execute(rows)]


@requires(READ)
def notes(u: UnitOfWork, run_id: int, limit: int = PER_PAGE) -> list[Line]:
    """Return the first rows that went in, but not with every value."""
    found: list[Line] = []
    for outcome in ("created", "updated", "unchanged"):
        for row in u.session.execute(_rows(run(u, run_id), outcome)):
            if row.detail.get("notes"):
                found.append(_line(row))
            if len(found) == limit:
                return found
    return sorted(found, key=lambda line: line.row_no)


@requires(READ)
def refused_rows(u: UnitOfWork, run_id: int) -> Iterator[tuple[Line, list[str]]]:
    """Yield faulty and skipped rows with their cells (none once these were removed)."""
    found = run(u, run_id)
    columns = (ImportRow.row_no, ImportRow.firm_id, ImportRow.detail, ImportRow.cells)
    rows = select(*columns).where(
        ImportRow.run_id == run_id, ImportRow.outcome.in_(("faulty", "skipped")), ImportRow.row_no <= found.position
    )
    for row in u.session.execute(rows.order_by(ImportRow.row_no)):
        yield _line(row), list(row.cells or [])


@requires(READ)
def firms_of(u: UnitOfWork, run_id: int) -> Select[Any]:
    """Return a select of the ids of the firms that an import created or updated, for the firm list."""
    found = run(u, run_id)
    rows = select(ImportRow.firm_id).where(
        ImportRow.run_id == run_id, ImportRow.outcome.in_(("created", "updated")), ImportRow.firm_id.is_not(None)
    )
    return rows.where(ImportRow.row_no <= found.position)


@requires(READ)
def finished(u: UnitOfWork, limit: int = 10) -> list[ImportRun]:
    """Return the newest imports of which something went in."""
    done = select(ImportRun).where(readable(u), ImportRun.state.in_(("done", "cancelled", "failed")))
    return list(u.session.scalars(done.order_by(ImportRun.id.desc()).limit(limit)))


@requires(READ)
def firm_names(u: UnitOfWork, found: list[Line]) -> Mapping[int, str]:
    """Return the present names of the firms of some lines, as far as they may be read."""
    ids = {line.firm_id for line in found if line.firm_id is not None}
    firms = visible_firms(u).subquery()
    return {row.id: row.name for row in u.session.execute(select(firms.c.id, firms.c.name).where(firms.c.id.in_(ids)))}


def _rows(found: ImportRun, outcome: str) -> Select[Any]:
    rows = select(ImportRow.row_no, ImportRow.firm_id, ImportRow.detail)
    rows = rows.where(ImportRow.run_id == found.id, ImportRow.outcome == outcome)
    # Behind the position stands what the check expected, not what happened.
    return rows.where(ImportRow.row_no <= found.position).order_by(ImportRow.row_no)


def _line(row: Any) -> Line:
    detail = row.detail
    reason = FieldProblem.from_json(detail["reason"]) if detail.get("reason") else None
    notes = tuple((_label(n.field), str(n)) for n in map(FieldProblem.from_json, detail.get("notes", ())))
    changes = tuple(_change(*change) for change in detail.get("changes", ()))
    field = _label(reason.field) if reason and reason.field else ""
    return Line(row.row_no, detail.get("name", ""), row.firm_id, field, str(reason or ""), changes, notes)


def _label(field: str) -> str:
    return _(FIELD_BY_KEY[field].label) if field in FIELD_BY_KEY else field_label(field) if field else ""


def _change(field: str, old: object, new: object) -> Change:
    return Change(field_label(field), _shown(field, old), _shown(field, new))


def _shown(field: str, value: object) -> str:
    text = "" if value is None else str(value)
    words = {"kind": KINDS, "status": STATUSES}.get(field)
    if words:
        return str(words.get(text, text))
    if field == "legal_form":
        return legal_form_label(text) or text
    if field == "as_of" and len(text) == 10:
        return f"{text[8:]}.{text[5:7]}.{text[:4]}"
    return text


def outcome_tiles(counts: Mapping[str, int]) -> list[dict[str, object]]:
    """Return the counts of an import as tiles."""
    kinds = {"faulty": "danger", "created": "success"}
    return [
        {"label": label, "value": counts.get(key, 0), "kind": kinds.get(key) if counts.get(key) else None}
        for key, label in OUTCOMES.items()
    ]
