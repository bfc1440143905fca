"""Whether something hangs on firms: asked of every table of the database that refers to them, plugins' included."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Integer, column, func, select, table, text
from sqlalchemy.orm import aliased

from wf40.base.id_lists import among
from wf40.base.uow import UnitOfWork
from wf40.core.imports.models import ImportRow, ImportRun
from wf40.pluginhost.references import references

COMPUTED = frozenset(
    {
        "site", "firm_name", "firm_match_key", "firm_to_match", "import_row", "risk_score", "risk_history",
        "duplicate_pair",
    }
)  # fmt: skip
"""Parts of a firm and what is computed of it: they go with it, and nobody misses them."""


def used_firms(u: UnitOfWork, run_id: int, ids: Sequence[int]) -> dict[int, set[str]]:
    """Return the tables in which something refers to these firms; another import that met them counts, too."""
    found: dict[int, set[str]] = defaultdict(set)
    if not ids:
        return found
    for name, key in _holding(u, min(ids), max(ids)):
        held: Any = column(key, Integer)
        rows = select(held).select_from(table(name, held)).where(among(u.session, held, ids)).distinct()
        for firm_id in u.session.scalars(rows):
            found[firm_id].add(name)
    # Most firms were met by one row only; the index tells, and no row has to be read for that.
    several = select(ImportRow.firm_id).where(among(u.session, ImportRow.firm_id, ids))
    met = [firm_id or 0 for firm_id in u.session.scalars(several.group_by(ImportRow.firm_id).having(func.count() > 1))]
    rows = select(ImportRow.firm_id).join(ImportRun, ImportRun.id == ImportRow.run_id)
    rows = rows.where(among(u.session, ImportRow.firm_id, met), *_elsewhere(run_id))
    for firm_id in u.session.scalars(rows) if met else ():
        found[firm_id or 0].add("import_row")
    return found


def used_of_run(u: UnitOfWork, run_id: int, span: tuple[int, int], most: int) -> set[int]:
    """Return firms that an import made and that something refers to; not many more than ``most``, where they are many.

    ``span`` is the first and the last of the firms that it made.
    """
    found = set[int]()
    own = (ImportRow.run_id == run_id, ImportRow.outcome == "created", ImportRow.firm_id.between(*span))
    for name, key in _holding(u, *span):
        held: Any = column(key, Integer)
        rows = select(held).select_from(table(name, held)).where(held.between(*span)).distinct()
        made = select(ImportRow.firm_id).where(*own, ImportRow.firm_id.in_(rows))
        found.update(firm_id or 0 for firm_id in u.session.scalars(made.limit(most)))
    other = aliased(ImportRow)
    met = select(other.firm_id).join(ImportRun, ImportRun.id == other.run_id).where(*_elsewhere(run_id, other))
    rows = select(ImportRow.firm_id).where(*own, ImportRow.firm_id.in_(met.where(other.firm_id.between(*span))))
    found.update(firm_id or 0 for firm_id in u.session.scalars(rows.limit(most)))
    return found


def _elsewhere(run_id: int, row: Any = ImportRow) -> tuple[Any, ...]:
    """Return the conditions for lines of other imports that met a firm."""
    return (
        row.run_id != run_id, ImportRun.state.in_(("running", "done", "failed", "cancelled")),
        row.outcome.in_(("created", "updated", "unchanged")), row.row_no <= ImportRun.position,
    )  # fmt: skip


def _holding(u: UnitOfWork, first: int, last: int) -> list[tuple[str, str]]:
    """Return the columns in which anything refers to any firm between two: for most tables that is all to be asked."""
    referring = [(known.table, known.column) for known in references(u, "firm") if known.table not in COMPUTED]
    quoted = u.database.engine.dialect.identifier_preparer.quote
    each = " UNION ALL ".join(
        f"SELECT {n} WHERE EXISTS (SELECT 1 FROM {quoted(name)} WHERE {quoted(key)} >= :a AND {quoted(key)} <= :b)"  # noqa: S608 - names that the database gave
        for n, (name, key) in enumerate(referring)
    )
    return [referring[n] for n in u.session.scalars(text(each), {"a": first, "b": last})] if referring else []
