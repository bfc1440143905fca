"""A batch of rows goes into the office: read, recognised, taken over, each with what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import func, select

from wf40.base.history import FieldChange
from wf40.base.uow import UnitOfWork
from wf40.core.firms.intake import ImportedFacts, ImportOutcome, apply_imports
from wf40.core.firms.queries import firm_subject
from wf40.core.imports.fields import FIELD_BY_KEY
from wf40.core.imports.matching import Identity, Seen, find_known, match
from wf40.core.imports.parsing import ParsedFirm
from wf40.core.imports.problems import N_, FieldProblem

_LONGEST = {
    "seat": 200, "town": 200, "street": 200, "house_number": 30, "register_court": 200, "register_suffix": 10, "phone": 60,
}  # fmt: skip
_KEPT = N_("Im Unternehmen steht ein neuerer oder selbst erfasster Wert, er bleibt: %(fields)s.")
_ARCHIVED = N_("Das Unternehmen ist archiviert. Stellen Sie es wieder her, wenn es wieder betreut werden soll.")
_TWICE = N_("Dasselbe Unternehmen steht schon in Zeile %(first)s. Nur die erste Zeile wird übernommen.")
_UNSTORABLE = N_("Die Zeile konnte nicht gespeichert werden. Bitte prüfen Sie die Werte auf ungewöhnliche Zeichen.")


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of one row."""

    row_no: int
    outcome: str
    firm_id: int | None = None
    name: str = ""
    reason: FieldProblem | None = None
    notes: tuple[FieldProblem, ...] = ()
    changes: tuple[tuple[str, Any, Any], ...] = ()

    def detail(self) -> dict[str, Any]:
        """Return what is stored of it beside outcome and firm."""
        return {
            "name": self.name[:200],
            "reason": self.reason.as_json() if self.reason else None,
            "notes": [note.as_json() for note in self.notes],
            "changes": [list(change) for change in self.changes],
        }


@dataclass(slots=True)
class _Work:
    """A row on its way."""

    parsed: ParsedFirm
    facts: ImportedFacts
    identity: Identity
    notes: tuple[FieldProblem, ...] = field(default_factory=tuple)
    firm_id: int | None = None


def read_facts(parsed: ParsedFirm) -> tuple[ImportedFacts, tuple[FieldProblem, ...]]:
    """Return the facts of a row without values that are too long to be stored, and the notes about them."""
    notes = list(parsed.notes)
    short: dict[str, Any] = {}
    for name, longest in _LONGEST.items():
        value = getattr(parsed, name)
        if value and len(value) > longest:
            shown = FIELD_BY_KEY["town" if name == "seat" else name].label
            values = {"label": shown, "found": str(len(value)), "limit": str(longest)}
            notes.append(
                FieldProblem(name, N_("„%(label)s“ hat %(found)s Zeichen, höchstens %(limit)s sind möglich."), values)
            )
            short[name] = None
    if parsed.address_extra:
        message = N_("Der Zusatz „%(value)s“ zur Anschrift wird nicht übernommen.")
        notes.append(FieldProblem("address", message, {"value": parsed.address_extra[:60]}))
    return replace(ImportedFacts.of(parsed), **short), tuple(notes)


def remember(rows: Sequence[ParsedFirm], seen: Seen) -> None:
    """Fill ``seen`` with rows that were dealt with before, after a worker took over from another."""
    for parsed in rows:
        if not parsed.faulty:
            identity = Identity.of(read_facts(parsed)[0])
            if seen.earlier(identity) is None:
                seen.add(parsed.row, identity)


def process(
    u: UnitOfWork, unit_id: int, rows: Sequence[ParsedFirm], seen: Seen, source: str, as_of: date | None
) -> list[RowResult]:
    """Take rows over and return what became of each, in their order.

    Whether anything stays is the caller's choice: a check does the very same and lets the transaction go.
    """
    results: dict[int, RowResult] = {}
    works: list[_Work] = []
    for parsed in rows:
        facts, notes = read_facts(parsed)
        if parsed.faulty:
            results[parsed.row] = RowResult(
                parsed.row, "faulty", name=parsed.name, reason=parsed.problems[0], notes=(*parsed.problems[1:], *notes)
            )
        else:
            works.append(_Work(parsed, facts, Identity.of(facts), notes))
    chosen = _choose(u, unit_id, works, seen, source, results)
    before = u.session.scalar(select(func.max(FieldChange.id))) or 0
    outcomes = apply_imports(u, [(w.firm_id, w.facts) for w in chosen], source, as_of) if chosen else []
    changes = _changes(u, before, [o for o in outcomes if o.result == "updated"])
    for work, outcome in zip(chosen, outcomes, strict=True):
        results[work.parsed.row] = _result(work, outcome, changes.get(outcome.firm_id, ()))
    return [results[parsed.row] for parsed in rows]


def _choose(
    u: UnitOfWork, unit_id: int, works: Sequence[_Work], seen: Seen, source: str, results: dict[int, RowResult]
) -> list[_Work]:
    """Return the rows to be taken over, each with its firm; the others get their result at once."""
    found = find_known(u, unit_id, [work.identity for work in works], source)
    chosen: list[_Work] = []
    for work in works:
        row, name = work.parsed.row, work.parsed.name
        first = seen.earlier(work.identity)
        hit = match(work.identity, found, source)
        if first is None and hit.firm is not None:
            first = seen.firms.get(hit.firm.firm_id)
        if first is not None:
            reason = FieldProblem("", _TWICE, {"first": str(first)})
            results[row] = RowResult(row, "skipped", name=name, reason=reason)
            continue
        seen.add(row, work.identity)
        if hit.firm is not None:
            seen.add_firm(row, hit.firm.firm_id)
        if hit.problem is not None:
            results[row] = RowResult(row, "faulty", name=name, reason=hit.problem, notes=work.notes)
        elif hit.firm is not None and hit.firm.archived:
            results[row] = RowResult(row, "skipped", hit.firm.firm_id, name, FieldProblem("", _ARCHIVED))
        else:
            work.firm_id = hit.firm.firm_id if hit.firm else None
            chosen.append(work)
    return chosen


def _changes(
    u: UnitOfWork, after_id: int, updated: Sequence[ImportOutcome]
) -> Mapping[int, tuple[tuple[str, Any, Any], ...]]:
    """Return what the history has just noted, by firm."""
    if not updated:
        return {}
    u.session.flush()
    by_subject = {firm_subject(outcome.firm_id): outcome.firm_id for outcome in updated}
    columns = (FieldChange.subject, FieldChange.field, FieldChange.old, FieldChange.new)
    rows = (
        select(*columns).where(FieldChange.id > after_id, FieldChange.subject.in_(by_subject)).order_by(FieldChange.id)
    )
    found: dict[int, list[tuple[str, Any, Any]]] = {}
    for subject, name, old, new in u.session.execute(rows):
        found.setdefault(by_subject[subject], []).append((name, old, new))
    return {firm_id: tuple(changes) for firm_id, changes in found.items()}


def _result(work: _Work, outcome: ImportOutcome, changes: tuple[tuple[str, Any, Any], ...]) -> RowResult:
    notes = work.notes
    if outcome.kept:
        notes = (*notes, FieldProblem(outcome.kept[0], _KEPT, {"fields": ", ".join(outcome.kept)}))
    return RowResult(work.parsed.row, outcome.result, outcome.firm_id, work.parsed.name, notes=notes, changes=changes)


def unstorable(parsed: ParsedFirm) -> RowResult:
    """Return the result of a row that the database refused."""
    return RowResult(parsed.row, "faulty", name=parsed.name, reason=FieldProblem("", _UNSTORABLE))
