"""Pages of an office's own fields: their definitions, and the form of a firm."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from wf40.base.errors import Forbidden, InvalidInput, NotFound, StaleVersion
from wf40.base.i18n import _
from wf40.core.custom_fields import codes, queries, service
from wf40.core.custom_fields.filling import save_sheet
from wf40.core.custom_fields.forms import DefinitionForm, SheetForm, form_of, new_form, sheet_form
from wf40.sdk.services import Firms
from wf40.sdk.web import done, reading, writing
from wf40.web.conflicts import ConflictRow, conflict_rows

bp = Blueprint("custom_fields", __name__, template_folder="templates")


@bp.get("/verwaltung/felder")
def index() -> ResponseReturnValue:
    """List the office's fields."""
    with reading() as u:
        return render_template("custom_fields/index.html", found=queries.definitions(u), kinds=codes.KINDS)


@bp.route("/verwaltung/felder/neu", methods=["GET", "POST"])
def add() -> ResponseReturnValue:
    """Add a field."""
    with reading() as u:
        queries.definitions(u)
    form = new_form()
    if form.validate_on_submit():
        try:
            with writing() as u:
                service.add_field(u, form.to_input(), form.to_options())
            return done(_("Das Feld ist angelegt."), url_for("custom_fields.index"))
        except InvalidInput as error:
            form.refuse(error)
    page = render_template("custom_fields/form.html", form=form, found=None, both=None, used={})
    return page, 422 if form.is_submitted() else 200


@bp.route("/verwaltung/felder/<int:field_id>", methods=["GET", "POST"])
def change(field_id: int) -> ResponseReturnValue:
    """Change a field; a save that comes too late shows both versions."""
    with reading() as u:
        found, used = queries.definition(u, field_id), queries.option_use(u, field_id)
        form = form_of(found)
    status, both = 422 if form.is_submitted() else 200, None
    if form.validate_on_submit():
        try:
            with writing() as u:
                service.change_field(u, field_id, form.typed_version(), form.to_input(), form.to_options())
            return done(_("Das Feld ist gespeichert."), url_for("custom_fields.index"))
        except InvalidInput as error:
            form.refuse(error)
        except StaleVersion as error:
            status, both = 409, _definition_conflict(found, form, error)
    return render_template("custom_fields/form.html", form=form, found=found, both=both, used=used), status


@bp.post("/verwaltung/felder/<int:field_id>/archivieren")
def archive(field_id: int) -> ResponseReturnValue:
    """Show a field no longer."""
    with writing() as u:
        service.archive_field(u, field_id)
    return done(_("Das Feld ist archiviert. Die eingetragenen Werte bleiben erhalten."), url_for("custom_fields.index"))


@bp.post("/verwaltung/felder/<int:field_id>/wiederherstellen")
def restore(field_id: int) -> ResponseReturnValue:
    """Show a field again."""
    with writing() as u:
        service.restore_field(u, field_id)
    return done(_("Das Feld ist wieder da, mit allen Werten."), url_for("custom_fields.index"))


@bp.post("/verwaltung/felder/<int:field_id>/hoch")
def up(field_id: int) -> ResponseReturnValue:
    """Move a field towards the beginning."""
    with writing() as u:
        service.move_field(u, field_id, up=True)
    return done(_("Die Reihenfolge ist gespeichert."), url_for("custom_fields.index"))


@bp.post("/verwaltung/felder/<int:field_id>/runter")
def down(field_id: int) -> ResponseReturnValue:
    """Move a field towards the end."""
    with writing() as u:
        service.move_field(u, field_id, up=False)
    return done(_("Die Reihenfolge ist gespeichert."), url_for("custom_fields.index"))


@bp.route("/unternehmen/<int:firm_id>/weitere-angaben", methods=["GET", "POST"])
def sheet(firm_id: int) -> ResponseReturnValue:
    """Fill the fields of a firm; a save that comes too late shows both versions."""
    form, firm = _sheet(firm_id)
    status, both, changed_by = 422 if form.is_submitted() else 200, None, ""
    if form.validate_on_submit():
        try:
            with writing() as u:
                save_sheet(u, firm_id, form.typed_version(), form.to_values())
            where = url_for("firms.show", firm_id=firm_id, _anchor="weitere-angaben")
            return done(_("Die Angaben sind gespeichert."), where)
        except InvalidInput as error:
            form.refuse(error)
        except StaleVersion as error:
            both, changed_by, status = conflict_rows(_sheet(firm_id, stored=True)[0], form), error.changed_by, 409
            form.now_at(error.current_version)
    page = render_template("custom_fields/sheet.html", form=form, firm=firm, both=both, changed_by=changed_by)
    return page, status


def _sheet(firm_id: int, *, stored: bool = False) -> tuple[SheetForm, object]:
    with reading() as u:
        firm = u.service(Firms).get(u, firm_id)
        if not (u.actor.may(codes.EDIT) and u.actor.may_write_unit(firm.unit_id)):
            raise Forbidden(codes.EDIT)
        own = queries.own_fields(u, firm.unit_id)
        if not own:
            raise NotFound
        present = queries.values(u, [firm_id], own).get(firm_id, {})
        return sheet_form(own, present, queries.sheet_version(u, firm_id), as_stored=stored), firm


def _definition_conflict(
    found: queries.Definition, form: DefinitionForm, error: StaleVersion
) -> tuple[list[ConflictRow], str]:
    rows = conflict_rows(form_of(found, stored=True), form)
    form.now_at(error.current_version)
    return rows, error.changed_by
