"""What the early warning adds to the whole: the Ampel wherever a firm is shown, work lists, events, nightly work."""

from collections.abc import Iterable, Mapping
from datetime import time
from typing import Any

from flask import Blueprint

from wf40.base.errors import Text
from wf40.base.i18n import _, _l
from wf40.base.uow import UnitOfWork
from wf40.core.risk import explanation, merging, nightly, queries
from wf40.core.risk.exposure import pressure_level
from wf40.core.risk.renewal import rescore
from wf40.core.risk.views import bp
from wf40.core.risk.words import CAUSES, LEVEL_WORDS, LEVELS, LIGHTS, PRESSURES, short_reason
from wf40.sdk import hookimpl, roles
from wf40.sdk.events import FirmEvidenceChanged
from wf40.sdk.refs import FirmRef
from wf40.sdk.values import (
    Badge,
    Card,
    Daily,
    EventHandler,
    Every,
    FirmColumn,
    FirmFilter,
    Job,
    NavItem,
    Panel,
    Permission,
    PersonalColumn,
    TimelineEntry,
)
from wf40.sdk.work import Moved, PutBack

READ = "risk.read"


@hookimpl
def blueprints() -> Iterable[Blueprint]:
    """Pages of the early warning."""
    return [bp]


@hookimpl
def permissions() -> Iterable[Permission]:
    """Rights over the early warning."""
    return [
        Permission(READ, _l("Frühwarnung ansehen"), roles.READERS),
        Permission("risk.override", _l("Ampel von Hand festlegen"), roles.ADVISORS),
    ]


@hookimpl
def navigation(u: UnitOfWork) -> Iterable[NavItem]:  # noqa: ARG001 - the hook's signature
    """After the firms' daily work."""
    return [NavItem("risk", _l("Frühwarnung"), "risk.index", 90, READ, icon="wf-radar", covers=("/signale",))]


@hookimpl
def dashboard_cards(u: UnitOfWork) -> Iterable[Card]:
    """Where a check would tell most."""
    if not u.actor.may(READ):
        return []
    values = {"found": queries.worklist(u, grey=True, per_page=5)}
    return [
        Card("grey_firms", _l("Graue Unternehmen, bei denen sich ein Check lohnt"), "risk/_card.html", values, order=30)
    ]


@hookimpl
def firm_badges(u: UnitOfWork, firm: FirmRef) -> Iterable[Badge]:
    """The Ampel in the head of the record."""
    if not u.actor.may(READ):
        return []
    score, url = queries.score_of(u, firm.id), f"/unternehmen/{firm.id}/fruehwarnung"
    if score is None:
        return [Badge("ampel", _l("Ampel: grau"), None, _l("Noch nicht berechnet"), url, order=10)]
    label = _("Ampel: %(light)s", light=str(LIGHTS[score.light]).lower())
    why = short_reason(score, score.hard_triggers)
    return [Badge("ampel", label, LEVELS.get(score.light), why, url, order=10)]


@hookimpl
def firm_panels(u: UnitOfWork, firm: FirmRef) -> Iterable[Panel]:
    """The Ampel with its band, high up beside the facts."""
    if not u.actor.may(READ):
        return []
    values = {
        "firm": firm,
        "why": explanation.explain(u, firm.id),
        "interval": explanation.shown_interval,
        "override_line": explanation.override_line,
    }
    return [Panel("risk", _l("Frühwarnung"), "risk/_panel.html", values, order=5, place="side")]


@hookimpl
def firm_columns() -> Iterable[FirmColumn]:
    """Ampel and Strukturdruck in the firm list; rising order begins with the most endangered."""
    return [
        FirmColumn("ampel", _l("Ampel"), queries.light_column, "badge", _light_badge, order=10),
        FirmColumn("strukturdruck", _l("Strukturdruck"), queries.pressure_column, "text", _pressure_word, order=20),
    ]


def _light_badge(rank: float | None) -> Badge:
    light = queries.light_of_rank(rank)
    return Badge("ampel", LIGHTS[light], LEVELS.get(light))


def _pressure_word(value: float) -> Text:
    return LEVEL_WORDS[pressure_level(value)]


@hookimpl
def firm_filters() -> Iterable[FirmFilter]:
    """Ampel and Strukturdruck."""
    return [
        FirmFilter("ampel", _l("Ampel"), _lights, queries.firms_with_light, order=10),
        FirmFilter("strukturdruck", _l("Strukturdruck"), _pressures, queries.firms_under_pressure, order=20),
    ]


def _lights(u: UnitOfWork) -> list[tuple[str, Text]]:  # noqa: ARG001 - the filter's signature
    return [(key, LIGHTS[key]) for key in queries.ORDER]


def _pressures(u: UnitOfWork) -> list[tuple[str, Text]]:  # noqa: ARG001 - the filter's signature
    return [*((str(key), label) for key, label in PRESSURES.items()), ("none", _l("Branche fehlt"))]


@hookimpl
def timeline(u: UnitOfWork, firm: FirmRef, limit: int) -> Iterable[TimelineEntry]:
    """When the light changed."""
    if not u.actor.may(READ):
        return []
    url, kind = f"/unternehmen/{firm.id}/fruehwarnung", _l("Frühwarnung")
    return [
        TimelineEntry(
            row.at, "risk", kind, _("Ampel: %(light)s", light=str(LIGHTS[row.light]).lower()),
            CAUSES.get(row.cause, ""), url, icon="wf-radar",
        )
        for row in queries.history_of(u, firm.id, limit)
        if row.light != row.light_before
    ]  # fmt: skip


@hookimpl
def event_handlers() -> Iterable[EventHandler]:
    """Score anew what changed."""
    return [EventHandler(FirmEvidenceChanged, _evidence_changed)]


def _evidence_changed(u: UnitOfWork, event: FirmEvidenceChanged) -> None:
    rescore(u, event.firm_ids, event.reason)


@hookimpl
def jobs() -> Iterable[Job]:
    """Signals and answers move with time; what could not be renewed is tried again."""
    return [
        Job("nightly", _l("Frühwarnung neu berechnen"), Daily(time(0, 30)), nightly.renew_all),
        Job("waiting", _l("Frühwarnung nachholen"), Every(10), nightly.renew_waiting),
    ]


@hookimpl
def merge_firms(u: UnitOfWork, keep: int, gone: int) -> Iterable[Moved]:
    """Lights set by hand move with their firm; scores are computed anew."""
    return merging.move(u, keep, gone)


@hookimpl
def unmerge_firms(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[PutBack]:
    """And go back again."""
    return merging.put_back(u, keep, gone, moved)


@hookimpl
def personal_data() -> Iterable[PersonalColumn]:
    """Who set a light by hand, and what they wrote."""
    basis = _l("Öffentliche Aufgabe (Art. 6 Abs. 1 Buchst. e DSGVO)")
    purpose, erase = _l("Nachweis einer Entscheidung"), _l("Drei Jahre nach ihrem Ende")
    staff, named = _l("Beschäftigte der Wirtschaftsförderung"), _l("Personen, die in Begründungen genannt sind")
    return [
        PersonalColumn("risk_override", "author_name", staff, purpose, basis, erase),
        PersonalColumn("risk_override", "reason", named, purpose, basis, erase),
    ]
