"""Reads rules, what they did and would do, and what an officer chose."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select, true

from wf40.sdk.errors import Forbidden, NotFound
from wf40.sdk.refs import CareGap, OfficerRef
from wf40.sdk.roles import LEAD
from wf40.sdk.services import Care, Firms, Officers
from wf40.sdk.uow import UnitOfWork, requires
from wf40_follow_up.models import Due, Firing, OfficerSetting, Rule
from wf40_follow_up.office_day import today
from wf40_follow_up.terms import BUILT_IN, CARE_GAP
from wf40_follow_up.texts import KEY

READ, MANAGE = "follow_up.read", "follow_up.manage"
LOOK_BACK = timedelta(days=30)
_ORDER = {built.trigger: place for place, built in enumerate(BUILT_IN)}


@dataclass(frozen=True, slots=True)
class Figures:
    """How a rule fares: fired in the last 30 days, tasks open now; ``waiting`` are firms it would fire for now."""

    fired: int = 0
    open: int = 0
    waiting: int | None = None


@dataclass(frozen=True, slots=True)
class DigestState:
    """Whether the actor gets the daily mail, and when the last one was handed to the mail server's queue."""

    wanted: bool
    last_sent: datetime | None


@requires(READ)
def is_seeded(u: UnitOfWork, unit_id: int) -> bool:
    """Tell whether a unit has all rules that come with the plugin."""
    there = select(func.count()).where(Rule.unit_id == unit_id, Rule.builtin.is_not(None))
    return u.session.scalar(there) == len(BUILT_IN)


@requires(READ)
def rules(u: UnitOfWork, unit_id: int) -> list[Rule]:
    """Return a unit's rules, those that come with the plugin first, then own ones in the order they were added."""
    if not u.actor.may_read_unit(unit_id):
        raise NotFound
    rows = u.session.scalars(select(Rule).where(Rule.unit_id == unit_id, Rule.removed_at.is_(None)))
    return sorted(rows, key=lambda row: (_ORDER.get(row.builtin or "", len(_ORDER)), row.id))


@requires(READ)
def rule(u: UnitOfWork, rule_id: int) -> Rule:
    """Return a rule; raises :class:`NotFound` for an unknown, removed or foreign one."""
    row = u.session.get(Rule, rule_id)
    if row is None or row.removed_at is not None or not u.actor.may_read_unit(row.unit_id):
        raise NotFound
    return row


@requires(MANAGE)
def rule_to_edit(u: UnitOfWork, rule_id: int) -> Rule:
    """Return a rule for its form; raises :class:`NotFound`, or :class:`Forbidden` for another unit's."""
    row = rule(u, rule_id)
    if not u.actor.may_write_unit(row.unit_id):
        raise Forbidden(MANAGE)
    return row


@requires(MANAGE)
def rule_to_write(u: UnitOfWork, rule_id: int) -> Rule:
    """Return a rule for changing, as it is now; nobody else changes it until the transaction ends."""
    row = rule_to_edit(u, rule_id)
    u.session.refresh(row, with_for_update=True)
    return rule_to_edit(u, row.id)


@requires(MANAGE)
def demand_to_manage(u: UnitOfWork) -> None:
    """Refuse whoever may not keep rules, before an empty form is shown."""


@requires(READ)
def figures(u: UnitOfWork, listed: Collection[Rule]) -> Mapping[int, Figures]:
    """Return by rule how it fares. What a rule on gaps would do now is counted without doing it."""
    ids = [row.id for row in listed]
    counted = select(Firing.rule_id, func.count()).where(Firing.rule_id.in_(ids)).group_by(Firing.rule_id)
    fired = dict(u.session.execute(counted.where(Firing.fired_at > u.now - LOOK_BACK)).all())
    still = dict(u.session.execute(counted.where(Firing.closed_at.is_(None))).all())
    gaps = _gaps(u, listed)
    waiting = {row.id: len(unheeded(u, row, gaps)) for row in listed if row.trigger == CARE_GAP}
    return {n: Figures(fired.get(n, 0), still.get(n, 0), waiting.get(n)) for n in ids}


def _gaps(u: UnitOfWork, listed: Collection[Rule]) -> list[CareGap]:
    units = {row.unit_id for row in listed if row.trigger == CARE_GAP}
    if not units:
        return []
    found = u.service(Care).gaps(u, today(u))
    firms = u.service(Firms).many(u, [gap.firm_id for gap in found])
    return [gap for gap in found if gap.firm_id in firms and firms[gap.firm_id].unit_id in units]


@requires(READ)
def unheeded(u: UnitOfWork, row: Rule, gaps: Collection[CareGap]) -> list[CareGap]:
    """Return those of a unit's gaps that a rule did not fire for and has no open task for."""
    keys = set(u.session.scalars(select(Due.key).where(Due.kind == CARE_GAP, Due.unit_id == row.unit_id)))
    still = set(u.session.scalars(select(Firing.firm_id).where(Firing.rule_id == row.id, Firing.closed_at.is_(None))))
    return [gap for gap in gaps if gap_key(row, gap) not in keys and gap.firm_id not in still]


def gap_key(row: Rule, gap: CareGap) -> str:
    """Return what names a rule's due for a firm's gap; a new contact ends the gap, the next one has another name."""
    return f"gap:{row.id}:{gap.firm_id}:{gap.last_contact or 'never'}"


@requires(READ)
def officers_of(u: UnitOfWork, unit_id: int) -> list[OfficerRef]:
    """Return the active people of a unit, for the choice of a responsible one."""
    return [officer for officer in u.service(Officers).present(u) if officer.unit_id == unit_id]


@requires(READ)
def head_of(u: UnitOfWork, unit_id: int) -> OfficerRef | None:
    """Return the head of a unit; of several the first by name."""
    return next((officer for officer in officers_of(u, unit_id) if officer.role == LEAD), None)


@requires(READ)
def own_digest(u: UnitOfWork) -> DigestState:
    """Return what the actor chose, and the day of their last daily mail."""
    row = u.session.get(OfficerSetting, u.actor.user_id) if u.actor.user_id else None
    sent = select(func.max(Due.done_at)).where(Due.officer_id == u.actor.user_id, Due.outcome == "sent")
    return DigestState(row is None or row.digest, u.session.scalar(sent))


@requires(READ)
def without_digest(u: UnitOfWork) -> frozenset[int]:
    """Return the officers who switched the daily mail off."""
    return frozenset(u.session.scalars(select(OfficerSetting.officer_id).where(~OfficerSetting.digest)))


@requires(READ)
def failed_dues(u: UnitOfWork) -> int:
    """Return how many dues of the last 30 days were given up."""
    given_up = select(func.count()).where(Due.failed_at > u.now - LOOK_BACK, _readable(u))
    return u.session.scalar(given_up) or 0


def _readable(u: UnitOfWork) -> ColumnElement[bool]:
    return true() if u.actor.units is None else Due.unit_id.in_(u.actor.units)


def subject(rule_id: int) -> str:
    """Return how histories and the audit trail name a rule."""
    return f"{KEY}:{rule_id}"
