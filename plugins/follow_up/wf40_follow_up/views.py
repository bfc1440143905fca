"""Pages under /p/follow_up/: the rules, the form of one, and the own daily mail."""

from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from wf40.sdk.errors import InvalidInput, StaleVersion
from wf40.sdk.services import Officers
from wf40.sdk.uow import UnitOfWork
from wf40.sdk.web import PluginBlueprint, actor, done, reading, writing
from wf40_follow_up import queries, service
from wf40_follow_up.forms import DigestForm, RuleForm, form_of
from wf40_follow_up.models import Rule
from wf40_follow_up.terms import TRIGGERS
from wf40_follow_up.texts import KEY, _
from wf40_follow_up.words import differences, shown, titles_of

bp = PluginBlueprint(KEY, __name__)


@bp.get("/")
def index() -> ResponseReturnValue:
    """Show the rules of the own unit in sentences."""
    unit_id = actor().unit_id or 0
    with reading() as u:
        rows = queries.rules(u, unit_id)
        numbers = queries.figures(u, rows)
        names = {officer.id: officer.name for officer in queries.officers_of(u, unit_id)}
        titles = titles_of(rows)
        return render_template(
            "follow_up/index.html",
            rules=[shown(row, numbers[row.id], names, titles) for row in rows],
            digest=queries.own_digest(u),
            failed=queries.failed_dues(u),
            may_manage=u.actor.may(queries.MANAGE),
        )


@bp.route("/neu", methods=["GET", "POST"])
def add() -> ResponseReturnValue:
    """Add a rule."""
    form = RuleForm()
    with reading() as u:
        queries.demand_to_manage(u)
        _offer(u, form, actor().unit_id or 0)
    if form.validate_on_submit():
        try:
            with writing() as u:
                service.add_rule(u, form.to_input())
            return done(_("Die Regel ist angelegt und eingeschaltet."), _home())
        except InvalidInput as error:
            form.refuse(error)
    return _form(form, None, 422 if form.is_submitted() else 200)


@bp.route("/<int:rule_id>/bearbeiten", methods=["GET", "POST"])
def change(rule_id: int) -> ResponseReturnValue:
    """Change a rule; a save that comes too late shows both versions."""
    with reading() as u:
        row = queries.rule_to_edit(u, rule_id)
        form = form_of(row)
        _offer(u, form, row.unit_id, row)
    if form.validate_on_submit():
        try:
            with writing() as u:
                service.change_rule(u, rule_id, form.typed_version(), form.to_input(row.trigger))
            return done(_("Die Regel ist gespeichert."), _home())
        except InvalidInput as error:
            form.refuse(error)
        except StaleVersion as error:
            return _form(form, row, 409, _conflict(rule_id, form, error))
    return _form(form, row, 422 if form.is_submitted() else 200)


def _offer(u: UnitOfWork, form: RuleForm, unit_id: int, row: Rule | None = None) -> None:
    gone = u.service(Officers).get(u, row.officer_id) if row and row.officer_id else None
    form.offer(queries.officers_of(u, unit_id), service.sources(u, unit_id, row), gone)


def _form(form: RuleForm, row: Rule | None, status: int, conflict: Any = None) -> ResponseReturnValue:
    trigger = TRIGGERS[row.trigger] if row else ""
    return render_template("follow_up/form.html", form=form, rule=row, trigger=trigger, conflict=conflict), status


def _conflict(rule_id: int, form: RuleForm, error: StaleVersion) -> dict[str, Any]:
    """Return both versions, and let a second save overwrite knowingly."""
    with reading() as u:
        row = queries.rule(u, rule_id)
        stored = service.stored(row)
        typed = {**service.checked(u, row.unit_id, form.to_input(row.trigger), row), "trigger": row.trigger}
        names = {officer.id: officer.name for officer in queries.officers_of(u, row.unit_id)}
        rows = differences(stored, typed, names, service.sources(u, row.unit_id, row))
    form.now_at(error.current_version)
    return {"by": error.changed_by, "rows": rows}


@bp.post("/<int:rule_id>/einschalten")
def switch_on(rule_id: int) -> ResponseReturnValue:
    """Switch a rule on."""
    with writing() as u:
        service.switch_rule(u, rule_id, active=True)
    return done(_("Die Regel ist eingeschaltet."), _home(rule_id))


@bp.post("/<int:rule_id>/ausschalten")
def switch_off(rule_id: int) -> ResponseReturnValue:
    """Switch a rule off."""
    with writing() as u:
        service.switch_rule(u, rule_id, active=False)
    return done(_("Die Regel ist ausgeschaltet. Ihre Wiedervorlagen bleiben."), _home(rule_id))


@bp.post("/<int:rule_id>/entfernen")
def remove(rule_id: int) -> ResponseReturnValue:
    """Take an own rule away."""
    with writing() as u:
        service.remove_rule(u, rule_id)
    return done(_("Die Regel ist entfernt. Ihre Wiedervorlagen bleiben."), _home())


@bp.route("/tagesmail", methods=["GET", "POST"])
def own_digest() -> ResponseReturnValue:
    """Switch the own daily mail on or off."""
    with reading() as u:
        state = queries.own_digest(u)
    form = DigestForm(data={"wanted": state.wanted})
    if form.validate_on_submit():
        with writing() as u:
            service.choose_digest(u, wanted=form.wanted.data)
        said = _("Die Tagesmail kommt.") if form.wanted.data else _("Die Tagesmail kommt nicht mehr.")
        return done(said, url_for("follow_up.own_digest"))
    return render_template("follow_up/digest.html", form=form, state=state)


def _home(rule_id: int | None = None) -> str:
    return url_for("follow_up.index", _anchor=f"regel-{rule_id}" if rule_id else None)
