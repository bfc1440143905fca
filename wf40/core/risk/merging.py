"""A light set by hand comes along unless one is set where it goes. What the scores were stays with each firm."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.risk.models import RiskOverride
from wf40.sdk import merging
from wf40.sdk.work import Moved, PutBack

KEY, LABEL = "risk_overrides", _l("Von Hand gesetzte Ampel")


def move(u: UnitOfWork, keep: int, gone: int) -> Iterable[Moved]:
    taken = _holding(u, keep)
    ended = select(RiskOverride.id).where(RiskOverride.firm_id == gone, RiskOverride.ended_at.is_not(None))
    left = [*u.session.scalars(ended), *(_holding(u, gone) if taken else [])]
    keys = merging.move_rows(u, RiskOverride.firm_id, keep, gone, but=left)
    note = _l("Es gilt die von Hand gesetzte Ampel des Unternehmens, das bleibt.") if _holding(u, gone) else ""
    return [Moved(KEY, LABEL, len(keys), {"ids": keys}, note)]


def put_back(u: UnitOfWork, keep: int, gone: int, moved: Mapping[str, Any]) -> Iterable[PutBack]:
    return [merging.put_back(u, RiskOverride.firm_id, KEY, LABEL, keep, gone, moved)]


def _holding(u: UnitOfWork, firm_id: int) -> list[int]:
    open_ones = select(RiskOverride.id).where(RiskOverride.firm_id == firm_id, RiskOverride.ended_at.is_(None))
    return list(u.session.scalars(open_ones))
