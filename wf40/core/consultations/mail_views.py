"""Pages of a mail that becomes a conversation, and of the files that conversations have attached."""

from io import BytesIO
from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField, FileRequired

from wf40.base.checks import whole_number
from wf40.base.errors import Forbidden, InvalidInput, NotFound
from wf40.base.i18n import _, _l
from wf40.base.uow import UnitOfWork
from wf40.core.consultations import mailed, queries, service
from wf40.core.consultations.forms import MailedForm
from wf40.core.consultations.views import bp, conflict, note_reading, offer
from wf40.core.mails import service as mails
from wf40.core.mails.parts import LARGEST
from wf40.core.mails.reading import read_mail, refusal
from wf40.sdk.forms import BaseForm
from wf40.sdk.refs import FirmRef
from wf40.sdk.web import close_reading, done, reading, writing
from wf40.web.formats import file_size


class MailForm(BaseForm):
    """One mail as a file."""

    file = FileField(
        _l("E-Mail-Datei"),
        [FileRequired(_l("Wählen Sie eine E-Mail aus, die Sie als EML oder MSG gespeichert haben."))],
        description=_l("Ziehen Sie die E-Mail in den Rahmen, oder wählen Sie sie aus (EML oder MSG, bis 25 MB)."),
    )


@bp.route("/unternehmen/<int:firm_id>/gespraeche/mail", methods=["GET", "POST"])
def drop_mail(firm_id: int) -> ResponseReturnValue:
    """Take a mail that was dropped or chosen, and lead to the form that it fills."""
    with reading() as u:
        mails.may_drop(u)
        firm = queries.firm_to_add_to(u, firm_id)
    form, person = MailForm(), whole_number(request.args.get("person", ""))
    if form.validate_on_submit():
        close_reading()  # a hostile file takes its twenty seconds: no transaction waits for it
        try:
            mail, files = read_mail(_sent_mail())
            with writing() as u:
                draft_id = mails.add_draft(u, mail, files)
            return redirect(url_for("consultations.from_mail", firm_id=firm_id, mail=draft_id, person=person), 303)
        except InvalidInput as error:
            form.refuse(error)
    page = render_template("consultations/mail.html", form=form, firm=firm, person=person)
    return page, 422 if form.is_submitted() else 200


@bp.route("/unternehmen/<int:firm_id>/gespraeche/aus-mail", methods=["GET", "POST"])
def from_mail(firm_id: int) -> ResponseReturnValue:
    """Show the form of a conversation as a mail fills it, and save it with the chosen files."""
    draft_id = whole_number(request.args.get("mail", "")) or 0
    with reading() as u:
        firm = queries.firm_to_add_to(u, firm_id)
        form, shown = _form(u, firm, draft_id)
    if form is None:
        flash(_("Dieser Entwurf liegt nicht mehr vor. Bitte legen Sie die E-Mail noch einmal ab."), "warning")
        return redirect(url_for("consultations.drop_mail", firm_id=firm_id), 302 if request.method == "GET" else 303)
    target = url_for("consultations.from_mail", firm_id=firm_id, mail=draft_id)
    status, both = 422 if form.is_submitted() else 200, None
    if form.validate_on_submit():
        try:
            return _saved(firm_id, form, draft_id)
        except InvalidInput as error:
            form.refuse(error)
        except service.AlreadyStored as error:
            status, both = 409, conflict(error.consultation_id, form, error)
            target = url_for("consultations.change", consultation_id=error.consultation_id)
    page = render_template(
        "consultations/form.html", form=form, firm=firm, target=target, both=both, consultation=None, mail=shown,
        draft_id=draft_id,
    )  # fmt: skip
    return page, status


@bp.get("/gespraeche/<int:consultation_id>/anhaenge/<int:attachment_id>")
def attachment(consultation_id: int, attachment_id: int) -> ResponseReturnValue:
    """Give a file to who may read the conversation; whatever it holds, the browser only stores it."""
    with reading() as u:
        found = queries.consultation(u, consultation_id)
        if found.content is None:
            raise Forbidden("consultations.read")
        name, content = mails.content_of(u, consultation_id, attachment_id)
    note_reading(found)
    return send_file(BytesIO(content), "application/octet-stream", as_attachment=True, download_name=name)


@bp.post("/gespraeche/<int:consultation_id>/anhaenge/<int:attachment_id>/entfernen")
def remove_attachment(consultation_id: int, attachment_id: int) -> ResponseReturnValue:
    """Remove a file for good."""
    with writing() as u:
        service.remove_attachment(u, consultation_id, attachment_id)
    return done(_("Der Anhang ist entfernt."), url_for("consultations.show", consultation_id=consultation_id))


def _sent_mail() -> bytes:
    sent = request.files.getlist("file")
    if len(sent) > 1:
        sentence = _l("Bitte legen Sie eine E-Mail nach der anderen ab.")
        raise InvalidInput(sentence, {"file": sentence})
    content = sent[0].stream.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise refusal("too_large")
    return content


def _form(u: UnitOfWork, firm: FirmRef, draft_id: int) -> tuple[MailedForm | None, mailed.Prefilled | None]:
    """Return the form and how the mail filled it; a form that is sent stands even where the draft has gone."""
    try:
        draft = mails.draft(u, draft_id)
    except NotFound:
        if not request.form.get("entry_key"):
            return None, None
        form, shown = MailedForm(), None
        form.offer_files([(i, "") for i in map(whole_number, request.form.getlist("attachment_ids")) if i])
    else:
        shown = mailed.prefilled(u, firm, draft.mail, whole_number(request.args.get("person", "")))
        kept: dict[str, Any] = {"attachment_ids": [file.id for file in draft.files if not file.inline]}
        form = MailedForm(data=shown.values | kept)
        form.offer_files(
            [(file.id, _("%(name)s (%(size)s)", name=file.name, size=file_size(file.size))) for file in draft.files]
        )
    offer(u, form, firm)
    return form, shown


def _saved(firm_id: int, form: MailedForm, draft_id: int) -> ResponseReturnValue:
    with writing() as u:
        saved = mailed.add_from_mail(
            u, firm_id, form.to_input(), form.entry_key.data or "", draft_id, form.attachment_ids.data or (), form.to_outcomes()
        )  # fmt: skip
    return done(_("Das Gespräch ist gespeichert."), url_for("consultations.show", consultation_id=saved))
