"""Pages of contacts: the list, one person, a firm's people, forms and consents."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wf40.base.clock import local_date
from wf40.base.errors import InvalidInput, StaleVersion
from wf40.base.i18n import _
from wf40.base.uow import UnitOfWork
from wf40.core.contacts import codes, comparison, history, list_page, optouts, queries, service
from wf40.core.contacts.consents import consent_text
from wf40.core.contacts.forms import ConsentForm, ContactForm, OptOutForm
from wf40.core.contacts.similar import SimilarPerson, confirmation, similar_persons, typed
from wf40.core.firms import queries as firms
from wf40.core.firms import terms
from wf40.core.firms.match_words import PERSON_BANDS
from wf40.core.firms.pages import record_head
from wf40.sdk.paging import page_number
from wf40.sdk.services import Office
from wf40.sdk.web import done, reading, wants_fragment, writing
from wf40.web.conflicts import ConflictRow, conflict_rows

bp = Blueprint("contacts", __name__, template_folder="templates")


@bp.get("/ansprechpersonen")
def index() -> ResponseReturnValue:
    """List contacts; a filter that changes asks for the lines alone."""
    with reading() as u:
        asked = list_page.asked_for(u, request.args)
        if "aktion" in request.args:
            if target := list_page.address_of(u, request.args, request.args["aktion"]):
                return redirect(target)
            flash(_("Bitte kreuzen Sie zuerst die Personen an, um die es geht."), "warning")
            return redirect(list_page.list_url(asked.wanted))
        if not request.args and asked.offer.first:
            return redirect(url_for("listviews.show", view_id=asked.offer.first.id))
        page = queries.contacts(u, asked.wanted, page_number(request.args.get("seite")))
        return render_template(
            "contacts/_results.html" if wants_fragment() else "contacts/index.html", asked=asked, page=page,
            wanted=asked.wanted, roles=codes.ROLES, actions=list_page.actions(u, asked), chips=asked.chips(),
            rows=[(line, [column.cell(line) for column in asked.columns]) for line in page.rows],
            columns_open="spaltenwahl" in request.args,
        )  # fmt: skip


@bp.get("/ansprechpersonen/neu")
def choose_firm() -> ResponseReturnValue:
    """Ask for the firm of a new contact."""
    q = request.args.get("q", "").strip()[:200]
    with reading() as u:
        hits = queries.find_firms(u, q)
        return render_template("contacts/choose_firm.html", q=q, hits=hits)


@bp.get("/ansprechpersonen/<int:contact_id>")
def show(contact_id: int) -> ResponseReturnValue:
    """Show a person with consents and history."""
    with reading() as u:
        form = ConsentForm(formdata=None, given_on=_today(u))
        return _person(u, contact_id, form)


@bp.get("/unternehmen/<int:firm_id>/ansprechpersonen")
def of_firm(firm_id: int) -> ResponseReturnValue:
    """Show everybody in a firm, archived people too."""
    with reading() as u:
        return render_template(
            "contacts/of_firm.html",
            firm=firms.firm(u, firm_id),
            head=record_head(u, firm_id),
            terms=terms,
            people=queries.contacts_of_firm(u, firm_id, archived=True),
            roles=codes.ROLES,
            may_edit=queries.may_add_to(u, firm_id),
        )


@bp.route("/unternehmen/<int:firm_id>/ansprechpersonen/neu", methods=["GET", "POST"])
def add(firm_id: int) -> ResponseReturnValue:
    """Add a person to a firm."""
    with reading() as u:
        firm = queries.firm_to_add_to(u, firm_id)
        form = ContactForm(main=queries.count_of_firm(u, firm_id) == 0, as_of=_today(u))
        unseen = _unseen(u, firm_id, form)
    if form.is_submitted() and not form.errors and not unseen:
        try:
            with writing() as u:
                contact_id = service.add_contact(u, firm_id, form.to_input())
            return done(_("Die Ansprechperson ist angelegt."), url_for("contacts.show", contact_id=contact_id))
        except InvalidInput as error:
            form.refuse(error)
    page = render_template(
        "contacts/form.html", form=form, firm=firm, contact=None, both=None, similar=unseen, bands=PERSON_BANDS
    )
    return page, 422 if form.is_submitted() else 200


@bp.get("/unternehmen/<int:firm_id>/ansprechpersonen/aehnlich")
def similar(firm_id: int) -> ResponseReturnValue:
    """Name the stored persons who are like what was typed so far into the form of a new one."""
    with reading() as u:
        queries.firm_to_add_to(u, firm_id)
        found = similar_persons(u, firm_id, typed(ContactForm(formdata=request.args)))
    return render_template("contacts/_similar.html", similar=found, bands=PERSON_BANDS)


@bp.route("/ansprechpersonen/<int:contact_id>/bearbeiten", methods=["GET", "POST"])
def change(contact_id: int) -> ResponseReturnValue:
    """Change a person; a save that comes too late shows both versions."""
    with reading() as u:
        row, firm = queries.contact_to_edit(u, contact_id)
        form = ContactForm(obj=row)
    status, both = 422 if form.is_submitted() else 200, None
    if form.validate_on_submit():
        try:
            with writing() as u:
                service.change_contact(u, contact_id, form.typed_version(), form.to_input())
            return done(_("Die Ansprechperson ist gespeichert."), url_for("contacts.show", contact_id=contact_id))
        except InvalidInput as error:
            form.refuse(error)
        except StaleVersion as error:
            status, both = 409, _conflict(contact_id, form, error)
    page = render_template("contacts/form.html", form=form, firm=firm, contact=row, both=both, similar=[], bands={})
    return page, status


@bp.post("/ansprechpersonen/<int:contact_id>/archivieren")
def archive(contact_id: int) -> ResponseReturnValue:
    """Archive a person."""
    with writing() as u:
        service.archive_contact(u, contact_id)
    return done(_("Die Ansprechperson ist archiviert."), url_for("contacts.show", contact_id=contact_id))


@bp.post("/ansprechpersonen/<int:contact_id>/wiederherstellen")
def restore(contact_id: int) -> ResponseReturnValue:
    """Bring a person back."""
    with writing() as u:
        service.restore_contact(u, contact_id)
    return done(_("Die Ansprechperson ist wieder da."), url_for("contacts.show", contact_id=contact_id))


@bp.post("/ansprechpersonen/<int:contact_id>/einwilligungen")
def give_consent(contact_id: int) -> ResponseReturnValue:
    """Record a consent."""
    form = ConsentForm()
    if form.validate():
        try:
            with writing() as u:
                service.give_consent(u, contact_id, form.to_input())
            return done(_("Die Einwilligung ist eingetragen."), _consents_url(contact_id))
        except InvalidInput as error:
            form.refuse(error)
    with reading() as u:
        return _person(u, contact_id, form, 422)


@bp.get("/ansprechpersonen/<int:contact_id>/einwilligungen")
def consents(contact_id: int) -> ResponseReturnValue:
    """Lead to the consents of a person, for whoever loads the address of the form anew."""
    with reading() as u:
        queries.contact(u, contact_id)
    return redirect(_consents_url(contact_id))


@bp.post("/ansprechpersonen/<int:contact_id>/einwilligungen/<int:consent_id>/widerrufen")
def withdraw_consent(contact_id: int, consent_id: int) -> ResponseReturnValue:
    """Record that a consent was withdrawn."""
    with writing() as u:
        service.withdraw_consent(u, contact_id, consent_id)
    return done(_("Der Widerruf ist eingetragen."), _consents_url(contact_id))


@bp.post("/ansprechpersonen/<int:contact_id>/widersprueche")
def opt_out(contact_id: int) -> ResponseReturnValue:
    """Record that a person no longer wants something."""
    form = OptOutForm(prefix="widerspruch-")
    if form.validate():
        try:
            with writing() as u:
                optouts.note_opt_out(u, contact_id, form.to_input())
            return done(_("Der Widerspruch ist eingetragen."), _consents_url(contact_id))
        except InvalidInput as error:
            form.refuse(error)
    with reading() as u:
        return _person(u, contact_id, ConsentForm(formdata=None, given_on=_today(u)), 422, form)


@bp.get("/ansprechpersonen/<int:contact_id>/widersprueche")
def opt_outs(contact_id: int) -> ResponseReturnValue:
    """Lead to the consents and opt-outs of a person, for whoever loads the address of the form anew."""
    return consents(contact_id)


@bp.post("/ansprechpersonen/<int:contact_id>/widersprueche/<int:opt_out_id>/zuruecknehmen")
def lift_opt_out(contact_id: int, opt_out_id: int) -> ResponseReturnValue:
    """Take back an opt-out that was entered by mistake."""
    with writing() as u:
        optouts.lift_opt_out(u, contact_id, opt_out_id)
    return done(_("Der Widerspruch ist zurückgenommen."), _consents_url(contact_id))


def _person(
    u: UnitOfWork, contact_id: int, form: ConsentForm, status: int = 200, opt_out_form: OptOutForm | None = None
) -> ResponseReturnValue:
    row, firm = queries.contact(u, contact_id)
    page = render_template(
        "contacts/show.html",
        contact=row,
        firm=firm,
        form=form,
        opt_out_form=opt_out_form or OptOutForm(formdata=None, prefix="widerspruch-"),
        consents=queries.consents(u, contact_id),
        opt_outs=optouts.opt_outs(u, contact_id),
        consent_text=consent_text,
        changes=history.changes(u, contact_id),
        taken_in=comparison.taken_in(u, contact_id),
        codes=codes,
        may_edit=u.actor.may("contacts.edit") and u.actor.may_write_unit(row.unit_id),
    )
    return page, status


def _conflict(contact_id: int, form: ContactForm, error: StaleVersion) -> tuple[list[ConflictRow], str]:
    """Return both versions and who saved the other; a second save then overwrites knowingly."""
    with reading() as u:
        row, _firm = queries.contact_to_edit(u, contact_id)
        rows = conflict_rows(ContactForm(formdata=None, obj=row), form)
    form.now_at(error.current_version)
    return rows, error.changed_by


def _today(u: UnitOfWork) -> Any:
    return local_date(u.now, u.service(Office).timezone)


def _consents_url(contact_id: int) -> str:
    return url_for("contacts.show", contact_id=contact_id, _anchor="einwilligungen")


def _unseen(u: UnitOfWork, firm_id: int, form: ContactForm) -> list[SimilarPerson]:
    """Return stored persons like the one that was sent, unless they were shown before; the form notes that they were."""
    if not form.validate_on_submit():
        return []
    found = similar_persons(u, firm_id, typed(form))
    seen, form.confirmed.data = form.confirmed.data or "", confirmation(found)
    return found if form.confirmed.data and seen != form.confirmed.data else []
