"""The page of the search, what its dialog shows while somebody types, and what they looked at last."""

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from wf40.core.search import queries, service
from wf40.core.search.finding import MOST
from wf40.core.search.words import LONGEST_QUERY
from wf40.sdk.web import reading, wants_fragment, writing

IN_DIALOG, ON_PAGE = 6, 25
bp = Blueprint("search", __name__, template_folder="templates")


@bp.get("/suche")
def index() -> ResponseReturnValue:
    """Show what is found, for the dialog a few of each kind."""
    query, kind = request.args.get("q", "").strip()[:LONGEST_QUERY], request.args.get("art", "")[:60]
    dialog = wants_fragment()
    each = IN_DIALOG if dialog else MOST if kind else ON_PAGE
    with reading() as u:
        groups = queries.search(u, query, each, kind) if query else []
        return render_template(
            "search/_hits.html" if dialog else "search/index.html",
            q=query,
            kind=kind,
            groups=groups,
            most=MOST,
            viewed=[] if query else queries.viewed(u),
            creations=[] if query else queries.creations(u),
        )


@bp.post("/suche/angesehen")
def note_viewed() -> ResponseReturnValue:
    """Remember that the page of a record was opened; the browser tells it once the page is there."""
    path = request.form.get("path", "")[:300]
    try:
        endpoint, values = current_app.url_map.bind_to_environ(request.environ).match(path, method="GET")
    except HTTPException:
        endpoint, values = "", {}
    with reading() as u:
        kind, argument = queries.pages(u).get(str(endpoint), ("", ""))
        number = values.get(argument)
        last = queries.last_viewed(u)
    if isinstance(number, int) and last != (kind, number):
        with writing() as u:
            service.note_viewed(u, kind, number)
    return "", 204
