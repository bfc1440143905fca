"""What the pages of check and result show: tiles, tabs, and one page of rows."""

from collections.abc import Mapping
from typing import Any

from flask import request, url_for

from wf40.base.errors import Text
from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.imports import decisions, queries
from wf40.core.imports.models import ImportRun
from wf40.core.imports.terms import LEGAL_BASES, OUTCOMES
from wf40.sdk.paging import page_number
from wf40.web.formats import number

TABS: dict[str, tuple[str, Text]] = {
    "entscheiden": ("ask", _l("Zu entscheiden")),
    "fehlerhaft": ("faulty", _l("Fehlerhaft")),
    "aktualisiert": ("updated", _l("Aktualisiert")),
    "neu": ("created", _l("Neu")),
    "hinweise": (queries.NOTED, _l("Hinweise")),
    "uebersprungen": ("skipped", _l("Übersprungen")),
    "unveraendert": ("unchanged", _l("Unverändert")),
}
"""Parts of the page by the word in the address: what needs a person comes first."""
_KINDS = {"faulty": "danger", "created": "success", "ask": "warning"}
_WORDS = {outcome: word for word, (outcome, _label) in TABS.items()}


def outcome_page(u: UnitOfWork, run: ImportRun) -> dict[str, Any]:
    """Gather tiles, tabs and the rows of the tab that is open."""
    counts = counts_of(run)
    word = _open_tab(u, run, counts)
    outcome = TABS[word][0] if word else ""
    size = decisions.PER_PAGE if outcome == "ask" else queries.PER_PAGE
    page = queries.lines_with(u, run.id, outcome or "created", page_number(request.args.get("seite")), size)
    ids = {line.firm_id for line in page.rows if line.firm_id} | {line.choice for line in page.rows if line.choice}
    return {
        "counts": counts, "tab": word, "outcome": outcome, "page": page, "names": queries.firm_names(u, ids),
        "tiles": tiles(run, counts), "tabs": _tabs(u, run, counts, word), "bases": LEGAL_BASES,
        "has_file": bool(queries.with_file(u, [run.id])),
        **_questions(u, run, outcome, page.rows),
    }  # fmt: skip


def counts_of(run: ImportRun) -> dict[str, int]:
    """Return how many rows each outcome has: as planned, or as it came."""
    if run.state == "checked":
        return {key: int(run.planned.get(key, 0)) for key in OUTCOMES}
    # Whatever was not decided by then was skipped.
    return {key: int(run.counts.get(key, 0)) if key != "ask" else 0 for key in OUTCOMES}


def tiles(run: ImportRun, counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return the counts as tiles, each leading to its rows."""
    here = "check" if run.state == "checked" else "result"
    return [
        {
            "label": label,
            "value": counts[key],
            "kind": _KINDS.get(key) if counts[key] else None,
            "url": url_for(f"imports.{here}", run_id=run.id, ansicht=_WORDS[key], _anchor="zeilen") if counts[key] else None,
        }
        for key, label in OUTCOMES.items()
        if key != "ask" or counts[key] or run.state == "checked"
    ]  # fmt: skip


def _open_tab(u: UnitOfWork, run: ImportRun, counts: Mapping[str, int]) -> str:
    """Return the tab that the address names, if it has rows, else the first that has."""
    asked = request.args.get("ansicht", "")
    filled = [word for word, (outcome, _label) in TABS.items() if counts.get(outcome)]
    if asked == _WORDS[queries.NOTED] and queries.any_noted(u, run.id):
        return asked
    return asked if asked in filled else filled[0] if filled else ""


def _tabs(u: UnitOfWork, run: ImportRun, counts: Mapping[str, int], current: str) -> list[dict[str, Any]]:
    here = "check" if run.state == "checked" else "result"
    noted = queries.any_noted(u, run.id)
    return [
        {
            "label": str(label), "count": number(counts[outcome]) if outcome in counts else None,
            "url": url_for(f"imports.{here}", run_id=run.id, ansicht=word, _anchor="zeilen"), "active": word == current,
        }
        for word, (outcome, label) in TABS.items()
        if counts.get(outcome) or (outcome == queries.NOTED and noted)
    ]  # fmt: skip


def _questions(u: UnitOfWork, run: ImportRun, outcome: str, rows: list[Any]) -> dict[str, Any]:
    if outcome != "ask" or run.state != "checked":
        return {"questions": [], "kinds": [], "fact_words": decisions.FACTS}
    return {
        "questions": decisions.questions(u, run.id, rows),
        "kinds": decisions.kinds(u, run.id),
        "fact_words": decisions.FACTS,
    }
