"""Shapley contributions: exact, fair, and rounded without losing a point."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wf40.scoring.contributions import Contribution, rounded_contributions, shapley_contributions

values = st.fixed_dictionaries({"a": st.floats(0, 1), "b": st.floats(0, 1), "c": st.floats(0, 1)})


def test_a_sum_splits_into_its_own_terms() -> None:
    parts = shapley_contributions(lambda at: 2 * at["a"] + 3 * at["b"], {"a": 1.0, "b": 1.0}, {"a": 0.0, "b": 0.0})
    assert [(part.name, part.points) for part in parts] == [("a", 2), ("b", 3)]


def test_a_product_is_shared_evenly() -> None:
    parts = shapley_contributions(
        lambda at: at["a"] * at["b"] * at["c"], dict.fromkeys("abc", 1.0), dict.fromkeys("abc", 0.0)
    )
    assert [part.exact for part in parts] == [Fraction(1, 3)] * 3


@given(values, values)
def test_contributions_sum_exactly(at: dict[str, float], reference: dict[str, float]) -> None:
    def function(x: object) -> float:
        assert isinstance(x, dict)
        return float((x["a"] * x["b"]) ** 0.5 + x["c"] * x["a"])

    parts = shapley_contributions(function, at, reference)
    assert sum(part.exact for part in parts) == Fraction(function(at)) - Fraction(function(reference))


def test_an_input_at_its_reference_contributes_nothing() -> None:
    parts = shapley_contributions(lambda at: at["a"] * at["b"], {"a": 0.5, "b": 1.0}, {"a": 0.5, "b": 0.0})
    assert parts[0].exact == 0


def test_values_and_reference_must_name_the_same_inputs() -> None:
    with pytest.raises(ValueError, match="reference"):
        shapley_contributions(lambda at: at["a"], {"a": 1.0}, {"b": 1.0})


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=6), st.integers(0, 2))
def test_rounded_contributions_still_add_up(points: list[float], digits: int) -> None:
    parts = [Contribution(str(n), Fraction(value)) for n, value in enumerate(points)]
    rounded = rounded_contributions(parts, digits)
    total = round(sum((part.exact for part in parts), Fraction(0)) * 10**digits)
    assert round(sum(rounded.values()) * 10**digits) == total
    assert all(abs(rounded[part.name] - part.points) <= 10**-digits + 1e-9 for part in parts)
