"""The page with a firm's whole history."""

from datetime import date

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from wf40.core.firms import queries as firms
from wf40.core.firms import terms
from wf40.core.firms.pages import record_head
from wf40.core.timeline import queries
from wf40.core.timeline.shown import shown
from wf40.sdk.web import reading

bp = Blueprint("timeline", __name__, template_folder="templates")
PER_PAGE = 50


@bp.get("/unternehmen/<int:firm_id>/verlauf")
def of_firm(firm_id: int) -> ResponseReturnValue:
    """Show the history of a firm from a day backwards."""
    kind = request.args.get("art", "")[:40]
    with reading() as u:
        head = record_head(u, firm_id)
        history = queries.history(u, head.ref, PER_PAGE, kind, _until())
        return render_template(
            "timeline/page.html",
            firm=firms.firm(u, firm_id),
            head=head,
            terms=terms,
            history=history,
            entries=shown(u, history.entries),
            kind=kind,
            until=_until(),
        )


def _until() -> date | None:
    try:
        return date.fromisoformat(request.args.get("bis", ""))
    except ValueError:
        return None
