"""The fourth step: what would happen, possible duplicates to decide about, cells to correct."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wf40.base.errors import InvalidInput
from wf40.base.i18n import _, _n
from wf40.base.uow import UnitOfWork
from wf40.core.imports import corrections, decisions, lines, pages, queries, service
from wf40.core.imports.forms import typed_cells
from wf40.core.imports.models import ImportRun
from wf40.core.imports.own_fields import hints, own_targets
from wf40.core.imports.own_keys import is_own
from wf40.core.imports.steps import back_to, elsewhere, next_page, stepper
from wf40.core.imports.terms import OPEN, OUTCOMES
from wf40.core.imports.views import bp
from wf40.sdk.web import reading, wants_fragment, writing


@bp.get("/unternehmen/import/<int:run_id>/pruefen")
def check(run_id: int) -> ResponseReturnValue:
    """Show what an import would do."""
    with reading() as u:
        run = queries.run(u, run_id)
        if run.state == "mapped" and wants_fragment():
            return render_template("imports/_progress.html", run=run, poll_url=request.path)
        if wants_fragment() and request.args.get("ansicht") is None:
            return next_page(run)
        if run.state not in OPEN - {"uploaded"}:
            return elsewhere(run, "check")
        shown = pages.outcome_page(u, run) if run.state == "checked" else {}
        told = hints(own_targets(u), run.fields) if any(map(is_own, run.fields)) else []
        return render_template(
            "imports/check.html", run=run, steps=stepper(run, "check"), message="", at=0, hints=told, **shown
        )


@bp.get("/unternehmen/import/<int:run_id>/zeile/<int:row_no>")
def row(run_id: int, row_no: int) -> ResponseReturnValue:
    """Show every cell of one row, for it to be corrected."""
    with reading() as u:
        run = queries.run(u, run_id)
        if run.state != "checked" or not u.actor.may(service.RUN):
            return elsewhere(run, "")
        line = queries.line(u, run_id, row_no)
        cells = lines.cells_of(run, queries.cells(u, run_id, row_no))
        return render_template("imports/row.html", run=run, steps=stepper(run, "check"), line=line, cells=cells)


@bp.post("/unternehmen/import/<int:run_id>/zeile/<int:row_no>")
def correct(run_id: int, row_no: int) -> ResponseReturnValue:
    """Store corrected cells and check their row anew."""
    cells = typed_cells(request.form, corrections.LONGEST_CELL)
    with writing() as u:
        corrections.correct(u, run_id, row_no, cells, whole="whole" in request.form)
    return _answer(run_id, row_no, "")


@bp.post("/unternehmen/import/<int:run_id>/zeile/<int:row_no>/entscheiden")
def decide(run_id: int, row_no: int) -> ResponseReturnValue:
    """Store whether a row is a known firm, a new one, or is left for later."""
    try:
        with writing() as u:
            decisions.decide(u, run_id, row_no, request.form.get("choice", ""))
    except InvalidInput as error:
        return _answer(run_id, row_no, str(error.message))
    return _answer(run_id, row_no, "")


@bp.post("/unternehmen/import/<int:run_id>/alle-entscheiden")
def decide_all(run_id: int) -> ResponseReturnValue:
    """Decide alike about all rows for which the same speaks."""
    try:
        with writing() as u:
            count = decisions.decide_all(
                u, run_id, request.form.get("choice", ""), request.form.get("kind", ""), request.form.get("only") == "kind"
            )  # fmt: skip
    except InvalidInput as error:
        return _answer(run_id, 0, str(error.message))
    return _answer(run_id, 0, _n("Eine Zeile ist entschieden.", "%(num)s Zeilen sind entschieden.", count))


def _answer(run_id: int, row_no: int, message: str) -> ResponseReturnValue:
    """Show the part that was worked in, with the next row to look at, or lead back to it."""
    with reading() as u:
        run = queries.run(u, run_id)
        message = message or _outcome_of(u, run, row_no)
        if wants_fragment() and run.state == "checked":
            shown = pages.outcome_page(u, run)
            return render_template("imports/_outcome.html", run=run, before=True, message=message, at=row_no, **shown)
    flash(message, "success")
    return redirect(back_to(url_for("imports.check", run_id=run_id)) + "#zeilen", 303)


def _outcome_of(u: UnitOfWork, run: ImportRun, row_no: int) -> str:
    line = queries.line(u, run.id, row_no)
    if line.reason:
        return _("Zeile %(row)s: %(reason)s", row=row_no, reason=line.reason)
    return _("Zeile %(row)s ist gespeichert: %(outcome)s.", row=row_no, outcome=OUTCOMES.get(line.outcome, ""))
