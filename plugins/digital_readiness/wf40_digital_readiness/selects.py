"""What the firm list shows, sorts and filters by, as selects."""

from datetime import date
from typing import Any

from sqlalchemy import Select, select

from wf40.sdk.statements import kept
from wf40.sdk.tables import firms
from wf40.sdk.uow import UnitOfWork, requires
from wf40_digital_readiness.models import Invitation, Score
from wf40_digital_readiness.office_day import today
from wf40_digital_readiness.queries import newest_responses, newest_scores
from wf40_digital_readiness.scope import readable
from wf40_digital_readiness.texts import _l

NONE, INVITED, ANSWERED, OLD = "ohne", "eingeladen", "beantwortet", "veraltet"
FILTERS = [
    (NONE, _l("ohne Digitalcheck")),
    (INVITED, _l("eingeladen, noch keine Antwort")),
    (ANSWERED, _l("mit Digitalcheck")),
    (OLD, _l("Digitalcheck älter als 12 Monate")),
]


@requires("digital_readiness.read")
@kept
def points_by_firm(u: UnitOfWork) -> Select[Any]:
    """Return a select of (firm_id, points 0..100) of each firm's newest answers."""
    newest, scored = newest_responses().subquery("newest_response"), newest_scores().subquery("newest_score")
    return (
        select(newest.c.firm_id, Score.value)
        .join(scored, scored.c.response_id == newest.c.id)
        .join(Score, Score.id == scored.c.id)
        .where(readable(u, newest.c.unit_id))
    )


@requires("digital_readiness.read")
def firms_by_state(u: UnitOfWork, value: str) -> Select[Any]:
    """Return a select of the ids of firms in a state of :data:`FILTERS`; all firms for an unknown one."""
    newest = newest_responses().subquery("newest_response")
    checked = select(newest.c.firm_id)
    if value == ANSWERED:
        return checked.where(readable(u, newest.c.unit_id))
    if value == OLD:
        return checked.where(newest.c.answered_on < _a_year_before(today(u)), readable(u, newest.c.unit_id))
    if value == INVITED:
        waits = (Invitation.revoked_at.is_(None), Invitation.submitted_at.is_(None), Invitation.expires_at > u.now)
        return select(Invitation.firm_id).where(*waits, readable(u, Invitation.unit_id)).distinct()
    every = select(firms.c.id).where(readable(u, firms.c.unit_id))
    return every.where(firms.c.id.not_in(checked)) if value == NONE else every


def _a_year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)
