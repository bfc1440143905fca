"""Sessions: rows in the database for people who signed in, a signed cookie for visitors.

A row can be ended at any moment, from anywhere; the cookie of a visitor holds only the form token and, for somebody
with a personal link, what that link opened.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from sqlalchemy import String, bindparam, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.datastructures import CallbackDict

from wf40.base.access import Actor
from wf40.base.db import Base
from wf40.base.uow import Database
from wf40.sdk.web import arriving

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
_NOTED_EVERY = timedelta(minutes=1)
USER = "_user_id"
_MARK = "s."


class OfficeSession(Base):
    """One signed-in browser. Holds the digest of the cookie's secret, never the secret."""

    __tablename__ = "office_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(index=True)
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    agent: Mapped[str] = mapped_column(String(200))


class StoredSession(CallbackDict[str, Any], SessionMixin):
    """A session whose values lie in the database."""

    def __init__(self, values: dict[str, Any], secret: str) -> None:
        super().__init__(values, self._changed)
        self.secret = secret
        self.modified = False

    @staticmethod
    def _changed(session: "StoredSession") -> None:
        session.modified = True


_KEPT = select(OfficeSession.data, OfficeSession.seen_at, OfficeSession.created_at).where(
    OfficeSession.digest == bindparam("digest")
)


def digest_of(secret: str) -> str:
    """Return what is stored of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Sessions(SecureCookieSessionInterface):
    """Chooses between both kinds and moves a session from one to the other at sign-in and sign-out."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open_session(self, app: Flask, request: Request) -> Any:
        """Find the session of a request; an ended one becomes an empty visitor's session."""
        value = request.cookies.get(self.get_cookie_name(app), "")
        if not value.startswith(_MARK):
            return super().open_session(app, request)
        secret = value.removeprefix(_MARK)
        found = self._load(secret)
        return StoredSession(found, secret) if found is not None else SecureCookieSession({"ended": True})

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Store what changed."""
        if session.get(USER) and not isinstance(session, StoredSession):
            self._begin(app, session, response)
        elif isinstance(session, StoredSession) and not session.get(USER):
            self.end(session.secret)
            secure = self.get_cookie_secure(app)  # browsers ignore an answer about a __Host- cookie that is not
            response.delete_cookie(self.get_cookie_name(app), path="/", secure=secure, httponly=True, samesite="Lax")
        elif isinstance(session, StoredSession):
            if session.modified:
                self._store(session.secret, dict(session))
        else:
            session.pop("ended", None)
            super().save_session(app, session, response)

    def end(self, secret: str) -> None:
        """End one session."""
        with self._database.write(Actor.system("sessions")) as u:
            u.session.execute(delete(OfficeSession).where(OfficeSession.digest == digest_of(secret)))

    def _load(self, secret: str) -> dict[str, Any] | None:
        with arriving() as u:
            row = u.session.execute(_KEPT, {"digest": digest_of(secret)}).first()
            if row is None or u.now - row.seen_at > IDLE or u.now - row.created_at > ABSOLUTE:
                return None
            values, seen_at, now = dict(row.data), row.seen_at, u.now
        if now - seen_at > _NOTED_EVERY:
            self._update(secret, seen_at=now)
        return values

    def _begin(self, app: Flask, session: SessionMixin, response: Response) -> None:
        secret = secrets.token_urlsafe(32)
        with self._database.write(Actor.system("sessions")) as u:
            ended = (OfficeSession.seen_at < u.now - IDLE) | (OfficeSession.created_at < u.now - ABSOLUTE)
            u.session.execute(delete(OfficeSession).where(ended))
            u.session.add(
                OfficeSession(
                    digest=digest_of(secret),
                    user_id=int(session[USER]),
                    data=dict(session),
                    created_at=u.now,
                    seen_at=u.now,
                    agent=session.pop("agent", ""),
                )
            )
        response.set_cookie(
            self.get_cookie_name(app),
            _MARK + secret,
            secure=self.get_cookie_secure(app),
            httponly=True,
            samesite="Lax",
            path="/",
        )

    def _store(self, secret: str, values: dict[str, Any]) -> None:
        self._update(secret, data=values)

    def _update(self, secret: str, **values: Any) -> None:
        with self._database.write(Actor.system("sessions")) as u:
            u.session.execute(update(OfficeSession).where(OfficeSession.digest == digest_of(secret)).values(**values))
