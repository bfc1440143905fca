"""The checks and measures that ship with the plugin, as YAML files.

What enters is wording of our own, in German and English, over published facts whose source the file names.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from wf40_digital_readiness.checks import Check, Measure, load_check, load_measures

SHIPPED_CHECKS = ("kurzcheck-digital",)


def shipped_text(name: str) -> str:
    """The YAML text of a shipped file, named without its ending. Raises FileNotFoundError for any other name."""
    if name not in (*SHIPPED_CHECKS, "measures"):
        raise FileNotFoundError(name)
    return files(__package__).joinpath(f"{name}.yaml").read_text("utf-8")


@cache
def shipped_check(check_id: str = "kurzcheck-digital") -> Check:
    """The shipped version of that check."""
    return load_check(shipped_text(check_id), measures=shipped_measures().keys())


@cache
def shipped_measures() -> Mapping[str, Measure]:
    """All shipped measures by id."""
    return load_measures(shipped_text("measures"))
