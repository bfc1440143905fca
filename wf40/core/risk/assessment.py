"""From evidence to a score with everything that explains it. Pure: same evidence, day and parameters, same result."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from wf40.core.risk.evidence import Evidence
from wf40.core.risk.exposure import Exposure, exposure_of, pressure_level, table_version
from wf40.core.risk.settings import RiskSettings
from wf40.scoring.ageing import completed_years, staleness
from wf40.scoring.aggregation import Aggregation, aggregate_intervals, arithmetic_mean
from wf40.scoring.contributions import rounded_contributions
from wf40.scoring.intervals import UNIT, Estimate, Interval
from wf40.scoring.priority import priority, significance, urgency
from wf40.scoring.risk import Light, RiskAssessment, RiskInputs, assess_risk, risk_points
from wf40.scoring.signals import SignalStrength, combined_strength
from wf40.sdk.values import FirmSignal, Indicator

SCORE = "score"
HARD_TRIGGER = "hard_trigger"
NO_SECTOR = "no_sector"
NO_CHECK = "no_check"
TOO_WIDE = "too_wide"


@dataclass(frozen=True, slots=True)
class Assessed:
    """The columns of a score that follow from the evidence; ``significance`` and ``urgency`` are in (0, 1]."""

    firm_id: int
    unit_id: int
    computed_light: str
    reason: str
    points: float | None
    low: float
    high: float
    exposure: float | None
    exposure_low: float | None
    exposure_high: float | None
    pressure: str
    vulnerability: float | None
    vulnerability_low: float | None
    vulnerability_high: float | None
    signals: float
    hard_triggers: list[str]
    narrowing: str
    near_boundary: bool
    significance: float
    urgency: float
    contributions: dict[str, Any]
    inputs: dict[str, Any]
    parameters_version: str
    exposure_version: str


def vulnerability(answers: Mapping[str, Indicator], day: date, settings: RiskSettings) -> Estimate | None:
    """1 - readiness over the reference concepts that apply; None before the first answer to any of them.

    The value rests on the known answers. A concept nobody answered spans [0, 1]. Old answers widen by the mean of
    their half-widths, so that one question answered anew narrows, and answers of one day widen as a whole.
    """
    found = [answers.get(concept) for concept in settings.reference_concepts]
    if all(answer is None for answer in found):
        return None
    counted = [answer for answer in found if answer is None or answer.applies]
    if not counted:
        return None
    spans = [UNIT if a is None else Interval(1.0 - a.high, 1.0 - a.low) for a in counted]
    interval = aggregate_intervals(Aggregation.MEAN, spans)
    known = [a for a in counted if a is not None and a.low == a.high]
    value = arithmetic_mean([1.0 - a.low for a in known]) if known else None
    if value is not None:
        value = min(interval.high, max(interval.low, value))  # rounding may carry it past an end by one bit
    widths = [_half_width(a, day, settings) for a in known]
    return Estimate(value, interval).widened(sum(widths) / len(counted))


def _half_width(answer: Indicator, day: date, settings: RiskSettings) -> float:
    figures = settings.parameters
    years = completed_years(answer.observed_on, day)
    return staleness(years, per_year=figures.staleness_per_year, at_most=figures.staleness_max)


def assess(evidence: Evidence, day: date, settings: RiskSettings) -> Assessed:
    """The score of one firm on a day. Nothing about another firm enters."""
    answers = evidence.answers or {}
    sector = exposure_of(evidence.wz_edition, evidence.wz_code) if evidence.wz_code and evidence.wz_edition else None
    weak = vulnerability(answers, day, settings)
    hard = sorted({str(s.label) for s in evidence.signals if s.hard_trigger})
    given = RiskInputs(
        exposure=None if sector is None else Estimate(sector.value, Interval(sector.low, sector.high)),
        vulnerability=weak,
        signals=_combined(evidence.signals),
        hard_triggers=tuple(hard),
    )
    result = assess_risk(given, settings.parameters)
    reason = _reason(given, result)
    shown = reason in (SCORE, HARD_TRIGGER) and sector is not None
    return Assessed(
        firm_id=evidence.firm_id,
        unit_id=evidence.unit_id,
        computed_light=Light.RED if reason == HARD_TRIGGER else result.light if shown else Light.GREY,
        reason=reason,
        points=result.points if shown else None,
        low=result.interval.low,
        high=result.interval.high,
        exposure=sector.value if sector else None,
        exposure_low=sector.low if sector else None,
        exposure_high=sector.high if sector else None,
        pressure=pressure_level(sector.value) if sector else "",
        vulnerability=None if weak is None else weak.value,
        vulnerability_low=None if weak is None else weak.interval.low,
        vulnerability_high=None if weak is None else weak.interval.high,
        signals=given.signals,
        hard_triggers=hard,
        narrowing=result.narrowing or "",
        near_boundary=shown and result.near_boundary,
        significance=significance(evidence.employees or 0, evidence.apprentices or 0),
        urgency=_urgency(evidence, day, settings),
        contributions=_contributions(result, settings) if shown and result.points is not None else {},
        inputs=_inputs(evidence, sector, given, settings),
        parameters_version=settings.parameters.version,
        exposure_version=table_version(),
    )


def ranked_priority(assessed: Assessed, light: str, settings: RiskSettings) -> float:
    """Priority in [0, 100]: risk (the upper end where there is no point) x significance x urgency.

    Where the light that is shown does not follow from the points, by a hard trigger or by hand, the points are moved
    into its band, so that the order of the work list never contradicts the lights.
    """
    points = assessed.high if assessed.points is None else assessed.points
    bands = list(settings.parameters.bands)
    for band, above in zip(bands, [*bands[1:], None], strict=True):
        if band.id == light:
            points = max(band.lower, points if above is None else min(points, above.lower))
    return priority(points, assessed.significance, assessed.urgency)


def _combined(signals: tuple[FirmSignal, ...]) -> float:
    return combined_strength(SignalStrength(s.key, min(1.0, max(0.0, s.strength))) for s in signals)


def _reason(given: RiskInputs, result: RiskAssessment) -> str:
    if given.hard_triggers:
        return HARD_TRIGGER
    if given.exposure is None:
        return NO_SECTOR
    if given.vulnerability is None:
        return NO_CHECK
    return SCORE if result.points is not None else TOO_WIDE


def _urgency(evidence: Evidence, day: date, settings: RiskSettings) -> float:
    since = None if evidence.last_contact is None else max(0, (day - evidence.last_contact).days)
    return urgency(since, evidence.care_interval_days or settings.care_interval_days)


def _contributions(result: RiskAssessment, settings: RiskSettings) -> dict[str, Any]:
    figures = settings.parameters
    base = risk_points(figures.reference_exposure, figures.reference_vulnerability, figures.reference_signals, figures)
    exact = {item.name: item.points for item in result.contributions}
    return {"base": base, "exact": exact, "shown": rounded_contributions(result.contributions)}


def _inputs(evidence: Evidence, sector: Exposure | None, given: RiskInputs, settings: RiskSettings) -> dict[str, Any]:
    """Every input with date and source as plain JSON; costs and effects are points of the score."""
    exposure = None
    if sector is not None:
        families = [{"name": f.name, "value": f.value, "source": f.source} for f in sector.families]
        exposure = {"edition": sector.edition, "division": sector.division, "families": families}
    answers = evidence.answers or {}
    found = [answers[c] for c in settings.reference_concepts if c in answers]
    return {
        "exposure": exposure,
        "wz": {"edition": evidence.wz_edition, "code": evidence.wz_code},
        "answers": [_answer(a, given, answers, settings) for a in found],
        "missing": [c for c in settings.reference_concepts if c not in answers],
        "signals": [_signal(s, evidence, given, settings) for s in evidence.signals],
        "last_contact": evidence.last_contact.isoformat() if evidence.last_contact else None,
        "employees": evidence.employees,
    }


def _answer(
    answer: Indicator, given: RiskInputs, answers: Mapping[str, Indicator], settings: RiskSettings
) -> dict[str, Any]:
    known = answer.applies and answer.low == answer.high
    cost = 0.0
    if known and answer.low < 1:
        better = {c: a for c, a in answers.items() if c != answer.concept}
        best = sum(1.0 - a.low for a in better.values() if _counts(a, settings))
        count = sum(_counts(a, settings) for a in answers.values())
        now = best + 1.0 - answer.low
        cost = _points(given, settings, now / count, given.signals) - _points(
            given, settings, best / count, given.signals
        )
    return {
        "concept": answer.concept,
        "low": answer.low,
        "high": answer.high,
        "applies": answer.applies,
        "observed_on": answer.observed_on.isoformat(),
        "source": str(answer.source),
        "label": str(answer.label) or answer.concept,
        "url": answer.url,
        "cost": round(cost, 6),
    }


def _counts(answer: Indicator, settings: RiskSettings) -> bool:
    return answer.concept in settings.reference_concepts and answer.applies and answer.low == answer.high


def _signal(signal: FirmSignal, evidence: Evidence, given: RiskInputs, settings: RiskSettings) -> dict[str, Any]:
    others = _combined(tuple(other for other in evidence.signals if other.key != signal.key))
    weak = given.vulnerability.best_guess if given.vulnerability else 0.5
    effect = _points(given, settings, weak, given.signals) - _points(given, settings, weak, others)
    return {
        "key": signal.key,
        "label": str(signal.label),
        "strength": signal.strength,
        "observed_on": signal.observed_on.isoformat(),
        "source": str(signal.source),
        "hard": signal.hard_trigger,
        "url": signal.url,
        "effect": round(effect, 6),
    }


def _points(given: RiskInputs, settings: RiskSettings, weak: float, signals: float) -> float:
    pressed = given.exposure.best_guess if given.exposure else settings.parameters.reference_exposure
    return risk_points(pressed, min(1.0, max(0.0, weak)), signals, settings.parameters)
