"""What mailings add to the whole."""

from collections.abc import Iterable, Mapping
from datetime import time
from typing import Any

from flask import Blueprint, url_for

from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.contacts.queries import names
from wf40.core.mailings import codes, merging, public_views, results, runner, search
from wf40.core.mailings.mailing_views import bp
from wf40.sdk import hookimpl, roles
from wf40.sdk.refs import FirmRef
from wf40.sdk.search import SearchProvider
from wf40.sdk.values import (
    Action,
    Continuous,
    Daily,
    Job,
    Listed,
    NavItem,
    Permission,
    PersonalColumn,
    TimelineEntry,
)
from wf40.sdk.work import Moved, PutBack

ICONS = {codes.MAIL: "mail", codes.LETTER: "draft"}
_ORIGINS = {source: name for name, source in codes.SOURCES.items()}


@hookimpl
def blueprints() -> Iterable[Blueprint]:
    """Pages of lists and mailings, and the page for opting out."""
    return [bp, public_views.bp]


@hookimpl
def permissions() -> Iterable[Permission]:
    """Rights over lists and mailings; taking persons out is a right of its own."""
    return [
        Permission("mailings.read", _l("Verteiler und Rundschreiben ansehen"), roles.READERS),
        Permission("mailings.edit", _l("Verteiler anlegen, Rundschreiben und Serienbriefe verschicken"), roles.WRITERS),
        Permission("mailings.export", _l("Personen eines Verteilers als Tabelle ausgeben"), roles.ADVISORS),
    ]


@hookimpl
def navigation(u: UnitOfWork) -> Iterable[NavItem]:  # noqa: ARG001 - the hook's signature
    """After the campaigns."""
    return [NavItem("mailings", _l("Verteiler"), "mailings.index", 86, "mailings.read", icon="mail")]


@hookimpl
def list_actions(u: UnitOfWork, listed: Listed, query: str) -> Iterable[Action]:  # noqa: ARG001 - the hook's signature
    """Make a list of persons from all that is shown."""
    url = f"{url_for('mailings.add')}?von={_ORIGINS[listed]}" + (f"&{query}" if query else "")
    return [Action("distribution", _l("Verteiler anlegen"), url, "mailings.edit", icon="mail", order=50)]


@hookimpl
def timeline(u: UnitOfWork, firm: FirmRef, limit: int) -> Iterable[TimelineEntry]:
    """Mails and letters that went to persons of the firm."""
    if not u.actor.may("mailings.read") or not u.actor.may("contacts.read"):
        return []
    found = results.written_to_firm(u, firm.id, limit)
    people = names(u, [entry.contact_id for entry in found if entry.contact_id is not None])
    return [
        TimelineEntry(
            at=entry.at,
            kind="mailing",
            kind_label=_l("Rundschreiben und Briefe"),
            title=_l("%(kind)s: %(subject)s", kind=codes.CHANNELS[entry.channel], subject=entry.subject),
            text=_l("An %(name)s", name=people[entry.contact_id or 0]) if entry.contact_id in people else "",
            url=url_for("mailings.mailing", mailing_id=entry.mailing_id),
            actor=entry.author,
            icon=ICONS[entry.channel],
        )
        for entry in found
    ]


@hookimpl
def jobs() -> Iterable[Job]:
    """Moves mailings on, and clears up behind them."""
    return [
        Job("run", _l("Rundschreiben und Serienbriefe verschicken"), Continuous(), runner.work),
        Job("clear", _l("Alte Dateien mit Serienbriefen entfernen"), Daily(time(3, 40)), runner.clear),
    ]


@hookimpl
def merge_firms(u: UnitOfWork, keep: int, gone: int) -> Iterable[Moved]:
    """What a firm was sent moves with it."""
    return merging.move(u, keep, gone)


@hookimpl
def unmerge_firms(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[PutBack]:
    """And go back again."""
    return merging.put_back(u, keep, gone, moved)


@hookimpl
def merge_contacts(u: UnitOfWork, keep: int, gone: int) -> Iterable[Moved]:
    """Places in lists and received mails move with their person."""
    return merging.move_person(u, keep, gone)


@hookimpl
def unmerge_contacts(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[PutBack]:
    """And go back again."""
    return merging.put_person_back(u, keep, gone, moved)


@hookimpl
def search_providers() -> Iterable[SearchProvider]:
    """Distribution lists, by title."""
    return [search.PROVIDER]


@hookimpl
def personal_data() -> Iterable[PersonalColumn]:
    """Who is on a list, who was written to, and the letters themselves."""
    kind, purpose = _l("Ansprechpersonen in Unternehmen"), _l("Informationen und Einladungen")
    basis = _l("Öffentliche Aufgabe (Art. 6 Abs. 1 Buchst. e DSGVO) oder Einwilligung")
    person, month = _l("Mit der Person"), _l("30 Tage nach dem Erstellen")
    columns = [("distribution_member", "contact_id"), ("mailing_recipient", "contact_id")]
    columns += [("mailing_recipient", name) for name in ("state", "why", "at", "optout_digest")]
    officers, work = _l("Beschäftigte der Wirtschaftsförderung"), _l("Nachvollziehen, wer geschrieben hat")
    employed, ends = _l("Beschäftigungsverhältnis"), _l("Mit dem Verteiler")
    return [
        *(PersonalColumn(table, column, kind, purpose, basis, person) for table, column in columns),
        PersonalColumn("mailing_file", "content", kind, purpose, basis, month),
        PersonalColumn("mailing", "subject", kind, purpose, basis, ends),
        PersonalColumn("mailing", "body", kind, purpose, basis, ends),
        PersonalColumn("distribution", "query", kind, purpose, basis, ends),
        PersonalColumn("distribution", "filters", kind, purpose, basis, ends),
        PersonalColumn("distribution", "author_id", officers, work, employed, ends),
        PersonalColumn("mailing", "author_id", officers, work, employed, ends),
    ]
