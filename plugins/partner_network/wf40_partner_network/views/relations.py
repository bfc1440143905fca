"""The relations of a firm, the form of a relation, and the field that finds its other side."""

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from wf40.sdk.errors import InvalidInput, StaleVersion
from wf40.sdk.services import Firms
from wf40.sdk.uow import UnitOfWork
from wf40.sdk.web import done, local_target, reading, writing
from wf40_partner_network import network, nodes, relations
from wf40_partner_network.forms import RelationForm
from wf40_partner_network.models import Relation
from wf40_partner_network.nodes import Node
from wf40_partner_network.terms import RELATION_FIELDS, RELATIONS
from wf40_partner_network.texts import _
from wf40_partner_network.views.blueprint import bp
from wf40_partner_network.words import differences


@bp.get("/unternehmen/<int:firm_id>")
def of_firm(firm_id: int) -> ResponseReturnValue:
    """Show the relations of a firm."""
    with reading() as u:
        firm = u.service(Firms).get(u, firm_id)
        lines = network.relations_of(u, f"f-{firm.id}")
        may_edit = u.actor.may(relations.EDIT) and not firm.archived
        return render_template("partner_network/firm.html", firm=firm, relations=lines, may_edit=may_edit)


@bp.get("/auswahl")
def pick() -> ResponseReturnValue:
    """Answer the field that names the other side of a relation."""
    with reading() as u:
        hits = nodes.find(u, request.args.get("q", "")[:200])
    return render_template("partner_network/options.html", hits=hits)


@bp.route("/beziehungen/neu/<string:key>", methods=["GET", "POST"])
def add_relation(key: str) -> ResponseReturnValue:
    """Add a relation of a partner or firm."""
    form = RelationForm()
    with reading() as u:
        relations.demand_to_add(u)
        one = nodes.node(u, key)
    if form.validate_on_submit():
        try:
            with writing() as u:
                relations.add_relation(u, form.to_input(one.key))
            return done(_("Die Beziehung ist eingetragen."), one.network_url)
        except InvalidInput as error:
            form.refuse(error)
    return _form(form, one, None, 422 if form.is_submitted() else 200)


@bp.route("/beziehungen/<int:relation_id>/<string:key>", methods=["GET", "POST"])
def change_relation(relation_id: int, key: str) -> ResponseReturnValue:
    """Change a relation, read from one of its sides; a save that comes too late shows both versions."""
    with reading() as u:
        row = relations.relation_to_edit(u, relation_id)
        one = nodes.node(u, key if key == row.to_key else row.from_key)
        form = _form_of(u, row, one)
    if form.validate_on_submit():
        try:
            with writing() as u:
                relations.change_relation(u, relation_id, form.typed_version(), form.to_input(one.key))
            return done(_("Die Beziehung ist gespeichert."), one.network_url)
        except InvalidInput as error:
            form.refuse(error)
        except StaleVersion as error:
            return _form(form, one, row, 409, _conflict(relation_id, one, form, error))
    return _form(form, one, row, 422 if form.is_submitted() else 200)


def _form_of(u: UnitOfWork, row: Relation, one: Node) -> RelationForm:
    backwards = one.key == row.to_key and not RELATIONS[row.kind].mutual
    other = nodes.node(u, row.from_key if one.key == row.to_key else row.to_key)
    plain = {name: getattr(row, name) for name in ("since", "until", "source", "note", "version")}
    return RelationForm(data={**plain, "kind": row.kind + ("<" if backwards else ""), "other": other.typed})


def _form(
    form: RelationForm, one: Node, row: Relation | None, status: int, conflict: Any = None
) -> ResponseReturnValue:
    with reading() as u:
        hits = nodes.find(u, form.other.data or "") if form.other.errors else []
        changes = network.relation_history(u, row.id) if row else []
        page = render_template(
            "partner_network/relation.html", form=form, one=one, relation=row, conflict=conflict, changes=changes,
            hits=[hit for hit in hits if hit.key != one.key],
        )  # fmt: skip
    return page, status


def _conflict(relation_id: int, one: Node, form: RelationForm, error: StaleVersion) -> dict[str, Any]:
    with reading() as u:
        row = relations.relation_to_edit(u, relation_id)
        stored = relations.in_history(relations.stored(u, row))
        typed = relations.in_history(relations.checked(u, form.to_input(one.key), row))
    form.now_at(error.current_version)
    return {"by": error.changed_by, "rows": differences(stored, typed, RELATION_FIELDS)}


@bp.post("/beziehungen/<int:relation_id>/beenden")
def end_relation(relation_id: int) -> ResponseReturnValue:
    """Let a relation end today."""
    with writing() as u:
        relations.end_relation(u, relation_id)
    target = local_target(request.form.get("next"), "/p/partner_network/netz")
    return done(_("Die Beziehung endet heute. Zum Zurücknehmen löschen Sie das Ende unter „Ändern“."), target)
