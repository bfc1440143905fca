"""The two kinds of records that may stand twice: how their keys, their data and the comparison are come by."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from wf40.base.access import Actor
from wf40.base.uow import Database, UnitOfWork
from wf40.core.contacts import match_keys as person_keys
from wf40.core.contacts import match_rules as person_rules
from wf40.core.duplicates.codes import FIRMS, PERSONS
from wf40.core.duplicates.models import DuplicatePair, PairModel, PersonPair
from wf40.core.firms import late_keys, match_keys, match_lookup, match_rules
from wf40.matching.firms import compare, prepared
from wf40.matching.verdicts import Band, Verdict

Pair = tuple[int, int]
Change = tuple[int, int, datetime]
"""Number of a record, its unit, and when it changed."""


class Records(Protocol):
    """What a search needs of one kind of record. Everything is the worker's part and asks no person."""

    kind: str
    model: PairModel
    columns: tuple[str, str]
    """The two columns of a pair that name its records."""

    def renew(self, database: Database, actor: Actor, seconds: float | None = None) -> bool:
        """Make keys anew that were made by other rules; tells whether all are made by the present ones."""
        ...

    def changed(self, u: UnitOfWork, limit: int) -> list[Change]:
        """Return records that changed, the earliest change first."""
        ...

    def forget_changed(self, u: UnitOfWork, seen: Sequence[tuple[int, datetime]]) -> None:
        """Strike records off that list, except those that changed again since."""
        ...

    def settle_keys(self, database: Database, actor: Actor, ids: Collection[int]) -> None:
        """See to it that changed records have their keys."""
        ...

    def give_keys(self, u: UnitOfWork, unit_id: int, after: int, limit: int) -> list[int]:
        """Compute the keys of some records that have none, by number from ``after`` on; returns which."""
        ...

    def current(self, u: UnitOfWork, unit_id: int, after: int, limit: int) -> list[int]:
        """Return records that are not archived, by number from ``after`` on."""
        ...

    def meeting(self, u: UnitOfWork, unit_id: int, ids: Sequence[int], *, later: bool) -> Iterable[Pair]:
        """Return the pairs of these records with all others that may be one with them, the smaller number first."""
        ...

    def load(self, u: UnitOfWork, ids: Collection[int]) -> Mapping[int, Any]:
        """Read and prepare records for comparisons, without archived ones."""
        ...

    def alike(self, a: Any, b: Any) -> Verdict | None:
        """Compare two of them; ``None`` where they are different."""
        ...


class FirmRecords:
    """Firms: their keys are stored with them, or soon after by whoever imports them."""

    kind = FIRMS
    model: PairModel = DuplicatePair
    columns = ("firm_a", "firm_b")

    def renew(self, database: Database, actor: Actor, seconds: float | None = None) -> bool:
        """Firms whose keys are made by different rules do not meet."""
        return match_rules.renew(database, actor, seconds)

    def changed(self, u: UnitOfWork, limit: int) -> list[Change]:
        """Return firms that changed."""
        return match_keys.changed_firms(u, limit)

    def forget_changed(self, u: UnitOfWork, seen: Sequence[tuple[int, datetime]]) -> None:
        """Strike firms off."""
        match_keys.forget_changed(u, seen)

    def settle_keys(self, database: Database, actor: Actor, ids: Collection[int]) -> None:
        """Compute keys that were lost with the process that should have stored them."""
        late_keys.give(database, actor, ids)

    def give_keys(self, u: UnitOfWork, unit_id: int, after: int, limit: int) -> list[int]:
        """Compute the keys of firms that were stored past the product."""
        ids = match_keys.without_keys(u, unit_id, after, limit)
        match_keys.store(u, unit_id, match_keys.traits_of(u, ids))
        return ids

    def current(self, u: UnitOfWork, unit_id: int, after: int, limit: int) -> list[int]:
        """Return firms that are not archived."""
        return match_keys.current_firms(u, unit_id, after, limit)

    def meeting(self, u: UnitOfWork, unit_id: int, ids: Sequence[int], *, later: bool) -> Iterable[Pair]:
        """Return the pairs of firms that share keys."""
        held = match_lookup.marks_held(u, ids)
        after = min(ids) if later and ids else 0
        met_by_all = match_lookup.meeting(u, unit_id, list(held.values()), after=after)
        for firm_id, met in zip(held, met_by_all, strict=True):
            yield from ((firm_id, other) for other in met if other > firm_id)
            if not later:
                yield from ((other, firm_id) for other in met if other < firm_id)

    def load(self, u: UnitOfWork, ids: Collection[int]) -> Mapping[int, Any]:
        """Read and prepare firms."""
        return {i: prepared(traits) for i, traits in match_lookup.traits_of(u, ids, current=True).items()}

    def alike(self, a: Any, b: Any) -> Verdict | None:
        """Compare two firms."""
        verdict = compare(a, b)
        return None if verdict.band is Band.DIFFERENT else verdict


class PersonRecords:
    """Persons: the worker makes their keys when it hears that they changed."""

    kind = PERSONS
    model: PairModel = PersonPair
    columns = ("contact_a", "contact_b")

    def renew(self, database: Database, actor: Actor, seconds: float | None = None) -> bool:
        """Persons whose keys are made by different rules do not meet."""
        return person_rules.renew(database, actor, seconds)

    def changed(self, u: UnitOfWork, limit: int) -> list[Change]:
        """Return persons who changed."""
        return person_keys.changed(u, limit)

    def forget_changed(self, u: UnitOfWork, seen: Sequence[tuple[int, datetime]]) -> None:
        """Strike persons off."""
        person_keys.forget_changed(u, seen)

    def settle_keys(self, database: Database, actor: Actor, ids: Collection[int]) -> None:
        """Compute the keys of persons who changed."""
        with database.write(actor) as u:
            person_keys.store(u, ids)

    def give_keys(self, u: UnitOfWork, unit_id: int, after: int, limit: int) -> list[int]:
        """Compute the keys of persons who have none."""
        ids = person_keys.without_keys(u, unit_id, after, limit)
        person_keys.store(u, ids)
        return ids

    def current(self, u: UnitOfWork, unit_id: int, after: int, limit: int) -> list[int]:
        """Return persons who are not archived."""
        return person_keys.current(u, unit_id, after, limit)

    def meeting(self, u: UnitOfWork, unit_id: int, ids: Sequence[int], *, later: bool) -> Iterable[Pair]:  # noqa: ARG002 - the protocol's signature
        """Return the pairs of persons who share keys."""
        return person_keys.meeting(u, ids, later=later)

    def load(self, u: UnitOfWork, ids: Collection[int]) -> Mapping[int, Any]:
        """Read and prepare persons."""
        return {i: person_keys.ready(known) for i, known in person_keys.known_of(u, ids, current=True).items()}

    def alike(self, a: Any, b: Any) -> Verdict | None:
        """Compare two persons."""
        return person_keys.compare(a, b)


RECORDS: Mapping[str, Records] = {FIRMS: FirmRecords(), PERSONS: PersonRecords()}
"""By the name that searches and pages use."""
