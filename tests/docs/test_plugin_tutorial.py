"""The plugin of docs/plugins.md is written to disk as printed, loaded and looked at."""

import importlib
import re
import sys
from pathlib import Path

import pytest

from wf40.base.access import Actor
from wf40.core.admin import service as admin
from wf40.core.firms import service as firms
from wf40.pluginhost.registry import Registry

PAGE = Path(__file__).parents[2] / "docs" / "plugins.md"
FILE = re.compile(r"^`([\w./]+)`\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def written(tmp_path, monkeypatch):
    files = dict(FILE.findall(PAGE.read_text("utf-8")))
    assert len(files) == 4
    for name, text in files.items():
        target = tmp_path / "tutorial" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path / "tutorial"))
    yield files
    for name in [n for n in sys.modules if n.startswith("wf40_duties")]:
        del sys.modules[name]


def test_the_plugin_of_the_tutorial_shows_its_box_on_a_large_firm(written, offices, tmp_path):
    assert 'duties = "wf40_duties.plugin"' in written["pyproject.toml"]
    registry = Registry()
    registry.add_plugin("duties", "wf40-duties 0.1.0", lambda: importlib.import_module("wf40_duties.plugin"))
    for office in offices.open("sqlite", tmp_path, registry=registry):
        admin.enable_plugin(office.product.database, registry, "duties", Actor.system())
        with office.writing_as("advisor") as u:
            large = firms.create_firm(u, firms.FirmInput("Große Musterfabrik GmbH", employees=80))
            small = firms.create_firm(u, firms.FirmInput("Kleine Musterstube", employees=3))
        client = office.client_as("advisor")
        assert "Interne Meldestelle" in client.get(f"/unternehmen/{large}").text
        assert "Interne Meldestelle" not in client.get(f"/unternehmen/{small}").text
