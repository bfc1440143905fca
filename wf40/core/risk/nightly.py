"""Recurring work: every night all scores, since signals and answers move with time; and what could not be renewed."""

from collections.abc import Callable, Sequence

from sqlalchemy import or_, select

from wf40.base.access import Actor
from wf40.base.uow import Database, UnitOfWork
from wf40.core.firms.queries import visible_firms
from wf40.core.risk.models import RiskScore
from wf40.core.risk.renewal import NIGHTLY, rescore

SLICE = 200
"""Firms a transaction: writers take turns, and nobody should wait long behind this one."""


def renew_all(database: Database) -> None:
    """Compute every present firm's score anew."""
    _in_slices(database, _present, NIGHTLY)


def renew_waiting(database: Database) -> None:
    """Compute the scores that are missing or could not be renewed."""
    _in_slices(database, _waiting, "renewed")


def _in_slices(database: Database, which: Callable[[UnitOfWork], Sequence[int]], cause: str) -> None:
    with database.read(Actor.system("core.risk")) as u:
        ids = which(u)
    for start in range(0, len(ids), SLICE):
        with database.write(Actor.system("core.risk")) as u:
            rescore(u, ids[start : start + SLICE], cause)


def _present(u: UnitOfWork) -> Sequence[int]:
    firms = visible_firms(u).subquery()
    return list(u.session.scalars(select(firms.c.id).where(firms.c.archived_at.is_(None)).order_by(firms.c.id)))


def _waiting(u: UnitOfWork) -> Sequence[int]:
    firms = visible_firms(u).subquery()
    waiting = or_(RiskScore.firm_id.is_(None), RiskScore.not_renewed_since.is_not(None))
    rows = select(firms.c.id).select_from(firms).outerjoin(RiskScore, RiskScore.firm_id == firms.c.id)
    return list(u.session.scalars(rows.where(firms.c.archived_at.is_(None), waiting).order_by(firms.c.id)))
