"""How many concerns there were, and how long answers and solutions took, in working days."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from statistics import median
from typing import Any

from sqlalchemy import func, select

from wf40.base.access import requires
from wf40.base.clock import local_date
from wf40.base.uow import UnitOfWork
from wf40.core.concerns import codes
from wf40.core.concerns.models import Concern, Handover
from wf40.core.concerns.rows import SPOKEN, in_units
from wf40.sdk.services import Office, WorkingDays


@dataclass(frozen=True, slots=True)
class Figures:
    """Concerns that were raised in a period, as they stand now.

    ``by_topic`` leaves out ``confidential`` ones, since a topic says what a concern is about. Times are medians in
    working days, ``None`` where nothing was answered or solved. What came up in a conversation was answered there and
    then: it is left out of ``answered``, of the median and of ``answered_in_time`` (by the day it should be).
    """

    raised: int
    by_state: Mapping[str, int] = field(default_factory=dict)
    by_topic: Mapping[str, int] = field(default_factory=dict)
    confidential: int = 0
    handed_on: int = 0
    response_days: float | None = None
    answered: int = 0
    solution_days: float | None = None
    solved: int = 0
    answered_in_time: int = 0

    @property
    def open(self) -> int:
        """How many are still open."""
        return sum(self.by_state.get(state, 0) for state in codes.OPEN)


class Times:
    """Counts working days between a day and a moment, each pair once."""

    def __init__(self, u: UnitOfWork) -> None:
        self._u = u
        self._zone = u.service(Office).timezone
        self._known: dict[tuple[date, date], int] = {}

    def between(self, start: date, end: datetime | None) -> int | None:
        """Return the working days from the day on which a concern was raised to a moment, ``None`` without one."""
        if end is None:
            return None
        pair = (start, local_date(end, self._zone))
        if pair not in self._known:
            self._known[pair] = self._u.service(WorkingDays).between(self._u, *pair)
        return self._known[pair]


@requires("concerns.read")
def figures(u: UnitOfWork, since: date, until: date) -> Figures:
    """Return the figures of the concerns that were raised from one day to another, both included."""
    raised = (Concern.raised_on >= since, Concern.raised_on <= until, in_units(u))
    columns: tuple[Any, ...] = (
        Concern.raised_on, Concern.respond_by, Concern.first_response_at, Concern.closed_at, Concern.state, Concern.topic,
        Concern.confidential, Concern.record,
    )  # fmt: skip
    rows = u.session.execute(select(*columns).where(*raised)).all()
    handed_on = select(func.count(func.distinct(Handover.concern_id))).join(Concern, Concern.id == Handover.concern_id)
    times, zone = Times(u), u.service(Office).timezone
    answered = [r for r in rows if r.first_response_at and not r.record.startswith(SPOKEN)]
    responses = [times.between(r.raised_on, r.first_response_at) for r in answered]
    solutions = [times.between(r.raised_on, r.closed_at) for r in rows if r.state == codes.SOLVED]
    kept = [r for r in answered if local_date(r.first_response_at, zone) <= r.respond_by]
    return Figures(
        len(rows),
        _counted((r.state for r in rows), codes.STATES),
        _counted((r.topic for r in rows if not r.confidential), codes.TOPICS),
        sum(r.confidential for r in rows),
        u.session.scalar(handed_on.where(Handover.recalled_at.is_(None), *raised)) or 0,
        _median(responses), len(responses), _median(solutions), len(solutions), len(kept),
    )  # fmt: skip


def _counted(values: Iterable[str], known: Mapping[str, Any]) -> Mapping[str, int]:
    """Return how often each value stands, in the order in which the values are known."""
    counts = Counter(values)
    return {code: counts[code] for code in known if counts[code]}


def _median(days: list[int | None]) -> float | None:
    found = [n for n in days if n is not None]
    return float(median(found)) if found else None
