"""Scores of stored answers: computed by the engine, kept as rows that are only added."""

from datetime import datetime

from wf40.sdk.uow import UnitOfWork
from wf40_digital_readiness.checks import Answers, Check, ResponseScore, score_response, visible_items
from wf40_digital_readiness.models import Response, Score


def asked_only(check: Check, answers: Answers) -> dict[str, object]:
    """Return the answers without those to follow-ups that no longer apply."""
    asked = {item.id for item in visible_items(check, answers)}
    return {key: value for key, value in answers.items() if key in asked or key not in check.by_id}


def add_score(u: UnitOfWork, check: Check, row: Response, at: datetime | None = None) -> ResponseScore:
    """Compute the score of a response and add its row."""
    result = score_response(check, row.answers)
    total, met = result.total, result.met
    u.session.add(
        Score(
            response_id=row.id,
            engine_version=result.engine_version,
            computed_at=at or u.now,
            low=total.interval.low,
            high=total.interval.high,
            value=total.value,
            level=total.level.id if total.level else "",
            met=met.met,
            conditions=met.conditions,
            dimensions=[
                {
                    "id": part.dimension.id,
                    "met": part.met,
                    "conditions": part.conditions,
                    "low": part.score.interval.low,
                    "high": part.score.interval.high,
                    "value": part.score.value,
                }
                for part in result.dimensions
            ],
            concepts=dict(result.concepts),
        )
    )
    return result
