"""What changed between two versions of a check, and which version number that needs at least.

patch: wording. minor: unscored items, translations, advice, help. major: anything that moves a score or who is asked
what (scored items, options, weights, bands, conditions, minimum coverage), because results are then not comparable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from wf40_digital_readiness.checks.conditions import items_in
from wf40_digital_readiness.checks.findings import Finding, Lines, msg
from wf40_digital_readiness.checks.model import Check, Dimension, Item, Option, Text


class Bump(IntEnum):
    """How far the version number has to move."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: where (item id, dimension id, ...), what part, and the bump it needs."""

    where: str
    what: str
    bump: Bump


def changes_between(old: Check, new: Check) -> tuple[Change, ...]:
    """Every difference that a reader or a score could notice; texts, items, scores, order."""
    return tuple(_changes(old, new))


def bump_needed(old: Check, new: Check) -> Bump:
    """The smallest bump that all changes together allow; NONE if the content is the same."""
    return max((change.bump for change in changes_between(old, new)), default=Bump.NONE)


def bump_made(old_version: str, new_version: str) -> Bump:
    """How far the number moved; NONE if it did not move forward."""
    before, after = _numbers(old_version), _numbers(new_version)
    if after <= before:
        return Bump.NONE
    if after[0] > before[0]:
        return Bump.MAJOR
    return Bump.MINOR if after[1] > before[1] else Bump.PATCH


def next_version(old_version: str, bump: Bump) -> str:
    """The version that follows `old_version` after a change of that size."""
    major, minor, patch = _numbers(old_version)
    match bump:
        case Bump.MAJOR:
            return f"{major + 1}.0.0"
        case Bump.MINOR:
            return f"{major}.{minor + 1}.0"
        case Bump.PATCH:
            return f"{major}.{minor}.{patch + 1}"
        case _:
            return old_version


def version_findings(old: Check, new: Check, lines: Lines | None = None) -> tuple[Finding, ...]:
    """Why `new` may not be published after `old`: another check, or too small a step of the version."""
    line = lines.at("version") if lines else 1
    if old.id != new.id:
        other = msg("Die Datei beschreibt den Check „%(new)s“, nicht „%(old)s“.")
        params = {"new": new.id, "old": old.id}
        return (Finding(lines.at("check") if lines else 1, "other-check", other, params, ("check",)),)
    needed = bump_needed(old, new)
    if bump_made(old.version, new.version) >= max(needed, Bump.PATCH):
        return ()
    least = next_version(old.version, max(needed, Bump.PATCH))
    reason = next((c for c in changes_between(old, new) if c.bump is needed), None)
    why = f"{reason.where}: {reason.what}" if reason else new.version
    small = msg("Version %(version)s reicht nicht; nötig ist mindestens %(least)s (%(why)s).")
    params = {"version": new.version, "least": least, "why": why}
    return (Finding(line, "version-too-small", small, params, ("version",)),)


def same_major(first: str, second: str) -> bool:
    """True if results of the two versions may be compared directly."""
    return _numbers(first)[0] == _numbers(second)[0]


def _numbers(version: str) -> tuple[int, int, int]:
    major, minor, patch = (int(part) for part in version.split("."))
    return major, minor, patch


def _changes(old: Check, new: Check) -> Iterator[Change]:
    if set(old.languages) != set(new.languages):
        yield Change(new.id, "languages", Bump.MINOR)
    for name in ("title", "intro"):
        yield from _text(new.id, name, getattr(old, name), getattr(new, name))
    if old.source != new.source or old.minutes != new.minutes:
        yield Change(new.id, "source", Bump.PATCH)
    if old.method is not new.method:
        yield Change(new.id, "scoring", Bump.MAJOR)
    if old.min_coverage != new.min_coverage:
        yield Change(new.id, "min_coverage", Bump.MAJOR)
    yield from _band_changes(old, new)
    yield from _dimension_changes(old, new)
    yield from _item_changes(old, new)


def _text(where: str, what: str, old: Text | None, new: Text | None) -> Iterator[Change]:
    if old == new:
        return
    translated = set(old or {}) != set(new or {})
    yield Change(where, what, Bump.MINOR if translated else Bump.PATCH)


def _band_changes(old: Check, new: Check) -> Iterator[Change]:
    if [(b.id, b.start) for b in old.bands] != [(b.id, b.start) for b in new.bands]:
        yield Change(new.id, "bands", Bump.MAJOR)
        return
    for before, after in zip(old.bands, new.bands, strict=True):
        yield from _text(after.id, "title", before.title, after.title)
        yield from _text(after.id, "text", before.text, after.text)


def _dimension_changes(old: Check, new: Check) -> Iterator[Change]:
    before = {dimension.id: dimension for dimension in old.dimensions}
    after = {dimension.id: dimension for dimension in new.dimensions}
    for gone_or_new in sorted(before.keys() ^ after.keys()):
        yield Change(gone_or_new, "dimension", Bump.MAJOR)
    for key in [key for key in after if key in before]:
        if _weighing(before[key]) != _weighing(after[key]):
            yield Change(key, "weight", Bump.MAJOR)
        if before[key].relevance != after[key].relevance:
            yield Change(key, "relevance", Bump.MINOR)
        yield from _text(key, "title", before[key].title, after[key].title)
        yield from _text(key, "intro", before[key].intro, after[key].intro)
    if list(before) != list(after) and before.keys() == after.keys():
        yield Change(new.id, "order", Bump.PATCH)


def _weighing(dimension: Dimension) -> tuple[object, ...]:
    return dimension.weight, dimension.aggregate


def _item_changes(old: Check, new: Check) -> Iterator[Change]:
    moving = _moving_items(old) | _moving_items(new)
    for item in (*old.items, *new.items):
        if item.id not in old.by_id or item.id not in new.by_id:
            yield Change(item.id, "item", Bump.MAJOR if item.id in moving else Bump.MINOR)
    for item in new.items:
        before = old.by_id.get(item.id)
        if before is not None and before != item:
            yield from _item_change(before, item, Bump.MAJOR if item.id in moving else Bump.MINOR)
    kept = [item.id for item in old.items if item.id in new.by_id]
    if kept != [item.id for item in new.items if item.id in old.by_id]:
        yield Change(new.id, "order", Bump.PATCH)


def _moving_items(check: Check) -> set[str]:
    """Ids of the items that can move a score: scored ones, and filters that decide whether those are asked."""
    filters = {other for item in check.scored_items for other in items_in(item.show_if)}
    return filters | {item.id for item in check.scored_items}


def _item_change(old: Item, new: Item, size: Bump) -> Iterator[Change]:
    scoring: tuple[tuple[str, Callable[[Item], Any]], ...] = (
        ("type", lambda item: item.type),
        ("dimension", lambda item: item.dimension),
        ("concept", lambda item: item.concept),
        ("weight", lambda item: item.weight),
        ("options", lambda item: [_option_core(option) for option in item.options]),
        ("steps", lambda item: item.steps),
        ("show_if", lambda item: item.show_if),
    )
    for what, part in scoring:
        if part(old) != part(new):
            yield Change(new.id, what, size)
    if old.number != new.number:
        yield Change(new.id, "number", Bump.MINOR)
    if old.advice != new.advice:
        yield Change(new.id, "advice", Bump.MINOR)
    yield from _text(new.id, "text", old.text, new.text)
    yield from _text(new.id, "help", old.help, new.help)
    for option in new.options:
        before = old.option(option.id)
        if before is not None:
            yield from _text(f"{new.id}: {option.id}", "text", before.text, option.text)


def _option_core(option: Option) -> tuple[object, ...]:
    return option.id, option.score, option.missing
