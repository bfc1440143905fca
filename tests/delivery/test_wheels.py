"""The wheels hold everything, and run in a bare environment in which nothing of the repository can be found."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import pytest
from delivery_support import PATIENCE, ROOT, Visitor, addresses, assets, free_port, run, started, surroundings

pytestmark = pytest.mark.xdist_group("delivery")

PASSWORD = "sieben graue Reiher am Wehr"
LEAD, ADMIN = "leitung@amt.example", "technik@amt.example"
PLUGINS = {path.parent.name: path.parent for path in sorted(ROOT.glob("plugins/*/pyproject.toml"))}
CSV = """Firmenname;Rechtsform;Ort;PLZ
Blechbau Nord GmbH;GmbH;Musterhausen;99999
Café am Wehr e. K.;e. K.;Musterhausen;99999
;GmbH;Musterhausen;99999
"""


@dataclass
class Installation:
    """An office's machine: an environment with the wheels, an empty folder for data."""

    folder: Path
    port: int

    @property
    def program(self) -> Path:
        return self.folder / "venv" / "bin" / "wf40"

    @property
    def environment(self) -> dict[str, str]:
        return surroundings(
            data_dir=self.folder / "data",
            port=self.port,
            secret_key="0123456789abcdef" * 4,
            new_password=PASSWORD,
        )

    def wf40(self, *arguments: object) -> str:
        done = run([self.program, *arguments], self.environment, self.folder)
        assert done.returncode == 0, f"wf40 {arguments}: {done.stdout}{done.stderr}"
        assert "Traceback" not in done.stderr
        return done.stdout

    def serving(self):
        command = [self.program, "serve", "--workers", "2", "--with-worker"]
        return started(command, self.environment, self.folder)


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    """The wheels as ``make wheels`` builds them."""
    target = tmp_path_factory.mktemp("wheels")
    for project in (ROOT, *PLUGINS.values()):
        command = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", target, project]
        done = run(command, os.environ, ROOT)
        assert done.returncode == 0, done.stdout + done.stderr
    return {path.name.partition("-")[0]: path for path in target.glob("*.whl")}


@pytest.fixture(scope="module")
def installation(wheels, tmp_path_factory):
    """The wheels in an environment of their own, with the packages that are pinned for offices."""
    folder = tmp_path_factory.mktemp("office")
    (folder / "data").mkdir()
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True, timeout=PATIENCE)
    _pip(folder, "install", "--no-compile", "--require-hashes", "-r", ROOT / "requirements" / "runtime.txt")
    _pip(folder, "install", "--no-deps", "--no-index", *wheels.values())
    return Installation(folder, free_port())


def _pip(folder: Path, action: str, *arguments: object) -> None:
    command = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        folder / "venv" / "bin" / "python",
        "--disable-pip-version-check",
    ]
    done = run([*command, action, *arguments], _without_settings(), folder)
    assert done.returncode == 0, done.stdout + done.stderr


def _without_settings() -> dict[str, str]:
    """Return this environment without what would let packages be found in the checkout."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "WF40_"))}


def _files(folder: Path) -> set[str]:
    found = (p.relative_to(folder.parent).as_posix() for p in folder.rglob("*") if p.is_file())
    return {name for name in found if "__pycache__" not in name}


def test_the_wheel_of_the_core_holds_all_its_files(wheels):
    names = set(ZipFile(wheels["wf40"]).namelist())
    migrations = {f"wf40/{name}" for name in _files(ROOT / "migrations")}
    assert (_files(ROOT / "wf40") | migrations) - names == set()
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
    for ending in (".html", ".css", ".js", ".po", ".toml", ".woff2", "py.typed"):
        assert any(name.endswith(ending) for name in names), ending


@pytest.mark.parametrize("plugin", PLUGINS)
def test_the_wheel_of_a_plugin_holds_all_its_files(wheels, plugin):
    names = set(ZipFile(wheels[f"wf40_{plugin}"]).namelist())
    assert _files(PLUGINS[plugin] / f"wf40_{plugin}") - names == set()
    for ending in (".html", ".po", "py.typed", "migrations/env.py"):
        assert any(name.endswith(ending) for name in names), ending


def test_no_wheel_holds_tests_or_data_of_the_checkout(wheels):
    for wheel in wheels.values():
        tops = {name.partition("/")[0] for name in ZipFile(wheel).namelist()}
        assert {top for top in tops if not top.startswith("wf40")} == set()
        assert not any("/tests/" in name for name in ZipFile(wheel).namelist())


def test_an_office_is_set_up_from_the_wheels_and_survives_the_removal_of_a_plugin(installation):
    _set_up(installation)
    with installation.serving() as server:
        firm = _walk(installation, server.url)
    _pip(installation.folder, "uninstall", "--yes", "wf40-digital-readiness")
    assert "core" in installation.wf40("db", "upgrade")
    with installation.serving() as server:
        _walk_without_the_plugin(server.url, firm)


def _set_up(office: Installation) -> None:
    where = run(
        [office.folder / "venv/bin/python", "-c", "import wf40; print(wf40.__file__)"],
        office.environment,
        office.folder,
    )
    assert where.stdout.startswith(str(office.folder))
    assert office.wf40("--version").startswith("wf40, version ")
    assert "core" in office.wf40("db", "upgrade")
    listed = office.wf40("plugins", "list")
    assert set(PLUGINS) <= set(listed.split())
    enabled = office.wf40("plugins", "enable", *PLUGINS).splitlines()
    assert enabled == [f"{plugin}: eingeschaltet" for plugin in PLUGINS]
    office.wf40("user", "add", LEAD, "--name", "Lena Leitung", "--role", "lead")
    office.wf40("user", "add", ADMIN, "--name", "Toni Technik", "--role", "admin")
    assert "aktuell" in office.wf40("db", "check")


def _walk(office: Installation, url: str) -> str:
    """Create a firm by hand, import a table, look at all pages; returns the firm's address."""
    lead = Visitor(url)
    home = lead.sign_in(LEAD, PASSWORD)
    for asset in assets(home.text):
        assert lead.get(asset).status == 200, asset
    saved = lead.fill_in(
        "/unternehmen/neu", "/unternehmen/neu", name="Spenglerei Süd GmbH", wz="43.91", town="Musterhausen"
    )
    assert saved.status == 200, saved.text
    assert "Spenglerei Süd GmbH" in saved.text
    _import(office)
    listed = lead.get("/unternehmen").text
    for name in ("Spenglerei Süd GmbH", "Blechbau Nord GmbH", "Café am Wehr e. K."):
        assert name in listed
    links = _all_answer(lead, lead.get("/").text)
    for plugin in PLUGINS:
        assert any(link.startswith(f"/p/{plugin}/") for link in links), f"no entry of {plugin} among {links}"
    english = lead.fill_in("/", "/sprache", language="en")
    assert "Sign out" in english.text
    lead.fill_in("/", "/sprache", language="de")
    return saved.url.removeprefix(url)


def _import(office: Installation) -> None:
    table = office.folder / "firmen.csv"
    table.write_text(CSV, "utf-8")
    command = ("import", "firms", table, "--source", "Gewerbeliste", "--json")
    first = json.loads(office.wf40(*command))
    assert first["rows"] == 3
    assert (first["created"], first["faulty"]) == (2, 1)
    assert sum(first[name] for name in ("created", "updated", "unchanged", "skipped", "faulty")) == 3
    assert json.loads(office.wf40(*command))["created"] == 0


def _walk_without_the_plugin(url: str, firm: str) -> None:
    lead = Visitor(url)
    home = lead.sign_in(LEAD, PASSWORD)
    links = _all_answer(lead, home.text)
    assert not any("digital_readiness" in link for link in links)
    for page in (firm, f"{firm}/verlauf", f"{firm}/bearbeiten", "/unternehmen", "/unternehmen/neu"):
        assert lead.get(page).status == 200, page
    assert lead.get("/p/digital_readiness/").status == 404
    assert lead.get("/public/digital_readiness/").status == 404
    admin = Visitor(url)
    admin.sign_in(ADMIN, PASSWORD)
    assert "nicht mehr installiert" in admin.get("/verwaltung/erweiterungen").text


def _all_answer(visitor: Visitor, page: str) -> list[str]:
    links = [link for link in addresses(page) if not link.startswith("/static/")]
    assert len(links) > 5
    for link in links:
        assert visitor.get(link).status == 200, link
    return links
