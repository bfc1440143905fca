"""What the schema cannot say: references, scores, weights, bands, languages, ids of earlier versions."""

from __future__ import annotations

import re
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from wf40_digital_readiness.checks.asking import RELEVANCE_PREFIX
from wf40_digital_readiness.checks.conditions import compares_in, items_in
from wf40_digital_readiness.checks.findings import Finding, Lines, Path, msg
from wf40_digital_readiness.checks.lint_flow import flow_findings
from wf40_digital_readiness.checks.model import CHOICE_TYPES, Aggregate, Check, Item, ItemType, Method

MAX_DIMENSION_SHARE = 0.5


def lint_check(
    check: Check, lines: Lines, *, measures: Collection[str] | None = None, earlier: Sequence[Check] = ()
) -> list[Finding]:
    """All findings in a check that is valid by the schema; an empty list means that it can be published."""
    findings = [
        *_duplicates(check, lines),
        *_references(check, lines, measures),
        *_scores(check, lines),
        *_shares(check, lines),
        *language_findings(check.data, check.languages, lines),
        *_reused(check, lines, earlier),
    ]
    if not any(finding.code in {"duplicate-id", "unknown-reference"} for finding in findings):
        findings += flow_findings(check, lines)
    if not any(finding.code in {"no-scored-item", "score-range"} for finding in findings):
        findings += _bands(check, lines)
    return findings


def _finding(lines: Lines, path: Path, code: str, message: str, **params: object) -> Finding:
    return Finding(lines.at(*path), code, message, params, path)


def _duplicates(check: Check, lines: Lines) -> Iterator[Finding]:
    twice = msg("Die Kennung „%(id)s“ steht doppelt. Jede Kennung darf nur einmal vorkommen.")
    groups: list[tuple[Path, str, Sequence[Hashable]]] = [
        (("dimensions",), "id", [dimension.id for dimension in check.dimensions]),
        (("items",), "id", [item.id for item in check.items]),
        (("items",), "number", [item.number for item in check.items]),
        (("bands",), "id", [band.id for band in check.bands]),
    ]
    for position, item in enumerate(check.items):
        groups.append((("items", position, "options"), "id", [option.id for option in item.options]))
    for path, key, values in groups:
        for position, value in enumerate(values):
            if value in values[:position]:
                yield _finding(lines, (*path, position, key), "duplicate-id", twice, id=value)
    for position, item in enumerate(check.items):
        if item.id.startswith(RELEVANCE_PREFIX):
            reserved = msg("Kennungen, die mit „relevance.“ beginnen, sind für die Wichtigkeit vergeben.")
            yield _finding(lines, ("items", position, "id"), "reserved-id", reserved)


def _references(check: Check, lines: Lines, measures: Collection[str] | None) -> Iterator[Finding]:
    dimensions = {dimension.id for dimension in check.dimensions}
    for position, item in enumerate(check.items):
        here: Path = ("items", position)
        if item.dimension not in dimensions:
            unknown = msg("Die Dimension „%(id)s“ gibt es nicht.")
            yield _finding(lines, (*here, "dimension"), "unknown-reference", unknown, id=item.dimension)
        for number, advice in enumerate(item.advice):
            if measures is not None and advice.measure not in measures:
                unknown = msg("Die Maßnahme „%(id)s“ gibt es nicht.")
                path = (*here, "advice", number, "measure")
                yield _finding(lines, path, "unknown-reference", unknown, id=advice.measure)
        yield from _condition_references(check, item, lines, here)


def _condition_references(check: Check, item: Item, lines: Lines, here: Path) -> Iterator[Finding]:
    for item_id in items_in(item.show_if):
        if item_id not in check.by_id:
            unknown = msg("Die Bedingung nennt die Frage „%(id)s“, die es nicht gibt.")
            yield _finding(lines, (*here, "show_if"), "unknown-reference", unknown, id=item_id)
    for compare in compares_in(item.show_if):
        other = check.by_id.get(compare.item)
        if other is None or not other.options or compare.op not in {"eq", "ne", "in"}:
            continue
        values = compare.value if isinstance(compare.value, tuple) else (compare.value,)
        for value in values:
            if other.option(str(value)) is None:
                unknown = msg("Die Bedingung nennt die Antwort „%(option)s“, die es bei „%(id)s“ nicht gibt.")
                params = {"option": value, "id": compare.item}
                yield _finding(lines, (*here, "show_if"), "unknown-reference", unknown, **params)


def _scores(check: Check, lines: Lines) -> Iterator[Finding]:
    outside = msg("Der Wert %(score)s liegt nicht zwischen 0 und 1.")
    for position, item in enumerate(check.items):
        here: Path = ("items", position)
        scores: list[tuple[Path, float | None]] = []
        scores += [((*here, "options", n, "score"), option.score) for n, option in enumerate(item.options)]
        scores += [((*here, "steps", n, "score"), step.score) for n, step in enumerate(item.steps)]
        for path, score in scores:
            if score is not None and not 0.0 <= score <= 1.0:
                yield _finding(lines, path, "score-range", outside, score=f"{score:g}")
        yield from _shape(item, lines, here)
        if item.scored:
            yield from _scored_options(item, lines, here)
        elif item.advice:
            pointless = msg("Eine Frage ohne Werte kann keine Maßnahme auslösen.")
            yield _finding(lines, (*here, "advice"), "advice-unscored", pointless)
    if not check.scored_items:
        yield _finding(lines, ("items",), "no-scored-item", msg("Keine Frage hat Werte; es gibt kein Ergebnis."))


def _shape(item: Item, lines: Lines, here: Path) -> Iterator[Finding]:
    chooses = item.type in CHOICE_TYPES or item.type is ItemType.MULTI
    if chooses and not item.options:
        yield _finding(lines, here, "options", msg("Die Frage „%(id)s“ braucht Antworten (options)."), id=item.id)
    if not chooses and item.options:
        wrong = msg("Eine Frage vom Typ „%(type)s“ hat keine Antworten (options).")
        yield _finding(lines, (*here, "options"), "options", wrong, type=item.type)
    if item.steps and item.type is not ItemType.NUMBER:
        wrong = msg("Stufen (steps) gibt es nur bei Fragen vom Typ „number“.")
        yield _finding(lines, (*here, "steps"), "steps", wrong)
    starts = [step.start for step in item.steps]
    if starts != sorted(set(starts)):
        yield _finding(lines, (*here, "steps"), "steps", msg("Die Stufen müssen der Größe nach steigen."))
    scores = [option.score for option in item.options if option.score is not None]
    if item.type is ItemType.SCALE and scores != sorted(scores):
        rising = msg("Die Antworten einer Skala müssen von schlecht nach gut geordnet sein.")
        yield _finding(lines, (*here, "options"), "scale-order", rising)


def _scored_options(item: Item, lines: Lines, here: Path) -> Iterator[Finding]:
    for number, option in enumerate(item.options):
        if (option.score is None) == (option.missing is None):
            one = msg("Die Antwort „%(id)s“ braucht entweder einen Wert (score) oder „missing“.")
            yield _finding(lines, (*here, "options", number), "option-score", one, id=option.id)
    best = max([option.score or 0.0 for option in item.options] + [step.score for step in item.steps])
    if item.type is not ItemType.MULTI and best < 1.0:
        never = msg("Bei „%(id)s“ bringt keine Antwort den vollen Wert 1.")
        yield _finding(lines, here, "never-full", never, id=item.id)


def _shares(check: Check, lines: Lines) -> Iterator[Finding]:
    counting = check.method is Method.COUNT
    weights: dict[str, float] = {}
    for dimension in check.dimensions:
        scored = sum(item.scored for item in check.items_of(dimension.id))
        weights[dimension.id] = scored if counting else dimension.weight * bool(scored)
    total = sum(weights.values()) or 1.0
    for position, dimension in enumerate(check.dimensions):
        here: Path = ("dimensions", position)
        share = weights[dimension.id] / total
        if share > MAX_DIMENSION_SHARE + 1e-9:
            heavy = msg("Die Dimension „%(id)s“ wiegt %(share)s %%; mehr als 50 %% sind nicht erlaubt.")
            params = {"id": dimension.id, "share": f"{100 * share:.0f}"}
            yield _finding(lines, (*here, "weight"), "dimension-weight", heavy, **params)
        if not any(item.scored for item in check.items_of(dimension.id)):
            empty = msg("Zur Dimension „%(id)s“ gehört keine Frage mit Werten.")
            yield _finding(lines, here, "empty-dimension", empty, id=dimension.id)
        if counting and (dimension.weight != 1.0 or dimension.aggregate is not Aggregate.MEAN):
            none = msg("Ein Check, der erfüllte Bedingungen zählt, hat keine Gewichte und nur den Mittelwert.")
            yield _finding(lines, here, "count-weight", none)
    for position, item in enumerate(check.items):
        if counting and item.weight != 1.0:
            none = msg("Ein Check, der erfüllte Bedingungen zählt, hat keine Gewichte.")
            yield _finding(lines, ("items", position, "weight"), "count-weight", none)


def _bands(check: Check, lines: Lines) -> Iterator[Finding]:
    starts = [band.start for band in check.bands]
    if starts[0] != 0:
        yield _finding(lines, ("bands", 0, "from"), "band-start", msg("Die erste Stufe muss bei 0 beginnen."))
    raw = check.data["bands"]
    conditions = len(check.scored_items)
    for position, start in enumerate(starts):
        here: Path = ("bands", position, "from")
        counted = check.method is Method.COUNT
        if counted and float(raw[position]["from"]) != check.bands[position].conditions:
            whole = msg("Die Stufe muss bei einer ganzen Zahl erfüllter Bedingungen beginnen.")
            yield _finding(lines, here, "band-start", whole)
        if start > 100.0:
            limit = conditions if counted else 100
            never = msg("Die Stufe „%(id)s“ ist nicht erreichbar: mehr als %(limit)s ist nicht möglich.")
            yield _finding(lines, here, "unreachable-band", never, id=check.bands[position].id, limit=limit)
        if position and start <= starts[position - 1]:
            never = msg("Die Stufe „%(id)s“ ist nicht erreichbar: sie muss höher beginnen als die vorige.")
            yield _finding(lines, here, "unreachable-band", never, id=check.bands[position].id)


_LANGUAGE = re.compile(r"[a-z]{2}\Z")


def language_findings(data: Any, languages: Iterable[str], lines: Lines, path: Path = ()) -> list[Finding]:
    """Every text in `data` that lacks one of the languages or has one that the file does not announce."""
    wanted = tuple(languages)
    if isinstance(data, list):
        return [f for n, part in enumerate(data) for f in language_findings(part, wanted, lines, (*path, n))]
    if not isinstance(data, Mapping):
        return []
    if not (data and all(_LANGUAGE.match(key) and isinstance(text, str) for key, text in data.items())):
        return [f for key, part in data.items() for f in language_findings(part, wanted, lines, (*path, key))]
    missing = msg("Der Text fehlt in der Sprache „%(language)s“.")
    unknown = msg("Die Sprache „%(language)s“ steht nicht unter languages.")
    found = [_finding(lines, path, "missing-language", missing, language=w) for w in wanted if w not in data]
    strangers = [key for key in data if key not in wanted]
    return found + [_finding(lines, (*path, k), "unknown-language", unknown, language=k) for k in strangers]


def _reused(check: Check, lines: Lines, earlier: Sequence[Check]) -> Iterator[Finding]:
    for position, item in enumerate(check.items):
        for old_check in earlier:
            old = old_check.by_id.get(item.id)
            if old is not None and (old.concept != item.concept or old.type is not item.type):
                reused = msg(
                    "„%(id)s“ hatte in Version %(version)s eine andere Bedeutung. Vergeben Sie eine neue Kennung."
                )
                params = {"id": item.id, "version": old_check.version}
                yield _finding(lines, ("items", position, "id"), "reused-id", reused, **params)
                break
            owner = next((o for o in old_check.items if o.number == item.number and o.id != item.id), None)
            if owner is not None:
                taken = msg("Die Nummer %(number)s gehörte in Version %(version)s zu „%(id)s“. Vergeben Sie eine neue.")
                number: dict[str, object] = {
                    "number": item.number,
                    "version": old_check.version,
                    "id": owner.id,
                }
                yield _finding(lines, ("items", position, "number"), "reused-number", taken, **number)
                break
