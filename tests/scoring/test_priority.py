"""Whom to call today."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wf40.scoring.priority import priority, significance, urgency

counts = st.floats(0, 100_000)


def test_a_sole_trader_keeps_a_floor_and_a_large_employer_reaches_one() -> None:
    assert significance(0) == 0.2
    assert significance(250) == 1
    assert significance(5000) == 1
    assert significance(9, apprentices=1) > significance(9)


def test_a_firm_never_contacted_is_as_due_as_one_long_overdue() -> None:
    assert urgency(None, 180) == urgency(360, 180) == urgency(4000, 180) == 1
    assert urgency(0, 180) == 0.25
    assert urgency(180, 180) == 0.625


@given(counts, counts)
def test_more_jobs_never_matter_less(one: float, other: float) -> None:
    assert significance(min(one, other)) <= significance(max(one, other))


def test_the_same_risk_is_more_pressing_at_the_larger_and_longer_unseen_firm() -> None:
    small = priority(70, significance(1), urgency(30, 180))
    large = priority(70, significance(120), urgency(300, 180))
    assert 0 < small < large <= 70


def test_impossible_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        significance(-1)
    with pytest.raises(ValueError, match="floor"):
        significance(1, floor=0)
    with pytest.raises(ValueError, match="above 0"):
        urgency(1, 0)
