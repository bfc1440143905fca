"""Pages of the work queue "Dubletten", of firms and of persons: pairs to decide, what was decided, the search."""

from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wf40.base.i18n import _
from wf40.base.uow import UnitOfWork
from wf40.core.accounts.queries import officers
from wf40.core.duplicates import codes, comparison, queries, service, words
from wf40.core.duplicates.codes import FIRMS, PERSONS
from wf40.core.duplicates.comparison import Fact
from wf40.core.duplicates.queries import NOBODY, PairFilter, PairView
from wf40.core.firms import match_words, sectors
from wf40.sdk.checks import whole_number
from wf40.sdk.paging import Page, page_number
from wf40.sdk.web import done, reading, wants_fragment, writing

bp = Blueprint("duplicates", __name__, template_folder="templates")
_LISTS = {FIRMS: "duplicates.index", PERSONS: "duplicates.persons"}
_PARAMETERS = {"band": "band", "sector": "branche", "officer": "zustaendig"}


@bp.get("/dubletten")
def index() -> ResponseReturnValue:
    """List pairs that may be the same firm, the likeliest first."""
    with reading() as u:
        wanted, people = _wanted(FIRMS), _people(u)
        page = queries.pairs(u, wanted, page_number(request.args.get("seite")))
        shown = [_shown(u, pair, comparison.facts(pair, people)) for pair in page.rows]
        return _queue(u, wanted, page, shown, people)


@bp.get("/dubletten/personen")
def persons() -> ResponseReturnValue:
    """List pairs that may be the same person, the likeliest first."""
    with reading() as u:
        wanted = _wanted(PERSONS)
        page = queries.person_pairs(u, wanted, page_number(request.args.get("seite")))
        shown = [_shown(u, pair, comparison.person_facts(pair)) for pair in page.rows]
        return _queue(u, wanted, page, shown, _people(u))


@bp.post("/dubletten/suchen")
def scan() -> ResponseReturnValue:
    """Let the worker search all firms, or all persons."""
    kind = PERSONS if request.form.get("art") == "personen" else FIRMS
    with writing() as u:
        service.start_scan(u, kind)
    return done(_("Der Bestand wird geprüft. Sie können inzwischen weiterarbeiten."), url_for(_LISTS[kind]))


@bp.get("/dubletten/suchen/<int:scan_id>")
def progress(scan_id: int) -> ResponseReturnValue:
    """Show how far a search is; at its end the queue is shown anew."""
    with reading() as u:
        found = queries.scan(u, scan_id)
        if not wants_fragment():
            return redirect(url_for(_LISTS[found.kind]), 303)
        if found.state in codes.SCANNING:
            return render_template("duplicates/_progress.html", scan=found, may_edit=_may_edit(u))
    answer = make_response("")
    answer.headers["HX-Redirect"] = url_for(_LISTS[found.kind])
    return answer


@bp.post("/dubletten/suchen/<int:scan_id>/anhalten")
def stop(scan_id: int) -> ResponseReturnValue:
    """Stop a search."""
    with writing() as u:
        kind = queries.scan(u, scan_id).kind
        service.stop_scan(u, scan_id)
    return done(_("Die Prüfung ist angehalten. Gefundene Paare bleiben stehen."), url_for(_LISTS[kind]))


@bp.post("/dubletten/<int:pair_id>/verschieden")
def keep_apart(pair_id: int) -> ResponseReturnValue:
    """Remember that two firms are not the same, and go on with the next pair."""
    with writing() as u:
        service.keep_apart(u, pair_id)
    again = url_for("duplicates.take_back", pair_id=pair_id)
    return _kept(FIRMS, _("Gemerkt: Das sind zwei verschiedene Unternehmen."), again)


@bp.post("/dubletten/<int:pair_id>/zurueck")
def take_back(pair_id: int) -> ResponseReturnValue:
    """Put a pair of firms back into the queue."""
    with writing() as u:
        service.take_back(u, pair_id)
    return _back_in_the_queue(FIRMS, pair_id)


@bp.post("/dubletten/personen/<int:person_pair_id>/verschieden")
def keep_persons_apart(person_pair_id: int) -> ResponseReturnValue:
    """Remember that two entries of persons stay apart, and go on with the next pair."""
    with writing() as u:
        service.keep_apart(u, person_pair_id, PERSONS)
    again = url_for("duplicates.take_persons_back", person_pair_id=person_pair_id)
    return _kept(PERSONS, _("Gemerkt: Beide Personen bleiben getrennt."), again)


@bp.post("/dubletten/personen/<int:person_pair_id>/zurueck")
def take_persons_back(person_pair_id: int) -> ResponseReturnValue:
    """Put a pair of persons back into the queue."""
    with writing() as u:
        service.take_back(u, person_pair_id, PERSONS)
    return _back_in_the_queue(PERSONS, person_pair_id)


def _queue(
    u: UnitOfWork, wanted: PairFilter, page: Page[Any], shown: list[dict[str, Any]], people: dict[int, str]
) -> ResponseReturnValue:
    kinds = [kind for kind in (FIRMS, PERSONS) if kind == wanted.kind or queries.may_read_kind(u, kind)]
    return render_template(
        "duplicates/index.html", page=page, wanted=wanted, shown=shown, scan=queries.latest_scan(u, wanted.kind),
        waiting={kind: sum(queries.open_counts(u, kind).values()) for kind in kinds}, words=words.WORDS[wanted.kind],
        decided=queries.decided_count(u, wanted.kind), bands=words.WORDS[wanted.kind].bands, badges=codes.BADGES,
        scanning=codes.SCANNING, percent=match_words.percent, sectors=sectors.filter_choices(), officers=people,
        nobody=NOBODY, args=_args(wanted), may_edit=_may_edit(u), list_url=url_for(_LISTS[wanted.kind]),
        filtered=bool(wanted.band or wanted.sector or wanted.officer),
    )  # fmt: skip


def _kept(kind: str, text: str, again: str) -> ResponseReturnValue:
    undo = {"text": text, "action_url": again, "action_label": _("Rückgängig machen")}
    flash(undo, "success")  # type: ignore[arg-type]  # the layout understands a text with an action
    return redirect(_back(kind), 303)


def _back_in_the_queue(kind: str, pair_id: int) -> ResponseReturnValue:
    return done(_("Das Paar steht wieder in der Liste."), url_for(_LISTS[kind], _anchor=f"paar-{pair_id}"))


def _people(u: UnitOfWork) -> dict[int, str]:
    return {officer.id: officer.name for officer in officers(u)}


def _wanted(kind: str) -> PairFilter:
    args = request.args
    officer, sector = args.get("zustaendig", ""), args.get("branche", "")
    known = officer == NOBODY or whole_number(officer) is not None
    return PairFilter(
        kind=kind,
        band=args.get("band", "") if args.get("band") in codes.BADGES else "",
        sector=sector if sector in dict(sectors.filter_choices()) else "",
        officer=officer if known else "",
        state=codes.NOT_SAME if args.get("zustand") == "entschieden" else codes.OPEN,
    )


def _args(wanted: PairFilter) -> dict[str, str]:
    found = {parameter: getattr(wanted, name) for name, parameter in _PARAMETERS.items()}
    found["zustand"] = "entschieden" if wanted.state == codes.NOT_SAME else ""
    return {name: value for name, value in found.items() if value}


def _back(kind: str) -> str:
    """Return the list as it was, at the pair that follows."""
    kept = {name: request.form.get(name, "")[:100] for name in (*_PARAMETERS.values(), "zustand", "seite")}
    following = whole_number(request.form.get("naechstes"))
    values: dict[str, Any] = {name: value for name, value in kept.items() if value}
    return url_for(_LISTS[kind], **values, _anchor=f"paar-{following}" if following else None)


def _shown(u: UnitOfWork, pair: PairView, facts: list[Fact]) -> dict[str, Any]:
    speaks_for, against = match_words.sentences(pair.evidence)
    return {
        "pair": pair, "facts": facts, "for": speaks_for, "against": against,
        "may_edit": u.actor.may(service.EDIT) and u.actor.may_write_unit(pair.unit_id),
    }  # fmt: skip


def _may_edit(u: UnitOfWork) -> bool:
    return u.actor.may(service.EDIT) and u.actor.unit_id is not None
