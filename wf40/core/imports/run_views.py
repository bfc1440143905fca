"""The fifth step: the rows go in, and what came of it."""

from io import BytesIO

from flask import Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from wf40.base.i18n import _
from wf40.core.imports import history, pages, queries, refused, service
from wf40.core.imports.steps import elsewhere, next_page, stepper
from wf40.core.imports.terms import ENDED, STATES, UNDOABLE, WORKING
from wf40.core.imports.views import bp
from wf40.sdk.web import done, reading, wants_fragment, writing


@bp.post("/unternehmen/import/<int:run_id>/einlesen")
def confirm(run_id: int) -> ResponseReturnValue:
    """Let an import begin."""
    with writing() as u:
        service.confirm(u, run_id)
    return redirect(url_for("imports.progress", run_id=run_id), 303)


@bp.get("/unternehmen/import/<int:run_id>/fortschritt")
def progress(run_id: int) -> ResponseReturnValue:
    """Show how far an import has come."""
    with reading() as u:
        run = queries.run(u, run_id)
        if run.state not in WORKING:
            return next_page(run) if wants_fragment() else elsewhere(run, "progress")
        if wants_fragment():
            return render_template("imports/_progress.html", run=run, poll_url=request.path)
        return render_template("imports/progress.html", run=run, steps=stepper(run, "progress"))


@bp.post("/unternehmen/import/<int:run_id>/abbrechen")
def cancel(run_id: int) -> ResponseReturnValue:
    """Stop an import."""
    with writing() as u:
        service.cancel(u, run_id)
    return done(
        _("Der Import ist angehalten. Was schon eingelesen wurde, bleibt."), url_for("imports.show", run_id=run_id)
    )


@bp.post("/unternehmen/import/<int:run_id>/verwerfen")
def discard(run_id: int) -> ResponseReturnValue:
    """Remove a file of which nothing has gone in."""
    with writing() as u:
        service.discard(u, run_id)
    return done(_("Die Datei ist verworfen. Es wurde nichts eingelesen."), url_for("imports.index"))


@bp.get("/unternehmen/import/<int:run_id>/ergebnis")
def result(run_id: int) -> ResponseReturnValue:
    """Show what an import did."""
    with reading() as u:
        run = queries.run(u, run_id)
        if run.state not in ENDED:
            return elsewhere(run, "result")
        shown = pages.outcome_page(u, run)
        undoable = run.state in UNDOABLE and shown["counts"]["created"] + shown["counts"]["updated"] > 0
        return render_template(
            "imports/result.html", run=run, steps=stepper(run, "result"), states=STATES, undoable=undoable, message="",
            at=0, **shown,
        )  # fmt: skip


@bp.get("/unternehmen/import/<int:run_id>/nicht-uebernommen.csv")
def refused_csv(run_id: int) -> ResponseReturnValue:
    """Give the rows that did not go in, with their reasons."""
    with reading() as u:
        run = queries.run(u, run_id)
        text = refused.as_csv(run.headers, queries.refused_rows(u, run_id), queries.sheet_of(run))
    name = f"nicht-uebernommen-{run_id}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text.encode("utf-8-sig"), mimetype="text/csv", headers=headers)


@bp.get("/unternehmen/import/<int:run_id>/datei")
def original(run_id: int) -> ResponseReturnValue:
    """Give the file as it came."""
    with reading() as u:
        name, content = queries.original(u, run_id)
    # Whatever the file holds, the browser only stores it.
    return send_file(BytesIO(content), "application/octet-stream", as_attachment=True, download_name=name or "import")


@bp.post("/unternehmen/import/<int:run_id>/datei/entfernen")
def remove_file(run_id: int) -> ResponseReturnValue:
    """Remove the file as it came, and its lines."""
    with writing() as u:
        history.remove_file(u, run_id)
    return done(_("Die Datei ist entfernt. Das Ergebnis bleibt."), url_for("imports.result", run_id=run_id))
