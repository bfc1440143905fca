"""Working days as pure functions: weekends, public holidays of a Land, closing days.

Days are counted by whole weeks, less the free weekdays of each year, which are kept: no function walks day by day.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from wf40.base.errors import Text
from wf40.base.i18n import _l

NATIONWIDE = ""
LANDS: dict[str, Text] = {
    NATIONWIDE: _l("nur bundesweite Feiertage"),
    "BW": _l("Baden-Württemberg"),
    "BY": _l("Bayern"),
    "BY-catholic": _l("Bayern, mit Mariä Himmelfahrt"),
    "BY-Augsburg": _l("Bayern, Stadt Augsburg"),
    "BE": _l("Berlin"),
    "BB": _l("Brandenburg"),
    "HB": _l("Bremen"),
    "HH": _l("Hamburg"),
    "HE": _l("Hessen"),
    "MV": _l("Mecklenburg-Vorpommern"),
    "NI": _l("Niedersachsen"),
    "NW": _l("Nordrhein-Westfalen"),
    "RP": _l("Rheinland-Pfalz"),
    "SL": _l("Saarland"),
    "SN": _l("Sachsen"),
    "SN-catholic": _l("Sachsen, mit Fronleichnam"),
    "ST": _l("Sachsen-Anhalt"),
    "SH": _l("Schleswig-Holstein"),
    "TH": _l("Thüringen"),
    "TH-catholic": _l("Thüringen, mit Fronleichnam"),
}
"""The Länder, and the regions whose municipalities keep a holiday more."""
_REGIONS: dict[str, tuple[str | None, tuple[str, ...]]] = {
    NATIONWIDE: (None, ("public",)),
    "BY-catholic": ("BY", ("public", "catholic")),
    "BY-Augsburg": ("Augsburg", ("public", "catholic")),
    "SN-catholic": ("SN", ("public", "catholic")),
    "TH-catholic": ("TH", ("public", "catholic")),
}
"""Subdivision and categories of the holiday tables, where they are not just the Land's public holidays."""
SATURDAY = 5
LONGEST = 10_000
"""No deadline has more working days: forty years."""


@dataclass(frozen=True, slots=True, order=True)
class Closing:
    """A day on which the office is closed: every year, or in ``year`` alone."""

    month: int
    day: int
    year: int | None = None
    label: str = ""

    def in_year(self, year: int) -> date | None:
        """Return the day in a year, ``None`` if it has none."""
        if self.year not in (None, year):
            return None
        try:
            return date(year, self.month, self.day)
        except ValueError:  # 29 February
            return None


CLOSED_BY_DEFAULT = (Closing(12, 24, label="Heiligabend"), Closing(12, 31, label="Silvester"))
"""What holds as long as nobody saved a calendar."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """When an office is free: its Land and its closing days."""

    land: str = NATIONWIDE
    closings: tuple[Closing, ...] = CLOSED_BY_DEFAULT


@lru_cache(maxsize=1000)
def public_holidays(land: str, year: int) -> dict[date, str]:
    """Return the public holidays of a Land (or region) in a year with their German names, in order; do not change it."""
    from holidays import country_holidays

    subdivision, categories = _REGIONS.get(land, (land, ("public",)))
    found = country_holidays("DE", subdiv=subdivision, years=year, categories=categories, language="de")
    return dict(sorted(found.items()))


@lru_cache(maxsize=1000)
def free_days(calendar: Calendar, year: int) -> dict[date, str]:
    """Return holidays and closing days of a year with their names, weekends among them, in order; do not change it."""
    closed = {day: c.label for c in calendar.closings if (day := c.in_year(year))}
    return dict(sorted((closed | public_holidays(calendar.land, year)).items()))


@lru_cache(maxsize=1000)
def _free_weekdays(calendar: Calendar, year: int) -> tuple[date, ...]:
    return tuple(day for day in free_days(calendar, year) if day.weekday() < SATURDAY)


def is_working(calendar: Calendar, day: date) -> bool:
    """Tell whether the office works on a day."""
    return day.weekday() < SATURDAY and day not in free_days(calendar, day.year)


def between(calendar: Calendar, start: date, end: date) -> int:
    """Return the number of working days after ``start`` up to and including ``end``; 0 when ``end`` is earlier."""
    if end <= start:
        return 0
    return _weekdays_until(end) - _weekdays_until(start) - _free_between(calendar, start, end)


def after(calendar: Calendar, start: date, days: int) -> date:
    """Return the working day that lies ``days`` working days after ``start``; 0 is ``start`` or the next one."""
    if not 0 <= days <= LONGEST:
        message = f"a deadline has 0 to {LONGEST} working days, not {days}"
        raise ValueError(message)
    if days == 0:
        return start if is_working(calendar, start) else after(calendar, start, 1)
    day, missing = start, days
    while missing:
        until = _weekdays_after(day, missing)
        day, missing = until, _free_between(calendar, day, until)
    return day


def coming_free_days(calendar: Calendar, start: date, end: date) -> Iterator[tuple[date, str]]:
    """Yield holidays and closing days from ``start`` to ``end`` with their names, weekends among them, in order."""
    for year in range(start.year, end.year + 1):
        yield from ((day, name) for day, name in free_days(calendar, year).items() if start <= day <= end)


def _weekdays_until(day: date) -> int:
    """Return how many days from Monday to Friday lie between the first day of all and ``day``, both included."""
    weeks, rest = divmod(day.toordinal(), 7)  # 1 January of the year 1 is a Monday
    return weeks * 5 + min(rest, 5)


def _weekdays_after(day: date, days: int) -> date:
    """Return the ``days``-th day from Monday to Friday after ``day``; ``days`` is at least 1."""
    weekday = min(day.weekday(), 4)
    friday_or_earlier = day - timedelta(days=day.weekday() - weekday)
    weeks, rest = divmod(weekday + days, 5)
    return friday_or_earlier + timedelta(days=weeks * 7 + rest - weekday)


def _free_between(calendar: Calendar, start: date, end: date) -> int:
    """Return how many days from Monday to Friday are free after ``start`` up to and including ``end``."""
    count = 0
    for year in range(start.year, end.year + 1):
        days = _free_weekdays(calendar, year)
        count += bisect_right(days, end) - bisect_right(days, start)
    return count
