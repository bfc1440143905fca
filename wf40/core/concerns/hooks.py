"""What concerns add to the whole."""

from collections.abc import Iterable, Mapping
from datetime import time
from typing import Any

from flask import Blueprint, url_for

from wf40.base.access import Actor
from wf40.base.i18n import _l
from wf40.base.uow import Database, UnitOfWork
from wf40.core.concerns import chronicle, codes, handing_on, listing, merging, queries, search
from wf40.core.concerns.handover_views import bp as handover_pages
from wf40.core.concerns.views import bp
from wf40.sdk import hookimpl, roles
from wf40.sdk.refs import FirmRef
from wf40.sdk.search import SearchProvider
from wf40.sdk.values import (
    Action,
    Card,
    Daily,
    FirmFilter,
    Job,
    NavItem,
    Panel,
    Permission,
    PersonalColumn,
    Tab,
    TimelineEntry,
)
from wf40.sdk.work import Moved, PutBack

SHOWN = 5


@hookimpl
def blueprints() -> Iterable[Blueprint]:
    """Pages of concerns and of handing them on."""
    return [bp, handover_pages]


@hookimpl
def permissions() -> Iterable[Permission]:
    """Rights over concerns; what is confidential is further limited to the people who have to do with it."""
    return [
        Permission("concerns.read", _l("Anliegen ansehen"), roles.READERS),
        Permission("concerns.edit", _l("Anliegen aufnehmen, bearbeiten und weiterleiten"), roles.WRITERS),
    ]


@hookimpl
def navigation(u: UnitOfWork) -> Iterable[NavItem]:
    """After the conversations, with the number of one's own that are late."""
    late = queries.own_overdue(u) if u.actor.may("concerns.read") else 0
    return [NavItem("concerns", _l("Anliegen"), "concerns.index", 50, "concerns.read", icon="wf-inbox", count=late)]


@hookimpl
def dashboard_cards(u: UnitOfWork) -> Iterable[Card]:
    """One's own concerns with a day by which something should happen; for the head also how many nobody has."""
    if not u.actor.may("concerns.read"):
        return []
    own = listing.some(u, listing.ConcernFilter(owner=listing.MINE), SHOWN)
    unowned = listing.without_owner(u) if u.actor.may("tasks.oversee") else 0
    values: dict[str, Any] = {"lines": [line for line in own if line.due_on], "unowned": unowned, "codes": codes}
    return [Card("concerns", _l("Anliegen mit laufender Frist"), "concerns/_card.html", values, order=12)]


@hookimpl
def firm_actions(u: UnitOfWork, firm: FirmRef) -> Iterable[Action]:
    """A button in the head of the record."""
    if not _may_add(u, firm):
        return []
    url = url_for("concerns.add", firm_id=firm.id)
    return [Action("concern", _l("Anliegen aufnehmen"), url, "concerns.edit", icon="add", order=15)]


@hookimpl
def firm_tabs(u: UnitOfWork, firm: FirmRef) -> Iterable[Tab]:
    """All concerns of the firm, with the number of open ones."""
    if not u.actor.may("concerns.read"):
        return []
    url = url_for("concerns.of_firm", firm_id=firm.id)
    return [Tab("concerns", _l("Anliegen"), url, order=35, count=queries.count_of_firm(u, firm.id))]


@hookimpl
def firm_panels(u: UnitOfWork, firm: FirmRef) -> Iterable[Panel]:
    """What the firm is waiting for."""
    if not u.actor.may("concerns.read"):
        return []
    count = queries.count_of_firm(u, firm.id)
    lines = listing.some(u, listing.ConcernFilter(firm_id=firm.id), SHOWN) if count else []
    more = count - len(lines)
    values: dict[str, Any] = {"firm": firm, "lines": lines, "more": more, "may_add": _may_add(u, firm), "codes": codes}
    return [Panel("concerns", _l("Offene Anliegen"), "concerns/_panel.html", values, order=25)]


@hookimpl
def firm_filters() -> Iterable[FirmFilter]:
    """Firms that wait for something."""
    return [
        FirmFilter(
            "concern",
            _l("Anliegen"),
            lambda _u: [("open", _l("offenes Anliegen"))],
            lambda u, _value: queries.open_firms_select(u),
            order=45,
        )
    ]


@hookimpl
def timeline(u: UnitOfWork, firm: FirmRef, limit: int) -> Iterable[TimelineEntry]:
    """Concerns raised, handed on, answered and closed; of a confidential one only that."""
    if not u.actor.may("concerns.read"):
        return []
    return [
        TimelineEntry(
            h.at, "concern", _l("Anliegen"), h.title, h.text, url_for("concerns.show", concern_id=h.concern_id), h.who,
            "wf-inbox", confidential=h.confidential,
        )
        for h in chronicle.happenings(u, firm, limit)
    ]  # fmt: skip


@hookimpl
def jobs() -> Iterable[Job]:
    """Every night: whose day for an answer has passed."""
    return [Job("answers", _l("Anliegen ohne Rückmeldung"), Daily(time(0, 20)), _await_answers)]


@hookimpl
def merge_firms(u: UnitOfWork, keep: int, gone: int) -> Iterable[Moved]:
    """Concerns move with their firm."""
    return merging.move(u, keep, gone)


@hookimpl
def unmerge_firms(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[PutBack]:
    """And go back again."""
    return merging.put_back(u, keep, gone, moved)


@hookimpl
def merge_contacts(u: UnitOfWork, keep: int, gone: int) -> Iterable[Moved]:
    """What was handed on with a person's consent stays with the person."""
    return merging.move_person(u, keep, gone)


@hookimpl
def unmerge_contacts(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[PutBack]:
    """And go back again."""
    return merging.put_person_back(u, keep, gone, moved)


@hookimpl
def search_providers() -> Iterable[SearchProvider]:
    """Concerns; a confidential one for those alone who may read it."""
    return [search.PROVIDER]


@hookimpl
def personal_data() -> Iterable[PersonalColumn]:
    """Concerns and answers speak about people; a consent is kept in words."""
    kind = _l("Anliegen und ihre Weiterleitung")
    purpose = _l("Beratung und Betreuung des Unternehmens")
    task = _l("Öffentliche Aufgabe (Art. 6 Abs. 1 Buchst. e DSGVO)")
    consent = _l("Einwilligung (Art. 6 Abs. 1 Buchst. a DSGVO)")
    erase = _l("Drei Jahre nach Abschluss des Anliegens")
    own = ("title", "sort_key", "description", "outcome", "owner_id", "author_id")
    handed_on = (
        "recipient_label", "recipient_email", "contact_id", "consent_id", "consent_proof", "message", "sent_text", "answer",
        "handed_by",
    )  # fmt: skip
    return [PersonalColumn("concern", column, kind, purpose, task, erase) for column in own] + [
        PersonalColumn("handover", column, kind, purpose, consent, erase) for column in handed_on
    ]


def _may_add(u: UnitOfWork, firm: FirmRef) -> bool:
    return u.actor.may("concerns.edit") and u.actor.may_write_unit(firm.unit_id) and not firm.archived


def _await_answers(database: Database) -> None:
    with database.write(Actor.system("concerns")) as u:
        handing_on.await_answers(u)
