"""Lights set by hand: with a reason, for a while, and logged."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from wf40.base.access import requires
from wf40.base.checks import storable
from wf40.base.errors import Forbidden, InvalidInput, NotFound, Text
from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.risk.models import RiskOverride
from wf40.core.risk.renewal import rescore, today
from wf40.core.risk.settings import risk_settings
from wf40.sdk.services import Firms

OVERRIDE = "risk.override"
SETTABLE = ("red", "yellow", "green")
SHORTEST_REASON, LONGEST_REASON = 10, 5000


@dataclass(frozen=True, slots=True)
class OverrideInput:
    """The light to show, why, and the last day on which it holds."""

    light: str
    reason: str
    expires_on: date


@requires(OVERRIDE)
def set_light(u: UnitOfWork, firm_id: int, given: OverrideInput) -> int:
    """Show another light than the computed one until a day; an earlier setting ends. Returns its id."""
    unit_id = _own_unit(u, firm_id)
    _check(u, given)
    _end(u, firm_id, "replaced")
    row = RiskOverride(
        firm_id=firm_id, unit_id=unit_id, light=given.light, reason=given.reason, author_id=u.actor.user_id,
        author_name=u.actor.name, created_at=u.now, expires_on=given.expires_on,
    )  # fmt: skip
    u.session.add(row)
    u.session.flush()
    detail = {"light": given.light, "expires_on": given.expires_on.isoformat(), "override": row.id}
    u.audit("risk_override_set", f"firm:{firm_id}", detail)
    rescore(u, [firm_id], "override_set")
    return row.id


@requires(OVERRIDE)
def withdraw_light(u: UnitOfWork, firm_id: int) -> None:
    """Show the computed light again; raises :class:`NotFound` when none is set by hand."""
    _own_unit(u, firm_id)
    if not _end(u, firm_id, "withdrawn"):
        raise NotFound
    u.audit("risk_override_withdrawn", f"firm:{firm_id}")
    rescore(u, [firm_id], "override_withdrawn")


def _own_unit(u: UnitOfWork, firm_id: int) -> int:
    firm = u.service(Firms).get(u, firm_id)
    if not u.actor.may_write_unit(firm.unit_id):
        raise Forbidden(OVERRIDE)
    return firm.unit_id


def _end(u: UnitOfWork, firm_id: int, why: str) -> bool:
    holding = select(RiskOverride).where(RiskOverride.firm_id == firm_id, RiskOverride.ended_at.is_(None))
    rows = list(u.session.scalars(holding.with_for_update()))
    for row in rows:
        row.ended_at, row.ended_why = u.now, why
    u.session.flush()
    return bool(rows)


def _check(u: UnitOfWork, given: OverrideInput) -> None:
    faults: dict[str, Text] = {}
    if given.light not in SETTABLE:
        faults["light"] = _l("Bitte wählen Sie Rot, Gelb oder Grün.")
    if len(given.reason.strip()) < SHORTEST_REASON:
        faults["reason"] = _l("Bitte begründen Sie das in einem Satz. Die Begründung steht im Verlauf.")
    elif (fault := storable(given.reason, LONGEST_REASON, lines=True)) is not None:
        faults["reason"] = fault
    last = today(u) + timedelta(days=risk_settings().override_days_max)
    if not today(u) <= given.expires_on <= last:
        faults["expires_on"] = _l("Der letzte Tag muss zwischen heute und in zwölf Monaten liegen.")
    if faults:
        raise InvalidInput(_l("Bitte prüfen Sie Ihre Angaben."), faults)
