"""Signs people in and out, and keeps their accounts."""

from dataclasses import dataclass

from sqlalchemy import delete, select

from wf40.base.access import requires
from wf40.base.checks import Findings, email, line
from wf40.base.errors import InvalidInput, NotFound, StaleVersion
from wf40.base.i18n import _l
from wf40.base.uow import UnitOfWork
from wf40.core.accounts import passwords
from wf40.core.accounts.models import Unit, User
from wf40.core.accounts.roles import ROLES
from wf40.sdk.roles import ADMIN
from wf40.web.sessions import OfficeSession


@dataclass(frozen=True, slots=True)
class AccountInput:
    """What a new or changed account needs; an empty ``password`` leaves the present one."""

    email: str
    display_name: str
    role: str
    unit_id: int
    phone: str = ""
    active: bool = True
    password: str = ""


def check_sign_in(u: UnitOfWork, address: str, password: str) -> int | None:
    """Return the id of the person whose address and password these are, or ``None``. Both outcomes are audited."""
    row = u.session.scalar(select(User).where(User.email == address.strip().lower()))
    right = passwords.matches(row.password_hash if row else None, password)
    if row is None or not right or not row.active:
        u.audit("sign_in_refused", f"user:{row.id}" if row else "")
        return None
    row.signed_in_at = u.now
    u.audit("sign_in", f"user:{row.id}")
    return row.id


@requires("accounts.own")
def record_sign_out(u: UnitOfWork) -> None:
    """Audit that somebody signed out; the session itself ends with the answer."""
    u.audit("sign_out", f"user:{u.actor.user_id}")


@requires("accounts.own")
def end_session(u: UnitOfWork, session_id: int) -> None:
    """End one of the actor's own sessions."""
    own = OfficeSession.user_id == u.actor.user_id
    if u.session.execute(delete(OfficeSession).where(OfficeSession.id == session_id, own)).rowcount == 0:  # type: ignore[attr-defined]
        raise NotFound
    u.audit("session_ended", f"user:{u.actor.user_id}")


@requires("accounts.own")
def change_password(u: UnitOfWork, old: str, new: str, present: str = "") -> None:
    """Change the actor's own password and end the other sessions; ``present`` is the digest of the one that stays."""
    row = u.session.get_one(User, u.actor.user_id)
    if not passwords.matches(row.password_hash, old):
        sentence = _l("Das bisherige Passwort ist nicht richtig.")
        raise InvalidInput(sentence, {"old": sentence})
    row.password_hash = passwords.hash_password(new, [row.email, row.display_name])
    others = OfficeSession.user_id == row.id, OfficeSession.digest != present
    u.session.execute(delete(OfficeSession).where(*others))
    u.audit("password_changed", f"user:{row.id}")


@requires("accounts.own")
def choose(u: UnitOfWork, *, language: str | None = None, theme: str | None = None) -> None:
    """Remember the actor's language or colours."""
    row = u.session.get_one(User, u.actor.user_id)
    row.language = language or row.language
    row.theme = theme or row.theme


@requires("accounts.manage")
def add_unit(u: UnitOfWork, name: str, parent_id: int | None = None) -> int:
    """Add a unit and return its id."""
    row = Unit(name=name, parent_id=parent_id)
    u.session.add(row)
    u.session.flush()
    u.audit("unit_added", f"unit:{row.id}")
    return row.id


@requires("accounts.manage")
def unit_named(u: UnitOfWork, name: str, otherwise: str) -> int:
    """Return the id of a unit by name, or of the only one; the very first is made with the name ``otherwise``."""
    rows = list(u.session.scalars(select(Unit).order_by(Unit.id)))
    if not rows:
        return add_unit(u, name or otherwise)
    found = [row for row in rows if row.name == name] if name else rows
    if len(found) != 1:
        raise InvalidInput(
            _l("Bitte nennen Sie die Einheit. Es gibt: %(names)s.", names=", ".join(row.name for row in rows))
        )
    return found[0].id


@requires("accounts.manage")
def add_user(u: UnitOfWork, given: AccountInput) -> int:
    """Add an account and return its id; raises :class:`InvalidInput` for a taken address or a weak password."""
    _check(u, given, None)
    row = User(
        created_at=u.now,
        password_hash=passwords.hash_password(given.password, [given.email, given.display_name]),
    )
    _fill(row, given)
    u.session.add(row)
    u.session.flush()
    u.audit("user_added", f"user:{row.id}", {"role": given.role})
    return row.id


@requires("accounts.manage")
def change_user(u: UnitOfWork, user_id: int, version: int, given: AccountInput) -> None:
    """Change an account; somebody who is made inactive or gets another role is signed out everywhere."""
    row = u.session.get(User, user_id, with_for_update={"of": User}, populate_existing=True)
    if row is None:
        raise NotFound
    if row.version != version:
        raise StaleVersion(row.version)
    _check(u, given, row)
    before = (row.role, row.active, row.unit_id)
    _fill(row, given)
    row.version += 1
    if given.password:
        row.password_hash = passwords.hash_password(given.password, [given.email, given.display_name])
    if (row.role, row.active, row.unit_id) != before or given.password:
        u.session.execute(delete(OfficeSession).where(OfficeSession.user_id == user_id))
        u.audit("user_rights_changed", f"user:{user_id}", {"role": row.role, "active": row.active})
    u.audit("user_changed", f"user:{user_id}")


def _check(u: UnitOfWork, given: AccountInput, present: User | None) -> None:
    findings = Findings()
    address = findings.check("email", lambda: email(given.email.strip().lower()))
    name = findings.check("display_name", lambda: line(given.display_name, 200))
    findings.check("phone", lambda: line(given.phone, 60))
    for field, value, sentence in (
        ("email", address, _l("Geben Sie die E-Mail-Adresse ein.")),
        ("display_name", name, _l("Geben Sie den Namen ein.")),
    ):
        if value == "":
            findings.fields[field] = sentence
    findings.close()
    other = u.session.scalar(select(User.id).where(User.email == given.email.strip().lower()))
    if other is not None and (present is None or other != present.id):
        sentence = _l("Zu dieser E-Mail-Adresse gibt es schon ein Konto.")
        raise InvalidInput(sentence, {"email": sentence})
    if given.role not in ROLES:
        sentence = _l("Diese Rolle gibt es nicht. Bekannt sind: %(roles)s.", roles=", ".join(ROLES))
        raise InvalidInput(sentence, {"role": sentence})
    if u.session.get(Unit, given.unit_id) is None:
        sentence = _l("Diese Einheit gibt es nicht.")
        raise InvalidInput(sentence, {"unit_id": sentence})
    if present is not None and present.id == u.actor.user_id and not given.active:
        sentence = _l("Ihr eigenes Konto können Sie nicht sperren.")
        raise InvalidInput(sentence, {"active": sentence})
    if present is not None and not (given.active and given.role == ADMIN) and _is_last_admin(u, present):
        sentence = _l("Das ist die letzte aktive Administration. Geben Sie zuerst einem anderen Konto diese Rolle.")
        raise InvalidInput(sentence, {"role": sentence})


def _is_last_admin(u: UnitOfWork, row: User) -> bool:
    admins = set(u.session.scalars(select(User.id).where(User.active, User.role == ADMIN)))
    return admins == {row.id}


def _fill(row: User, given: AccountInput) -> None:
    row.email = given.email.strip().lower()
    row.display_name = given.display_name
    row.role = given.role
    row.unit_id = given.unit_id
    row.phone = given.phone
    row.active = given.active
