"""The daily mail: planned once an officer and day, written when its turn comes."""

from datetime import date, time, timedelta

from sqlalchemy import delete

from wf40.sdk.refs import OfficerRef
from wf40.sdk.services import Office, Officers, Tasks, WorkingDays
from wf40.sdk.uow import UnitOfWork
from wf40_follow_up.letters import Digest, digest_letter
from wf40_follow_up.models import Due
from wf40_follow_up.office_day import moment_of, today
from wf40_follow_up.queries import without_digest
from wf40_follow_up.statements import insert_new

DIGEST = "digest"
AT = time(6, 30)
KEPT = timedelta(days=90)
"""How long it is known who got which mail."""


def plan_digests(u: UnitOfWork) -> int:
    """Plan today's mails for all who have something due; returns how many are new.

    When this runs before its time, since a worker came back at night, the mails still wait until the morning. Mails of
    long ago are forgotten.
    """
    day = today(u)
    u.session.execute(delete(Due).where(Due.kind == DIGEST, Due.day < day - KEPT))
    off, days = without_digest(u), u.service(WorkingDays)
    wanted = [
        o
        for o in u.service(Officers).present(u)
        if o.id not in off and o.email and days.is_working(u, day, unit_id=o.unit_id)
    ]
    return insert_new(u, Due, [_due(u, o, day) for o in wanted if u.service(Tasks).due(u, o.id, day)])


def _due(u: UnitOfWork, officer: OfficerRef, day: date) -> dict[str, object]:
    return {
        "unit_id": officer.unit_id,
        "kind": DIGEST,
        "key": f"{DIGEST}:{officer.id}:{day}",
        "officer_id": officer.id,
        "day": day,
        "payload": {},
        "created_at": u.now,
        "not_before": max(u.now, moment_of(u, day, AT)),
    }


def write_digest(u: UnitOfWork, row: Due) -> str:
    """Queue an officer's mail as things stand now; one of a day that has passed is left out."""
    officer = u.service(Officers).get(u, row.officer_id) if row.officer_id else None
    if row.day != today(u):
        return "outdated"
    if officer is None or not officer.active or officer.id in without_digest(u):
        return "unwanted"
    until = u.service(WorkingDays).after(u, row.day + timedelta(days=1), 0, unit_id=officer.unit_id)
    given = Digest(u.service(Office), officer, row.day, until, u.service(Tasks).due(u, officer.id, until))
    if not given.overdue and not given.due:
        return "nothing"
    u.send(digest_letter(given))
    return "sent"
