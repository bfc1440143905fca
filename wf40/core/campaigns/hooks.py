"""What campaigns add to the whole."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Blueprint, url_for
from sqlalchemy import Select

from wf40.base.errors import Text
from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.campaigns import merging, outreaches, queries, responses, search, sending, service
from wf40.core.campaigns.views import bp
from wf40.sdk import hookimpl, roles
from wf40.sdk.checks import whole_number
from wf40.sdk.events import FirmResponded
from wf40.sdk.refs import FirmRef
from wf40.sdk.search import SearchProvider
from wf40.sdk.values import (
    Action,
    Continuous,
    EventHandler,
    FirmFilter,
    Job,
    Listed,
    NavItem,
    Permission,
    PersonalColumn,
    TimelineEntry,
)
from wf40.sdk.work import Moved, PutBack

ICON = "wf-megaphone"


@hookimpl
def blueprints() -> Iterable[Blueprint]:
    """Pages of campaigns."""
    return [bp]


@hookimpl
def permissions() -> Iterable[Permission]:
    """Rights over campaigns; what is sent asks for its own right besides."""
    return [
        Permission(queries.READ, _l("Aktionen ansehen"), roles.READERS),
        Permission(queries.EDIT, _l("Aktionen vorbereiten, starten und anhalten"), roles.WRITERS),
    ]


@hookimpl
def navigation(u: UnitOfWork) -> Iterable[NavItem]:  # noqa: ARG001 - the hook's signature
    """Beside what campaigns invite to."""
    return [NavItem("campaigns", _l("Aktionen"), "campaigns.index", 83, queries.READ, icon=ICON)]


@hookimpl
def list_actions(u: UnitOfWork, listed: Listed, query: str) -> Iterable[Action]:
    """Start a campaign for the firms that the list shows, where there is something to send."""
    if listed != "firms" or not u.actor.may(queries.EDIT) or not outreaches.usable(u):
        return []
    filters = service.filters_of(query)
    url = url_for("campaigns.new") + (f"?{filters}" if filters else "")
    return [Action("campaign", _l("Aktion starten"), url, queries.EDIT, icon=ICON, order=20)]


@hookimpl
def timeline(u: UnitOfWork, firm: FirmRef, limit: int) -> Iterable[TimelineEntry]:
    """Campaigns that reached the firm."""
    return [_entry(part) for part in queries.of_firm(u, firm.id, limit)] if u.actor.may(queries.READ) else []


@hookimpl
def firm_filters() -> Iterable[FirmFilter]:
    """Firms of one campaign."""
    return [FirmFilter("aktion", _l("Aktion"), _choices, _firms, order=80)]


@hookimpl
def jobs() -> Iterable[Job]:
    """Looks up firms and sends."""
    return [Job("send", _l("Aktionen versenden"), Continuous(), sending.work)]


@hookimpl
def event_handlers() -> Iterable[EventHandler]:
    """Answers of firms."""
    return [EventHandler(FirmResponded, responses.note)]


@hookimpl
def merge_firms(u: UnitOfWork, keep: int, gone: int) -> Iterable[Moved]:
    """Places in campaigns move with their firm."""
    return merging.move(u, keep, gone)


@hookimpl
def unmerge_firms(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[PutBack]:
    """And go back again."""
    return merging.put_back(u, keep, gone, moved)


@hookimpl
def merge_contacts(u: UnitOfWork, keep: int, gone: int) -> Iterable[Moved]:
    """Mails to a person go to the entry that stays."""
    return merging.move_person(u, keep, gone)


@hookimpl
def unmerge_contacts(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[PutBack]:
    """And go back again."""
    return merging.put_person_back(u, keep, gone, moved)


@hookimpl
def search_providers() -> Iterable[SearchProvider]:
    """Campaigns, by title."""
    return [search.PROVIDER]


@hookimpl
def personal_data() -> Iterable[PersonalColumn]:
    """Who was written to, who wrote, and what people note about it."""
    purpose = _l("Unternehmen zu einer Befragung oder Veranstaltung einladen")
    basis = _l("Einwilligung oder öffentliche Aufgabe (Art. 6 Abs. 1 Buchst. a und e DSGVO)")
    person, officer = _l("Ansprechpersonen in Aktionen"), _l("Beschäftigte der Wirtschaftsförderung")
    erase = _l("Mit dem Unternehmen oder der Aktion")
    columns = {
        ("campaign_member", "contact_id"): person, ("campaign_member", "why"): person, ("campaign", "note"): person,
        ("campaign", "filters"): person, ("campaign", "query"): person, ("campaign", "author_id"): officer,
        ("campaign", "sender_id"): officer,
    }  # fmt: skip
    return [PersonalColumn(table, column, kind, purpose, basis, erase) for (table, column), kind in columns.items()]


def _choices(u: UnitOfWork) -> list[tuple[str, Text]]:
    if not u.actor.may(queries.READ):
        return []
    return [(str(row.id), row.title[:60]) for row in queries.newest(u)]


def _firms(u: UnitOfWork, value: str) -> "Select[tuple[int]]":
    return queries.firms_of(u, whole_number(value) or 0)


def _entry(part: queries.Part) -> TimelineEntry:
    return TimelineEntry(
        at=part.sent_at,
        kind="campaign",
        kind_label=_l("Aktionen"),
        title=_l("Teil der Aktion „%(title)s“", title=part.title),
        text=part.outreach_label,
        url=url_for("campaigns.show", campaign_id=part.campaign_id),
        actor=part.sender,
        icon=ICON,
    )
