"""Writes ``docs/hooks.md`` from the hook specifications, so that it cannot drift."""

import inspect
import re
from pathlib import Path

import wf40
from wf40.sdk.hookspecs import SDK_VERSION, Spec, hook_names

PATH = Path(wf40.__file__).parent.parent / "docs" / "hooks.md"
_MODULES = re.compile(r"\b(?:wf40\.[a-z.]+|collections\.abc|flask\.\w+\.\w+|types|typing)\.(?=[A-Z])")


def text() -> str:
    """Return the page."""
    head = (
        f"# Hooks (SDK {SDK_VERSION})\n\n"
        "Written by `wf40 plugins docs` from `wf40/sdk/hookspecs.py`; the values stand in `wf40/sdk/values.py`.\n"
        "Implement a hook as a function of the same name, marked `@hookimpl`, in the module that the entry point in the\n"
        "group `wf40.plugins` names. Leave out the arguments that you do not need.\n"
    )
    return head + "".join(_section(name) for name in hook_names())


def _section(name: str) -> str:
    function = getattr(Spec, name)
    signature = _MODULES.sub("", str(inspect.signature(function)).replace("'", ""))
    return f"\n## {name}\n\n```python\n@hookimpl\ndef {name}{signature}: ...\n```\n\n{inspect.getdoc(function)}\n"


def write(*, check_only: bool) -> bool:
    """Write the page, or only tell whether it is current."""
    if check_only:
        return PATH.is_file() and PATH.read_text("utf-8") == text()
    PATH.parent.mkdir(exist_ok=True)
    PATH.write_text(text(), "utf-8")
    return True
