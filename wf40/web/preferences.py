"""Language and colours: kept in the session, and with the account of somebody who is signed in."""

from flask import Blueprint, Flask, current_app, g, has_request_context, redirect, request, session
from flask.typing import ResponseReturnValue
from flask_babel import Babel

from wf40.base.i18n import LANGUAGES
from wf40.sdk.web import local_target

THEMES = ("light", "dark", "auto")
bp = Blueprint("preferences", __name__)


@bp.post("/sprache")
def set_language() -> ResponseReturnValue:
    """Switch the language."""
    return _choose("language", LANGUAGES)


@bp.post("/darstellung")
def set_theme() -> ResponseReturnValue:
    """Switch between light, dark and the device's choice."""
    return _choose("theme", THEMES)


def _choose(name: str, known: tuple[str, ...]) -> ResponseReturnValue:
    value = request.form.get(name, "")
    if value in known:
        session[name] = value
        if g.actor.kind == "user":
            current_app.extensions["wf40.remember_choice"](**{name: value})
    return redirect(local_target(request.form.get("next"), "/"), 303)


def language() -> str:
    """Return the language of this request: chosen, else the browser's, else German. Outside requests it is German."""
    if not has_request_context():
        return "de"
    chosen = session.get("language")
    return chosen if chosen in LANGUAGES else request.accept_languages.best_match(LANGUAGES, "de")


def theme() -> str:
    """Return the colours of this request."""
    chosen = session.get("theme")
    return chosen if chosen in THEMES else "auto"


def install(app: Flask, timezone: str) -> None:
    """Set up Babel and the two switches."""
    Babel(
        app,
        default_timezone=timezone,
        default_locale="de",
        locale_selector=language,
        timezone_selector=lambda: timezone,
    )
    app.register_blueprint(bp)
