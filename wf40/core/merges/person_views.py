"""Pages of merged persons: choose the other entry, compare, merge, look at a merge, separate again."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wf40.base.errors import NotFound
from wf40.core.contacts import queries as contacts
from wf40.core.merges import choosing, pages, queries
from wf40.core.merges.kinds import PERSONS
from wf40.core.merges.views import bp
from wf40.sdk.web import reading

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
    return pages.side_by_side(PERSONS, keep_contact, gone_contact)


@bp.post("/zusammenfuehren/personen/<int:keep_contact>/<int:gone_contact>")
def merge_persons(keep_contact: int, gone_contact: int) -> ResponseReturnValue:
    """Merge two entries of one person."""
    return pages.merge(PERSONS, keep_contact, gone_contact)


@bp.get("/zusammenfuehrungen/personen")
def persons() -> ResponseReturnValue:
    """List the persons that were merged."""
    return pages.index(PERSONS)


@bp.get("/zusammenfuehrungen/personen/<int:contact_merge_id>")
def show_persons(contact_merge_id: int) -> ResponseReturnValue:
    """Show a merge of persons: what moved, and what would go back."""
    return pages.show(PERSONS, contact_merge_id)


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
    return pages.undo(PERSONS, contact_merge_id)
