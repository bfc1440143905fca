"""Reads units and people."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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
_SHOWN: tuple[Any, ...] = (
    User.id, User.display_name, User.email, User.phone, User.unit_id, User.role, User.language, User.active,
)  # fmt: skip
_NAMES = select(User.id, User.display_name).where(User.id.in_(bindparam("ids", expanding=True)))
_EVERYBODY = select(*_SHOWN).order_by(User.display_name)


def _units(u: UnitOfWork) -> Sequence[tuple[int, int | None]]:
    return u.once("units", lambda: [(row[0], row[1]) for row in u.session.execute(_UNITS)])


def readable_units(u: UnitOfWork, unit_id: int) -> frozenset[int]:
    """Return a unit and everything below it."""
    children: dict[int | None, list[int]] = {}
    for child, parent in _units(u):
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
    parents: dict[int, int | None] = dict(_units(u))
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
    rows = (row for row in _people(u).values() if row.active and row.role in READERS)
    return [_ref(row) for row in rows if u.actor.may_read_unit(row.unit_id)]


@requires("firms.read")
def officer_names(u: UnitOfWork, ids: Collection[int]) -> Mapping[int, str]:
    """Return names by id, of people who have left too."""
    if not ids:
        return {}
    if u.writes:
        return dict(u.session.execute(_NAMES, {"ids": list(ids)}).all())
    people = _people(u)
    return {user_id: people[user_id].display_name for user_id in set(ids) if user_id in people}


def _people(u: UnitOfWork) -> Mapping[int, Any]:
    """Return everybody by id, in the order of names: an office has few people, and a page asks for many of them."""
    return u.once("people", lambda: {row.id: row for row in u.session.execute(_EVERYBODY)})


@requires("firms.read")
def unit_names(u: UnitOfWork, ids: Collection[int]) -> Mapping[int, str]:
    """Return names of units by id."""
    return dict(u.session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(ids))).all()) if ids else {}


def _ref(row: Any) -> OfficerRef:
    return OfficerRef(
        row.id, row.display_name, row.email, row.phone, row.unit_id, row.role, row.language, active=row.active
    )


class OfficersService:
    """Implements :class:`wf40.sdk.services.Officers`."""

    def get(self, u: UnitOfWork, user_id: int) -> OfficerRef | None:
        """Return an officer, also one who has left, or ``None``."""
        row = u.session.get(User, user_id) if u.writes else _people(u).get(user_id)
        return _ref(row) if row else None

    def present(self, u: UnitOfWork) -> list[OfficerRef]:
        """Return the active people of the daily work in the units that the actor may read, by name."""
        return officers(u)
