"""The parts every page is built from: labels and errors are wired, text is escaped, nothing is inline."""

import datetime as dt
import re
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace as Thing

import pytest
import wtforms
from flask import Flask, render_template_string
from flask_babel import Babel
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFProtect
from flask_wtf.file import FileField
from jinja2 import StrictUndefined
from wtforms import validators
from wtforms.fields import SelectChoice

from wf40.base.i18n import core_texts
from wf40.web import charts, formats
from wf40.web.assets import register_assets
from wf40.web.rendering import PageEnvironment

ROOT = Path(__file__).parents[2]
WEB = ROOT / "wf40" / "web"
TEMPLATES = sorted([*ROOT.glob("wf40/**/templates/**/*.html"), *ROOT.glob("plugins/**/templates/**/*.html")])
EVIL = '<img src=x onerror="alert(1)">&'
VOID = {"input", "meta", "link", "br", "img", "hr"}


class Page(HTMLParser):
    """The elements of a page as (tag, attributes), and its text."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.words, self.open = [], [], []
        self.feed(html)
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    def all(self, tag=None, **wanted):
        wanted = {name.strip("_").replace("_", "-"): value for name, value in wanted.items()}
        return [
            attrs
            for name, attrs in self.elements
            if tag in (None, name) and all(attrs.get(key) == value for key, value in wanted.items())
        ]

    def one(self, tag=None, **wanted):
        found = self.all(tag, **wanted)
        assert len(found) == 1, (tag, wanted, found)
        return found[0]


class SiteForm(wtforms.Form):
    town = wtforms.StringField("Ort", [validators.InputRequired("Geben Sie den Ort an.")])


class FirmForm(FlaskForm):
    name = wtforms.StringField(
        "Name", [validators.InputRequired("Geben Sie den Namen an.")], description="Wie im Register"
    )
    legal_form = wtforms.SelectField(
        "Rechtsform", choices=[SelectChoice("", "Bitte wählen"), SelectChoice("gmbh", "GmbH")]
    )
    officer = wtforms.SelectField("Zuständig", choices=[SelectChoice("1", "J. Müller")])
    wz = wtforms.StringField("Wirtschaftszweig")
    employees = wtforms.IntegerField("Beschäftigte", [validators.Optional()])
    as_of = wtforms.DateField("Stand", [validators.Optional()])
    kind = wtforms.RadioField(
        "Art",
        choices=[SelectChoice("c", "Gesellschaft"), SelectChoice("f", "Gründung")],
        validators=[validators.InputRequired("Wählen Sie die Art.")],
    )
    topics = wtforms.SelectMultipleField(
        "Themen",
        choices=[SelectChoice("a", "Fachkräfte"), SelectChoice("b", "Nachfolge")],
        widget=wtforms.widgets.ListWidget(prefix_label=False),
        option_widget=wtforms.widgets.CheckboxInput(),
    )
    areas = wtforms.SelectMultipleField("Gebiete", choices=[SelectChoice("n", "Nord")])
    consent = wtforms.BooleanField("Einwilligung", [validators.InputRequired("Bestätigen Sie die Einwilligung.")])
    notes = wtforms.TextAreaField("Notiz")
    paper = FileField("Anlage")
    site = wtforms.FormField(SiteForm, "Betriebsstätte")
    phones = wtforms.FieldList(wtforms.StringField("Telefon"), "Telefone", min_entries=1)
    version = wtforms.HiddenField()


@pytest.fixture(scope="module")
def app():
    app = Flask(__name__, template_folder=str(WEB / "templates"), static_folder=None)
    app.config.update(SECRET_KEY="test", TESTING=True)
    app.jinja_environment = PageEnvironment
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.globals.update(
        _=core_texts.gettext, gettext=core_texts.gettext, ngettext=core_texts.ngettext, charts=charts
    )
    Babel(app, default_locale="de")
    CSRFProtect(app)
    register_assets(app)
    formats.install(app)
    app.add_url_rule("/accounts.profile", "accounts.profile", str)
    app.add_url_rule("/admin.help_page", "admin.help_page", str)
    for endpoint in ("preferences.set_language", "preferences.set_theme", "accounts.sign_out"):
        app.add_url_rule(f"/{endpoint}", endpoint, str, methods=["POST"])
    return app


@pytest.fixture
def draw(app):
    """Render a template text with everything imported from the components; returns the parsed page."""
    imports = "".join(
        '{{% from "wf40/components/{}" import {} %}}'.format(path.name, ", ".join(public_macros(path)))
        for path in sorted((WEB / "templates/wf40/components").glob("*.html"))
    )

    def render(source, **values):
        with app.test_request_context("/unternehmen?q=x"):
            return Page(render_template_string(imports + source, **values))

    return render


def public_macros(path):
    return re.findall(r"^{% (?:macro|set) ([a-z]\w*)", path.read_text("utf-8"), re.MULTILINE)


@pytest.fixture
def draw_form(app, draw):
    """Render a text with `form`; `data` is what was posted (None: not yet)."""

    def render(source, data=None, values=None):
        with app.test_request_context("/", method="POST", data=data or {}):
            form = FirmForm(meta={"csrf": False}, **(values or {}))
            if data is not None:
                form.validate()
            return draw(source, form=form)

    return render


def test_text_field_is_wired_to_label_hint_and_error(draw_form):
    page = draw_form("{{ field(form.name) }}", data={"legal_form": "gmbh"})
    field = page.one("input", name="name")
    assert page.one("label", for_=field["id"])
    assert field["aria-describedby"].split() == ["name-hint", "name-error"]
    assert {element["id"] for element in page.all() if "id" in element} >= {"name-hint", "name-error"}
    assert field["aria-invalid"] == "true"
    assert field["aria-required"] == "true"
    assert "required" not in field
    assert "Fehler: Geben Sie den Namen an." in page.text
    assert "(Pflichtangabe)" in page.text


def test_untouched_field_has_no_error_attributes(draw_form):
    page = draw_form("{{ field(form.wz) }}")
    field = page.one("input", name="wz")
    assert not {"aria-invalid", "aria-describedby", "aria-required", "required"} & field.keys()


def test_hint_of_the_page_replaces_the_description(draw_form):
    assert "Wie auf dem Schild" in draw_form("{{ field(form.name, hint='Wie auf dem Schild') }}").text


@pytest.mark.parametrize("name", ["kind", "topics"])
def test_choices_are_a_fieldset_with_a_legend_and_labelled_inputs(draw_form, name):
    page = draw_form("{{ field(form[name], hint='Hinweis') }}".replace("name", repr(name)), data={})
    group = page.one("fieldset")
    assert group["aria-describedby"].split()[0] == f"{name}-hint"
    assert page.one("legend")
    inputs = page.all("input", name=name)
    assert len(inputs) == 2
    assert {entry["id"] for entry in inputs} == {label["for"] for label in page.all("label")}
    assert {entry["type"] for entry in inputs} == {"radio" if name == "kind" else "checkbox"}


def test_error_of_a_group_is_described_at_the_group(draw_form):
    page = draw_form("{{ field(form.kind) }}", data={})
    assert page.one("fieldset")["aria-describedby"] == "kind-error"
    assert page.one(id="kind-error")


@pytest.mark.parametrize(
    ("name", "tag", "kind"),
    [
        ("employees", "input", "number"),
        ("as_of", "input", "date"),
        ("paper", "input", "file"),
        ("consent", "input", "checkbox"),
        ("notes", "textarea", None),
        ("legal_form", "select", None),
        ("areas", "select", None),
    ],
)
def test_every_kind_of_field_has_its_label(draw_form, name, tag, kind):
    page = draw_form(f"{{{{ field(form.{name}) }}}}")
    field = page.one(tag, name=name)
    assert page.one("label", for_=field["id"])
    assert field.get("type") == kind


def test_picker_keeps_the_native_select_for_those_without_script(draw_form):
    page = draw_form("{{ field(form.officer, combobox=true) }}")
    assert page.one("wf-combobox") == {}
    assert page.one("select", name="officer")
    page = draw_form("{{ field(form.wz, search_url='/wz/suche') }}")
    assert page.one("wf-combobox")["data-src"] == "/wz/suche"
    assert page.one("input", name="wz")["type"] == "text"


def test_enclosed_forms_and_lists_are_groups(draw_form):
    page = draw_form("{{ field(form.site) }}{{ field(form.phones) }}", data={})
    assert [group["id"] for group in page.all("fieldset")] == ["site-group", "phones-group"]
    assert page.one("input", name="site-town")["aria-describedby"] == "site-town-error"
    assert page.one("input", name="phones-0")


def test_further_attributes_reach_the_input(draw_form):
    page = draw_form("{{ field(form.name, attrs={'autocomplete': 'organization'}) }}")
    assert page.one("input")["autocomplete"] == "organization"


def test_summary_leads_to_every_field_with_an_error(draw_form):
    whole = (
        "{% call form_frame(form) %}{{ field(form.name) }}{{ field(form.kind) }}{{ field(form.consent) }}"
        "{{ field(form.site) }}{% endcall %}"
    )
    page = draw_form(whole, data={"legal_form": "gmbh", "officer": "1"})
    summary = page.one("div", role="alert")
    assert summary["tabindex"] == "-1"
    assert "Bitte prüfen Sie 4 Angaben" in page.text
    assert "Betriebsstätte: Geben Sie den Ort an." in page.text
    targets = {link["href"][1:] for link in page.all("a")}
    assert targets == {"name", "kind-0", "consent", "site-group"}
    assert targets <= {element["id"] for element in page.all() if "id" in element}


def test_form_without_errors_has_no_summary_but_a_token_and_its_hidden_fields(draw_form):
    page = draw_form("{% call form_frame(form, upload=true) %}{% endcall %}", values={"data": {"version": "3"}})
    assert not page.all(role="alert")
    assert page.one("input", name="csrf_token")["value"]
    assert page.one("input", name="version")["value"] == "3"
    assert page.one("form")["enctype"] == "multipart/form-data"
    assert "novalidate" in page.one("form")


def test_draft_is_offered_only_by_the_script(draw_form):
    page = draw_form("{% call form_frame(form, draft='gespraech-neu-17') %}{% endcall %}")
    assert page.one("form")["data-wf-draft"] == "gespraech-neu-17"
    notice = next(attrs for _tag, attrs in page.elements if "data-wf-draft-notice" in attrs)
    assert "hidden" in notice
    assert not draw_form("{% call form_frame(form) %}{% endcall %}").all("time")


def test_what_people_typed_is_escaped_in_fields_and_errors(draw_form, draw):
    page = draw_form("{{ field(form.name) }}{{ field(form.notes) }}", values={"data": {"name": EVIL, "notes": EVIL}})
    assert page.one("input", name="name")["value"] == EVIL
    assert not page.all("img")
    assert not draw("{{ error_text('x', evil) }}{{ field_group(evil) if false }}", evil=EVIL).all("img")


LINK = {"label": EVIL, "url": EVIL}
EVIL_CALLS = [
    "{{ badge(evil) }}{{ ampel_badge('red', evil) }}{{ count(3, evil) }}{{ tag(evil) }}",
    "{{ button(evil, attrs={'data-x': evil}) }}{{ link_button(evil, evil) }}{{ icon_button(evil, 'close') }}",
    "{{ action_link(evil, evil, context=evil) }}{{ post_button(evil, evil, fields={'a': evil}) }}",
    "{{ breadcrumbs([(evil, evil), (evil, none)]) }}{{ tabs([link], evil) }}{{ tiles([tile], evil) }}",
    "{% call panel(evil, 'p', plugin=evil) %}{{ facts([(evil, evil, evil)]) }}{% endcall %}",
    "{{ panel_unavailable(evil, 'p', evil) }}{% call menu(evil) %}{{ menu_link(evil, evil) }}{% endcall %}",
    "{% call dialog('d', evil) %}{{ evil }}{% endcall %}{{ side_panel(label=evil) }}",
    "{% call toolbar('/', evil) %}{{ toolbar_search(evil) }}{{ toolbar_select('a', evil, [(evil, evil)], evil) }}{% endcall %}",
    "{{ filter_chips([link], evil) }}{% call result_bar(1, 2, 3) %}{{ evil }}{% endcall %}",
    "{% call data_table('t', evil) %}<tr>{{ header(evil, evil) }}{{ row_header(evil, evil) }}{{ select_cell(evil, evil) }}</tr>{% endcall %}",
    "{% call alert(evil) %}{{ evil }}{% endcall %}{{ toasts([('error', evil), ('info', message)]) }}",
    "{% call empty_state(evil, evil) %}{{ evil }}{% endcall %}{{ progress('f', evil, 1, note=evil, poll_url=evil) }}",
    "{{ timeline([entry]) }}{{ stepper([step], evil) }}{{ state_line([step], evil) }}",
    "{{ meter(3, label=evil) }}{{ score(3, note=evil) }}{{ bar_list([(evil, 3)]) }}{{ contribution_bars([row], evil) }}",
    "{{ chart_with_table(charts.bars('c', evil, [(evil, 3)]), 'c', evil) }}{{ date_parts('d', evil, {'day': evil}, evil, evil) }}",
]


@pytest.mark.parametrize("source", EVIL_CALLS)
def test_components_escape_everything_they_are_given(draw, source):
    page = draw(
        source,
        evil=EVIL,
        link=Thing(**LINK, active=True, count=3),
        tile=Thing(**LINK, value=EVIL, hint=EVIL),
        message={"text": EVIL, "action_url": EVIL, "action_label": EVIL},
        entry=Thing(
            at=dt.datetime(2026, 11, 12, tzinfo=dt.UTC),
            when=EVIL,
            kind_label=EVIL,
            title=EVIL,
            text=EVIL,
            who=EVIL,
        ),
        step=Thing(label=EVIL, state="done", url=EVIL, hint=EVIL),
        row=Thing(label=EVIL, value=3.0, note=EVIL, url=EVIL),
    )
    assert not page.all("img")
    assert EVIL in page.words or any(EVIL in (value or "") for _tag, attrs in page.elements for value in attrs.values())


def test_components_need_only_what_they_say(draw):
    bare = Thing(label="x", url="/x", value=1.5, state="open", title="x", badge="")
    entry = Thing(at=dt.date(2026, 1, 2), when="02.01.2026", kind_label="Notiz", title="x")
    page = draw(
        "{{ tabs([bare], 'x') }}{{ tiles([bare], 'x') }}{{ timeline([entry]) }}{{ stepper([bare], 'x') }}"
        "{{ contribution_bars([bare]) }}{{ task_list([bare], done) }}{{ filter_chips([bare]) }}{{ facts([('a', none)]) }}"
        "{{ alert('x') }}{{ empty_state('x') }}{{ result_bar(0, 0, 0) }}{{ contribution_bars([]) }}",
        bare=bare,
        entry=entry,
        done=lambda _item: "/done",
    )
    assert "Keine Treffer" in page.text
    assert "keine Angabe" in page.text


@pytest.mark.parametrize(
    ("level", "word", "sign"),
    [
        ("red", "Rot", "danger"),
        ("yellow", "Gelb", "warning"),
        ("green", "Grün", "success"),
        ("grey", "Grau", "question-mark"),
    ],
)
def test_ampel_is_told_by_word_and_sign_not_by_colour_alone(draw, level, word, sign):
    page = draw("{{ ampel_badge(level) }}", level=level)
    assert page.text == f"Ampel: {word}"
    assert any(f"kern-icon--{sign}" in element.get("class", "") for element in page.all("span"))


def test_sorted_column_says_so(draw):
    page = draw("{{ header('Name', '/?sort=name', 'descending') }}{{ header('Ort', '/?sort=ort') }}")
    assert [cell.get("aria-sort") for cell in page.all("th")] == ["descending", None]


@pytest.mark.parametrize(
    ("page_number", "pages", "shown"),
    [(1, 1, []), (1, 3, [1, 2, 3]), (6, 12, [1, 4, 5, 6, 7, 8, 12]), (12, 12, [1, 10, 11, 12])],
)
def test_paging_shows_the_neighbours_and_both_ends(draw, page_number, pages, shown):
    page = draw(
        "{{ pagination(n, pages, url, 'Seiten') }}",
        n=page_number,
        pages=pages,
        url=lambda number: f"?page={number}",
    )
    labelled = [link for link in page.all("a") if "aria-label" in link]
    assert [int(link["href"].rpartition("=")[2]) for link in labelled] == shown
    assert [link["href"] for link in labelled if "aria-current" in link] == ([f"?page={page_number}"] if shown else [])


def test_contributions_carry_sign_and_comma(draw):
    page = draw(
        "{{ contribution_bars([up, down], 'Punkte') }}",
        up=Thing(label="a", value=21.44),
        down=Thing(label="b", value=-3.0),
    )
    assert "+21,4 Punkte" in page.text
    assert "−3,0 Punkte" in page.text


PAGE = '{% extends "wf40/page.html" %}{% block title %}Unternehmen{% endblock %}{% block main %}<p>Inhalt</p>{% endblock %}'
CONTEXT = {
    "locale": "de",
    "theme": "dark",
    "office_name": EVIL,
    "current_user": Thing(display_name=EVIL, is_authenticated=True),
    "navigation": lambda: [Thing(label="Mein Tag", url="/tag", icon="home", active=True, count=3)],
}


def test_office_page_has_landmarks_switches_and_a_way_past_the_navigation(app):
    with app.test_request_context("/unternehmen?q=x"):
        page = Page(render_template_string(PAGE, **CONTEXT, search_url="/suche"))
    assert not page.all("img")
    assert page.one("html")["data-kern-theme"] == "dark"
    assert page.one("a", class_="wf-skip")["href"] == "#" + page.one("main")["id"]
    assert {form["action"] for form in page.all("form", method="post")} == {
        "/preferences.set_language",
        "/preferences.set_theme",
        "/accounts.sign_out",
    }
    assert {entry["value"] for entry in page.all("input", name="next")} == {"/unternehmen?q=x"}
    assert len(page.all("input", name="csrf_token")) == 6
    assert page.one("form", role="search")["action"] == "/suche"
    ids = [element["id"] for element in page.all() if "id" in element]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("layout", ["page", "public", "sign_in", "print"])
def test_layouts_follow_the_device_unless_told_otherwise(app, layout):
    source = f'{{% extends "wf40/{layout}.html" %}}{{% block title %}}T{{% endblock %}}'
    with app.test_request_context("/"):
        page = Page(render_template_string(source, **CONTEXT | {"theme": "auto", "locale": "en"}))
    assert page.one("html") == {"lang": "en"}
    assert page.one("meta", name="color-scheme")["content"] == "light dark"
    assert len(page.all("h1")) == (0 if layout == "public" else 1)


def test_error_page_needs_neither_session_nor_database(app):
    source = '{% include "wf40/error.html" %}'
    with app.test_request_context("/"):
        page = Page(
            render_template_string(
                source, heading="Nicht gefunden", sentence=EVIL, what_to_do="", reference="A7", links=[LINK]
            )
        )
    assert not page.all("img")
    assert "Referenz: A7" in page.text
    assert not page.all("script")


FORBIDDEN = {
    "inline style": r"<[^>]*\sstyle\s*=",
    "style element": r"<style\b",
    "inline script": r"<script\b(?![^>]*\bsrc=)",
    "inline handler": r"<[^>]*\son[a-z]+\s*=",
    "htmx handler": r"hx-on",
    "script address": r"javascript:",
    "evaluated values": r"hx-(vals|headers)\s*=\s*[\"'](js|javascript):",
    "trigger filter": r"hx-trigger\s*=\s*\"[^\"]*\[",
    "unescaped text": r"\|\s*safe\b",
    "escaping switched off": r"autoescape\s+false",
    "foreign address": r"(src|href)\s*=\s*[\"'](https?:)?//",
}


def faults_of(text):
    text = re.sub(r"{#.*?#}", "", text, flags=re.DOTALL)
    return [name for name, pattern in FORBIDDEN.items() if re.search(pattern, text, re.IGNORECASE)]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_template_breaks_the_content_security_policy(path):
    assert faults_of(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "sample",
    [
        '<p class="a" style="color:red">',
        "<script>alert(1)</script>",
        '<a onclick="x()">',
        '<a hx-on:click="x()">',
        "{{ text | safe }}",
        "{% autoescape false %}",
        "<a href='javascript:x()'>",
        """<a hx-vals='js:{a: 1}'>""",
        '<a hx-trigger="click[ctrlKey]">',
        '<img src="https://tiles.example/1.png">',
        "<style>a{}</style>",
    ],
)
def test_the_ban_notices(sample):
    assert faults_of(sample)
