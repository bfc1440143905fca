"""Which firm a row means: by register, key of the source, tax numbers, or name and town, and which row said so before.

A register number that differs is never overruled by a name. A key overrules it only together with name and town, so
that a firm whose number was corrected is found again while running numbers of a list recognise nobody.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from wf40.base.uow import UnitOfWork
from wf40.core.firms.identities import Identities, Known, identities, name_identity
from wf40.core.firms.intake import ImportedFacts
from wf40.core.imports.problems import N_, FieldProblem
from wf40.matching.names import search_key
from wf40.matching.traits import RegisterKey

Key = tuple[str, object]


@dataclass(frozen=True, slots=True)
class Identity:
    """What may recognise the firm of a row; empty parts are not in the row."""

    register: RegisterKey
    source_key: str
    vat_id: str
    economic_id: str
    name: tuple[str, str]
    former: tuple[tuple[str, str], ...]
    legal_form: str

    @classmethod
    def of(cls, facts: ImportedFacts) -> "Identity":
        """Take it from the facts of a row."""
        register = (facts.register_kind, facts.register_number, facts.register_suffix, facts.register_court)
        kind, number, suffix, court = (part or "" for part in register)
        town = facts.seat or facts.town or ""
        name, *former = (name_identity(search_key(name)[:600], town) for name in (facts.name, *facts.former_names))
        keys = (facts.source_key or "", facts.vat_id or "", facts.economic_id or "")
        return cls((kind, number, suffix, court), *keys, name, tuple(former), facts.legal_form or "")

    @property
    def registered(self) -> bool:
        """Whether kind and number are known."""
        return bool(self.register[0] and self.register[1])

    def marks(self) -> Iterable[Key]:
        """Yield everything by which a later row could mean the same firm."""
        if self.registered:
            yield "register", self.register
        for kind in ("source_key", "vat_id", "economic_id"):
            if value := getattr(self, kind):
                yield kind, value
        for name in dict.fromkeys((self.name, *self.former)):
            if name[0]:
                yield "name", name


@dataclass(frozen=True, slots=True)
class Match:
    """A firm, no firm (a new one), or a reason why nobody may decide this but a person."""

    firm: Known | None = None
    problem: FieldProblem | None = None


@dataclass(slots=True)
class Seen:
    """The rows of this file so far, so that a second row about the same firm is found."""

    rows: dict[Key, list[tuple[int, Identity]]] = field(default_factory=lambda: defaultdict(list))
    firms: dict[int, int] = field(default_factory=dict)
    added: list[Key] = field(default_factory=list)
    hit: list[int] = field(default_factory=list)

    def earlier(self, identity: Identity) -> int | None:
        """Return the row that already spoke of this firm."""
        for key in identity.marks():
            for row, other in self.rows.get(key, ()):
                if key[0] == "register" or not (
                    contradicts(identity.register, other.register) or _other_form(key[0], identity, other)
                ):
                    return row
        return None

    def mark(self) -> None:
        """Begin a batch that may have to be forgotten."""
        self.added.clear()
        self.hit.clear()

    def forget(self) -> None:
        """Forget what was added since the mark."""
        for key in self.added:
            self.rows[key].pop()
        for firm_id in self.hit:
            self.firms.pop(firm_id, None)
        self.mark()

    def add(self, row: int, identity: Identity) -> None:
        """Remember a row."""
        for key in identity.marks():
            self.rows[key].append((row, identity))
            self.added.append(key)

    def add_firm(self, row: int, firm_id: int) -> None:
        """Remember that a row spoke of a firm."""
        self.firms[firm_id] = row
        self.hit.append(firm_id)


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


def find_known(u: UnitOfWork, unit_id: int, rows: Sequence[Identity], source: str) -> Identities:
    """Look up all rows at once."""
    return identities(
        u,
        unit_id,
        registers={row.register for row in rows if row.registered},
        source_keys={(source, row.source_key) for row in rows if row.source_key},
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
        for (origin, key), many in found.by_source_key.items()
        if key == row.source_key
        for known in many
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
