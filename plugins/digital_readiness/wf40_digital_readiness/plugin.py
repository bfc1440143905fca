"""What the plugin adds to the whole."""

import sys
from collections.abc import Collection, Iterable, Mapping
from types import ModuleType
from typing import Any

from flask import Blueprint, url_for

from wf40.sdk import hookimpl, roles
from wf40.sdk.refs import FirmRef
from wf40.sdk.search import SearchProvider
from wf40.sdk.uow import UnitOfWork
from wf40.sdk.values import (
    Action,
    Card,
    FirmColumn,
    FirmFilter,
    Health,
    Indicator,
    Manifest,
    NavItem,
    Panel,
    Permission,
    PersonalColumn,
    TimelineEntry,
)
from wf40.sdk.work import Moved, Outreach, PutBack
from wf40_digital_readiness import demo, evidence, merging, privacy, published, queries, search, selects
from wf40_digital_readiness import models as tables
from wf40_digital_readiness import outreach as inviting
from wf40_digital_readiness.history import entries
from wf40_digital_readiness.texts import KEY, _l
from wf40_digital_readiness.views import office_pages, public_pages

plugin = sys.modules[__name__]
READ, INVITE, ENTER = "digital_readiness.read", "digital_readiness.invite", "digital_readiness.enter"


@hookimpl
def manifest() -> Iterable[Manifest]:
    """Who this plugin is."""
    description = _l("Unternehmen schätzen in fünf Minuten ein, wie digital sie arbeiten, und bekommen erste Schritte")
    return [Manifest(KEY, _l("Digitalcheck"), "0.1.0", description, licence="EUPL-1.2")]


@hookimpl
def models() -> Iterable[ModuleType]:
    """The plugin's tables."""
    return [tables]


@hookimpl
def blueprints() -> Iterable[Blueprint]:
    """The office's pages."""
    return [office_pages]


@hookimpl
def public_blueprints() -> Iterable[Blueprint]:
    """The firms' pages."""
    return [public_pages]


@hookimpl
def permissions() -> Iterable[Permission]:
    """Rights; the one to answer belongs to nobody in the office, a personal link brings it."""
    return [
        Permission(READ, _l("Digitalchecks ansehen"), roles.READERS),
        Permission(INVITE, _l("Zum Digitalcheck einladen"), roles.WRITERS),
        Permission(ENTER, _l("Antworten des Digitalchecks eintragen und berichtigen"), roles.WRITERS),
        Permission("digital_readiness.answer", _l("Digitalcheck über den persönlichen Link ausfüllen")),
    ]


@hookimpl
def navigation(u: UnitOfWork) -> Iterable[NavItem]:
    """The list, with the number of answers that nobody has seen."""
    count = queries.count_new(u) if u.actor.may(READ) else 0
    return [NavItem(KEY, _l("Digitalcheck"), "digital_readiness.index", 80, READ, icon="checklist", count=count)]


@hookimpl
def dashboard_cards(u: UnitOfWork) -> Iterable[Card]:
    """New answers and wishes to be called."""
    if not u.actor.may(READ):
        return []
    values = {"rows": queries.waiting(u), "count": queries.count_new(u), "may_enter": u.actor.may(ENTER)}
    return [Card(KEY, _l("Neue Antworten"), "digital_readiness/_card.html", values, order=20)]


@hookimpl
def firm_panels(u: UnitOfWork, firm: FirmRef) -> Iterable[Panel]:
    """The newest result, or the invitation to a check."""
    if not u.actor.may(READ):
        return []
    values = {"firm": firm, "may_invite": _may(u, firm, INVITE), "may_enter": _may(u, firm, ENTER)}
    values.update(evidence.panel_values(u, firm.id))
    return [Panel(KEY, _l("Digitalcheck"), "digital_readiness/_panel.html", values, order=20, place="side")]


@hookimpl
def firm_actions(u: UnitOfWork, firm: FirmRef) -> Iterable[Action]:
    """Invite the firm."""
    if not _may(u, firm, INVITE):
        return []
    url = url_for("digital_readiness.invite", firm_id=firm.id)
    return [Action(KEY, _l("Zum Digitalcheck einladen"), url, INVITE, icon="checklist", order=60)]


@hookimpl
def firm_columns() -> Iterable[FirmColumn]:
    """Points of the newest answers."""
    return [FirmColumn(KEY, _l("Digitalisierung"), selects.points_by_firm, kind="meter", order=60)]


@hookimpl
def firm_filters() -> Iterable[FirmFilter]:
    """Firms by how they stand with the check."""
    return [
        FirmFilter(
            "digitalcheck", _l("Digitalcheck"), lambda _u: list(selects.FILTERS), selects.firms_by_state, order=60
        )
    ]


@hookimpl
def outreach() -> Iterable[Outreach]:
    """The invitation, for campaigns of the office."""
    return [inviting.outreach()]


@hookimpl
def timeline(u: UnitOfWork, firm: FirmRef, limit: int) -> Iterable[TimelineEntry]:
    """Invitations, answers and corrections."""
    return entries(u, firm, limit) if u.actor.may(READ) else []


@hookimpl
def indicators(u: UnitOfWork, firm_ids: Collection[int]) -> Iterable[Indicator]:
    """What the newest answers say about each concept."""
    return evidence.indicators(u, firm_ids)


@hookimpl
def merge_firms(u: UnitOfWork, keep: int, gone: int) -> Iterable[Moved]:
    """Invitations and answers move with their firm."""
    return merging.move(u, keep, gone)


@hookimpl
def unmerge_firms(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[PutBack]:
    """And go back again."""
    return merging.put_back(u, keep, gone, moved)


@hookimpl
def merge_contacts(u: UnitOfWork, keep: int, gone: int) -> Iterable[Moved]:
    """Invitations move with the person who was invited."""
    return merging.move_person(u, keep, gone)


@hookimpl
def unmerge_contacts(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[PutBack]:
    """And go back again."""
    return merging.put_person_back(u, keep, gone, moved)


@hookimpl
def search_providers() -> Iterable[SearchProvider]:
    """Answers, by what firms wrote."""
    return [search.PROVIDER]


@hookimpl
def personal_data() -> Iterable[PersonalColumn]:
    """Which columns can say something about a person."""
    return privacy.columns()


@hookimpl
def demo_data(u: UnitOfWork, firms: Collection[FirmRef], seed: int) -> Iterable[str]:
    """Answers and invitations of two years."""
    return demo.fill(u, firms, seed)


@hookimpl
def health(u: UnitOfWork) -> Iterable[Health]:
    """Whether the check that is sent out is the one that was published."""
    problem = published.problem(u)
    return [Health(KEY, not problem, problem)]


def _may(u: UnitOfWork, firm: FirmRef, permission: str) -> bool:
    return u.actor.may(permission) and u.actor.may_write_unit(firm.unit_id) and not firm.archived
