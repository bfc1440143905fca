"""One page for every refusal and every fault, as a whole page or as a fragment for htmx."""

import logging
import secrets
from typing import Any

from flask import Flask, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from wf40.base.errors import DomainError, Forbidden, Text
from wf40.base.i18n import _, _l
from wf40.sdk.web import close_reading, database, wants_fragment
from wf40.web.kept import kept_from

log = logging.getLogger(__name__)
HEADINGS: dict[int, Text] = {
    400: _l("Das hat nicht geklappt"),
    403: _l("Keine Berechtigung"),
    404: _l("Nicht gefunden"),
    405: _l("So nicht möglich"),
    409: _l("Inzwischen geändert"),
    413: _l("Zu groß"),
    422: _l("Bitte prüfen Sie Ihre Angaben"),
    429: _l("Bitte warten Sie"),
    500: _l("Ein Fehler ist aufgetreten"),
    503: _l("Gerade nicht erreichbar"),
}
_PLAIN_REFUSALS = frozenset({403, 404, 405, 409, 413, 422, 429})
"""Nothing is broken: whoever is signed in keeps the navigation around the sentence."""
_BARE_BELOW = ("/public/", "/static/")
UNKNOWN = _l("Die Anfrage war so nicht möglich. Bitte gehen Sie zurück und versuchen Sie es erneut.")
SENTENCES: dict[int, Text] = {
    404: _l("Diese Seite gibt es nicht. Vielleicht wurde der Eintrag entfernt oder die Adresse ist unvollständig."),
    405: _l("Diese Adresse kann so nicht aufgerufen werden. Bitte gehen Sie zurück und versuchen Sie es erneut."),
    503: _l(
        "Die Datenbank antwortet gerade nicht oder ist noch nicht eingerichtet. Ihre letzte Eingabe wurde nicht gespeichert."
    ),
    413: _l("Die Datei oder Eingabe ist größer als erlaubt. Bitte kürzen oder teilen Sie sie."),
}


def error_page(status: int, sentence: Text, *, what_to_do: Text = "", reference: str = "") -> ResponseReturnValue:
    """Render the page for an error."""
    close_reading()
    texts = {
        "heading": HEADINGS.get(status, HEADINGS[400]),
        "sentence": sentence,
        "what_to_do": what_to_do,
        "reference": reference,
        "links": [{"label": _("Zur Startseite"), "url": "/"}],
    }
    page = _page_with_navigation(texts) if status in _PLAIN_REFUSALS and _in_the_office() else None
    if page is None:
        # Whatever failed may fail again: the bare page asks neither the database nor the hooks.
        close_reading()
        page = render_template("wf40/error.html", **texts)
    return page, status


def _in_the_office() -> bool:
    who = g.get("actor")
    return who is not None and who.kind == "user" and not request.path.startswith(_BARE_BELOW) and not wants_fragment()


def _page_with_navigation(texts: dict[str, Any]) -> str | None:
    """Render the refusal with the navigation around it; ``None`` when that does not work."""
    g.pop("navigation", None)
    try:
        return render_template("wf40/error_inside.html", **texts)
    except Exception:  # an error page must not fail for its ornaments
        log.warning("no navigation around the error page of %s", request.path, exc_info=True)
        return None


def _on_domain_error(error: DomainError) -> ResponseReturnValue:
    if isinstance(error, Forbidden):
        if g.get("actor") is None or g.actor.kind != "user":
            return ask_to_sign_in()
        with database().write(g.actor) as u:
            u.audit("refused", detail={"permission": error.permission, "path": request.path})
    return error_page(error.status, error.message)


def ask_to_sign_in() -> ResponseReturnValue:
    """Lead to the sign-in page; what was being typed is kept and offered again afterwards."""
    if request.method == "GET":
        if g.get("session_ended"):
            flash(_("Ihre Sitzung ist abgelaufen. Bitte melden Sie sich erneut an."), "info")
        return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))
    answer: ResponseReturnValue = current_app.extensions["wf40.sign_in_again"](kept_from(request))
    return answer


def _on_csrf(error: CSRFError) -> ResponseReturnValue:
    if g.get("actor") is None or g.actor.kind != "user":
        return ask_to_sign_in() if not request.path.startswith("/public/") else _form_expired()
    log.info("form token refused: %s", error.description)
    return _form_expired()


def _form_expired() -> ResponseReturnValue:
    sentence = _("Das Formular war zu lange offen. Ihre Eingaben sind noch im Browser.")
    return error_page(
        400,
        sentence,
        what_to_do=_("Gehen Sie mit „Zurück“ zum Formular, laden Sie es neu und senden Sie es noch einmal."),
    )


def _on_http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400:
        return error
    own = error.description if error.description != type(error).description else ""
    return error_page(status, own or SENTENCES.get(status, UNKNOWN))


def _on_fault(error: Exception) -> ResponseReturnValue:
    reference = secrets.token_hex(4)
    log.error("fault %s at %s %s", reference, request.method, request.path, exc_info=error)
    sentence = _("Ihre letzte Eingabe wurde nicht gespeichert. Der Fehler ist unter der Referenz festgehalten.")
    return error_page(500, sentence, what_to_do=_("Gehen Sie zurück und versuchen Sie es erneut."), reference=reference)


def _on_unreachable(error: OperationalError) -> ResponseReturnValue:
    reference = secrets.token_hex(4)
    log.error("database unreachable %s at %s %s", reference, request.method, request.path, exc_info=error)
    wait = _(
        "Bitte warten Sie einen Augenblick und versuchen Sie es erneut. Bleibt es dabei, hilft Ihre Administration."
    )
    return error_page(503, SENTENCES[503], what_to_do=wait, reference=reference)


def install(app: Flask, *, strict: bool) -> None:
    """Register the handlers; in strict mode faults pass through to the test."""
    app.register_error_handler(DomainError, _on_domain_error)
    app.register_error_handler(CSRFError, _on_csrf)
    app.register_error_handler(HTTPException, _on_http)
    if not strict:
        app.register_error_handler(OperationalError, _on_unreachable)
        app.register_error_handler(Exception, _on_fault)
