"""What signals add to the whole: rights, pages, a box and a button on the firm, and the strengths for the score."""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint

from wf40.base.i18n import _, _l
from wf40.base.uow import UnitOfWork
from wf40.core.signals import merging, queries
from wf40.core.signals.catalogue import RESOLUTIONS
from wf40.core.signals.queries import SignalLine
from wf40.core.signals.views import bp
from wf40.sdk import hookimpl, roles
from wf40.sdk.refs import FirmRef
from wf40.sdk.services import Office
from wf40.sdk.values import Action, Card, FirmSignal, Panel, Permission, PersonalColumn, TimelineEntry
from wf40.sdk.work import Moved, PutBack


@hookimpl
def blueprints() -> Iterable[Blueprint]:
    """Pages of signals."""
    return [bp]


@hookimpl
def permissions() -> Iterable[Permission]:
    """Rights over signals."""
    return [
        Permission("signals.read", _l("Signale ansehen"), roles.READERS),
        Permission("signals.edit", _l("Signale erfassen und klären"), roles.WRITERS),
    ]


@hookimpl
def dashboard_cards(u: UnitOfWork) -> Iterable[Card]:
    """What was recorded in the last two weeks."""
    if not u.actor.may("signals.read"):
        return []
    return [Card("new_signals", _l("Neue Signale"), "signals/_card.html", {"signals": queries.newest(u)}, order=40)]


@hookimpl
def firm_panels(u: UnitOfWork, firm: FirmRef) -> Iterable[Panel]:
    """The signals of a firm, under its early warning."""
    if not u.actor.may("signals.read"):
        return []
    lines = queries.of_firm(u, firm)
    values = {
        "firm": firm,
        "signals": [line for line in lines if line.open],
        "resolved": [line for line in lines if not line.open],
        "may_add": _may_add(u, firm),
    }
    return [Panel("signals", _l("Signale"), "signals/_panel.html", values, order=30, place="side")]


@hookimpl
def firm_actions(u: UnitOfWork, firm: FirmRef) -> Iterable[Action]:
    """A button in the head of the record."""
    if not _may_add(u, firm):
        return []
    url = f"/unternehmen/{firm.id}/signale/neu"
    return [Action("record_signal", _l("Signal erfassen"), url, "signals.edit", icon="wf-radar", order=60)]


@hookimpl
def firm_signals(u: UnitOfWork, firm_ids: Collection[int]) -> Iterable[FirmSignal]:
    """What officers recorded, as strong as it is today."""
    return queries.strengths(u, firm_ids)


@hookimpl
def timeline(u: UnitOfWork, firm: FirmRef, limit: int) -> Iterable[TimelineEntry]:
    """When signals were observed and resolved."""
    if not u.actor.may("signals.read"):
        return []
    zone = ZoneInfo(u.service(Office).timezone)
    entries = [entry for line in queries.of_firm(u, firm) for entry in _entries(line, zone)]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:limit]


def _entries(line: SignalLine, zone: ZoneInfo) -> Iterable[TimelineEntry]:
    kind, url = _l("Signal"), f"/signale/{line.id}"
    observed = datetime.combine(line.observed_on, time(12), zone).astimezone(UTC)
    at = line.created_at if line.created_at.astimezone(zone).date() == line.observed_on else observed
    yield TimelineEntry(at, "signal", kind, line.title, line.source, url, line.author, "wf-radar")
    if line.resolved_on is not None:
        resolved = datetime.combine(line.resolved_on, time(12), zone).astimezone(UTC)
        title = _("%(signal)s: geklärt", signal=line.title)
        yield TimelineEntry(resolved, "signal", kind, title, RESOLUTIONS.get(line.resolution, ""), url, "", "check")


@hookimpl
def merge_firms(u: UnitOfWork, keep: int, gone: int) -> Iterable[Moved]:
    """Signals move with their firm."""
    return merging.move(u, keep, gone)


@hookimpl
def unmerge_firms(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[PutBack]:
    """And go back again."""
    return merging.put_back(u, keep, gone, moved)


@hookimpl
def personal_data() -> Iterable[PersonalColumn]:
    """Free texts may name persons; the rest is about the firm."""
    kind, purpose = _l("Personen, die in Beobachtungen genannt sind"), _l("Frühwarnung")
    basis = _l("Öffentliche Aufgabe (Art. 6 Abs. 1 Buchst. e DSGVO)")
    erase = _l("Drei Jahre, nachdem das Signal geklärt ist")
    return [
        PersonalColumn("signal", c, kind, purpose, basis, erase) for c in ("label", "note", "source", "resolution_note")
    ]


def _may_add(u: UnitOfWork, firm: FirmRef) -> bool:
    return u.actor.may("signals.edit") and u.actor.may_write_unit(firm.unit_id) and not firm.archived
