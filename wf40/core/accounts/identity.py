"""Turns the session of a request into an actor. The rights of a role are gathered from all slices and plugins."""

from weakref import WeakKeyDictionary

from flask import Flask, g, session
from flask_login import LoginManager, current_user
from sqlalchemy import bindparam, select

from wf40.base.access import Actor
from wf40.base.uow import UnitOfWork
from wf40.core.accounts.models import User
from wf40.core.accounts.queries import readable_units
from wf40.pluginhost.calls import Hooks
from wf40.sdk.hookspecs import Spec
from wf40.sdk.web import arriving

_rights: WeakKeyDictionary[Hooks, dict[tuple[str, frozenset[str]], frozenset[str]]] = WeakKeyDictionary()
_PERSON = select(User).where(User.id == bindparam("id"))
VISITOR = Actor("public", "", units=frozenset())


def permissions_of(hooks: Hooks, role: str) -> frozenset[str]:
    """Return the rights that a role holds at present."""
    kept = _rights.setdefault(hooks, {})
    key = (role, hooks.registry.enabled)
    if key not in kept:
        found = hooks.gather(Spec.permissions)
        rights = frozenset(p.value.key for p in found.provided if role in p.value.roles)
        if found.failures:
            return rights
        kept[key] = rights
    return kept[key]


def actor_for(u: UnitOfWork, row: User, hooks: Hooks) -> Actor:
    """Return the actor for a person."""
    return Actor(
        "user",
        row.display_name,
        user_id=row.id,
        unit_id=row.unit_id,
        units=readable_units(u, row.unit_id),
        role=row.role,
        permissions=permissions_of(hooks, row.role),
    )


def actor_of(u: UnitOfWork, email: str, hooks: Hooks) -> Actor | None:
    """Return the actor for the person with an address, or ``None``."""
    row = u.session.scalar(select(User).where(User.email == email))
    return actor_for(u, row, hooks) if row else None


def actor_today(u: UnitOfWork, user_id: int) -> Actor | None:
    """Return the actor for a person with the rights of today; ``None`` where the account is no longer in use."""
    row = u.session.get(User, user_id, populate_existing=True)
    return actor_for(u, row, u.service(Hooks)) if row is not None and row.active else None


def install(app: Flask, hooks: Hooks) -> None:
    """Load the person of each request once, through Flask-Login."""
    manager = LoginManager()
    manager.session_protection = None  # sessions lie on the server and end by themselves
    manager.init_app(app)

    def load(user_id: str) -> User | None:
        with arriving() as u:
            row = u.session.scalar(_PERSON, {"id": int(user_id)})
            if row is None or not row.active:
                return None
            g.loaded_actor = actor_for(u, row, hooks)
            u.session.expunge(row.unit)
            u.session.expunge(row)
            return row

    manager.user_loader(load)

    def identify() -> None:
        g.actor = g.loaded_actor if current_user.is_authenticated and "loaded_actor" in g else VISITOR
        g.session_ended = bool(session.get("ended"))

    app.before_request(identify)
