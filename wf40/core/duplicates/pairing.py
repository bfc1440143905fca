"""Compares records that share a key, and keeps the pairs that may be the same. The worker's part; asks no person."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, delete, or_, select

from wf40.base.db import insert_for
from wf40.base.portions import portions
from wf40.base.uow import UnitOfWork
from wf40.core.duplicates.models import PairModel
from wf40.core.duplicates.records import Pair, Records
from wf40.matching.verdicts import Verdict

KEPT = 40_000
"""How many prepared records a search holds in memory."""


@dataclass(slots=True)
class Comparer:
    """Compares records of one kind and unit and keeps those prepared that it met lately."""

    records: Records
    unit_id: int
    ready: dict[int, Any] = field(default_factory=dict)
    """``None`` for a record that is archived or gone."""
    compared: int = 0

    def candidates(self, u: UnitOfWork, ids: Sequence[int], *, later: bool = False) -> list[Pair]:
        """Return the pairs of these records with all others that may be one with them; ``later``: with higher numbers."""
        return sorted(set(self.records.meeting(u, self.unit_id, ids, later=later)))

    def load(self, u: UnitOfWork, ids: Iterable[int]) -> None:
        """Read and prepare the records that are not at hand."""
        missing = set(ids) - self.ready.keys()
        if len(self.ready) + len(missing) > KEPT:
            for record_id in list(self.ready)[: len(self.ready) // 2]:
                del self.ready[record_id]
            missing = set(ids) - self.ready.keys()
        known = self.records.load(u, missing)
        self.ready |= {record_id: known.get(record_id) for record_id in missing}

    def similar(self, pairs: Collection[Pair]) -> dict[Pair, Verdict]:
        """Return the verdicts on those pairs that may be the same."""
        self.compared += len(pairs)
        found: dict[Pair, Verdict] = {}
        for pair in pairs:
            a, b = self.ready[pair[0]], self.ready[pair[1]]
            if a is not None and b is not None and (verdict := self.records.alike(a, b)) is not None:
                found[pair] = verdict
        return found


def keep(u: UnitOfWork, records: Records, unit_id: int, found: Mapping[Pair, Verdict]) -> None:
    """Store the pairs; what a person decided about one stays as it is."""
    if not found:
        return
    model = records.model
    insert = insert_for(u.session)(model)
    new = insert.excluded
    undecided = model.state == "open"
    values = {
        name: case((undecided, new[name]), else_=getattr(model, name))
        for name in ("probability", "band", "evidence", "checked_at")
    }
    stored = insert.on_conflict_do_update(index_elements=list(records.columns), set_=values)
    rows = [_row(u, unit_id, dict(zip(records.columns, pair, strict=True)), found[pair]) for pair in sorted(found)]
    u.session.execute(stored, rows)


def _row(u: UnitOfWork, unit_id: int, pair: Mapping[str, int], verdict: Verdict) -> dict[str, Any]:
    evidence = [[e.feature, e.level, round(e.weight, 2)] for e in verdict.evidence]
    return {
        **pair, "unit_id": unit_id, "probability": verdict.probability, "band": verdict.band.value,
        "evidence": evidence, "found_at": u.now, "checked_at": u.now, "state": "open", "decided_by": "", "version": 1,
    }  # fmt: skip


def drop_others(
    u: UnitOfWork, model: PairModel, which: ColumnElement[bool], found: Collection[Pair], since: datetime
) -> int:
    """Remove the open pairs among ``which`` that were not found again and were last found before ``since``."""
    open_ones = select(model.id, model.a, model.b).where(which, model.state == "open", model.checked_at <= since)
    gone = [pair_id for pair_id, a, b in u.session.execute(open_ones) if (a, b) not in found]
    for part in portions(gone):
        u.session.execute(delete(model).where(model.id.in_(part), model.state == "open"))
    return len(gone)


def with_any(model: PairModel, ids: Sequence[int]) -> ColumnElement[bool]:
    """Return the condition that one record of a pair is among these."""
    return or_(model.a.in_(ids), model.b.in_(ids))
