"""Compares firms that share a key, and keeps the pairs that may be the same. The worker's part; asks no person."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, delete, or_, select

from wf40.base.db import insert_for
from wf40.base.portions import portions
from wf40.base.uow import UnitOfWork
from wf40.core.duplicates.models import DuplicatePair
from wf40.core.firms import match_lookup
from wf40.matching.firms import PreparedFirm, compare, prepared
from wf40.matching.verdicts import Band, Verdict

KEPT = 40_000
"""How many prepared firms a search holds in memory."""
Pair = tuple[int, int]


@dataclass(slots=True)
class Comparer:
    """Compares firms of one unit and keeps those prepared that it met lately."""

    unit_id: int
    ready: dict[int, PreparedFirm | None] = field(default_factory=dict)
    """``None`` for a firm that is archived or gone."""
    compared: int = 0

    def candidates(self, u: UnitOfWork, ids: Sequence[int], *, later: bool = False) -> list[Pair]:
        """Return the pairs of these firms with all others that may be one with them; ``later``: with higher numbers."""
        held = match_lookup.marks_held(u, ids)
        found: set[Pair] = set()
        after = min(ids) if later and ids else 0
        met_by_all = match_lookup.meeting(u, self.unit_id, list(held.values()), after=after)
        for firm_id, met in zip(held, met_by_all, strict=True):
            found.update((firm_id, other) for other in met if other > firm_id)
            if not later:
                found.update((other, firm_id) for other in met if other < firm_id)
        return sorted(found)

    def load(self, u: UnitOfWork, ids: Iterable[int]) -> None:
        """Read and prepare the firms that are not at hand."""
        missing = set(ids) - self.ready.keys()
        if len(self.ready) + len(missing) > KEPT:
            for firm_id in list(self.ready)[: len(self.ready) // 2]:
                del self.ready[firm_id]
            missing = set(ids) - self.ready.keys()
        traits = match_lookup.traits_of(u, missing, current=True)
        for firm_id in missing:
            known = traits.get(firm_id)
            self.ready[firm_id] = prepared(known) if known else None

    def similar(self, pairs: Collection[Pair]) -> dict[Pair, Verdict]:
        """Return the verdicts on those pairs that may be the same."""
        self.compared += len(pairs)
        found: dict[Pair, Verdict] = {}
        for pair in pairs:
            a, b = self.ready[pair[0]], self.ready[pair[1]]
            if a is not None and b is not None and (verdict := compare(a, b)).band is not Band.DIFFERENT:
                found[pair] = verdict
        return found


def keep(u: UnitOfWork, unit_id: int, found: Mapping[Pair, Verdict]) -> None:
    """Store the pairs; what a person decided about one stays as it is."""
    if not found:
        return
    insert = insert_for(u.session)(DuplicatePair)
    new = insert.excluded
    undecided = DuplicatePair.state == "open"
    values = {
        name: case((undecided, new[name]), else_=getattr(DuplicatePair, name))
        for name in ("probability", "band", "evidence", "checked_at")
    }
    stored = insert.on_conflict_do_update(index_elements=["firm_a", "firm_b"], set_=values)
    u.session.execute(stored, [_row(u, unit_id, pair, verdict) for pair, verdict in sorted(found.items())])


def _row(u: UnitOfWork, unit_id: int, pair: Pair, verdict: Verdict) -> dict[str, Any]:
    evidence = [[e.feature, e.level, round(e.weight, 2)] for e in verdict.evidence]
    return {
        "unit_id": unit_id, "firm_a": pair[0], "firm_b": pair[1], "probability": verdict.probability,
        "band": verdict.band.value, "evidence": evidence, "found_at": u.now, "checked_at": u.now, "state": "open",
        "decided_by": "", "version": 1,
    }  # fmt: skip


def drop_others(u: UnitOfWork, which: ColumnElement[bool], found: Collection[Pair], since: datetime) -> int:
    """Remove the open pairs among ``which`` that were not found again and were last found before ``since``."""
    open_ones = select(DuplicatePair.id, DuplicatePair.firm_a, DuplicatePair.firm_b)
    open_ones = open_ones.where(which, DuplicatePair.state == "open", DuplicatePair.checked_at <= since)
    gone = [pair_id for pair_id, a, b in u.session.execute(open_ones) if (a, b) not in found]
    for part in portions(gone):
        u.session.execute(delete(DuplicatePair).where(DuplicatePair.id.in_(part), DuplicatePair.state == "open"))
    return len(gone)


def with_any(ids: Sequence[int]) -> ColumnElement[bool]:
    """Return the condition that one firm of a pair is among these."""
    return or_(DuplicatePair.firm_a.in_(ids), DuplicatePair.firm_b.in_(ids))
