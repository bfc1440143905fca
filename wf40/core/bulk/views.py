"""Pages of changes of many firms: choose and preview, progress and result, the list."""

import secrets

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wf40.base.errors import InvalidInput
from wf40.base.i18n import _
from wf40.base.stored_texts import as_shown, in_source_language
from wf40.base.uow import UnitOfWork
from wf40.core.bulk import codes, queries, service
from wf40.core.firms.selection import Selection, firms_listed
from wf40.sdk.paging import page_number
from wf40.sdk.web import done, reading, writing

bp = Blueprint("bulk", __name__, template_folder="templates")
bp.add_app_template_filter(as_shown)
_PART = 2000
"""So many firms are noted in one transaction."""


@bp.get("/unternehmen/aendern")
def new() -> ResponseReturnValue:
    """Choose a change for the firms of the address, and see beforehand what it does."""
    query, chosen, value = _asked()
    with reading() as u:
        listed, offered = _listed(u, query), service.offered(u)
        change = next((c for c in offered if c.key == chosen), None)
        found, fault = None, ""
        if change and (change.kind == "none" or request.args.get("schritt") == "vorschau"):
            try:
                found = service.preview(u, listed.ids, chosen, value)
            except InvalidInput as error:
                fault = str(error)
        page = render_template(
            "bulk/new.html", listed=listed, offered=offered, change=change, value=value, found=found, fault=fault,
            choices=change.choices(u) if change else [], words=change.words(u, value) if change and found else "",
            query=query, kept=service.pairs_of(query), entry_key=secrets.token_hex(16), at_once=codes.AT_ONCE,
            may_write=u.actor.unit_id is not None,
        )  # fmt: skip
    return page, 422 if fault else 200


@bp.post("/unternehmen/aendern")
def start() -> ResponseReturnValue:
    """Make the change: at once for some hundred firms, else by the worker."""
    query, chosen, value = _asked()
    with reading() as u, in_source_language():
        listed = _listed(u, query)
        ids, words = listed.ids, [str(words) for words in listed.filters]
    at_once = len(ids) <= codes.AT_ONCE
    try:
        with writing() as u:
            key = request.form.get("entry_key", "") or secrets.token_hex(16)
            run_id, is_new = service.begin(u, chosen, value, words, key)
            if at_once and is_new:
                service.collect(u, run_id, ids)
                service.release(u, run_id, at_once=True)
    except InvalidInput as error:
        flash(str(error), "error")
        return redirect(url_for("bulk.new") + f"?{query}", 303)
    if is_new and not at_once:
        _hand_to_worker(run_id, ids)
    if at_once:
        flash(_undo_toast(run_id), "success")  # type: ignore[arg-type]  # the layout understands a text with an action
    return redirect(url_for("bulk.show", change_id=run_id), 303)


def _hand_to_worker(run_id: int, ids: list[int]) -> None:
    for begin in range(0, len(ids), _PART):
        with writing() as u:
            service.collect(u, run_id, ids[begin : begin + _PART])
    with writing() as u:
        service.release(u, run_id, at_once=False)


@bp.get("/unternehmen/aenderungen")
def index() -> ResponseReturnValue:
    """List the changes of many firms."""
    with reading() as u:
        page = queries.runs(u, page_number(request.args.get("seite")))
        return render_template("bulk/index.html", page=page, codes=codes)


@bp.get("/unternehmen/aenderungen/<int:change_id>")
def show(change_id: int) -> ResponseReturnValue:
    """Show progress and result of a change."""
    with reading() as u:
        run = queries.run(u, change_id)
        may_undo = run.state in (codes.DONE, codes.STOPPED) and u.actor.may_write_unit(run.unit_id)
        return render_template(
            "bulk/show.html", run=run, states=queries.counts(u, change_id), codes=codes, may_undo=may_undo,
            page=queries.items(u, change_id, page_number(request.args.get("seite"))),
        )  # fmt: skip


@bp.get("/unternehmen/aenderungen/<int:change_id>/fortschritt")
def progress(change_id: int) -> ResponseReturnValue:
    """Answer the page's question how far a change has come."""
    with reading() as u:
        run = queries.run(u, change_id)
        page = render_template("bulk/_progress.html", run=run, states=queries.counts(u, change_id), codes=codes)
        ended = run.state not in (codes.RUNNING, codes.UNDOING)
    return page, 200, {"HX-Refresh": "true"} if ended else {}


@bp.post("/unternehmen/aenderungen/<int:change_id>/zuruecknehmen")
def undo(change_id: int) -> ResponseReturnValue:
    """Take a change back."""
    with writing() as u:
        finished = service.undo(u, change_id)
    message = _("Die Änderung ist zurückgenommen.") if finished else _("Die Änderung wird zurückgenommen.")
    return done(message, url_for("bulk.show", change_id=change_id))


def _asked() -> tuple[str, str, str]:
    """Return which firms, which change, and what was entered."""
    given = request.form if request.method == "POST" else request.args
    query = service.filters_of(request.query_string.decode("ascii", "replace"))
    return query, given.get("aenderung", "")[:80], given.get("wert", "").strip()[: service.LONGEST_VALUE]


def _listed(u: UnitOfWork, query: str) -> Selection:
    listed = firms_listed(u, query)
    listed.demand_known()
    return listed


def _undo_toast(run_id: int) -> dict[str, str]:
    return {
        "text": _("Die Unternehmen sind geändert."),
        "action_url": url_for("bulk.undo", change_id=run_id),
        "action_label": _("Rückgängig machen"),
    }
