"""Removes what an import no longer needs: lines and file some time after it, files that nobody took further."""

from datetime import timedelta

from sqlalchemy import delete, null, select, update

from wf40.base.access import Actor
from wf40.base.uow import Database
from wf40.core.imports.models import ImportFile, ImportRow, ImportRun
from wf40.core.imports.terms import ENDED, OPEN

KEEP_LINES = timedelta(days=90)
KEEP_UNUSED = timedelta(days=30)
_ABANDONED = timedelta(hours=1)


def clear(database: Database) -> None:
    """Remove the lines of imports that ended 90 days ago (results stay), and files that lay unused for 30 days."""
    with database.write(Actor.system("imports")) as u:
        ended = ImportRun.state.in_(ENDED), ImportRun.cleared_at.is_(None), ImportRun.finished_at < u.now - KEEP_LINES
        for run in u.session.scalars(select(ImportRun).where(*ended)):
            u.session.execute(update(ImportRow).where(ImportRow.run_id == run.id).values(cells=null(), fault=null()))
            u.session.execute(delete(ImportFile).where(ImportFile.run_id == run.id))
            run.cleared_at = u.now
            u.audit("import_lines_removed", f"import:{run.id}")
        unused = ImportRun.state.in_(OPEN) & (ImportRun.created_at < u.now - KEEP_UNUSED)
        halfway = (ImportRun.state == "reading") & (ImportRun.created_at < u.now - _ABANDONED)
        for run in u.session.scalars(select(ImportRun).where(unused | halfway)):
            u.audit("import_discarded", f"import:{run.id}")
            u.session.delete(run)
