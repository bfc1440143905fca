"""The blueprint of the office's pages, and where a partner's page stands."""

from flask import url_for

from wf40.sdk.uow import UnitOfWork
from wf40.sdk.web import PluginBlueprint
from wf40_partner_network.models import Partner
from wf40_partner_network.service import EDIT
from wf40_partner_network.texts import KEY

bp = PluginBlueprint(KEY, "wf40_partner_network")


def partner_url(partner_id: int, part: str | None = None) -> str:
    """Return the address of a partner's page, or of one of its parts."""
    return url_for("partner_network.show", partner_id=partner_id, _anchor=part)


def may_edit(u: UnitOfWork, row: Partner) -> bool:
    """Tell whether a partner's page offers to change it."""
    return u.actor.may(EDIT) and u.actor.may_write_unit(row.unit_id) and row.merged_into_id is None
