"""The second step: which sheet, and which of its rows holds the headings."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wf40.base.errors import InvalidInput
from wf40.base.uow import UnitOfWork
from wf40.core.imports import profiles, queries, service, staging
from wf40.core.imports.mappings import letter_of
from wf40.core.imports.models import ImportRun
from wf40.core.imports.steps import elsewhere, stepper
from wf40.core.imports.terms import OPEN
from wf40.core.imports.views import bp
from wf40.sdk.web import actor, close_reading, database, reading, writing

_MOST_COLUMNS = 40
"""Columns of the preview; a table may have more."""


@bp.get("/unternehmen/import/<int:run_id>/tabelle")
def table(run_id: int) -> ResponseReturnValue:
    """Show the first rows, for sheet and header to be chosen."""
    with reading() as u:
        run = queries.run(u, run_id)
        if run.state not in OPEN or not u.actor.may(service.RUN):
            return elsewhere(run, "table")
        return _page(u, run)


@bp.post("/unternehmen/import/<int:run_id>/tabelle")
def choose_table(run_id: int) -> ResponseReturnValue:
    """Take another sheet or header; a sheet is looked at first, a header leads on to the columns."""
    sheet, header = request.form.get("sheet") or None, request.form.get("header_row", None, int)
    with reading() as u:
        was = queries.run(u, run_id)
        before = (was.sheet, was.header_row)
    close_reading()  # another sheet is read by a process: no transaction waits for it
    try:
        staging.choose_table(database(), actor(), run_id, sheet, header)
    except InvalidInput as error:
        with reading() as u:
            return _page(u, queries.run(u, run_id), error)
    with writing() as u:
        now = service.writable(u, run_id)
        if (now.sheet, now.header_row) != before:
            profiles.apply(u, run_id, now.profile_id)
    return redirect(url_for("imports.columns" if header else "imports.table", run_id=run_id), 303)


def _page(u: UnitOfWork, run: ImportRun, error: InvalidInput | None = None) -> ResponseReturnValue:
    rows = queries.first_rows(u, run.id)
    width = max((len(cells) for _number, cells in rows), default=0)
    shown = min(width, _MOST_COLUMNS)
    page = render_template(
        "imports/table.html", run=run, steps=stepper(run, "table"), rows=rows, error=str(error.message) if error else "",
        letters=[letter_of(number) for number in range(shown)], more=width - shown,
    )  # fmt: skip
    return page, 422 if error else 200
