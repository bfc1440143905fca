"""Official reference figures for the comparison on result pages."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from wf40_digital_readiness.checks import Check


@dataclass(frozen=True, slots=True)
class Reference:
    """Per cent of enterprises on each level (by band id), with what they cover and where they come from."""

    check: str
    major: int
    index: str
    year: int
    area: str
    covers_from_employees: int
    source: str
    url: str
    levels: Mapping[str, float]


@cache
def _shipped() -> Reference:
    text = files("wf40_digital_readiness.content").joinpath("reference.toml").read_text("utf-8")
    return Reference(**tomllib.loads(text))


def reference_for(check: Check) -> Reference | None:
    """Return the figures that this version of a check may be held against, ``None`` where there are none."""
    found = _shipped()
    fits = check.id == found.check and int(check.version.partition(".")[0]) == found.major
    return found if fits and {band.id for band in check.bands} == set(found.levels) else None
