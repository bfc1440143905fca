"""What firms add to the whole."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Blueprint, url_for

from wf40.base.i18n import _, _l
from wf40.base.uow import UnitOfWork
from wf40.core.firms import chronicle, moving, search
from wf40.core.firms import similar_views as _similar_too  # noqa: F401 - registers what a new firm's form asks
from wf40.core.firms import site_views as _sites_too  # noqa: F401 - registers the pages of sites
from wf40.core.firms.views import bp
from wf40.sdk import hookimpl, roles
from wf40.sdk.refs import FirmRef
from wf40.sdk.search import SearchProvider
from wf40.sdk.values import NavItem, Permission, PersonalColumn, Tab, TimelineEntry
from wf40.sdk.work import Moved, PutBack

PAGES_OF_LISTS = (
    "/dubletten", "/zusammenfuehren", "/zusammenfuehrungen", "/exporte/unternehmen", "/ansichten", "/schlagwoerter",
)  # fmt: skip
"""Where people come to from the list of firms and work on firms."""


@hookimpl
def blueprints() -> Iterable[Blueprint]:
    """Pages of firms and sites."""
    return [bp]


@hookimpl
def permissions() -> Iterable[Permission]:
    """Rights over firms."""
    return [
        Permission("firms.read", _l("Unternehmen ansehen"), roles.READERS),
        Permission("firms.edit", _l("Unternehmen bearbeiten"), roles.WRITERS),
    ]


@hookimpl
def navigation(u: UnitOfWork) -> Iterable[NavItem]:  # noqa: ARG001 - the hook's signature
    """After Mein Tag."""
    return [
        NavItem("firms", _l("Unternehmen"), "firms.index", 20, "firms.read", icon="wf-building", covers=PAGES_OF_LISTS)
    ]


@hookimpl
def firm_tabs(u: UnitOfWork, firm: FirmRef) -> Iterable[Tab]:  # noqa: ARG001 - the hook's signature
    """Overview first, field history last."""
    return [
        Tab("overview", _("Überblick"), url_for("firms.show", firm_id=firm.id), 0),
        Tab("history", _("Änderungen"), url_for("firms.history", firm_id=firm.id), 900),
    ]


@hookimpl
def timeline(u: UnitOfWork, firm: FirmRef, limit: int) -> Iterable[TimelineEntry]:
    """When the record was made, changed and archived."""
    return chronicle.entries(u, firm, limit) if u.actor.may("firms.read") else []


@hookimpl
def merge_firms(u: UnitOfWork, keep: int, gone: int) -> Iterable[Moved]:
    """Sites, former names and subsidiaries move to the kept firm."""
    return moving.move(u, keep, gone)


@hookimpl
def unmerge_firms(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[PutBack]:
    """And go back again."""
    return moving.put_back(u, keep, gone, moved)


@hookimpl
def search_providers() -> Iterable[SearchProvider]:
    """Firms, by every name, number and address."""
    return [search.PROVIDER]


@hookimpl
def personal_data() -> Iterable[PersonalColumn]:
    """Sole traders, freelancers and founders carry their own names; their firm's address may be their home."""
    kind = _l("Einzelunternehmen, freie Berufe und Gründungen")
    purpose = _l("Beratung und Betreuung des Unternehmens")
    basis = _l("Öffentliche Aufgabe (Art. 6 Abs. 1 Buchst. e DSGVO)")
    erase = _l("Drei Jahre nach dem letzten Kontakt, sobald das Unternehmen nicht mehr besteht")
    columns = {
        "firm": (
            "name", "sort_key", "search_key", "search_text", "trade_name", "phone", "email", "website", "vat_id",
            "economic_id", "note",
        ),
        "firm_match_key": ("key",),
        "firm_name": ("name", "sort_key", "search_key"),
        "site": ("street", "house_number"),
    }  # fmt: skip
    return [
        PersonalColumn(table, column, kind, purpose, basis, erase)
        for table, names in columns.items()
        for column in names
    ]
