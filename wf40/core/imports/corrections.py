"""Cells corrected on the page before anything goes in; the file as it came stays as it is."""

from collections.abc import Mapping

from sqlalchemy import select

from wf40.base.access import requires
from wf40.base.errors import NotFound
from wf40.base.uow import UnitOfWork
from wf40.core.imports import planning
from wf40.core.imports.models import ImportRow, ImportRun
from wf40.core.imports.service import RUN, demand, writable

LONGEST_CELL = 10_000


@requires(RUN)
def correct(u: UnitOfWork, run_id: int, row_no: int, cells: Mapping[int, str], *, whole: bool = False) -> None:
    """Put other values into a row of a checked import and check it anew.

    ``whole``: somebody looked at every cell of the row, so a fault of the row as such (half a row, an open quotation
    mark) counts as mended. Columns that the file does not have are passed over.

    Raises:
        NotFound: there is no such row, or its cells were removed.
    """
    run = writable(u, run_id)
    demand(run, {"checked"})
    row = _row(u, run, row_no)
    stored = [str(cell) for cell in row.cells]
    new = stored + [""] * (len(run.headers) - len(stored))
    for number, value in cells.items():
        if 0 <= number < len(new):
            new[number] = value.replace("\x00", "")[:LONGEST_CELL].strip()
    if whole:
        while len(new) > len(run.headers) and not new[-1]:
            new.pop()
        row.fault = None
    if new != stored or whole:
        row.cells, row.edited = new, True
        u.session.flush()
        planning.recheck(u, run_id, [row_no])


def _row(u: UnitOfWork, run: ImportRun, row_no: int) -> ImportRow:
    found = select(ImportRow).where(ImportRow.run_id == run.id, ImportRow.row_no == row_no)
    row = u.session.scalar(found)
    if row is None or row.cells is None or row_no <= run.header_row:
        raise NotFound
    return row
