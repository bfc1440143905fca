"""Pages of the office: its calendar, its departments."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wf40.base.checks import spoken_phone
from wf40.base.errors import InvalidInput, StaleVersion
from wf40.base.i18n import _
from wf40.core.office import queries, rules, service
from wf40.core.office.calendar import LANDS
from wf40.core.office.forms import ClosingForm, DepartmentForm, LandForm, form_of, stored_form
from wf40.core.office.models import Department
from wf40.sdk.topics import TOPICS
from wf40.sdk.web import done, reading, writing
from wf40.web.conflicts import ConflictRow, conflict_rows

bp = Blueprint("office", __name__, template_folder="templates")


@bp.get("/verwaltung/amt")
def index() -> ResponseReturnValue:
    """Show departments and calendar."""
    return _page(None, None)


@bp.post("/verwaltung/amt/land")
def set_land() -> ResponseReturnValue:
    """Choose whose public holidays hold."""
    with reading() as u:
        queries.demand_to_manage(u)
    form = LandForm()
    if form.validate():
        with writing() as u:
            service.set_land(u, form.land.data)
        return done(_("Das Land ist gespeichert."), url_for("office.index", _anchor="kalender"))
    return _page(form, None, 422)


@bp.post("/verwaltung/amt/schliesstage")
def add_closing() -> ResponseReturnValue:
    """Add a closing day."""
    with reading() as u:
        queries.demand_to_manage(u)
    form = ClosingForm()
    if form.validate():
        try:
            with writing() as u:
                service.add_closing(u, form.to_closing())
            return done(_("Der Schließtag ist eingetragen."), url_for("office.index", _anchor="schliesstage"))
        except InvalidInput as error:
            form.refuse(error)
    return _page(None, form, 422)


@bp.get("/verwaltung/amt/land")
@bp.get("/verwaltung/amt/schliesstage")
def closings() -> ResponseReturnValue:
    """Lead to the page, for whoever loads the address of one of its forms anew."""
    with reading() as u:
        queries.demand_to_manage(u)
    return redirect(url_for("office.index"))


@bp.post("/verwaltung/amt/schliesstage/entfernen")
def drop_closing() -> ResponseReturnValue:
    """Remove a closing day."""
    with writing() as u:
        service.drop_closing(u, request.form.get("tag", ""))
    return done(_("Der Schließtag ist entfernt."), url_for("office.index", _anchor="schliesstage"))


@bp.post("/verwaltung/amt/kalender-teilen")
def share_calendar() -> ResponseReturnValue:
    """Give up the unit's own calendar."""
    with writing() as u:
        service.share_calendar(u)
    return done(_("Es gilt wieder der gemeinsame Kalender."), url_for("office.index", _anchor="kalender"))


@bp.route("/verwaltung/amt/fachaemter/neu", methods=["GET", "POST"])
def add_department() -> ResponseReturnValue:
    """Add a department."""
    with reading() as u:
        queries.demand_to_manage(u)
    form = DepartmentForm()
    if form.validate_on_submit():
        try:
            with writing() as u:
                service.add_department(u, form.to_input())
            return done(_("Das Fachamt ist angelegt."), url_for("office.index"))
        except InvalidInput as error:
            form.refuse(error)
    page = render_template("office/department.html", form=form, department=None, both=None, changes=[])
    return page, 422 if form.is_submitted() else 200


@bp.route("/verwaltung/amt/fachaemter/<int:department_id>", methods=["GET", "POST"])
def change_department(department_id: int) -> ResponseReturnValue:
    """Change a department; a save that comes too late shows both versions."""
    with reading() as u:
        row, changes = queries.department_to_edit(u, department_id), queries.changes(u, department_id)
        form = form_of(row)
    status, both = 422 if form.is_submitted() else 200, None
    if form.validate_on_submit():
        try:
            with writing() as u:
                service.change_department(u, department_id, form.typed_version(), form.to_input())
            return done(_("Das Fachamt ist gespeichert."), url_for("office.index"))
        except InvalidInput as error:
            form.refuse(error)
        except StaleVersion as error:
            status, both = 409, _conflict(row, form, error)
    page = render_template("office/department.html", form=form, department=row, both=both, changes=changes)
    return page, status


@bp.post("/verwaltung/amt/fachaemter/<int:department_id>/archivieren")
def archive_department(department_id: int) -> ResponseReturnValue:
    """Archive a department."""
    with writing() as u:
        service.archive_department(u, department_id)
    return done(_("Das Fachamt ist archiviert und steht nicht mehr zur Wahl."), url_for("office.index"))


@bp.post("/verwaltung/amt/fachaemter/<int:department_id>/wiederherstellen")
def restore_department(department_id: int) -> ResponseReturnValue:
    """Bring a department back."""
    with writing() as u:
        service.restore_department(u, department_id)
    return done(_("Das Fachamt steht wieder zur Wahl."), url_for("office.index"))


def _page(land_form: LandForm | None, closing_form: ClosingForm | None, status: int = 200) -> ResponseReturnValue:
    with reading() as u:
        view = queries.calendar_view(u)
        page = render_template(
            "office/index.html",
            calendar=view,
            departments=queries.departments(u),
            land_form=land_form or LandForm(formdata=None, land=view.land),
            closing_form=closing_form or ClosingForm(formdata=None),
            lands=LANDS,
            topics=TOPICS,
            rules=rules,
            spoken_phone=spoken_phone,
            may_manage=u.actor.may("office.manage"),
        )
    return page, status


def _conflict(row: Department, form: DepartmentForm, error: StaleVersion) -> tuple[list[ConflictRow], str]:
    """Return both versions and who saved the other; a second save then overwrites knowingly."""
    rows = conflict_rows(stored_form(row), form)
    form.now_at(error.current_version)
    return rows, error.changed_by
