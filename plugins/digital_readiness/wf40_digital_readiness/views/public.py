"""The firm's own pages: start, questions, confirmation, result."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from wf40.sdk.errors import InvalidInput
from wf40.sdk.i18n import current_language
from wf40.sdk.services import Office
from wf40.sdk.throttle import throttle
from wf40.sdk.uow import Actor, UnitOfWork
from wf40.sdk.web import database
from wf40_digital_readiness import answering
from wf40_digital_readiness.checks import Item, in_language, unanswered_items, visible_items
from wf40_digital_readiness.forms import SubmitForm
from wf40_digital_readiness.questions import answers_in, questions
from wf40_digital_readiness.results import result_of
from wf40_digital_readiness.texts import KEY
from wf40_digital_readiness.views.blueprints import public_pages as bp

MAY = frozenset({"digital_readiness.answer"})
WINDOW = timedelta(minutes=10)
LINKS_PER_WINDOW, SAVES_PER_WINDOW = 30, 300


def _actor(unit_id: int | None = None) -> Actor:
    return Actor.public("Unternehmen über persönlichen Link", MAY, unit_id)


def _throttle(what: str, limit: int) -> None:
    throttle(database(), f"{KEY} {what}", request.remote_addr or "", limit, WINDOW)


def _holder(token: str) -> tuple[int, int] | None:
    with database().read(_actor()) as u:
        return answering.holder_of(u, token)


def _held() -> tuple[int, int]:
    """Return the ids of invitation and unit that this browser opened; raises :class:`LinkClosed`."""
    held = session.get(KEY)
    if not held:
        raise answering.LinkClosed
    return held[0], held[1]


@contextmanager
def _visiting() -> Iterator[tuple[UnitOfWork, int]]:
    invitation_id, unit_id = _held()
    with database().read(_actor(unit_id)) as u:
        yield u, invitation_id


@contextmanager
def _changing() -> Iterator[tuple[UnitOfWork, int]]:
    invitation_id, unit_id = _held()
    _throttle("save", SAVES_PER_WINDOW)
    with database().write(_actor(unit_id)) as u:
        yield u, invitation_id


@bp.errorhandler(answering.LinkClosed)
def closed(_error: answering.LinkClosed) -> ResponseReturnValue:
    """One page for links that are wrong, expired or revoked, however somebody got there."""
    by_cookie = "token" not in (request.view_args or {})
    held = by_cookie and session.pop(KEY, None) is not None
    with database().read(_actor()) as u:
        return render_template("digital_readiness/public/closed.html", office=u.service(Office), held=held), 404


@bp.get("/<token>")
def start(token: str) -> ResponseReturnValue:
    """Show who invites and what for. Opens nothing, since mail scanners follow links; an answered one shows its result."""
    _throttle("link", LINKS_PER_WINDOW)
    holder = _holder(token)
    if holder is None:
        raise answering.LinkClosed
    with database().read(_actor(holder[1])) as u:
        visit = answering.visit(u, holder[0])
        session.setdefault("language", visit.invitation.language)
        if visit.answered:
            session[KEY] = list(holder)
            return redirect(url_for(".result"), 303)
        return render_template(
            "digital_readiness/public/start.html",
            visit=visit,
            office=u.service(Office),
            open_count=len(unanswered_items(visit.check, visit.answers)),
            answered_count=visit.answered_count,
        )


@bp.post("/<token>")
def begin(token: str) -> ResponseReturnValue:
    """Exchange the link for a cookie and go to the first open question."""
    _throttle("link", LINKS_PER_WINDOW)
    holder = _holder(token)
    if holder is None:
        raise answering.LinkClosed
    with database().write(_actor(holder[1])) as u:
        visit = answering.begin(u, holder[0])
        open_items = unanswered_items(visit.check, visit.answers)
        places = [d.id for d in visit.check.dimensions]
        answered = visit.answered
    session[KEY] = list(holder)
    if answered:
        return redirect(url_for(".result"), 303)
    if not open_items:
        return redirect(url_for(".confirm"), 303)
    return redirect(url_for(".step", number=places.index(open_items[0].dimension) + 1), 303)


@bp.get("/frage/<int:number>")
def step(number: int) -> ResponseReturnValue:
    """Show the questions of one dimension."""
    return _step_page(number)


def _step_page(number: int, faults: dict[str, str] | None = None) -> ResponseReturnValue:
    with _visiting() as (u, invitation_id):
        visit = answering.begun(u, invitation_id)
        if visit.answered:
            return redirect(url_for(".result"), 303)
        number = min(max(number, 1), len(visit.check.dimensions))
        items, steps = _asked(visit, number), _steps(visit, number)
        page = render_template(
            "digital_readiness/public/step.html",
            visit=visit,
            number=number,
            steps=steps,
            title=steps[number - 1]["label"],
            questions=questions(visit.check, items, visit.answers, faults),
            progress=len(visit.answers),
            total=len(visible_items(visit.check, visit.answers)),
        )
        return page, 422 if faults else 200


@bp.post("/frage/<int:number>")
def save_step(number: int) -> ResponseReturnValue:
    """Save a page and go on, back, or leave."""
    language = current_language()
    with _changing() as (u, invitation_id):
        visit = answering.begun(u, invitation_id)
        dimensions = visit.check.dimensions
        number = min(max(number, 1), len(dimensions))
        shown = _asked(visit, number)
        given = {key: value for key, value in answers_in(request.form, shown).items() if value is not None}
        try:
            visit = answering.save(u, invitation_id, given, language)
        except InvalidInput as error:
            faults = {key: str(sentence) for key, sentence in error.fields.items()}
        else:
            faults = {}
            added = [item for item in _asked(visit, number) if item not in shown]
    if faults:
        return _step_page(number, faults)
    return redirect(_after(request.form.get("action", ""), number, len(dimensions), added), 303)


def _after(action: str, number: int, steps: int, added: list[Item]) -> str:
    if action == "later":
        return url_for(".later")
    if action == "back":
        return url_for(".step", number=max(1, number - 1))
    if added:  # an answer has opened a further question on this page
        return url_for(".step", number=number, _anchor=f"frage-{added[0].number}")
    return url_for(".confirm") if number == steps else url_for(".step", number=number + 1)


def _asked(visit: answering.Visit, number: int) -> list[Item]:
    wanted = visit.check.dimensions[number - 1].id
    return [item for item in visible_items(visit.check, visit.answers) if item.dimension == wanted]


def _steps(visit: answering.Visit, current: int) -> list[dict[str, str]]:
    waits = {item.dimension for item in unanswered_items(visit.check, visit.answers)}
    steps = []
    for place, dimension in enumerate(visit.check.dimensions, 1):
        done = dimension.id not in waits
        state = "current" if place == current else "done" if done else "open"
        url = url_for(".step", number=place) if place != current else ""
        steps.append(
            {"label": in_language(dimension.title, current_language()), "state": state, "url": url, "hint": ""}
        )
    return steps


@bp.get("/spaeter")
def later() -> ResponseReturnValue:
    """Say that everything is saved and how to come back."""
    with _visiting() as (u, invitation_id):
        visit = answering.visit(u, invitation_id)
        return render_template("digital_readiness/public/later.html", visit=visit, office=u.service(Office))


@bp.get("/pruefen")
def confirm() -> ResponseReturnValue:
    """Show what is still open and what the office knows of the firm, before submitting."""
    return _confirm_page(SubmitForm(formdata=None))


def _confirm_page(form: SubmitForm, status: int = 200) -> ResponseReturnValue:
    with _visiting() as (u, invitation_id):
        visit = answering.begun(u, invitation_id)
        if visit.answered:
            return redirect(url_for(".result"), 303)
        places = [d.id for d in visit.check.dimensions]
        waits = [
            (item.number, in_language(item.text, current_language()), places.index(item.dimension) + 1)
            for item in unanswered_items(visit.check, visit.answers)
        ]
        page = render_template(
            "digital_readiness/public/confirm.html", visit=visit, form=form, steps=_steps(visit, 0), open_items=waits
        )
        return page, status


@bp.post("/pruefen")
def submit() -> ResponseReturnValue:
    """Submit once and show the result; a second time just shows it."""
    form = SubmitForm()
    if not form.validate():
        return _confirm_page(form, 422)
    try:
        with _changing() as (u, invitation_id):
            answering.submit(u, invitation_id, form.note.data)
    except InvalidInput as error:
        form.refuse(error)
        return _confirm_page(form, 422)
    return redirect(url_for(".result"), 303)


@bp.get("/ergebnis")
def result() -> ResponseReturnValue:
    """Show the firm's own result."""
    with _visiting() as (u, invitation_id):
        visit = answering.begun(u, invitation_id)
        if not visit.answered:
            return redirect(url_for(".step", number=1), 303)
        return render_template(
            "digital_readiness/public/result.html",
            visit=visit,
            office=u.service(Office),
            result=result_of(visit.check, visit.answers),
        )


@bp.post("/rueckruf")
def callback() -> ResponseReturnValue:
    """Ask for a call, once."""
    with _changing() as (u, invitation_id):
        answering.wish_callback(u, invitation_id)
    return redirect(url_for(".result", _anchor="rueckruf"), 303)
