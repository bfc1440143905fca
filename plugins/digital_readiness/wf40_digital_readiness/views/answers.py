"""Answers: their page, corrections, paper entry and the paper form."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from wf40.sdk.errors import InvalidInput, NotFound, StaleVersion
from wf40.sdk.i18n import current_language
from wf40.sdk.services import Firms, Office
from wf40.sdk.uow import UnitOfWork
from wf40.sdk.web import done, reading, writing
from wf40_digital_readiness import queries, service
from wf40_digital_readiness.checks import Answer, Item
from wf40_digital_readiness.content import shipped_check
from wf40_digital_readiness.forms import CorrectionForm, PaperForm
from wf40_digital_readiness.office_day import today
from wf40_digital_readiness.questions import answers_in, questions
from wf40_digital_readiness.results import answer_lines, answer_words, result_of
from wf40_digital_readiness.texts import _, _l
from wf40_digital_readiness.views.blueprints import office_pages as bp

CHANNELS = {"link": _l("über den persönlichen Link"), "paper": _l("Papierbogen"), "officer": _l("Gespräch")}


@bp.get("/antworten/<int:response_id>")
def answer(response_id: int) -> ResponseReturnValue:
    """Show a firm's answers and result."""
    with reading() as u:
        found = queries.answered(u, response_id)
        language = current_language()
        changes = [
            (change, found.check.by_id[change.field], *(
                answer_words(found.check.by_id[change.field], {change.field: value}, language) if value is not None else ""
                for value in (change.old, change.new)
            ))
            for change in found.changes
            if change.field in found.check.by_id
        ]  # fmt: skip
        return render_template(
            "digital_readiness/answer.html",
            found=found,
            row=found.row,
            firm=found.firm,
            result=result_of(found.check, found.row.answers),
            lines=answer_lines(found.check, found.row.answers),
            changes=changes,
            channels=CHANNELS,
        )


@bp.route("/antworten/<int:response_id>/frage/<item_id>", methods=["GET", "POST"])
def correct(response_id: int, item_id: str) -> ResponseReturnValue:
    """Correct one answer with a reason."""
    with reading() as u:
        found = queries.answered(u, response_id)
        if not found.may_change or item_id not in found.check.by_id:
            raise NotFound
        item, stored, revision = found.check.by_id[item_id], dict(found.row.answers), found.row.revision
    form = CorrectionForm(revision=str(revision))
    typed = answers_in(request.form, [item])[item_id] if form.is_submitted() else stored.get(item_id)
    status, faults, conflict = 200, {}, ""
    if form.validate_on_submit():
        try:
            with writing() as u:
                service.correct(u, response_id, form.to_input(item_id, typed))
            target = url_for("digital_readiness.answer", response_id=response_id)
            return done(_("Die Antwort ist berichtigt, das Ergebnis ist neu berechnet."), target)
        except InvalidInput as error:
            form.refuse(error)
            status, faults = 422, {item_id: str(error.fields.get(item_id) or error.fields.get("answer") or "")}
        except StaleVersion as error:
            status, conflict = 409, error.changed_by or "–"
            form.revision.data = str(error.current_version)
    return _correction(response_id, item, typed, form, faults, conflict), status


def _correction(
    response_id: int, item: Item, typed: Answer | None, form: CorrectionForm, faults: dict[str, str], conflict: str
) -> str:
    with reading() as u:
        found = queries.answered(u, response_id)
        shown = {**found.row.answers, item.id: typed} if typed is not None else {}
        return render_template(
            "digital_readiness/correct.html",
            found=found,
            firm=found.firm,
            form=form,
            question=questions(found.check, [item], shown, faults)[0],
            conflict=conflict,
            stored_now=answer_words(item, found.row.answers, current_language()),
        )


@bp.post("/antworten/<int:response_id>/gesehen")
def mark_seen(response_id: int) -> ResponseReturnValue:
    """Note that the answers were seen."""
    with writing() as u:
        service.mark_seen(u, response_id)
    return done(_("Als gesehen eingetragen."), url_for("digital_readiness.answer", response_id=response_id))


@bp.post("/antworten/<int:response_id>/zurueckgerufen")
def called_back(response_id: int) -> ResponseReturnValue:
    """Note that the firm was called back."""
    with writing() as u:
        service.callback_done(u, response_id)
    return done(_("Der Rückruf ist eingetragen."), url_for("digital_readiness.answer", response_id=response_id))


@bp.route("/eingeben/<int:firm_id>", methods=["GET", "POST"])
def enter(firm_id: int) -> ResponseReturnValue:
    """Type in the answers of a paper form."""
    check = shipped_check()
    with reading() as u:
        firm = u.service(Firms).get(u, firm_id)
        _demand_entering(u, firm.unit_id)
        form = PaperForm(answered_on=today(u))
    given = {key: value for key, value in answers_in(request.form, check.items).items() if value is not None}
    faults: dict[str, str] = {}
    if form.validate_on_submit():
        try:
            with writing() as u:
                response_id = service.enter_paper(u, firm_id, form.to_input(given, current_language()))
            target = url_for("digital_readiness.answer", response_id=response_id)
            return done(_("Die Antworten sind gespeichert."), target)
        except InvalidInput as error:
            form.refuse(error)
            faults = {key: str(sentence) for key, sentence in error.fields.items()}
    asked = questions(check, check.items, given, faults)
    page = render_template("digital_readiness/enter.html", firm=firm, form=form, check=check, questions=asked)
    return page, 422 if form.is_submitted() else 200


def _demand_entering(u: UnitOfWork, unit_id: int) -> None:
    if not u.actor.may("digital_readiness.enter") or not u.actor.may_write_unit(unit_id):
        raise NotFound


@bp.get("/bogen")
def paper() -> ResponseReturnValue:
    """Show the form to print."""
    check = shipped_check()
    language = current_language()
    with reading() as u:
        queries.demand_reader(u)
        return render_template(
            "digital_readiness/paper.html",
            check=check,
            language=language,
            title=check.title.get(language, check.title["de"]),
            questions=questions(check, check.items, {}),
            office=u.service(Office),
            code=f"{check.id} {check.version} · {check.sha256[:8]}",
        )
