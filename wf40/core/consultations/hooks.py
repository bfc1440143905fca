"""What conversations add to the whole."""

import textwrap
from collections.abc import Iterable, Mapping
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, url_for

from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.consultations import codes, merging, queries, search
from wf40.core.consultations import help as help_for_firm
from wf40.core.consultations import mail_views as _mails  # noqa: F401 - registers the pages of dropped mails
from wf40.core.consultations.views import bp
from wf40.sdk import hookimpl, roles
from wf40.sdk.refs import FirmRef
from wf40.sdk.search import SearchProvider
from wf40.sdk.services import Office
from wf40.sdk.values import (
    Action,
    Card,
    FirmColumn,
    NavItem,
    Panel,
    Permission,
    PersonalColumn,
    Tab,
    TimelineEntry,
)
from wf40.sdk.work import Moved, PutBack
from wf40.web.formats import day

RECENT = 5
EXCERPT = 280


@hookimpl
def blueprints() -> Iterable[Blueprint]:
    """Pages of conversations."""
    return [bp]


@hookimpl
def permissions() -> Iterable[Permission]:
    """Rights over conversations; what is confidential is further limited to two people."""
    return [
        Permission("consultations.read", _l("Gespräche ansehen"), roles.READERS),
        Permission("consultations.edit", _l("Gespräche erfassen und bearbeiten"), roles.WRITERS),
    ]


@hookimpl
def navigation(u: UnitOfWork) -> Iterable[NavItem]:  # noqa: ARG001 - the hook's signature
    """After the contacts."""
    return [
        NavItem(
            "consultations", _l("Gespräche & Besuche"), "consultations.index", 40, "consultations.read", icon="wf-chat"
        )
    ]


@hookimpl
def firm_actions(u: UnitOfWork, firm: FirmRef) -> Iterable[Action]:
    """The main thing to do on a firm's page."""
    if firm.archived or not u.actor.may_write_unit(firm.unit_id):
        return []
    url = url_for("consultations.add", firm_id=firm.id)
    mail = url_for("consultations.drop_mail", firm_id=firm.id)
    return [
        Action("consultation", _l("Gespräch erfassen"), url, "consultations.edit", icon="add", order=10),
        Action("consultation_mail", _l("E-Mail ablegen"), mail, "consultations.edit", icon="mail", order=900),
    ]


@hookimpl
def firm_tabs(u: UnitOfWork, firm: FirmRef) -> Iterable[Tab]:
    """All conversations with the firm."""
    if not u.actor.may("consultations.read"):
        return []
    url = url_for("consultations.of_firm", firm_id=firm.id)
    return [Tab("consultations", _l("Gespräche & Besuche"), url, order=30, count=queries.count_of_firm(u, firm.id))]


@hookimpl
def firm_panels(u: UnitOfWork, firm: FirmRef) -> Iterable[Panel]:
    """Who can help with what the firm talked about; nothing where nobody offers help."""
    if firm.archived or not u.actor.may("consultations.read"):
        return []
    asked = help_for_firm.topics_asked(u, firm)
    helps = help_for_firm.help_for(u, firm, asked or [help_for_firm.UNASKED])
    values: dict[str, Any] = {"helps": helps, "asked": asked}
    return [Panel("help", _l("Wer kann helfen"), "consultations/_help.html", values, order=60)] if helps else []


@hookimpl
def firm_columns() -> Iterable[FirmColumn]:
    """Day of the last substantive contact."""
    return [
        FirmColumn(
            "last_contact", _l("Letzter Kontakt"), queries.last_contact_select, kind="date", present=day, order=40
        )
    ]


@hookimpl
def dashboard_cards(u: UnitOfWork) -> Iterable[Card]:
    """The newest conversations of the office."""
    if not u.actor.may("consultations.read"):
        return []
    values: dict[str, Any] = {"lines": queries.newest(u, RECENT), "kinds": codes.KINDS}
    return [Card("consultations", _l("Letzte Gespräche"), "consultations/_card.html", values, order=60)]


@hookimpl
def timeline(u: UnitOfWork, firm: FirmRef, limit: int) -> Iterable[TimelineEntry]:
    """Conversations; a confidential one says only that it took place."""
    if not u.actor.may("consultations.read"):
        return []
    zone = ZoneInfo(u.service(Office).timezone)
    return [_entry(line, zone) for line in queries.newest(u, limit, firm.id)]


@hookimpl
def merge_firms(u: UnitOfWork, keep: int, gone: int) -> Iterable[Moved]:
    """Conversations move with their firm."""
    return merging.move(u, keep, gone)


@hookimpl
def unmerge_firms(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[PutBack]:
    """And go back again."""
    return merging.put_back(u, keep, gone, moved)


@hookimpl
def merge_contacts(u: UnitOfWork, keep: int, gone: int) -> Iterable[Moved]:
    """Who took part is the person that stays."""
    return merging.move_person(u, keep, gone)


@hookimpl
def unmerge_contacts(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[PutBack]:
    """And go back again."""
    return merging.put_person_back(u, keep, gone, moved)


@hookimpl
def search_providers() -> Iterable[SearchProvider]:
    """Conversations, but for confidential ones."""
    return [search.PROVIDER]


@hookimpl
def personal_data() -> Iterable[PersonalColumn]:
    """Notes speak about people, and participants are people."""
    kind = _l("Teilnehmende an Gesprächen")
    purpose = _l("Beratung und Betreuung des Unternehmens")
    basis = _l("Öffentliche Aufgabe (Art. 6 Abs. 1 Buchst. e DSGVO)")
    erase = _l("Drei Jahre nach dem letzten Kontakt")
    columns = [("consultation", name) for name in ("occasion", "summary", "agreements", "author_id")]
    columns += [("consultation_participant", name) for name in ("name", "contact_id", "user_id")]
    return [PersonalColumn(table, column, kind, purpose, basis, erase) for table, column in columns]


def _shortened(text: str) -> str:
    """Return a few lines for the timeline; the whole stands on the page of the conversation."""
    return textwrap.shorten(text, EXCERPT, placeholder=" …")


def _entry(line: queries.ConsultationLine, zone: ZoneInfo) -> TimelineEntry:
    name = codes.KINDS[line.kind]
    return TimelineEntry(
        at=datetime.combine(line.held_on, line.held_at or time(), zone),
        kind="consultation",
        kind_label=_l("Gespräche & Besuche"),
        title=_l("%(kind)s: %(occasion)s", kind=name, occasion=line.occasion) if line.occasion else name,
        text=_shortened(line.excerpt),
        url=url_for("consultations.show", consultation_id=line.id),
        actor=line.author,
        icon=codes.ICONS[line.kind],
        confidential=line.confidential,
    )
