"""Means, minimum, intervals, normalisation and bands."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wf40.scoring.aggregation import Aggregation, aggregate, aggregate_intervals
from wf40.scoring.bands import Band, bands_from
from wf40.scoring.intervals import Estimate, Interval, corner_interval, exactly, most_narrowing
from wf40.scoring.normalisation import Goalposts, min_max, rescaled

rules = st.sampled_from(Aggregation)
shares = st.floats(0, 1)
weighted = st.lists(st.tuples(shares, st.floats(0.01, 100)), min_size=1, max_size=6)


@given(rules, weighted)
def test_an_aggregate_lies_between_its_smallest_and_largest_value(
    rule: Aggregation, parts: list[tuple[float, float]]
) -> None:
    values, weights = zip(*parts, strict=True)
    assert min(values) <= aggregate(rule, values, weights) <= max(values)


@given(rules, shares, st.lists(st.floats(0.01, 100), min_size=1, max_size=6))
def test_equal_values_aggregate_to_themselves(rule: Aggregation, value: float, weights: list[float]) -> None:
    assert aggregate(rule, [value] * len(weights), weights) == value


@given(rules, weighted, st.floats(0.001, 1000))
def test_scaling_all_weights_changes_nothing(
    rule: Aggregation, parts: list[tuple[float, float]], factor: float
) -> None:
    values, weights = zip(*parts, strict=True)
    scaled = [weight * factor for weight in weights]
    assert aggregate(rule, values, scaled) == pytest.approx(aggregate(rule, values, weights), abs=1e-12)


@given(rules, weighted, st.data())
def test_the_order_of_values_does_not_matter(
    rule: Aggregation, parts: list[tuple[float, float]], data: st.DataObject
) -> None:
    values, weights = zip(*parts, strict=True)
    other_values, other_weights = zip(*data.draw(st.permutations(parts)), strict=True)
    assert aggregate(rule, values, weights) == aggregate(rule, other_values, other_weights)


@given(rules, weighted, st.integers(0, 5), shares)
def test_raising_a_value_never_lowers_the_aggregate(
    rule: Aggregation, parts: list[tuple[float, float]], at: int, raised: float
) -> None:
    values, weights = map(list, zip(*parts, strict=True))
    before = aggregate(rule, values, weights)
    values[at % len(values)] = max(values[at % len(values)], raised)
    assert aggregate(rule, values, weights) >= before - 1e-12


@given(weighted)
def test_the_minimum_is_strictest_and_the_arithmetic_mean_mildest(parts: list[tuple[float, float]]) -> None:
    values, weights = zip(*parts, strict=True)
    least, geometric, arithmetic = (
        aggregate(rule, values, weights) for rule in (Aggregation.MIN, Aggregation.GMEAN, Aggregation.MEAN)
    )
    assert least <= geometric <= arithmetic + 1e-12


def test_what_weighs_nothing_has_no_influence() -> None:
    for rule in Aggregation:
        assert aggregate(rule, [0.0, 0.7], [0, 2]) == 0.7


@pytest.mark.parametrize(
    ("values", "weights"), [([], None), ([1.0], [0]), ([1.0], [-1]), ([1.0], [1, 2]), ([1.0], [math.nan])]
)
def test_impossible_weights_are_refused(values: list[float], weights: list[float] | None) -> None:
    for rule in Aggregation:
        with pytest.raises(ValueError, match=r"aggregate|weight"):
            aggregate(rule, values, weights)


def test_intervals_aggregate_corner_by_corner() -> None:
    parts = [Interval(0, 1), Interval(0.5, 0.5)]
    assert aggregate_intervals(Aggregation.MEAN, parts) == Interval(0.25, 0.75)
    assert aggregate_intervals(Aggregation.MIN, parts) == Interval(0, 0.5)


def test_goalposts_cap_and_may_run_backwards() -> None:
    assert min_max(52.5, Goalposts(20, 85)) == 0.5
    assert min_max(90, Goalposts(20, 85)) == 1
    assert min_max(-3, Goalposts(0, 10)) == 0
    assert min_max(2, Goalposts(10, 0)) == 0.8
    assert min_max(1000, Goalposts(10, 100000, logarithmic=True)) == pytest.approx(0.5)


@pytest.mark.parametrize("posts", [(1, 1, False), (0, 1, True), (math.inf, 1, False)])
def test_impossible_goalposts_are_refused(posts: tuple[float, float, bool]) -> None:
    with pytest.raises(ValueError, match="goalposts"):
        Goalposts(*posts)


def test_a_value_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="normalise"):
        min_max(math.nan, Goalposts(0, 1))
    with pytest.raises(ValueError, match="logarithm"):
        min_max(0, Goalposts(1, 2, logarithmic=True))
    with pytest.raises(ValueError, match="share"):
        rescaled(1.5, 0, 1)


def test_bands_are_half_open() -> None:
    bands = bands_from([("green", 0), ("yellow", 25), ("red", 60)])
    assert [bands.band_of(x).id for x in (0, 24.99, 25, 59.99, 60, 100)] == [
        "green", "green", "yellow", "yellow", "red", "red",
    ]  # fmt: skip
    assert bands.touched_by(Interval(20, 25)) == (Band("green", 0), Band("yellow", 25))
    assert bands.touched_by(Interval(25, 59)) == (Band("yellow", 25),)
    assert len(bands.touched_by(Interval(0, 100))) == 3
    with pytest.raises(ValueError, match="below the first band"):
        bands.band_of(-1)


@pytest.mark.parametrize("pairs", [[], [("a", 1), ("b", 1)], [("a", 0), ("a", 1)]])
def test_impossible_bands_are_refused(pairs: list[tuple[str, float]]) -> None:
    with pytest.raises(ValueError, match="band"):
        bands_from(pairs)


def test_the_input_that_matters_most_is_named() -> None:
    inputs = {
        "small": Estimate(0.5, Interval(0.4, 0.6)),
        "large": Estimate(None, Interval(0, 1)),
        "sure": exactly(0.5),
    }
    assert most_narrowing(lambda at: sum(at.values()), inputs) == "large"
    assert most_narrowing(lambda at: 10 * at["small"] + at["large"], inputs) == "small"
    assert most_narrowing(lambda at: at["sure"], {"sure": exactly(0.5)}) is None
    ends = {name: estimate.interval for name, estimate in inputs.items()}
    assert corner_interval(lambda at: sum(at.values()), ends) == Interval(0.9, 2.1)


def test_an_interval_cannot_stand_upside_down_nor_a_value_outside() -> None:
    with pytest.raises(ValueError, match="upside down"):
        Interval(1, 0)
    with pytest.raises(ValueError, match="finite"):
        Interval(0, math.inf)
    with pytest.raises(ValueError, match="outside"):
        Estimate(2, Interval(0, 1))


def test_readiness_turns_into_vulnerability_and_grows_less_sure() -> None:
    vulnerability = Estimate(0.75, Interval(0.5, 1.0)).complement()
    assert vulnerability == Estimate(0.25, Interval(0.0, 0.5))
    assert vulnerability.widened(0.25) == Estimate(0.25, Interval(0.0, 0.75))
    with pytest.raises(ValueError, match="widened"):
        vulnerability.widened(-0.1)
