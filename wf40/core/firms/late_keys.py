"""Keys of many new firms, stored together: those of one firm lie all over their table, those of thousands side by side.

On SQLite a batch of an import would change a page of the table for nearly every key, and write each of them into the
log. So the keys wait here until there are very many, and go in by order. Until then their firms stand in
``firm_to_match`` and are not compared; should this process end before, the worker computes their keys from the firms.
"""

import time
from array import array
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import and_, exists, func, select

from wf40.base.access import Actor
from wf40.base.portions import portions
from wf40.base.uow import Database, UnitOfWork
from wf40.core.firms import match_keys
from wf40.core.firms.models import Firm, FirmMatchKey, FirmToMatch

WORTH = 200_000
"""So many keys are stored at once: those of about thirty thousand firms."""
AT_ONCE = 15_000
PAUSE = 0.012
_INSERT = "INSERT OR IGNORE INTO firm_match_key (unit_id, key, firm_id) VALUES (?, ?, ?)"


class LateKeys:
    """The keys that wait in this process. Those of a transaction count once it has been committed."""

    def __init__(self) -> None:
        self._proposed: list[tuple[int, int, Sequence[int], datetime]] = []
        self._begin()

    def _begin(self) -> None:
        self._keys, self._firms = array("q"), array("q")
        self._units: dict[int, int] = {}
        self._moments: set[datetime] = set()

    def propose(self, unit_id: int, firms: Collection[tuple[int, Sequence[int]]], at: datetime) -> None:
        """Take firms with their keys, made ``at`` this moment in a transaction that is not committed yet."""
        self._proposed += [(unit_id, firm_id, keys, at) for firm_id, keys in firms]

    def withdraw(self, ids: Collection[int]) -> None:
        """Forget these firms of the transaction: their keys are stored by somebody else in it."""
        self._proposed = [one for one in self._proposed if one[1] not in ids]

    def forget(self) -> None:
        """Forget what was proposed: the transaction was taken back."""
        self._proposed.clear()

    def settle(self) -> bool:
        """Keep what was proposed: it is committed. Returns whether it is time to store the keys."""
        for unit_id, firm_id, keys, at in self._proposed:
            self._keys.extend(keys)
            self._firms.extend([firm_id] * len(keys))
            self._units[firm_id] = unit_id
            self._moments.add(at)
        self._proposed.clear()
        return len(self._keys) >= WORTH

    def store(self, database: Database, actor: Actor) -> None:
        """Store all keys that are kept, by order, in short transactions; firms that changed since have theirs already."""
        order = sorted(range(len(self._keys)), key=self._keys.__getitem__)
        for start in range(0, len(order), AT_ONCE):
            part = order[start : start + AT_ONCE]
            with database.write(actor) as u:
                touched = self._touched(u)
                rows = [(self._units[f], self._keys[i], f) for i in part if (f := self._firms[i]) not in touched]
                if rows:
                    u.session.connection().exec_driver_sql(_INSERT, rows)
            time.sleep(PAUSE)
        self._begin()

    def _touched(self, u: UnitOfWork) -> set[int]:
        """Return those of the firms that changed since, are gone, or have been looked at already."""
        between = FirmToMatch.firm_id.between(min(self._units), max(self._units))
        as_made = and_(between, FirmToMatch.changed_at.in_(self._moments))
        if u.session.scalar(select(func.count()).where(as_made)) == len(self._units):
            return set()
        return self._units.keys() - set(u.session.scalars(select(FirmToMatch.firm_id).where(as_made)))


def give(database: Database, actor: Actor, ids: Collection[int]) -> None:
    """Compute the keys of those of the firms that should have some and have none."""
    for part in portions(sorted(ids)):
        with database.read(actor) as u:
            lacking = _lacking(u, part)
        if lacking:
            with database.write(actor) as u:
                for unit_id, own in _lacking(u, part).items():
                    match_keys.store(u, unit_id, match_keys.traits_of(u, own))


def _lacking(u: UnitOfWork, ids: Sequence[int]) -> dict[int, list[int]]:
    has = exists().where(FirmMatchKey.firm_id == Firm.id)
    wanted = and_(Firm.id.in_(ids), Firm.merged_into_id.is_(None), Firm.deleted_at.is_(None), ~has)
    found: dict[int, list[int]] = defaultdict(list)
    for unit_id, firm_id in u.session.execute(select(Firm.unit_id, Firm.id).where(wanted)):
        found[unit_id].append(firm_id)
    return found


def late_keys(u: UnitOfWork) -> LateKeys | None:
    """Return where the keys of new firms wait, if whoever writes here writes very much."""
    return _of(u.database)


def forget(database: Database) -> None:
    """Forget what was proposed and not committed."""
    if late := _of(database):
        late.forget()


def settle(database: Database, actor: Actor) -> None:
    """Keep what is committed, and store all where there is enough of it."""
    if (late := _of(database)) and late.settle():
        late.store(database, actor)


def store(database: Database, actor: Actor) -> None:
    """Store whatever is kept."""
    if late := _of(database):
        late.forget()
        late.store(database, actor)


def _of(database: Database) -> LateKeys | None:
    found = database.services.get(LateKeys)
    return found if isinstance(found, LateKeys) else None
