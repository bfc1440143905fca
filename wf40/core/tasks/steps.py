"""What is done to a task with one click: done, put off, handed on, opened again, dropped. And the head's handing over.

Each answers with the way back to where the click was, or, asked by htmx from Mein Tag, with the box alone.
"""

import textwrap
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wf40.base.errors import InvalidInput, Text
from wf40.base.i18n import _, _n
from wf40.base.uow import UnitOfWork
from wf40.core.tasks import cards, queries, service, team
from wf40.core.tasks.forms import CHOOSE, DropForm, HandOnForm, HandOverForm, OutcomeForm, PostponeForm
from wf40.core.tasks.views import bp, page
from wf40.sdk.checks import whole_number
from wf40.sdk.forms import choices
from wf40.sdk.values import Card
from wf40.sdk.web import done as answer_done
from wf40.sdk.web import local_target, reading, wants_fragment, writing
from wf40.web.formats import day

NOBODY = "-"
LONGEST_NAME = 120


@bp.post("/wiedervorlagen/<int:task_id>/erledigt")
def done(task_id: int) -> ResponseReturnValue:
    """Close a task as done."""
    form = OutcomeForm()
    try:
        with writing() as u:
            service.mark_done(u, task_id, form.outcome.data or "")
            title = textwrap.shorten(queries.task(u, task_id).line.title, LONGEST_NAME, placeholder=" …")
    except InvalidInput as error:
        form.refuse(error)
        return _refused(task_id, error.message, outcome=form)
    return _answer(task_id, _("Erledigt: %(title)s", title=title), undo=True)


@bp.post("/wiedervorlagen/<int:task_id>/streichen")
def drop(task_id: int) -> ResponseReturnValue:
    """Close a task that is no longer needed."""
    form = DropForm()
    try:
        with writing() as u:
            service.drop(u, task_id, form.outcome.data or "")
    except InvalidInput as error:
        form.refuse(error)
        return _refused(task_id, error.message, drop=form)
    return _answer(task_id, _("Die Wiedervorlage ist gestrichen."), undo=True)


@bp.post("/wiedervorlagen/<int:task_id>/wieder-oeffnen")
def reopen(task_id: int) -> ResponseReturnValue:
    """Open a closed task again."""
    with writing() as u:
        service.reopen(u, task_id)
    return _answer(task_id, _("Die Wiedervorlage ist wieder offen."))


@bp.post("/wiedervorlagen/<int:task_id>/verschieben")
def postpone(task_id: int) -> ResponseReturnValue:
    """Put a task off to another day."""
    form = PostponeForm()
    if not form.validate():
        return _refused(task_id, form.to.errors[0], postpone=form)
    try:
        with writing() as u:
            service.postpone(u, task_id, form.to.data)
    except InvalidInput as error:
        form.refuse(error)
        return _refused(task_id, error.message, postpone=form)
    return _answer(task_id, _("Verschoben auf den %(day)s.", day=day(form.to.data)))


@bp.post("/wiedervorlagen/<int:task_id>/weitergeben")
def hand_on(task_id: int) -> ResponseReturnValue:
    """Make somebody else responsible."""
    form = HandOnForm()
    with reading() as u:
        found = queries.task(u, task_id)
        people = queries.takers(u, found.line.unit_id)
        form.offer(people, None)
    if not form.validate():
        return _refused(task_id, _("Wählen Sie, wer die Wiedervorlage übernimmt."), hand_on=form)
    try:
        with writing() as u:
            service.hand_on(u, task_id, form.to.data, form.word.data)
    except InvalidInput as error:
        form.refuse(error)
        return _refused(task_id, error.message, hand_on=form)
    name = next((person.name for person in people if person.id == form.to.data), "")
    return _answer(task_id, _("Weitergegeben an %(name)s.", name=name))


@bp.route("/wiedervorlagen/uebergeben", methods=["GET", "POST"])
def hand_over() -> ResponseReturnValue:
    """Hand all open tasks of somebody, or of nobody, to somebody else."""
    with reading() as u:
        form = HandOverForm(source=request.args.get("von", ""))
        held = _offer_over(u, form)
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            with writing() as u:
                moved, stayed = service.hand_over(u, whole_number(form.source.data), form.to.data, form.word.data)
            return answer_done(_handed_over(moved, stayed), url_for("tasks.hand_over"))
        except InvalidInput as error:
            form.refuse(error)
    return render_template("tasks/hand_over.html", form=form, held=held), status


def _offer_over(u: UnitOfWork, form: HandOverForm) -> list[dict[str, Any]]:
    """Fill the choices and return who holds how many."""
    held: list[dict[str, Any]] = [
        {"id": str(person.id), "name": person.name, "count": count, "present": present}
        for person, count, present in team.holders(u)
    ]
    if nobody := team.unassigned(u):
        held.insert(0, {"id": NOBODY, "name": _("niemand zuständig"), "count": nobody, "present": False})
    form.source.choices = choices([CHOOSE, *((h["id"], f"{h['name']} ({h['count']})") for h in held)])
    form.to.choices = choices([CHOOSE, *((p.id, p.name) for p in queries.takers(u, None))])
    return held


def _handed_over(moved: int, stayed: int) -> str:
    told = _n("%(num)s Wiedervorlage ist übergeben.", "%(num)s Wiedervorlagen sind übergeben.", moved)
    if not stayed:
        return str(told)
    left = _n(
        "%(num)s vertrauliche blieb, wo sie war: Geben Sie sie an jemand anderen.",
        "%(num)s vertrauliche blieben, wo sie waren: Geben Sie sie an jemand anderen.",
        stayed,
    )
    return f"{told} {left}"


def _answer(task_id: int, message: str, *, undo: bool = False) -> ResponseReturnValue:
    shown, back = url_for("tasks.show", task_id=task_id), local_target(request.values.get("zurueck"), "")
    again = url_for("tasks.reopen", task_id=task_id, zurueck=back or shown) if undo else ""
    if _from_card():
        return _card(notice=message, undo=again)
    if not undo:
        return answer_done(message, back or shown)
    toast = {"text": message, "action_url": again, "action_label": _("Rückgängig machen")}
    flash(toast, "success")  # type: ignore[arg-type]  # the layout understands a text with an action
    return redirect(back or shown, 303)


def _refused(task_id: int, fault: Text, **typed: Any) -> ResponseReturnValue:
    if _from_card():
        return _card(fault=fault), 422
    return page(task_id, fault, **typed)


def _from_card() -> bool:
    return wants_fragment() and request.values.get("karte") == cards.OWN


def _card(**told: Any) -> str:
    with reading() as u:
        card: Card = cards.own_card(u, **told)
        return render_template(card.template, part=card, **card.values)
