"""The list of partners, one partner, its form, and the firm that it is."""

from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from wf40.sdk.checks import spoken_phone, whole_number
from wf40.sdk.errors import InvalidInput, StaleVersion
from wf40.sdk.paging import page_number
from wf40.sdk.services import Firms
from wf40.sdk.topics import TOPICS
from wf40.sdk.web import done, reading, writing
from wf40_partner_network import queries, service
from wf40_partner_network.forms import PartnerForm, form_of
from wf40_partner_network.handed_on import HandedOn, handed_on
from wf40_partner_network.models import Partner
from wf40_partner_network.network import relations_of
from wf40_partner_network.terms import FIELDS, KINDS
from wf40_partner_network.texts import _
from wf40_partner_network.views.blueprint import bp, may_edit
from wf40_partner_network.views.blueprint import partner_url as _url
from wf40_partner_network.words import differences


@bp.get("/")
def index() -> ResponseReturnValue:
    """List partners."""
    args = request.args
    wanted = queries.PartnerFilter(
        q=args.get("q", "").strip()[:200],
        topic=args.get("thema", "") if args.get("thema") in TOPICS else "",
        kind=args.get("art", "") if args.get("art") in KINDS else "",
        archived=args.get("archiv") == "1",
        order=_order(args.get("sortierung", "")),
    )
    with reading() as u:
        page = queries.partners(u, wanted, page_number(args.get("seite")))
        concerns = handed_on(u, [row.id for row in page.rows])
        return render_template(
            "partner_network/index.html",
            page=page,
            wanted=wanted,
            kinds=KINDS,
            topics=TOPICS,
            topics_of=queries.topics_of,
            concerns=concerns,
            nothing=HandedOn(),
        )


def _order(text: str) -> str:
    return text if text.removeprefix("-") in queries.ORDERS else "name"


@bp.get("/<int:partner_id>")
def show(partner_id: int) -> ResponseReturnValue:
    """Show a partner; the address of one that was merged leads to the kept one."""
    with reading() as u:
        row = queries.partner(u, partner_id)
        if row.merged_into_id is not None:
            return redirect(_url(row.merged_into_id), 301)
        firm = u.service(Firms).many(u, [row.firm_id] if row.firm_id else []).get(row.firm_id or 0)
        return render_template(
            "partner_network/show.html",
            partner=row,
            firm=firm,
            kinds=KINDS,
            topics=queries.topics_of(row),
            changes=queries.history(u, partner_id),
            relations=relations_of(u, f"p-{row.id}"),
            handed_on=handed_on(u, [row.id]).get(row.id, HandedOn()),
            may_edit=may_edit(u, row),
            spoken_phone=spoken_phone,
        )


@bp.route("/neu", methods=["GET", "POST"])
def add() -> ResponseReturnValue:
    """Add a partner."""
    form = PartnerForm()
    with reading() as u:
        queries.demand_to_add(u)
    if form.validate_on_submit():
        try:
            with writing() as u:
                partner_id = service.add_partner(u, form.to_input())
            return done(_("Der Partner ist angelegt."), _url(partner_id))
        except InvalidInput as error:
            form.refuse(error)
    return _form(form, None, 422 if form.is_submitted() else 200)


@bp.route("/<int:partner_id>/bearbeiten", methods=["GET", "POST"])
def change(partner_id: int) -> ResponseReturnValue:
    """Change a partner; a save that comes too late shows both versions."""
    with reading() as u:
        row = queries.partner_to_edit(u, partner_id)
        form = form_of(row)
    if form.validate_on_submit():
        try:
            with writing() as u:
                service.change_partner(u, partner_id, form.typed_version(), form.to_input())
            return done(_("Der Partner ist gespeichert."), _url(partner_id))
        except InvalidInput as error:
            form.refuse(error)
        except StaleVersion as error:
            return _form(form, row, 409, _conflict(partner_id, form, error))
    return _form(form, row, 422 if form.is_submitted() else 200)


def _form(form: PartnerForm, row: Partner | None, status: int, conflict: Any = None) -> ResponseReturnValue:
    return render_template("partner_network/form.html", form=form, partner=row, conflict=conflict), status


def _conflict(partner_id: int, form: PartnerForm, error: StaleVersion) -> dict[str, Any]:
    """Return both versions, and let a second save overwrite knowingly."""
    with reading() as u:
        stored = service.stored(queries.partner(u, partner_id))
    form.now_at(error.current_version)
    return {"by": error.changed_by, "rows": differences(stored, service.checked(form.to_input()), FIELDS)}


@bp.post("/<int:partner_id>/archivieren")
def archive(partner_id: int) -> ResponseReturnValue:
    """Archive a partner."""
    with writing() as u:
        service.archive_partner(u, partner_id)
    return done(_("Der Partner ist archiviert."), _url(partner_id))


@bp.post("/<int:partner_id>/wiederherstellen")
def restore(partner_id: int) -> ResponseReturnValue:
    """Bring a partner back."""
    with writing() as u:
        service.restore_partner(u, partner_id)
    return done(_("Der Partner ist wieder da."), _url(partner_id))


@bp.get("/<int:partner_id>/unternehmen")
def choose_firm(partner_id: int) -> ResponseReturnValue:
    """Search the firm that a partner is."""
    q = request.args.get("q", "").strip()[:200]
    with reading() as u:
        row = queries.partner_to_edit(u, partner_id)
        hits = u.service(Firms).find(u, q)
        return render_template("partner_network/choose_firm.html", partner=row, q=q, hits=hits)


@bp.post("/<int:partner_id>/unternehmen")
def tie_to_firm(partner_id: int) -> ResponseReturnValue:
    """Tie a partner to a firm, or untie it."""
    firm_id = whole_number(request.form.get("firm_id"))
    with writing() as u:
        service.tie_to_firm(u, partner_id, firm_id)
    message = _("Der Partner ist mit dem Unternehmen verbunden.") if firm_id else _("Die Verbindung ist gelöst.")
    return done(message, _url(partner_id))
