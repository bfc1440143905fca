"""The timeline stands on the firm's page."""

from collections.abc import Iterable

from flask import Blueprint, has_request_context, request, url_for

from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.timeline import queries
from wf40.core.timeline.shown import shown
from wf40.core.timeline.views import bp
from wf40.sdk import hookimpl
from wf40.sdk.refs import FirmRef
from wf40.sdk.values import Panel, Tab

FIRST = 20


@hookimpl
def blueprints() -> Iterable[Blueprint]:
    """The page with everything."""
    return [bp]


@hookimpl
def firm_tabs(u: UnitOfWork, firm: FirmRef) -> Iterable[Tab]:  # noqa: ARG001 - the hook's signature
    """The whole history."""
    return [Tab("timeline", _l("Verlauf"), url_for("timeline.of_firm", firm_id=firm.id), order=40)]


@hookimpl
def firm_panels(u: UnitOfWork, firm: FirmRef) -> Iterable[Panel]:
    """The newest entries, under the facts."""
    kind = request.args.get("verlauf", "")[:40] if has_request_context() else ""
    history = queries.history(u, firm, FIRST, kind)
    values = {
        "firm": firm,
        "history": history,
        "entries": shown(u, history.entries[:FIRST]),
        "more": history.older is not None or len(history.entries) > FIRST,
        "kind": kind,
    }
    return [Panel("timeline", _l("Verlauf"), "timeline/_panel.html", values, order=20, place="main")]
