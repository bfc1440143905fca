"""The import rules of pyproject.toml, tried on a small house: it stands, and each planted cheat is found."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOUSE = {
    "wf40/__init__.py": "",
    "wf40/app.py": "from wf40.core.firms import hooks\nfrom wf40 import cli",
    "wf40/cli.py": "",
    "wf40/settings.py": "",
    "wf40/base/__init__.py": "import wf40.settings",
    "wf40/scoring/__init__.py": "",
    "wf40/sdk/__init__.py": "from wf40 import base, scoring",
    "wf40/pluginhost/__init__.py": "import wf40.sdk",
    "wf40/web/__init__.py": "import wf40.pluginhost",
    "wf40/worker/__init__.py": "import wf40.pluginhost",
    "wf40/core/__init__.py": "",
    "wf40/core/firms/__init__.py": "",
    "wf40/core/firms/hooks.py": "from wf40.core.firms import views",
    "wf40/core/firms/views.py": "from wf40.core.firms import service\nimport wf40.web",
    "wf40/core/firms/service.py": "from wf40.core.firms.models import firm\nfrom wf40.core.firms import queries",
    "wf40/core/firms/queries.py": "from wf40.core.firms import models",
    "wf40/core/firms/models/__init__.py": "",
    "wf40/core/firms/models/firm.py": "import wf40.base",
    "wf40/core/contacts/__init__.py": "",
    "wf40/core/contacts/service.py": "from wf40.core.firms import service",
    "wf40/core/imports/__init__.py": "",
    "wf40/core/imports/service.py": "def read():\n    import pandas",
    "wf40_digital_readiness/__init__.py": "",
    "wf40_digital_readiness/plugin.py": "import wf40.sdk.values\nimport wf40.sdk",
    "wf40_follow_up/__init__.py": "",
    "wf40_partner_network/__init__.py": "",
    "wf40/sdk/values.py": "",
}
RULES = {
    "floors": "The house: each floor knows only the floors below",
    "slice": "Inside a slice: views > forms > service > queries > models",
    "models": "A slice's models belong to that slice",
    "circle": "The slices' graph has no circle",
    "plugins": "Plugins use wf40.sdk alone, never each other; nothing names a plugin",
    "pandas": "pandas is for tables of the office: imports, exports, reports",
}
CHEATS = {
    "base knows the domain": ("floors", "wf40/base/__init__.py", "import wf40.core.firms.service"),
    "the host knows the pages": ("floors", "wf40/pluginhost/__init__.py", "import wf40.web"),
    "a new floor that nobody placed": ("floors", "wf40/extras.py", "x = 1"),
    "a service renders": ("slice", "wf40/core/firms/service.py", "from wf40.core.firms import views"),
    "a query writes": ("slice", "wf40/core/firms/queries.py", "from wf40.core.firms import service"),
    "another slice's model": (
        "models",
        "wf40/core/contacts/service.py",
        "from wf40.core.firms.models.firm import x",
    ),
    "another slice's models, lazily": (
        "models",
        "wf40/core/contacts/service.py",
        "def f():\n  import wf40.core.firms.models",
    ),
    "two slices in a circle": ("circle", "wf40/core/firms/queries.py", "import wf40.core.contacts.service"),
    "a plugin reaches inside": (
        "plugins",
        "wf40_digital_readiness/plugin.py",
        "from wf40.core.firms import service",
    ),
    "a plugin imports base": ("plugins", "wf40_digital_readiness/plugin.py", "import wf40.base"),
    "a plugin knows another": ("plugins", "wf40_digital_readiness/plugin.py", "import wf40_partner_network"),
    "the core knows a plugin": ("plugins", "wf40/app.py", "import wf40_partner_network"),
    "pandas in a list": ("pandas", "wf40/core/firms/queries.py", "import pandas"),
}


def lint(folder: Path, files: dict[str, str]) -> subprocess.CompletedProcess[str]:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")
    (folder / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "tools").symlink_to(ROOT / "tools")
    code = f"import sys; sys.path[:0] = [{str(folder)!r}]; from importlinter.cli import lint_imports_command as c; c()"
    return subprocess.run(
        [sys.executable, "-I", "-c", code, "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_small_house_keeps_every_rule(tmp_path: Path) -> None:
    result = lint(tmp_path, HOUSE)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("cheat", CHEATS)
def test_a_planted_cheat_is_found(tmp_path: Path, cheat: str) -> None:
    rule, name, line = CHEATS[cheat]
    result = lint(tmp_path, HOUSE | {name: f"{HOUSE.get(name, '')}\n{line}"})
    assert result.returncode == 1, result.stdout + result.stderr
    assert f"{RULES[rule]} BROKEN" in result.stdout, result.stdout


def test_every_plugin_of_this_repository_is_under_the_rules() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = {path.parent.name for path in ROOT.glob("plugins/*/wf40_*/__init__.py")}
    assert packages <= set(settings["tool"]["importlinter"]["root_packages"])


def test_every_rule_is_tried_by_a_cheat() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    names = {contract["name"] for contract in settings["tool"]["importlinter"]["contracts"]}
    assert names == set(RULES.values()) == {RULES[rule] for rule, _, _ in CHEATS.values()}
