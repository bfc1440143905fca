"""What the partner network adds to the whole."""

import sys
from collections.abc import Collection, Iterable
from types import ModuleType

from flask import Blueprint

from wf40.sdk import hookimpl, roles
from wf40.sdk.refs import FirmRef
from wf40.sdk.uow import UnitOfWork
from wf40.sdk.values import HelpOffer, Manifest, NavItem, Permission, PersonalColumn
from wf40_partner_network import demo
from wf40_partner_network import models as tables
from wf40_partner_network.offers import offers
from wf40_partner_network.texts import KEY, _l
from wf40_partner_network.views import bp

plugin = sys.modules[__name__]


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
def personal_data() -> Iterable[PersonalColumn]:
    """The person at a partner, and texts that may name one."""
    kind, purpose = _l("Ansprechpersonen bei Partnern"), _l("Vermittlung von Hilfe an Unternehmen")
    basis = _l("Öffentliche Aufgabe (Art. 6 Abs. 1 Buchst. e DSGVO)")
    erase = _l("Wenn die Person nicht mehr zuständig ist, spätestens ein Jahr nach der Archivierung des Partners")
    table = tables.Partner.__tablename__
    columns = ("contact_name", "contact_role", "email", "phone", "note", "search_text")
    return [PersonalColumn(table, column, kind, purpose, basis, erase) for column in columns]


@hookimpl
def demo_data(u: UnitOfWork, firms: Collection[FirmRef], seed: int) -> Iterable[str]:
    """Partners of the demo town."""
    return demo.fill(u, firms, seed)
