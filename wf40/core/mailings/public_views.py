"""The page for opting out, for people outside the office."""

from datetime import timedelta

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from wf40.base.throttle import throttle
from wf40.base.uow import UnitOfWork
from wf40.core.mailings import optout
from wf40.sdk.services import Office
from wf40.sdk.web import database
from wf40.web.shell import without_form_token

bp = Blueprint("opt_out", __name__, template_folder="templates")
WINDOW = timedelta(minutes=10)
VISITS_PER_WINDOW = 300
"""Many people of one firm, and many who use one mail provider, come from one address."""


@bp.get("/abmelden/<token>")
def ask(token: str) -> ResponseReturnValue:
    """Show what it is about and a button. Changes nothing, since mail scanners follow links."""
    _throttle()
    with database().read(optout.VISITOR) as u:
        found = optout.held(u, token)
        if found is None:
            return _closed(u)
        state = "done" if optout.used(u, found) else "ask"
        return render_template("mailings/public/opt_out.html", office=u.service(Office), state=state)


# A mail program sends this POST by itself and cannot know a form token. No foreign page can make anybody send it
# either: it takes no cookie and no sign-in, and its address holds a secret of 256 bits, in that person's mail alone.
@bp.post("/abmelden/<token>")
@without_form_token
def confirm(token: str) -> ResponseReturnValue:
    """Opt out, from the page or by the one click of a mail program (RFC 8058, which asks for no redirect)."""
    _throttle()
    how = "program" if request.form.get("List-Unsubscribe") == "One-Click" else "link"
    with database().write(optout.VISITOR) as u:
        found = optout.held(u, token)
        if found is None:
            return _closed(u)
        optout.opt_out(u, found, how, surveys="umfragen" in request.form)
        return render_template("mailings/public/opt_out.html", office=u.service(Office), state="done")


def _closed(u: UnitOfWork) -> ResponseReturnValue:
    return render_template("mailings/public/opt_out.html", office=u.service(Office), state="closed"), 404


def _throttle() -> None:
    throttle(database(), "opt-out", request.remote_addr or "", VISITS_PER_WINDOW, WINDOW)
