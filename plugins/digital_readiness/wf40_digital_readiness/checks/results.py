"""What a scored response says; the values that result pages, panels and hooks read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wf40.sdk.scoring import Interval
from wf40_digital_readiness.checks.advice import FirstStep
from wf40_digital_readiness.checks.model import Band, Dimension


@dataclass(frozen=True, slots=True)
class Score:
    """A result on 0..100.

    value: None while coverage is below the check's minimum. interval: where the value can end up once everything is
    answered. coverage: known share of the applicable weight, 0..1. level: band of the value; levels: all bands that
    the interval touches. applicable: False if every item was "not applicable".
    """

    value: float | None
    interval: Interval
    coverage: float
    level: Band | None
    levels: tuple[Band, ...]
    applicable: bool = True


@dataclass(frozen=True, slots=True)
class DimensionScore:
    """The result of one dimension; met of conditions are fully met."""

    dimension: Dimension
    score: Score
    met: int
    conditions: int


@dataclass(frozen=True, slots=True)
class Met:
    """Counted conditions: met, unknown and not applicable ones out of all `conditions` of the check.

    `level` is the band of met / conditions, where "not applicable" counts as not met: this and nothing else may be
    held against official figures that count the same way.
    """

    met: int
    unknown: int
    not_applicable: int
    conditions: int
    level: Band


@dataclass(frozen=True, slots=True)
class ResponseScore:
    """Everything that a result page needs. Recompute it whenever engine or parameters change; never overwrite."""

    check_id: str
    check_version: str
    check_sha256: str
    engine_version: str
    total: Score
    dimensions: tuple[DimensionScore, ...]
    met: Met
    concepts: Mapping[str, float | None]
    """Readiness on [0, 1] by concept id; None if unknown; concepts that do not apply are absent."""
    open_items: tuple[str, ...]
    """Ids of applicable scored items whose answer is missing or unknown, in the order of the file."""
    first_steps: tuple[FirstStep, ...]
    """All measures that apply, worst first; pages show three."""
