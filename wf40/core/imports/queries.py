"""Reads imports: the history, one of them, and what became of its rows."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, exists, func, select, true

from wf40.base.access import requires
from wf40.base.errors import NotFound
from wf40.base.uow import UnitOfWork
from wf40.core.firms.queries import visible_firms
from wf40.core.imports import lines, mappings
from wf40.core.imports.lines import Line
from wf40.core.imports.mappings import Column
from wf40.core.imports.models import ImportFile, ImportRow, ImportRun
from wf40.core.imports.own_fields import labels, own_targets
from wf40.core.imports.own_keys import SITES
from wf40.sdk.paging import Page, entities, page_of
from wf40.sdk.statements import kept

READ = "imports.read"
FILES = "imports.files"
PER_PAGE = 50
FIRST_ROWS = 25
"""How many rows may stand above the header."""
SAMPLE = 300
NOTED = "noted"
"""Rows that go in, but not with every value: what a list of them is asked for by, beside the outcomes."""
_GOING_IN = ("created", "updated", "unchanged")


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
def with_file(u: UnitOfWork, run_ids: Iterable[int]) -> set[int]:
    """Return those of the imports whose file as it came is still kept."""
    return set(u.session.scalars(select(ImportFile.run_id).where(ImportFile.run_id.in_(list(run_ids)))))


@requires(FILES)
def original(u: UnitOfWork, run_id: int) -> tuple[str, bytes]:
    """Return name and content of a file as it came; raises :class:`NotFound` once it was removed."""
    found = run(u, run_id)
    content = u.session.scalar(select(ImportFile.content).where(ImportFile.run_id == run_id))
    if content is None:
        raise NotFound
    return found.file_name, content


@requires(READ)
def sources(u: UnitOfWork, limit: int = 50) -> list[str]:
    """Return the sources named last, so that a new version of a list gets the very same words."""
    rows = select(ImportRun.source).where(readable(u)).group_by(ImportRun.source)
    return list(u.session.scalars(rows.order_by(func.max(ImportRun.id).desc()).limit(limit)))


@requires(READ)
def first_rows(u: UnitOfWork, run_id: int, after: int = 0, limit: int = FIRST_ROWS) -> list[tuple[int, list[str]]]:
    """Return the first lines of a file behind a row number: number and cells."""
    rows = select(ImportRow.row_no, ImportRow.cells).where(ImportRow.run_id == run_id, ImportRow.row_no > after)
    found = u.session.execute(rows.order_by(ImportRow.row_no).limit(limit))
    return [(number, list(cells or ())) for number, cells in found]


@requires(READ)
def columns(u: UnitOfWork, run_id: int) -> list[Column]:
    """Return the columns with samples and the fields chosen or proposed."""
    found = run(u, run_id)
    below = first_rows(u, run_id, found.header_row, SAMPLE)
    proposal = mappings.proposed(found.headers, [row for _number, row in below], own_targets(u))
    return mappings.with_choice(proposal, found.fields)


@requires(READ)
def lines_with(u: UnitOfWork, run_id: int, outcome: str, page: int = 1, size: int = PER_PAGE) -> Page[Line]:
    """Return a page of the rows with one outcome (or ``NOTED``), in the order of the file."""
    found = run(u, run_id)
    words = _words(u, found)
    return page_of(u, _rows(found, outcome), page, size, lambda rows: lines.lines_of(found, rows, words))


@requires(READ)
def line(u: UnitOfWork, run_id: int, row_no: int) -> Line:
    """Return one row of the file; raises :class:`NotFound`."""
    found = run(u, run_id)
    row = u.session.execute(
        select(*lines.COLUMNS).where(ImportRow.run_id == run_id, ImportRow.row_no == row_no)
    ).one_or_none()
    if row is None or row_no <= found.header_row:
        raise NotFound
    return lines.lines_of(found, [row], _words(u, found))[0]


def sheet_of(found: ImportRun) -> str:
    """Return the sheet that rows are named with: of a file with several, else nothing."""
    return found.sheet if len(found.sheets) > 1 else ""


def _words(u: UnitOfWork, found: ImportRun) -> Mapping[str, str]:
    """Return the words for what an import fills beside the facts of firms; an address may become further sites."""
    return labels(u, [*found.fields, SITES if "address" in found.fields else None])


@requires(READ)
def cells(u: UnitOfWork, run_id: int, row_no: int) -> list[str]:
    """Return the cells of one row; raises :class:`NotFound` once they were removed."""
    run(u, run_id)
    stored = u.session.scalar(select(ImportRow.cells).where(ImportRow.run_id == run_id, ImportRow.row_no == row_no))
    if stored is None:
        raise NotFound
    return list(stored)


@requires(READ)
def any_noted(u: UnitOfWork, run_id: int) -> bool:
    """Tell whether rows go in without one of their values."""
    return bool(u.session.scalar(select(exists(_rows(run(u, run_id), NOTED).order_by(None)))))


@requires(READ)
def decided(u: UnitOfWork, run_id: int) -> int:
    """Count the rows about which a person has decided."""
    run(u, run_id)
    rows = select(func.count()).where(ImportRow.run_id == run_id, ImportRow.choice.is_not(None))
    return u.session.scalar(rows) or 0


@requires(READ)
def refused_rows(u: UnitOfWork, run_id: int) -> Iterator[tuple[Line, list[str]]]:
    """Yield faulty, skipped and undecided rows with their cells (none once these were removed)."""
    found = run(u, run_id)
    rows = select(*lines.COLUMNS).where(
        ImportRow.run_id == run_id,
        ImportRow.outcome.in_(("faulty", "skipped", "ask")),
        ImportRow.row_no <= found.position,
    )
    words = _words(u, found)
    for row in u.session.execute(rows.order_by(ImportRow.row_no)):
        yield lines.lines_of(found, [row], words)[0], list(row.cells or [])


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
    return list(u.session.scalars(_finished(u), {"most": limit}))


@kept
def _finished(u: UnitOfWork) -> Select[Any]:
    done = select(ImportRun).where(readable(u), ImportRun.state.in_(("done", "cancelled", "failed")))
    return done.order_by(ImportRun.id.desc()).limit(bindparam("most"))


@requires(READ)
def firm_names(u: UnitOfWork, ids: Iterable[int]) -> Mapping[int, str]:
    """Return the present names of firms, as far as they may be read."""
    firms = visible_firms(u).subquery()
    rows = select(firms.c.id, firms.c.name).where(firms.c.id.in_(set(ids)))
    return {row.id: row.name for row in u.session.execute(rows)}


def _rows(found: ImportRun, outcome: str) -> Select[Any]:
    rows = select(*lines.COLUMNS).where(ImportRow.run_id == found.id)
    if outcome == NOTED:
        noted = ImportRow.detail[("notes", 0)].as_string().is_not(None)
        rows = rows.where(ImportRow.outcome.in_(_GOING_IN), noted)
    else:
        rows = rows.where(ImportRow.outcome == outcome)
    # Behind the position stands what the check expected, not what happened.
    return rows.where(ImportRow.row_no <= found.position).order_by(ImportRow.row_no)
