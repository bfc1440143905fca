"""Which items are asked, given the answers so far, and whether raw answers fit the check."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from wf40_digital_readiness.checks.conditions import Given, Value, holds, items_in
from wf40_digital_readiness.checks.findings import msg
from wf40_digital_readiness.checks.model import Answer, Answers, Check, Item, ItemType, Missing

MAX_TEXT = 2000
RELEVANCE_PREFIX = "relevance."
RELEVANCE = {"low": 0.5, "medium": 1.0, "high": 1.5}
"""Answers to "Wie wichtig ist Ihnen das?" (answer key `relevance.<dimension id>`) and how far they pull first steps
forward. They never touch a score."""


@dataclass(frozen=True, slots=True)
class AnswerFault:
    """One answer that does not fit. `message` is a German msgid with %(name)s placeholders."""

    item: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict)


class AnswerError(ValueError):
    """Answers that do not belong to this version of the check."""

    def __init__(self, faults: Sequence[AnswerFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{fault.item}: {fault.message % dict(fault.params)}" for fault in faults))


def visibility(check: Check, answers: Answers) -> Mapping[str, bool | None]:
    """For each item id whether it is asked; None while that hangs on an answer that is missing or unknown."""
    shown: dict[str, bool | None] = {}

    def look(item_id: str) -> Given:
        item = check.by_id[item_id]
        if item_id not in shown:
            decide(item)
        if shown[item_id] is not True:
            return Given(hidden=shown[item_id] is False)
        return _given(item, answers.get(item_id))

    def decide(item: Item) -> None:
        shown[item.id] = True if item.show_if is None else holds(item.show_if, look)

    for item in check.items:
        if item.id not in shown:
            decide(item)
    return shown


def visible_items(check: Check, answers: Answers) -> tuple[Item, ...]:
    """The items to ask now, in the order of the file; a follow-up appears once its condition is certainly true."""
    shown = visibility(check, answers)
    return tuple(item for item in check.items if shown[item.id] is True)


def unanswered_items(check: Check, answers: Answers) -> tuple[Item, ...]:
    """The visible items without any answer ("Weiß nicht" is an answer)."""
    return tuple(item for item in visible_items(check, answers) if not ticked(answers.get(item.id)))


def parent_of(check: Check, item: Item) -> Item | None:
    """The scored item that this follow-up hangs on; None for an item of its own or behind a mere filter."""
    for item_id in items_in(item.show_if):
        parent = check.by_id.get(item_id)
        if parent is not None and parent.scored:
            return parent
    return None


def root_of(check: Check, item: Item) -> Item:
    """The item at the top of a chain of follow-ups; the item itself if it is none."""
    parent = parent_of(check, item)
    while parent is not None:
        item, parent = parent, parent_of(check, parent)
    return item


def ticked(answer: Answer | None) -> tuple[Value, ...]:
    """The answer as a tuple of values: option ids, or one number or text; empty if there is none."""
    if answer is None or answer == "":
        return ()
    if isinstance(answer, str | int | float):
        return (answer,)
    return tuple(answer)


def _given(item: Item, answer: Answer | None) -> Given:
    values = ticked(answer)
    options = (item.option(str(value)) for value in values)
    unknown = any(option is not None and option.missing is Missing.UNKNOWN for option in options)
    return Given(values, unknown=unknown)


def answer_faults(check: Check, answers: Answers) -> tuple[AnswerFault, ...]:
    """Every answer that this version of the check does not know or allow; empty if all fit."""
    faults: list[AnswerFault] = []
    for item_id, answer in answers.items():
        fault = _fault(check, item_id, answer)
        if fault is not None:
            faults.append(fault)
    return tuple(faults)


def _fault(check: Check, item_id: str, answer: Answer) -> AnswerFault | None:
    if item_id.startswith(RELEVANCE_PREFIX):
        asked = any(d.relevance and d.id == item_id.removeprefix(RELEVANCE_PREFIX) for d in check.dimensions)
        if asked and isinstance(answer, str) and answer in RELEVANCE:
            return None
        return AnswerFault(item_id, msg("Diese Angabe zur Wichtigkeit gehört nicht zu diesem Check."))
    item = check.by_id.get(item_id)
    if item is None:
        return AnswerFault(item_id, msg("Diese Frage gehört nicht zu dieser Fassung des Checks."))
    if item.type is ItemType.TEXT:
        fits = isinstance(answer, str) and len(answer) <= MAX_TEXT
        return None if fits else AnswerFault(item_id, msg("Der Text ist zu lang."))
    if item.type is ItemType.NUMBER:
        fits = isinstance(answer, int | float) and not isinstance(answer, bool) and math.isfinite(answer)
        return None if fits else AnswerFault(item_id, msg("Bitte geben Sie hier eine Zahl ein."))
    return _choice_fault(item, answer)


def _choice_fault(item: Item, answer: Answer) -> AnswerFault | None:
    several = isinstance(answer, list | tuple)
    if several is not (item.type is ItemType.MULTI):
        return AnswerFault(item.id, msg("Bitte wählen Sie hier eine der Antworten."))
    for value in ticked(answer):
        if not isinstance(value, str) or item.option(value) is None:
            unknown = msg("Die Antwort „%(option)s“ gibt es bei dieser Frage nicht.")
            return AnswerFault(item.id, unknown, {"option": value})
    options = [item.option(str(value)) for value in ticked(answer)]
    if len(options) > 1 and any(option is not None and option.missing for option in options):
        return AnswerFault(item.id, msg("„Weiß nicht“ und „Trifft nicht zu“ gelten nur für sich allein."))
    return None
