"""Answers the form of a new firm, while somebody types, with the stored firms that are like it."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from wf40.base.errors import Forbidden
from wf40.core.firms import match_words, service
from wf40.core.firms.forms import NewFirmForm
from wf40.core.firms.similar import similar_firms, typed
from wf40.core.firms.views import bp
from wf40.sdk.web import reading


@bp.get("/unternehmen/aehnlich")
def similar() -> ResponseReturnValue:
    """Name the stored firms that are like what was typed so far."""
    with reading() as u:
        if not u.actor.may(service.EDIT) or u.actor.unit_id is None:
            raise Forbidden(service.EDIT)
        form = NewFirmForm(formdata=request.args)
        found = similar_firms(u, typed(form))
    return render_template("firms/_similar.html", similar=found, bands=match_words.BANDS)
