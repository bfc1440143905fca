"""The page Mein Tag."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from wf40.base.uow import UnitOfWork
from wf40.core.day import queries
from wf40.core.firms.pages import import_url
from wf40.pluginhost.calls import Hooks
from wf40.sdk.web import reading
from wf40.web.shell import navigation

bp = Blueprint("day", __name__, template_folder="templates")


@bp.get("/")
def index() -> ResponseReturnValue:
    """Show what is to be done today; who takes no part in the daily work is led to where they can work."""
    with reading() as u:
        if not u.actor.may("firms.read"):
            return redirect(_first_place(u))
        steps = queries.first_steps(u)
        cards = queries.cards(u, empty_office=steps is not None)
        return render_template("day/index.html", cards=cards, steps=steps, import_url=import_url())


def _first_place(u: UnitOfWork) -> str:
    here = url_for("day.index")
    places = (link.url for link in navigation(u.service(Hooks)) if link.url != here)
    return next(places, url_for("accounts.profile"))
