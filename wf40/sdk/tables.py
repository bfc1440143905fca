"""Tables of plugins: a parent class that keeps the prefix. Foreign keys lead from a plugin to the core only.

``firms`` is the core's table of firms, to be read in joins only. It holds every unit's rows: a select limits itself to
``u.actor.units``.
"""

from typing import Any

from sqlalchemy import Integer, String, column, table

from wf40.base.db import Base, Json, Key, KeyText, UtcDateTime

__all__ = ["Json", "Key", "KeyText", "UtcDateTime", "firms", "plugin_base"]

firms = table(
    "firm",
    column("id", Integer),
    column("unit_id", Integer),
    column("name", String),
    column("sort_key", Key),
    column("wz_code", String),
    column("employees", Integer),
    column("archived_at", UtcDateTime),
)


def plugin_base(key: str) -> type[Base]:
    """Return the parent class of a plugin's tables; a table not named ``<key>_...`` is refused when it is made."""

    class PluginBase(Base):
        """Parent of one plugin's tables."""

        __abstract__ = True

        def __init_subclass__(cls, **kwargs: Any) -> None:
            table = getattr(cls, "__tablename__", None)
            if table is not None and not table.startswith(f"{key}_"):
                message = f"the table {table} of plugin {key} must be named {key}_..."
                raise TypeError(message)
            super().__init_subclass__(**kwargs)

    return PluginBase
