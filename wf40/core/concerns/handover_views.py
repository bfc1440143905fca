"""Pages for handing a concern on and for what comes back."""

from datetime import date
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wf40.base.errors import InvalidInput, StaleVersion
from wf40.base.i18n import _
from wf40.base.uow import UnitOfWork
from wf40.core.concerns import codes, handed_on, handing_on, queries
from wf40.core.concerns.forms import HandoverForm, OutcomeForm
from wf40.core.concerns.pages import note_reading
from wf40.core.concerns.recipients import recipients
from wf40.core.concerns.rows import today
from wf40.core.concerns.service import new_entry_key
from wf40.core.contacts import codes as contact_codes
from wf40.core.contacts.consents import consent_text
from wf40.core.contacts.queries import contacts_of_firm
from wf40.core.contacts.valid_consents import ValidConsent
from wf40.sdk.services import WorkingDays
from wf40.sdk.web import done, reading, writing

bp = Blueprint("handovers", __name__, template_folder="templates")
ANSWER_DAYS = 10
SEND = "senden"


@bp.route("/anliegen/<int:concern_id>/weiterleiten", methods=["GET", "POST"])
def hand_on(concern_id: int) -> ResponseReturnValue:
    """Show what would be sent, then hand the concern on."""
    with reading() as u:
        found = queries.concern_to_edit(u, concern_id)
        consents = handing_on.consents_for(u, found.firm.id)
        form = _form(u, found, consents)
    note_reading(concern_id)
    if not form.is_submitted():
        return _page(found, form, consents)
    if not _complete(form, consents):
        return _page(found, form, consents), 422
    status = 200
    try:
        if request.form.get("schritt") == SEND:
            return _send(concern_id, form, consented=bool(consents))
    except StaleVersion as error:
        form.now_at(error.current_version)
        form.form_errors.append(_("Inzwischen hat jemand das Anliegen geändert. Bitte prüfen Sie die Vorschau."))
        status = 409
    except InvalidInput as error:
        form.refuse(error)
        status = 422
    return _previewed(found, form, consents, status)


@bp.route("/anliegen/weiterleitungen/<int:handover_id>/ergebnis", methods=["GET", "POST"])
def outcome(handover_id: int) -> ResponseReturnValue:
    """Record what the recipient said."""
    with reading() as u:
        handover, row = handed_on.handover_to_answer(u, handover_id)
        concern = queries.concern(u, row.id)
        ask_on = u.service(WorkingDays).after(u, today(u), 10)
        form = OutcomeForm(outcome=handover.outcome or codes.ACCEPTED, answer=handover.answer, ask_on=ask_on)
    note_reading(row.id)
    back = url_for("concerns.show", concern_id=row.id)
    if form.validate_on_submit():
        try:
            with writing() as u:
                handing_on.record_outcome(
                    u, handover_id, form.outcome.data, form.answer.data, close=form.close.data, ask_on=form.ask_day()
                )
            return done(_("Die Rückmeldung ist festgehalten."), back)
        except InvalidInput as error:
            form.refuse(error)
    page = render_template("concerns/outcome.html", form=form, handover=handover, concern=concern, back=back)
    return page, 422 if form.is_submitted() else 200


@bp.post("/anliegen/weiterleitungen/<int:handover_id>/bestaetigt")
def confirm(handover_id: int) -> ResponseReturnValue:
    """Record that the recipient has it."""
    with writing() as u:
        handing_on.confirm_receipt(u, handover_id)
        concern_id = handed_on.handover_to_answer(u, handover_id)[0].concern_id
    return done(_("Der Empfang ist bestätigt."), url_for("concerns.show", concern_id=concern_id))


@bp.post("/anliegen/weiterleitungen/<int:handover_id>/zuruecknehmen")
def recall(handover_id: int) -> ResponseReturnValue:
    """Take a hand-on back."""
    with writing() as u:
        handing_on.recall(u, handover_id)
        handover, row = handed_on.handover_to_answer(u, handover_id)
    message = _("Die Weiterleitung ist zurückgenommen. Bitte sagen Sie dort Bescheid: %(name)s.", name=handover.label)
    return done(message, url_for("concerns.show", concern_id=row.id))


def _form(u: UnitOfWork, found: queries.ConcernView, consents: list[ValidConsent]) -> HandoverForm:
    values: dict[str, Any] = {"version": str(found.version), "entry_key": new_entry_key(), "given_on": today(u)}
    form = HandoverForm(data={**values, "answer_by": _usual_day(u)})
    topic = found.content.topic if found.content else ""
    people = [(person.id, person.name) for person in contacts_of_firm(u, found.firm.id)]
    form.offer(recipients(u, found.firm, topic), consents, people)
    return form


def _usual_day(u: UnitOfWork) -> date:
    return u.service(WorkingDays).after(u, today(u), ANSWER_DAYS)


def _complete(form: HandoverForm, consents: list[ValidConsent]) -> bool:
    valid = form.validate()
    return (bool(consents) or form.consent_complete()) and valid


def _previewed(
    found: queries.ConcernView, form: HandoverForm, consents: list[ValidConsent], status: int
) -> ResponseReturnValue:
    """Show the form with what it would send, or with what stands in the way."""
    preview = None
    try:
        with reading() as u:
            preview = handing_on.prepare(u, found.id, form.to_input(consented=bool(consents)))
        form.seen.data = preview.digest
    except InvalidInput as error:
        if not form.errors:
            form.refuse(error)
        status = 422
    return _page(found, form, consents, preview), status


def _send(concern_id: int, form: HandoverForm, *, consented: bool) -> ResponseReturnValue:
    with writing() as u:
        handover_id = handing_on.hand_on(
            u, concern_id, form.typed_version(), form.to_input(consented=consented), form.entry_key.data or "",
            form.seen.data or "",
        )  # fmt: skip
        handover, _row = handed_on.handover_to_answer(u, handover_id)
    message = _("Das Anliegen ist weitergeleitet. Die E-Mail an %(name)s geht gleich hinaus.", name=handover.label)
    if not handover.email:
        message = _(
            "Das Anliegen ist als weitergeleitet eingetragen. Bitte rufen Sie an: %(name)s.", name=handover.label
        )
    return done(message, url_for("concerns.show", concern_id=concern_id))


def _page(
    found: queries.ConcernView,
    form: HandoverForm,
    consents: list[ValidConsent],
    preview: handing_on.Prepared | None = None,
) -> str:
    return render_template(
        "concerns/hand_on.html",
        concern=found,
        form=form,
        consents=consents,
        preview=preview,
        consent_words=consent_text(handing_on.PURPOSE, "mail").text,
        contact_codes=contact_codes,
    )
