"""First steps: the measures that the answers call for, worst first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wf40_digital_readiness.checks.asking import RELEVANCE, RELEVANCE_PREFIX
from wf40_digital_readiness.checks.model import Answers, Check


@dataclass(frozen=True, slots=True)
class FirstStep:
    """A measure that applies, the item that called for it, and how far that item is from its best answer (0..1)."""

    measure: str
    item: str
    shortfall: float


def first_steps(check: Check, answers: Answers, known: Mapping[str, float]) -> tuple[FirstStep, ...]:
    """Each measure once. `known`: raw scores of the asked items with a known answer.

    Order: largest shortfall (times how important the firm called the dimension), then `rank`, then item number.
    """
    found: list[tuple[tuple[float, int, int], FirstStep]] = []
    for item in check.items:
        if item.id not in known:
            continue
        shortfall = 1.0 - known[item.id]
        pull = RELEVANCE.get(str(answers.get(RELEVANCE_PREFIX + item.dimension)), 1.0)
        for advice in item.advice:
            if known[item.id] < advice.if_below:
                step = FirstStep(advice.measure, item.id, shortfall)
                found.append(((-shortfall * pull, advice.rank, item.number), step))
    found.sort(key=lambda entry: entry[0])
    steps: dict[str, FirstStep] = {}
    for _, step in found:
        steps.setdefault(step.measure, step)
    return tuple(steps.values())
