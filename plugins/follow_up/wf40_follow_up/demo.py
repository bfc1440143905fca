"""Rules of the demo town, and some tasks that they made."""

from collections import Counter
from collections.abc import Collection, Iterable
from random import Random

from sqlalchemy import select

from wf40.sdk.refs import FirmRef
from wf40.sdk.services import Care
from wf40.sdk.uow import UnitOfWork
from wf40_follow_up import service, terms
from wf40_follow_up.care import dues_for, fire_for_gap
from wf40_follow_up.firing import Cause, fire, rules_for
from wf40_follow_up.models import Due
from wf40_follow_up.office_day import today
from wf40_follow_up.queries import MANAGE
from wf40_follow_up.statements import insert_new
from wf40_follow_up.texts import _

ANSWERED, VISITS = 4, 6
OWN_RULE = service.RuleInput(
    terms.TASK_DONE, "Anrufen: Hat der nächste Schritt geholfen?", 30, source=terms.BY_HAND, responsible="officer"
)


def fill(u: UnitOfWork, firms: Collection[FirmRef], seed: int) -> Iterable[str]:
    """Add the rules to the unit that looks after most firms, and let those on answers and gaps fire for some."""
    units = Counter(firm.unit_id for firm in firms if not firm.archived)
    if not units:
        return []
    unit_id = units.most_common(1)[0][0]
    service.seed(u, unit_id)
    if u.actor.may(MANAGE) and u.actor.unit_id == unit_id:
        service.switch_rule(u, service.add_rule(u, OWN_RULE), active=False)
    here = sorted((f for f in firms if f.unit_id == unit_id and f.officer_id and not f.archived), key=lambda f: f.id)
    chosen = Random(f"follow_up {seed}").sample(here, min(ANSWERED, len(here)))  # noqa: S311 - made-up data
    made = 0
    for row in rules_for(u, unit_id, terms.RESPONDED):
        made += sum(fire(u, row, firm, Cause(f"{firm.id}:demo", f"firm:{firm.id}")) for firm in chosen)
    made += _visits(u, here)
    return [_("%(count)s Wiedervorlagen aus Regeln", count=made)]


def _visits(u: UnitOfWork, here: Collection[FirmRef]) -> int:
    """Plan and fire for the longest gaps, as the jobs do, so that they do not fire for them again."""
    known = {firm.id for firm in here}
    gaps = [gap for gap in u.service(Care).gaps(u, today(u)) if gap.firm_id in known][:VISITS]
    made = 0
    for values in dues_for(u, gaps):
        if insert_new(u, Due, [values]):
            row = u.session.scalars(select(Due).where(Due.key == values["key"])).one()
            row.outcome, row.done_at = fire_for_gap(u, row), u.now
            made += row.outcome == "fired"
    return made
