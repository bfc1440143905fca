"""Pages of the administration, and the health report."""

from flask import Blueprint, current_app, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wf40.base.access import Actor
from wf40.base.i18n import _
from wf40.core.admin import health, queries, service
from wf40.core.admin.handbook import handbook
from wf40.pluginhost.calls import Hooks
from wf40.sdk.paging import page_number
from wf40.sdk.web import actor, database, done, reading, writing

bp = Blueprint("admin", __name__, template_folder="templates")


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Report the condition for machines: 503 when the product cannot work, else 200."""
    report = health.report(database(), Actor.system("health"))
    return jsonify(report), 503 if report["status"] == "down" else 200


@bp.get("/verwaltung/")
def index() -> ResponseReturnValue:
    """Show the condition of the system."""
    with reading() as u:
        queries.may_see_system(u)
        report = health.report(database(), Actor.system("health"))
        return render_template("admin/index.html", report=report, queues=queries.queues(u), seen=queries.worker_seen(u))


@bp.get("/verwaltung/erweiterungen")
def plugins() -> ResponseReturnValue:
    """List plugins."""
    with reading() as u:
        return render_template("admin/plugins.html", plugins=queries.plugins(u))


@bp.post("/verwaltung/erweiterungen/<key>/einschalten")
def enable(key: str) -> ResponseReturnValue:
    """Switch a plugin on."""
    hooks: Hooks = current_app.extensions["wf40"].hooks
    service.enable_plugin(database(), hooks.registry, key, actor())
    return done(_("Die Erweiterung ist eingeschaltet."), url_for("admin.plugins"))


@bp.post("/verwaltung/erweiterungen/<key>/ausschalten")
def disable(key: str) -> ResponseReturnValue:
    """Switch a plugin off."""
    with writing() as u:
        service.disable_plugin(u, key)
    return done(_("Die Erweiterung ist ausgeschaltet. Ihre Daten bleiben erhalten."), url_for("admin.plugins"))


@bp.get("/verwaltung/postausgang")
def outgoing_mail() -> ResponseReturnValue:
    """List mails that wait, were sent or were given up."""
    with reading() as u:
        page = queries.outgoing_mail(u, page_number(request.args.get("seite")))
        return render_template("admin/mail.html", page=page)


@bp.get("/verwaltung/protokoll")
def audit() -> ResponseReturnValue:
    """List audit events."""
    action = request.args.get("art", "")
    with reading() as u:
        page = queries.audit_events(u, page_number(request.args.get("seite")), action)
        names = [(name, name) for name in queries.audit_actions(u)]
        return render_template("admin/audit.html", page=page, action=action, names=names)


@bp.get("/barrierefreiheit")
def accessibility() -> ResponseReturnValue:
    """State how accessible the product is, and whom to tell about a barrier."""
    return render_template("admin/accessibility.html")


@bp.get("/hilfe")
def help_page() -> ResponseReturnValue:
    """Show the handbook to everybody who is signed in."""
    return render_template("admin/help.html", handbook=handbook())
