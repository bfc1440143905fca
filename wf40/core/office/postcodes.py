"""Which municipalities a postcode belongs to: a public table that the office loads once, and asks for many rows at a time.

The table holds no office data, so nobody needs a right to read it.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import delete, select

from wf40.base.bulk import insert_rows
from wf40.base.errors import InvalidInput
from wf40.base.german import fold, tidy
from wf40.base.i18n import _l
from wf40.base.portions import portions
from wf40.base.uow import UnitOfWork
from wf40.core.office.models import PostcodePlace

_TABLE: Any = PostcodePlace.__table__
_COLUMNS = ("postcode", "town", "ags")
_HEADERS = {
    "postcode": frozenset({"plz", "postleitzahl", "postcode", "zip"}),
    "town": frozenset({"ort", "gemeindename", "gemeinde", "gen", "town", "name"}),
    "ags": frozenset({"ags", "gemeindeschluessel", "amtlicher gemeindeschluessel"}),
}
_POSTCODE, _AGS = re.compile(r"\d{5}", re.ASCII), re.compile(r"\d{8}", re.ASCII)


class Place(NamedTuple):
    """A municipality in which a postcode lies."""

    town: str
    ags: str


def load(u: UnitOfWork, file: Path) -> int:
    """Replace the table with that of a CSV file (columns plz, ort, ags; further ones are ignored); returns its size.

    Raises:
        InvalidInput: unreadable, a column is missing, or no row of it is usable; then everything stays as it was.
    """
    places = sorted(set(_places(file)))
    if not places:
        raise InvalidInput(_l("In der Datei „%(file)s“ steht keine Zeile mit Postleitzahl, Ort und AGS.", file=file))
    u.session.execute(delete(PostcodePlace))
    insert_rows(u.session, _TABLE, _COLUMNS, places)
    return len(places)


def _places(file: Path) -> Iterable[tuple[str, str, str]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            first = lines.readline()
            lines.seek(0)
            reader = csv.reader(lines, delimiter=max(",;\t", key=first.count))
            header = [fold(cell) for cell in next(reader, [])]
            columns = {
                key: next((i for i, cell in enumerate(header) if cell in words), None)
                for key, words in _HEADERS.items()
            }
            if None in columns.values():
                raise InvalidInput(_l("Die Datei „%(file)s“ braucht die Spalten plz, ort und ags.", file=file))
            at = [columns["postcode"] or 0, columns["town"] or 0, columns["ags"] or 0]
            rows = [[row[i].strip() for i in at] for row in reader if len(row) > max(at)]
    except (OSError, ValueError, csv.Error) as error:
        raise InvalidInput(
            _l("Die Datei „%(file)s“ lässt sich nicht lesen: %(error)s", file=file, error=error)
        ) from None
    for code, town, ags in rows:
        name = tidy(town)[:200]
        if _POSTCODE.fullmatch(code) and _AGS.fullmatch(ags) and name:
            yield code, name, ags


def places(u: UnitOfWork, postcodes: Collection[str]) -> Mapping[str, tuple[Place, ...]]:
    """Return the municipalities of some postcodes; nothing as long as no table is loaded."""
    found: dict[str, list[Place]] = defaultdict(list)
    for part in portions(sorted(set(postcodes))):
        rows = select(PostcodePlace.postcode, PostcodePlace.town, PostcodePlace.ags)
        rows = rows.where(PostcodePlace.postcode.in_(part)).order_by(PostcodePlace.postcode, PostcodePlace.ags)
        for code, town, ags in u.session.execute(rows):
            found[code].append(Place(town, ags))
    return {code: tuple(some) for code, some in found.items()}


def all_places(u: UnitOfWork) -> Mapping[str, tuple[Place, ...]]:
    """Return the municipalities of all postcodes; nothing as long as no table is loaded."""
    found: dict[str, list[Place]] = defaultdict(list)
    rows = select(PostcodePlace.postcode, PostcodePlace.town, PostcodePlace.ags)
    for code, town, ags in u.session.execute(rows.order_by(PostcodePlace.postcode, PostcodePlace.ags)):
        found[code].append(Place(town, ags))
    return {code: tuple(some) for code, some in found.items()}


def ags_of(places: Collection[Place], town: str) -> str:
    """Return the municipality key of an address: of the only municipality, else of the one with that name, else nothing."""
    keys = {place.ags for place in places}
    if len(keys) != 1:
        wanted = fold(town)
        keys = {place.ags for place in places if wanted and fold(place.town) == wanted}
    return next(iter(keys)) if len(keys) == 1 else ""
