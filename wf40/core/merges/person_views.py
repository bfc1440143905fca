"""Pages of merged persons: choose the other entry, compare, merge, look at a merge, separate again."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wf40.base.errors import DomainError, InvalidInput, NotFound, StaleVersion
from wf40.base.i18n import _
from wf40.core.contacts import comparison
from wf40.core.contacts import queries as contacts
from wf40.core.merges import choosing, queries, service
from wf40.core.merges.kinds import PERSONS
from wf40.core.merges.views import bp, offer_undo, sent
from wf40.sdk.paging import page_number
from wf40.sdk.web import done, reading, writing

__all__ = ["bp"]


@bp.get("/ansprechpersonen/<int:contact_id>/zusammenfuehren")
def choose_person(contact_id: int) -> ResponseReturnValue:
    """Ask which other entry means the same person."""
    q = request.args.get("q", "").strip()[:200]
    with reading() as u:
        found = choosing.person_candidates(u, contact_id, q)
        person, firm = contacts.contact(u, contact_id)
        return render_template("merges/choose_person.html", person=person, firm=firm, q=q, found=found)


@bp.get("/zusammenfuehren/personen/<int:keep_contact>/<int:gone_contact>")
def compare_persons(keep_contact: int, gone_contact: int) -> ResponseReturnValue:
    """Show both entries side by side and what would move."""
    return _side_by_side(keep_contact, gone_contact, None)


@bp.post("/zusammenfuehren/personen/<int:keep_contact>/<int:gone_contact>")
def merge_persons(keep_contact: int, gone_contact: int) -> ResponseReturnValue:
    """Merge two entries of one person."""
    try:
        with writing() as u:
            merge_id = service.merge(u, sent(keep_contact, gone_contact, PERSONS), PERSONS)
    except (InvalidInput, StaleVersion) as error:
        return _side_by_side(keep_contact, gone_contact, error)
    offer_undo(_("Die Personen sind zusammengeführt."), url_for("merges.undo_persons", contact_merge_id=merge_id))
    return redirect(url_for("contacts.show", contact_id=keep_contact), 303)


def _side_by_side(keep_id: int, gone_id: int, error: DomainError | None) -> ResponseReturnValue:
    parts: list[queries.Part] = []
    possible = True
    try:
        with writing() as u:
            parts = service.rehearse(u, keep_id, gone_id, PERSONS)
    except InvalidInput as refusal:
        possible, error = False, error or refusal
    with reading() as u:
        known = comparison.entries(u, {keep_id, gone_id})
        if not {keep_id, gone_id} <= known.keys():
            raise NotFound
        page = render_template(
            "merges/compare_persons.html", keep=known[keep_id], gone=known[gone_id], parts=parts, possible=possible,
            fault=error.message if error else "", fields=comparison.fields(u, keep_id, gone_id), chosen=request.form,
        )  # fmt: skip
    return page, error.status if error else 200


@bp.get("/zusammenfuehrungen/personen")
def persons() -> ResponseReturnValue:
    """List the persons that were merged."""
    with reading() as u:
        found = queries.merges(u, page_number(request.args.get("seite")), PERSONS)
        return render_template("merges/index.html", found=found, kind=PERSONS)


@bp.get("/zusammenfuehrungen/personen/<int:contact_merge_id>")
def show_persons(contact_merge_id: int) -> ResponseReturnValue:
    """Show a merge of persons: what moved, and what would go back."""
    return _merge(contact_merge_id)


@bp.get("/zusammenfuehrungen/personen/von/<int:merged_contact>")
def of_person(merged_contact: int) -> ResponseReturnValue:
    """Lead to the merge by which an entry became part of another."""
    with reading() as u:
        line = queries.of_gone(u, merged_contact, PERSONS)
    if line is None:
        raise NotFound
    return redirect(url_for("merges.show_persons", contact_merge_id=line.id))


@bp.post("/zusammenfuehrungen/personen/<int:contact_merge_id>/trennen")
def undo_persons(contact_merge_id: int) -> ResponseReturnValue:
    """Separate two entries again."""
    try:
        with writing() as u:
            result = service.unmerge(u, contact_merge_id, PERSONS)
    except InvalidInput as error:
        return _merge(contact_merge_id, error)
    text = _("Die Personen sind wieder getrennt.")
    if result.fields_stay:
        labels = ", ".join(dict.fromkeys(str(comparison.label(name)) for name in result.fields_stay))
        text = _(
            "Die Personen sind wieder getrennt. Inzwischen geändert und deshalb geblieben: %(fields)s.", fields=labels
        )
    return done(text, url_for("merges.show_persons", contact_merge_id=contact_merge_id))


def _merge(merge_id: int, error: InvalidInput | None = None) -> ResponseReturnValue:
    with reading() as u:
        found = queries.merge(u, merge_id, PERSONS)
        page = render_template("merges/show.html", merge=found, fault=error.message if error else "", kind=PERSONS)
    return page, error.status if error else 200
