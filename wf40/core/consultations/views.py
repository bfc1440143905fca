"""Pages of conversations: the list, one conversation, its form."""

from dataclasses import replace
from datetime import date
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wf40.base.clock import local_date
from wf40.base.errors import InvalidInput, StaleVersion
from wf40.base.i18n import _
from wf40.base.uow import UnitOfWork
from wf40.core.accounts.queries import officers
from wf40.core.concerns.codes import STATES as CONCERN_STATES
from wf40.core.consultations import codes, comparison, queries, service
from wf40.core.consultations.forms import ConsultationForm
from wf40.core.consultations.outcomes import followed
from wf40.core.contacts.queries import contacts_of_firm, find_firms, names
from wf40.core.firms import queries as firms
from wf40.core.firms import terms
from wf40.core.firms.pages import RecordHead, record_head
from wf40.core.mails.service import attachments_of
from wf40.core.tasks.codes import STATES as TASK_STATES
from wf40.core.tasks.queries import takers
from wf40.sdk.checks import whole_number
from wf40.sdk.paging import page_number
from wf40.sdk.refs import FirmRef
from wf40.sdk.services import Office
from wf40.sdk.web import done, reading, writing
from wf40.web.conflicts import ConflictRow

bp = Blueprint("consultations", __name__, template_folder="templates")


@bp.get("/gespraeche")
def index() -> ResponseReturnValue:
    """List conversations."""
    with reading() as u:
        return _listed(u, _wanted(u))


@bp.get("/unternehmen/<int:firm_id>/gespraeche")
def of_firm(firm_id: int) -> ResponseReturnValue:
    """List the conversations with a firm."""
    with reading() as u:
        return _listed(u, replace(_wanted(u), firm_id=firm_id), firms.firm(u, firm_id), record_head(u, firm_id))


@bp.get("/gespraeche/neu")
def choose_firm() -> ResponseReturnValue:
    """Ask for the firm of a new conversation."""
    q = request.args.get("q", "").strip()[:200]
    with reading() as u:
        hits = find_firms(u, q)
        return render_template("consultations/choose_firm.html", q=q, hits=hits)


@bp.get("/gespraeche/<int:consultation_id>")
def show(consultation_id: int) -> ResponseReturnValue:
    """Show a conversation; opening a confidential one is audited before its content is read."""
    with reading() as u:
        found = queries.consultation(u, consultation_id)
    note_reading(found)
    with reading() as u:
        officer = next((o for o in officers(u) if o.id == found.firm.officer_id), None)
        return render_template(
            "consultations/show.html",
            consultation=found,
            content=found.content,
            officer=officer,
            changes=queries.changes(u, consultation_id),
            attachments=attachments_of(u, consultation_id) if found.content else [],
            followed=followed(u, consultation_id),
            concern_states=CONCERN_STATES,
            task_states=TASK_STATES,
            codes=codes,
            may_edit=bool(found.content)
            and u.actor.may("consultations.edit")
            and u.actor.may_write_unit(found.firm.unit_id),
        )


@bp.route("/unternehmen/<int:firm_id>/gespraeche/neu", methods=["GET", "POST"])
def add(firm_id: int) -> ResponseReturnValue:
    """Record a conversation with a firm."""
    with reading() as u:
        firm = queries.firm_to_add_to(u, firm_id)
        form = ConsultationForm(
            entry_key=service.new_entry_key(), held_on=today(u), officer_ids=[u.actor.user_id], channel="on_site"
        )
        offer(u, form, firm)
    status, both, target = 422 if form.is_submitted() else 200, None, url_for("consultations.add", firm_id=firm_id)
    if form.validate_on_submit():
        try:
            with writing() as u:
                saved = service.add_consultation(
                    u, firm_id, form.to_input(), form.entry_key.data or "", form.to_outcomes()
                )
            return done(_("Das Gespräch ist gespeichert."), url_for("consultations.show", consultation_id=saved))
        except InvalidInput as error:
            form.refuse(error)
        except service.AlreadyStored as error:
            status, both = 409, conflict(error.consultation_id, form, error)
            target = url_for("consultations.change", consultation_id=error.consultation_id)
    page = render_template("consultations/form.html", form=form, firm=firm, target=target, both=both, consultation=None)
    return page, status


@bp.route("/gespraeche/<int:consultation_id>/bearbeiten", methods=["GET", "POST"])
def change(consultation_id: int) -> ResponseReturnValue:
    """Change a conversation; a save that comes too late shows both versions."""
    with reading() as u:
        found = queries.consultation_to_edit(u, consultation_id)
        form = ConsultationForm(data=comparison.form_values(found))
        offer(u, form, found.firm, found)
    note_reading(found)
    status, both = 422 if form.is_submitted() else 200, None
    target = url_for("consultations.change", consultation_id=consultation_id)
    if form.validate_on_submit():
        try:
            with writing() as u:
                service.change_consultation(
                    u, consultation_id, form.typed_version(), form.to_input(), form.to_outcomes()
                )
            return done(
                _("Das Gespräch ist gespeichert."), url_for("consultations.show", consultation_id=consultation_id)
            )
        except InvalidInput as error:
            form.refuse(error)
        except StaleVersion as error:
            status, both = 409, conflict(consultation_id, form, error)
    shown = {"form": form, "firm": found.firm, "target": target, "both": both, "consultation": found}
    return render_template("consultations/form.html", **shown), status


@bp.post("/gespraeche/<int:consultation_id>/archivieren")
def archive(consultation_id: int) -> ResponseReturnValue:
    """Archive a conversation."""
    with writing() as u:
        service.archive_consultation(u, consultation_id)
    return done(_("Das Gespräch ist archiviert."), url_for("consultations.show", consultation_id=consultation_id))


@bp.post("/gespraeche/<int:consultation_id>/wiederherstellen")
def restore(consultation_id: int) -> ResponseReturnValue:
    """Bring a conversation back."""
    with writing() as u:
        service.restore_consultation(u, consultation_id)
    return done(_("Das Gespräch ist wieder da."), url_for("consultations.show", consultation_id=consultation_id))


def _listed(
    u: UnitOfWork, wanted: queries.ConsultationFilter, firm: Any = None, head: RecordHead | None = None
) -> ResponseReturnValue:
    return render_template(
        "consultations/index.html",
        page=queries.consultations(u, wanted, page_number(request.args.get("seite"))),
        wanted=wanted,
        firm=firm,
        head=head,
        terms=terms,
        officers=officers(u),
        me=u.actor.user_id,
        codes=codes,
        may_drop=bool(firm)
        and not firm.archived_at
        and u.actor.may("consultations.edit")
        and u.actor.may_write_unit(firm.unit_id),
    )


def _wanted(u: UnitOfWork) -> queries.ConsultationFilter:
    args = request.args
    officer = args.get("person", "")
    return queries.ConsultationFilter(
        q=args.get("q", "").strip()[:200],
        topic=args.get("thema", "") if args.get("thema") in codes.TOPICS else "",
        kind=args.get("art", "") if args.get("art") in codes.KINDS else "",
        author_id=u.actor.user_id if officer == "ich" else whole_number(officer),
        since=_day(args.get("von", "")),
        until=_day(args.get("bis", "")),
        archived=args.get("archiv") == "1",
        order=args.get("sortierung", "-datum"),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def offer(
    u: UnitOfWork, form: ConsultationForm, firm: FirmRef, present: queries.ConsultationView | None = None
) -> None:
    """Offer the firm's and the office's people, and whoever already stands in the conversation."""
    chosen = set(present.content.contact_ids) if present and present.content else set()
    people = [(p.id, p.name) for p in contacts_of_firm(u, firm.id, archived=True) if not p.archived or p.id in chosen]
    people += [(key, name) for key, name in names(u, chosen - {key for key, _name in people}).items()]
    colleagues = {o.id: o.name for o in officers(u)}
    if present and present.content:
        colleagues |= comparison.missing_officers(u, present.content, colleagues)
    form.offer(people, list(colleagues.items()), [(o.id, o.name) for o in takers(u, firm.unit_id)])


def conflict(consultation_id: int, form: ConsultationForm, error: StaleVersion) -> tuple[list[ConflictRow], str]:
    """Return both versions and who saved the other; a second save then overwrites knowingly."""
    with reading() as u:
        rows = comparison.differences(queries.consultation_to_edit(u, consultation_id), form)
    form.now_at(error.current_version)
    return rows, error.changed_by


def note_reading(found: queries.ConsultationView) -> None:
    """Audit that a confidential conversation is opened, before its content is."""
    if found.confidential and found.content:
        with writing() as u:
            service.note_reading(u, found.id)


def today(u: UnitOfWork) -> date:
    """Return the day in the office."""
    return local_date(u.now, u.service(Office).timezone)
