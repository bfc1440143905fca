"""Pages of campaigns: the list, a new one, a draft with its firms, the result."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wf40.base.errors import InvalidInput, StaleVersion
from wf40.base.i18n import _, _n
from wf40.base.uow import UnitOfWork
from wf40.core.campaigns import codes, outreaches, pages, queries, results, rules, service
from wf40.core.campaigns.checking import check
from wf40.core.campaigns.export import as_csv
from wf40.core.campaigns.forms import CampaignForm, NewCampaignForm, ReminderForm
from wf40.core.campaigns.models import Campaign
from wf40.core.firms.selection import Selection, firms_listed
from wf40.sdk.checks import whole_number
from wf40.sdk.paging import page_number
from wf40.sdk.web import database, done, reading, wants_fragment, writing
from wf40.web.conflicts import ConflictRow, conflict_rows

bp = Blueprint("campaigns", __name__, template_folder="templates")
CHECK_AT_ONCE = 3.0
"""Seconds that looking up firms may take within the request; the worker does the rest."""
TASKS_AT_ONCE = 25


@bp.get("/aktionen")
def index() -> ResponseReturnValue:
    """List campaigns."""
    state = request.args.get("stand", "")
    state = state if state in codes.STATES else ""
    with reading() as u:
        page = queries.campaigns(u, state, page_number(request.args.get("seite")))
        return render_template("campaigns/index.html", page=page, state=state, codes=codes)


@bp.route("/aktionen/neu", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Ask for title and what is sent; the firms are those of the firm list's filters in the address."""
    query = service.filters_of(request.query_string.decode("ascii", "replace"))
    with reading() as u:
        queries.demand_unit(u)
        listed, offered = firms_listed(u, query), outreaches.usable(u)
        listed.demand_known()
        form = NewCampaignForm()
        form.offer([(o.key, o.label) for o in offered])
    if form.validate_on_submit():
        try:
            with writing() as u:
                campaign_id = service.add_campaign(u, form.to_input(), query)
            check(database(), campaign_id, CHECK_AT_ONCE)
            return done(_("Der Entwurf ist gespeichert. Verschickt ist noch nichts."), _page(campaign_id))
        except InvalidInput as error:
            form.refuse(error)
    with reading():
        return _new_page(form, listed, query, 422 if form.is_submitted() else 200)


def _new_page(form: NewCampaignForm, listed: Selection, query: str, status: int) -> ResponseReturnValue:
    firms_url, target = (
        url + (f"?{query}" if query else "") for url in (url_for("firms.index"), url_for("campaigns.new"))
    )
    page = render_template(
        "campaigns/new.html", form=form, listed=listed, firms_url=firms_url, target=target, most=rules.MOST_FIRMS
    )
    return page, status


@bp.get("/aktionen/<int:campaign_id>")
def show(campaign_id: int) -> ResponseReturnValue:
    """Show a draft with who gets what, or the result of what was started."""
    with reading() as u:
        row = queries.campaign(u, campaign_id)
        return pages.draft(u, row) if row.state == codes.DRAFT else pages.result(u, row)


@bp.get("/aktionen/<int:campaign_id>/fortschritt")
def progress(campaign_id: int) -> ResponseReturnValue:
    """Show how far looking up or sending has come; the whole page once that has ended."""
    with reading() as u:
        row = queries.campaign(u, campaign_id)
        head = pages.head(u, row)
        if head["works"] and wants_fragment():
            return render_template("campaigns/_progress.html", **head)
    answer = Response("", 200 if wants_fragment() else 303)
    answer.headers["HX-Redirect" if wants_fragment() else "Location"] = _page(campaign_id)
    return answer


@bp.route("/aktionen/<int:campaign_id>/bearbeiten", methods=["GET", "POST"])
def change(campaign_id: int) -> ResponseReturnValue:
    """Change title and note; a save that comes too late shows both versions."""
    with reading() as u:
        row = queries.campaign_to_change(u, campaign_id)
        form = CampaignForm(data=_form_values(row))
    status, both = 422 if form.is_submitted() else 200, None
    if form.validate_on_submit():
        try:
            with writing() as u:
                service.change_campaign(u, campaign_id, form.typed_version(), form.to_input())
            return done(_("Die Aktion ist gespeichert."), _page(campaign_id))
        except InvalidInput as error:
            form.refuse(error)
        except StaleVersion as error:
            status, both = 409, _conflict(campaign_id, form, error)
    with reading() as u:
        row = queries.campaign(u, campaign_id)
        return render_template("campaigns/form.html", form=form, campaign=row, both=both), status


@bp.post("/aktionen/<int:campaign_id>/auswahl")
def choose(campaign_id: int) -> ResponseReturnValue:
    """Leave the ticked firms out, or take them back; to start with ticks that nothing was done with is refused."""
    ids = [n for text in request.form.getlist("selected") if (n := whole_number(text)) is not None]
    if request.form.get("action") == "starten":
        return _to_start(campaign_id, ids)
    back = request.form.get("action") == "aufnehmen"
    with writing() as u:
        count = (service.take_back if back else service.leave_out)(u, campaign_id, ids)
    if back:
        check(database(), campaign_id, CHECK_AT_ONCE)
        said = _n("Ein Unternehmen ist wieder dabei.", "%(num)s Unternehmen sind wieder dabei.", count)
    else:
        said = _n("Ein Unternehmen ist weggelassen.", "%(num)s Unternehmen sind weggelassen.", count)
    if not count:
        said = _("Es war kein Unternehmen angehakt, das sich ändern lässt.")
    return done(said, url_for("campaigns.show", campaign_id=campaign_id, gruppe=request.form.get("gruppe") or None))


@bp.post("/aktionen/<int:campaign_id>/pruefen")
def look_again(campaign_id: int) -> ResponseReturnValue:
    """Look up all firms of a draft again."""
    said = _do(service.look_again, campaign_id, _("Die Unternehmen sind neu geprüft."))
    check(database(), campaign_id, CHECK_AT_ONCE)
    return said


def _to_start(campaign_id: int, ticked: list[int]) -> ResponseReturnValue:
    with reading() as u:
        row = queries.campaign_to_change(u, campaign_id)
        if ticked and row.state == codes.DRAFT:
            return pages.draft(u, row, ticked), 422
    return redirect(url_for("campaigns.start", campaign_id=campaign_id), 303)


@bp.route("/aktionen/<int:campaign_id>/starten", methods=["GET", "POST"])
def start(campaign_id: int) -> ResponseReturnValue:
    """Show who gets which mail, then let the worker send; as many as the page said, or it is shown anew."""
    status, told = 200, None
    if request.method == "POST":
        told = whole_number(request.form.get("number", "")) or 0
        try:
            with writing() as u:
                service.start(u, campaign_id, told)
            said = _("Die Aktion läuft. Die Einladungen gehen jetzt nacheinander hinaus.")
            return done(said, _page(campaign_id))
        except service.OtherNumber:
            status = 409
    with reading() as u:
        row = queries.campaign_to_change(u, campaign_id)
        if row.state not in (codes.DRAFT, codes.STOPPED):
            return redirect(_page(campaign_id), 303)
        return pages.start(u, row, told), status


@bp.post("/aktionen/<int:campaign_id>/anhalten")
def stop(campaign_id: int) -> ResponseReturnValue:
    """Let the worker send nothing more."""
    return _do(service.stop, campaign_id, _("Die Aktion ist angehalten. Was schon verschickt ist, bleibt."))


@bp.post("/aktionen/<int:campaign_id>/verwerfen")
def discard(campaign_id: int) -> ResponseReturnValue:
    """Remove a draft."""
    with writing() as u:
        service.discard(u, campaign_id)
    return done(_("Der Entwurf ist verworfen. Es wurde nichts verschickt."), url_for("campaigns.index"))


@bp.post("/aktionen/<int:campaign_id>/wiedervorlagen")
def remind(campaign_id: int) -> ResponseReturnValue:
    """Make tasks for the firms that did not answer yet, some at a time so that nobody waits for them."""
    form = ReminderForm()
    if not form.validate() or form.due_on.data is None:
        raise InvalidInput(next(iter(form.errors.values()))[0])
    with reading() as u:
        queries.campaign_to_change(u, campaign_id)
        found = results.result(u, campaign_id)
        lines = results.result_lines(u, campaign_id, found, results.to_remind(u, campaign_id, found))
    for first in range(0, len(lines), TASKS_AT_ONCE):
        with writing() as u:
            service.remind(u, campaign_id, lines[first : first + TASKS_AT_ONCE], form.due_on.data)
    said = _n("Eine Wiedervorlage steht bereit.", "%(num)s Wiedervorlagen stehen bereit.", len(lines))
    if not lines:
        said = _("Für alle, die noch nicht geantwortet haben, gibt es schon eine Wiedervorlage.")
    return done(said, _page(campaign_id))


@bp.get("/aktionen/<int:campaign_id>/ergebnis.csv")
def result_csv(campaign_id: int) -> ResponseReturnValue:
    """Give the result as a file."""
    with reading() as u:
        found = results.result(u, campaign_id)
        lines = results.result_lines(u, campaign_id, found, found.kept(pages.wanted()))
        text = as_csv(lines)
    with writing() as u:
        service.note_export(u, campaign_id, len(lines))
    headers = {"Content-Disposition": f'attachment; filename="aktion-{campaign_id}.csv"'}
    return Response(text.encode("utf-8-sig"), mimetype="text/csv", headers=headers)


def _do(work: Callable[[UnitOfWork, int], None], campaign_id: int, said: str) -> ResponseReturnValue:
    with writing() as u:
        work(u, campaign_id)
    return done(said, _page(campaign_id))


def _page(campaign_id: int) -> str:
    return url_for("campaigns.show", campaign_id=campaign_id)


def _form_values(row: Campaign) -> dict[str, Any]:
    return {"title": row.title, "note": row.note, "version": str(row.version)}


def _conflict(campaign_id: int, form: CampaignForm, error: StaleVersion) -> tuple[list[ConflictRow], str]:
    """Return both versions and who saved the other; a second save then overwrites knowingly."""
    with reading() as u:
        stored = CampaignForm(formdata=None, data=_form_values(queries.campaign_to_change(u, campaign_id)))
        rows = conflict_rows(stored, form)
    form.now_at(error.current_version)
    return rows, error.changed_by
