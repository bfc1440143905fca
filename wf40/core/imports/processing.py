"""A batch of ready rows meets the office: each is recognised, decided upon, taken over, with what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from wf40.base.uow import UnitOfWork
from wf40.core.firms.identities import Known, known_firms
from wf40.core.firms.intake import ImportedFacts, ImportOutcome, apply_imports, outcomes_of, plan_imports
from wf40.core.imports.matching import Match, Seen, contradicts, find_known, match
from wf40.core.imports.own_values import BEFORE, OwnRow, OwnRules, take_over
from wf40.core.imports.preparing import Candidate, Ready
from wf40.core.imports.problems import N_, FieldProblem
from wf40.sdk.firm_data import ImportOrigin

_KEPT = N_("Im Unternehmen steht ein neuerer oder selbst erfasster Wert, er bleibt: %(fields)s.")
_ARCHIVED = N_("Das Unternehmen ist archiviert. Stellen Sie es wieder her, wenn es wieder betreut werden soll.")
_TWICE = N_("Dasselbe Unternehmen steht schon in Zeile %(first)s. Nur die erste Zeile wird übernommen.")
_UNSTORABLE = N_("Die Zeile konnte nicht gespeichert werden. Bitte prüfen Sie die Werte auf ungewöhnliche Zeichen.")
_UNDECIDED = N_("noch nicht entschieden")
NEW_FIRM = 0
"""The choice that a row is a firm of its own."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How an import goes about its rows. ``choices`` are what people said about single ones, by row number."""

    source: str
    source_date: date | None = None
    policies: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[int, int] = field(default_factory=dict)
    undecided: str = "skip"
    checking: bool = False
    legal_basis: str = ""


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of one row. ``asked``: nobody has decided whether it is one of the ``candidates``."""

    row_no: int
    outcome: str
    firm_id: int | None = None
    name: str = ""
    reason: FieldProblem | None = None
    notes: tuple[FieldProblem, ...] = ()
    changes: tuple[tuple[str, Any, Any], ...] = ()
    candidates: tuple[Candidate, ...] = ()
    before: Mapping[str, Any] | None = None

    @property
    def asked(self) -> bool:
        """Whether a person has yet to decide."""
        return self.outcome == "ask" or (self.outcome == "skipped" and bool(self.candidates))

    def detail(self) -> dict[str, Any]:
        """Return what is stored of it beside outcome and firm."""
        stored: dict[str, Any] = {
            "name": self.name[:200],
            "reason": self.reason.as_json() if self.reason else None,
            "notes": [note.as_json() for note in self.notes],
            "changes": [list(change) for change in self.changes],
        }
        if self.candidates:
            stored["candidates"] = [[c.firm_id, c.probability, list(c.evidence)] for c in self.candidates]
        return stored


@dataclass(slots=True)
class _Work:
    """A row on its way."""

    ready: Ready
    facts: ImportedFacts
    firm_id: int | None = None


def process(u: UnitOfWork, unit_id: int, rows: Sequence[Ready], seen: Seen, rules: Rules) -> list[RowResult]:
    """Take rows over and return what became of each, in their order; a check decides the same and writes nothing."""
    results: dict[int, RowResult] = {}
    for row in rows:
        if row.facts is None:
            first, *others = row.problems
            left = "skipped" if row.left_out else "faulty"
            results[row.row] = RowResult(row.row, left, name=row.name, reason=first, notes=(*others, *row.notes))
    works = [_Work(row, row.facts) for row in rows if row.facts is not None]
    chosen = _Choosing(u, unit_id, seen, rules, results).choose(works)
    items = [(w.firm_id, w.facts) for w in chosen]
    drafts = [w.ready.draft for w in chosen]
    outcomes: Sequence[ImportOutcome] = ()
    if items and rules.checking:
        plans = plan_imports(u, items, rules.source, rules.source_date, rules.policies, drafts)
        outcomes = outcomes_of(plans)
    elif items:
        outcomes = apply_imports(u, items, rules.source, rules.source_date, rules.policies, drafts)
    for work, outcome in zip(chosen, outcomes, strict=True):
        results[work.ready.row] = _result(work.ready, outcome)
    if any(work.ready.own for work in chosen):
        _take_own(u, [work for work in chosen if work.ready.own], rules, results)
    return [results[row.row] for row in rows]


def _take_own(u: UnitOfWork, works: Sequence[_Work], rules: Rules, results: dict[int, RowResult]) -> None:
    """Take over what these rows fill beside the facts of firms."""
    rows = [
        OwnRow(
            w.ready.row, result.firm_id, result.outcome == "created", w.ready.own, w.facts.as_of or rules.source_date
        )
        for w in works
        for result in (results[w.ready.row],)
    ]
    origin = ImportOrigin(rules.source, rules.legal_basis, rules.source_date)
    for row, own in take_over(u, rows, OwnRules(origin, rules.policies, rules.checking)).items():
        was = results[row]
        results[row] = replace(
            was, notes=(*was.notes, *own.notes), changes=(*was.changes, *own.changes),
            outcome="updated" if own.changes and was.outcome == "unchanged" else was.outcome,
            before={**(was.before or {}), BEFORE: own.before} if own.before else was.before,
        )  # fmt: skip


class _Choosing:
    """Says for each row whether it goes in, and which firm it means; the others get their result at once."""

    def __init__(self, u: UnitOfWork, unit_id: int, seen: Seen, rules: Rules, results: dict[int, RowResult]) -> None:
        self.u, self.unit_id, self.seen, self.rules, self.results = u, unit_id, seen, rules, results

    def choose(self, works: Sequence[_Work]) -> list[_Work]:
        """Return the rows to be taken over, each with its firm."""
        identities = [work.ready.identity for work in works]
        self.seen.foresee(identities)
        self.found = find_known(self.u, self.unit_id, identities)
        wanted = {c.firm_id for work in works for c in work.ready.near or () if c.same}
        wanted |= {choice for work in works if (choice := self.rules.choices.get(work.ready.row))}
        self.known = known_firms(self.u, self.unit_id, wanted)
        return [work for work in works if self._takes(work)]

    def _takes(self, work: _Work) -> bool:
        seen = self.seen
        # A firm that another row of the file is cannot be this one; and what that row changed in it must not matter.
        if work.ready.near:
            near = tuple(c for c in work.ready.near if seen.firm(c.firm_id, work.ready.row) is None)
            work.ready = work.ready._replace(near=near)
        ready = work.ready
        row, name = ready.row, ready.name
        hit = self._meant(ready)
        decided = self.rules.choices.get(row) is not None
        first = None if decided else seen.earlier(ready.identity, row)
        if first is None and hit.firm is not None and not decided:
            first = seen.firm(hit.firm.firm_id, row)
        if first is not None:
            self.results[row] = RowResult(
                row, "skipped", name=name, reason=FieldProblem("", _TWICE, {"first": str(first)})
            )
            return False
        seen.add(row, ready.identity)
        if hit.firm is not None:
            seen.add_firm(row, hit.firm.firm_id)
        if hit.problem is not None:
            self.results[row] = RowResult(row, "faulty", name=name, reason=hit.problem, notes=ready.notes)
        elif hit.firm is not None and hit.firm.archived:
            self.results[row] = RowResult(row, "skipped", hit.firm.firm_id, name, FieldProblem("", _ARCHIVED))
        elif hit.firm is None and self._must_ask(ready):
            self.results[row] = self._asked(ready)
        else:
            work.firm_id = hit.firm.firm_id if hit.firm else None
            return True
        return False

    def _meant(self, ready: Ready) -> Match:
        """Return the firm that a row means."""
        choice = self.rules.choices.get(ready.row)
        if choice and choice in self.known:
            return Match(self.known[choice])
        identity = ready.identity
        if choice == NEW_FIRM:
            # A name alone does not overrule a person; a register number does.
            identity = identity._replace(name=("", ""))
        hit = match(identity, self.found, self.rules.source)
        if choice == NEW_FIRM and hit.problem is not None:
            return Match()
        if hit.firm is not None or hit.problem is not None or choice == NEW_FIRM:
            return hit
        same = [firm for c in ready.near or () if c.same and (firm := self._same(ready, c)) is not None]
        return Match(same[0]) if len(same) == 1 else Match()

    def _same(self, ready: Ready, candidate: Candidate) -> Known | None:
        firm = self.known.get(candidate.firm_id)
        fits = firm is not None and not contradicts(ready.identity.register, firm.register)
        return firm if fits else None

    def _must_ask(self, ready: Ready) -> bool:
        undecided = self.rules.choices.get(ready.row) != NEW_FIRM
        return undecided and bool(ready.near) and self.rules.undecided == "skip"

    def _asked(self, ready: Ready) -> RowResult:
        outcome = "ask" if self.rules.checking else "skipped"
        return RowResult(
            ready.row, outcome, name=ready.name, reason=FieldProblem("", _UNDECIDED), notes=ready.notes,
            candidates=ready.near or (),
        )  # fmt: skip


def _result(ready: Ready, outcome: ImportOutcome) -> RowResult:
    notes = ready.notes
    if outcome.kept:
        notes = (*notes, FieldProblem(outcome.kept[0], _KEPT, {"fields": ", ".join(outcome.kept)}))
    return RowResult(
        ready.row, outcome.result, outcome.firm_id, ready.name, notes=notes, changes=outcome.changes,
        candidates=ready.near or (), before=outcome.before or None,
    )  # fmt: skip


def unstorable(ready: Ready) -> RowResult:
    """Return the result of a row that the database refused."""
    return RowResult(ready.row, "faulty", name=ready.name, reason=FieldProblem("", _UNSTORABLE))
