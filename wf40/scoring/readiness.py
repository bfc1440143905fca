"""Readiness on 0 to 100 out of a tree of answers, and what would change it most."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from wf40.scoring.intervals import Interval
from wf40.scoring.trees import (
    NOTHING_HIDDEN,
    Answer,
    Branch,
    Missing,
    Node,
    NodeScore,
    items_of,
    score_tree,
)


@dataclass(frozen=True, slots=True)
class Readiness:
    """Readiness in points from 0 to 100.

    `points` is None when the coverage is too low; `interval` is None when nothing applies. `tree` holds the
    scores of all dimensions and items on [0, 1].
    """

    points: float | None
    interval: Interval | None
    coverage: float
    tree: NodeScore

    @property
    def dimensions(self) -> tuple[NodeScore, ...]:
        return self.tree.children


@dataclass(frozen=True, slots=True)
class ItemEffect:
    """What an item could change, in points of readiness."""

    item: str
    points: float


def readiness(
    root: Branch,
    answers: Mapping[str, Answer],
    hidden: AbstractSet[str] = NOTHING_HIDDEN,
    *,
    min_coverage: float = 0.0,
) -> Readiness:
    """100 x the score of the tree; no point score below `min_coverage` (share in [0, 1])."""
    if not 0 <= min_coverage <= 1:
        raise ValueError(f"min_coverage must lie in [0, 1], not {min_coverage}")
    tree = score_tree(root, answers, hidden)
    if tree.estimate is None:
        return Readiness(None, None, tree.coverage, tree)
    # A coverage that equals the limit on paper must not fail by its last bit.
    enough = tree.coverage >= min_coverage - 1e-12
    value = tree.estimate.value if enough else None
    ends = tree.estimate.interval
    return Readiness(
        points=None if value is None else _points(value),
        interval=Interval(_points(ends.low), _points(ends.high)),
        coverage=tree.coverage,
        tree=tree,
    )


def _points(share: float) -> float:
    # Nine decimals: 0.35 x 100 is 35, so that a band which starts at 35 holds it.
    return round(100.0 * share, 9)


def costliest_answers(
    root: Branch,
    answers: Mapping[str, Answer],
    hidden: AbstractSet[str] = NOTHING_HIDDEN,
    *,
    at_most: int = 3,
) -> tuple[ItemEffect, ...]:
    """The known answers whose improvement to 1 would raise the lower end most, in points; largest first."""
    here = _ends(root, answers, hidden).low
    gains = []
    for item in items_of(root):
        answer = answers.get(item.id, Missing.UNKNOWN)
        if item.id in hidden or isinstance(answer, Missing) or answer >= 1:
            continue
        better = _ends(root, {**answers, item.id: 1.0}, hidden).low
        gains.append(ItemEffect(item.id, _points(better - here)))
    return _largest(gains, at_most)


def most_narrowing_answers(
    root: Branch,
    answers: Mapping[str, Answer],
    hidden: AbstractSet[str] = NOTHING_HIDDEN,
    *,
    at_most: int = 3,
) -> tuple[ItemEffect, ...]:
    """The open questions whose answer would narrow the interval most, in points saved at least; largest first."""
    here = _ends(root, answers, hidden).width
    savings = []
    for item in items_of(root):
        if item.id in hidden or answers.get(item.id, Missing.UNKNOWN) is not Missing.UNKNOWN:
            continue
        left = max(_ends(root, {**answers, item.id: score}, hidden).width for score in (0.0, 1.0))
        savings.append(ItemEffect(item.id, _points(here - left)))
    return _largest(savings, at_most)


def _ends(root: Node, answers: Mapping[str, Answer], hidden: AbstractSet[str]) -> Interval:
    estimate = score_tree(root, answers, hidden).estimate
    return Interval(0.0, 0.0) if estimate is None else estimate.interval


def _largest(effects: list[ItemEffect], at_most: int) -> tuple[ItemEffect, ...]:
    worth = [effect for effect in effects if effect.points > 0]
    return tuple(sorted(worth, key=lambda effect: (-effect.points, effect.item))[:at_most])
