"""What a published check consists of. All values are frozen: a published version never changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from wf40_digital_readiness.checks.conditions import Condition

Text = Mapping[str, str]
"""The same words by language code: {"de": ..., "en": ...}."""

Answer = str | Sequence[str] | float | int
"""Option id (single, scale, tristate), option ids (multi), number, or free text (text)."""

Answers = Mapping[str, Answer]
"""Raw answers by item id; an item that nobody answered is absent."""


class ItemType(StrEnum):
    """How an item is asked. scale is a single choice shown in a row; tristate is yes / no / unknown."""

    SINGLE = "single"
    MULTI = "multi"
    SCALE = "scale"
    TRISTATE = "tristate"
    NUMBER = "number"
    TEXT = "text"


CHOICE_TYPES = frozenset({ItemType.SINGLE, ItemType.SCALE, ItemType.TRISTATE})


class Missing(StrEnum):
    """Why an option carries no score: unknown widens the interval, not_applicable leaves the denominator."""

    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


class Aggregate(StrEnum):
    """How the items of one dimension become one value."""

    MEAN = "mean"
    MIN = "min"
    GMEAN = "gmean"


class Method(StrEnum):
    """How the whole check becomes one value.

    mean: weighted mean of the dimensions. count: share of the conditions (items) that are fully met; dimensions
    then serve the picture only and carry no weight.
    """

    MEAN = "mean"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Option:
    """One possible answer. Exactly one of score (0 worst .. 1 best) and missing is set on a scored item."""

    id: str
    text: Text
    score: float | None = None
    missing: Missing | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """Numbers from `start` upwards (until the next step) earn `score`."""

    start: float
    score: float


@dataclass(frozen=True, slots=True)
class Advice:
    """Offer `measure` when the raw score of the item is below `if_below`; a low rank goes first among equals."""

    if_below: float
    measure: str
    rank: int = 100


@dataclass(frozen=True, slots=True)
class Item:
    """One question.

    `number` is the stable short number printed on paper, `concept` what makes answers comparable between versions
    and checks (None: not compared). `weight`: of an item its weight in the dimension, of a follow-up its share
    beside the share 1 of the item it hangs on.
    """

    id: str
    number: int
    dimension: str
    type: ItemType
    text: Text
    help: Text | None = None
    concept: str | None = None
    weight: float = 1.0
    options: tuple[Option, ...] = ()
    steps: tuple[Step, ...] = ()
    show_if: Condition | None = None
    advice: tuple[Advice, ...] = ()

    @property
    def scored(self) -> bool:
        """True if an answer to this item moves the result."""
        return bool(self.steps) or any(option.score is not None for option in self.options)

    def option(self, option_id: str) -> Option | None:
        """The option of that id, None if the item has no such option."""
        return next((option for option in self.options if option.id == option_id), None)


@dataclass(frozen=True, slots=True)
class Dimension:
    """A group of items with a picture of its own. `relevance`: ask once "Wie wichtig ist Ihnen das?"."""

    id: str
    title: Text
    weight: float = 1.0
    aggregate: Aggregate = Aggregate.MEAN
    relevance: bool = False
    intro: Text | None = None


@dataclass(frozen=True, slots=True)
class Band:
    """A level of the result, from `start` (0..100, inclusive) up to the next band (exclusive).

    `conditions` is the number of met conditions the level begins at, for checks scored by count.
    """

    id: str
    title: Text
    start: float
    conditions: int | None = None
    text: Text | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Where the facts behind the check come from."""

    title: Text
    url: str | None = None
    note: Text | None = None


@dataclass(frozen=True)
class Check:
    """One version of a check, ready to be asked and scored. `sha256` is the hash of the canonical JSON."""

    id: str
    version: str
    languages: tuple[str, ...]
    title: Text
    dimensions: tuple[Dimension, ...]
    items: tuple[Item, ...]
    bands: tuple[Band, ...]
    sha256: str
    method: Method = Method.MEAN
    min_coverage: float = 0.7
    minutes: int | None = None
    intro: Text | None = None
    source: Source | None = None
    data: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def by_id(self) -> Mapping[str, Item]:
        """Items by id."""
        return {item.id: item for item in self.items}

    @property
    def scored_items(self) -> tuple[Item, ...]:
        """The items that move the result, in the order of the file."""
        return tuple(item for item in self.items if item.scored)

    def items_of(self, dimension_id: str) -> tuple[Item, ...]:
        """The items of one dimension, in the order of the file."""
        return tuple(item for item in self.items if item.dimension == dimension_id)

    def band_of(self, score: float) -> Band:
        """The level that `score` (0..100) lies in. Bands are half open; the last one includes 100."""
        # The tolerance keeps 7 of 12 conditions in the band that begins at 7 of 12, however the mean was rounded.
        reached = [band for band in self.bands if band.start <= score + 1e-9]
        return reached[-1] if reached else self.bands[0]


@dataclass(frozen=True, slots=True)
class Measure:
    """A first step that an office can agree with a firm. `partners` are kinds of partner that help with it."""

    id: str
    topic: str
    title: Text
    first_step: Text
    effort: Text
    partner: Text
    partners: tuple[str, ...]


def in_language(text: Text | None, language: str) -> str:
    """The words in `language`, else in German, else in any language; "" for no text."""
    if not text:
        return ""
    return text.get(language) or text.get("de") or next(iter(text.values()))
