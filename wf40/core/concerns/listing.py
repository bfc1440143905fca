"""The list of concerns. A confidential one is a line without what it is about for those who may not read it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, or_, select, true

from wf40.base.access import requires
from wf40.base.german import fold
from wf40.base.uow import UnitOfWork
from wf40.core.concerns import codes
from wf40.core.concerns.figures import Times
from wf40.core.concerns.models import Concern
from wf40.core.concerns.rows import Owner, in_units, overdue, owner_of, shown, today
from wf40.core.firms.queries import visible_firms
from wf40.sdk.paging import Page, page_of
from wf40.sdk.services import Officers

PER_PAGE = 25
MINE, NOBODY = "ich", "niemand"
OPEN_ONES, CLOSED_ONES, ALL = "", "abgeschlossen", "alle"


@dataclass(frozen=True, slots=True)
class ConcernFilter:
    """What to keep and how to order; ``order``: ``frist``, ``aufgenommen`` or ``unternehmen``, after a ``-`` backwards.

    ``state``: empty for the open ones, ``abgeschlossen``, ``alle``, or a state. ``owner``: ``ich``, ``niemand`` (also
    for those whose owner has left), or a number. ``record``: where it came from, as ``kind:id``.
    """

    firm_id: int | None = None
    q: str = ""
    state: str = OPEN_ONES
    topic: str = ""
    owner: str = ""
    late: bool = False
    record: str = ""
    order: str = "frist"


@dataclass(frozen=True, slots=True)
class ConcernLine:
    """A concern as lists show it. ``title`` and ``topic`` are empty for those who may not read it."""

    id: int
    firm_id: int
    firm_name: str
    title: str
    topic: str
    kind: str
    state: str
    owner: Owner | None
    raised_on: date
    due_on: date | None
    """The next day by which something should have happened."""
    due_answer: bool
    """Whether that is the first answer."""
    late: bool
    confidential: bool
    response_days: int | None
    solution_days: int | None

    @property
    def readable(self) -> bool:
        """Whether the actor may read what it is about."""
        return bool(self.title)


_UNANSWERED = and_(
    Concern.first_response_at.is_(None),
    or_(Concern.deadline_on.is_(None), Concern.respond_by <= Concern.deadline_on),
)
_DUE: Any = case((Concern.state.in_(codes.CLOSED), None), (_UNANSWERED, Concern.respond_by), else_=Concern.deadline_on)


@requires("concerns.read")
def concerns(u: UnitOfWork, wanted: ConcernFilter, page: int = 1) -> Page[ConcernLine]:
    """Return one page of the concerns that match."""
    found, order = _matching(u, wanted)
    return page_of(u, found.order_by(*order), page, PER_PAGE, partial(_lines, u))


@requires("concerns.read")
def some(u: UnitOfWork, wanted: ConcernFilter, limit: int) -> list[ConcernLine]:
    """Return the first of the concerns that match."""
    found, order = _matching(u, wanted)
    return _lines(u, u.session.execute(found.order_by(*order).limit(limit)).all())


@requires("concerns.read")
def without_owner(u: UnitOfWork) -> int:
    """Return how many open concerns nobody looks after, since nobody was named or whoever was has left."""
    return concerns(u, ConcernFilter(owner=NOBODY)).total


def _matching(u: UnitOfWork, wanted: ConcernFilter) -> tuple[Any, list[Any]]:
    firms = visible_firms(u).subquery()
    readable = shown(u, firms.c.officer_id)
    conditions = [in_units(u), _state(wanted.state), _owner(u, wanted.owner)]
    conditions.append(Concern.firm_id == wanted.firm_id if wanted.firm_id else firms.c.archived_at.is_(None))
    if wanted.topic:  # a topic says what a concern is about
        conditions += [Concern.topic == wanted.topic, readable]
    if wanted.record:
        conditions += [Concern.record == wanted.record, readable]
    if wanted.late:
        conditions.append(overdue(today(u)))
    words = fold(wanted.q).split()
    if wanted.q.strip() and not words:  # nothing but signs that no name and no title is searched by
        conditions.append(false())
    for word in words:
        conditions.append(or_(firms.c.sort_key.contains(word), and_(Concern.sort_key.contains(word), readable)))
    found = select(
        Concern, firms.c.name.label("firm_name"), _DUE.label("due_on"), _UNANSWERED.label("due_answer"),
        readable.label("readable"), overdue(today(u)).label("late"),
    ).join(firms, firms.c.id == Concern.firm_id)  # fmt: skip
    by_due = [_DUE.nulls_last(), Concern.raised_on.desc(), Concern.id.desc()]
    orders: Mapping[str, list[Any]] = {
        "frist": by_due,
        "-frist": [_DUE.desc().nulls_last(), Concern.raised_on.desc(), Concern.id.desc()],
        "aufgenommen": [Concern.raised_on, Concern.id],
        "-aufgenommen": [Concern.raised_on.desc(), Concern.id.desc()],
        "unternehmen": [firms.c.sort_key, *by_due],
        "-unternehmen": [firms.c.sort_key.desc(), *by_due],
    }
    return found.where(*conditions), orders.get(wanted.order, by_due)


def _state(state: str) -> ColumnElement[bool]:
    if state == ALL:
        return true()
    groups = {OPEN_ONES: codes.OPEN, CLOSED_ONES: codes.CLOSED}
    return Concern.state.in_(groups.get(state, (state,)))


def _owner(u: UnitOfWork, owner: str) -> ColumnElement[bool]:
    if owner == MINE:
        return Concern.owner_id == u.actor.user_id
    if owner == NOBODY:
        return or_(Concern.owner_id.is_(None), Concern.owner_id.in_(_gone(u)))
    return Concern.owner_id == int(owner) if owner else true()


def _gone(u: UnitOfWork) -> list[int]:
    """Return the people who look after concerns and have left."""
    held = u.session.scalars(select(Concern.owner_id).where(Concern.owner_id.is_not(None), in_units(u)).distinct())
    found = {i: u.service(Officers).get(u, i) for i in held if i is not None}
    return [i for i, officer in found.items() if officer is None or not officer.active]


def _lines(u: UnitOfWork, rows: Sequence[Any]) -> list[ConcernLine]:
    times = Times(u)
    owners = {i: owner_of(u, i) for i in {row.Concern.owner_id for row in rows}}
    return [
        ConcernLine(
            c.id, c.firm_id, row.firm_name, c.title if row.readable else "", c.topic if row.readable else "", c.kind, c.state,
            owners[c.owner_id], c.raised_on, row.due_on, bool(row.due_answer), bool(row.late), c.confidential,
            times.between(c.raised_on, c.first_response_at), times.between(c.raised_on, c.closed_at),
        )
        for row in rows
        for c in (row.Concern,)
    ]  # fmt: skip
