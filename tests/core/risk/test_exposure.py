"""Strukturdruck der Branche: every division has a sourced figure, and no sector is safe for being slow."""

from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wz_code import WZ

from wf40.core.risk.exposure import (
    Exposure,
    OfficeShift,
    PressureLevel,
    exposure_of,
    pressure_level,
    table_version,
)
from wf40.core.risk.exposure.correspondence import origins_csv
from wf40.scoring.intervals import Estimate, Interval, exactly
from wf40.scoring.parameters import RiskParameters
from wf40.scoring.risk import Light, RiskAssessment, RiskInputs, assess_risk

WITHOUT_SOURCE = {"97", "98", "99"}
EDITIONS = ("2008", "2025")


def divisions(edition: str) -> list[str]:
    return [code for code in WZ(version=edition).get_all_codes() if len(code) == 2 and code.isdigit()]


def found(edition: str, code: str, shift: OfficeShift | None = None) -> Exposure:
    exposure = exposure_of(edition, code, shift)
    assert exposure is not None
    return exposure


def at_readiness(readiness: float, exposure: Exposure) -> RiskAssessment:
    span = Estimate(exposure.value, Interval(exposure.low, exposure.high))
    return assess_risk(RiskInputs(span, exactly(1 - readiness / 100)), RiskParameters("test"))


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_division_of_the_edition_has_a_figure_or_no_source(edition: str) -> None:
    listed = divisions(edition)
    assert len(listed) in {88, 87}
    missing = {code for code in listed if exposure_of(edition, code) is None}
    assert missing == WITHOUT_SOURCE


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_figure_names_two_families_with_source_and_span(edition: str) -> None:
    for code in set(divisions(edition)) - WITHOUT_SOURCE:
        exposure = found(edition, code)
        assert 0.25 <= exposure.low <= exposure.value <= exposure.high <= 1
        values = [family.value for family in exposure.families]
        assert exposure.value == pytest.approx(sum(values) / 2)
        assert (exposure.low, exposure.high) == (min(values), max(values))
        assert {family.key for family in exposure.families} == {"digital_intensity", "ai_exposure"}
        assert all("20" in family.source and family.name for family in exposure.families)
        assert exposure.table_version == table_version()


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("division", ["56", "41", "42", "43", "18"])
def test_restaurant_builder_and_printer_at_readiness_10_are_at_least_gelb(edition: str, division: str) -> None:
    assessed = at_readiness(10, found(edition, division))
    assert assessed.interval.low >= 25
    assert assessed.light in {Light.YELLOW, Light.RED}


@pytest.mark.parametrize("edition", EDITIONS)
def test_no_sector_is_green_at_readiness_10_and_none_red_at_90(edition: str) -> None:
    for code in set(divisions(edition)) - WITHOUT_SOURCE:
        assert at_readiness(10, found(edition, code)).light in {Light.YELLOW, Light.RED}, code
        assert at_readiness(90, found(edition, code)).light is not Light.RED, code


def test_published_figures_arrive_unchanged() -> None:
    """Finance: digital intensity high, AIIE 2.05; construction: low, -1.0 (Calvino 2018; Felten 2021)."""
    bank, builder = found("2008", "64"), found("2008", "43")
    assert [family.value for family in bank.families] == [1, 1]
    assert builder.families[0].value == 0.25
    assert builder.families[1].value == pytest.approx(0.25 + 0.75 * (-1.0 + 2) / 4)


def test_the_law_office_is_pressed_harder_than_the_farm() -> None:
    assert pressure_level(found("2008", "69").value) is PressureLevel.HIGH
    assert pressure_level(found("2008", "18").value) is PressureLevel.MEDIUM
    assert pressure_level(found("2008", "01").value) is PressureLevel.LOW
    assert [pressure_level(x) for x in (0.4999, 0.5, 0.7499, 0.75, 1)] == [
        "low",
        "medium",
        "medium",
        "high",
        "high",
    ]


@pytest.mark.parametrize("code", ["56", "56.1", "56.10", "56.10.1", "56101", "I56.10", " 56 "])
def test_any_way_of_writing_a_code_finds_its_division(code: str) -> None:
    assert found("2008", code).division == "56"


@pytest.mark.parametrize("code", ["", "I", "5", "45x", "04", "56.10.1.7", "Gastronomie", "٥٦"])
def test_what_is_no_division_has_no_figure(code: str) -> None:
    assert exposure_of("2008", code) is None


def test_an_unknown_edition_is_refused() -> None:
    with pytest.raises(ValueError, match="edition"):
        exposure_of("2003", "56")


def test_division_45_is_gone_in_the_new_edition_and_lives_on_in_its_heirs() -> None:
    assert exposure_of("2008", "45") is not None
    assert exposure_of("2025", "45") is None
    repairs, old_repairs, cars = found("2025", "95"), found("2008", "95"), found("2008", "45")
    assert cars.value < repairs.value < old_repairs.value


@pytest.mark.parametrize("division", ["10", "18", "41", "43", "47", "55", "56", "62", "86"])
def test_a_firm_that_only_changes_edition_keeps_its_pressure(division: str) -> None:
    assert found("2025", division).value == pytest.approx(found("2008", division).value)


def test_the_origins_of_the_new_divisions_are_those_of_the_official_correspondence() -> None:
    stored = files("wf40.core.risk.exposure").joinpath("wz2025_origins.csv").read_text(encoding="utf-8")
    assert stored == origins_csv()


def test_an_office_shifts_a_division_with_a_reason() -> None:
    shift = OfficeShift(0.15, "Drei Filialisten haben sich angekündigt.")
    plain, moved = found("2008", "56"), found("2008", "56", shift)
    assert moved.value == pytest.approx(plain.value + 0.15)
    assert (moved.shift, moved.families) == (shift, plain.families)
    assert found("2008", "64", shift).value == 1
    assert found("2008", "01", OfficeShift(-0.2, "Weinbau mit Direktvermarktung")).value == 0.25


@pytest.mark.parametrize("shift", [OfficeShift(0.1, " "), OfficeShift(0.21, "x"), OfficeShift(-0.3, "x")])
def test_a_shift_without_reason_or_beyond_the_limit_is_refused(shift: OfficeShift) -> None:
    with pytest.raises(ValueError, match=r"reason|at most"):
        exposure_of("2008", "56", shift)
    with pytest.raises(ValueError, match="at most"):
        exposure_of("2008", "56", OfficeShift(float("nan"), "x"))


@given(st.sampled_from(EDITIONS), st.sampled_from(divisions("2008")), st.floats(-0.2, 0.2))
def test_a_shift_never_leaves_the_range_nor_turns_the_span_upside_down(
    edition: str, division: str, amount: float
) -> None:
    exposure = exposure_of(edition, division, OfficeShift(amount, "Grund"))
    if exposure is not None:
        assert 0.25 <= exposure.low <= exposure.value <= exposure.high <= 1
