"""The parameters of the score as shipped, with the concepts of which readiness is read."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from wf40.scoring.parameters import RiskParameters, parameters_from


@dataclass(frozen=True, slots=True)
class RiskSettings:
    """``reference_concepts`` are the ids of the concepts whose mean is the readiness of a firm; each weighs the same.

    ``care_interval_days`` is the contact interval of a firm that has none of its own.
    """

    parameters: RiskParameters
    reference_concepts: tuple[str, ...]
    care_interval_days: int
    override_days_max: int


@cache
def risk_settings() -> RiskSettings:
    """Read ``parameters.toml``; raises ``ParameterError`` for a faulty file."""
    content = tomllib.loads(files(__package__).joinpath("parameters.toml").read_text("utf-8"))
    concepts = tuple(content.pop("reference_concepts"))
    interval, longest = int(content.pop("care_interval_days")), int(content.pop("override_days_max"))
    return RiskSettings(parameters_from(content), concepts, interval, longest)
