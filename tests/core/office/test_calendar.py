"""Working days: arithmetic that agrees with counting day by day, and the holidays that the Länder keep."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wf40.core.office.calendar import (
    LANDS,
    LONGEST,
    NATIONWIDE,
    Calendar,
    Closing,
    after,
    between,
    coming_free_days,
    free_days,
    is_working,
    public_holidays,
)

DAY = timedelta(days=1)
DAYS = st.dates(date(1995, 1, 1), date(2060, 12, 31))
CLOSINGS = st.lists(
    st.builds(
        Closing, st.integers(1, 12), st.integers(1, 31), st.none() | st.integers(2019, 2031), st.just("Betriebsausflug")
    ),
    max_size=12,
).map(tuple)
CALENDARS = st.builds(Calendar, st.sampled_from(sorted(LANDS)), CLOSINGS)


def counted(calendar, start, end):
    """Count day by day, which is what the arithmetic must agree with."""
    return sum(is_working(calendar, start + DAY * n) for n in range(1, (end - start).days + 1))


@given(CALENDARS, DAYS, st.integers(0, 400))
@example(Calendar("BW"), date(2026, 12, 23), 1)
@example(Calendar("BW"), date(2026, 12, 26), 0)
def test_after_leads_to_a_working_day_that_lies_as_many_working_days_away(calendar, start, days):
    end = after(calendar, start, days)
    assert is_working(calendar, end)
    assert end >= start
    if days:
        assert between(calendar, start, end) == days
        assert between(calendar, start, end - DAY) == days - 1
    else:
        assert not any(is_working(calendar, start + DAY * n) for n in range((end - start).days))


@given(CALENDARS, DAYS, st.integers(-40, 900))
def test_between_agrees_with_counting_day_by_day(calendar, start, length):
    end = start + DAY * length
    assert between(calendar, start, end) == counted(calendar, start, end)


@given(CALENDARS, DAYS, st.integers(0, 200), st.integers(1, 200))
def test_two_steps_lead_as_far_as_one(calendar, start, first, second):
    assert after(calendar, after(calendar, start, first), second) == after(
        calendar, after(calendar, start, 0) if first == 0 else start, first + second
    )


@given(CALENDARS, DAYS)
def test_no_weekend_no_holiday_and_no_closing_day_is_a_working_day(calendar, day):
    free = day.weekday() >= 5 or day in public_holidays(calendar.land, day.year)
    free |= any(c.in_year(day.year) == day for c in calendar.closings)
    assert is_working(calendar, day) == (not free)


def test_a_span_of_decades_is_computed_not_walked():
    calendar, asked = Calendar("BW"), []

    class Watched(date):
        def weekday(self):
            asked.append(self)
            return super().weekday()

    start, end = Watched(1996, 1, 1), Watched(2035, 12, 31)
    between(calendar, date(1996, 1, 1), date(2035, 12, 31))  # the holidays of each year are kept from here on
    assert between(calendar, start, end) == counted(calendar, date(1996, 1, 1), date(2035, 12, 31))
    assert len(asked) < 10


@pytest.mark.parametrize(
    ("land", "day", "name", "elsewhere"),
    [
        ("BW", date(2026, 6, 4), "Fronleichnam", ("BE", "HH", "SN", "TH", NATIONWIDE)),
        ("BW", date(2026, 1, 6), "Heilige Drei Könige", ("HE", "NW", NATIONWIDE)),
        ("BE", date(2027, 3, 8), "Frauentag", ("BW", "BB", NATIONWIDE)),
        ("SN", date(2026, 11, 18), "Buß- und Bettag", ("BW", "TH", NATIONWIDE)),
        ("BB", date(2025, 10, 31), "Reformationstag", ("BW", "BE", "NW", NATIONWIDE)),
        ("HH", date(2025, 10, 31), "Reformationstag", ("HE", NATIONWIDE)),
        ("TH", date(2024, 9, 20), "Weltkindertag", ("SN", "BW", NATIONWIDE)),
        ("MV", date(2024, 3, 8), "Frauentag", ("SH", NATIONWIDE)),
        ("SL", date(2025, 8, 15), "Mariä Himmelfahrt", ("BY", "RP", NATIONWIDE)),
        ("NW", date(2024, 11, 1), "Allerheiligen", ("HE", "NI", NATIONWIDE)),
        ("BY-catholic", date(2025, 8, 15), "Mariä Himmelfahrt", ("BY",)),
        ("BY-Augsburg", date(2025, 8, 8), "Augsburger Hohes Friedensfest", ("BY", "BY-catholic")),
        ("SN-catholic", date(2026, 6, 4), "Fronleichnam", ("SN",)),
        ("TH-catholic", date(2026, 6, 4), "Fronleichnam", ("TH",)),
    ],
)
def test_each_land_keeps_its_own_holidays(land, day, name, elsewhere):
    assert public_holidays(land, day.year)[day] == name
    assert not is_working(Calendar(land), day)
    for other in elsewhere:
        assert is_working(Calendar(other), day), other


@pytest.mark.parametrize("land", LANDS)
def test_the_nine_nationwide_holidays_hold_everywhere(land):
    names = {
        "Neujahr", "Karfreitag", "Ostermontag", "Erster Mai", "Christi Himmelfahrt", "Pfingstmontag",
        "Tag der Deutschen Einheit", "Erster Weihnachtstag", "Zweiter Weihnachtstag",
    }  # fmt: skip
    assert names <= set(public_holidays(land, 2026).values())


def test_a_closing_day_holds_in_its_year_alone_and_a_yearly_one_in_each():
    calendar = Calendar("BW", (Closing(5, 15, 2026, "Brückentag"), Closing(12, 24, label="Heiligabend")))
    assert not is_working(calendar, date(2026, 5, 15))
    assert is_working(calendar, date(2028, 5, 15))
    assert not is_working(calendar, date(2026, 12, 24))
    assert not is_working(calendar, date(2029, 12, 24))
    assert is_working(calendar, date(2026, 12, 31))


def test_the_last_day_of_february_closes_in_leap_years_alone():
    calendar = Calendar("BW", (Closing(2, 29, label="Inventur"),))
    assert date(2028, 2, 29) in free_days(calendar, 2028)
    assert [name for name in free_days(calendar, 2027).values() if name == "Inventur"] == []


def test_the_coming_free_days_cross_the_year_and_keep_to_their_ends():
    found = list(coming_free_days(Calendar("BW"), date(2026, 12, 25), date(2027, 1, 6)))
    assert found == [
        (date(2026, 12, 25), "Erster Weihnachtstag"),
        (date(2026, 12, 26), "Zweiter Weihnachtstag"),
        (date(2026, 12, 31), "Silvester"),
        (date(2027, 1, 1), "Neujahr"),
        (date(2027, 1, 6), "Heilige Drei Könige"),
    ]


@pytest.mark.parametrize("days", [-1, LONGEST + 1])
def test_a_deadline_that_nobody_means_is_refused(days):
    with pytest.raises(ValueError, match="working days"):
        after(Calendar(), date(2026, 1, 1), days)
