"""Pages of mailings: writing, previewing, sending, and what became of it."""

from typing import Any

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wf40.base.errors import InvalidInput, StaleVersion
from wf40.base.i18n import _
from wf40.base.uow import UnitOfWork
from wf40.core.contacts.audience import Person
from wf40.core.mailings import codes, letters, mails, placeholders, queries, results, runner, writing
from wf40.core.mailings.forms import MailingForm, first_text
from wf40.core.mailings.models import Distribution, Mailing
from wf40.core.mailings.rights import may_take_letters
from wf40.core.mailings.views import bp
from wf40.sdk.checks import whole_number
from wf40.sdk.paging import page_number
from wf40.sdk.refs import OfficerRef
from wf40.sdk.web import database, done, reading, wants_fragment
from wf40.sdk.web import writing as changing
from wf40.web.conflicts import conflict_rows

__all__ = ["bp"]
AT_ONCE = 50
"""So many letters are made within the request; the worker makes more."""


@bp.route("/verteiler/<int:distribution_id>/schreiben", methods=["GET", "POST"])
def write(distribution_id: int) -> ResponseReturnValue:
    """Write a mail or a letter to a list."""
    with reading() as u:
        its_list = queries.distribution_to_edit(u, distribution_id)
        channel = codes.LETTER if request.args.get("weg") == "brief" else codes.MAIL
        form = MailingForm(channel=channel, body=first_text())
    if form.validate_on_submit():
        try:
            with changing() as u:
                saved = writing.add_mailing(u, distribution_id, form.to_input())
            return done(_("Der Entwurf ist gespeichert."), url_for("mailings.mailing", mailing_id=saved))
        except InvalidInput as error:
            form.refuse(error)
    return _form_page(its_list, None, form), 422 if form.is_submitted() else 200


@bp.route("/verteiler/rundschreiben/<int:mailing_id>/bearbeiten", methods=["GET", "POST"])
def change(mailing_id: int) -> ResponseReturnValue:
    """Change a draft; a save that comes too late shows both versions."""
    with reading() as u:
        row, its_list = results.mailing_to_edit(u, mailing_id)
        form = MailingForm(obj=row)
    status, both = 422 if form.is_submitted() else 200, None
    if form.validate_on_submit():
        try:
            with changing() as u:
                writing.change_mailing(u, mailing_id, form.typed_version(), form.to_input())
            return done(_("Der Entwurf ist gespeichert."), url_for("mailings.mailing", mailing_id=mailing_id))
        except InvalidInput as error:
            form.refuse(error)
        except StaleVersion as error:
            with reading() as u:
                stored, _list = results.mailing_to_edit(u, mailing_id)
                both, status = (conflict_rows(MailingForm(formdata=None, obj=stored), form), error.changed_by), 409
            form.now_at(error.current_version)
    return _form_page(its_list, row, form, both), status


def _form_page(its_list: Distribution, row: Mailing | None, form: MailingForm, both: Any = None) -> str:
    return render_template(
        "mailings/form.html", its_list=its_list, row=row, form=form, both=both, codes=codes,
        meanings=placeholders.MEANINGS,
    )  # fmt: skip


@bp.get("/verteiler/rundschreiben/<int:mailing_id>")
def mailing(mailing_id: int) -> ResponseReturnValue:
    """Show a draft with its preview, how far a mailing has come, or what became of it."""
    with reading() as u:
        row, its_list = results.mailing(u, mailing_id)
        if wants_fragment():
            return _fragment(u, row)
        return _mailing_page(u, row, its_list)


def _mailing_page(u: UnitOfWork, row: Mailing, its_list: Distribution, refused: str = "") -> str:
    values: dict[str, Any] = {
        "row": row, "its_list": its_list, "codes": codes, "refused": refused, "counts": results.counts(u, row.id),
        "may_edit": u.actor.may("mailings.edit") and u.actor.may_write_unit(its_list.unit_id),
    }  # fmt: skip
    if row.state == codes.DRAFT:
        return render_template("mailings/draft.html", **values, **_preview(u, row, its_list))
    state = request.args.get("stand", "")
    state = state if state in codes.OUTCOMES else ""
    page = results.recipients(u, row.id, state, page_number(request.args.get("seite")))
    return render_template(
        "mailings/result.html", **values, page=page, state=state, reasons=results.reasons(u, row.id),
        delivery=results.delivery(u, row.id), has_letters=results.has_letters(u, row.id),
        may_take_letters=may_take_letters(u, its_list),
        author=writing.signing(u, row),
    )  # fmt: skip


def _preview(u: UnitOfWork, row: Mailing, its_list: Distribution) -> dict[str, Any]:
    """Return what one person would get, and for how many it is."""
    people = queries.chosen_persons(u, its_list)
    wanted = whole_number(request.args.get("person"))
    person = next((p for p in people if p.id == wanted), people[0] if people else None)
    officer = writing.signing(u, row)
    return {
        "people": people,
        "person": person,
        "officer": officer,
        "subject": mails.subject_for(row, person) if person else row.subject,
        "text": _words(u, row, person, officer) if person else row.body,
        "reached": sum(p.may_mail if row.channel == codes.MAIL else p.may_post for p in people),
    }


def _words(u: UnitOfWork, row: Mailing, person: Person, officer: OfficerRef | None) -> str:
    if row.channel == codes.LETTER:
        return letters.words_for(u, row, person, officer)
    return mails.text_for(u, row, person, officer, mails.SAMPLE)


def _fragment(u: UnitOfWork, row: Mailing) -> ResponseReturnValue:
    """Return the progress bar, or let the browser load the page anew once the mailing has ended."""
    if row.state == codes.RUNNING:
        return render_template("mailings/_progress.html", row=row, counts=results.counts(u, row.id), codes=codes)
    answer = Response("")
    answer.headers["HX-Redirect"] = url_for("mailings.mailing", mailing_id=row.id)
    return answer


@bp.get("/verteiler/rundschreiben/<int:mailing_id>/muster.pdf")
def sample(mailing_id: int) -> ResponseReturnValue:
    """Show the letter that one person would get."""
    with reading() as u:
        row, its_list = results.mailing_to_edit(u, mailing_id)
        person = writing.sample(u, its_list, whole_number(request.args.get("person")))
        pdf = letters.compile_pdf(letters.data_for(u, row, [person] if person else [], writing.signing(u, row)))
    headers = {"Content-Disposition": f'attachment; filename="muster-{mailing_id}.pdf"'}
    return Response(pdf, mimetype="application/pdf", headers=headers)


@bp.post("/verteiler/rundschreiben/<int:mailing_id>/test")
def test_mail(mailing_id: int) -> ResponseReturnValue:
    """Send a test to oneself."""
    person_id = whole_number(request.form.get("person"))
    with changing() as u:
        address = writing.send_test(u, mailing_id, person_id)
    url = url_for("mailings.mailing", mailing_id=mailing_id, person=person_id)
    return done(_("Die Testmail geht an %(address)s.", address=address), url)


@bp.post("/verteiler/rundschreiben/<int:mailing_id>/starten")
def start(mailing_id: int) -> ResponseReturnValue:
    """Let it go out; a few letters are made at once."""
    try:
        with changing() as u:
            number = writing.start_mailing(u, mailing_id, whole_number(request.form.get("version")) or 0)
            row, _list = results.mailing(u, mailing_id)
            at_once = row.channel == codes.LETTER and number <= AT_ONCE
    except (StaleVersion, InvalidInput) as error:
        with reading() as u:
            row, its_list = results.mailing_to_edit(u, mailing_id)
            return _mailing_page(u, row, its_list, str(error.message)), error.status
    if at_once:
        runner.advance(database(), mailing_id)
    return done(_("Es geht los."), url_for("mailings.mailing", mailing_id=mailing_id))


@bp.post("/verteiler/rundschreiben/<int:mailing_id>/anhalten")
def stop(mailing_id: int) -> ResponseReturnValue:
    """Stop what runs."""
    with changing() as u:
        writing.stop_mailing(u, mailing_id)
    return done(
        _("Angehalten. Wer schon angeschrieben ist, bleibt es."), url_for("mailings.mailing", mailing_id=mailing_id)
    )


@bp.post("/verteiler/rundschreiben/<int:mailing_id>/fortsetzen")
def resume(mailing_id: int) -> ResponseReturnValue:
    """Go on with what was stopped."""
    with changing() as u:
        writing.resume_mailing(u, mailing_id)
    return done(_("Es geht weiter."), url_for("mailings.mailing", mailing_id=mailing_id))


@bp.post("/verteiler/rundschreiben/<int:mailing_id>/verwerfen")
def discard(mailing_id: int) -> ResponseReturnValue:
    """Remove a draft."""
    with changing() as u:
        distribution_id = writing.discard_mailing(u, mailing_id)
    return done(_("Der Entwurf ist verworfen."), url_for("mailings.show", distribution_id=distribution_id))
