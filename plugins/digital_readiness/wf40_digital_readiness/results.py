"""A result in the reader's language, ready to show: on the firm's page, the officer's page and panels."""

from collections.abc import Mapping
from dataclasses import dataclass

from wf40.sdk.i18n import current_language
from wf40_digital_readiness.checks import Answers, Check, Item, in_language, score_response, visible_items
from wf40_digital_readiness.content import shipped_measures
from wf40_digital_readiness.reference import Reference, reference_for

STEPS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class DimensionLine:
    """One dimension: ``met`` of ``conditions`` are fully met; ``percent`` is ``None`` while unknown."""

    title: str
    met: int
    conditions: int
    percent: float | None


@dataclass(frozen=True, slots=True)
class Step:
    """A first step that fits."""

    title: str
    text: str
    effort: str
    partner: str
    topic: str


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One question with its answer in words; ``answer`` is empty when it was not answered or not asked."""

    item: Item
    number: int
    question: str
    answer: str
    asked: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """The official figures beside the firm's own level; ``below`` is the share on lower levels, in per cent."""

    reference: Reference
    levels: list[tuple[str, float]]
    own: str
    share: float
    below: float


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that a result page shows. ``points``: 0..100, ``None`` while too little is known."""

    title: str
    points: int | None
    low: int
    high: int
    met: int
    conditions: int
    unknown: int
    level: str
    level_text: str
    dimensions: list[DimensionLine]
    steps: list[Step]
    compared: Compared | None

    @property
    def bars(self) -> list[tuple[str, float | None]]:
        """The dimensions for a chart."""
        return [(line.title, line.percent) for line in self.dimensions]


def result_of(check: Check, answers: Answers) -> Result:
    """Build the result of raw answers in the present language."""
    language = current_language()
    scored = score_response(check, answers)
    total = scored.total
    return Result(
        title=in_language(check.title, language),
        points=None if total.value is None else round(total.value),
        low=round(total.interval.low),
        high=round(total.interval.high),
        met=scored.met.met,
        conditions=scored.met.conditions,
        unknown=scored.met.unknown,
        level=in_language(total.level.title, language) if total.level else "",
        level_text=in_language(total.level.text, language) if total.level else "",
        dimensions=[
            DimensionLine(in_language(d.dimension.title, language), d.met, d.conditions, d.score.value)
            for d in scored.dimensions
        ],
        steps=[_step(step.measure, language) for step in scored.first_steps[:STEPS_SHOWN]],
        compared=_compared(check, scored.met.level.id, language) if total.value is not None else None,
    )


def answer_lines(check: Check, answers: Answers) -> list[AnswerLine]:
    """Return every question with its answer in words, in the order of the check."""
    asked = {item.id for item in visible_items(check, answers)}
    language = current_language()
    return [
        AnswerLine(
            item, item.number, in_language(item.text, language), answer_words(item, answers, language), item.id in asked
        )
        for item in check.items
    ]


def answer_words(item: Item, answers: Answers, language: str) -> str:
    """Return the answer to an item in words, empty when there is none."""
    answer = answers.get(item.id)
    if answer is None:
        return ""
    if not item.options:
        return str(answer)
    chosen = [answer] if isinstance(answer, str) else list(answer) if not isinstance(answer, int | float) else []
    options = [item.option(option_id) for option_id in chosen]
    return ", ".join(in_language(option.text, language) for option in options if option)


def level_titles(check: Check, language: str) -> Mapping[str, str]:
    """Return the words of the levels by id."""
    return {band.id: in_language(band.title, language) for band in check.bands}


def _step(measure_id: str, language: str) -> Step:
    measure = shipped_measures()[measure_id]
    return Step(
        title=in_language(measure.title, language),
        text=in_language(measure.first_step, language),
        effort=in_language(measure.effort, language),
        partner=in_language(measure.partner, language),
        topic=measure.topic,
    )


def _compared(check: Check, level: str, language: str) -> Compared | None:
    reference = reference_for(check)
    if reference is None:
        return None
    titles = level_titles(check, language)
    order = [band.id for band in check.bands]
    below = sum(reference.levels[band] for band in order[: order.index(level)])
    levels = [(titles[band], reference.levels[band]) for band in order]
    return Compared(reference, levels, titles[level], reference.levels[level], below)
