"""Statements that are built once: building one costs several times what the database needs to answer it."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, cast

from sqlalchemy import ColumnElement, true

from wf40.base.access import Actor

if TYPE_CHECKING:
    from wf40.base.uow import UnitOfWork

__all__ = ["kept", "of_units"]

P = ParamSpec("P")
S = TypeVar("S")
MOST = 500
"""Statements that one function keeps; then it begins anew."""


def of_units(u: "UnitOfWork", column: Any) -> ColumnElement[bool]:
    """Keep the rows of the units that the actor may read. Most people have one, and equal is quicker than in."""
    units = u.actor.units
    if units is None:
        return true()
    return cast("ColumnElement[bool]", column == next(iter(units)) if len(units) == 1 else column.in_(units))


class _Scope:
    """What a builder sees of a unit of work: who asks. Anything else would be frozen into the statement."""

    __slots__ = ("actor",)

    def __init__(self, actor: Actor) -> None:
        self.actor = replace(actor, name="", role="")


def kept(build: "Callable[Concatenate[UnitOfWork, P], S]") -> "Callable[Concatenate[UnitOfWork, P], S]":
    """Let a function build its statement once for each actor and each set of arguments, which must be hashable.

    It may use nothing of ``u`` but ``u.actor``, whose name and role it does not see: actors with the same rights to the
    same units share a statement. Whatever else differs from call to call is a ``bindparam``::

        @kept
        def _count(u: UnitOfWork) -> Select[Any]:
            return select(func.count(Visit.id)).where(Visit.firm_id == bindparam("firm"), _readable(u))

        u.session.scalar(_count(u), {"firm": firm_id})
    """
    memory: dict[Any, S] = {}

    @wraps(build)
    def find(u: "UnitOfWork", /, *args: P.args, **kwargs: P.kwargs) -> S:
        who = u.actor
        key = (who.kind, who.user_id, who.unit_id, who.units, who.permissions, args, tuple(kwargs.items()))
        found = memory.get(key)
        if found is None:
            if len(memory) >= MOST:
                memory.clear()
            found = memory[key] = build(cast("UnitOfWork", _Scope(u.actor)), *args, **kwargs)
        return found

    return find
