"""The assistant: file, columns, check, import, result; and the history of imports."""

import tempfile
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wf40.base.errors import InvalidInput
from wf40.base.i18n import _, _l
from wf40.base.uow import UnitOfWork
from wf40.core.imports import queries, refused, runner, service, staging
from wf40.core.imports.forms import UploadForm
from wf40.core.imports.mappings import STORED
from wf40.core.imports.models import ImportRun
from wf40.core.imports.sectors import EDITIONS
from wf40.core.imports.terms import ENDED, LEGAL_BASES, OPEN, OUTCOMES, STATES, WORKING
from wf40.sdk.paging import page_number
from wf40.sdk.web import actor, database, done, reading, wants_fragment, writing

bp = Blueprint("imports", __name__, template_folder="templates")
STEPS = (
    ("file", _l("Datei")), ("columns", _l("Spalten")), ("check", _l("Prüfen")), ("progress", _l("Einlesen")),
    ("result", _l("Ergebnis")),
)  # fmt: skip
CHECK_AT_ONCE = 3.0
"""Seconds that a check may take within the request; the worker does the rest."""


@bp.get("/unternehmen/importe")
def index() -> ResponseReturnValue:
    """List imports."""
    with reading() as u:
        page = queries.runs(u, page_number(request.args.get("seite")))
        return render_template("imports/index.html", page=page, states=STATES, ended=ENDED)


@bp.get("/unternehmen/import/neu")
def new() -> ResponseReturnValue:
    """Ask for a file."""
    with reading() as u:
        service.may_import(u)
        return render_template("imports/new.html", form=UploadForm(), steps=_steps(None, "file"))


@bp.post("/unternehmen/import/neu")
def upload() -> ResponseReturnValue:
    """Read an uploaded file."""
    form = UploadForm()
    with reading() as u:
        service.may_import(u)
    if form.validate():
        try:
            return redirect(url_for("imports.columns", run_id=_stage(form)), 303)
        except InvalidInput as error:
            form.refuse(error if error.fields else InvalidInput(error.message, {"file": error.message}))
    return render_template("imports/new.html", form=form, steps=_steps(None, "file")), 422


def _stage(form: UploadForm) -> int:
    sent = form.file.data
    with tempfile.TemporaryDirectory(prefix="wf40-upload-") as folder:
        path = Path(folder) / "upload"
        sent.save(path)
        if path.stat().st_size > staging.LARGEST_UPLOAD:
            raise InvalidInput(
                _l(
                    "Die Datei ist größer als 50 MB. Bitte teilen Sie sie auf oder lassen Sie sie mit „wf40 import firms“ einlesen."
                )
            )
        name = Path(str(sent.filename).replace("\\", "/")).name
        return staging.stage_upload(database(), actor(), path, name, form.to_input())


@bp.get("/unternehmen/import/<int:run_id>")
def show(run_id: int) -> ResponseReturnValue:
    """Lead to the step at which an import stands."""
    with reading() as u:
        return redirect(url_for(f"imports.{_step_of(queries.run(u, run_id))}", run_id=run_id))


@bp.get("/unternehmen/import/<int:run_id>/spalten")
def columns(run_id: int) -> ResponseReturnValue:
    """Show the columns and what they will fill."""
    with reading() as u:
        run = queries.run(u, run_id)
        if run.state not in OPEN or not u.actor.may(service.RUN):
            return redirect(url_for("imports.result" if run.state in ENDED else "imports.check", run_id=run_id))
        return _columns_page(u, run)


def _columns_page(u: UnitOfWork, run: ImportRun, error: InvalidInput | None = None) -> ResponseReturnValue:
    found = queries.columns(u, run.id)
    typed = {c.number: request.form.get(f"column-{c.number}", c.field) if error else c.field for c in found}
    page = render_template(
        "imports/columns.html", run=run, columns=found, chosen=typed, targets=STORED, steps=_steps(run, "columns"),
        edition=request.form.get("edition", run.edition) if error else run.edition, editions=EDITIONS,
        errors={name: str(text) for name, text in error.fields.items()} if error else {},
        headers=queries.header_candidates(u, run.id),
    )  # fmt: skip
    return page, 422 if error else 200


@bp.post("/unternehmen/import/<int:run_id>/spalten")
def save_columns(run_id: int) -> ResponseReturnValue:
    """Store the choice and check the rows."""
    with reading() as u:
        count = len(queries.run(u, run_id).headers)
    fields = [request.form.get(f"column-{number}", "") for number in range(count)]
    try:
        with writing() as u:
            service.save_columns(u, run_id, fields, request.form.get("edition", ""))
    except InvalidInput as error:
        with reading() as u:
            return _columns_page(u, queries.run(u, run_id), error)
    runner.advance(database(), run_id, CHECK_AT_ONCE)
    return redirect(url_for("imports.check", run_id=run_id), 303)


@bp.post("/unternehmen/import/<int:run_id>/tabelle")
def choose_table(run_id: int) -> ResponseReturnValue:
    """Take another sheet or header."""
    with reading() as u:
        queries.run(u, run_id)
    try:
        staging.choose_table(
            database(), actor(), run_id, request.form.get("sheet") or None, request.form.get("header_row", None, int)
        )
    except InvalidInput as error:
        with reading() as u:
            named = InvalidInput(error.message, error.fields or {"table": error.message})
            return _columns_page(u, queries.run(u, run_id), named)
    return redirect(url_for("imports.columns", run_id=run_id), 303)


@bp.get("/unternehmen/import/<int:run_id>/pruefen")
def check(run_id: int) -> ResponseReturnValue:
    """Show what an import would do."""
    with reading() as u:
        run = queries.run(u, run_id)
        if run.state not in OPEN - {"uploaded"}:
            return _elsewhere(run, "check")
        if wants_fragment():
            return _fragment(run, "mapped")
        shown = _tables(u, run) if run.state == "checked" else {}
        return render_template("imports/check.html", run=run, steps=_steps(run, "check"), bases=LEGAL_BASES, **shown)


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
        if wants_fragment():
            return _fragment(run, *WORKING)
        if run.state not in WORKING:
            return _elsewhere(run, "progress")
        return render_template("imports/progress.html", run=run, steps=_steps(run, "progress"))


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
            return _elsewhere(run, "result")
        return render_template(
            "imports/result.html",
            run=run,
            steps=_steps(run, "result"),
            bases=LEGAL_BASES,
            states=STATES,
            **_tables(u, run),
        )


@bp.get("/unternehmen/import/<int:run_id>/nicht-uebernommen.csv")
def refused_csv(run_id: int) -> ResponseReturnValue:
    """Give the rows that did not go in, with their reasons."""
    with reading() as u:
        run = queries.run(u, run_id)
        text = refused.as_csv(run.headers, queries.refused_rows(u, run_id))
    name = f"nicht-uebernommen-{run_id}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text.encode("utf-8-sig"), mimetype="text/csv", headers=headers)


def _tables(u: UnitOfWork, run: ImportRun) -> dict[str, Any]:
    """Return tiles and the first rows of each outcome."""
    counts = run.planned if run.state == "checked" else run.counts
    found = {key: queries.lines(u, run.id, key) if counts.get(key) else [] for key in OUTCOMES}
    names = queries.firm_names(u, [line for many in found.values() for line in many])
    return {
        "counts": {key: counts.get(key, 0) for key in OUTCOMES}, "tiles": queries.outcome_tiles(counts), "lines": found,
        "notes": queries.notes(u, run.id), "names": names, "outcomes": OUTCOMES, "shown": queries.PER_PAGE,
    }  # fmt: skip


def _fragment(run: ImportRun, *states: str) -> ResponseReturnValue:
    """Return the progress bar, or let the browser open the next page once the phase has ended."""
    if run.state in states:
        return render_template("imports/_progress.html", run=run, poll_url=request.path)
    answer = Response("")
    answer.headers["HX-Redirect"] = url_for("imports.show", run_id=run.id)
    return answer


def _elsewhere(run: ImportRun, here: str) -> ResponseReturnValue:
    step = _step_of(run)
    return redirect(url_for(f"imports.{step if step != here else 'index'}", run_id=run.id))


def _step_of(run: ImportRun) -> str:
    if run.state in ENDED:
        return "result"
    if run.state in WORKING:
        return "progress"
    return "columns" if run.state == "uploaded" else "check" if run.state != "reading" else "index"


def _steps(run: ImportRun | None, current: str) -> list[dict[str, Any]]:
    """Return the steps for the stepper; those behind lead back as long as nothing has gone in."""
    keys = [key for key, _label in STEPS]
    at = keys.index(current)
    reached = keys.index(_step_of(run)) if run is not None and _step_of(run) in keys else at
    steps = []
    for number, (key, label) in enumerate(STEPS):
        over = run is not None and run.state in ENDED
        state = "current" if number == at else "done" if number < max(at, reached) or over else "open"
        back = (
            run is not None and run.state in OPEN and key in {"columns", "check"} and number <= reached and number != at
        )
        steps.append(
            {
                "label": str(label),
                "state": state,
                "url": url_for(f"imports.{key}", run_id=run.id) if back and run else None,
            }
        )
    return steps
