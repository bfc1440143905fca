"""The parameter file of the risk score: the shipped one, an office's own, and a broken one."""

import tomllib
from importlib.resources import files

import pytest

from wf40.scoring.parameters import ParameterError, RiskParameters, SignalCourse, parameters_from
from wf40.scoring.risk import risk_points


def shipped(package: str, name: str, *own: str) -> RiskParameters:
    """A shipped file without the entries that only its slice reads."""
    content = tomllib.loads(files(package).joinpath(name).read_text("utf-8"))
    return parameters_from({key: value for key, value in content.items() if key not in own})


def test_the_shipped_file_holds_the_documented_parameters() -> None:
    parameters = shipped(
        "wf40.core.risk", "parameters.toml", "reference_concepts", "care_interval_days", "override_days_max"
    )
    assert parameters.version == "2026.1"
    assert [(band.id, band.lower) for band in parameters.bands] == [("green", 0), ("yellow", 25), ("red", 60)]
    assert (parameters.floor, parameters.signal_weight, parameters.point_width_max) == (0.1, 0.5, 40)
    assert (parameters.staleness_per_year, parameters.staleness_max) == (0.05, 0.25)


def test_the_shipped_kinds_of_signals_hold_the_documented_figures() -> None:
    kinds = shipped("wf40.core.signals", "kinds.toml", "hard_before_months")
    assert "insolvency_notice" in kinds.hard_triggers
    lost = kinds.signal_kind("key_customer_lost")
    assert lost is not None
    assert (lost.strength, lost.course, lost.months) == (0.5, SignalCourse.DECAYS, 12)
    assert kinds.signal_kind("moon_phase") is None


def test_an_office_changes_one_figure_and_keeps_the_rest() -> None:
    own = parameters_from({"version": "Musterstadt 1", "signal_weight": 0.25})
    assert own.version == "Musterstadt 1"
    assert own.floor == 0.1
    assert risk_points(0.5, 0.5, 1, own) == 62.5


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        ({}, "„version“ fehlt"),
        ({"version": " "}, "„version“ fehlt"),
        ({"version": "1", "flor": 0.1}, "Unbekannter Parameter „flor“"),
        ({"version": "1", "floor": "0,1"}, "„floor“ muss eine Zahl sein"),
        ({"version": "1", "floor": True}, "„floor“ muss eine Zahl sein"),
        ({"version": "1", "floor": 1.0}, "„floor“ muss kleiner als 1 sein"),
        ({"version": "1", "signal_weight": 1.5}, "„signal_weight“ muss zwischen 0 und 1 liegen"),
        ({"version": "1", "exposure_low": 0.9, "exposure_high": 0.5}, "„exposure_low“ darf nicht"),
        ({"version": "1", "point_width_max": 101}, "„point_width_max“"),
        ({"version": "1", "bands": 3}, "„bands“ muss eine Tabelle sein"),
        ({"version": "1", "bands": {"green": 0, "yellow": 60, "red": 25}}, "steigen"),
        ({"version": "1", "bands": {"green": 5, "yellow": 25, "red": 60}}, "bei 0 beginnen"),
        ({"version": "1", "bands": {"green": 0, "red": 60}}, "heißen"),
        ({"version": "1", "hard_triggers": "closure"}, "Liste von Namen"),
        ({"version": "1", "signals": {"x": {"strength": 0.5}}}, "Signal „x“ braucht"),
        ({"version": "1", "signals": {"x": {"strength": 2, "course": "holds"}}}, "zwischen 0 und 1"),
        ({"version": "1", "signals": {"x": {"strength": 0.5, "course": "decays"}}}, "„months“ gehört zu"),
        (
            {"version": "1", "signals": {"x": {"strength": 0.5, "course": "rises", "months": 0}}},
            "größer als 0",
        ),
        ({"version": "1", "signals": {"x": {"strength": 0.5, "course": "holds", "half": 1}}}, "„half“"),
    ],
)
def test_a_broken_file_gets_one_clear_sentence(broken: dict[str, object], sentence: str) -> None:
    with pytest.raises(ParameterError, match=sentence):
        parameters_from(broken)
