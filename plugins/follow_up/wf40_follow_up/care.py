"""Firms that nobody has spoken with for too long: a due for each rule and gap, and what became of it."""

from collections import Counter
from collections.abc import Iterable

from flask_babel import force_locale
from sqlalchemy import select

from wf40.sdk.refs import CareGap, FirmRef
from wf40.sdk.services import Care, Firms, Officers
from wf40.sdk.uow import Actor, Database, UnitOfWork
from wf40_follow_up.firing import Cause, fire, responsible, rules_for, settle_closed, withdraw
from wf40_follow_up.models import Due, Firing, Rule
from wf40_follow_up.office_day import today
from wf40_follow_up.queries import gap_key
from wf40_follow_up.statements import insert_new
from wf40_follow_up.terms import CARE_GAP
from wf40_follow_up.texts import KEY, OFFICE_LANGUAGE, _

MOST_OPEN = 5
"""Visits that are to be planned by one person at a time."""
SLICE = 200
"""Dues written in one transaction: others wait for the database no longer than that takes."""


def plan_gaps(database: Database) -> int:
    """Plan a due for every gap that a rule heeds, and take back tasks whose gap is closed; returns how many are new."""
    with database.write(Actor.system(KEY)) as u:
        for unit_id in sorted({officer.unit_id for officer in u.service(Officers).present(u)}):
            rules_for(u, unit_id, CARE_GAP)  # a unit that is new gets the rules that come with the plugin
        settle_closed(u)
        gaps = u.service(Care).gaps(u, today(u))
        withdraw_closed(u, gaps)
        waiting = list(dues_for(u, gaps))
    count = 0
    for start in range(0, len(waiting), SLICE):
        with database.write(Actor.system(KEY)) as u:
            count += insert_new(u, Due, waiting[start : start + SLICE])
    return count


def dues_for(u: UnitOfWork, gaps: Iterable[CareGap]) -> Iterable[dict[str, object]]:
    """Yield the dues of gaps, one for each rule of the firm's unit; for nobody more than they can do.

    An office that begins has hundreds of firms whose interval ran out. Nobody gets more than :data:`MOST_OPEN` such
    tasks at a time, those of the longest wait first; each that is done makes room for the next.
    """
    known, takers = list(gaps), Takers(u)
    planned = set(u.session.scalars(select(Due.key).where(Due.kind == CARE_GAP)))
    held = _held(u, takers)
    firms = u.service(Firms).many(u, [gap.firm_id for gap in known])
    by_unit = {unit_id: rules_for(u, unit_id, CARE_GAP) for unit_id in sorted({f.unit_id for f in firms.values()})}
    for gap in known:
        if (firm := firms.get(gap.firm_id)) is not None:
            for row in by_unit[firm.unit_id]:
                place = row.id, takers.of(row, firm)
                if gap_key(row, gap) not in planned and held[place] < MOST_OPEN:
                    held[place] += 1
                    yield _due(u, row, gap, firm)


class Takers:
    """Who gets the tasks of rules; asked once for each rule and officer."""

    def __init__(self, u: UnitOfWork) -> None:
        self._u = u
        self._known: dict[tuple[int, int | None], int | None] = {}

    def of(self, row: Rule, firm: FirmRef) -> int | None:
        """Return who gets a rule's task for a firm; ``None`` for nobody."""
        asked = row.id, firm.officer_id
        if asked not in self._known:
            self._known[asked] = responsible(self._u, row, firm)
        return self._known[asked]


def _held(u: UnitOfWork, takers: Takers) -> Counter[tuple[int, int | None]]:
    """Count by rule and by who gets them the visits that are open or about to be."""
    rules = {row.id: row for row in u.session.scalars(select(Rule).where(Rule.trigger == CARE_GAP))}
    fired = select(Firing.rule_id, Firing.firm_id).where(Firing.closed_at.is_(None), Firing.rule_id.in_(rules))
    waiting = select(Due.payload, Due.firm_id).where(
        Due.kind == CARE_GAP, Due.done_at.is_(None), Due.failed_at.is_(None)
    )
    found = [(rule_id, firm_id) for rule_id, firm_id in u.session.execute(fired)]
    found += [(payload["rule"], firm_id) for payload, firm_id in u.session.execute(waiting)]
    firms = u.service(Firms).many(u, {firm_id for _rule_id, firm_id in found})
    there = [(rules[rule_id], firms[firm_id]) for rule_id, firm_id in found if rule_id in rules and firm_id in firms]
    return Counter((row.id, takers.of(row, firm)) for row, firm in there)


def _due(u: UnitOfWork, row: Rule, gap: CareGap, firm: FirmRef) -> dict[str, object]:
    return {
        "unit_id": firm.unit_id,
        "kind": CARE_GAP,
        "key": gap_key(row, gap),
        "firm_id": firm.id,
        "day": today(u),
        "payload": {"rule": row.id, "last_contact": str(gap.last_contact or "never")},
        "created_at": u.now,
        "not_before": u.now,
    }


def fire_for_gap(u: UnitOfWork, row: Due) -> str:
    """Make the task of a gap, if its rule still wants it; a rule switched off meanwhile starts anew when switched on."""
    rule = u.session.get(Rule, row.payload["rule"])
    firm = u.service(Firms).many(u, [row.firm_id] if row.firm_id else []).get(row.firm_id or 0)
    if rule is None or rule.removed_at is not None or firm is None:
        return "unwanted"
    if not rule.active:
        row.key = f"off:{row.id}:{row.key}"[:200]
        return "unwanted"
    cause = Cause(f"{firm.id}:{row.payload['last_contact']}", f"firm:{firm.id}")
    return "fired" if fire(u, rule, firm, cause) else "nothing"


def withdraw_closed(u: UnitOfWork, gaps: Iterable[CareGap]) -> None:
    """Take back the open tasks of firms that are no longer due for a contact."""
    still = {gap.firm_id for gap in gaps}
    rules = select(Rule.id).where(Rule.trigger == CARE_GAP)
    open_ones = select(Firing.firm_id).where(Firing.closed_at.is_(None), Firing.rule_id.in_(rules)).distinct()
    with force_locale(OFFICE_LANGUAGE):
        why = _("Inzwischen gab es einen Kontakt, oder das Unternehmen hat kein Betreuungsintervall mehr.")
    for firm_id in u.session.scalars(open_ones).all():
        if firm_id not in still:
            withdraw(u, CARE_GAP, firm_id, why)
