"""Rows that may mean a firm of the office: side by side, by kind, and decided one by one or many at once."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from wf40.base.access import requires
from wf40.base.errors import InvalidInput, Text
from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.firms.match_keys import traits_of
from wf40.core.firms.match_words import percent, sentence
from wf40.core.firms.terms import legal_form_label
from wf40.core.imports import lines, planning, queries
from wf40.core.imports.lines import Candidate, Line
from wf40.core.imports.models import ImportRow, ImportRun
from wf40.core.imports.own_keys import builtin
from wf40.core.imports.parsing import ColumnMapping, ParsedFirm, parse_row
from wf40.core.imports.preparing import read_facts
from wf40.core.imports.reading import SourceRow, fitted
from wf40.core.imports.service import RUN, demand, writable
from wf40.matching.traits import FirmTraits

PER_PAGE = 10
MOST_AT_ONCE = 2000
"""Rows that one decision may settle: they are planned anew within the request."""
SAME, NEW, LATER = "gleich", "neu", "spaeter"
_LIKELY = 0.8
FACTS: dict[str, Text] = {
    "name": _l("Name"),
    "legal_form": _l("Rechtsform"),
    "register": _l("Register"),
    "address": _l("Anschrift"),
    "phone": _l("Telefon"),
    "email": _l("E-Mail"),
    "website": _l("Website"),
    "vat_id": _l("USt-IdNr."),
    "former": _l("Frühere Namen"),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of the row beside the same fact of the firm."""

    field: str
    row: str
    firm: str

    @property
    def same(self) -> bool:
        """Whether both say the same."""
        return self.row.casefold() == self.firm.casefold()


@dataclass(frozen=True, slots=True)
class Option:
    """A firm that a row may mean, set beside the row."""

    firm_id: int
    name: str
    probability: str
    likely: bool
    reasons: tuple[str, ...]
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One row to decide about: one of these firms, or a new one."""

    line: Line
    options: tuple[Option, ...]


@dataclass(slots=True)
class Kind:
    """Rows for which the same speaks: they can be decided together."""

    key: str
    reasons: tuple[str, ...]
    rows: int = 0
    examples: list[str] = field(default_factory=list)


@requires(queries.READ)
def questions(u: UnitOfWork, run_id: int, found: Sequence[Line]) -> list[Question]:
    """Set each row beside the firms that it may mean; few statements, however many rows."""
    run = queries.run(u, run_id)
    firms = traits_of(u, {c.firm_id for line in found for c in line.candidates})
    wanted = select(ImportRow.row_no, ImportRow.cells).where(
        ImportRow.run_id == run_id, ImportRow.row_no.in_([line.row_no for line in found])
    )
    rows = {number: traits_of_row(run, number, cells or ()) for number, cells in u.session.execute(wanted)}
    return [
        Question(line, tuple(_option(c, rows[line.row_no], firms[c.firm_id]) for c in line.candidates if c.firm_id in firms))
        for line in found
    ]  # fmt: skip


@requires(queries.READ)
def kinds(u: UnitOfWork, run_id: int) -> list[Kind]:
    """Sort what is to be decided by what speaks for it, the most frequent first."""
    found: dict[str, Kind] = {}
    for line in _undecided(u, queries.run(u, run_id)):
        key = kind_of(line)
        kind = found.setdefault(key, Kind(key, _reasons(line.candidates[0]) if line.candidates else ()))
        kind.rows += 1
        if len(kind.examples) < 3:
            kind.examples.append(line.name)
    return sorted(found.values(), key=lambda kind: -kind.rows)


@requires(RUN)
def decide(u: UnitOfWork, run_id: int, row_no: int, choice: str) -> None:
    """Take a decision as a page sends it: a firm's id, ``neu`` or ``spaeter``."""
    demand(writable(u, run_id), {"checked"})
    if choice not in {NEW, LATER} and not (choice.isascii() and choice.isdigit() and len(choice) < 10):
        raise InvalidInput(_l("Bitte entscheiden Sie noch einmal."), {})
    planning.decide(u, run_id, row_no, planning.NEW_FIRM if choice == NEW else None if choice == LATER else int(choice))


@requires(RUN)
def decide_all(u: UnitOfWork, run_id: int, choice: str, kind: str = "", of_kind: bool = False) -> int:  # noqa: FBT001, FBT002
    """Decide about every open row (or those of one kind) alike: the likeliest firm each, or new firms; returns how many."""
    run = writable(u, run_id)
    demand(run, {"checked"})
    if choice not in {SAME, NEW}:
        raise InvalidInput(_l("Bitte entscheiden Sie noch einmal."), {})
    wanted = {line.row_no: line for line in _undecided(u, run) if not of_kind or kind_of(line) == kind}
    numbers = list(wanted)[:MOST_AT_ONCE]
    taken: Counter[int] = Counter()
    for row in u.session.scalars(select(ImportRow).where(ImportRow.run_id == run_id, ImportRow.row_no.in_(numbers))):
        best = wanted[row.row_no].candidates[:1]
        if choice == NEW:
            row.choice = planning.NEW_FIRM
        elif best and not taken[best[0].firm_id]:
            row.choice = best[0].firm_id
            taken[best[0].firm_id] += 1
    u.session.flush()
    planning.recheck(u, run_id, numbers)
    return len(numbers) if choice == NEW else len(taken)


def kind_of(line: Line) -> str:
    """Return what rows share that can be decided together: what speaks for the likeliest firm."""
    return ".".join(sorted(code.replace(":", "-") for code in line.candidates[0].evidence)) if line.candidates else ""


def traits_of_row(run: ImportRun, number: int, cells: Sequence[str]) -> FirmTraits:
    """Return what a row says, as it would be stored."""
    mapping = ColumnMapping(builtin(run.fields), run.edition or None)  # type: ignore[arg-type]  # checked when stored
    row = fitted(SourceRow(number, tuple(cells)), len(run.fields), is_text=False)
    return _traits(parse_row(mapping, row))


def _traits(parsed: ParsedFirm) -> FirmTraits:
    facts, _notes = read_facts(parsed)
    register = (facts.register_kind, facts.register_number, facts.register_suffix, facts.register_court)
    plain = ("vat_id", "economic_id", "street", "house_number", "postcode", "phone", "email", "website", "legal_form")
    return FirmTraits(
        facts.name, facts.former_names, register=tuple(part or "" for part in register),  # type: ignore[arg-type]
        town=facts.town or facts.seat or "", **{name: getattr(facts, name) or "" for name in plain},
    )  # fmt: skip


def _undecided(u: UnitOfWork, run: ImportRun) -> list[Line]:
    rows = select(*lines.COLUMNS).where(
        ImportRow.run_id == run.id, ImportRow.outcome == "ask", ImportRow.choice.is_(None)
    )
    return lines.lines_of(run, u.session.execute(rows.order_by(ImportRow.row_no)))


def _option(candidate: Candidate, row: FirmTraits, firm: FirmTraits) -> Option:
    ours, theirs = _shown(row), _shown(firm)
    facts = tuple(Fact(key, ours[key], theirs[key]) for key in FACTS if ours[key] or theirs[key])
    return Option(
        candidate.firm_id,
        firm.name,
        percent(candidate.probability),
        candidate.probability >= _LIKELY,
        _reasons(candidate),
        facts,
    )


def _reasons(candidate: Candidate) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, (sentence(*code.partition(":")[::2]) for code in candidate.evidence))))


def _shown(traits: FirmTraits) -> dict[str, str]:
    kind, number, suffix, court = traits.register
    place = " ".join(filter(None, (traits.postcode, traits.town)))
    return defaultdict(str, {
        "name": traits.name, "legal_form": legal_form_label(traits.legal_form) or traits.legal_form,
        "register": ", ".join(filter(None, (" ".join(filter(None, (kind, number, suffix))), court))),
        "address": ", ".join(filter(None, (" ".join(filter(None, (traits.street, traits.house_number))), place))),
        "phone": traits.phone, "email": traits.email, "website": traits.website, "vat_id": traits.vat_id,
        "former": "; ".join(traits.former_names),
    })  # fmt: skip
