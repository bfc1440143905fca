"""The Alembic environment that the core and every plugin share: their ``migrations/env.py`` only calls :func:`run`."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import JSON
from sqlalchemy.engine import Connection

from wf40.base.db import Base, ExactNumber, UtcDateTime


def _render(kind: str, item: Any, autogen: Any) -> str | Literal[False]:  # signature of the library
    """Write our column types as plain SQLAlchemy ones: an old migration must not change with the product's code."""
    if kind != "type":
        return False
    if isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(item, ExactNumber):
        return "sa.BigInteger()"
    if isinstance(item, JSON):
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')"
    return False


def run() -> None:
    """Run migrations on the connection that the host passes in ``config.attributes``."""
    attributes = context.config.attributes
    connection: Connection = attributes["connection"]
    prefixes: tuple[str, ...] = attributes["plugin_prefixes"]
    own: str | None = attributes["prefix"]

    def belongs(name: str | None, kind: str, _parents: Any) -> bool:
        if kind != "table" or name is None:
            return True
        if name.startswith("alembic_version"):
            return False
        return name.startswith(own) if own else not name.startswith(prefixes)

    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        version_table=attributes["version_table"],
        include_name=belongs,
        include_object=lambda _o, name, kind, _reflected, _to: belongs(name, kind, None),
        render_as_batch=True,
        transactional_ddl=True,
        compare_type=True,
        render_item=_render,
    )
    with context.begin_transaction():
        context.run_migrations()
