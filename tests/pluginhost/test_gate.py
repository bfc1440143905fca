"""Pages of plugins: only under their own address, and shut for everybody the moment the plugin is switched off."""

import faulty
import flask
import pytest
from flask import Blueprint

from wf40.app import assemble, create_app
from wf40.sdk.web import PluginBlueprint
from wf40.settings import Settings
from wf40.testing.office import SECRET


def paged():
    """A plugin with an office page, a form and a public page."""
    office_pages = PluginBlueprint("paged", "faulty")
    public_pages = PluginBlueprint("paged", "faulty", public=True)
    office_pages.add_url_rule("/", "index", lambda: "Seite der Erweiterung")
    office_pages.add_url_rule("/liste/", "list", lambda: "Liste")
    office_pages.add_url_rule("/formular", "form", lambda: ("gesendet", 201), methods=["POST"])
    public_pages.add_url_rule("/<word>", "open", lambda word: f"offen {word}")
    return faulty.plugin("paged", blueprints=lambda: [office_pages], public_blueprints=lambda: [public_pages])


ADDRESSES = [
    ("get", "/p/paged/", 200), ("get", "/p/paged", 308), ("get", "/p/paged/liste", 308), ("get", "/p/paged/liste/", 200),
    ("post", "/p/paged/", 405), ("get", "/p/paged/formular", 405), ("post", "/p/paged/formular", 201),
    ("get", "/public/paged/wort", 200), ("post", "/public/paged/wort", 405), ("get", "/p//paged/", 308),
    ("get", "/public//paged/wort", 308), ("options", "/p/paged/", 200), ("head", "/p/paged/", 200),
]  # fmt: skip


def answers(client):
    return [getattr(client, method)(path).status_code for method, path, _ in ADDRESSES]


def test_a_plugin_that_is_off_answers_404_to_everything_and_comes_back_when_it_is_on(office_with, switch):
    module = paged()
    office = office_with(module)
    client = office.client_as("lead")
    assert answers(client) == [status for *_, status in ADDRESSES]
    switch(office.product, module, enabled=False)
    assert set(answers(client)) == {404}
    assert client.get("/p/unknown/").status_code == 404
    assert office.visitor().get("/public/paged/wort").status_code == 404
    switch(office.product, module, enabled=True)
    assert answers(client) == [status for *_, status in ADDRESSES]


@pytest.mark.parametrize("path", ["//p/paged/", "//public/paged/wort", "///p///paged"])
def test_doubled_slashes_do_not_show_what_is_shut(office_with, switch, path):
    module = paged()
    office = office_with(module)
    client = office.client_as("lead")
    assert client.get("/", environ_overrides={"PATH_INFO": path}).status_code in {200, 308}
    switch(office.product, module, enabled=False)
    assert client.get("/", environ_overrides={"PATH_INFO": path}).status_code == 404


def test_a_page_that_is_shut_looks_like_one_that_never_was(office_with):
    office = office_with(paged(), enable=False)
    client = office.client_as("lead")
    assert client.get("/p/paged/").text == client.get("/p/never/").text


def test_visitors_reach_public_pages_only(office_with):
    visitor = office_with(paged()).visitor()
    assert visitor.get("/public/paged/wort").text == "offen wort"
    assert visitor.get("/p/paged/").location.startswith("/anmelden")
    assert visitor.post("/p/paged/formular").status_code == 401


def test_a_form_of_a_plugin_needs_the_token_too(office_with):
    assert office_with(paged()).client_as("lead").post("/p/paged/formular", token=False).status_code == 400


def test_a_switch_in_one_process_holds_in_every_other_on_its_next_request(office_with, registry_of):
    office = office_with(paged(), enable=False)
    product = office.product
    url = product.settings.url
    second = assemble(
        Settings(database_url=url, secret_key=SECRET, data_dir=product.settings.data_dir),
        office.clock,
        registry_of(paged()),
    )
    other = create_app(product=second).test_client()
    assert other.get("/public/paged/wort").status_code == 404
    admin = office.client_as("admin")
    assert admin.post("/verwaltung/erweiterungen/paged/einschalten").status_code == 303
    assert other.get("/public/paged/wort").status_code == 200
    assert admin.post("/verwaltung/erweiterungen/paged/ausschalten").status_code == 303
    assert other.get("/public/paged/wort").status_code == 404
    second.database.engine.dispose()


def test_an_application_built_after_the_switches_were_read_serves_plugins_under_their_address_only(office_with):
    office = office_with(paged())
    assert "paged" in office.product.registry.enabled
    rules = [rule.rule for rule in office.app.url_map.iter_rules() if rule.endpoint.startswith("paged")]
    assert rules
    assert all(rule.startswith(("/p/paged", "/public/paged")) for rule in rules)


APP_WIDE = sorted(
    name for name in dir(Blueprint)
    if "app_" in name and not name.startswith("_") and callable(getattr(Blueprint, name))
)  # fmt: skip


def test_flask_has_the_handlers_that_we_think_of():
    assert {"before_app_request", "app_errorhandler", "add_app_template_filter"} <= set(APP_WIDE)
    assert flask.__name__ == "flask"


@pytest.mark.parametrize("name", APP_WIDE)
def test_a_plugins_blueprint_cannot_act_on_the_whole_application(name):
    with pytest.raises(TypeError, match="is refused"):
        getattr(PluginBlueprint("paged", "faulty"), name)(lambda *_a: None)


def twice_the_same():
    blueprint = PluginBlueprint("bad", "faulty")
    blueprint.add_url_rule("/first", "same", lambda: "1")
    blueprint.add_url_rule("/second", "same", lambda: "2")
    return [blueprint]


def plain():
    blueprint = Blueprint("bad", "faulty")
    blueprint.add_url_rule("/first", "first", lambda: "1")
    blueprint.before_app_request(lambda: "taken over")
    return [blueprint]


def of_another_name():
    blueprint = PluginBlueprint("admin", "faulty")
    blueprint.add_url_rule("/first", "first", lambda: "1")
    return [blueprint]


def one_good_one_bad():
    good = PluginBlueprint("bad", "faulty")
    good.add_url_rule("/first", "first", lambda: "1")
    return [good, *twice_the_same()]


@pytest.mark.parametrize(
    "blueprints",
    [twice_the_same, plain, of_another_name, one_good_one_bad, lambda: [5]],
    ids=["same endpoint", "plain blueprint", "name of the core", "second fails", "no blueprint"],
)
def test_a_blueprint_that_fails_half_way_leaves_nothing(office_with, blueprints):
    office = office_with(faulty.plugin("bad", blueprints=blueprints), paged())
    client = office.client_as("lead")
    assert not [rule for rule in office.app.url_map.iter_rules() if rule.rule.startswith("/p/bad")]
    assert client.get("/").status_code == 200
    assert client.get("/p/paged/").status_code == 200, "the others are there"
    assert not office.product.registry.installed["bad"].usable
    assert office.product.registry.installed["bad"].error
