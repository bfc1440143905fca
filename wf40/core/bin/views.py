"""Pages of the bin: what lies in it, putting in, taking out, deleting for good."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wf40.base.errors import Forbidden
from wf40.base.i18n import _, _n
from wf40.core.bin import queries, service
from wf40.sdk.checks import whole_number
from wf40.sdk.paging import page_number
from wf40.sdk.web import done, reading, writing

bp = Blueprint("bin", __name__, template_folder="templates")


@bp.get("/papierkorb")
def index() -> ResponseReturnValue:
    """List what lies in the bin."""
    with reading() as u:
        page = queries.entries(u, page_number(request.args.get("seite")))
        return render_template(
            "bin/index.html",
            page=page,
            days=service.DAYS,
            may_empty=u.actor.may(queries.EMPTY),
            unit_id=u.actor.unit_id,
        )


@bp.post("/unternehmen/<int:firm_id>/papierkorb")
def put_firm(firm_id: int) -> ResponseReturnValue:
    """Put a firm into the bin."""
    with writing() as u:
        entry_id = service.put_firm(u, firm_id)
    return _put(_("Das Unternehmen liegt im Papierkorb."), entry_id, url_for("firms.show", firm_id=firm_id))


@bp.post("/ansprechpersonen/<int:contact_id>/papierkorb")
def put_contact(contact_id: int) -> ResponseReturnValue:
    """Put a person into the bin."""
    with writing() as u:
        entry_id = service.put_contact(u, contact_id)
    return _put(_("Die Person liegt im Papierkorb."), entry_id, url_for("contacts.show", contact_id=contact_id))


@bp.post("/papierkorb/<int:entry_id>/zurueck")
def restore(entry_id: int) -> ResponseReturnValue:
    """Put a record back."""
    with writing() as u:
        kind, record_id = service.restore(u, entry_id)
    return _restored(kind, record_id)


@bp.post("/unternehmen/<int:firm_id>/papierkorb/zurueck")
def restore_firm(firm_id: int) -> ResponseReturnValue:
    """Put a firm back, from its page."""
    with writing() as u:
        kind, record_id = service.restore(u, service.entry_of(u, "firm", firm_id))
    return _restored(kind, record_id)


@bp.post("/ansprechpersonen/<int:contact_id>/papierkorb/zurueck")
def restore_contact(contact_id: int) -> ResponseReturnValue:
    """Put a person back, from their page."""
    with writing() as u:
        kind, record_id = service.restore(u, service.entry_of(u, "contact", contact_id))
    return _restored(kind, record_id)


@bp.route("/papierkorb/leeren", methods=["GET", "POST"])
def empty() -> ResponseReturnValue:
    """Show what would be deleted for good, and delete it: one entry, or all that need not be kept."""
    with reading() as u:
        if not u.actor.may(queries.EMPTY):
            raise Forbidden(queries.EMPTY)
        chosen = whole_number(request.args.get("eintrag"))
        found = queries.some(u, [chosen] if chosen else queries.own_ids(u))
    going = [entry for entry in found if not entry.held.keeps]
    if request.method == "POST":
        seen = {whole_number(text) for text in request.form.getlist("eintrag")}
        with writing() as u:
            count = service.empty(u, [entry.id for entry in going if entry.id in seen])
        sentence = _n("%(num)s Eintrag ist endgültig gelöscht.", "%(num)s Einträge sind endgültig gelöscht.", count)
        return done(sentence, url_for("bin.index"))
    with reading():
        kept = len(found) - len(going)
        return render_template("bin/empty.html", going=going, kept=kept, chosen=chosen)


def _put(message: str, entry_id: int, where: str) -> ResponseReturnValue:
    undo = {
        "text": message,
        "action_url": url_for("bin.restore", entry_id=entry_id),
        "action_label": _("Rückgängig machen"),
    }
    flash(undo, "success")  # type: ignore[arg-type]  # the layout understands a text with an action
    return redirect(where, 303)


def _restored(kind: str, record_id: int) -> ResponseReturnValue:
    if kind == "firm":
        return done(_("Das Unternehmen ist wieder da, wo es war."), url_for("firms.show", firm_id=record_id))
    return done(_("Die Person ist wieder da, wo sie war."), url_for("contacts.show", contact_id=record_id))
