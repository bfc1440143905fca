"""The file as it came: kept for a while behind every import, and removable before that."""

from sqlalchemy import delete, null, update

from wf40.base.access import requires
from wf40.base.uow import UnitOfWork
from wf40.core.imports.models import ImportFile, ImportRow, ImportRun
from wf40.core.imports.queries import FILES
from wf40.core.imports.service import demand, writable
from wf40.core.imports.terms import ENDED


@requires(FILES)
def remove_file(u: UnitOfWork, run_id: int) -> None:
    """Remove the file of an ended import and the lines read from it; what became of each line stays."""
    run = writable(u, run_id)
    demand(run, ENDED)
    if run.cleared_at is None:
        clear_lines(u, run)
        u.audit("import_file_removed", f"import:{run_id}", {"file": run.file_name})


def clear_lines(u: UnitOfWork, run: ImportRun) -> None:
    """Remove file and lines of one import."""
    u.session.execute(update(ImportRow).where(ImportRow.run_id == run.id).values(cells=null(), fault=null()))
    u.session.execute(delete(ImportFile).where(ImportFile.run_id == run.id))
    run.cleared_at = u.now
