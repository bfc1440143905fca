"""Pages of tags: their list, one tag, and putting them on a firm."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wf40.base.errors import Forbidden, InvalidInput, StaleVersion
from wf40.base.i18n import _, _n
from wf40.core.tags import queries, service
from wf40.core.tags.forms import MergeForm, TagForm, form_of
from wf40.core.tags.rules import MANAGE
from wf40.sdk.checks import whole_number
from wf40.sdk.web import done, reading, writing
from wf40.web.conflicts import conflict_rows

bp = Blueprint("tags", __name__, template_folder="templates")


@bp.get("/schlagwoerter")
def index() -> ResponseReturnValue:
    """List the tags with how often they are used."""
    q = request.args.get("q", "").strip()[:100]
    with reading() as u:
        return render_template("tags/index.html", lines=queries.tags(u, q), q=q, may_manage=u.actor.may(MANAGE))


@bp.route("/schlagwoerter/neu", methods=["GET", "POST"])
def add() -> ResponseReturnValue:
    """Add a tag."""
    form = TagForm()
    with reading() as u:
        if not u.actor.may(MANAGE):
            raise Forbidden(MANAGE)
    if form.validate_on_submit():
        try:
            with writing() as u:
                service.add_tag(u, form.name.data, form.description.data)
            return done(_("Das Schlagwort ist angelegt."), url_for("tags.index"))
        except InvalidInput as error:
            form.refuse(error)
    page = render_template("tags/form.html", form=form, line=None, both=None, changed_by="", merging=None)
    return page, 422 if form.is_submitted() else 200


@bp.route("/schlagwoerter/<int:tag_id>", methods=["GET", "POST"])
def change(tag_id: int) -> ResponseReturnValue:
    """Rename or describe a tag; a save that comes too late shows both versions."""
    with reading() as u:
        line = queries.tag_to_edit(u, tag_id)
        form, merging = form_of(line), MergeForm(formdata=None)
        merging.offer(queries.tags(u), tag_id)
    status, both, changed_by = 422 if form.is_submitted() else 200, None, ""
    if form.validate_on_submit():
        try:
            with writing() as u:
                service.change_tag(u, tag_id, form.typed_version(), form.name.data, form.description.data)
            return done(_("Das Schlagwort ist gespeichert und gilt überall."), url_for("tags.index"))
        except InvalidInput as error:
            form.refuse(error)
        except StaleVersion as error:
            both, changed_by, status = conflict_rows(form_of(line, stored=True), form), error.changed_by, 409
            form.now_at(error.current_version)
    page = render_template("tags/form.html", form=form, line=line, both=both, changed_by=changed_by, merging=merging)
    return page, status


@bp.post("/schlagwoerter/<int:tag_id>/zusammenfuehren")
def merge(tag_id: int) -> ResponseReturnValue:
    """Let the firms of a tag carry another one."""
    with writing() as u:
        count = service.merge_tags(u, tag_id, whole_number(request.form.get("into")) or 0)
    sentence = _n(
        "Zusammengeführt: %(num)s Unternehmen trug das Schlagwort.",
        "Zusammengeführt: %(num)s Unternehmen trugen das Schlagwort.",
        count,
    )
    return done(sentence, url_for("tags.index"))


@bp.post("/schlagwoerter/<int:tag_id>/loeschen")
def delete(tag_id: int) -> ResponseReturnValue:
    """Delete a tag."""
    with writing() as u:
        count = service.delete_tag(u, tag_id)
    sentence = _n(
        "Das Schlagwort ist gelöscht. %(num)s Unternehmen trug es.",
        "Das Schlagwort ist gelöscht. %(num)s Unternehmen trugen es.",
        count,
    )
    return done(sentence, url_for("tags.index"))


@bp.post("/unternehmen/<int:firm_id>/schlagwoerter")
def put_on(firm_id: int) -> ResponseReturnValue:
    """Put tags on a firm."""
    where = url_for("firms.show", firm_id=firm_id, _anchor="schlagwoerter")
    try:
        with writing() as u:
            new = service.tag_firm(u, firm_id, request.form.get("names", "")[:2000])
    except InvalidInput as error:
        flash(str(error), "error")
        return redirect(where, 303)
    return done(_("Schlagwort gesetzt und neu angelegt.") if new else _("Schlagwort gesetzt."), where)


@bp.post("/unternehmen/<int:firm_id>/schlagwoerter/<int:tag_id>/entfernen")
def take_off(firm_id: int, tag_id: int) -> ResponseReturnValue:
    """Take a tag off a firm."""
    with writing() as u:
        service.untag_firm(u, firm_id, tag_id)
    return done(_("Schlagwort entfernt."), url_for("firms.show", firm_id=firm_id, _anchor="schlagwoerter"))
