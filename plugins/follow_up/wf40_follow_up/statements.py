"""Statements that both databases write differently."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from wf40.sdk.uow import UnitOfWork


def on_postgresql(u: UnitOfWork) -> bool:
    """Tell whether rows can be locked one by one; SQLite has one writer at a time anyway."""
    return u.session.get_bind().dialect.name == "postgresql"


def insert_new(u: UnitOfWork, table: type[Any], rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert those rows that break no unique rule, and return how many; another worker's same row is waited for."""
    if not rows:
        return 0
    kind = postgresql.insert if on_postgresql(u) else sqlite.insert
    stored = kind(table).values(list(rows)).on_conflict_do_nothing().returning(*table.__table__.primary_key)
    return len(u.session.execute(stored).all())
