"""The arithmetic that plugins share with the core: intervals, means, bands."""

from wf40.scoring.aggregation import (
    Aggregation,
    aggregate,
    aggregate_intervals,
    arithmetic_mean,
    geometric_mean,
    minimum,
)
from wf40.scoring.bands import Band, Bands, bands_from
from wf40.scoring.intervals import UNIT, Estimate, Interval, exactly

__all__ = [
    "UNIT",
    "Aggregation",
    "Band",
    "Bands",
    "Estimate",
    "Interval",
    "aggregate",
    "aggregate_intervals",
    "arithmetic_mean",
    "bands_from",
    "exactly",
    "geometric_mean",
    "minimum",
]
