"""The history of imports, and the first step of a new one: the file and where it comes from."""

import tempfile
from pathlib import Path

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wf40.base.errors import InvalidInput
from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.imports import profiles, queries, service, staging
from wf40.core.imports.forms import UploadForm
from wf40.core.imports.steps import elsewhere, stepper
from wf40.core.imports.terms import ENDED, STATES
from wf40.sdk.paging import page_number
from wf40.sdk.web import actor, close_reading, database, reading, writing

bp = Blueprint("imports", __name__, template_folder="templates")


@bp.get("/unternehmen/importe")
def index() -> ResponseReturnValue:
    """List imports."""
    with reading() as u:
        page = queries.runs(u, page_number(request.args.get("seite")))
        files = queries.with_file(u, [run.id for run in page.rows]) if u.actor.may(queries.FILES) else set()
        return render_template("imports/index.html", page=page, states=STATES, ended=ENDED, files=files)


@bp.get("/unternehmen/import/neu")
def new() -> ResponseReturnValue:
    """Ask for a file."""
    with reading() as u:
        service.may_import(u)
        form = UploadForm()
        form.offer(profiles.profiles(u))
        return _file_page(u, form), 200


@bp.post("/unternehmen/import/neu")
def upload() -> ResponseReturnValue:
    """Read an uploaded file."""
    form = UploadForm()
    with reading() as u:
        service.may_import(u)
        form.offer(profiles.profiles(u))
    if form.validate():
        close_reading()  # a large or hostile file takes its time: no transaction waits for it
        try:
            return redirect(url_for("imports.table", run_id=_stage(form)), 303)
        except InvalidInput as error:
            form.refuse(error if error.fields else InvalidInput(error.message, {"file": error.message}))
    with reading() as u:
        return _file_page(u, form), 422


@bp.get("/unternehmen/import/<int:run_id>")
def show(run_id: int) -> ResponseReturnValue:
    """Lead to the step at which an import stands."""
    with reading() as u:
        return elsewhere(queries.run(u, run_id), "")


def _file_page(u: UnitOfWork, form: UploadForm) -> str:
    steps = stepper(None, "file")
    return render_template("imports/new.html", form=form, steps=steps, sources=queries.sources(u))


def _stage(form: UploadForm) -> int:
    sent, chosen = form.file.data, form.chosen.id if form.chosen else None
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
        run_id = staging.stage_upload(database(), actor(), path, name, form.to_input())
    with writing() as u:
        profiles.apply(u, run_id, chosen)
    return run_id
