"""What happened with a firm's concerns, for its history. Of a confidential one it says that, never what."""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, bindparam, select

from wf40.base.access import requires
from wf40.base.errors import Text
from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.accounts.queries import officer_names
from wf40.core.concerns import codes
from wf40.core.concerns.models import Concern, Handover
from wf40.core.concerns.rows import in_units
from wf40.sdk.refs import FirmRef
from wf40.sdk.services import Office
from wf40.sdk.statements import kept

EXCERPT = 280


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened with a concern."""

    at: datetime
    concern_id: int
    title: Text
    text: str
    who: str
    confidential: bool


@requires("concerns.read")
def happenings(u: UnitOfWork, firm: FirmRef, limit: int) -> list[Happening]:
    """Return the newest things that happened with a firm's concerns."""
    rows = {row.id: row for row in u.session.scalars(_of_firm(u), {"firm": firm.id})}
    if not rows:
        return []
    names = officer_names(u, {row.author_id for row in rows.values() if row.author_id})
    zone = ZoneInfo(u.service(Office).timezone)
    found = [h for row in rows.values() for h in _of_concern(row, names.get(row.author_id or 0, ""), zone)]
    for handover in u.session.scalars(select(Handover).where(Handover.concern_id.in_(rows))):
        found += _of_handover(rows[handover.concern_id], handover)
    return sorted(found, key=lambda h: h.at, reverse=True)[:limit]


@kept
def _of_firm(u: UnitOfWork) -> Select[Any]:
    return select(Concern).where(Concern.firm_id == bindparam("firm"), in_units(u))


def _of_concern(row: Concern, author: str, zone: ZoneInfo) -> Iterator[Happening]:
    raised = _l("Vertrauliches Anliegen aufgenommen") if row.confidential else row.title
    yield _happening(row, _day(row.raised_on, row.created_at, zone), raised, row.description, author)
    if row.closed_at is not None:
        state = codes.STATES[row.state]
        closed = _l("Anliegen %(state)s: %(title)s", state=state, title=row.title)
        if row.confidential:
            closed = _l("Vertrauliches Anliegen %(state)s", state=state)
        yield _happening(row, row.closed_at, closed, row.outcome)


def _of_handover(row: Concern, h: Handover) -> Iterator[Happening]:
    words = {"name": h.recipient_label, "title": row.title}
    hidden, who = row.confidential, h.handed_by
    handed = _l("An %(name)s weitergeleitet: %(title)s", **words)
    yield _happening(row, h.handed_on_at, _l("Vertrauliches Anliegen weitergeleitet") if hidden else handed, "", who)
    if h.answered_at is not None:
        outcome = codes.OUTCOMES.get(h.outcome, h.outcome)
        answered = _l("%(name)s: %(outcome)s", name=h.recipient_label, outcome=outcome)
        answered = _l("Rückmeldung zu einem vertraulichen Anliegen") if hidden else answered
        yield _happening(row, h.answered_at, answered, h.answer)
    if h.recalled_at is not None:
        recalled = _l("Weiterleitung an %(name)s zurückgenommen: %(title)s", **words)
        recalled = _l("Weiterleitung eines vertraulichen Anliegens zurückgenommen") if hidden else recalled
        yield _happening(row, h.recalled_at, recalled, "")


def _happening(row: Concern, at: datetime, title: Text, text: str, who: str = "") -> Happening:
    shown = "" if row.confidential else textwrap.shorten(text, EXCERPT, placeholder=" …")
    return Happening(at, row.id, title, shown, who, row.confidential)


def _day(day: date, noted_at: datetime, zone: ZoneInfo) -> datetime:
    """Return when it was noted, or for an earlier day only that day."""
    return noted_at if noted_at.astimezone(zone).date() == day else datetime.combine(day, time(), zone)
