"""What the partner network adds to the whole."""

import sys
from collections.abc import Collection, Iterable, Mapping
from types import ModuleType
from typing import Any

from flask import Blueprint

from wf40.sdk import hookimpl, roles
from wf40.sdk.refs import FirmRef
from wf40.sdk.search import SearchProvider
from wf40.sdk.uow import UnitOfWork
from wf40.sdk.values import HelpOffer, Manifest, NavItem, Panel, Permission, PersonalColumn, Tab
from wf40.sdk.work import Moved, PutBack, Recipient
from wf40_partner_network import demo, firm_merging, search
from wf40_partner_network import models as tables
from wf40_partner_network.network import count_of, relations_of
from wf40_partner_network.offers import offers, recipients
from wf40_partner_network.texts import KEY, _l
from wf40_partner_network.views import bp

plugin = sys.modules[__name__]
IN_PANEL = 6


@hookimpl
def manifest() -> Iterable[Manifest]:
    """Who this plugin is."""
    about = _l("Wer Unternehmen außerdem helfen kann, und wobei.")
    return [Manifest(KEY, _l("Partnernetzwerk"), "0.1.0", about, licence="EUPL-1.2")]


@hookimpl
def models() -> Iterable[ModuleType]:
    """Partners and what they help with."""
    return [tables]


@hookimpl
def blueprints() -> Iterable[Blueprint]:
    """The pages under /p/partner_network/."""
    return [bp]


@hookimpl
def permissions() -> Iterable[Permission]:
    """Everybody who works with firms sees the partners; who writes about firms keeps them."""
    return [
        Permission("partner_network.read", _l("Partner ansehen"), roles.READERS),
        Permission("partner_network.edit", _l("Partner bearbeiten"), roles.WRITERS),
    ]


@hookimpl
def navigation() -> Iterable[NavItem]:
    """The list of partners."""
    return [NavItem(KEY, _l("Netzwerk"), "partner_network.index", 70, "partner_network.read", icon="wf-network")]


@hookimpl
def help_offers(u: UnitOfWork, topic: str, firm: FirmRef) -> Iterable[HelpOffer]:
    """Partners for a topic, for those who may see partners."""
    if not u.actor.may("partner_network.read"):
        return []
    return offers(u, topic, firm)


@hookimpl
def handover_recipients(u: UnitOfWork, firm: FirmRef, topic: str) -> Iterable[Recipient]:
    """Every partner in use, for those who may see partners; first those that name the topic."""
    return recipients(u, topic, firm) if u.actor.may("partner_network.read") else []


@hookimpl
def firm_tabs(u: UnitOfWork, firm: FirmRef) -> Iterable[Tab]:
    """What the firm is to partners and to other firms."""
    if not u.actor.may("partner_network.read"):
        return []
    return [Tab(KEY, _l("Netzwerk"), f"/p/{KEY}/unternehmen/{firm.id}", order=50, count=count_of(u, f"f-{firm.id}"))]


@hookimpl
def firm_panels(u: UnitOfWork, firm: FirmRef) -> Iterable[Panel]:
    """The firm's current relations; nothing where there are none."""
    if not u.actor.may("partner_network.read") or not count_of(u, f"f-{firm.id}"):
        return []
    current = [line for line in relations_of(u, f"f-{firm.id}") if not line.over]
    values = {"firm": firm, "relations": current[:IN_PANEL], "more": len(current[IN_PANEL:])}
    return [Panel(KEY, _l("Netzwerk"), "partner_network/_panel.html", values, order=70)] if current else []


@hookimpl
def merge_firms(u: UnitOfWork, keep: int, gone: int) -> Iterable[Moved]:
    """Partners and relations move with their firm."""
    return firm_merging.move(u, keep, gone)


@hookimpl
def unmerge_firms(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[PutBack]:
    """And go back again."""
    return firm_merging.put_back(u, keep, gone, moved)


@hookimpl
def search_providers() -> Iterable[SearchProvider]:
    """Partners, with the people there."""
    return [search.PROVIDER]


@hookimpl
def personal_data() -> Iterable[PersonalColumn]:
    """The people at a partner, and texts that may name one."""
    kind, purpose = _l("Ansprechpersonen bei Partnern"), _l("Vermittlung von Hilfe an Unternehmen")
    basis = _l("Öffentliche Aufgabe (Art. 6 Abs. 1 Buchst. e DSGVO)")
    erase = _l("Wenn die Person nicht mehr zuständig ist, spätestens ein Jahr nach der Archivierung des Partners")
    columns = {
        tables.Person.__tablename__: ("name", "role", "email", "phone", "topics", "informed_on"),
        tables.Partner.__tablename__: ("name", "email", "phone", "note", "search_text"),
        tables.Competence.__tablename__: ("note",),
        tables.Relation.__tablename__: ("note", "source"),
    }
    return [
        PersonalColumn(table, column, kind, purpose, basis, erase)
        for table, names in columns.items()
        for column in names
    ]


@hookimpl
def demo_data(u: UnitOfWork, firms: Collection[FirmRef], seed: int) -> Iterable[str]:
    """Partners of the demo town."""
    return demo.fill(u, firms, seed)
