"""The form of a person at a partner, and whether they are still there."""

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from wf40.sdk.errors import InvalidInput, StaleVersion
from wf40.sdk.web import done, reading, writing
from wf40_partner_network import people, queries
from wf40_partner_network.forms import PersonForm, person_form_of
from wf40_partner_network.models import Partner, Person
from wf40_partner_network.terms import PERSON_FIELDS
from wf40_partner_network.texts import _
from wf40_partner_network.views.blueprint import bp, partner_url
from wf40_partner_network.words import differences

PART = "personen"


@bp.route("/<int:partner_id>/personen/neu", methods=["GET", "POST"])
def add_person(partner_id: int) -> ResponseReturnValue:
    """Add a person to a partner."""
    form = PersonForm()
    with reading() as u:
        row = queries.partner_to_edit(u, partner_id)
    if form.validate_on_submit():
        try:
            with writing() as u:
                people.add_person(u, partner_id, form.to_input())
            return done(_("Die Person ist eingetragen."), partner_url(partner_id, PART))
        except InvalidInput as error:
            form.refuse(error)
    return _form(form, row, None, 422 if form.is_submitted() else 200)


@bp.route("/<int:partner_id>/personen/<int:person_id>", methods=["GET", "POST"])
def change_person(partner_id: int, person_id: int) -> ResponseReturnValue:
    """Change a person; a save that comes too late shows both versions."""
    with reading() as u:
        partner = queries.partner_to_edit(u, partner_id)
        row = people.person_to_edit(u, partner_id, person_id)
        form = person_form_of(row)
    if form.validate_on_submit():
        try:
            with writing() as u:
                people.change_person(u, partner_id, person_id, form.typed_version(), form.to_input())
            return done(_("Die Person ist gespeichert."), partner_url(partner_id, PART))
        except InvalidInput as error:
            form.refuse(error)
        except StaleVersion as error:
            return _form(form, partner, row, 409, _conflict(partner_id, person_id, form, error))
    return _form(form, partner, row, 422 if form.is_submitted() else 200)


def _form(
    form: PersonForm, partner: Partner, row: Person | None, status: int, conflict: Any = None
) -> ResponseReturnValue:
    page = render_template("partner_network/person.html", form=form, partner=partner, person=row, conflict=conflict)
    return page, status


def _conflict(partner_id: int, person_id: int, form: PersonForm, error: StaleVersion) -> dict[str, Any]:
    with reading() as u:
        stored = people.stored(people.person_to_edit(u, partner_id, person_id))
        typed = people.checked(u, form.to_input())
    form.now_at(error.current_version)
    return {"by": error.changed_by, "rows": differences(stored, typed, PERSON_FIELDS)}


@bp.post("/<int:partner_id>/personen/<int:person_id>/archivieren")
def archive_person(partner_id: int, person_id: int) -> ResponseReturnValue:
    """Archive a person."""
    with writing() as u:
        people.archive_person(u, partner_id, person_id)
    return done(_("Die Person ist archiviert."), partner_url(partner_id, PART))


@bp.post("/<int:partner_id>/personen/<int:person_id>/wiederherstellen")
def restore_person(partner_id: int, person_id: int) -> ResponseReturnValue:
    """Bring a person back."""
    with writing() as u:
        people.restore_person(u, partner_id, person_id)
    return done(_("Die Person ist wieder da."), partner_url(partner_id, PART))
