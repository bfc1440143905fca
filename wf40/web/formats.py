"""How dates, numbers and amounts stand on the screen: one function each, in the language of the reader."""

from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_timedelta
from babel.numbers import format_decimal as babel_decimal
from flask import Flask
from flask_babel import format_date, format_datetime, get_locale, to_user_timezone

EMPTY = "–"


def day(value: date | datetime | None) -> str:
    """Return a calendar day, e.g. ``21.11.2026``."""
    if value is None:
        return EMPTY
    local = to_user_timezone(value) if isinstance(value, datetime) else value
    return str(format_date(local, "dd.MM.yyyy" if _german() else "d MMM yyyy", rebase=False))


def moment(value: datetime | None) -> str:
    """Return day and time, e.g. ``21.11.2026, 14:30``."""
    pattern = "dd.MM.yyyy, HH:mm" if _german() else "d MMM yyyy, HH:mm"
    return EMPTY if value is None else str(format_datetime(value, pattern))


def clock_time(value: datetime) -> str:
    """Return the time of day, e.g. ``14:30``."""
    return str(format_datetime(value, "HH:mm"))


def ago(value: datetime, now: datetime) -> str:
    """Return how long ago something was, e.g. ``vor 3 Tagen``."""
    return str(format_timedelta(value - now, add_direction=True, locale=get_locale() or "de"))


def number(value: float | None, places: int = 0) -> str:
    """Return a number with the language's separators and a fixed count of decimal places."""
    if value is None:
        return EMPTY
    return _number(value, places, str(get_locale() or "de"))


@lru_cache(maxsize=5000)
def _number(value: float, places: int, locale: str) -> str:
    """Write it once: the same numbers of employees stand in many lines."""
    return str(babel_decimal(value, format="#,##0" + ("." + "0" * places if places else ""), locale=locale))


def file_size(value: int) -> str:
    """Return the size of a file, e.g. ``3,4 MB``."""
    if value < 1_000_000:
        return f"{number(max(value, 1) / 1000 if value >= 1000 else 1)} kB"
    return f"{number(value / 1_000_000, 1)} MB"


def _german() -> bool:
    locale = get_locale()
    return locale is None or locale.language == "de"


def install(app: Flask) -> None:
    """Offer the formats as template filters."""
    app.jinja_env.filters.update(
        day=day, moment=moment, clock_time=clock_time, number=number, ago=ago, file_size=file_size
    )
