"""How answers grow less sure with the years."""

from __future__ import annotations

from datetime import date


def completed_years(since: date, today: date) -> int:
    """Whole years from `since` to `today`, never below 0; 29 February completes its year on 1 March."""
    years = today.year - since.year - ((today.month, today.day) < (since.month, since.day))
    return max(0, years)


def staleness(years: int, *, per_year: float, at_most: float) -> float:
    """Half-width to add on either side: `per_year` for each completed year after the first, at most `at_most`.

    Steps of a year rather than a slope: a score changes on a day that can be explained.
    """
    if per_year < 0 or at_most < 0:
        raise ValueError("staleness cannot be negative")
    return min(at_most, per_year * max(0, years - 1))
