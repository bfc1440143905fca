"""Rows made ready for going in: read, with all keys, and compared with what the office has. Nothing is written here.

This is most of the work of an import. It needs no lock and no order, so other processes may do it (:mod:`.pool`); what
they find is decided upon where the rows go in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select

from wf40.base.uow import UnitOfWork
from wf40.core.firms.drafts import Draft, draft_of, traits_of_facts
from wf40.core.firms.identities import similar_firms
from wf40.core.firms.intake import ImportedFacts
from wf40.core.firms.match_keys import Near
from wf40.core.imports.fields import FIELD_BY_KEY
from wf40.core.imports.matching import Identity, find_known, match
from wf40.core.imports.models import ImportRow
from wf40.core.imports.own_keys import SITES
from wf40.core.imports.parsing import ColumnMapping, ParsedFirm, parse_row
from wf40.core.imports.problems import N_, FieldProblem
from wf40.core.imports.reading import SourceRow, fitted
from wf40.core.imports.several import SEVERAL_ADDRESSES, further_addresses
from wf40.core.office.postcodes import Place, ags_of
from wf40.matching.traits import FirmTraits
from wf40.matching.verdicts import Band

_LONGEST = {
    "seat": 200, "town": 200, "street": 200, "house_number": 30, "register_court": 200, "register_suffix": 10, "phone": 60,
}  # fmt: skip
MOST_CANDIDATES = 8
_TOWN_ADDED = N_("Der Ort fehlt. Zur Postleitzahl %(postcode)s gehört nur „%(town)s“, das wird ergänzt.")


class Candidate(NamedTuple):
    """A stored firm that is like a row. ``evidence`` are codes like ``name:similar``, the strongest first."""

    firm_id: int
    probability: float
    same: bool
    evidence: tuple[str, ...]


class Ready(NamedTuple):
    """A row that is ready. Without ``facts`` it is faulty or, if ``left_out``, no firm at all; ``problems`` say why.

    ``near`` is ``None`` where it was not looked for, because a stored firm is known to be meant.
    """

    row: int
    name: str
    facts: ImportedFacts | None
    problems: tuple[FieldProblem, ...]
    notes: tuple[FieldProblem, ...]
    identity: Identity
    draft: Draft | None = None
    near: tuple[Candidate, ...] | None = None
    left_out: bool = False
    own: tuple[tuple[str, str], ...] = ()
    """Cells of columns that fill something beside the facts of a firm, as they are."""


@dataclass(frozen=True, slots=True)
class Task:
    """How the rows of one import are to be read, and what they are compared with: firms up to ``newest_firm``."""

    run_id: int
    unit_id: int
    mapping: ColumnMapping
    is_text: bool
    source: str
    source_date: date | None
    newest_firm: int
    own: tuple[tuple[int, str], ...] = ()
    places: Mapping[str, tuple[Place, ...]] = field(default_factory=dict)
    """Which municipalities a postcode belongs to, where the file has postcodes and the office has loaded the table."""


def source_rows(u: UnitOfWork, task: Task, after: int, limit: int, until: int | None = None) -> list[SourceRow]:
    """Return the stored lines behind a row number."""
    columns = select(ImportRow.row_no, ImportRow.cells, ImportRow.fault)
    rows = columns.where(ImportRow.run_id == task.run_id, ImportRow.row_no > after)
    if until is not None:
        rows = rows.where(ImportRow.row_no <= until)
    return [_source_row(task, *row) for row in u.session.execute(rows.order_by(ImportRow.row_no).limit(limit))]


def some_rows(u: UnitOfWork, task: Task, numbers: Sequence[int]) -> list[SourceRow]:
    """Return some stored lines by their numbers."""
    columns = select(ImportRow.row_no, ImportRow.cells, ImportRow.fault)
    found: list[SourceRow] = []
    for start in range(0, len(numbers), 500):
        among = ImportRow.row_no.in_(numbers[start : start + 500])
        rows = columns.where(ImportRow.run_id == task.run_id, among).order_by(ImportRow.row_no)
        found += [_source_row(task, *row) for row in u.session.execute(rows)]
    return found


def _source_row(task: Task, number: int, cells: Sequence[str] | None, fault: dict[str, Any] | None) -> SourceRow:
    row = SourceRow(number, tuple(cells or ()), FieldProblem.from_json(fault) if fault else None)
    return fitted(row, len(task.mapping.fields), is_text=task.is_text)


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
    facts = ImportedFacts.of(parsed)
    return replace(facts, **short) if short else facts, tuple(notes)


def read_row(task: Task, row: SourceRow) -> Ready:
    """Read one row; what costs much more is done by :func:`complete`."""
    parsed = parse_row(task.mapping, row)
    facts, notes = read_facts(parsed)
    if task.places and (found := task.places.get(facts.postcode or "")):
        facts, notes = _placed(facts, notes, found)
    identity = Identity.of(facts)
    taken = None if parsed.faulty else facts
    own = _own_cells(task, row, notes) if task.own or notes else ()
    return Ready(parsed.row, parsed.name, taken, parsed.problems, notes, identity, left_out=parsed.left_out, own=own)


def _own_cells(task: Task, row: SourceRow, notes: Sequence[FieldProblem]) -> tuple[tuple[str, str], ...]:
    """Return the cells that fill something beside the facts of a firm, further addresses of one cell among them."""
    own = [(key, row.cells[at]) for at, key in task.own]
    if any(note.message == SEVERAL_ADDRESSES for note in notes):
        own += [(SITES, text) for text in further_addresses(row.cells[task.mapping.fields.index("address")])]
    return tuple(own) if any(cell for _key, cell in own) else ()


def _placed(
    facts: ImportedFacts, notes: tuple[FieldProblem, ...], places: Sequence[Place]
) -> tuple[ImportedFacts, tuple[FieldProblem, ...]]:
    """Add what follows from the postcode: the key of the municipality, and its name where the row has none."""
    towns = {place.town for place in places}
    if facts.town or facts.seat or len(towns) > 1:
        ags = ags_of(places, facts.town or facts.seat or "")
        return (replace(facts, ags=ags) if ags else facts), notes
    town = next(iter(towns))
    note = FieldProblem("town", _TOWN_ADDED, {"town": town, "postcode": facts.postcode or ""})
    return replace(facts, town=town, ags=ags_of(places, town) or None), (*notes, note)


def complete(u: UnitOfWork, task: Task, rows: Sequence[Ready]) -> list[Ready]:
    """Make the new firms of rows whose firm is not known, and look which stored firms are like them."""
    found = find_known(u, task.unit_id, [row.identity for row in rows if row.facts])
    ready, new = list(rows), list[tuple[int, FirmTraits, Draft]]()
    for i, row in enumerate(rows):
        if row.facts is None:
            continue
        hit = match(row.identity, found, task.source)
        if hit.firm is None and hit.problem is None:
            traits = traits_of_facts(row.facts)
            new.append((i, traits, draft_of(row.facts, task.source_date, row.facts.ags or "", traits)))
    asked = [(traits, draft.digests) for _i, traits, draft in new]
    near = similar_firms(u, task.unit_id, asked, task.newest_firm) if task.newest_firm else [[] for _row in new]
    for (i, _traits, draft), some in zip(new, near, strict=True):
        ready[i] = ready[i]._replace(draft=draft, near=tuple(map(_candidate, some[:MOST_CANDIDATES])))
    return ready


def prepare(u: UnitOfWork, task: Task, after: int, limit: int, until: int | None = None) -> list[Ready]:
    """Return rows behind a number, ready to go in."""
    return complete(u, task, [read_row(task, row) for row in source_rows(u, task, after, limit, until)])


def _candidate(near: Near) -> Candidate:
    verdict = near.verdict
    codes = tuple(f"{e.feature}:{e.level}" for e in verdict.evidence)
    # A person looks wherever anything speaks against it, however much speaks for it.
    same = verdict.band == Band.SAME and all(e.weight >= 0 for e in verdict.evidence)
    return Candidate(near.firm_id, round(verdict.probability, 4), same, codes)
