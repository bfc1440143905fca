"""Finding plugins: whatever one does wrong, the product starts, works and says what is wrong."""

import sys
from importlib.metadata import EntryPoint
from types import ModuleType

import faulty
import pytest

from wf40.app import assemble, create_app
from wf40.pluginhost.registry import Registry
from wf40.sdk import hookimpl
from wf40.sdk.hookspecs import hook_names
from wf40.sdk.tables import plugin_base
from wf40.sdk.values import Manifest, PersonalColumn
from wf40.settings import Settings


def exit_at_import():
    sys.exit(3)


def with_models():
    models = ModuleType("models_for_tests")

    class Stolen:
        __tablename__ = "firm_secret"
        __module__ = "models_for_tests"

    models.Stolen = Stolen
    return faulty.plugin("greedy", models=lambda: [models])


def unknown_hook():
    module = faulty.plugin("modern")
    module.firm_holograms = hookimpl(lambda: [])  # noqa: PIE807 - a hook is marked, and list cannot be
    return module


def without_manifest():
    module = faulty.plugin("nameless")
    del module.manifest
    return module


def foreign_personal_data():
    column = PersonalColumn("user_account", "email", "a", "b", "c", "d")
    return faulty.plugin("curious", personal_data=lambda: [column])


FAULTY = {
    "broken": (faulty.fail, "ZeroDivisionError"),
    "exits": (exit_at_import, "SystemExit"),
    "other_key": (lambda: faulty.plugin("another"), "must return one manifest with the key 'other_key'"),
    "Wrong-Name": (lambda: faulty.plugin("Wrong-Name"), "lower case letters"),
    "modern": (unknown_hook, "unknown hooks: firm_holograms"),
    "nameless": (without_manifest, "no manifest hook"),
    "old": (lambda: faulty.plugin("old", manifest=lambda: [Manifest("old", "Alt", "1", sdk="0.9")]), "SDK 0.9"),
    "twofold": (lambda: faulty.plugin("twofold", manifest=lambda: [Manifest("twofold", "A", "1")] * 2), "one manifest"),
    "greedy": (with_models, "firm_secret must be named greedy_"),
    "curious": (foreign_personal_data, "not its own: user_account"),
    "empty": (lambda: None, "no manifest hook"),
    "audit": (lambda: faulty.plugin("audit"), "taken by the core (audit_event)"),
    **{f"raises_in_{hook}": (lambda h=hook: faulty.raising(h), "ZeroDivisionError") for hook in faulty.AT_LOADING},
}


@pytest.mark.parametrize("key", FAULTY)
def test_a_plugin_that_breaks_a_rule_is_listed_with_the_reason_and_nothing_is_raised(key):
    load, reason = FAULTY[key]
    registry = Registry()
    registry.add_plugin(key, "wf40-faulty 1.0", load)
    assert reason in registry.installed[key].error
    assert registry.usable() == []
    assert registry.participants("navigation") == []


def test_all_of_them_together_do_not_keep_the_product_from_starting_and_stand_on_the_plugins_page(offices, tmp_path):
    registry = Registry()
    for key, (load, _) in FAULTY.items():
        registry.add_plugin(key, "wf40-faulty 1.0", load)
    registry.add_plugin("sound", "wf40-sound 1.0", lambda: faulty.plugin("sound"))
    for office in offices.open("sqlite", tmp_path, (), registry):
        assert office.client_as("lead").get("/").status_code == 200
        page = office.client_as("admin").get("/verwaltung/erweiterungen").text
        assert page.count("kann nicht geladen werden") == len(FAULTY)
        assert "ZeroDivisionError: the plugin divides by zero" in page
        assert "Erweiterung sound" in page
        assert office.client_as("admin").post("/verwaltung/erweiterungen/broken/einschalten").status_code == 422


def test_entry_points_are_loaded_one_by_one():
    registry = Registry()
    registry.discover([
        EntryPoint("gone", "module_that_is_not_there", "wf40.plugins"),
        EntryPoint("faulty", "faulty:fail", "wf40.plugins"),
    ])  # fmt: skip
    assert "ModuleNotFoundError" in registry.installed["gone"].error
    assert "no manifest hook" in registry.installed["faulty"].error


def test_a_second_distribution_of_the_same_name_does_not_push_out_the_first():
    registry = Registry()
    registry.add_plugin("sound", "wf40-sound 1.0", lambda: faulty.plugin("sound"))
    registry.add_plugin("sound", "wf40-copy 2.0", lambda: faulty.plugin("sound"))
    assert [p.distribution for p in registry.usable()] == ["wf40-sound 1.0"]
    assert "already belongs to wf40-sound 1.0" in registry.installed["sound (wf40-copy 2.0)"].error


@pytest.mark.parametrize("second", ["sound_more", "so"])
def test_plugins_whose_tables_could_not_be_told_apart_are_refused(second):
    registry = Registry()
    registry.add_plugin(
        "sound" if second != "so" else "so_und", "a 1", lambda: faulty.plugin("sound" if second != "so" else "so_und")
    )
    registry.add_plugin(second, "b 1", lambda: faulty.plugin(second))
    assert "overlaps" in registry.installed[second].error


def test_a_table_without_the_prefix_is_refused_when_it_is_made():
    with pytest.raises(TypeError, match="must be named greedy_"):
        type("Stolen", (plugin_base("greedy"),), {"__tablename__": "firm"})


def test_safe_mode_loads_no_plugin(tmp_path):
    normal = assemble(Settings(data_dir=tmp_path, secret_key="x" * 40))
    safe = assemble(Settings(data_dir=tmp_path, secret_key="x" * 40, safe_mode=True))
    assert normal.registry.installed, "the plugins of this repository are installed"
    assert safe.registry.installed == {}
    assert not [
        rule for rule in create_app(product=safe).url_map.iter_rules() if rule.rule.startswith(("/p/", "/public/"))
    ]


def test_the_faulty_plugins_cover_every_hook():
    assert set(faulty.AT_LOADING + faulty.AT_START + faulty.WHILE_RUNNING) == set(hook_names())
