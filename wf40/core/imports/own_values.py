"""Fills what slices and plugins keep about firms from the cells of rows, in the transaction of the firms themselves.

Cells travel as they are; they are read here, where the fields are known. A value that cannot be read or stored is left
out with a note, the row goes in.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from wf40.base.clock import local_date
from wf40.base.errors import DomainError
from wf40.base.history import FieldChange
from wf40.base.portions import portions
from wf40.base.uow import UnitOfWork
from wf40.core.firms.queries import firm_subject
from wf40.core.firms.updating import FILL, NEWER, OVERWRITE, Change
from wf40.core.imports.own_fields import HOOK, OwnField, own_fields
from wf40.core.imports.own_keys import part_key, split_key
from wf40.core.imports.problems import N_, FieldProblem
from wf40.core.imports.values import says_nothing
from wf40.matching.names import fold
from wf40.pluginhost.calls import Failure, Hooks
from wf40.sdk.firm_data import BETWEEN, ImportOrigin
from wf40.sdk.services import Office

_KEPT = N_("Im Unternehmen steht ein neuerer oder selbst erfasster Wert, er bleibt.")
_GONE = N_("Dieses Feld gibt es nicht mehr. Der Wert wird nicht übernommen.")
_BROKEN = N_("Die Erweiterung „%(plugin)s“ konnte den Wert nicht übernehmen (Fehlernummer %(reference)s).")
BEFORE = "own"
"""Under which name a row keeps what stood before and after."""
_LONGEST_WORDS = 1000
_NOTHING: tuple[Any, ...] = (None, "", [], {})


@dataclass(frozen=True, slots=True)
class OwnRow:
    """A row that went in, or would: its firm (none yet for a new one in a check), its cells, and its own day."""

    row: int
    firm_id: int | None
    created: bool
    cells: tuple[tuple[str, str], ...]
    stand: date | None


@dataclass(slots=True)
class OwnOutcome:
    """What became of the cells of a row. ``before`` holds what stood before and after, by field, for undoing."""

    notes: list[FieldProblem] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    before: dict[str, list[Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OwnRules:
    """How values meet those that stand already."""

    origin: ImportOrigin
    policies: Mapping[str, str]
    checking: bool


def take_over(u: UnitOfWork, rows: Sequence[OwnRow], rules: OwnRules) -> dict[int, OwnOutcome]:
    """Read the cells of rows and store what they say; a check decides the same and writes nothing."""
    known = own_fields(u)
    outcomes = {row.row: OwnOutcome() for row in rows}
    cells: dict[str, dict[int, dict[str, str]]] = {}
    for row in rows:
        for key, text in _joined(row.cells).items():
            name, part = split_key(key)
            if name in known:
                cells.setdefault(name, {}).setdefault(row.row, {})[part] = text
            else:
                outcomes[row.row].notes.append(FieldProblem(key, _GONE))
    for name, own in known.items():
        if name in cells:
            _take_field(u, own, [row for row in rows if row.row in cells[name]], cells[name], rules, outcomes)
    return outcomes


def _joined(cells: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the cells by what they fill, those of several columns with a mark between them."""
    found: dict[str, list[str]] = {}
    for key, cell in cells:
        found.setdefault(key, []).append(cell if fold(cell) else "")
    return {key: BETWEEN.join(some) for key, some in found.items() if any(some)}


def _take_field(
    u: UnitOfWork,
    own: OwnField,
    rows: Sequence[OwnRow],
    cells: Mapping[int, Mapping[str, str]],
    rules: OwnRules,
    outcomes: Mapping[int, OwnOutcome],
) -> None:
    def asked() -> tuple[dict[int, Any], Mapping[int, Any]]:
        read = {row.row: _read(own, cells[row.row], outcomes[row.row]) for row in rows}
        return read, dict(own.field.present(u, [row.firm_id for row in rows if row.firm_id is not None]))

    answer = u.service(Hooks).guard(own.plugin, HOOK, asked, u)
    if isinstance(answer, Failure):
        for row in rows:
            outcomes[row.row].notes.append(_broken(own, answer))
        return
    read, present = answer
    rows = [row for row in rows if read[row.row] not in _NOTHING]
    wanted = _decided(u, own, rows, read, present, rules, outcomes)
    if rules.checking:
        after: Mapping[int, Any] = wanted
    else:
        after = _stored(u, own, [row for row in rows if row.firm_id in wanted], wanted, rules.origin, outcomes)
    for row in rows:
        if (firm_id := row.firm_id) is not None and firm_id in after:
            _note(own, row, present.get(firm_id), after[firm_id], outcomes[row.row])


def _read(own: OwnField, cells: Mapping[str, str], outcome: OwnOutcome) -> Any:
    """Return what the cells of a row say, nothing where they cannot be read."""
    readers = {part.key: part.read for part in own.field.parts} or {"": own.field.read}
    found: dict[str, Any] = {}
    for part, text in cells.items():
        if part not in readers:
            outcome.notes.append(FieldProblem(part_key(own.key, part), _GONE))
            continue
        try:
            found[part] = readers[part](text)
        except DomainError as error:
            if not all(map(says_nothing, text.split(BETWEEN))):
                outcome.notes.append(FieldProblem(part_key(own.key, part), str(error.message)))
    return found if own.field.parts else found.get("")


def _decided(
    u: UnitOfWork,
    own: OwnField,
    rows: Sequence[OwnRow],
    read: Mapping[int, Any],
    present: Mapping[int, Any],
    rules: OwnRules,
    outcomes: Mapping[int, OwnOutcome],
) -> dict[int, Any]:
    """Return what firms shall have, those that have it already left out."""
    rule = next((r for key, r in rules.policies.items() if split_key(key)[0] == own.key), NEWER)
    wanted: dict[int, Any] = {}
    asked: list[OwnRow] = []
    for row in rows:
        if row.firm_id is None:
            continue
        now, new = present.get(row.firm_id), read[row.row]
        if own.field.combine is not None:
            try:
                wanted[row.firm_id] = own.field.combine(now, new, rule)
            except DomainError as error:
                outcomes[row.row].notes.append(FieldProblem(_first_key(own, rules.policies), str(error.message)))
        elif now in _NOTHING or rule == OVERWRITE:
            wanted[row.firm_id] = new
        elif now != new and rule != FILL:
            asked.append(row)
    last = _last_changes(u, own, {row.firm_id: present[row.firm_id] for row in asked if row.firm_id is not None})
    for row in asked:
        if row.firm_id is not None and _newer(u, last.get(row.firm_id), row.stand):
            wanted[row.firm_id] = read[row.row]
        else:
            outcomes[row.row].notes.append(FieldProblem(_first_key(own, rules.policies), _KEPT))
    return {firm_id: value for firm_id, value in wanted.items() if value != present.get(firm_id)}


def _first_key(own: OwnField, policies: Mapping[str, str]) -> str:
    return next((key for key in policies if split_key(key)[0] == own.key), own.key)


def _last_changes(u: UnitOfWork, own: OwnField, present: Mapping[int, Any]) -> dict[int, tuple[datetime, str]]:
    """Return when the values of firms were last changed, and from which source; by hand there is none."""
    found: dict[int, tuple[datetime, str]] = {}
    named = {(firm_subject(firm_id), name): firm_id for firm_id, v in present.items() for name in own.field.history(v)}
    columns = (FieldChange.subject, FieldChange.field, FieldChange.at, FieldChange.source)
    fields = sorted({name for _subject, name in named})
    for part in portions(sorted({subject for subject, _name in named})):
        rows = select(*columns).where(FieldChange.subject.in_(part), FieldChange.field.in_(fields))
        for subject, name, at, source in u.session.execute(rows.order_by(FieldChange.id)):
            if (subject, name) in named:
                found[named[subject, name]] = (at, source)
    return found


def _newer(u: UnitOfWork, last: tuple[datetime, str] | None, stand: date | None) -> bool:
    """Tell whether the file knows better: than another file always, than a person only if its day is later."""
    if last is None:
        return False
    at, source = last
    return bool(source) or (stand is not None and stand > local_date(at, u.service(Office).timezone))


def _stored(
    u: UnitOfWork,
    own: OwnField,
    rows: Sequence[OwnRow],
    wanted: Mapping[int, Any],
    origin: ImportOrigin,
    outcomes: Mapping[int, OwnOutcome],
) -> Mapping[int, Any]:
    """Store values and return what stands then; where one cannot be stored, the others are."""
    firms = {row.firm_id: row.row for row in rows if row.firm_id is not None}
    fault = store(u, own, {firm_id: wanted[firm_id] for firm_id in firms}, origin) if firms else None
    if fault is not None and len(firms) > 1:
        faults = {row: store(u, own, {firm_id: wanted[firm_id]}, origin) for firm_id, row in firms.items()}
    else:
        faults = dict.fromkeys(firms.values(), fault)
    for row, problem in faults.items():
        if problem is not None:
            outcomes[row].notes.append(problem)
    return dict(own.field.present(u, list(firms))) if firms else {}


def store(u: UnitOfWork, own: OwnField, values: Mapping[int, Any], origin: ImportOrigin) -> FieldProblem | None:
    """Store values of firms, all or none; returns why not."""

    def tried() -> DomainError | None:
        try:
            with u.session.begin_nested():
                own.field.store(u, values, origin)
        except DomainError as error:
            return error
        return None

    answer = u.service(Hooks).guard(own.plugin, HOOK, tried, u)
    if isinstance(answer, Failure):
        return _broken(own, answer)
    return FieldProblem(own.key, str(answer.message)) if answer is not None else None


def _broken(own: OwnField, failure: Failure) -> FieldProblem:
    return FieldProblem(own.key, _BROKEN, {"plugin": failure.plugin, "reference": failure.reference})


def _note(own: OwnField, row: OwnRow, old: Any, new: Any, outcome: OwnOutcome) -> None:
    if (old in _NOTHING and new in _NOTHING) or old == new:
        return
    was, now = differing(old, new)
    outcome.before[own.key] = [old, new] if row.created else [was, now]
    outcome.changes.append((own.key, _words(own, was), _words(own, now)))


def _words(own: OwnField, value: Any) -> str:
    return "" if value in _NOTHING else str(own.field.in_words(value))[:_LONGEST_WORDS]


def differing(old: Any, new: Any) -> tuple[Any, Any]:
    """Return two values; of mappings only the entries that differ."""
    if not isinstance(old, Mapping) and not isinstance(new, Mapping):
        return old, new
    was, now = old or {}, new or {}
    names: Collection[Any] = [name for name in {**was, **now} if was.get(name) != now.get(name)]
    return {n: was[n] for n in names if n in was}, {n: now[n] for n in names if n in now}
