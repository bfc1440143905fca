"""Sign-in, sign-out, profile, and the administration's accounts."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user

from wf40.base.access import Actor
from wf40.base.errors import InvalidInput, StaleVersion
from wf40.base.i18n import _
from wf40.base.throttle import forgive, throttle
from wf40.core.accounts import queries, service
from wf40.core.accounts.forms import AccountForm, PasswordForm, SignInForm
from wf40.core.accounts.models import User
from wf40.core.accounts.roles import ROLES
from wf40.sdk.forms import choices
from wf40.sdk.web import database, done, local_target, reading, writing
from wf40.web.conflicts import ConflictRow, conflict_rows
from wf40.web.kept import Kept, kept_in
from wf40.web.sessions import digest_of

bp = Blueprint("accounts", __name__, template_folder="templates")
WINDOW = timedelta(minutes=10)


@bp.get("/anmelden")
def sign_in() -> ResponseReturnValue:
    """Show the sign-in page."""
    if current_user.is_authenticated:
        return redirect(url_for("day.index"))
    return render_template("accounts/sign_in.html", form=SignInForm(), target=request.args.get("next", ""), kept=None)


def sign_in_again(kept: Kept | None) -> ResponseReturnValue:
    """Show the sign-in page to somebody whose session ended, with what they were typing."""
    return render_template("accounts/sign_in.html", form=SignInForm(formdata=None), target="", kept=kept), 401


@bp.post("/anmelden")
def begin_session() -> ResponseReturnValue:
    """Check address and password; give back what was being typed when a session ended."""
    form = SignInForm()
    kept, target = kept_in(request.form), request.form.get("next", "")
    if form.validate():
        _count_attempt(form.email.data)
        with database().write(g.actor) as u:
            user_id = service.check_sign_in(u, form.email.data, form.password.data)
        if user_id is not None:
            _remember(user_id, form.email.data)
            if kept:
                return render_template("accounts/kept.html", kept=kept)
            return redirect(local_target(target, url_for("day.index")), 303)
        form.form_errors.append(_("E-Mail-Adresse oder Passwort sind nicht richtig. Bitte prüfen Sie beide."))
    return render_template("accounts/sign_in.html", form=form, target=target, kept=kept), 422


def _count_attempt(email: str) -> None:
    throttle(database(), "sign-in account", email.lower(), 10, WINDOW)
    throttle(database(), "sign-in address", request.remote_addr or "", 60, WINDOW)


def _remember(user_id: int, email: str) -> None:
    forgive(database(), "sign-in account", email.lower())
    with database().read(Actor.system("accounts")) as u:
        row = u.session.get_one(User, user_id)
        session.clear()
        session["agent"] = (request.user_agent.string or "")[:200]
        session["language"], session["theme"] = row.language, row.theme
        login_user(row)


@bp.post("/abmelden")
def sign_out() -> ResponseReturnValue:
    """End this session."""
    with writing() as u:
        service.record_sign_out(u)
    logout_user()
    return done(_("Sie sind abgemeldet."), url_for("accounts.sign_in"))


@bp.get("/konto")
def profile() -> ResponseReturnValue:
    """Show one's own account and open sessions."""
    with reading() as u:
        return _profile(u, PasswordForm())


def _profile(u: Any, form: PasswordForm, status: int = 200) -> ResponseReturnValue:
    page = render_template("accounts/profile.html", form=form, sessions=queries.own_sessions(u), roles=ROLES)
    return page, status


@bp.post("/konto/passwort")
def change_password() -> ResponseReturnValue:
    """Change one's own password."""
    form = PasswordForm()
    if form.validate():
        try:
            with writing() as u:
                service.change_password(u, form.old.data, form.password.data, digest_of(session.secret))  # type: ignore[attr-defined]  # a stored one
            return done(_("Ihr Passwort ist geändert."), url_for("accounts.profile"))
        except InvalidInput as error:
            form.refuse(error)
    with reading() as u:
        return _profile(u, form, 422)


@bp.post("/konto/sitzungen/<int:session_id>/beenden")
def end_session(session_id: int) -> ResponseReturnValue:
    """End one of one's own sessions."""
    with writing() as u:
        service.end_session(u, session_id)
    return done(_("Die Sitzung ist beendet."), url_for("accounts.profile"))


@bp.get("/verwaltung/konten")
def users() -> ResponseReturnValue:
    """List accounts."""
    with reading() as u:
        return render_template("accounts/users.html", users=queries.users(u), roles=ROLES)


@bp.route("/verwaltung/konten/neu", methods=["GET", "POST"])
def add_user() -> ResponseReturnValue:
    """Add an account."""
    form = _account_form(AccountForm())
    if form.validate_on_submit():
        try:
            with writing() as u:
                service.add_user(u, form.to_input())
            return done(_("Das Konto ist angelegt."), url_for("accounts.users"))
        except InvalidInput as error:
            form.refuse(error)
    page = render_template("accounts/user_form.html", form=form, user=None, both=None)
    return page, 422 if form.is_submitted() else 200


@bp.route("/verwaltung/konten/<int:user_id>", methods=["GET", "POST"])
def change_user(user_id: int) -> ResponseReturnValue:
    """Change an account; a save that comes too late shows both versions."""
    with reading() as u:
        row = queries.user(u, user_id)
        form = _account_form(AccountForm(obj=row))
    status, both = 422 if form.is_submitted() else 200, None
    if form.validate_on_submit():
        try:
            with writing() as u:
                service.change_user(u, user_id, form.typed_version(), form.to_input())
            return done(_("Das Konto ist gespeichert."), url_for("accounts.users"))
        except InvalidInput as error:
            form.refuse(error)
        except StaleVersion as error:
            status, both = 409, _conflict(user_id, form, error)
    return render_template("accounts/user_form.html", form=form, user=row, both=both), status


def _conflict(user_id: int, form: AccountForm, error: StaleVersion) -> tuple[list[ConflictRow], str]:
    """Return both versions; a second save then overwrites knowingly."""
    with reading() as u:
        stored = _account_form(AccountForm(formdata=None, obj=queries.user(u, user_id)))
    form.now_at(error.current_version)
    return conflict_rows(stored, form, ignore=("password",)), error.changed_by


def _account_form(form: AccountForm) -> AccountForm:
    with reading() as u:
        form.unit_id.choices = choices((unit.id, unit.name) for unit in queries.units(u))
    return form
