"""Trees of weighted items: an index, or a check with dimensions, questions and follow-up questions.

Missing-data rules: an unknown answer widens the interval, an answer that does not apply leaves the denominator,
and nothing unanswered ever counts as zero.

Follow-up rule: a question and its follow-ups form one group that weighs what the question weighs. A "no" (score 0)
gives the whole group 0. A follow-up that an incomplete answer (score below 1) did not open counts 0 inside the
group, as the "no" would; one that stays closed at a full "yes" leaves the group. So a better answer never lowers
the result, also where it opens further questions.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum

from wf40.scoring.aggregation import Aggregation, aggregate, aggregate_intervals
from wf40.scoring.intervals import UNIT, Estimate, Interval, exactly


class Missing(StrEnum):
    """Why there is no score: nobody knows, or the question does not apply."""

    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


Answer = float | Missing
NOTHING_HIDDEN: frozenset[str] = frozenset()


def _check_weight(owner: str, weight: float) -> None:
    if not math.isfinite(weight) or weight < 0:
        raise ValueError(f"weight of {owner!r} must be finite and not negative, not {weight}")


@dataclass(frozen=True, slots=True)
class Item:
    """A leaf scored 0 to 1, with follow-ups that share its weight; their weights count inside the group only."""

    id: str
    weight: float = 1.0
    follow_ups: tuple[Item, ...] = ()

    def __post_init__(self) -> None:
        _check_weight(self.id, self.weight)


@dataclass(frozen=True, slots=True)
class Branch:
    """A dimension, pillar or whole index over its children."""

    id: str
    children: tuple[Item | Branch, ...]
    weight: float = 1.0
    aggregation: Aggregation = Aggregation.MEAN

    def __post_init__(self) -> None:
        _check_weight(self.id, self.weight)
        ids = [item.id for item in items_of(self)]
        if len(set(ids)) != len(ids):
            raise ValueError(f"an item id occurs twice under {self.id!r}")


Node = Item | Branch


@dataclass(frozen=True, slots=True)
class NodeScore:
    """Score of one node on [0, 1].

    `estimate` is None when nothing under the node applies; its value rests on the known answers alone and is None
    when there are none. `coverage` is the share of the applicable weight that is answered, in [0, 1].
    """

    id: str
    weight: float
    estimate: Estimate | None
    coverage: float
    children: tuple[NodeScore, ...] = ()


def items_of(node: Node) -> Iterator[Item]:
    """All items under a node, follow-ups included, in reading order."""
    if isinstance(node, Item):
        yield node
    for child in node.follow_ups if isinstance(node, Item) else node.children:
        yield from items_of(child)


def score_tree(node: Node, answers: Mapping[str, Answer], hidden: AbstractSet[str] = NOTHING_HIDDEN) -> NodeScore:
    """The score of a tree from answers by item id; an item without an answer is unknown.

    `hidden` names the items that were not shown: whatever stands in `answers` for them has no influence.
    Raises ValueError for a score outside [0, 1].
    """
    if isinstance(node, Item):
        return _score_item(node, answers, hidden)
    children = tuple(score_tree(child, answers, hidden) for child in node.children)
    estimate, coverage = _combined(node.aggregation, children)
    return NodeScore(node.id, node.weight, estimate, coverage, children)


def _score_item(item: Item, answers: Mapping[str, Answer], hidden: AbstractSet[str]) -> NodeScore:
    answer = Missing.NOT_APPLICABLE if item.id in hidden else answers.get(item.id, Missing.UNKNOWN)
    if answer is Missing.NOT_APPLICABLE:
        return NodeScore(item.id, item.weight, None, 1.0)
    if answer is Missing.UNKNOWN:
        return NodeScore(item.id, item.weight, Estimate(None, UNIT), 0.0)
    score = float(answer)
    if not UNIT.contains(score):
        raise ValueError(f"score of {item.id!r} must lie in [0, 1], not {score}")
    own = NodeScore(item.id, item.weight, exactly(score), 1.0)
    if not item.follow_ups or score == 0:
        return own
    parts = tuple(_follow_up(part, score, answers, hidden) for part in item.follow_ups)
    estimate, coverage = _combined(Aggregation.MEAN, (own, *parts))
    return NodeScore(item.id, item.weight, estimate, coverage, parts)


def _follow_up(item: Item, parent_score: float, answers: Mapping[str, Answer], hidden: AbstractSet[str]) -> NodeScore:
    if item.id in hidden and parent_score < 1:
        return NodeScore(item.id, item.weight, exactly(0.0), 1.0)
    return _score_item(item, answers, hidden)


def _combined(rule: Aggregation, parts: Sequence[NodeScore]) -> tuple[Estimate | None, float]:
    """Estimate and coverage over the parts that apply and weigh anything."""
    applicable = [(part, part.estimate) for part in parts if part.weight > 0]
    counted = [(part, estimate) for part, estimate in applicable if estimate is not None]
    if not counted:
        return None, 1.0
    weights = [part.weight for part, _ in counted]
    interval = aggregate_intervals(rule, [estimate.interval for _, estimate in counted], weights)
    coverage = aggregate(Aggregation.MEAN, [part.coverage for part, _ in counted], weights)
    known = [(estimate.value, part.weight) for part, estimate in counted if estimate.value is not None]
    if not known:
        return Estimate(None, interval), coverage
    value = aggregate(rule, [value for value, _ in known], [weight for _, weight in known])
    return Estimate(_within(value, interval), interval), coverage


def _within(value: float, interval: Interval) -> float:
    # Both are rounded separately; the value is inside by construction up to the last bit.
    return min(interval.high, max(interval.low, value))
