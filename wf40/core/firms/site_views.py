"""Pages of a firm's sites. Removing one can be undone while the session lasts."""

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from wf40.base.errors import Forbidden, InvalidInput, NotFound, StaleVersion
from wf40.base.i18n import _
from wf40.core.firms import pages, queries, service, sites
from wf40.core.firms.forms import SiteForm, site_values
from wf40.core.firms.views import bp
from wf40.sdk.web import done, reading, writing
from wf40.web.conflicts import conflict_rows

_REMOVED = "removed_site"
_DATES = ("employees_as_of", "lease_ends_on")


@bp.route("/unternehmen/<int:firm_id>/betriebsstaetten/neu", methods=["GET", "POST"])
def add_site(firm_id: int) -> ResponseReturnValue:
    """Add a site."""
    form = SiteForm()
    if form.validate_on_submit():
        try:
            with writing() as u:
                sites.add_site(u, firm_id, form.to_input())
            return done(_("Die Betriebsstätte ist angelegt."), url_for("firms.show", firm_id=firm_id))
        except InvalidInput as error:
            form.refuse(error)
    return _page(firm_id, None, form, None, "")


@bp.route("/unternehmen/<int:firm_id>/betriebsstaetten/<int:site_id>", methods=["GET", "POST"])
def edit_site(firm_id: int, site_id: int) -> ResponseReturnValue:
    """Change a site; when somebody saved meanwhile, both versions are shown."""
    with reading() as u:
        form = SiteForm(data=site_values(queries.site(u, firm_id, site_id)))
    conflict, changed_by = None, ""
    if form.validate_on_submit():
        try:
            with writing() as u:
                sites.change_site(u, firm_id, site_id, form.typed_version(), form.to_input())
            return done(_("Die Betriebsstätte ist gespeichert."), url_for("firms.show", firm_id=firm_id))
        except InvalidInput as error:
            form.refuse(error)
        except StaleVersion as error:
            form.now_at(error.current_version)
            with reading() as u:
                stored = SiteForm(formdata=None, data=site_values(queries.site(u, firm_id, site_id)))
            conflict, changed_by = conflict_rows(stored, form), error.changed_by
    return _page(firm_id, site_id, form, conflict, changed_by)


@bp.post("/unternehmen/<int:firm_id>/betriebsstaetten/<int:site_id>/entfernen")
def remove_site(firm_id: int, site_id: int) -> ResponseReturnValue:
    """Remove a site."""
    with writing() as u:
        was = sites.remove_site(u, firm_id, site_id)
    values = {name: getattr(was, name) for name in sites.SiteInput.__dataclass_fields__}
    values |= {name: value.isoformat() for name in _DATES if (value := values[name])}
    session[_REMOVED] = {"firm": firm_id, "values": values}
    undo = {
        "text": _("Die Betriebsstätte ist entfernt."),
        "action_url": url_for("firms.put_site_back", firm_id=firm_id),
        "action_label": _("Rückgängig machen"),
    }
    flash(undo, "success")  # type: ignore[arg-type]  # the layout understands a text with an action
    return redirect(url_for("firms.show", firm_id=firm_id), 303)


@bp.post("/unternehmen/<int:firm_id>/betriebsstaetten/zurueckholen")
def put_site_back(firm_id: int) -> ResponseReturnValue:
    """Add the site again that was removed last."""
    kept: dict[str, Any] = session.get(_REMOVED) or {}
    if kept.get("firm") != firm_id:
        raise NotFound
    values = kept["values"] | {name: date.fromisoformat(v) for name in _DATES if (v := kept["values"][name])}
    with writing() as u:
        sites.add_site(u, firm_id, sites.SiteInput(**values))
    session.pop(_REMOVED)
    return done(_("Die Betriebsstätte ist wieder da."), url_for("firms.show", firm_id=firm_id))


def _page(firm_id: int, site_id: int | None, form: SiteForm, conflict: Any, changed_by: str) -> ResponseReturnValue:
    with reading() as u:
        head = pages.record_head(u, firm_id)
        if not head.may_edit:
            raise Forbidden(service.EDIT)
        page = render_template(
            "firms/site_form.html",
            form=form,
            head=head,
            site_id=site_id,
            conflict=conflict,
            changed_by=changed_by,
        )
    return page, 409 if conflict is not None else 422 if form.errors or form.form_errors else 200
