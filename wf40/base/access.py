"""Who acts, and the permission that every service function states."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, Literal, ParamSpec, TypeVar

from wf40.base.errors import Forbidden

if TYPE_CHECKING:
    from wf40.base.uow import UnitOfWork

P = ParamSpec("P")
R = TypeVar("R")
ActorKind = Literal["user", "system", "public"]


@dataclass(frozen=True, slots=True)
class Actor:
    """The person, process or link holder on whose behalf something happens.

    ``units`` are the office units whose records may be read (``None``: all); ``unit_id`` is the one in which the
    actor writes. A district reads its municipalities' records, a municipality writes its own.
    """

    kind: ActorKind
    name: str
    user_id: int | None = None
    unit_id: int | None = None
    units: frozenset[int] | None = None
    role: str = ""
    permissions: frozenset[str] = frozenset()

    @classmethod
    def system(cls, name: str = "wf40", unit_id: int | None = None) -> "Actor":
        """Return the product itself: worker, command line, migrations."""
        return cls("system", name, unit_id=unit_id)

    @classmethod
    def public(cls, name: str, permissions: frozenset[str], unit_id: int | None = None) -> "Actor":
        """Return somebody outside the office who holds a link, with just what the link allows."""
        units = frozenset() if unit_id is None else frozenset({unit_id})
        return cls("public", name, unit_id=unit_id, units=units, permissions=permissions)

    def may(self, permission: str) -> bool:
        """Tell whether the actor holds the permission."""
        return self.kind == "system" or permission in self.permissions

    def may_read_unit(self, unit_id: int) -> bool:
        """Tell whether records of this unit are visible."""
        return self.units is None or unit_id in self.units

    def may_write_unit(self, unit_id: int) -> bool:
        """Tell whether records of this unit may be changed."""
        return self.kind == "system" or unit_id == self.unit_id


def requires(
    permission: str,
) -> "Callable[[Callable[Concatenate[UnitOfWork, P], R]], Callable[Concatenate[UnitOfWork, P], R]]":
    """State the permission of a service function; without it the call raises :class:`Forbidden`.

    The permission stands on the function as ``permission``, where a test over all slices and plugins looks for it.
    """

    def declare(function: "Callable[Concatenate[UnitOfWork, P], R]") -> "Callable[Concatenate[UnitOfWork, P], R]":
        @wraps(function)
        def checked(u: "UnitOfWork", /, *args: P.args, **kwargs: P.kwargs) -> R:
            if not u.actor.may(permission):
                raise Forbidden(permission)
            return function(u, *args, **kwargs)

        checked.permission = permission  # type: ignore[attr-defined]
        return checked

    return declare
