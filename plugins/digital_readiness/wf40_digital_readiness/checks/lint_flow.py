"""Whether every item can be reached, and whether opening a follow-up could ever lower the result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

from wf40_digital_readiness.checks.asking import visibility
from wf40_digital_readiness.checks.conditions import compares_in, items_in
from wf40_digital_readiness.checks.findings import Finding, Lines, Path, msg
from wf40_digital_readiness.checks.model import CHOICE_TYPES, Answer, Answers, Check, Item, ItemType

MAX_COMBINATIONS = 20_000
"""Conditions with more answer combinations than this are taken to be reachable rather than tried out."""


def flow_findings(check: Check, lines: Lines) -> list[Finding]:
    """Findings about conditions; ids and references must already be in order."""
    circle = list(_cycles(check, lines))
    if circle:
        return circle
    return [*_order(check, lines), *_follow_ups(check, lines), *_unreachable(check, lines)]


def _at(check: Check, lines: Lines, item: Item, code: str, message: str, **params: object) -> Finding:
    path: Path = ("items", check.items.index(item), "show_if")
    return Finding(lines.at(*path), code, message, {"id": item.id, **params}, path)


def _cycles(check: Check, lines: Lines) -> Iterator[Finding]:
    circular = msg("Die Bedingungen laufen im Kreis: %(way)s.")
    seen: set[str] = set()
    for item in check.items:
        way: list[str] = []
        if item.id not in seen and _walk(check, item.id, way, seen):
            start = way.index(way[-1])
            yield _at(check, lines, check.by_id[way[-1]], "cycle", circular, way=" → ".join(way[start:]))


def _walk(check: Check, item_id: str, way: list[str], seen: set[str]) -> bool:
    way.append(item_id)
    if item_id in way[:-1]:
        return True
    if item_id not in seen:
        for other in items_in(check.by_id[item_id].show_if):
            if _walk(check, other, way, seen):
                seen.add(item_id)
                return True
        seen.add(item_id)
    way.pop()
    return False


def _order(check: Check, lines: Lines) -> Iterator[Finding]:
    late = msg("„%(id)s“ hängt von „%(other)s“ ab und muss deshalb danach stehen.")
    places = {item.id: position for position, item in enumerate(check.items)}
    for item in check.items:
        for other in items_in(item.show_if):
            if places[other] > places[item.id]:
                yield _at(check, lines, item, "order", late, other=other)


def _follow_ups(check: Check, lines: Lines) -> Iterator[Finding]:
    """A scored item may hang on one scored question (it then shares its weight) or on unscored ones (a filter)."""
    for item in check.items:
        if item.show_if is None or not item.scored:
            continue
        others = [check.by_id[other] for other in items_in(item.show_if)]
        parents = [other for other in others if other.scored]
        if not parents:
            continue
        if len(others) > 1:
            one = msg("„%(id)s“ darf nur von einer einzigen Frage mit Werten abhängen.")
            yield _at(check, lines, item, "follow-up", one)
        elif parents[0].type not in CHOICE_TYPES:
            choice = msg("„%(id)s“ darf nur von einer Frage mit einer einzigen Antwort abhängen.")
            yield _at(check, lines, item, "follow-up", choice)
        elif parents[0].dimension != item.dimension:
            same = msg("„%(id)s“ muss in derselben Dimension stehen wie „%(parent)s“.")
            yield _at(check, lines, item, "follow-up", same, parent=parents[0].id)
        else:
            yield from _opened_upwards(check, lines, item, parents[0])


def _opened_upwards(check: Check, lines: Lines, item: Item, parent: Item) -> Iterator[Finding]:
    """Whatever opens the follow-up must not be worth less than what keeps it shut, or a better answer could cost."""
    opened = {option.id: _shown_with(check, item, parent, option.id) for option in parent.options}
    opening = [option for option in parent.options if opened[option.id]]
    shut = [option.score for option in parent.options if option.score is not None and not opened[option.id]]
    for option in opening:
        if not option.score:
            worst = msg("„%(id)s“ darf sich nicht bei der Antwort „%(option)s“ öffnen: sie bringt nichts ein.")
            yield _at(check, lines, item, "follow-up", worst, option=option.id)
        elif any(option.score <= score for score in shut):
            better = msg("„%(id)s“ muss sich auch bei jeder besseren Antwort auf „%(parent)s“ öffnen.")
            yield _at(check, lines, item, "follow-up", better, parent=parent.id)
            return


def _shown_with(check: Check, item: Item, parent: Item, option: str) -> bool:
    """Whether the item is asked when the parent, were it asked, had this answer."""
    for answers in _combinations(check, parent):
        shown = visibility(check, {**answers, parent.id: option})
        if shown[parent.id] is True:
            return shown[item.id] is True
    return False


def _unreachable(check: Check, lines: Lines) -> Iterator[Finding]:
    never = msg("Die Frage „%(id)s“ ist nicht erreichbar: ihre Bedingung kann nie zutreffen.")
    for item in check.items:
        if item.show_if is None:
            continue
        if not any(visibility(check, answers)[item.id] is True for answers in _combinations(check, item)):
            yield _at(check, lines, item, "unreachable-item", never)


def _combinations(check: Check, item: Item) -> Iterator[Answers]:
    """All combinations of answers to the items that the item hangs on, directly or through others."""
    above: dict[str, list[Answer | None]] = {}
    waiting = list(items_in(item.show_if))
    while waiting:
        item_id = waiting.pop()
        if item_id not in above:
            above[item_id] = _possible(check, check.by_id[item_id])
            waiting += items_in(check.by_id[item_id].show_if)
    for tried, combination in enumerate(product(*above.values())):
        if tried >= MAX_COMBINATIONS:
            return
        yield _answered(dict(zip(above, combination, strict=True)))


def _answered(combination: Mapping[str, Answer | None]) -> Answers:
    return {item_id: answer for item_id, answer in combination.items() if answer is not None}


def _possible(check: Check, item: Item) -> list[Answer | None]:
    if item.type is ItemType.MULTI:
        every = tuple(option.id for option in item.options if option.missing is None)
        return [None, *((option.id,) for option in item.options), every]
    if item.options:
        return [None, *(option.id for option in item.options)]
    compared = [compare.value for other in check.items for compare in compares_in(other.show_if)]
    values = [value for entry in compared for value in (entry if isinstance(entry, tuple) else (entry,))]
    if item.type is ItemType.NUMBER:
        numbers = [float(value) for value in values if isinstance(value, int | float)]
        return [None, 0, *(number + step for number in numbers for step in (-1, 0, 1))]
    return [None, "x", *(str(value) for value in values if value is not None)]
