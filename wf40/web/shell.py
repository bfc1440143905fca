"""Puts the shell around the pages: order of checks before a request, and what every template may use."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

from flask import Flask, abort, g, request, url_for
from flask_wtf.csrf import CSRFProtect
from markupsafe import Markup

from wf40.base.i18n import DomainExtension, Translator, _, core_texts
from wf40.pluginhost.calls import Failure, Hooks, Provided
from wf40.pluginhost.gate import Gate
from wf40.sdk.hookspecs import Spec
from wf40.sdk.values import Card, NavItem, Panel
from wf40.sdk.web import actor, arriving, close_reading, reading
from wf40.web import assets, charts, errors, formats, headers, preferences

_OPEN_TO_ALL = frozenset({"/anmelden", "/healthz", "/sprache", "/darstellung", "/barrierefreiheit"})
LARGEST_FORM = 6 * 1024 * 1024
"""Bytes of a form without files; the limit on the parts of one with files is set with the application's."""
_OPEN_BELOW = ("/static/", "/public/", "/abmelden/")
_NO_TOKEN = "wf40_without_form_token"  # noqa: S105 - the name of a mark
View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class NavLink:
    """An entry of the navigation as the layout shows it."""

    key: str
    label: str
    url: str
    icon: str
    count: int
    active: bool


def install(app: Flask, hooks: Hooks, gate: Gate, timezone: str, *, secure: bool, strict: bool) -> None:
    """Install everything that surrounds the pages."""
    preferences.install(app, timezone)
    formats.install(app)
    assets.register_assets(app)
    protection = CSRFProtect(app)
    for view in app.view_functions.values():
        if getattr(view, _NO_TOKEN, False):
            protection.exempt(view)
    headers.install(app, secure=secure)
    errors.install(app, strict=strict)
    app.teardown_request(close_reading)
    app.context_processor(lambda: _context(hooks))
    app.jinja_env.globals.update(chart_radar=charts.radar, chart_bars=charts.bars, chart_score_band=charts.score_band)
    app.jinja_env.globals["render_part"] = lambda part: render_part(app, hooks, part)
    app.extensions["wf40.gate"] = gate


def without_form_token(view: View) -> View:
    """Let POSTs to one view of the core through that no form of ours has sent. Each use says why it may."""
    setattr(view, _NO_TOKEN, True)
    return view


def check_first(gate: Gate) -> None:
    """Before anything else: follow the switches of plugins, and answer for those that are off as for nothing."""
    if request.mimetype == "application/x-www-form-urlencoded":
        request.max_content_length = LARGEST_FORM
    if request.path.startswith("/static/") or request.path == "/healthz":
        return  # the health report answers without a database too
    with arriving() as u:
        gate.follow_in(u.session)
    if gate.shuts(request.path):
        abort(404)
    if request.content_length or request.headers.get("Transfer-Encoding"):
        close_reading()  # whoever sends slowly holds neither a connection nor a state of the database meanwhile
    if any("\0" in value for given in (request.args, request.form) for _name, value in given.items(multi=True)):
        abort(
            400, _("Die Eingabe enthält ein Zeichen, das nicht gespeichert werden kann (NUL). Bitte entfernen Sie es.")
        )


def demand_sign_in() -> Any:
    """Let visitors through to the few open addresses only. Unknown addresses look the same to them as known ones."""
    is_open = request.path in _OPEN_TO_ALL or request.path.startswith(_OPEN_BELOW)
    if actor().kind != "user" and not is_open:
        return errors.ask_to_sign_in()
    return None


def _context(hooks: Hooks) -> dict[str, Any]:
    context: dict[str, Any] = {"locale": preferences.language(), "theme": preferences.theme(), "navigation": list}
    who = g.get("actor")
    if who is not None and who.kind == "user" and request.endpoint != "assets":
        context["may"] = who.may
        context["navigation"] = partial(navigation, hooks)  # a part of a page shows none, so none is gathered for it
    return context


def navigation(hooks: Hooks) -> list[NavLink]:
    """Return the entries of the navigation that the request's actor may follow, in order."""
    if "navigation" not in g:
        with reading() as u:
            items = [p for p in hooks.gather(Spec.navigation, u).provided if u.actor.may(p.value.permission)]
        items.sort(key=lambda p: (p.value.order, p.value.key))
        found = [hooks.guard(p.plugin, "address in the navigation", partial(_link, p.value)) for p in items]
        g.navigation = [link for link in found if isinstance(link, NavLink)]
        _mark(g.navigation, {p.value.key: p.value.covers for p in items})
    links: list[NavLink] = g.navigation
    return links


def _mark(links: list[NavLink], covers: Mapping[str, tuple[str, ...]]) -> None:
    """Mark the entry whose addresses fit the request's best; of equals the later one."""
    best, chosen = 0, -1
    for place, link in enumerate(links):
        fits = [len(url) for url in (link.url, *covers.get(link.key, ())) if _within(request.path, url)]
        if fits and max(fits) >= best:
            best, chosen = max(fits), place
    if chosen >= 0:
        links[chosen] = replace(links[chosen], active=True)


def _link(item: NavItem) -> NavLink:
    return NavLink(item.key, str(item.label), url_for(item.endpoint), item.icon, item.count, active=False)


def _within(path: str, url: str) -> bool:
    return path == url or (url != "/" and path.startswith(url.rstrip("/") + "/"))


def render_part(app: Flask, hooks: Hooks, part: Provided[Panel] | Provided[Card] | Failure) -> Markup:
    """Render a box of a slice or plugin; a fault in its template becomes a quiet note with a reference number."""

    def render() -> str:
        assert not isinstance(part, Failure)  # noqa: S101 - told apart below
        return app.jinja_env.get_template(part.value.template).render(
            {**_template_context(app), "part": part.value, **part.value.values}
        )

    if isinstance(part, Failure):
        outcome: str | Failure = part
    else:
        outcome = hooks.guard(part.plugin, f"template of {part.value.key}", render, g.get("reading_unit"))
    if isinstance(outcome, Failure):
        template = app.jinja_env.get_template("wf40/unavailable.html")
        outcome = template.render({**_template_context(app), "failure": outcome})
    return Markup(outcome)  # noqa: S704 - rendered with autoescape


def _template_context(app: Flask) -> dict[str, Any]:
    """Return what every template may use, gathered once for all boxes of a page."""
    if "template_context" not in g:
        g.template_context = {}
        app.update_template_context(g.template_context)
    context: dict[str, Any] = g.template_context
    return context


def install_texts(app: Flask, translators: dict[str, Translator]) -> None:
    """Bind ``_`` of the core's and each plugin's templates to its own catalogue."""
    names: dict[str, Any] = {"plugin_domains": frozenset(translators)}
    names.update(_=core_texts.gettext, gettext=core_texts.gettext)
    names.update(ngettext=core_texts.ngettext, pgettext=core_texts.pgettext)
    for key, texts in translators.items():
        names[f"gettext_{key}"] = texts.gettext
        names[f"ngettext_{key}"] = texts.ngettext
        names[f"pgettext_{key}"] = texts.pgettext
    app.jinja_env.globals.update(names)
    app.jinja_env.add_extension(DomainExtension)
