"""Pages of concerns: the list, one concern, its form, its states."""

from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wf40.base.errors import InvalidInput, StaleVersion
from wf40.base.i18n import _
from wf40.base.uow import UnitOfWork
from wf40.core.concerns import codes, listing, queries, service
from wf40.core.concerns.forms import AssignForm, ConcernForm, FirstResponseForm, StateForm
from wf40.core.concerns.pages import concern_page, note_reading
from wf40.core.concerns.rows import today
from wf40.core.concerns.rules import NOBODY
from wf40.core.contacts.queries import find_firms
from wf40.core.firms import queries as firms
from wf40.core.firms import terms
from wf40.core.firms.pages import RecordHead, record_head
from wf40.sdk.checks import whole_number
from wf40.sdk.paging import page_number
from wf40.sdk.refs import FirmRef
from wf40.sdk.services import Officers
from wf40.sdk.web import done, reading, writing
from wf40.web.conflicts import ConflictRow, conflict_rows

bp = Blueprint("concerns", __name__, template_folder="templates")
YEAR = timedelta(days=365)


@bp.get("/anliegen")
def index() -> ResponseReturnValue:
    """List concerns, with a few figures of the last twelve months above."""
    with reading() as u:
        return _listed(u, _wanted())


@bp.get("/unternehmen/<int:firm_id>/anliegen")
def of_firm(firm_id: int) -> ResponseReturnValue:
    """List the concerns of a firm, closed ones too unless asked otherwise."""
    with reading() as u:
        wanted = replace(_wanted(listing.ALL), firm_id=firm_id)
        return _listed(u, wanted, firms.firm(u, firm_id), record_head(u, firm_id))


@bp.get("/anliegen/neu")
def choose_firm() -> ResponseReturnValue:
    """Ask for the firm of a new concern."""
    q = request.args.get("q", "").strip()[:200]
    with reading() as u:
        return render_template("concerns/choose_firm.html", q=q, hits=find_firms(u, q))


@bp.get("/anliegen/<int:concern_id>")
def show(concern_id: int) -> ResponseReturnValue:
    """Show a concern; opening a confidential one is audited before its content is read."""
    note_reading(concern_id)
    with reading() as u:
        return concern_page(u, concern_id)


@bp.route("/unternehmen/<int:firm_id>/anliegen/neu", methods=["GET", "POST"])
def add(firm_id: int) -> ResponseReturnValue:
    """Record a concern of a firm."""
    with reading() as u:
        firm = queries.firm_to_add_to(u, firm_id)
        me = u.actor.user_id or NOBODY
        form = ConcernForm(entry_key=service.new_entry_key(), raised_on=today(u), owner_id=me, kind=codes.REQUEST)
        form.owner_id.offer(queries.possible_owners(u, firm.unit_id))
    status, both, target = 422 if form.is_submitted() else 200, None, url_for("concerns.add", firm_id=firm_id)
    if form.validate_on_submit():
        try:
            with writing() as u:
                saved = service.add_concern(u, firm_id, form.to_input(), form.entry_key.data or "")
            return done(_("Das Anliegen ist aufgenommen."), url_for("concerns.show", concern_id=saved))
        except InvalidInput as error:
            form.refuse(error)
        except service.AlreadyStored as error:
            status, both = 409, _conflict(error.concern_id, form, error)
            target = url_for("concerns.change", concern_id=error.concern_id)
    return _form_page(form, firm, target, both), status


@bp.route("/anliegen/<int:concern_id>/bearbeiten", methods=["GET", "POST"])
def change(concern_id: int) -> ResponseReturnValue:
    """Change a concern; a save that comes too late shows both versions."""
    with reading() as u:
        found = queries.concern_to_edit(u, concern_id)
        form = ConcernForm(data=_form_values(found))
        _offer_owners(u, form, found)
    note_reading(concern_id)
    status, both = 422 if form.is_submitted() else 200, None
    if form.validate_on_submit():
        try:
            with writing() as u:
                service.change_concern(u, concern_id, form.typed_version(), form.to_input())
            return done(_("Das Anliegen ist gespeichert."), url_for("concerns.show", concern_id=concern_id))
        except InvalidInput as error:
            form.refuse(error)
        except StaleVersion as error:
            status, both = 409, _conflict(concern_id, form, error)
    target = url_for("concerns.change", concern_id=concern_id)
    return _form_page(form, found.firm, target, both, concern_id), status


@bp.get("/anliegen/<int:concern_id>/erste-antwort")
@bp.get("/anliegen/<int:concern_id>/status")
@bp.get("/anliegen/<int:concern_id>/uebernehmen")
def back(concern_id: int) -> ResponseReturnValue:
    """Lead to the concern, for whoever loads the address of one of its forms anew."""
    with reading() as u:
        queries.concern(u, concern_id)
    return redirect(url_for("concerns.show", concern_id=concern_id))


@bp.post("/anliegen/<int:concern_id>/erste-antwort")
def first_response(concern_id: int) -> ResponseReturnValue:
    """Record the first answer to the firm."""
    form = FirstResponseForm()
    if form.validate():
        try:
            with writing() as u:
                service.note_first_response(u, concern_id, form.how.data, form.on.data)
            return done(_("Die erste Antwort ist festgehalten."), url_for("concerns.show", concern_id=concern_id))
        except InvalidInput as error:
            form.refuse(error)
    return _refused(concern_id, form)


@bp.post("/anliegen/<int:concern_id>/status")
def change_state(concern_id: int) -> ResponseReturnValue:
    """Begin with a concern, close it, or take it up again."""
    form = StateForm()
    wanted = request.form.get("state", "")
    if wanted == codes.IN_PROGRESS or form.validate():
        try:
            with writing() as u:
                service.set_state(u, concern_id, form.typed_version(), wanted, form.outcome.data or "")
            message = _("Das Anliegen ist jetzt „%(state)s“.", state=codes.STATES[wanted])
            return done(message, url_for("concerns.show", concern_id=concern_id))
        except InvalidInput as error:
            form.refuse(error)
        except StaleVersion as error:
            return _refused(concern_id, form, error)
    return _refused(concern_id, form)


@bp.post("/anliegen/<int:concern_id>/uebernehmen")
def assign(concern_id: int) -> ResponseReturnValue:
    """Give a concern to somebody."""
    form = AssignForm()
    with reading() as u:
        form.owner_id.offer(queries.possible_owners(u, queries.concern(u, concern_id).firm.unit_id))
    if form.validate():
        try:
            with writing() as u:
                service.assign(u, concern_id, form.typed_version(), form.owner_id.data)
            return done(_("Die Zuständigkeit ist gespeichert."), url_for("concerns.show", concern_id=concern_id))
        except InvalidInput as error:
            form.refuse(error)
        except StaleVersion as error:
            return _refused(concern_id, form, error)
    return _refused(concern_id, form)


def _refused(concern_id: int, form: Any, stale: StaleVersion | None = None) -> ResponseReturnValue:
    """Show the page again with what was typed; one that came too late may be sent again knowingly."""
    if stale:
        form.now_at(stale.current_version)
        form.form_errors.append(
            _("Inzwischen hat jemand das Anliegen geändert. Bitte prüfen Sie den Stand und senden Sie erneut.")
        )
    note_reading(concern_id)
    with reading() as u:
        return concern_page(u, concern_id, form), 409 if stale else 422


def _listed(
    u: UnitOfWork, wanted: listing.ConcernFilter, firm: Any = None, head: RecordHead | None = None
) -> ResponseReturnValue:
    day = today(u)
    return render_template(
        "concerns/index.html",
        page=listing.concerns(u, wanted, page_number(request.args.get("seite"))),
        wanted=wanted,
        figures=None if firm else queries.figures(u, day - YEAR, day),
        unowned=0 if firm or not u.actor.may("tasks.oversee") else listing.without_owner(u),
        firm=firm,
        head=head,
        terms=terms,
        officers=u.service(Officers).present(u),
        me=u.actor.user_id,
        codes=codes,
    )


def _wanted(state: str = listing.OPEN_ONES) -> listing.ConcernFilter:
    args = request.args
    chosen, owner = args.get("stand", state), args.get("person", "")
    known = (listing.OPEN_ONES, listing.CLOSED_ONES, listing.ALL, *codes.STATES)
    return listing.ConcernFilter(
        q=args.get("q", "").strip()[:200],
        state=chosen if chosen in known else state,
        topic=args.get("thema", "") if args.get("thema") in codes.TOPICS else "",
        owner=owner if owner in (listing.MINE, listing.NOBODY) else str(whole_number(owner) or ""),
        late=args.get("ueberfaellig") == "1",
        order=args.get("sortierung", "frist"),
    )


def _form_page(
    form: ConcernForm, firm: FirmRef, target: str, both: tuple[list[ConflictRow], str] | None, concern_id: int = 0
) -> str:
    return render_template(
        "concerns/form.html", form=form, firm=firm, target=target, both=both, concern_id=concern_id, kinds=codes.KINDS
    )


def _form_values(found: queries.ConcernView) -> dict[str, Any]:
    values = asdict(found.content) if found.content else {}
    return {**values, "version": str(found.version)}


def _offer_owners(u: UnitOfWork, form: ConcernForm, found: queries.ConcernView) -> None:
    present = (found.owner.id, found.owner.name) if found.owner else None
    form.owner_id.offer(queries.possible_owners(u, found.firm.unit_id), present)


def _conflict(concern_id: int, form: ConcernForm, error: StaleVersion) -> tuple[list[ConflictRow], str]:
    """Return both versions and who saved the other; a second save then overwrites knowingly."""
    with reading() as u:
        found = queries.concern_to_edit(u, concern_id)
        stored = ConcernForm(formdata=None, data=_form_values(found))
        _offer_owners(u, stored, found)
    form.now_at(error.current_version)
    return conflict_rows(stored, form), error.changed_by
