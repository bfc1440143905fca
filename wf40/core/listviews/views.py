"""Pages of saved views, each with an address of its own, and the choice of columns."""

from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wf40.base.errors import InvalidInput, StaleVersion
from wf40.base.i18n import _
from wf40.base.uow import UnitOfWork
from wf40.core.listviews import queries, service
from wf40.core.listviews.columns import SEPARATOR, moved
from wf40.core.listviews.forms import ViewForm
from wf40.sdk.web import done, reading, writing

bp = Blueprint("listviews", __name__, template_folder="templates")
USUAL = "ueblich"
"""What stands for the usual columns in an address, where somebody keeps other ones."""


@bp.get("/ansichten/<int:view_id>")
def show(view_id: int) -> ResponseReturnValue:
    """Lead to the list as the view keeps it."""
    with reading() as u:
        row = queries.view(u, view_id)
        return redirect(list_url(row.list, row.query, row.id))


@bp.route("/ansichten/neu", methods=["GET", "POST"])
def add() -> ResponseReturnValue:
    """Keep what a list shows under a name; the list's address comes along behind the question mark."""
    name = request.args.get("liste", "firms")
    query = queries.tidy_query(urlencode([(k, v) for k, v in request.args.items() if k != "liste"]))
    form = ViewForm(data={"list": name, "query": query})
    with reading() as u:
        queries.offer(u, form.list.data or "")
        _without_sharing(u, form)
    if form.validate_on_submit():
        try:
            with writing() as u:
                view_id = service.add_view(u, form.list.data or "", form.query.data or "", form.to_input())
            return done(_("Die Ansicht ist gespeichert."), url_for("listviews.show", view_id=view_id))
        except InvalidInput as error:
            form.refuse(error)
    back = list_url(form.list.data or "", form.query.data or "")
    return render_template("listviews/form.html", form=form, view=None, back=back), 422 if form.is_submitted() else 200


@bp.route("/ansichten/<int:view_id>/bearbeiten", methods=["GET", "POST"])
def change(view_id: int) -> ResponseReturnValue:
    """Rename a view, share it, take it back."""
    with reading() as u:
        row = queries.view_to_change(u, view_id)
        form = ViewForm(obj=row, data={"first": queries.is_mine(u, row)})
        _without_sharing(u, form)
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            with writing() as u:
                service.change_view(u, view_id, form.typed_version(), form.to_input())
            return done(_("Die Ansicht ist gespeichert."), url_for("listviews.show", view_id=view_id))
        except InvalidInput as error:
            form.refuse(error)
        except StaleVersion as error:
            form.form_errors.append(str(error.message))
            form.now_at(error.current_version)
            status = 409
    page = render_template("listviews/form.html", form=form, view=row, back=list_url(row.list, row.query, row.id))
    return page, status


@bp.post("/ansichten/<int:view_id>/speichern")
def keep(view_id: int) -> ResponseReturnValue:
    """Let a view mean what its list shows now."""
    with writing() as u:
        service.keep_query(u, view_id, request.form.get("query", ""))
    return done(_("Die Ansicht ist gespeichert."), url_for("listviews.show", view_id=view_id))


@bp.post("/ansichten/<int:view_id>/oeffnen")
def open_with(view_id: int) -> ResponseReturnValue:
    """Let one's own list open with a view, or no longer."""
    with writing() as u:
        service.open_with(u, view_id)
    return done(_("Das ist gemerkt."), url_for("listviews.show", view_id=view_id))


@bp.post("/ansichten/<int:view_id>/loeschen")
def delete(view_id: int) -> ResponseReturnValue:
    """Delete a view; the records in it stay."""
    with writing() as u:
        name = service.delete_view(u, view_id)
    return done(_("Die Ansicht ist gelöscht."), list_url(name, "", 0))


@bp.post("/ansichten/spalten")
def columns() -> ResponseReturnValue:
    """Choose and order columns: for now in the address, or for good."""
    name, keys = request.form.get("liste", "firms"), request.form.getlist("spalte")
    moving = {side: request.form[side] for side in ("hoch", "runter") if side in request.form}
    keys = moved(keys, moving) if "ueblich" not in request.form else []
    kept = dict(parse_qsl(request.form.get("query", "")))
    kept.pop("spalten", None)
    if request.form.get("merken") and not moving:
        with writing() as u:
            service.keep_columns(u, name, SEPARATOR.join(keys))
    else:
        kept["spalten"] = SEPARATOR.join(keys) or USUAL
    if moving:
        kept["spaltenwahl"] = "1"
    with reading() as u:
        queries.offer(u, name)
    return redirect(list_url(name, urlencode(kept)), 303)


def list_url(name: str, query: str, view_id: int | None = None) -> str:
    """Return the address of a list."""
    args = dict(parse_qsl(query)) | ({} if view_id is None else {"ansicht": str(view_id)})
    return url_for(queries.LISTS.get(name, "firms.index"), **args)  # type: ignore[arg-type]


def _without_sharing(u: UnitOfWork, form: ViewForm) -> None:
    if not u.actor.may(service.SHARE):
        del form.shared
