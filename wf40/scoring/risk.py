"""The risk score ("Frühwarnung"): how much disruptive change endangers a firm.

    x~   = a + (1 - a) x                    a = 0.1
    C    = (sqrt(E~ V~) - a) / (1 - a)
    risk = 100 (1 - (1 - C) (1 - w S))      w = 0.5

E exposure, V vulnerability, S signals, each in [0, 1], higher is worse. Geometric in E and V, so that a strong firm
in a pressed sector and a weak firm in a calm one both stay below a weak firm in a pressed one. Formula: our own;
geometric aggregation after OECD/JRC, Handbook on Constructing Composite Indicators (2008), step 6.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from wf40.scoring.bands import Band
from wf40.scoring.contributions import Contribution, shapley_contributions
from wf40.scoring.intervals import UNIT, Estimate, Interval, corner_interval, exactly, most_narrowing
from wf40.scoring.parameters import RiskParameters

EXPOSURE = "exposure"
VULNERABILITY = "vulnerability"
SIGNALS = "signals"


class Light(StrEnum):
    """The Ampel; grey means that no statement is possible, never that all is well."""

    GREY = "grey"
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


class Reason(StrEnum):
    """Why the Ampel shows what it shows."""

    SCORE = "score"
    HARD_TRIGGER = "hard_trigger"
    NO_VULNERABILITY = "no_vulnerability"
    TOO_WIDE = "too_wide"


@dataclass(frozen=True, slots=True)
class RiskInputs:
    """What is known of a firm; all on [0, 1], higher is worse.

    exposure: None without a sector. vulnerability: None before the first check. signals: combined strength, 0 if
    none is recorded. hard_triggers: ids of those that hold today.
    """

    exposure: Estimate | None
    vulnerability: Estimate | None
    signals: float = 0.0
    hard_triggers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, estimate in ((EXPOSURE, self.exposure), (VULNERABILITY, self.vulnerability)):
            if estimate is not None and not UNIT.covers(estimate.interval):
                raise ValueError(f"{name} must lie in [0, 1]")
        if not UNIT.contains(self.signals):
            raise ValueError(f"{SIGNALS} must lie in [0, 1], not {self.signals}")


@dataclass(frozen=True, slots=True)
class RiskAssessment:
    """The result, in points from 0 to 100.

    `points`, `band` and `contributions` are None / empty when the interval is too wide or there is no
    vulnerability. `interval` is always there, since grey firms are ranked by its upper end. `narrowing` names the
    input whose exact value would narrow the interval most.
    """

    light: Light
    reason: Reason
    points: float | None
    interval: Interval
    band: Band | None
    near_boundary: bool
    narrowing: str | None
    contributions: tuple[Contribution, ...]
    hard_triggers: tuple[str, ...]
    parameters_version: str


def risk_points(exposure: float, vulnerability: float, signals: float, parameters: RiskParameters) -> float:
    """Risk in points, 0 to 100, from three values on [0, 1].

    Rounded to nine decimals: what is 25 on paper falls into the band that starts at 25.
    """
    floor = parameters.floor
    raised = (floor + (1 - floor) * exposure) * (floor + (1 - floor) * vulnerability)
    condition = min(1.0, max(0.0, (math.sqrt(raised) - floor) / (1 - floor)))
    points = 100.0 * (1.0 - (1.0 - condition) * (1.0 - parameters.signal_weight * signals))
    return round(min(100.0, max(0.0, points)), 9)


def assess_risk(inputs: RiskInputs, parameters: RiskParameters) -> RiskAssessment:
    """Ampel, interval, point and explanation for one firm. Depends on nothing but its arguments."""
    known = _estimates(inputs, parameters)
    points_at = _points_function(parameters)
    interval = corner_interval(points_at, {name: estimate.interval for name, estimate in known.items()})
    reason = _reason(inputs, interval, parameters)
    statement = inputs.vulnerability is not None and interval.width <= parameters.point_width_max
    guesses = {name: estimate.best_guess for name, estimate in known.items()}
    points = points_at(guesses) if statement else None
    band = None if points is None else parameters.bands.band_of(points)
    return RiskAssessment(
        light=_light(reason, band),
        reason=reason,
        points=points,
        interval=interval,
        band=band,
        near_boundary=statement and len(parameters.bands.touched_by(interval)) > 1,
        narrowing=most_narrowing(points_at, known),
        contributions=_contributions(points_at, guesses, parameters) if statement else (),
        hard_triggers=_unique(inputs.hard_triggers),
        parameters_version=parameters.version,
    )


def _estimates(inputs: RiskInputs, parameters: RiskParameters) -> dict[str, Estimate]:
    whole_table = Interval(parameters.exposure_low, parameters.exposure_high)
    return {
        EXPOSURE: inputs.exposure or Estimate(None, whole_table),
        VULNERABILITY: inputs.vulnerability or Estimate(None, UNIT),
        SIGNALS: exactly(inputs.signals),
    }


def _points_function(parameters: RiskParameters) -> Callable[[Mapping[str, float]], float]:
    return lambda at: risk_points(at[EXPOSURE], at[VULNERABILITY], at[SIGNALS], parameters)


def _reason(inputs: RiskInputs, interval: Interval, parameters: RiskParameters) -> Reason:
    if inputs.hard_triggers:
        return Reason.HARD_TRIGGER
    if inputs.vulnerability is None:
        return Reason.NO_VULNERABILITY
    return Reason.TOO_WIDE if interval.width > parameters.point_width_max else Reason.SCORE


def _light(reason: Reason, band: Band | None) -> Light:
    if reason is Reason.HARD_TRIGGER:
        return Light.RED
    return Light.GREY if band is None else Light(band.id)


def _contributions(
    points_at: Callable[[Mapping[str, float]], float],
    guesses: Mapping[str, float],
    parameters: RiskParameters,
) -> tuple[Contribution, ...]:
    reference = {
        EXPOSURE: parameters.reference_exposure,
        VULNERABILITY: parameters.reference_vulnerability,
        SIGNALS: parameters.reference_signals,
    }
    return shapley_contributions(points_at, guesses, reference)


def _unique(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))
