"""The contract with plugins: described in full, and changed only together with its version."""

import inspect
import json
from pathlib import Path

import pytest

from wf40.pluginhost import docs
from wf40.sdk.hookspecs import SDK_VERSION, Spec, hook_names

ROOT = Path(__file__).parents[2]
SNAPSHOT = Path(__file__).with_name("hook_signatures.json")


def test_docs_hooks_md_is_current():
    assert docs.PATH == ROOT / "docs" / "hooks.md"
    assert docs.write(check_only=True), "run: wf40 plugins docs"


@pytest.mark.parametrize("name", hook_names())
def test_each_hook_says_what_it_is_for_and_what_happens_on_failure(name):
    text = inspect.getdoc(getattr(Spec, name))
    assert text.splitlines()[0].endswith(".")
    assert "On failure: " in text


@pytest.mark.parametrize("name", hook_names())
def test_each_hook_is_named_in_a_test_or_used_by_a_part_of_the_product(name):
    places = [*ROOT.glob("tests/**/*.py"), *ROOT.glob("plugins/*/tests/**/*.py"), *ROOT.glob("wf40/core/*/hooks.py")]
    texts = [path.read_text("utf-8") for path in places if path != Path(__file__)]
    assert any(name in text for text in texts)


def test_signatures_change_only_with_the_version_of_the_sdk():
    """After a deliberate change raise SDK_VERSION and write the file anew (the assertion shows its text)."""
    now = {name: str(inspect.signature(getattr(Spec, name))) for name in hook_names()}
    stored = json.loads(SNAPSHOT.read_text("utf-8"))
    assert stored == {"sdk": SDK_VERSION, "hooks": now}, json.dumps({"sdk": SDK_VERSION, "hooks": now}, indent=2)
