"""What the columns of a table mean: proposed from header words and values, each field for one column at most.

The assignment is greedy, best pair first. With at most 200 columns and scores this far apart an optimal assignment
gives the same; greedy can be explained to the person who corrects it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from wf40.base.i18n import _
from wf40.core.imports.evidence import CHECKED, LETTERS, STRONG, WORDS, evidence_of
from wf40.core.imports.fields import FIELD_BY_KEY, FIELDS
from wf40.core.imports.headers import NO_MEANING, PRIVATE, find_header, header_score, is_foreign
from wf40.core.imports.values import shortened
from wf40.matching.names import fold

__all__ = ["ColumnProposal", "find_header", "header_score", "propose"]

Basis = Literal["header", "values", "both", "private", "none"]
THRESHOLD = 0.44
SAMPLE = 300
_Pair = tuple[float, int, str, Basis]
# Small whole numbers may be anything: without a header they mean nothing.
_PLACES = frozenset({"postcode", "town", "address", "street"})
_SURELY, _HARDLY = 0.6, 0.3
_NOT_BY_VALUES = frozenset({"house_number", "employees"})


@dataclass(frozen=True, slots=True)
class ColumnProposal:
    """What one column probably means. ``field`` None is "nicht übernehmen"; ``confidence`` lies between 0 and 1."""

    column: int
    header: str
    field: str | None
    confidence: float
    basis: Basis
    samples: tuple[str, ...]

    @property
    def reason(self) -> str:
        """Return why, as a sentence for the officer."""
        label = _(FIELD_BY_KEY[self.field].label) if self.field else ""
        if self.basis == "private":
            return _("Private Angaben werden nie übernommen.")
        if self.field is None:
            return _("Weder Überschrift noch Werte passen zu einem Feld.")
        if self.basis == "header":
            return _("Die Überschrift „%(header)s“ bedeutet %(label)s.", header=shortened(self.header), label=label)
        if self.basis == "values":
            return _("Die Werte sehen aus wie %(label)s.", label=label)
        return _("Überschrift und Werte passen zu %(label)s.", label=label)


def _score(field: str, header: float, values: dict[str, float], *, open_header: bool, blocked: bool) -> float:
    shown = values.get(field, 0.0)
    if header:
        if values and field in CHECKED and shown < 0.3:
            return 0.3 * header
        if values and field in WORDS and values[LETTERS] < _HARDLY:
            return 0.3 * header
        return 0.75 * header + 0.25 * (shown if values and field in CHECKED else 0.8)
    if blocked or shown < 0.6 or not (open_header or field in STRONG):
        return 0.0
    return shown * (0.75 if field in STRONG or field == "name" else 0.65)


def propose(headers: Sequence[str], sample_rows: Sequence[Sequence[str]]) -> list[ColumnProposal]:
    """Propose a field for every column, from its header and the values of some rows (a few hundred are plenty)."""
    rows = sample_rows[:SAMPLE]
    columns = [[row[i] if i < len(row) else "" for row in rows] for i in range(len(headers))]
    private = [any(word in fold(header) for word in PRIVATE) for header in headers]
    evidence = [{} if hidden else evidence_of(column) for hidden, column in zip(private, columns, strict=True)]
    pairs: list[_Pair] = []
    for i, header in enumerate(headers):
        if not private[i]:
            after_kind = i > 0 and evidence[i - 1].get("register_kind", 0.0) > 0.5
            pairs.extend((score, i, key, basis) for score, key, basis in _candidates(header, evidence[i], after_kind))
    chosen = _assign(pairs)
    return [_proposal(i, header, columns[i], chosen.get(i), private=private[i]) for i, header in enumerate(headers)]


def _candidates(header: str, values: dict[str, float], after_kind: bool) -> list[tuple[float, str, Basis]]:  # noqa: FBT001
    """Return what one column may be. Bare numbers are register numbers only beside a register kind."""
    text = fold(header)
    by_header = _by_values(header_score(header), values)
    blocked = is_foreign(text)
    open_header = bool(NO_MEANING.match(text))
    found: list[tuple[float, str, Basis]] = []
    for target in FIELDS:
        key = target.key
        head = by_header.get(key, 0.0)
        if not head and (key in _NOT_BY_VALUES or (key == "register_number" and not after_kind)):
            continue
        score = _score(key, head, values, open_header=open_header, blocked=blocked)
        if score >= THRESHOLD:
            seen = values.get(key, 0.0) >= 0.5
            found.append((score, key, ("both" if seen else "header") if head else "values"))
    return found


def _by_values(by_header: dict[str, float], values: dict[str, float]) -> dict[str, float]:
    """Let the values say which part of an address a column holds, where its header names another ("PLZ" over towns)."""
    for key in _PLACES & by_header.keys():
        others = {other: values.get(other, 0.0) for other in _PLACES - {key}}
        other = max(sorted(others), key=lambda name: others[name])
        if others[other] >= _SURELY > _HARDLY > values.get(key, 0.0):
            return {**{k: v for k, v in by_header.items() if k not in _PLACES}, other: 0.9 * by_header[key]}
    return by_header


def _assign(pairs: list[_Pair]) -> dict[int, tuple[float, str, Basis]]:
    chosen: dict[int, tuple[float, str, Basis]] = {}
    taken: set[str] = set()
    for score, column, key, basis in sorted(pairs, key=lambda pair: (-pair[0], pair[1])):
        if column not in chosen and key not in taken:
            chosen[column] = (score, key, basis)
            taken.add(key)
    return chosen


def _proposal(
    column: int, header: str, values: Sequence[str], choice: tuple[float, str, Basis] | None, *, private: bool
) -> ColumnProposal:
    samples = tuple(dict.fromkeys(shortened(value) for value in values if value.strip()))[:3]
    if choice is None:
        return ColumnProposal(column, header, None, 0.0, "private" if private else "none", () if private else samples)
    score, field, basis = choice
    return ColumnProposal(column, header, field, round(min(score, 1.0), 2), basis, samples)
