"""Pages of tasks: the list, one task, its form. What closes and moves tasks stands in :mod:`steps`."""

import secrets
from dataclasses import replace
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wf40.base.checks import whole_number
from wf40.base.errors import InvalidInput, StaleVersion
from wf40.base.i18n import _
from wf40.base.uow import UnitOfWork
from wf40.core.accounts.queries import officer_names, officers
from wf40.core.contacts.queries import find_firms
from wf40.core.firms import queries as firms
from wf40.core.firms import terms
from wf40.core.firms.pages import RecordHead, record_head
from wf40.core.tasks import cards, codes, queries, service
from wf40.core.tasks.forms import DropForm, HandOnForm, OutcomeForm, PostponeForm, TaskForm, values_of
from wf40.core.tasks.shapes import TaskFilter, TaskView
from wf40.sdk.paging import page_number
from wf40.sdk.refs import FirmRef
from wf40.sdk.web import done, reading, writing
from wf40.web.conflicts import ConflictRow, conflict_rows

bp = Blueprint("tasks", __name__, template_folder="templates")


@bp.get("/wiedervorlagen")
def index() -> ResponseReturnValue:
    """List tasks; at first the own open ones."""
    with reading() as u:
        first = codes.MINE if u.actor.may("tasks.edit") else codes.ALL
        return _listed(u, _wanted(first), first)


@bp.get("/unternehmen/<int:firm_id>/wiedervorlagen")
def of_firm(firm_id: int) -> ResponseReturnValue:
    """List the tasks of a firm."""
    with reading() as u:
        wanted = replace(_wanted(codes.ALL), firm_id=firm_id)
        return _listed(u, wanted, codes.ALL, firms.firm(u, firm_id), record_head(u, firm_id))


@bp.route("/wiedervorlagen/neu", methods=["GET", "POST"])
def add() -> ResponseReturnValue:
    """Add a task without a firm, or choose the firm first."""
    q = request.args.get("q", "").strip()[:200]
    with reading() as u:
        picker = {"q": q, "hits": find_firms(u, q)} if u.actor.may("firms.read") else None
    return _add(None, url_for("tasks.add"), url_for("tasks.index"), picker)


@bp.route("/unternehmen/<int:firm_id>/wiedervorlagen/neu", methods=["GET", "POST"])
def add_for_firm(firm_id: int) -> ResponseReturnValue:
    """Add a task for a firm."""
    return _add(firm_id, url_for("tasks.add_for_firm", firm_id=firm_id), url_for("firms.show", firm_id=firm_id), None)


@bp.get("/wiedervorlagen/<int:task_id>")
def show(task_id: int) -> ResponseReturnValue:
    """Show a task; opening a confidential one is audited before its content is read."""
    return page(task_id)


@bp.route("/wiedervorlagen/<int:task_id>/bearbeiten", methods=["GET", "POST"])
def change(task_id: int) -> ResponseReturnValue:
    """Change a task; a save that comes too late shows both versions."""
    with reading() as u:
        found = queries.task_to_edit(u, task_id)
        form = TaskForm(data=values_of(found))
        _offer(u, form, found)
    _note_reading(found)
    status, both = 422 if form.is_submitted() else 200, None
    if form.validate_on_submit():
        try:
            with writing() as u:
                service.change_task(u, task_id, form.typed_version(), form.to_input())
            return done(_("Die Wiedervorlage ist gespeichert."), url_for("tasks.show", task_id=task_id))
        except InvalidInput as error:
            form.refuse(error)
        except StaleVersion as error:
            status, both = 409, _both(task_id, form, error)
    urls = {"target": url_for("tasks.change", task_id=task_id), "back": url_for("tasks.show", task_id=task_id)}
    return render_template(
        "tasks/form.html", form=form, firm=found.firm, task=found, both=both, picker=None, **urls
    ), status


def page(task_id: int, fault: Any = "", **typed: Any) -> ResponseReturnValue:
    """Render the page of a task; ``typed`` are the small forms as they were sent and refused."""
    with reading() as u:
        found = queries.task(u, task_id)
    _note_reading(found)
    with reading() as u:
        people = queries.takers(u, found.line.unit_id)
        forms = {
            "outcome": OutcomeForm(formdata=None),
            "drop": DropForm(formdata=None),
            "postpone": PostponeForm(formdata=None),
            "hand_on": HandOnForm(formdata=None),
        }
        forms |= typed
        forms["hand_on"].offer(people, found.line.responsible_id)
        late = cards.days_late(u, [found.line]).get(found.line.due_on)
        return render_template(
            "tasks/show.html", task=found, line=found.line, forms=forms, fault=fault, late=late, codes=codes,
            changes=queries.changes(u, task_id), days=cards.offered_days(u), today=queries.today(u),
        ), 422 if fault or typed else 200  # fmt: skip


def _note_reading(found: TaskView) -> None:
    if found.line.confidential and found.line.readable:
        with writing() as u:
            service.note_reading(u, found.line.id)


def _add(firm_id: int | None, target: str, back: str, picker: dict[str, Any] | None) -> ResponseReturnValue:
    with reading() as u:
        firm, people = queries.for_new(u, firm_id)
        form = TaskForm(entry_key=secrets.token_urlsafe(24), responsible_id=u.actor.user_id)
        form.offer(people)
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            with writing() as u:
                saved = service.add_task(u, firm_id, form.to_input(), form.entry_key.data or "")
            return done(_("Die Wiedervorlage ist angelegt."), url_for("tasks.show", task_id=saved))
        except InvalidInput as error:
            form.refuse(error)
    urls = {"target": target, "back": back}
    return render_template("tasks/form.html", form=form, firm=firm, task=None, both=None, picker=picker, **urls), status


def _listed(
    u: UnitOfWork, wanted: TaskFilter, usual: str, firm: Any = None, head: RecordHead | None = None
) -> ResponseReturnValue:
    found = queries.tasks(u, wanted, page_number(request.args.get("seite")))
    return render_template(
        "tasks/index.html",
        page=found,
        wanted=wanted,
        usual=usual,
        firm=firm,
        head=head,
        terms=terms,
        codes=codes,
        people=_people(u, wanted),
        me=u.actor.user_id,
        late=cards.days_late(u, found.rows),
        today=queries.today(u),
        here=request.full_path.rstrip("?"),
        may_add=u.actor.may("tasks.edit") and (head is None or _may_add_to(u, head.ref)),
    )


def _may_add_to(u: UnitOfWork, firm: FirmRef) -> bool:
    return u.actor.may_write_unit(firm.unit_id) and not firm.archived


def _wanted(usual: str) -> TaskFilter:
    args = request.args
    who, when = args.get("wer", usual), args.get("stand", "offen")
    known = who in (codes.MINE, codes.ALL, codes.NOBODY) or whole_number(who) is not None
    return TaskFilter(
        who=who if known else usual,
        when=when if when in codes.WHEN else "offen",
        q=args.get("q", "").strip()[:200],
        order=args.get("sortierung", ""),
    )


def _people(u: UnitOfWork, wanted: TaskFilter) -> list[tuple[str, str]]:
    """Return the people a list can be narrowed to; those who have left too while something is open with them."""
    present = {o.id: o.name for o in officers(u)}
    gone = [i for i in (*queries.absent(u), whole_number(wanted.who)) if i and i not in present]
    return [(str(i), name) for i, name in {**present, **officer_names(u, gone)}.items() if i != u.actor.user_id]


def _offer(u: UnitOfWork, form: TaskForm, found: TaskView) -> None:
    line = found.line
    present = (line.responsible_id, line.responsible) if line.responsible_id is not None else None
    form.offer(queries.takers(u, line.unit_id), present)


def _both(task_id: int, form: TaskForm, error: StaleVersion) -> tuple[list[ConflictRow], str]:
    """Return both versions and who saved the other; a second save then overwrites knowingly."""
    with reading() as u:
        found = queries.task_to_edit(u, task_id)
        stored = TaskForm(formdata=None, data=values_of(found))
        _offer(u, stored, found)
    form.now_at(error.current_version)
    return conflict_rows(stored, form), error.changed_by
