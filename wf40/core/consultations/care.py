"""How regularly the office speaks with its firms: whose interval of care has run out."""

from datetime import date, timedelta

from sqlalchemy import select

from wf40.base.access import requires
from wf40.base.clock import local_date
from wf40.base.uow import UnitOfWork
from wf40.core.consultations.queries import last_contact_select
from wf40.core.firms.queries import visible_firms
from wf40.sdk.refs import CareGap
from wf40.sdk.services import Office


@requires("consultations.read")
def gaps(u: UnitOfWork, day: date) -> list[CareGap]:
    """Return the firms that are due for a contact on a day, the longest wait first.

    Where nobody spoke with a firm yet, its interval begins on the day the office got to know it.
    """
    firms, talks = visible_firms(u).subquery(), last_contact_select(u).subquery()
    rows = (
        select(firms.c.id, firms.c.officer_id, firms.c.care_interval_days, firms.c.created_at, talks.c.value)
        .outerjoin(talks, talks.c.firm_id == firms.c.id)
        .where(firms.c.care_interval_days.is_not(None), firms.c.archived_at.is_(None), firms.c.status == "active")
    )
    zone = u.service(Office).timezone
    found = []
    for firm_id, officer_id, interval, known_since, last in u.session.execute(rows):
        due_on = (last or local_date(known_since, zone)) + timedelta(days=interval)
        if due_on <= day:
            found.append(CareGap(firm_id, officer_id, last, due_on))
    return sorted(found, key=lambda gap: (gap.due_on, gap.firm_id))


class CareService:
    """Implements :class:`wf40.sdk.services.Care`."""

    def gaps(self, u: UnitOfWork, day: date) -> list[CareGap]:
        """Return the firms with an interval of care that are due for a contact on a day, the longest wait first."""
        return gaps(u, day)
