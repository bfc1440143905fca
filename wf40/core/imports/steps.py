"""The five steps of an import: where one stands, and which of them can be opened again."""

from typing import Any

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from wf40.base.i18n import _l
from wf40.core.imports.models import ImportRun
from wf40.core.imports.terms import ENDED, OPEN, WORKING

STEPS = (
    ("file", _l("Datei")), ("table", _l("Kopfzeile")), ("columns", _l("Spalten")), ("check", _l("Prüfen")),
    ("progress", _l("Einlesen")),
)  # fmt: skip
_KEYS = [key for key, _label in STEPS]
_PAGES = {"uploaded": "columns", "mapped": "check", "checked": "check", "undoing": "undoing", "reading": "index"}


def page_of_state(run: ImportRun) -> str:
    """Return the page on which an import goes on."""
    if run.state in ENDED:
        return "result"
    return "progress" if run.state in WORKING else _PAGES[run.state]


def stepper(run: ImportRun | None, current: str) -> list[dict[str, Any]]:
    """Return the steps for the stepper; those behind lead back as long as nothing has gone in."""
    at = len(STEPS) if current == "result" else _KEYS.index(current)
    page = page_of_state(run) if run is not None else current
    reached = len(STEPS) if page not in _KEYS else _KEYS.index(page)
    steps = []
    for number, (key, label) in enumerate(STEPS):
        state = "current" if number == at else "done" if number < max(at, reached) else "open"
        leads = run is not None and run.state in OPEN and 0 < number <= reached and number != at
        url = url_for(f"imports.{key}", run_id=run.id) if leads and run is not None else None
        steps.append({"label": str(label), "state": state, "url": url})
    return steps


def elsewhere(run: ImportRun, here: str) -> ResponseReturnValue:
    """Lead to the page on which an import stands."""
    page = page_of_state(run)
    if page in {here, "index"}:
        return redirect(url_for("imports.index"))
    return redirect(url_for(f"imports.{page}", run_id=run.id))


def next_page(run: ImportRun) -> Response:
    """Let the browser open the page on which an import stands, once htmx asks for a progress that has ended."""
    answer = Response("")
    answer.headers["HX-Redirect"] = url_for("imports.show", run_id=run.id)
    return answer


def back_to(otherwise: str) -> str:
    """Return the part of the check that a form came from (its own address knows tab and page)."""
    tab, page = request.args.get("ansicht"), request.args.get("seite")
    return otherwise + (f"?ansicht={tab}&seite={page or 1}" if tab and tab.isalpha() else "")
