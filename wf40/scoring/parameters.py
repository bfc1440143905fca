"""The parameters of the risk score: versioned, frozen, checked on reading."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from wf40.scoring.bands import Bands, bands_from


class ParameterError(ValueError):
    """A parameter file is wrong; the message is a German sentence for whoever edits the file."""


class SignalCourse(StrEnum):
    """How a signal's strength moves with time."""

    DECAYS = "decays"
    HOLDS = "holds"
    RISES = "rises"


@dataclass(frozen=True, slots=True)
class SignalKind:
    """A kind of signal: strength in [0, 1]; `months` is the half-life or the horizon, None for what holds."""

    id: str
    strength: float
    course: SignalCourse
    months: float | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.strength <= 1:
            raise ParameterError(f"Signal „{self.id}“: Die Stärke muss zwischen 0 und 1 liegen.")
        if (self.course is SignalCourse.HOLDS) != (self.months is None):
            raise ParameterError(f"Signal „{self.id}“: „months“ gehört zu „decays“ und „rises“, nicht zu „holds“.")
        if self.months is not None and not (math.isfinite(self.months) and self.months > 0):
            raise ParameterError(f"Signal „{self.id}“: „months“ muss größer als 0 sein.")


@dataclass(frozen=True, slots=True)
class RiskParameters:
    """Everything that shapes the risk score; a stored score names `version`.

    floor: a in x~ = a + (1 - a) x, so that no single zero wipes out the geometric mean.
    signal_weight: how much of the distance to 100 the signals can close at most.
    exposure_low, exposure_high: range of the exposure table, used when the sector is unknown.
    office_shift_max: how far an office may move a division.
    staleness_per_year, staleness_max: half-width added to the vulnerability for old answers.
    point_width_max: widest interval (points) beside which a single value is still shown.
    reference_*: the firm against which contributions are measured.
    """

    version: str
    floor: float = 0.1
    signal_weight: float = 0.5
    exposure_low: float = 0.25
    exposure_high: float = 1.0
    office_shift_max: float = 0.2
    staleness_per_year: float = 0.05
    staleness_max: float = 0.25
    point_width_max: float = 40.0
    reference_exposure: float = 0.5
    reference_vulnerability: float = 0.5
    reference_signals: float = 0.0
    bands: Bands = field(default=bands_from([("green", 0.0), ("yellow", 25.0), ("red", 60.0)]))
    hard_triggers: tuple[str, ...] = ()
    signals: tuple[SignalKind, ...] = ()

    def __post_init__(self) -> None:
        if not self.version.strip():
            raise ParameterError("„version“ fehlt: Jede Fassung der Parameter braucht einen Namen.")
        for name in _SHARES:
            if not 0 <= getattr(self, name) <= 1:
                raise ParameterError(f"„{name}“ muss zwischen 0 und 1 liegen.")
        if self.floor >= 1:
            raise ParameterError("„floor“ muss kleiner als 1 sein.")
        if self.exposure_low > self.exposure_high:
            raise ParameterError("„exposure_low“ darf nicht über „exposure_high“ liegen.")
        if not 0 <= self.point_width_max <= 100:
            raise ParameterError("„point_width_max“ muss zwischen 0 und 100 liegen.")
        lowers = [band.lower for band in self.bands]
        if lowers[0] != 0 or lowers[-1] > 100:
            raise ParameterError("Die Bänder müssen bei 0 beginnen und dürfen 100 nicht überschreiten.")
        if [band.id for band in self.bands] != ["green", "yellow", "red"]:
            raise ParameterError("Die Bänder heißen „green“, „yellow“ und „red“, in dieser Folge.")
        if len({kind.id for kind in self.signals}) != len(self.signals):
            raise ParameterError("Jede Signalart darf nur einmal vorkommen.")

    def signal_kind(self, kind: str) -> SignalKind | None:
        """The kind of signal with this id, or None."""
        return next((known for known in self.signals if known.id == kind), None)


_SHARES = (
    "floor",
    "signal_weight",
    "exposure_low",
    "exposure_high",
    "office_shift_max",
    "staleness_per_year",
    "staleness_max",
    "reference_exposure",
    "reference_vulnerability",
    "reference_signals",
)
_NUMBERS = (*_SHARES, "point_width_max")


def parameters_from(mapping: Mapping[str, object]) -> RiskParameters:
    """Parameters out of a mapping as read from TOML; what is missing keeps its default.

    Keys: `version`, the numbers by field name, `bands` (table id -> lower limit), `hard_triggers` (list of ids),
    `signals` (table id -> {strength, course, months}). Raises ParameterError for anything else.
    """
    unknown = sorted(set(mapping) - {item.name for item in fields(RiskParameters)})
    if unknown:
        raise ParameterError(f"Unbekannter Parameter „{unknown[0]}“. Bitte die Schreibweise prüfen.")
    version = mapping.get("version")
    if not isinstance(version, str):
        raise ParameterError("„version“ fehlt: Jede Fassung der Parameter braucht einen Namen.")
    given: dict[str, Any] = {name: _number(name, mapping[name]) for name in _NUMBERS if name in mapping}
    if "bands" in mapping:
        given["bands"] = _bands(mapping["bands"])
    if "hard_triggers" in mapping:
        given["hard_triggers"] = _names(mapping["hard_triggers"])
    if "signals" in mapping:
        given["signals"] = _signals(mapping["signals"])
    return RiskParameters(version, **given)


def _number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ParameterError(f"„{name}“ muss eine Zahl sein.")
    return float(value)


def _table(name: str, value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise ParameterError(f"„{name}“ muss eine Tabelle sein.")
    return value


def _names(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(name, str) for name in value):
        raise ParameterError("„hard_triggers“ muss eine Liste von Namen sein.")
    return tuple(value)


def _bands(value: object) -> Bands:
    limits = [(name, _number(f"bands.{name}", lower)) for name, lower in _table("bands", value).items()]
    try:
        return bands_from(limits)
    except ValueError:
        raise ParameterError("Die Grenzen der Bänder müssen von einem zum nächsten steigen.") from None


def _signals(value: object) -> tuple[SignalKind, ...]:
    kinds = []
    for name, raw in _table("signals", value).items():
        entry = _table(f"signals.{name}", raw)
        unknown = sorted(set(entry) - {"strength", "course", "months"})
        if unknown:
            raise ParameterError(f"Signal „{name}“: unbekannte Angabe „{unknown[0]}“.")
        if "strength" not in entry or entry.get("course") not in list(SignalCourse):
            raise ParameterError(f"Signal „{name}“ braucht „strength“ und „course“ („decays“, „holds“ oder „rises“).")
        months = _number(f"signals.{name}.months", entry["months"]) if "months" in entry else None
        strength = _number(f"signals.{name}.strength", entry["strength"])
        kinds.append(SignalKind(name, strength, SignalCourse(str(entry["course"])), months))
    return tuple(kinds)
