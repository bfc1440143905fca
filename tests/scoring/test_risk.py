"""The risk formula: its vectors, its properties, and what the Ampel says."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wf40.scoring.intervals import Estimate, Interval, exactly
from wf40.scoring.parameters import RiskParameters
from wf40.scoring.risk import Light, Reason, RiskInputs, assess_risk, risk_points

PARAMETERS = RiskParameters("test")
shares = st.floats(0, 1)


@st.composite
def estimates(draw: st.DrawFn) -> Estimate:
    low, value, high = sorted(draw(st.tuples(shares, shares, shares)))
    return Estimate(draw(st.sampled_from([None, value])), Interval(low, high))


@st.composite
def inputs(draw: st.DrawFn) -> RiskInputs:
    return RiskInputs(draw(st.none() | estimates()), draw(st.none() | estimates()), draw(shares))


@pytest.mark.parametrize(
    ("exposure", "vulnerability", "signals", "risk"),
    [
        (0.8, 0.7, 0, 74.85),
        (0.8, 0.2, 0, 42.13),
        (0.3, 0.9, 0, 53.36),
        (0.8, 0.7, 0.4, 79.88),
        (0.5, 0.5, 0.5, 62.5),
        (1, 1, 1, 100),
        (0, 0, 0, 0),
    ],
)
def test_vectors(exposure: float, vulnerability: float, signals: float, risk: float) -> None:
    assert round(risk_points(exposure, vulnerability, signals, PARAMETERS), 2) == risk


@given(shares, shares, shares)
def test_risk_stays_between_0_and_100(e: float, v: float, s: float) -> None:
    assert 0 <= risk_points(e, v, s, PARAMETERS) <= 100


pairs = st.tuples(shares, shares).map(sorted)


@given(pairs, pairs, pairs)
def test_no_input_that_gets_worse_lowers_the_risk(e: list[float], v: list[float], s: list[float]) -> None:
    assert risk_points(e[0], v[0], s[0], PARAMETERS) <= risk_points(e[1], v[1], s[1], PARAMETERS)


@given(shares)
def test_two_equal_inputs_give_their_own_value(t: float) -> None:
    assert risk_points(t, t, 0, PARAMETERS) == pytest.approx(100 * t, abs=1e-8)


def test_a_score_of_exactly_25_or_60_falls_into_the_band_that_starts_there() -> None:
    for share, light in (
        (0.25, Light.YELLOW),
        (0.2499, Light.GREEN),
        (0.6, Light.RED),
        (0.5999, Light.YELLOW),
    ):
        assessed = assess_risk(RiskInputs(exactly(share), exactly(share)), PARAMETERS)
        assert assessed.light is light


@given(inputs())
def test_the_point_lies_inside_the_interval_and_only_narrow_intervals_have_one(known: RiskInputs) -> None:
    assessed = assess_risk(known, PARAMETERS)
    assert 0 <= assessed.interval.low <= assessed.interval.high <= 100
    if assessed.points is None:
        assert known.vulnerability is None or assessed.interval.width > 40
        assert assessed.light is Light.GREY
    else:
        assert assessed.interval.contains(assessed.points)
        assert assessed.interval.width <= 40
        assert assessed.light is not Light.GREY


@given(inputs(), shares, shares, shares)
def test_the_interval_holds_every_firm_that_fits_what_is_known(
    known: RiskInputs, at_e: float, at_v: float, at_s: float
) -> None:
    e, v = (
        known.exposure or Estimate(None, Interval(0.25, 1)),
        known.vulnerability or Estimate(None, Interval(0, 1)),
    )
    inside_e = min(e.interval.high, e.interval.low + at_e * e.interval.width)
    inside_v = min(v.interval.high, v.interval.low + at_v * v.interval.width)
    points = risk_points(inside_e, inside_v, known.signals, PARAMETERS)
    assert assess_risk(known, PARAMETERS).interval.contains(points)


@given(inputs(), shares)
def test_learning_an_unknown_never_widens_the_interval(known: RiskInputs, share: float) -> None:
    before = assess_risk(known, PARAMETERS).interval
    e = known.exposure.interval if known.exposure else Interval(0.25, 1)
    learnt = min(e.high, e.low + share * e.width)
    after = assess_risk(replace(known, exposure=exactly(learnt)), PARAMETERS).interval
    assert before.covers(after)


@given(inputs())
def test_contributions_sum_exactly_to_the_distance_from_the_reference(known: RiskInputs) -> None:
    assessed = assess_risk(known, PARAMETERS)
    if assessed.points is None:
        assert assessed.contributions == ()
        return
    reference = Fraction(risk_points(0.5, 0.5, 0, PARAMETERS))
    assert sum(part.exact for part in assessed.contributions) == Fraction(assessed.points) - reference
    assert [part.name for part in assessed.contributions] == ["exposure", "vulnerability", "signals"]


@given(inputs())
def test_the_same_inputs_give_the_same_assessment(known: RiskInputs) -> None:
    assert assess_risk(known, PARAMETERS) == assess_risk(known, PARAMETERS)


@given(inputs(), inputs())
def test_assessing_another_firm_changes_nothing(firm: RiskInputs, other: RiskInputs) -> None:
    alone = assess_risk(firm, PARAMETERS)
    assess_risk(other, PARAMETERS)
    assert assess_risk(firm, PARAMETERS) == alone


def test_no_ampel_without_a_check_but_an_upper_end_to_rank_by() -> None:
    assessed = assess_risk(RiskInputs(exactly(0.9), None), PARAMETERS)
    assert (assessed.light, assessed.reason) == (Light.GREY, Reason.NO_VULNERABILITY)
    assert assessed.points is None
    assert assessed.band is None
    assert assessed.interval.high > assess_risk(RiskInputs(exactly(0.3), None), PARAMETERS).interval.high
    assert assessed.narrowing == "vulnerability"


def test_no_ampel_without_a_check_even_if_the_interval_is_narrow() -> None:
    narrow = replace(PARAMETERS, point_width_max=100.0)
    assert assess_risk(RiskInputs(exactly(0.5), None), narrow).light is Light.GREY


def test_a_wide_interval_is_grey_never_green_and_names_what_would_help() -> None:
    unsure = RiskInputs(Estimate(0.3, Interval(0.25, 0.35)), Estimate(0.1, Interval(0.0, 0.9)))
    assessed = assess_risk(unsure, PARAMETERS)
    assert (assessed.light, assessed.reason) == (Light.GREY, Reason.TOO_WIDE)
    assert assessed.narrowing == "vulnerability"
    assert assessed.contributions == ()


def test_an_interval_over_two_bands_is_near_the_boundary() -> None:
    near = RiskInputs(exactly(0.5), Estimate(0.2, Interval(0.1, 0.3)))
    inside = RiskInputs(exactly(0.5), exactly(0.5))
    assert assess_risk(near, PARAMETERS).near_boundary
    assert not assess_risk(inside, PARAMETERS).near_boundary
    assert assess_risk(inside, PARAMETERS).narrowing is None


@given(inputs())
def test_a_hard_trigger_makes_the_ampel_red_whatever_the_score(known: RiskInputs) -> None:
    free = assess_risk(known, PARAMETERS)
    assessed = assess_risk(replace(known, hard_triggers=("closure_announced",)), PARAMETERS)
    assert (assessed.light, assessed.reason) == (Light.RED, Reason.HARD_TRIGGER)
    assert (assessed.points, assessed.interval, assessed.band) == (free.points, free.interval, free.band)


def test_no_signals_count_zero_and_do_not_widen() -> None:
    assessed = assess_risk(RiskInputs(exactly(0.8), exactly(0.7)), PARAMETERS)
    assert assessed.interval.width == 0
    assert assessed.contributions[2].exact == 0


@pytest.mark.parametrize("wrong", [-0.01, 1.01, float("nan")])
def test_an_input_outside_the_scale_is_refused(wrong: float) -> None:
    with pytest.raises(ValueError, match="signals"):
        RiskInputs(None, None, wrong)
    with pytest.raises(ValueError, match=r"exposure|finite"):
        RiskInputs(exactly(wrong), None)
