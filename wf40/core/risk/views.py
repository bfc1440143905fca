"""Pages of the early warning: the work lists, and why a firm's Ampel shows what it shows."""

from datetime import timedelta

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wf40.base.errors import InvalidInput
from wf40.base.i18n import _
from wf40.base.uow import UnitOfWork
from wf40.core.risk import explanation, queries, service
from wf40.core.risk.forms import OverrideForm
from wf40.core.risk.renewal import today
from wf40.sdk.paging import Page, page_number
from wf40.sdk.services import Firms
from wf40.sdk.web import done, reading, writing

bp = Blueprint("risk", __name__, template_folder="templates")
USUAL_DAYS = 90


@bp.get("/fruehwarnung")
def index() -> ResponseReturnValue:
    """Show whom to call today."""
    light = request.args.get("ampel", "")
    light = light if light in service.SETTABLE else ""
    with reading() as u:
        found = queries.worklist(u, grey=False, light=light, page=page_number(request.args.get("seite")))
        return _list(u, "today", found, light)


@bp.get("/fruehwarnung/grau")
def grey() -> ResponseReturnValue:
    """Show the grey firms of which a check would tell most."""
    with reading() as u:
        return _list(u, "grey", queries.worklist(u, grey=True, page=page_number(request.args.get("seite"))), "")


@bp.get("/unternehmen/<int:firm_id>/fruehwarnung")
def show(firm_id: int) -> ResponseReturnValue:
    """Explain a firm's Ampel."""
    with reading() as u:
        form = OverrideForm(formdata=None, expires_on=today(u) + timedelta(days=USUAL_DAYS))
        return _explained(u, firm_id, form)


@bp.post("/unternehmen/<int:firm_id>/fruehwarnung/festlegen")
def set_light(firm_id: int) -> ResponseReturnValue:
    """Set the light by hand."""
    form = OverrideForm()
    if form.validate():
        try:
            with writing() as u:
                service.set_light(u, firm_id, form.to_input())
            return done(_("Die Ampel ist festgelegt. Das steht im Verlauf."), url_for("risk.show", firm_id=firm_id))
        except InvalidInput as error:
            form.refuse(error)
    with reading() as u:
        return _explained(u, firm_id, form, 422)


@bp.post("/unternehmen/<int:firm_id>/fruehwarnung/aufheben")
def withdraw_light(firm_id: int) -> ResponseReturnValue:
    """Show the computed light again."""
    with writing() as u:
        service.withdraw_light(u, firm_id)
    return done(_("Es gilt wieder die berechnete Ampel."), url_for("risk.show", firm_id=firm_id))


def _list(u: UnitOfWork, tab: str, found: Page[queries.RiskLine], light: str) -> ResponseReturnValue:
    waiting, since = queries.not_renewed(u)
    return render_template(
        "risk/index.html", tab=tab, found=found, light=light, counts=queries.counts(u), waiting=waiting, since=since
    )


def _explained(u: UnitOfWork, firm_id: int, form: OverrideForm, status: int = 200) -> ResponseReturnValue:
    firm = u.service(Firms).get(u, firm_id)
    page = render_template(
        "risk/show.html",
        firm=firm,
        why=explanation.explain(u, firm_id),
        history=explanation.history(u, firm_id),
        form=form,
        interval=explanation.shown_interval,
        override_line=explanation.override_line,
        may_override=u.actor.may(service.OVERRIDE) and u.actor.may_write_unit(firm.unit_id),
    )
    return page, status
