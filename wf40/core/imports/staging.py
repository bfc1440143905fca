"""A file enters: read by a limited child process, its rows put aside in the database, its columns proposed."""

import hashlib
import tempfile
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, select

from wf40.base.access import Actor
from wf40.base.bulk import insert_rows
from wf40.base.errors import Forbidden, InvalidInput
from wf40.base.i18n import _l
from wf40.base.uow import Database, UnitOfWork
from wf40.core.imports import mappings, service
from wf40.core.imports.columns import find_header
from wf40.core.imports.models import ImportFile, ImportRow, ImportRun
from wf40.core.imports.own_fields import own_targets
from wf40.core.imports.problems import TableError
from wf40.core.imports.queries import FIRST_ROWS, SAMPLE, first_rows
from wf40.core.imports.reading import SourceRow, Table, read_table, rows_of
from wf40.core.imports.service import RUN, UploadInput
from wf40.core.imports.terms import OPEN

LARGEST_UPLOAD = 50 * 1024 * 1024
_AT_ONCE = 2000
_ROW: Any = ImportRow.__table__
_COLUMNS = ("row_no", "cells", "fault")


def stage_upload(database: Database, actor: Actor, source: Path, file_name: str, given: UploadInput) -> int:
    """Read a file and return the id of its import, with columns proposed.

    Raises:
        Forbidden: the actor may not import.
        InvalidInput: source or legal basis missing; as :class:`TableError` where the file is no table. Then nothing stays.
    """
    if not actor.may(RUN) or actor.unit_id is None:
        raise Forbidden(RUN)
    service.check_upload(given)
    with tempfile.TemporaryDirectory(prefix="wf40-import-") as folder:
        table = read_table(source, Path(folder) / "rows", filename=file_name)
        content = source.read_bytes()
        with database.write(actor) as u:
            run_id = service.begin(u, given, file_name, content, hashlib.sha256(content).hexdigest())
        try:
            _fill(database, actor, run_id, table)
        except BaseException:
            with database.write(actor) as u:
                service.discard(u, run_id)
            raise
    return run_id


def choose_table(
    database: Database, actor: Actor, run_id: int, sheet: str | None = None, header_row: int | None = None
) -> None:
    """Take another sheet or another row as the header; columns are proposed anew.

    Raises:
        InvalidInput: there is no such sheet or row.
    """
    with database.write(actor) as u:
        run = service.writable(u, run_id)
        if not actor.may(RUN):
            raise Forbidden(RUN)
        service.demand(run, OPEN)
        other_sheet = sheet is not None and sheet != run.sheet
        if not other_sheet:
            if header_row is not None and header_row != run.header_row:
                _set_header(u, run, header_row)
            return
        if sheet not in run.sheets:
            raise TableError("no_such_sheet", sheet=str(sheet))
        content = u.session.get_one(ImportFile, run_id).content
        file_name = run.file_name
    with tempfile.TemporaryDirectory(prefix="wf40-import-") as folder:
        copy = Path(folder) / "file"
        copy.write_bytes(content)
        table = read_table(copy, Path(folder) / "rows", filename=file_name, sheet=sheet)
        _fill(database, actor, run_id, table)


def _fill(database: Database, actor: Actor, run_id: int, table: Table) -> None:
    """Put the rows aside some thousand at a time, then let the import be seen."""
    rows, same = rows_of(table), {"run_id": run_id, "outcome": "", "detail": {}, "edited": False}
    with database.write(actor) as u:
        service.writable(u, run_id).state = "reading"
        u.session.execute(delete(ImportRow).where(ImportRow.run_id == run_id))
    while batch := list(islice(rows, _AT_ONCE)):
        with database.write(actor) as u:
            insert_rows(u.session, _ROW, _COLUMNS, [_stored(row) for row in batch], same, sql_null={"fault"})
    with database.write(actor) as u:
        run = service.writable(u, run_id)
        run.encoding, run.sheet, run.sheets = table.encoding or "", table.sheet or "", list(table.sheets)
        first = first_rows(u, run_id)
        _set_header(u, run, first[find_header([cells for _number, cells in first])][0])


def _stored(row: SourceRow) -> tuple[Any, ...]:
    return row.number, list(row.cells), row.fault.as_json() if row.fault else None


def _set_header(u: UnitOfWork, run: ImportRun, row_no: int) -> None:
    """Make a row the header, propose columns from what stands below it, and count the rows."""
    first = dict(first_rows(u, run.id))
    if row_no not in first:
        sentence = _l("Die Kopfzeile muss eine der ersten %(n)s gefüllten Zeilen sein.", n=FIRST_ROWS)
        raise InvalidInput(sentence, {"header_row": sentence})
    cells = first[row_no]
    while cells and not cells[-1].strip():
        cells.pop()
    below = first_rows(u, run.id, row_no, SAMPLE)
    width = max([len(cells), *(_filled(row) for _number, row in below)]) if not run.encoding else len(cells)
    headers = [cell.strip() for cell in cells] + [""] * (width - len(cells))
    run.header_row, run.headers, run.state, run.planned = row_no, headers, "uploaded", {}
    samples = [row for _number, row in below]
    run.fields = [column.field or None for column in mappings.proposed(headers, samples, own_targets(u))]
    run.total = _count_below(u, run)
    if not run.total and len(run.sheets) < 2:
        raise TableError("empty")


def _filled(cells: list[str]) -> int:
    return max((i + 1 for i, cell in enumerate(cells) if cell.strip()), default=0)


def _count_below(u: UnitOfWork, run: ImportRun) -> int:
    below = (
        select(func.count()).select_from(ImportRow).where(ImportRow.run_id == run.id, ImportRow.row_no > run.header_row)
    )
    return u.session.scalar(below) or 0
