"""Taking a whole import back: first what that would do, then the way back as a job."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wf40.core.firms.terms import field_label
from wf40.core.imports import own_fields, queries, service, undo
from wf40.core.imports.steps import elsewhere, next_page
from wf40.core.imports.terms import LEGAL_BASES, UNDOABLE
from wf40.core.imports.views import bp
from wf40.sdk.web import reading, wants_fragment, writing


@bp.get("/unternehmen/import/<int:run_id>/zuruecknehmen")
def undo_preview(run_id: int) -> ResponseReturnValue:
    """Show what returns, what stays, and what cannot be taken back."""
    with reading() as u:
        run = queries.run(u, run_id)
        service.may_import(u)
        if run.state not in UNDOABLE:
            return elsewhere(run, "")
        plan = undo.undo_plan(u, run_id)
        labels = own_fields.labels(u, [name for line in (*plan.edited, *plan.blocked) for name in line.fields])
        ids = [line.firm_id for line in (*plan.edited, *plan.blocked) if line.firm_id]
        return render_template(
            "imports/undo.html",
            run=run,
            plan=plan,
            names=queries.firm_names(u, ids),
            bases=LEGAL_BASES,
            words=lambda name: labels.get(name) or field_label(name),
        )


@bp.post("/unternehmen/import/<int:run_id>/zuruecknehmen")
def start_undo(run_id: int) -> ResponseReturnValue:
    """Let the worker take an import back."""
    with writing() as u:
        undo.request_undo(u, run_id)
    return redirect(url_for("imports.undoing", run_id=run_id), 303)


@bp.get("/unternehmen/import/<int:run_id>/ruecknahme")
def undoing(run_id: int) -> ResponseReturnValue:
    """Show how far the way back has come."""
    with reading() as u:
        run = queries.run(u, run_id)
        if run.state != "undoing":
            return next_page(run) if wants_fragment() else elsewhere(run, "undoing")
        if wants_fragment():
            return render_template("imports/_progress.html", run=run, poll_url=request.path)
        return render_template("imports/undoing.html", run=run)
