"""Pages of merges: choose the other firm, compare, merge, look at a merge, separate again, and old addresses."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wf40.base.errors import NotFound
from wf40.base.i18n import _
from wf40.base.uow import UnitOfWork
from wf40.core.contacts.queries import readable_contact
from wf40.core.firms import queries as firms
from wf40.core.merges import choosing, pages, queries
from wf40.core.merges.kinds import FIRMS, PERSONS
from wf40.sdk.services import Firms
from wf40.sdk.web import actor, reading, wants_fragment
from wf40.web.formats import day

bp = Blueprint("merges", __name__, template_folder="templates")


def _kept(u: UnitOfWork, name: str, number: int) -> int | None:
    """Return the record that another one became part of; the page asks for the same reference afterwards."""
    try:
        found = u.service(Firms).get(u, number).id if name == "firm_id" else readable_contact(u, number).id
    except NotFound:
        return None
    return found if found != number else None


@bp.before_app_request
def lead_to_kept() -> ResponseReturnValue | None:
    """Lead the addresses of a record that became part of another to that one, wherever they stood."""
    args, who = request.view_args or {}, actor()
    name = next((name for name in _RIGHTS if name in args), None)
    if name is None or request.method != "GET" or who.kind != "user" or not who.may(_RIGHTS[name]):
        return None
    gone_id = args[name]
    with reading() as u:
        keep_id = _kept(u, name, gone_id)
        if keep_id is None or request.endpoint is None:
            return None
        line = queries.of_gone(u, gone_id, _KINDS[name]) if who.may(queries.READ) else None
    if line is not None and not wants_fragment():
        flash(_TOLD[name](gone=line.gone_name, day=day(line.at), who=line.by), "info")
    return redirect(url_for(request.endpoint, **{**args, **request.args.to_dict(flat=False), name: keep_id}), 302)


def _firm_told(**given: str) -> str:
    return _("„%(gone)s“ wurde am %(day)s durch %(who)s mit diesem Unternehmen zusammengeführt.", **given)


def _person_told(**given: str) -> str:
    return _("„%(gone)s“ wurde am %(day)s durch %(who)s mit dieser Person zusammengeführt.", **given)


_RIGHTS = {"firm_id": "firms.read", "contact_id": "contacts.read"}
_KINDS = {"firm_id": FIRMS, "contact_id": PERSONS}
_TOLD = {"firm_id": _firm_told, "contact_id": _person_told}


@bp.get("/unternehmen/<int:firm_id>/zusammenfuehren")
def choose(firm_id: int) -> ResponseReturnValue:
    """Ask which other firm means the same one."""
    q = request.args.get("q", "").strip()[:200]
    with reading() as u:
        found = choosing.candidates(u, firm_id, q)
        return render_template("merges/choose.html", firm=firms.firm(u, firm_id), q=q, found=found)


@bp.get("/zusammenfuehren/<int:keep_id>/<int:gone_id>")
def compare(keep_id: int, gone_id: int) -> ResponseReturnValue:
    """Show both firms side by side and what would move."""
    return pages.side_by_side(FIRMS, keep_id, gone_id)


@bp.post("/zusammenfuehren/<int:keep_id>/<int:gone_id>")
def merge(keep_id: int, gone_id: int) -> ResponseReturnValue:
    """Merge two firms."""
    return pages.merge(FIRMS, keep_id, gone_id)


@bp.get("/zusammenfuehrungen")
def index() -> ResponseReturnValue:
    """List the firms that were merged."""
    return pages.index(FIRMS)


@bp.get("/zusammenfuehrungen/<int:merge_id>")
def show(merge_id: int) -> ResponseReturnValue:
    """Show a merge: what moved, and what would go back."""
    return pages.show(FIRMS, merge_id)


@bp.post("/zusammenfuehrungen/<int:merge_id>/trennen")
def undo(merge_id: int) -> ResponseReturnValue:
    """Separate two firms again."""
    return pages.undo(FIRMS, merge_id)
