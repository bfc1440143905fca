"""Reads scores: one firm's, the work lists, the counts, and what the firm list joins with."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, func, literal, select

from wf40.base.access import requires
from wf40.base.errors import Text
from wf40.base.uow import UnitOfWork
from wf40.core.firms.queries import visible_firms, visible_table
from wf40.core.risk.models import RiskHistory, RiskOverride, RiskScore
from wf40.core.risk.words import short_reason
from wf40.sdk.paging import Page, page_of
from wf40.sdk.services import Firms
from wf40.sdk.statements import kept, of_units

GREY = "grey"
ORDER = ("red", "yellow", "grey", "green")
PER_PAGE = 50
_STEP = 1000
_SCORE = select(RiskScore).where(RiskScore.firm_id == bindparam("firm"))
_HISTORY = (
    select(RiskHistory)
    .where(RiskHistory.firm_id == bindparam("firm"))
    .order_by(RiskHistory.at.desc(), RiskHistory.id.desc())
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class RiskLine:
    """One firm in a work list. ``priority`` and ``points`` are on [0, 100]."""

    firm_id: int
    name: str
    town: str
    employees: int | None
    light: str
    points: float | None
    high: float
    why: Text
    priority: float
    last_contact: date | None
    near_boundary: bool


@requires("risk.read")
def score_of(u: UnitOfWork, firm_id: int) -> RiskScore | None:
    """Return a firm's score, ``None`` before its first computation; raises :class:`NotFound` for a foreign firm."""
    u.service(Firms).get(u, firm_id)
    return u.once(("risk", firm_id), lambda: u.session.scalar(_SCORE, {"firm": firm_id}))


@requires("risk.read")
def history_of(u: UnitOfWork, firm_id: int, limit: int = 50) -> list[RiskHistory]:
    """Return the changes of a firm's score, the newest first."""
    u.service(Firms).get(u, firm_id)
    return list(u.session.scalars(_HISTORY, {"firm": firm_id, "most": limit}))


@requires("risk.read")
def override_of(u: UnitOfWork, firm_id: int) -> RiskOverride | None:
    """Return the light that an officer set and that still holds."""
    u.service(Firms).get(u, firm_id)
    holding = select(RiskOverride).where(RiskOverride.firm_id == firm_id, RiskOverride.ended_at.is_(None))
    return u.session.scalar(holding.order_by(RiskOverride.id.desc()).limit(1))


@requires("risk.read")
def counts(u: UnitOfWork) -> dict[str, int]:
    """Return how many firms show each light; a firm without a score is grey."""
    firms = _present(u).subquery()
    light = func.coalesce(RiskScore.light, GREY)
    rows = select(light, func.count()).select_from(firms).outerjoin(RiskScore, RiskScore.firm_id == firms.c.id)
    found: dict[str, int] = {row[0]: row[1] for row in u.session.execute(rows.group_by(light))}
    return {name: found.get(name, 0) for name in ORDER}


@requires("risk.read")
def worklist(u: UnitOfWork, *, grey: bool, light: str = "", page: int = 1, per_page: int = PER_PAGE) -> Page[RiskLine]:
    """Return firms to look after: those with a light by priority, or the grey ones by upper bound x significance."""
    firms = _present(u).subquery()
    joined = select(firms, RiskScore).join(RiskScore, RiskScore.firm_id == firms.c.id)
    chosen = joined.where(RiskScore.light == GREY if grey else RiskScore.light != GREY)
    if light and not grey:
        chosen = chosen.where(RiskScore.light == light)
    rank = RiskScore.high * RiskScore.significance if grey else RiskScore.priority
    ordered = chosen.order_by(rank.desc(), firms.c.sort_key, firms.c.id)
    return page_of(u, ordered, page, per_page, lambda rows: [_line(row, grey=grey) for row in rows])


def _line(row: Any, *, grey: bool) -> RiskLine:
    score: RiskScore = row.RiskScore
    contact = score.inputs.get("last_contact")
    return RiskLine(
        firm_id=row.id,
        name=row.name,
        town=row.town,
        employees=row.employees,
        light=score.light,
        points=score.points,
        high=score.high,
        why=short_reason(score, score.hard_triggers),
        priority=score.high * score.significance if grey else score.priority,
        last_contact=date.fromisoformat(contact) if contact else None,
        near_boundary=score.near_boundary,
    )


def _present(u: UnitOfWork) -> Select[Any]:
    firms = visible_firms(u)
    return firms.where(firms.selected_columns.archived_at.is_(None))


@requires("risk.read")
@kept
def light_column(u: UnitOfWork) -> Select[Any]:
    """Return (firm_id, rank): rising from the reddest firm over yellow and grey to the greenest."""
    firms = visible_table(u)
    bases = {name: place * _STEP for place, name in enumerate(ORDER)}
    base = case(bases, value=func.coalesce(RiskScore.light, GREY), else_=bases[GREY])
    endangered = func.coalesce(RiskScore.points, RiskScore.high, literal(0.0))
    rows = select(firms.c.id, (base + 100 - endangered).label("value"))
    return rows.select_from(firms).outerjoin(RiskScore, RiskScore.firm_id == firms.c.id)


def light_of_rank(rank: float | None) -> str:
    """The light that a value of :func:`light_column` stands for."""
    return GREY if rank is None else ORDER[min(len(ORDER) - 1, max(0, int(rank) // _STEP))]


@requires("risk.read")
@kept
def pressure_column(u: UnitOfWork) -> Select[Any]:
    """Return (firm_id, exposure in [0, 1]) of the firms whose sector has a figure."""
    firms = visible_table(u)
    rows = select(firms.c.id, RiskScore.exposure.label("value")).join(RiskScore, RiskScore.firm_id == firms.c.id)
    return rows.where(RiskScore.exposure.is_not(None))


@requires("risk.read")
def firms_with_light(u: UnitOfWork, light: str) -> Select[Any]:
    """Return the ids of the firms that show a light."""
    return _scored(u, RiskScore.light == light)


@requires("risk.read")
def firms_under_pressure(u: UnitOfWork, pressure: str) -> Select[Any]:
    """Return the ids of the firms with this Strukturdruck; ``none`` for those without a figure."""
    return _scored(u, RiskScore.pressure == ("" if pressure == "none" else pressure))


def _scored(u: UnitOfWork, condition: ColumnElement[bool]) -> Select[Any]:
    # Without a join: inside the firm list's own statement PostgreSQL ran a second pass over all firms for each row.
    columns: list[Any] = [RiskScore.firm_id]
    return select(*columns).where(condition, _readable(u))


def _readable(u: UnitOfWork) -> ColumnElement[bool]:
    return of_units(u, RiskScore.unit_id)


@requires("risk.read")
def not_renewed(u: UnitOfWork) -> tuple[int, datetime | None]:
    """Return how many scores wait for their renewal and since when the oldest does."""
    waiting = select(func.count(), func.min(RiskScore.not_renewed_since)).where(
        RiskScore.not_renewed_since.is_not(None), _readable(u)
    )
    number, since = u.session.execute(waiting).one()
    return number, since
