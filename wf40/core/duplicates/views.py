"""Pages of the work queue "Dubletten": pairs to decide, what was decided, the search through all firms."""

from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wf40.base.i18n import _
from wf40.base.uow import UnitOfWork
from wf40.core.accounts.queries import officers
from wf40.core.duplicates import codes, comparison, queries, service
from wf40.core.duplicates.queries import NOBODY, PairFilter, PairView
from wf40.core.firms import match_words, sectors
from wf40.sdk.checks import whole_number
from wf40.sdk.paging import page_number
from wf40.sdk.web import done, reading, wants_fragment, writing

bp = Blueprint("duplicates", __name__, template_folder="templates")
_PARAMETERS = {"band": "band", "sector": "branche", "officer": "zustaendig"}


@bp.get("/dubletten")
def index() -> ResponseReturnValue:
    """List pairs that may be the same firm, the likeliest first."""
    with reading() as u:
        wanted, people = _wanted(), {officer.id: officer.name for officer in officers(u)}
        page = queries.pairs(u, wanted, page_number(request.args.get("seite")))
        return render_template(
            "duplicates/index.html", page=page, wanted=wanted, shown=[_shown(u, pair, people) for pair in page.rows],
            scan=queries.latest_scan(u), counts=queries.open_counts(u), decided=queries.decided_count(u),
            bands=match_words.BANDS, badges=codes.BADGES, scanning=codes.SCANNING, percent=match_words.percent,
            sectors=sectors.filter_choices(), officers=people, nobody=NOBODY, args=_args(wanted),
            may_edit=_may_edit(u), filtered=bool(wanted.band or wanted.sector or wanted.officer),
        )  # fmt: skip


@bp.post("/dubletten/suchen")
def scan() -> ResponseReturnValue:
    """Let the worker search all firms."""
    with writing() as u:
        service.start_scan(u)
    return done(_("Der Bestand wird geprüft. Sie können inzwischen weiterarbeiten."), url_for("duplicates.index"))


@bp.get("/dubletten/suchen/<int:scan_id>")
def progress(scan_id: int) -> ResponseReturnValue:
    """Show how far a search is; at its end the queue is shown anew."""
    with reading() as u:
        found = queries.scan(u, scan_id)
        if not wants_fragment():
            return redirect(url_for("duplicates.index"), 303)
        if found.state in codes.SCANNING:
            return render_template("duplicates/_progress.html", scan=found, may_edit=_may_edit(u))
    answer = make_response("")
    answer.headers["HX-Redirect"] = url_for("duplicates.index")
    return answer


@bp.post("/dubletten/suchen/<int:scan_id>/anhalten")
def stop(scan_id: int) -> ResponseReturnValue:
    """Stop a search."""
    with writing() as u:
        service.stop_scan(u, scan_id)
    return done(_("Die Prüfung ist angehalten. Gefundene Paare bleiben stehen."), url_for("duplicates.index"))


@bp.post("/dubletten/<int:pair_id>/verschieden")
def keep_apart(pair_id: int) -> ResponseReturnValue:
    """Remember that two firms are not the same, and go on with the next pair."""
    with writing() as u:
        service.keep_apart(u, pair_id)
    undo = {
        "text": _("Gemerkt: Das sind zwei verschiedene Unternehmen."),
        "action_url": url_for("duplicates.take_back", pair_id=pair_id),
        "action_label": _("Rückgängig machen"),
    }
    flash(undo, "success")  # type: ignore[arg-type]  # the layout understands a text with an action
    return redirect(_back(), 303)


@bp.post("/dubletten/<int:pair_id>/zurueck")
def take_back(pair_id: int) -> ResponseReturnValue:
    """Put a pair back into the queue."""
    with writing() as u:
        service.take_back(u, pair_id)
    where = url_for("duplicates.index", _anchor=f"paar-{pair_id}")
    return done(_("Das Paar steht wieder in der Liste."), where)


def _wanted() -> PairFilter:
    args = request.args
    officer, sector = args.get("zustaendig", ""), args.get("branche", "")
    known = officer == NOBODY or whole_number(officer) is not None
    return PairFilter(
        band=args.get("band", "") if args.get("band") in codes.BADGES else "",
        sector=sector if sector in dict(sectors.filter_choices()) else "",
        officer=officer if known else "",
        state=codes.NOT_SAME if args.get("zustand") == "entschieden" else codes.OPEN,
    )


def _args(wanted: PairFilter) -> dict[str, str]:
    found = {parameter: getattr(wanted, name) for name, parameter in _PARAMETERS.items()}
    found["zustand"] = "entschieden" if wanted.state == codes.NOT_SAME else ""
    return {name: value for name, value in found.items() if value}


def _back() -> str:
    """Return the list as it was, at the pair that follows."""
    kept = {name: request.form.get(name, "")[:100] for name in (*_PARAMETERS.values(), "zustand", "seite")}
    following = whole_number(request.form.get("naechstes"))
    values: dict[str, Any] = {name: value for name, value in kept.items() if value}
    return url_for("duplicates.index", **values, _anchor=f"paar-{following}" if following else None)


def _shown(u: UnitOfWork, pair: PairView, people: dict[int, str]) -> dict[str, Any]:
    speaks_for, against = match_words.sentences(pair.evidence)
    return {
        "pair": pair, "facts": comparison.facts(pair, people), "for": speaks_for, "against": against,
        "may_edit": u.actor.may(service.EDIT) and u.actor.may_write_unit(pair.unit_id),
        "merge_url": url_for("merges.compare", keep_id=pair.a.id, gone_id=pair.b.id),
    }  # fmt: skip


def _may_edit(u: UnitOfWork) -> bool:
    return u.actor.may(service.EDIT) and u.actor.unit_id is not None
