"""Signals: decay, states, dates, and their combination."""

from datetime import date
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wf40.scoring.ageing import completed_years, staleness
from wf40.scoring.signals import (
    SignalStrength,
    combined_strength,
    decayed,
    held,
    months_between,
    rising,
)

shares = st.floats(0, 1)
recorded = st.lists(st.builds(SignalStrength, st.sampled_from("abcdef"), shares), max_size=6)


def test_a_lost_key_customer_weighs_half_after_its_half_life() -> None:
    assert decayed(0.5, 0, 12) == 0.5
    assert decayed(0.5, 12, 12) == 0.25
    assert decayed(0.5, 24, 12) == 0.125
    assert decayed(0.5, -3, 12) == 0.5


def test_a_state_holds_until_it_is_resolved() -> None:
    assert held(0.4) == 0.4
    assert held(0.4, resolved=True) == 0


def test_the_end_of_a_lease_rises_towards_its_date_and_stays() -> None:
    assert rising(0.4, 30, 24) == 0
    assert rising(0.4, 12, 24) == pytest.approx(0.2)
    assert rising(0.4, 0, 24) == 0.4
    assert rising(0.4, -6, 24) == 0.4
    assert rising(0.4, -6, 24, resolved=True) == 0


def test_two_signals_combine_and_none_count_zero() -> None:
    assert combined_strength([]) == 0
    both = [SignalStrength("customer", 0.5), SignalStrength("owner", 0.4)]
    assert combined_strength(both) == pytest.approx(1 - 0.5 * 0.6)


def test_two_reports_of_the_same_event_count_once_with_the_stronger() -> None:
    reports = [SignalStrength("customer", 0.3), SignalStrength("customer", 0.5)]
    assert combined_strength(reports) == 0.5


def test_the_order_of_signals_does_not_even_show_in_the_last_digit() -> None:
    signals = [SignalStrength(f"s{n}", strength) for n, strength in enumerate((0.1, 0.7, 0.3, 0.45, 0.05))]
    assert len({combined_strength(order) for order in permutations(signals)}) == 1


@given(st.data(), recorded)
def test_the_order_of_signals_does_not_matter(data: st.DataObject, signals: list[SignalStrength]) -> None:
    assert combined_strength(data.draw(st.permutations(signals))) == combined_strength(signals)


@given(recorded, st.builds(SignalStrength, st.sampled_from("abcxyz"), shares))
def test_one_more_signal_never_lowers_the_combination(signals: list[SignalStrength], more: SignalStrength) -> None:
    assert 0 <= combined_strength(signals) <= combined_strength([*signals, more]) <= 1


@given(shares, st.floats(0, 600), st.floats(0, 600), st.floats(0.1, 120))
def test_an_event_only_ever_fades(strength: float, one: float, other: float, half_life: float) -> None:
    sooner, later = sorted((one, other))
    assert 0 <= decayed(strength, later, half_life) <= decayed(strength, sooner, half_life) <= strength


def test_months_between_counts_twelve_a_year() -> None:
    assert months_between(date(2025, 1, 1), date(2029, 1, 1)) == pytest.approx(48)


@pytest.mark.parametrize("wrong", [0, -1, float("nan"), float("inf")])
def test_a_half_life_must_be_above_zero(wrong: float) -> None:
    with pytest.raises(ValueError, match="half-life"):
        decayed(0.5, 1, wrong)
    with pytest.raises(ValueError, match="horizon"):
        rising(0.5, 1, wrong)


@pytest.mark.parametrize("wrong", [-0.1, 1.1, float("nan")])
def test_a_strength_outside_the_scale_is_refused(wrong: float) -> None:
    with pytest.raises(ValueError, match="strength"):
        SignalStrength("a", wrong)


@pytest.mark.parametrize(
    ("years", "half_width"), [(0, 0), (1, 0), (2, 0.05), (3, 0.1), (6, 0.25), (7, 0.25), (40, 0.25)]
)
def test_old_answers_widen_by_a_twentieth_for_each_year_after_the_first(years: int, half_width: float) -> None:
    assert staleness(years, per_year=0.05, at_most=0.25) == pytest.approx(half_width)


def test_a_year_is_complete_on_its_anniversary() -> None:
    assert completed_years(date(2024, 5, 3), date(2026, 5, 2)) == 1
    assert completed_years(date(2024, 5, 3), date(2026, 5, 3)) == 2
    assert completed_years(date(2024, 2, 29), date(2025, 2, 28)) == 0
    assert completed_years(date(2024, 2, 29), date(2025, 3, 1)) == 1
    assert completed_years(date(2026, 5, 3), date(2024, 1, 1)) == 0
