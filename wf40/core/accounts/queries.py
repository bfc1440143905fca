"""Reads units and people."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from wf40.base.access import requires
from wf40.base.errors import NotFound
from wf40.base.uow import UnitOfWork
from wf40.core.accounts.models import Unit, User
from wf40.sdk.refs import OfficerRef
from wf40.sdk.roles import READERS
from wf40.web.sessions import OfficeSession


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One of a person's open sessions."""

    id: int
    agent: str
    created_at: datetime
    seen_at: datetime


_UNITS = select(Unit.id, Unit.parent_id)
_ACTIVE = select(User).where(User.active, User.role.in_(READERS)).order_by(User.display_name)
_OFFICER_NAMES = select(User.id, User.display_name).where(User.id.in_(bindparam("ids", expanding=True)))


def readable_units(u: UnitOfWork, unit_id: int) -> frozenset[int]:
    """Return a unit and everything below it."""
    children: dict[int | None, list[int]] = {}
    for child, parent in u.session.execute(_UNITS):
        children.setdefault(parent, []).append(child)
    found, waiting = set(), [unit_id]
    while waiting:
        unit = waiting.pop()
        if unit not in found:
            found.add(unit)
            waiting.extend(children.get(unit, []))
    return frozenset(found)


def unit_and_above(u: UnitOfWork, unit_id: int) -> list[int]:
    """Return a unit and the units above it, the nearest first."""
    parents = dict(u.session.execute(_UNITS).all())
    found: list[int] = []
    unit: int | None = unit_id
    while unit is not None and unit not in found:
        found.append(unit)
        unit = parents.get(unit)
    return found


@requires("accounts.manage")
def users(u: UnitOfWork) -> list[User]:
    """Return all people, by name."""
    return list(u.session.scalars(select(User).order_by(User.active.desc(), User.display_name)))


@requires("accounts.manage")
def user(u: UnitOfWork, user_id: int) -> User:
    """Return one person; raises :class:`NotFound`."""
    found = u.session.get(User, user_id)
    if found is None:
        raise NotFound
    return found


@requires("accounts.manage")
def units(u: UnitOfWork) -> list[Unit]:
    """Return all units, by name."""
    return list(u.session.scalars(select(Unit).order_by(Unit.name)))


@requires("accounts.own")
def own_sessions(u: UnitOfWork) -> list[SessionLine]:
    """Return the actor's open sessions, the newest first."""
    rows = select(OfficeSession).where(OfficeSession.user_id == u.actor.user_id).order_by(OfficeSession.id.desc())
    return [SessionLine(s.id, s.agent, s.created_at, s.seen_at) for s in u.session.scalars(rows)]


@requires("firms.read")
def officers(u: UnitOfWork) -> list[OfficerRef]:
    """Return the active people of the daily work, for lists of responsible officers; no administration."""
    return list(
        u.once("officers", lambda: [_ref(r) for r in u.session.scalars(_ACTIVE) if u.actor.may_read_unit(r.unit_id)])
    )


@requires("firms.read")
def officer_names(u: UnitOfWork, ids: Collection[int]) -> Mapping[int, str]:
    """Return names by id, of people who have left too."""
    if not ids:
        return {}
    return dict(u.session.execute(_OFFICER_NAMES, {"ids": list(ids)}).all())


@requires("firms.read")
def unit_names(u: UnitOfWork, ids: Collection[int]) -> Mapping[int, str]:
    """Return names of units by id."""
    return dict(u.session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(ids))).all()) if ids else {}


def _ref(row: User) -> OfficerRef:
    return OfficerRef(
        row.id, row.display_name, row.email, row.phone, row.unit_id, row.role, row.language, active=row.active
    )


class OfficersService:
    """Implements :class:`wf40.sdk.services.Officers`."""

    def get(self, u: UnitOfWork, user_id: int) -> OfficerRef | None:
        """Return an officer, also one who has left, or ``None``."""
        row = u.session.get(User, user_id)
        return _ref(row) if row else None

    def present(self, u: UnitOfWork) -> list[OfficerRef]:
        """Return the active people of the daily work in the units that the actor may read, by name."""
        return officers(u)
