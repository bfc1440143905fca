"""From raw answers to a result: total, dimensions, concepts, met conditions and first steps.

Rules. "Unknown" and unanswered widen the interval and never count as zero. "Not applicable" leaves the denominator.
A follow-up shares the weight of the item it hangs on: while it is hidden by a known answer it counts 0 inside that
share, so opening it can only add. Scores never depend on the order of answers or on other firms.

Method count: an item counts 1 if its score is 1 ("fully met"), else 0; the result is 100 * met / applicable items.
A partial answer therefore neither helps nor harms the count, but pushes its first step behind those for a plain "no".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from wf40.sdk.scoring import Aggregation, Interval, aggregate, aggregate_intervals
from wf40_digital_readiness.checks.advice import first_steps
from wf40_digital_readiness.checks.asking import (
    AnswerError,
    answer_faults,
    parent_of,
    root_of,
    ticked,
    visibility,
)
from wf40_digital_readiness.checks.model import (
    Answers,
    Check,
    Dimension,
    Item,
    ItemType,
    Method,
    Missing,
)
from wf40_digital_readiness.checks.results import DimensionScore, Met, ResponseScore, Score

ENGINE_VERSION = "1.0.0"
"""Stored with every score; raised whenever the same answers could give another result."""


class _State(Enum):
    KNOWN = "known"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True, slots=True)
class _Part:
    """A leaf or node of the tree on [0, 1]: point over what is known, exact range, share of weight that is known."""

    weight: float
    point: float | None
    low: float
    high: float
    coverage: float


def score_response(check: Check, answers: Answers) -> ResponseScore:
    """The result of one response. `answers`: raw answers by item id (option id, option ids, number or text).

    Raises AnswerError if an answer does not belong to this version of the check.
    """
    faults = answer_faults(check, answers)
    if faults:
        raise AnswerError(faults)
    reading = _Reading(check, answers)
    return ResponseScore(
        check_id=check.id,
        check_version=check.version,
        check_sha256=check.sha256,
        engine_version=ENGINE_VERSION,
        total=_score(check, reading.total()),
        dimensions=tuple(reading.dimension_score(dimension) for dimension in check.dimensions),
        met=reading.met(),
        concepts=reading.concepts(),
        open_items=tuple(i.id for i in check.scored_items if reading.states[i.id] is _State.UNKNOWN),
        first_steps=first_steps(check, answers, reading.known_and_asked()),
    )


class _Reading:
    """One response read item by item: state and raw score of each scored item."""

    def __init__(self, check: Check, answers: Answers) -> None:
        self.check = check
        self.answers = answers
        self.shown = visibility(check, answers)
        self.states: dict[str, _State] = {}
        self.raw: dict[str, float] = {}
        for item in check.scored_items:
            self._read(item)

    def _read(self, item: Item) -> _State:
        if item.id not in self.states:
            state, score = self._state(item)
            self.states[item.id] = state
            self.raw[item.id] = score
        return self.states[item.id]

    def _state(self, item: Item) -> tuple[_State, float]:
        parent = parent_of(self.check, item)
        above = _State.KNOWN if parent is None else self._read(parent)
        if above is not _State.KNOWN:
            return above, 0.0
        if self.shown[item.id] is False:
            return (_State.NOT_APPLICABLE if parent is None else _State.KNOWN), 0.0
        if self.shown[item.id] is None:
            return _State.UNKNOWN, 0.0
        return _answer_state(item, self.answers)

    def counted(self, item: Item) -> float:
        """What a known item contributes, 0..1."""
        raw = self.raw[item.id]
        return float(raw >= 1.0) if self.check.method is Method.COUNT else raw

    def known_and_asked(self) -> Mapping[str, float]:
        """Raw scores of the items that were really asked and have a known answer."""
        return {
            item_id: self.raw[item_id]
            for item_id, state in self.states.items()
            if state is _State.KNOWN and self.shown[item_id] is True
        }

    def _leaf(self, item: Item, weight: float) -> _Part | None:
        state = self.states[item.id]
        if state is _State.NOT_APPLICABLE:
            return None
        if state is _State.UNKNOWN:
            return _Part(weight, None, 0.0, 1.0, 0.0)
        value = self.counted(item)
        return _Part(weight, value, value, value, 1.0)

    def _flat(self, items: Iterable[Item]) -> _Part | None:
        return _combined(Aggregation.MEAN, [self._leaf(item, 1.0) for item in items], 1.0)

    def _group(self, root: Item) -> _Part | None:
        """An item with its follow-ups: the item itself has share 1, each follow-up its own `weight`."""
        if self.states[root.id] is _State.NOT_APPLICABLE:
            return None
        members = [item for item in self.check.scored_items if root_of(self.check, item) is root]
        leaves = [self._leaf(item, 1.0 if item is root else item.weight) for item in members]
        return _combined(Aggregation.MEAN, leaves, root.weight)

    def dimension(self, dimension: Dimension) -> _Part | None:
        """The dimension as one part with its weight; None if nothing in it applies."""
        items = [item for item in self.check.items_of(dimension.id) if item.scored]
        if self.check.method is Method.COUNT:
            return self._flat(items)
        roots = [item for item in items if parent_of(self.check, item) is None]
        rule = Aggregation(dimension.aggregate.value)
        return _combined(rule, [self._group(root) for root in roots], dimension.weight)

    def total(self) -> _Part | None:
        """The whole check as one part; None if nothing in it applies."""
        if self.check.method is Method.COUNT:
            return self._flat(self.check.scored_items)
        parts = [self.dimension(dimension) for dimension in self.check.dimensions]
        return _combined(Aggregation.MEAN, parts, 1.0)

    def dimension_score(self, dimension: Dimension) -> DimensionScore:
        items = [item for item in self.check.items_of(dimension.id) if item.scored]
        met = sum(self._fully_met(item) for item in items)
        return DimensionScore(dimension, _score(self.check, self.dimension(dimension)), met, len(items))

    def met(self) -> Met:
        """Conditions that are met, unknown, not applicable."""
        items = self.check.scored_items
        met = sum(self._fully_met(item) for item in items)
        states = list(self.states.values())
        return Met(
            met=met,
            unknown=states.count(_State.UNKNOWN),
            not_applicable=states.count(_State.NOT_APPLICABLE),
            conditions=len(items),
            level=self.check.band_of(100.0 * met / len(items)),
        )

    def _fully_met(self, item: Item) -> bool:
        return self.states[item.id] is _State.KNOWN and self.raw[item.id] >= 1.0

    def concepts(self) -> Mapping[str, float | None]:
        """Readiness by concept; the mean where several items ask for the same concept."""
        values: dict[str, list[float | None]] = {}
        for item in self.check.scored_items:
            state = self.states[item.id]
            if item.concept is None or state is _State.NOT_APPLICABLE:
                continue
            known = self.counted(item) if state is _State.KNOWN else None
            values.setdefault(item.concept, []).append(known)
        return {concept: _mean_if_known(parts) for concept, parts in values.items()}


def _answer_state(item: Item, answers: Answers) -> tuple[_State, float]:
    values = ticked(answers.get(item.id))
    if not values:
        return _State.UNKNOWN, 0.0
    if item.type is ItemType.NUMBER:
        reached = [step.score for step in item.steps if step.start <= float(values[0])]
        return _State.KNOWN, reached[-1] if reached else 0.0
    options = [item.option(str(value)) for value in values]
    for option in options:
        if option is not None and option.missing is not None:
            known_not = option.missing is Missing.NOT_APPLICABLE
            return (_State.NOT_APPLICABLE if known_not else _State.UNKNOWN), 0.0
    return _State.KNOWN, min(1.0, sum(option.score or 0.0 for option in options if option is not None))


def _combined(rule: Aggregation, parts: Sequence[_Part | None], weight: float) -> _Part | None:
    """One part out of several; those that do not apply (None) leave the denominator."""
    applicable = [part for part in parts if part is not None]
    if not applicable:
        return None
    weights = [part.weight for part in applicable]
    span = aggregate_intervals(rule, [Interval(part.low, part.high) for part in applicable], weights)
    known = [(part.point, part.weight) for part in applicable if part.point is not None]
    point = aggregate(rule, [value for value, _ in known], [share for _, share in known]) if known else None
    if point is not None:
        point = min(span.high, max(span.low, point))  # rounding may carry it past an end by one bit
    coverage = aggregate(Aggregation.MEAN, [part.coverage for part in applicable], weights)
    return _Part(weight, point, span.low, span.high, coverage)


def _score(check: Check, part: _Part | None) -> Score:
    if part is None:
        return Score(None, Interval(0.0, 100.0), 0.0, None, check.bands, applicable=False)
    interval = Interval(100.0 * part.low, 100.0 * part.high)
    enough = part.point is not None and part.coverage >= check.min_coverage - 1e-9
    value = 100.0 * part.point if enough and part.point is not None else None
    first, last = check.band_of(interval.low), check.band_of(interval.high)
    touched = check.bands[check.bands.index(first) : check.bands.index(last) + 1]
    level = None if value is None else check.band_of(value)
    return Score(value, interval, part.coverage, level, touched)


def _mean_if_known(parts: Sequence[float | None]) -> float | None:
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    return aggregate(Aggregation.MEAN, known)
