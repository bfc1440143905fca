"""When a job is due: exactly once every calendar day, on the days of clock changes too."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wf40.sdk.values import Daily, Every
from wf40.worker.rules import latest_due

BERLIN = "Europe/Berlin"
ZONE = ZoneInfo(BERLIN)
FIRST, YEARS = date(2026, 1, 1), 10
CHANGES = [
    day
    for day in (FIRST + timedelta(days=n) for n in range(366 * YEARS))
    if datetime.combine(day, time(0), ZONE).utcoffset() != datetime.combine(day, time(12), ZONE).utcoffset()
]
NIGHT = [time(minute // 60, minute % 60) for minute in range(4 * 60)]


def fires(at, start, days, step=timedelta(minutes=20)):
    """Return each moment that becomes due while a worker ticks from local midnight of `start` for some days."""
    now = datetime.combine(start, time(0), ZONE).astimezone(UTC)
    end = datetime.combine(start + timedelta(days=days), time(0), ZONE).astimezone(UTC)
    known, found = latest_due(Daily(at), now - timedelta(seconds=1), BERLIN), []
    while now < end:
        if (due := latest_due(Daily(at), now, BERLIN)) != known:
            found.append(due)
            known = due
        now += step
    return found


def test_ten_years_hold_twenty_clock_changes():
    assert len(CHANGES) == 2 * YEARS


@pytest.mark.parametrize("day", CHANGES, ids=str)
def test_every_minute_of_a_night_with_a_clock_change_fires_once_on_each_day_around_it(day):
    for at in NIGHT:
        due = fires(at, day - timedelta(days=1), 3, step=timedelta(hours=1, minutes=7))
        last = latest_due(
            Daily(at),
            datetime.combine(day + timedelta(days=2), time(0), ZONE).astimezone(UTC) - timedelta(seconds=1),
            BERLIN,
        )
        days = [moment.astimezone(ZONE).date() for moment in sorted({*due, last})]
        assert days == [day - timedelta(days=1), day, day + timedelta(days=1)], at


@given(st.sampled_from(NIGHT), st.integers(0, 365 * YEARS - 15))
def test_a_fortnight_anywhere_has_one_due_a_day(at, offset):
    start = FIRST + timedelta(days=offset)
    moments = fires(at, start, 14, step=timedelta(hours=3))
    moments = sorted(
        {
            *moments,
            latest_due(
                Daily(at),
                datetime.combine(start + timedelta(days=14), time(0), ZONE).astimezone(UTC) - timedelta(seconds=1),
                BERLIN,
            ),
        }
    )
    assert [m.astimezone(ZONE).date() for m in moments] == [start + timedelta(days=n) for n in range(14)]


@given(st.datetimes(datetime(2026, 1, 1), datetime(2036, 1, 1)), st.times())  # noqa: DTZ001 - made aware below
def test_what_is_due_is_never_in_the_future_and_never_older_than_the_longest_day(moment, at):
    now = moment.replace(tzinfo=UTC)
    due = latest_due(Daily(at.replace(tzinfo=None)), now, BERLIN)
    assert now - timedelta(hours=25) <= due <= now


def test_a_time_that_spring_leaves_out_counts_just_after_the_gap():
    due = latest_due(Daily(time(2, 30)), datetime(2027, 3, 28, 12, tzinfo=UTC), BERLIN)
    assert due.astimezone(ZONE).isoformat() == "2027-03-28T03:30:00+02:00"


def test_a_time_that_autumn_repeats_counts_the_first_time():
    due = latest_due(Daily(time(2, 30)), datetime(2026, 10, 25, 12, tzinfo=UTC), BERLIN)
    assert due.astimezone(ZONE).isoformat() == "2026-10-25T02:30:00+02:00"


@given(st.integers(1, 24 * 60), st.datetimes(datetime(2026, 1, 1), datetime(2036, 1, 1)))  # noqa: DTZ001 - made aware below
def test_a_job_every_few_minutes_keeps_its_grid(minutes, moment):
    now = moment.replace(tzinfo=UTC)
    due = latest_due(Every(minutes), now, BERLIN)
    assert now - timedelta(minutes=minutes) < due <= now
    assert latest_due(Every(minutes), due, BERLIN) == due
