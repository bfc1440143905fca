"""Does for firms that go what SQLite does by itself where it looks after references, for thousands of them at once.

For each single firm SQLite would look into each table that may refer to one: most of the time that removing takes. An
import that is taken back asks each table once for all of them, on a connection that does not look after references
(:func:`wf40.core.imports.connections.trusting`). Which tables refer to firms is read from the database itself, in the
transaction: those of plugins that are switched off or gone are among them.
"""

# ruff: noqa: S608 - the statements consist of names that the database gave; every value is bound

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Integer, column, delete, select, table, text, update

from wf40.base.id_lists import among
from wf40.base.uow import UnitOfWork

_KEYS = text(
    'SELECT t.name, k."from", lower(k."table"), k.on_delete, k.seq, lower(coalesce(k."to", \'id\'))'
    " FROM sqlite_master t, pragma_foreign_key_list(t.name) k WHERE t.type = 'table'"
)
_FIRM = "firm"
_PLAIN = {"synchronize_session": False}


class StillReferred(Exception):
    """Something refers to firms in a way that only the database itself can look after."""


def is_trusted(u: UnitOfWork) -> bool:
    """Tell whether the database leaves references to whoever writes on this connection."""
    if u.database.engine.dialect.name != "sqlite":
        return False
    return not u.session.scalar(text("PRAGMA foreign_keys"))


def release(u: UnitOfWork, ids: Sequence[int], *, later: Collection[str] = ()) -> None:
    """Empty or remove what refers to firms that go; raises :class:`StillReferred` before anything else goes with it.

    Tables named ``later`` are left as they are: whoever calls sees to them before the work ends.
    """
    known = u.session.execute(_KEYS).all()
    parents = {parent for _table, _column, parent, *_rest in known}
    own = [(name, key, how) for name, key, parent, how, _seq, _to in known if parent == _FIRM and name not in later]
    odd = [name for name, _key, parent, _how, seq, to in known if parent == _FIRM and (seq or to != "id")]
    if odd:
        raise StillReferred(*odd)
    for name, key, how in _holding(u, own, min(ids), max(ids)):
        held: Any = column(key, Integer)
        referring, source = among(u.session, held, ids), table(name, held)
        if how == "SET NULL":
            u.session.execute(update(source).where(referring).values({key: None}), execution_options=_PLAIN)
        elif how == "CASCADE" and name.lower() not in parents:
            u.session.execute(delete(source).where(referring), execution_options=_PLAIN)
        elif u.session.scalar(select(held).select_from(source).where(referring).limit(1)) is not None:
            raise StillReferred(name)


def _holding(u: UnitOfWork, own: Sequence[tuple[str, str, str]], first: int, last: int) -> list[tuple[str, str, str]]:
    """Return those of the columns that refer to any firm between two: for most tables that is all to be asked."""
    quoted = u.database.engine.dialect.identifier_preparer.quote
    each = " UNION ALL ".join(
        f"SELECT {n} WHERE EXISTS (SELECT 1 FROM {quoted(name)} WHERE {quoted(key)} BETWEEN :a AND :b)"
        for n, (name, key, _how) in enumerate(own)
    )
    return [own[n] for n in u.session.scalars(text(each), {"a": first, "b": last})]
