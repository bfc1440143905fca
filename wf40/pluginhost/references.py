"""What refers to a record, as the database itself knows it: tables of plugins too, even of those removed since."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import inspect, text

from wf40.base.uow import UnitOfWork
from wf40.pluginhost.state import generation

_KEPT = timedelta(minutes=10)
_SQLITE = text(
    'SELECT t.name, k."from", k.on_delete FROM sqlite_master t, pragma_foreign_key_list(t.name) k'
    " WHERE t.type = 'table' AND k.\"table\" = :kind AND k.seq = 0"
)
"""One statement instead of several for each table."""


@dataclass(frozen=True, slots=True, order=True)
class Reference:
    """A column that refers to records of a table. ``emptied``: it is, when such a record is deleted; its row stays."""

    table: str
    column: str
    emptied: bool


def references(u: UnitOfWork, kind: str, *, anew: bool = False) -> list[Reference]:
    """Return what refers to the table ``kind``, asked anew once a plugin was switched on.

    Asking takes hundreds of statements on PostgreSQL; ``anew`` does so whatever is known.
    """
    if anew:
        return _asked(u, kind)
    return u.lately(("references", kind, generation(u.session)), _KEPT, lambda: _asked(u, kind))


def _asked(u: UnitOfWork, kind: str) -> list[Reference]:
    if u.database.engine.dialect.name == "sqlite":
        rows = u.session.execute(_SQLITE, {"kind": kind})
        return sorted({Reference(name, key, how == "SET NULL") for name, key, how in rows})
    keys = inspect(u.session.connection()).get_multi_foreign_keys()
    return sorted(
        {
            Reference(name, key["constrained_columns"][0], key.get("options", {}).get("ondelete") == "SET NULL")
            for (_schema, name), many in keys.items()
            for key in many
            if key["referred_table"] == kind
        }
    )
