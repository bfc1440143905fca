"""A rule makes a task, once for what caused it, and takes it back when the cause is gone."""

from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

from flask_babel import force_locale
from sqlalchemy import select, update

from wf40.sdk.refs import FirmRef
from wf40.sdk.services import Officers, Tasks, WorkingDays
from wf40.sdk.uow import UnitOfWork
from wf40.sdk.work import NewTask
from wf40_follow_up import service
from wf40_follow_up.models import Firing, Rule
from wf40_follow_up.office_day import today
from wf40_follow_up.queries import head_of, is_seeded, rules
from wf40_follow_up.statements import insert_new
from wf40_follow_up.texts import KEY, OFFICE_LANGUAGE
from wf40_follow_up.words import reason

LONGEST = 90
DONE, DROPPED, WITHDRAWN = "done", "dropped", "withdrawn"


@dataclass(frozen=True, slots=True)
class Cause:
    """What made a rule fire. ``what`` names it for ever; of the same ``slot`` a rule has one open task at most.

    ``lineage`` are the rules whose tasks led here: none of them fires again, so no circle of rules feeds itself.
    """

    what: str
    slot: str
    url: str = ""
    lineage: tuple[int, ...] = ()


def rules_for(u: UnitOfWork, unit_id: int, trigger: str) -> list[Rule]:
    """Return a unit's active rules on a trigger; a unit that has none yet gets those of the plugin first."""
    if not is_seeded(u, unit_id):
        service.seed(u, unit_id)
    return [row for row in rules(u, unit_id) if row.trigger == trigger and row.active]


def fire(u: UnitOfWork, row: Rule, firm: FirmRef, cause: Cause) -> bool:
    """Make the rule's task; returns whether there was anything to make."""
    if firm.archived or row.id in cause.lineage:
        return False
    key = _free_key(u, f"{KEY}:{row.id}:{_short(cause.what)}")
    values = {
        "rule_id": row.id,
        "firm_id": firm.id,
        "slot": cause.slot,
        "key": key,
        "lineage": [*cause.lineage, row.id],
        "fired_at": u.now,
    }
    if not insert_new(u, Firing, [values]):
        return False
    with force_locale(OFFICE_LANGUAGE):
        note = str(reason(row.trigger, today(u)))
    task_id = u.service(Tasks).add(
        u,
        NewTask(
            title=row.title,
            due_on=due_date(u, row, today(u)),
            firm_id=firm.id,
            responsible_id=responsible(u, row, firm),
            note=note,
            url=cause.url,
            key=key,
            origin=KEY,
        ),
    )
    u.session.execute(update(Firing).where(Firing.key == key).values(task_id=task_id))
    return True


def _short(what: str) -> str:
    """Return a name that fits into a key: long ones by their digest."""
    return what if len(what) <= LONGEST else sha256(what.encode()).hexdigest()


def _free_key(u: UnitOfWork, key: str) -> str:
    """Return the key, or its next number when the task of the last one was taken back by us: the cause is there again."""
    taken = select(Firing.key, Firing.outcome).where(Firing.key.startswith(key, autoescape=True))
    outcomes = dict(u.session.execute(taken).all())
    number, numbered = 1, key
    while outcomes.get(numbered) == WITHDRAWN:
        number += 1
        numbered = f"{key}:{number}"
    return numbered


def due_date(u: UnitOfWork, row: Rule, start: date) -> date:
    """Return until when a rule's task is to be done: always a working day."""
    days = u.service(WorkingDays)
    if row.day_kind == "working":
        return days.after(u, start, row.days, unit_id=row.unit_id)
    return days.after(u, start + timedelta(days=row.days), 0, unit_id=row.unit_id)


def responsible(u: UnitOfWork, row: Rule, firm: FirmRef) -> int | None:
    """Return who gets a rule's task; ``None`` when nobody is named or whoever was has left: the head sees it then."""
    if row.responsible == "head":
        head = head_of(u, row.unit_id)
        return head.id if head else None
    named = row.officer_id if row.responsible == "named" else firm.officer_id
    officer = u.service(Officers).get(u, named) if named else None
    return officer.id if officer and officer.active else None


def withdraw(u: UnitOfWork, trigger: str, firm_id: int, why: str) -> int:
    """Take back the open tasks that rules on a trigger made for a firm; returns how many."""
    mine = select(Rule.id).where(Rule.trigger == trigger)
    rows = select(Firing).where(Firing.firm_id == firm_id, Firing.closed_at.is_(None), Firing.rule_id.in_(mine))
    count = 0
    for firing in u.session.scalars(rows):
        firing.closed_at, firing.outcome = u.now, WITHDRAWN
        u.service(Tasks).drop(u, firing.key, why)
        count += 1
    return count


def settle_closed(u: UnitOfWork) -> int:
    """Note the end of tasks that were closed while nobody told us, for example with the plugin switched off.

    Otherwise their rules would stay deaf for those firms. Returns how many.
    """
    left = u.session.scalars(select(Firing).where(Firing.closed_at.is_(None)).order_by(Firing.id)).all()
    still = u.service(Tasks).open_keys(u, [firing.key for firing in left])
    gone = [firing for firing in left if firing.key not in still]
    for firing in gone:
        firing.closed_at, firing.outcome = u.now, DROPPED
    return len(gone)


def note_closed(u: UnitOfWork, key: str, *, done: bool) -> tuple[int, ...]:
    """Note that a task of ours is closed; returns the rules that led to it."""
    firing = u.session.scalar(select(Firing).where(Firing.key == key))
    if firing is None:
        return ()
    if firing.closed_at is None:
        firing.closed_at, firing.outcome = u.now, DONE if done else DROPPED
    return tuple(firing.lineage)
