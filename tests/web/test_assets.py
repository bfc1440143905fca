"""Static files: addresses that may be cached for ever, and a lock that notices every change."""

import gzip
import re
import shutil
from pathlib import Path

import pytest
from flask import Flask

from wf40.web.assets import (
    STATIC,
    AssetStore,
    UnknownAsset,
    add_plugin_files,
    asset_url,
    default_store,
    register_assets,
)
from wf40.web.vendoring import CORE_LOCK, main, read_lock, render_lock, verify

ROOT = Path(__file__).parents[2]


@pytest.fixture
def client():
    app = Flask(__name__, static_folder=None)
    register_assets(app)
    return app.test_client()


@pytest.fixture
def copied_lock(tmp_path):
    """A copy of the lock with the files it names, to be damaged."""
    shutil.copytree(STATIC / "vendor", tmp_path / "web" / "static" / "vendor")
    lock = tmp_path / "web" / "vendored.toml"
    shutil.copy(CORE_LOCK, lock)
    return lock


def test_address_carries_the_digest_of_the_content(client):
    address = asset_url("wf-crm.css")
    assert re.fullmatch(r"/static/[0-9a-f]{16}/wf-crm\.css", address)
    answer = client.get(address)
    assert answer.data == (STATIC / "wf-crm.css").read_bytes()
    assert answer.mimetype == "text/css"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_changed_file_gets_another_address(tmp_path):
    (tmp_path / "a.css").write_text("a{}")
    before = AssetStore(tmp_path).url("a.css")
    (tmp_path / "a.css").write_text("b{}")
    assert AssetStore(tmp_path).url("a.css") != before


def test_fonts_are_found_where_the_style_sheet_says(client):
    sheet = asset_url("vendor/kern/fonts/fira-sans.css")
    named = re.findall(r'url\("\./([^"]+)"\)', (STATIC / "vendor/kern/fonts/fira-sans.css").read_text())
    assert len(named) == 10
    for name in named:
        answer = client.get(f"{sheet.rpartition('/')[0]}/{name}")
        assert (answer.status_code, answer.mimetype) == (200, "font/woff2")


def test_changed_font_changes_the_address_of_its_style_sheet(tmp_path):
    folder = tmp_path / "vendor" / "face"
    folder.mkdir(parents=True)
    (folder / "face.css").write_text("@font-face{src:url(face.woff2)}")
    (folder / "face.woff2").write_bytes(b"one")
    before = AssetStore(tmp_path).url("vendor/face/face.css")
    (folder / "face.woff2").write_bytes(b"two")
    assert AssetStore(tmp_path).url("vendor/face/face.css") != before


@pytest.mark.parametrize(
    "address", ["/static/0000000000000000/wf-crm.css", "/static/wf-crm.css", "/static/x/../../assets.py"]
)
def test_other_addresses_lead_nowhere(client, address):
    assert client.get(address).status_code == 404


def test_style_sheets_and_scripts_are_compressed_for_those_who_can(client):
    address = asset_url("vendor/kern/kern.min.css")
    small = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert small.headers["Content-Encoding"] == "gzip"
    assert small.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(small.data) == client.get(address).data
    assert "Content-Encoding" not in client.get(address, headers={"Accept-Encoding": "gzip;q=0"}).headers


def test_misspelt_name_is_an_error_at_once():
    with pytest.raises(UnknownAsset, match=r"wf-crmm\.css"):
        asset_url("wf-crmm.css")


def test_address_stands_below_the_path_of_the_application():
    app = Flask(__name__, static_folder=None)
    with app.test_request_context("/", environ_overrides={"SCRIPT_NAME": "/wifoe"}):
        assert asset_url("wf.js").startswith("/wifoe/static/")


def test_plugin_adds_its_own_folder(tmp_path):
    (tmp_path / "map.js").write_text("1")
    store = AssetStore()
    store.add("p/flaechen", tmp_path)
    assert store.url("p/flaechen/map.js").endswith("/p/flaechen/map.js")


def test_files_of_a_plugin_are_served_like_our_own(client, tmp_path, monkeypatch):
    (tmp_path / "static").mkdir()
    (tmp_path / "static/map.js").write_text("let map;")
    monkeypatch.setattr(default_store(), "_by_name", dict(default_store()._by_name))
    add_plugin_files("flaechen", tmp_path)
    answer = client.get(asset_url("p/flaechen/map.js"))
    assert (answer.data, answer.mimetype) == (b"let map;", "text/javascript")


def test_a_plugin_without_files_adds_none(tmp_path):
    before = len(default_store()._by_name)
    add_plugin_files("flaechen", tmp_path)
    assert len(default_store()._by_name) == before


def test_every_file_that_templates_ask_for_is_there():
    asked, there = set(), set(default_store()._by_name)
    for folder in ROOT.glob("plugins/*/wf40_*/static"):
        key = folder.parent.name.removeprefix("wf40_")
        there |= {f"p/{key}/{path.relative_to(folder).as_posix()}" for path in folder.rglob("*") if path.is_file()}
    for template in (*ROOT.glob("wf40/**/*.html"), *ROOT.glob("plugins/**/*.html")):
        asked |= set(re.findall(r"""asset_url\(["']([^"']+)["']\)""", template.read_text("utf-8")))
    assert asked <= there
    assert any(name.startswith("p/") for name in asked)


def test_vendored_files_are_those_of_the_lock():
    assert verify() == []
    assert {package.name for package in read_lock(CORE_LOCK)} == {"@kern-ux/native", "htmx.org", "axe-core"}
    assert all(package.integrity.startswith("sha512-") for package in read_lock(CORE_LOCK))


def test_lock_notices_a_changed_file(copied_lock):
    script = copied_lock.parent / "static/vendor/htmx/htmx.min.js"
    script.write_bytes(script.read_bytes() + b" ")
    assert verify(copied_lock) == ["htmx.org 4.0.1: htmx.min.js was changed"]
    assert main(["verify", str(copied_lock)]) == 1


def test_lock_notices_missing_and_unlisted_files(copied_lock):
    vendor = copied_lock.parent / "static/vendor"
    (vendor / "htmx/LICENSE").unlink()
    (vendor / "htmx/extra.js").write_text("1")
    (vendor / "stray").mkdir()
    assert verify(copied_lock) == [
        "htmx.org 4.0.1: LICENSE is missing",
        "htmx.org 4.0.1: extra.js is not in the lock",
        "static/vendor/stray belongs to no package of the lock",
    ]


def test_lock_is_written_again_after_an_update_on_purpose(copied_lock):
    (copied_lock.parent / "static/vendor/htmx/htmx.min.js").write_text("new")
    assert main(["lock", str(copied_lock)]) == 0
    assert verify(copied_lock) == []
    assert render_lock(read_lock(CORE_LOCK)) == CORE_LOCK.read_text("utf-8")


def test_vendored_files_of_plugins_are_those_of_their_locks():
    locks = list(ROOT.glob("plugins/*/wf40_*/vendored.toml"))
    assert locks
    assert [fault for lock in locks for fault in verify(lock)] == []


def test_vendored_texts_name_no_registry():
    plugins = (*ROOT.glob("plugins/*/wf40_*/static/**/*.js"), *ROOT.glob("plugins/*/wf40_*/vendored.toml"))
    for path in (*STATIC.rglob("*.css"), *STATIC.rglob("*.js"), CORE_LOCK, *plugins):
        assert not re.search(r"registry\.|npmjs|jsdelivr|unpkg", path.read_text("utf-8")), path
