"""The list, and inviting firms."""

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from wf40.sdk.errors import InvalidInput
from wf40.sdk.forms import choices
from wf40.sdk.paging import page_number
from wf40.sdk.services import Contacts, Firms
from wf40.sdk.uow import UnitOfWork
from wf40.sdk.web import done, reading, writing
from wf40_digital_readiness import queries, service
from wf40_digital_readiness.forms import InvitationForm
from wf40_digital_readiness.texts import _, _l
from wf40_digital_readiness.views.blueprints import office_pages as bp

STATES = {
    "invited": (_l("eingeladen"), "neutral"),
    "begun": (_l("begonnen"), "info"),
    "answered": (_l("beantwortet"), "success"),
    "expired": (_l("abgelaufen"), "warning"),
    "revoked": (_l("widerrufen"), "neutral"),
}
MORE_STATES = {"new": _l("neue Antworten"), "callback": _l("Bitte um Rückruf")}


@bp.get("/")
def index() -> ResponseReturnValue:
    """List invitations and answers."""
    state = request.args.get("stand", "")
    state = state if state in STATES or state in MORE_STATES else ""
    q = request.args.get("q", "").strip()[:200]
    with reading() as u:
        page = queries.lines(u, state, q, page_number(request.args.get("seite")))
        return render_template(
            "digital_readiness/index.html", page=page, state=state, q=q, states=STATES, more_states=MORE_STATES
        )


@bp.route("/einladen/<int:firm_id>", methods=["GET", "POST"])
def invite(firm_id: int) -> ResponseReturnValue:
    """Choose a person, look at the mail and send it."""
    with reading() as u:
        service.demand_to_invite(u, firm_id)
        form = _invitation_form(u, firm_id)
    sends = request.method == "POST" and request.form.get("action") != "preview"
    if sends and form.validate():
        try:
            with writing() as u:
                invitation_id = service.invite(u, firm_id, form.to_input())
            target = url_for("digital_readiness.invitation", invitation_id=invitation_id)
            return done(_("Die Einladung ist unterwegs."), target)
        except InvalidInput as error:
            form.refuse(error)
    with reading() as u:
        return _invite_page(u, firm_id, form, 422 if form.errors or form.form_errors else 200)


def _invitation_form(u: UnitOfWork, firm_id: int) -> InvitationForm:
    people = u.service(Contacts).of_firm(u, firm_id)
    fit = [c for c in people if service.SURVEY in c.mail_purposes]
    first = fit[0] if fit else None
    form = InvitationForm(contact_id=first.id if first else None, language=first.language if first else "de")
    form.contact_id.choices = choices((c.id, f"{c.name}, {c.email}") for c in fit)
    return form


def _invite_page(u: UnitOfWork, firm_id: int, form: InvitationForm, status: int) -> ResponseReturnValue:
    firm = u.service(Firms).get(u, firm_id)
    people = u.service(Contacts).of_firm(u, firm_id)
    preview, refusal = ("", ""), ""
    if form.contact_id.data:
        try:
            preview = service.letter_preview(u, firm_id, form.to_input())
        except InvalidInput as error:
            refusal = str(next(iter(error.fields.values()), error.message))
    page = render_template(
        "digital_readiness/invite.html",
        firm=firm,
        form=form,
        unfit=[c for c in people if service.SURVEY not in c.mail_purposes],
        preview=preview,
        refusal=refusal,
        standing=queries.of_firm(u, firm_id),
    )
    return page, status


@bp.get("/einladungen/<int:invitation_id>")
def invitation(invitation_id: int) -> ResponseReturnValue:
    """Show an invitation."""
    with reading() as u:
        return render_template("digital_readiness/invitation.html", **_invitation_values(u, invitation_id))


def _invitation_values(u: UnitOfWork, invitation_id: int) -> dict[str, Any]:
    row = queries.invitation(u, invitation_id)
    people = {c.id: c for c in u.service(Contacts).of_firm(u, row.firm_id)}
    return {
        "row": row,
        "firm": u.service(Firms).get(u, row.firm_id),
        "contact": people.get(row.contact_id or 0),
        "state": queries.state_of(u, invitation_id),
        "states": STATES,
        "answer": queries.answer_to(u, invitation_id),
        "may_change": u.actor.may("digital_readiness.invite") and u.actor.may_write_unit(row.unit_id),
    }


@bp.post("/einladungen/<int:invitation_id>/erneut")
def resend(invitation_id: int) -> ResponseReturnValue:
    """Send a new link."""
    target = url_for("digital_readiness.invitation", invitation_id=invitation_id)
    with writing() as u:
        service.resend(u, invitation_id)
    return done(_("Ein neuer Link ist unterwegs. Der frühere gilt nicht mehr."), target)


@bp.post("/einladungen/<int:invitation_id>/widerrufen")
def revoke(invitation_id: int) -> ResponseReturnValue:
    """End a link."""
    with writing() as u:
        service.revoke(u, invitation_id)
    return done(_("Der Link gilt nicht mehr."), url_for("digital_readiness.invitation", invitation_id=invitation_id))
