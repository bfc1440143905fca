"""Pages of merges: choose the other firm, compare, merge, look at a merge, separate again, and old addresses."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wf40.base.errors import DomainError, InvalidInput, NotFound, StaleVersion
from wf40.base.i18n import _
from wf40.base.uow import UnitOfWork
from wf40.core.contacts.queries import readable_contact
from wf40.core.firms import comparison, pages
from wf40.core.firms import queries as firms
from wf40.core.merges import choosing, queries, service
from wf40.core.merges.kinds import FIRMS, PERSONS, Kind
from wf40.sdk.checks import whole_number
from wf40.sdk.paging import page_number
from wf40.sdk.services import Firms
from wf40.sdk.web import actor, done, reading, wants_fragment, writing
from wf40.web.formats import day

bp = Blueprint("merges", __name__, template_folder="templates")


def _kept(u: UnitOfWork, name: str, number: int) -> int | None:
    """Return the record that another one became part of; the page asks for the same reference afterwards."""
    try:
        found = u.service(Firms).get(u, number).id if name == "firm_id" else readable_contact(u, number).id
    except NotFound:
        return None
    return found if found != number else None


@bp.before_app_request
def lead_to_kept() -> ResponseReturnValue | None:
    """Lead the addresses of a record that became part of another to that one, wherever they stood."""
    args, who = request.view_args or {}, actor()
    name = next((name for name in _RIGHTS if name in args), None)
    if name is None or request.method != "GET" or who.kind != "user" or not who.may(_RIGHTS[name]):
        return None
    gone_id = args[name]
    with reading() as u:
        keep_id = _kept(u, name, gone_id)
        if keep_id is None or request.endpoint is None:
            return None
        line = queries.of_gone(u, gone_id, _KINDS[name]) if who.may(queries.READ) else None
    if line is not None and not wants_fragment():
        flash(_TOLD[name](gone=line.gone_name, day=day(line.at), who=line.by), "info")
    return redirect(url_for(request.endpoint, **{**args, **request.args.to_dict(flat=False), name: keep_id}), 302)


def _firm_told(**given: str) -> str:
    return _("„%(gone)s“ wurde am %(day)s durch %(who)s mit diesem Unternehmen zusammengeführt.", **given)


def _person_told(**given: str) -> str:
    return _("„%(gone)s“ wurde am %(day)s durch %(who)s mit dieser Person zusammengeführt.", **given)


_RIGHTS = {"firm_id": "firms.read", "contact_id": "contacts.read"}
_KINDS = {"firm_id": FIRMS, "contact_id": PERSONS}
_TOLD = {"firm_id": _firm_told, "contact_id": _person_told}


@bp.get("/unternehmen/<int:firm_id>/zusammenfuehren")
def choose(firm_id: int) -> ResponseReturnValue:
    """Ask which other firm means the same one."""
    q = request.args.get("q", "").strip()[:200]
    with reading() as u:
        found = choosing.candidates(u, firm_id, q)
        return render_template("merges/choose.html", firm=firms.firm(u, firm_id), q=q, found=found)


@bp.get("/zusammenfuehren/<int:keep_id>/<int:gone_id>")
def compare(keep_id: int, gone_id: int) -> ResponseReturnValue:
    """Show both firms side by side and what would move."""
    return _side_by_side(keep_id, gone_id, None)


@bp.post("/zusammenfuehren/<int:keep_id>/<int:gone_id>")
def merge(keep_id: int, gone_id: int) -> ResponseReturnValue:
    """Merge two firms."""
    try:
        with writing() as u:
            merge_id = service.merge(u, sent(keep_id, gone_id, FIRMS))
    except (InvalidInput, StaleVersion) as error:
        return _side_by_side(keep_id, gone_id, error)
    offer_undo(_("Die Unternehmen sind zusammengeführt."), url_for("merges.undo", merge_id=merge_id))
    return redirect(url_for("firms.show", firm_id=keep_id), 303)


def _side_by_side(keep_id: int, gone_id: int, error: DomainError | None) -> ResponseReturnValue:
    parts: list[queries.Part] = []
    possible = True
    try:
        with writing() as u:
            parts = service.rehearse(u, keep_id, gone_id)
    except InvalidInput as refusal:
        possible, error = False, error or refusal
    with reading() as u:
        page = render_template(
            "merges/compare.html", keep=firms.firm(u, keep_id), gone=firms.firm(u, gone_id), parts=parts, possible=possible,
            fault=error.message if error else "", fields=comparison.fields(u, keep_id, gone_id), chosen=request.form,
            origin=pages.origin_text,
        )  # fmt: skip
    return page, error.status if error else 200


@bp.get("/zusammenfuehrungen")
def index() -> ResponseReturnValue:
    """List what was merged."""
    with reading() as u:
        found = queries.merges(u, page_number(request.args.get("seite")))
        return render_template("merges/index.html", found=found, kind=FIRMS)


@bp.get("/zusammenfuehrungen/<int:merge_id>")
def show(merge_id: int) -> ResponseReturnValue:
    """Show a merge: what moved, and what would go back."""
    with reading() as u:
        return render_template("merges/show.html", merge=queries.merge(u, merge_id), fault="", kind=FIRMS)


@bp.post("/zusammenfuehrungen/<int:merge_id>/trennen")
def undo(merge_id: int) -> ResponseReturnValue:
    """Separate two firms again."""
    try:
        with writing() as u:
            result = service.unmerge(u, merge_id)
    except InvalidInput as error:
        with reading() as u:
            page = render_template(
                "merges/show.html", merge=queries.merge(u, merge_id), fault=error.message, kind=FIRMS
            )
        return page, error.status
    text = _("Die Unternehmen sind wieder getrennt.")
    if result.fields_stay:
        labels = ", ".join(dict.fromkeys(str(comparison.label(name)) for name in result.fields_stay))
        text = _(
            "Die Unternehmen sind wieder getrennt. Inzwischen geändert und deshalb geblieben: %(fields)s.",
            fields=labels,
        )
    return done(text, url_for("merges.show", merge_id=merge_id))


def sent(keep_id: int, gone_id: int, kind: Kind) -> service.MergeInput:
    """Return what the form of a comparison says."""
    form = request.form
    versions = [whole_number(form.get(name)) or 0 for name in ("keep_version", "gone_version")]
    chosen = {group: form[group] for group in kind.fusion.GROUPS if group in form}
    return service.MergeInput(keep_id, gone_id, versions[0], versions[1], chosen)


def offer_undo(text: str, url: str) -> None:
    """Say what was done, with the way back."""
    offer = {"text": text, "action_url": url, "action_label": _("Rückgängig machen")}
    flash(offer, "success")  # type: ignore[arg-type]  # the layout understands a text with an action
