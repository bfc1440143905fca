"""Reads invitations and answers, within the units that the actor may read."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)

from wf40.sdk.errors import NotFound
from wf40.sdk.german import fold
from wf40.sdk.history import FieldChange, changes_of, changes_of_many
from wf40.sdk.paging import Page, page_of
from wf40.sdk.refs import FirmRef
from wf40.sdk.services import Firms
from wf40.sdk.statements import kept
from wf40.sdk.tables import firms
from wf40.sdk.uow import UnitOfWork, requires
from wf40_digital_readiness.checks import Check
from wf40_digital_readiness.models import Invitation, Response, Score, response_subject
from wf40_digital_readiness.published import check_of
from wf40_digital_readiness.scope import readable

PER_PAGE = 25
SUBMITTED = "submitted"


@dataclass(frozen=True, slots=True)
class Line:
    """An invitation or answer in the list; ``state`` is invited, begun, answered, expired or revoked."""

    invitation_id: int | None
    response_id: int | None
    firm_id: int
    firm_name: str
    state: str
    at: datetime
    channel: str
    new: bool
    callback: bool
    points: float | None


@dataclass(frozen=True, slots=True)
class Answered:
    """A submitted response with all that its page shows."""

    row: Response
    firm: FirmRef
    check: Check
    changes: list[FieldChange]
    scores: int
    may_change: bool


@dataclass(frozen=True, slots=True)
class FirmStanding:
    """What the firm's page shows: the newest answers with their score, and an invitation that is still open."""

    row: Response | None
    score: Score | None
    check: Check | None
    invitation: Invitation | None


def invitation_state(now: datetime) -> ColumnElement[str]:
    """Return the state of an invitation left-joined with its response, as SQL."""
    return case(
        (Invitation.revoked_at.is_not(None), literal("revoked")),
        (Invitation.submitted_at.is_not(None), literal("answered")),
        (Invitation.expires_at <= now, literal("expired")),
        (Invitation.opened_at.is_not(None), literal("begun")),
        else_=literal("invited"),
    )


def newest_scores() -> Select[Any]:
    """Return a select of (response_id, id) of the newest score of each response."""
    columns: list[Any] = [Score.response_id, func.max(Score.id).label("id")]
    return select(*columns).group_by(Score.response_id)


def newest_responses() -> Select[Any]:
    """Return a select of the newest submitted response of each firm: id, firm_id, unit_id, answered_on."""
    place = func.row_number().over(
        partition_by=Response.firm_id, order_by=(Response.answered_on.desc(), Response.id.desc())
    )
    rows = select(Response.id, Response.firm_id, Response.unit_id, Response.answered_on, place.label("place")).where(
        Response.state == SUBMITTED
    )
    ranked = rows.subquery("ranked_response")
    return select(ranked.c.id, ranked.c.firm_id, ranked.c.unit_id, ranked.c.answered_on).where(ranked.c.place == 1)


@requires("digital_readiness.read")
def lines(u: UnitOfWork, state: str, q: str, page: int) -> Page[Line]:
    """Return one page of invitations and answers, the newest first."""
    invited = select(
        Invitation.id.label("invitation_id"), Response.id.label("response_id"), Invitation.firm_id, Invitation.unit_id,
        invitation_state(u.now).label("state"),
        func.coalesce(Invitation.submitted_at, Invitation.revoked_at, Invitation.sent_at, type_=Invitation.sent_at.type).label("at"),
    ).outerjoin(Response, Response.invitation_id == Invitation.id)  # fmt: skip
    entered = select(
        cast(null(), Integer), Response.id, Response.firm_id, Response.unit_id, literal("answered"), Response.submitted_at
    ).where(Response.invitation_id.is_(None), Response.state == SUBMITTED)  # fmt: skip
    both = union_all(invited, entered).subquery("line")
    newest = newest_scores().subquery("newest")
    rows = (
        select(
            both.c.invitation_id, both.c.response_id, both.c.firm_id, firms.c.name, both.c.state, both.c.at,
            Response.channel, Response.seen_at, Response.callback_wished_at, Response.callback_done_at, Score.value,
        )
        .join(firms, firms.c.id == both.c.firm_id)
        .outerjoin(Response, Response.id == both.c.response_id)
        .outerjoin(newest, newest.c.response_id == both.c.response_id)
        .outerjoin(Score, Score.id == newest.c.id)
        .where(readable(u, both.c.unit_id), *(firms.c.sort_key.contains(word, autoescape=True) for word in fold(q).split()))
        .order_by(both.c.at.desc(), both.c.response_id.desc(), both.c.invitation_id.desc())
    )  # fmt: skip
    if state == "new":
        rows = rows.where(both.c.state == "answered", Response.seen_at.is_(None))
    elif state == "callback":
        rows = rows.where(Response.callback_wished_at.is_not(None), Response.callback_done_at.is_(None))
    elif state:
        rows = rows.where(both.c.state == state)
    return page_of(u, rows, page, PER_PAGE, lambda found: list(map(_line, found)))


def _line(row: Any) -> Line:
    answered = row.state == "answered"
    waits = row.callback_wished_at is not None and row.callback_done_at is None
    return Line(
        row.invitation_id, row.response_id, row.firm_id, row.name, row.state, row.at, row.channel or "",
        answered and row.seen_at is None, waits, row.value,
    )  # fmt: skip


def _new() -> tuple[ColumnElement[bool], ...]:
    return Response.state == SUBMITTED, Response.seen_at.is_(None)


@requires("digital_readiness.read")
def count_new(u: UnitOfWork) -> int:
    """Return how many answers nobody has marked as seen."""
    return u.session.scalar(_count_new(u)) or 0


@kept
def _count_new(u: UnitOfWork) -> Select[Any]:
    return select(func.count(Response.id)).where(*_new(), readable(u, Response.unit_id))


@requires("digital_readiness.read")
def waiting(u: UnitOfWork, limit: int = 6) -> list[tuple[Response, str]]:
    """Return answers that wait for the office (wished calls first, then new ones), each with the firm's name."""
    call = (Response.callback_wished_at.is_not(None)) & (Response.callback_done_at.is_(None))
    rows = (
        select(Response, firms.c.name)
        .join(firms, firms.c.id == Response.firm_id)
        .where(Response.state == SUBMITTED, call | Response.seen_at.is_(None), readable(u, Response.unit_id))
        .order_by(case((call, 0), else_=1), Response.submitted_at.desc(), Response.id.desc())
    )
    return [(row[0], row[1]) for row in u.session.execute(rows.limit(limit))]


@requires("digital_readiness.read")
def answered(u: UnitOfWork, response_id: int) -> Answered:
    """Return a submitted response; raises :class:`NotFound` for an unknown, foreign or unfinished one."""
    row = u.session.get(Response, response_id)
    if row is None or row.state != SUBMITTED or not u.actor.may_read_unit(row.unit_id):
        raise NotFound
    scores = u.session.scalar(select(func.count(Score.id)).where(Score.response_id == row.id)) or 0
    may_change = u.actor.may("digital_readiness.enter") and u.actor.may_write_unit(row.unit_id)
    firm = u.service(Firms).get(u, row.firm_id)
    changes = changes_of(u, response_subject(row.id))
    return Answered(row, firm, check_of(u, row.check_version_id), changes, scores, may_change)


@requires("digital_readiness.read")
def invitation(u: UnitOfWork, invitation_id: int) -> Invitation:
    """Return an invitation; raises :class:`NotFound` for an unknown or foreign one."""
    row = u.session.get(Invitation, invitation_id)
    if row is None or not u.actor.may_read_unit(row.unit_id):
        raise NotFound
    return row


@requires("digital_readiness.read")
def state_of(u: UnitOfWork, invitation_id: int) -> str:
    """Return the state of an invitation."""
    wanted = select(invitation_state(u.now)).select_from(Invitation).where(Invitation.id == invitation_id)
    return u.session.scalar(wanted) or ""


@requires("digital_readiness.read")
def of_firm(u: UnitOfWork, firm_id: int) -> FirmStanding:
    """Return how a firm stands with the check."""
    row = u.session.scalar(_newest_of_firm(u), {"firm": firm_id})
    score = (
        u.session.scalar(select(Score).where(Score.response_id == row.id).order_by(Score.id.desc()).limit(1))
        if row
        else None
    )
    pending = u.session.scalar(_open_of_firm(u), {"firm": firm_id, "now": u.now})
    return FirmStanding(row, score, check_of(u, row.check_version_id) if row else None, pending)


@kept
def _newest_of_firm(u: UnitOfWork) -> Select[Any]:
    """The newest of the firm's own: ranking every firm's first would read all answers of the office."""
    mine = (Response.firm_id == bindparam("firm"), Response.state == SUBMITTED, readable(u, Response.unit_id))
    return select(Response).where(*mine).order_by(Response.answered_on.desc(), Response.id.desc()).limit(1)


@kept
def _open_of_firm(u: UnitOfWork) -> Select[Any]:
    open_ones = select(Invitation).where(
        Invitation.firm_id == bindparam("firm"), Invitation.revoked_at.is_(None), Invitation.submitted_at.is_(None),
        Invitation.expires_at > bindparam("now"), readable(u, Invitation.unit_id),
    )  # fmt: skip
    return open_ones.order_by(Invitation.id.desc()).limit(1)


@requires("digital_readiness.read")
def newest_answers(u: UnitOfWork, firm_ids: Collection[int]) -> list[tuple[Response, Score]]:
    """Return the newest response of each firm with its newest score."""
    newest = newest_responses().subquery("newest_response")
    score = newest_scores().subquery("newest_score")
    rows = (
        select(Response, Score)
        .join(newest, newest.c.id == Response.id)
        .join(score, score.c.response_id == Response.id)
        .join(Score, Score.id == score.c.id)
        .where(Response.firm_id.in_(firm_ids), readable(u, Response.unit_id))
    )
    return [(row[0], row[1]) for row in u.session.execute(rows)]


@requires("digital_readiness.read")
def events_of_firm(u: UnitOfWork, firm_id: int, limit: int) -> tuple[list[Invitation], list[tuple[Response, Score]]]:
    """Return a firm's newest invitations and submitted responses with their scores."""
    given = {"firm": firm_id, "most": limit}
    answers = [(row[0], row[1]) for row in u.session.execute(_answers_of_firm(u), given)]
    return list(u.session.scalars(_sent_to_firm(u), given)), answers


@kept
def _sent_to_firm(u: UnitOfWork) -> Select[Any]:
    sent = select(Invitation).where(Invitation.firm_id == bindparam("firm"), readable(u, Invitation.unit_id))
    return sent.order_by(Invitation.created_at.desc()).limit(bindparam("most"))


@kept
def _answers_of_firm(u: UnitOfWork) -> Select[Any]:
    newest = select(func.max(Score.id)).where(Score.response_id == Response.id).correlate(Response).scalar_subquery()
    both: list[Any] = [Response, Score]
    return (
        select(*both)
        .join(Score, Score.id == newest)
        .where(Response.firm_id == bindparam("firm"), Response.state == SUBMITTED, readable(u, Response.unit_id))
        .order_by(Response.submitted_at.desc())
        .limit(bindparam("most"))
    )


@requires("digital_readiness.read")
def corrections(u: UnitOfWork, response_ids: Collection[int], limit: int) -> dict[int, list[FieldChange]]:
    """Return the newest corrections of each response, at most ``limit``, by response id."""
    by_subject = {response_subject(response_id): response_id for response_id in response_ids}
    found: dict[int, list[FieldChange]] = {response_id: [] for response_id in response_ids}
    for change in changes_of_many(u, list(by_subject), limit):
        found[by_subject[change.subject]].append(change)
    return found


@requires("digital_readiness.read")
def answer_to(u: UnitOfWork, invitation_id: int) -> Response | None:
    """Return the submitted response to an invitation, if there is one."""
    wanted = select(Response).where(Response.invitation_id == invitation_id, Response.state == SUBMITTED)
    return u.session.scalar(wanted.where(readable(u, Response.unit_id)))


@requires("digital_readiness.read")
def demand_reader(u: UnitOfWork) -> None:
    """Raise :class:`Forbidden` for somebody who may not read; for pages that show no record."""
