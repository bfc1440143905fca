"""Pages of signals: the list inside the early warning, one signal, recording, changing, resolving."""

import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wf40.base.errors import InvalidInput, StaleVersion, Text
from wf40.base.i18n import _
from wf40.base.uow import UnitOfWork
from wf40.core.signals import queries, service
from wf40.core.signals.catalogue import FIELDS, LABELS
from wf40.core.signals.forms import ResolveForm, SignalForm
from wf40.core.signals.queries import SignalLine
from wf40.sdk.forms import choices
from wf40.sdk.paging import page_number
from wf40.sdk.refs import FirmRef
from wf40.sdk.services import Firms
from wf40.sdk.web import done, local_target, reading, writing
from wf40.web.formats import day

bp = Blueprint("signals", __name__, template_folder="templates")
STATES = ("open", "new", "resolved", "archived", "all")


@bp.get("/fruehwarnung/signale")
def index() -> ResponseReturnValue:
    """List signals."""
    args = request.args
    state = args.get("zustand", "open") if args.get("zustand") in STATES else "open"
    kind = args.get("art", "") if args.get("art") in LABELS else ""
    with reading() as u:
        found = queries.page_of_signals(u, state, kind, page_number(args.get("seite")))
        return render_template("signals/index.html", found=found, state=state, kind=kind, labels=LABELS)


@bp.get("/signale/<int:signal_id>")
def show(signal_id: int) -> ResponseReturnValue:
    """Show a signal."""
    with reading() as u:
        return _signal(u, signal_id, ResolveForm(formdata=None, resolved_on=queries.today(u)))


@bp.route("/unternehmen/<int:firm_id>/signale/neu", methods=["GET", "POST"])
def record(firm_id: int) -> ResponseReturnValue:
    """Record a signal on a firm."""
    with reading() as u:
        firm = queries.firm_to_record_on(u, firm_id)
        form = SignalForm(observed_on=queries.today(u), entry_key=secrets.token_hex(16))
        _offer_events(form, queries.of_firm(u, firm))
    if form.validate_on_submit():
        try:
            with writing() as u:
                service.record_signal(u, firm_id, form.to_input())
            return done(_("Das Signal ist erfasst."), f"/unternehmen/{firm_id}")
        except InvalidInput as error:
            form.refuse(error)
    return _form(form, firm, None, None, 422 if form.is_submitted() else 200)


@bp.route("/signale/<int:signal_id>/bearbeiten", methods=["GET", "POST"])
def change(signal_id: int) -> ResponseReturnValue:
    """Change a signal; a save that comes too late shows both versions."""
    with reading() as u:
        line = queries.signal_to_edit(u, signal_id)
        firm = u.service(Firms).get(u, line.firm_id)
        form = SignalForm(obj=line)
        _prepare_change(form, line, queries.of_firm(u, firm))
    status, conflict = 422 if form.is_submitted() else 200, None
    if form.validate_on_submit():
        try:
            with writing() as u:
                service.change_signal(u, signal_id, form.typed_version(), form.to_input())
            return done(_("Das Signal ist gespeichert."), url_for("signals.show", signal_id=signal_id))
        except InvalidInput as error:
            form.refuse(error)
        except StaleVersion as error:
            status, conflict = 409, _conflict(line, form, error)
    return _form(form, firm, line, conflict, status)


@bp.post("/signale/<int:signal_id>/klaeren")
def resolve(signal_id: int) -> ResponseReturnValue:
    """Close a signal with its outcome."""
    form = ResolveForm()
    if form.validate():
        try:
            with writing() as u:
                service.resolve_signal(u, signal_id, *form.to_values())
            return done(_("Das Signal ist geklärt und zählt nicht mehr."), _back(signal_id))
        except InvalidInput as error:
            error.fields = {("note" if k == "resolution_note" else k): v for k, v in error.fields.items()}
            form.refuse(error)
    with reading() as u:
        return _signal(u, signal_id, form, 422)


@bp.post("/signale/<int:signal_id>/wieder-oeffnen")
def reopen(signal_id: int) -> ResponseReturnValue:
    """Let a resolved signal count again."""
    with writing() as u:
        service.reopen_signal(u, signal_id)
    return done(_("Das Signal zählt wieder."), _back(signal_id))


@bp.post("/signale/<int:signal_id>/archivieren")
def archive(signal_id: int) -> ResponseReturnValue:
    """Take a signal out of everything."""
    with writing() as u:
        service.archive_signal(u, signal_id)
    return done(_("Das Signal ist archiviert."), _back(signal_id))


@bp.post("/signale/<int:signal_id>/wiederherstellen")
def restore(signal_id: int) -> ResponseReturnValue:
    """Bring an archived signal back."""
    with writing() as u:
        service.restore_signal(u, signal_id)
    return done(_("Das Signal ist wieder da."), _back(signal_id))


def _back(signal_id: int) -> str:
    return local_target(request.form.get("next"), url_for("signals.show", signal_id=signal_id))


def _signal(u: UnitOfWork, signal_id: int, form: ResolveForm, status: int = 200) -> ResponseReturnValue:
    line = queries.signal(u, signal_id)
    firm = u.service(Firms).get(u, line.firm_id)
    page = render_template(
        "signals/show.html",
        signal=line,
        firm=firm,
        form=form,
        changes=queries.changes(u, signal_id),
        may_edit=u.actor.may("signals.edit") and u.actor.may_write_unit(firm.unit_id),
    )
    return page, status


def _form(
    form: SignalForm, firm: FirmRef, line: SignalLine | None, conflict: dict[str, Any] | None, status: int
) -> ResponseReturnValue:
    return render_template("signals/form.html", form=form, firm=firm, signal=line, conflict=conflict), status


def _offer_events(form: SignalForm, lines: list[SignalLine], besides: int | None = None) -> None:
    offered = [(str(line.id), f"{line.title} ({day(line.observed_on)})") for line in lines if line.id != besides]
    form.same_event_as.choices = [*form.same_event_as.choices, *choices(offered)]


def _prepare_change(form: SignalForm, line: SignalLine, lines: list[SignalLine]) -> None:
    _offer_events(form, lines, line.id)
    form.emphasis.choices = [*choices([("", _("unverändert lassen"))]), *form.emphasis.choices]
    if not form.is_submitted():
        form.emphasis.data = ""
        same = [other.id for other in lines if other.id != line.id and other.source_event == line.source_event]
        form.same_event_as.data = str(same[0]) if same else ""


def _conflict(line: SignalLine, form: SignalForm, error: StaleVersion) -> dict[str, Any]:
    """Both versions; a second save overwrites knowingly."""
    form.now_at(error.current_version)
    rows = []
    for name in ("kind", "label", "observed_on", "source", "until", "note"):
        stored, typed = getattr(line, name), form.data[name]
        if (stored or None) != (typed or None):
            words = LABELS if name == "kind" else {}
            rows.append({"label": FIELDS[name], "stored": _shown(stored, words), "typed": _shown(typed, words)})
    return {"by": error.changed_by, "rows": rows}


def _shown(value: Any, words: Mapping[str, Text]) -> Text:
    return day(value) if isinstance(value, date) or value is None else words.get(value, value)
