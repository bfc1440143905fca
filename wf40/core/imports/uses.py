"""Whether something hangs on firms: asked of every table of the database that refers to them, plugins' included."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, column, inspect, select, table

from wf40.base.portions import portions
from wf40.base.uow import UnitOfWork
from wf40.core.imports.models import ImportRow, ImportRun

COMPUTED = frozenset(
    {
        "site", "firm_name", "firm_match_key", "firm_to_match", "import_row", "risk_score", "risk_history",
        "duplicate_pair",
    }
)  # fmt: skip
"""Parts of a firm and what is computed of it: they go with it, and nobody misses them."""
_REFERRING: "WeakKeyDictionary[Engine, list[tuple[str, str]]]" = WeakKeyDictionary()


def used_firms(u: UnitOfWork, run_id: int, ids: Sequence[int]) -> dict[int, set[str]]:
    """Return the tables in which something refers to these firms; another import that met them counts, too."""
    found: dict[int, set[str]] = defaultdict(set)
    for part in portions(sorted(ids)):
        for name, key in _referring(u):
            held: Any = column(key)
            rows = select(held).select_from(table(name, held)).where(held.in_(part)).distinct()
            for (firm_id,) in u.session.execute(rows):
                found[firm_id].add(name)
        for firm_id in _met_elsewhere(u, run_id, part):
            found[firm_id].add("import_row")
    return found


def _met_elsewhere(u: UnitOfWork, run_id: int, ids: Sequence[int]) -> Collection[int]:
    rows = select(ImportRow.firm_id).join(ImportRun, ImportRun.id == ImportRow.run_id)
    rows = rows.where(
        ImportRow.firm_id.in_(ids), ImportRow.run_id != run_id, ImportRun.state.in_(("running", "done", "failed", "cancelled")),
        ImportRow.outcome.in_(("created", "updated", "unchanged")), ImportRow.row_no <= ImportRun.position,
    )  # fmt: skip
    return {firm_id for firm_id in u.session.scalars(rows) if firm_id is not None}


def _referring(u: UnitOfWork) -> list[tuple[str, str]]:
    """Return the columns that refer to firms, as the database knows them: tables of removed plugins are among them."""
    engine = u.database.engine
    if engine not in _REFERRING:
        keys = inspect(u.session.connection()).get_multi_foreign_keys()
        _REFERRING[engine] = sorted(
            {
                (name, key["constrained_columns"][0])
                for (_schema, name), many in keys.items()
                for key in many
                if key["referred_table"] == "firm" and name not in COMPUTED
            }
        )
    return _REFERRING[engine]
