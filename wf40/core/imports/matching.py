"""Which firm a row means: by register, key of the source, tax numbers, or name and town, and which row said so before.

A register number that differs is never overruled by a name. A key overrules it only together with name and town, so
that a firm whose number was corrected is found again while running numbers of a list recognise nobody.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from wf40.base.uow import UnitOfWork
from wf40.core.firms.identities import Identities, Known, identities, name_identity
from wf40.core.firms.intake import ImportedFacts
from wf40.core.firms.match_keys import digest
from wf40.core.imports.marks import Marks, packed
from wf40.core.imports.problems import N_, FieldProblem
from wf40.matching.names import search_key
from wf40.matching.traits import RegisterKey

Key = tuple[str, str | tuple[str, ...]]
FirmRow = Callable[[int, int], int | None]
Recall = Callable[[Collection[int]], Mapping[int, "Identity"]]


class Identity(NamedTuple):
    """What may recognise the firm of a row; empty parts are not in the row."""

    register: RegisterKey
    source_key: str
    vat_id: str
    economic_id: str
    name: tuple[str, str]
    former: tuple[tuple[str, str], ...]
    legal_form: str
    marks: tuple[Key, ...]
    """Everything by which a later row could mean the same firm."""
    digests: tuple[int, ...]
    """The marks as numbers, the same in every process."""

    @classmethod
    def of(cls, facts: ImportedFacts) -> "Identity":
        """Take it from the facts of a row."""
        register = (facts.register_kind, facts.register_number, facts.register_suffix, facts.register_court)
        kind, number, suffix, court = (part or "" for part in register)
        town = facts.seat or facts.town or ""
        name, *former = (name_identity(search_key(name)[:600], town) for name in (facts.name, *facts.former_names))
        keys = (facts.source_key or "", facts.vat_id or "", facts.economic_id or "")
        marks: list[Key] = [("register", (kind, number, suffix, court))] if kind and number else []
        marks += [(kind, key) for kind, key in zip(("source_key", "vat_id", "economic_id"), keys, strict=True) if key]
        marks += [("name", name) for name in dict.fromkeys((name, *former)) if name[0]]
        digests = tuple(digest("\t".join((kind, *([key] if isinstance(key, str) else key)))) for kind, key in marks)
        return cls(
            (kind, number, suffix, court), *keys, name, tuple(former), facts.legal_form or "", tuple(marks), digests
        )

    @property
    def registered(self) -> bool:
        """Whether kind and number are known."""
        return bool(self.register[0] and self.register[1])


@dataclass(frozen=True, slots=True)
class Match:
    """A firm, no firm (a new one), or a reason why nobody may decide this but a person."""

    firm: Known | None = None
    problem: FieldProblem | None = None


class Seen:
    """The rows of this file so far, so that a second row about the same firm is found.

    Rows of batches that went in are kept as marks only; ``recall`` returns the identities of such rows once more when
    a mark is met again. Rows of the present batch wait beside them until it is certain.
    """

    def __init__(self, recall: Recall = lambda _rows: {}, firm_row: FirmRow | None = None) -> None:
        self._recall, self._firm_row = recall, firm_row
        self.marks = Marks()
        self._firms = Marks()
        self._rows: dict[Key, list[tuple[int, Identity]]] = defaultdict(list)
        self._added: list[tuple[int, Identity]] = []
        self._hit: dict[int, int] = {}
        self._known: dict[int, Identity] = {}

    def foresee(self, identities: Iterable[Identity]) -> None:
        """Call back all earlier rows that some rows may mean, at once."""
        rows = {row for one in identities for number in one.digests for row in self.marks.rows(number)}
        self._known = dict(self._recall(sorted(rows))) if rows else {}

    def earlier(self, identity: Identity, before: int | None = None) -> int | None:
        """Return the row that already spoke of this firm; where all rows are known, only those ``before`` one count."""
        for key, number in zip(identity.marks, identity.digests, strict=True):
            settled: list[tuple[int, Identity]] = [
                (row, self._known[row]) for row in self.marks.rows(number) if row in self._known
            ]
            pairs: list[tuple[int, Identity]] = [*settled, *self._rows.get(key, ())]
            for row, other in pairs:
                if (before is None or row < before) and key in other.marks and _may_be_one(key[0], identity, other):
                    return row
        return None

    def firm(self, firm_id: int, before: int) -> int | None:
        """Return the row that already spoke of a stored firm."""
        if self._firm_row is not None:
            return self._hit.get(firm_id) or self._firm_row(firm_id, before)
        return self._hit.get(firm_id) or next(iter(self._firms.rows(firm_id)), None)

    def add(self, row: int, identity: Identity) -> None:
        """Remember a row of the present batch."""
        for key in identity.marks:
            self._rows[key].append((row, identity))
        self._added.append((row, identity))

    def add_firm(self, row: int, firm_id: int) -> None:
        """Remember that a row of the present batch spoke of a firm."""
        self._hit.setdefault(firm_id, row)

    def added(self) -> bytes:
        """Return the marks of the present batch for storing."""
        return packed((number, row) for row, identity in self._added for number in identity.digests)

    def settle(self) -> None:
        """Keep what the present batch added: it has gone in."""
        for row, identity in self._added:
            for number in identity.digests:
                self.marks.add(number, row)
        for firm_id, row in self._hit.items():
            self._firms.add(firm_id, row)
        self.forget()

    def forget(self) -> None:
        """Forget what the present batch added."""
        self._rows.clear()
        self._added.clear()
        self._hit.clear()
        self._known = {}


def _may_be_one(kind: str, one: Identity, other: Identity) -> bool:
    return kind == "register" or not (contradicts(one.register, other.register) or _other_form(kind, one, other))


def _other_form(kind: str, one: Identity, other: Identity) -> bool:
    return kind == "name" and _forms_differ(one.legal_form, other.legal_form)


def _forms_differ(one: str, other: str) -> bool:
    return bool(one and other and one != other)


def contradicts(one: RegisterKey, other: RegisterKey) -> bool:
    """Tell whether two register entries cannot be the same; unknown parts contradict nothing."""
    if not (one[1] and other[1]):
        return False
    return (
        one[1] != other[1]
        or one[2] != other[2]
        or any(a and b and a != b for a, b in ((one[0], other[0]), (one[3], other[3])))
    )


def find_known(u: UnitOfWork, unit_id: int, rows: Sequence[Identity]) -> Identities:
    """Look up all rows at once."""
    return identities(
        u,
        unit_id,
        registers={row.register for row in rows if row.registered},
        source_keys={row.source_key for row in rows if row.source_key},
        vat_ids={row.vat_id for row in rows},
        economic_ids={row.economic_id for row in rows},
        names={row.name for row in rows if row.name[0]},
    )


def match(row: Identity, found: Identities, source: str) -> Match:
    """Choose the firm that a row means."""
    named = _compatible(found.by_name.get(row.name, []), row) if row.name[0] else []
    keyed = _keyed(row, found, source)
    registered = _unarchived(found.by_register.get(row.register, [])) if row.registered else []
    if registered:
        if keyed and not _ids(keyed) & _ids(registered):
            return _conflict(
                "register_number", N_("Die Registernummer gehört zu einem anderen Unternehmen als die Kennung.")
            )
        return _one(registered, "register_number")
    if keyed:
        if named and not _ids(keyed) & _ids(named):
            return _conflict("source_key", N_("Die Kennung gehört zu einem anderen Unternehmen als der Name."))
        return _one(keyed, "source_key")
    for field_name, candidates in (("vat_id", found.by_vat_id), ("economic_id", found.by_economic_id)):
        hits = [k for k in candidates.get(getattr(row, field_name), []) if not contradicts(row.register, k.register)]
        if hits:
            return _one(_unarchived(hits), field_name)
    return _one(named, "name") if named else Match()


def _keyed(row: Identity, found: Identities, source: str) -> list[Known]:
    """Return the firms of the row's key: of this source, or of any source when name and town agree too."""
    if not row.source_key:
        return []
    same_name = _ids(found.by_name.get(row.name, []))
    hits = [
        known
        for origin, known in found.by_source_key.get(row.source_key, ())
        if known.firm_id in same_name or (origin == source and not contradicts(row.register, known.register))
    ]
    return _unarchived(hits)


def _compatible(candidates: Sequence[Known], row: Identity) -> list[Known]:
    fitting = [
        k
        for k in candidates
        if not contradicts(row.register, k.register) and not _forms_differ(row.legal_form, k.legal_form)
    ]
    exact = [k for k in fitting if k.legal_form == row.legal_form]
    return _unarchived(exact or fitting)


def _unarchived(candidates: Sequence[Known]) -> list[Known]:
    """Leave out archived firms where another one fits as well."""
    return [k for k in candidates if not k.archived] or list(candidates)


def _ids(candidates: Iterable[Known]) -> set[int]:
    return {known.firm_id for known in candidates}


def _one(candidates: Sequence[Known], field_name: str) -> Match:
    if len(_ids(candidates)) == 1:
        return Match(candidates[0])
    message = N_("Mehrere Unternehmen passen zu dieser Zeile. Bitte ergänzen Sie die Registernummer oder eine Kennung.")
    return _conflict(field_name, message)


def _conflict(field_name: str, message: str) -> Match:
    return Match(problem=FieldProblem(field_name, message))
