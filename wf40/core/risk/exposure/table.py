"""The exposure of a sector, read from the versioned table beside this file.

Per division: each family's published figure brought onto [0, 1] with fixed goalposts, mapped to [0.25, 1], and the
mean of the families; lowest and highest family stay visible, since the families measure different things.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from wf40.scoring.aggregation import arithmetic_mean
from wf40.scoring.bands import Bands, bands_from
from wf40.scoring.normalisation import Goalposts, min_max, rescaled

EDITIONS = ("2008", "2025")
_CODE = re.compile(r"[A-Za-z]?\s*(\d\d)(?:[.\s]?\d){0,3}")


class PressureLevel(StrEnum):
    """Strukturdruck in a word."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class FamilyValue:
    """What one published family says of a division, mapped to [0.25, 1]; `source` is the citation."""

    key: str
    name: str
    value: float
    source: str


@dataclass(frozen=True, slots=True)
class OfficeShift:
    """An office's own correction of a division, with the reason that is shown beside it."""

    amount: float
    reason: str


@dataclass(frozen=True, slots=True)
class Exposure:
    """Exposure of a division on [0.25, 1], higher is worse.

    `value` is the mean of the families, `low` and `high` the lowest and the highest family, all three moved by
    `shift` if the office set one. `division` is the two-digit code in `edition`.
    """

    edition: str
    division: str
    value: float
    low: float
    high: float
    families: tuple[FamilyValue, ...]
    table_version: str
    shift: OfficeShift | None = None


@dataclass(frozen=True, slots=True)
class _Family:
    key: str
    name: str
    source: str
    goalposts: Goalposts
    scale: Mapping[str, float]

    def share(self, published: str) -> float:
        """The published figure (a number, or a word of the family's scale) on [0, 1]."""
        figure = self.scale[published] if self.scale else float(published)
        return min_max(figure, self.goalposts)


@dataclass(frozen=True, slots=True)
class _Table:
    version: str
    low: float
    high: float
    levels: Bands
    families: tuple[_Family, ...]
    shares: Mapping[tuple[str, str], Mapping[str, float]]
    """(edition, division) -> family key -> share on [0, 1]"""


def table_version() -> str:
    """The version that every exposure and every stored score names."""
    return _table().version


def exposure_of(
    edition: str, code: str, shift: OfficeShift | None = None, *, shift_max: float = 0.2
) -> Exposure | None:
    """The exposure of the division that `code` belongs to; None where no source gives a figure.

    edition: "2008" or "2025". code: a WZ code of two to five digits ("56", "56.10", "56.10.1", "I56.1"); a section
    letter alone has no division and gives None. Raises ValueError for another edition, and for a shift without
    reason or beyond `shift_max`.
    """
    if edition not in EDITIONS:
        raise ValueError(f"unknown WZ edition {edition!r}, known are {', '.join(EDITIONS)}")
    table = _table()
    match = _CODE.fullmatch(code.strip())
    shares = table.shares.get((edition, match[1])) if match else None
    if match is None or not shares:
        return None
    moved = 0.0 if shift is None else _checked(shift, shift_max)
    families = tuple(
        FamilyValue(family.key, family.name, rescaled(shares[family.key], table.low, table.high), family.source)
        for family in table.families
        if family.key in shares
    )
    values = [family.value for family in families]

    def shifted(value: float) -> float:
        return min(table.high, max(table.low, value + moved))

    return Exposure(
        edition=edition,
        division=match[1],
        value=shifted(arithmetic_mean(values)),
        low=shifted(min(values)),
        high=shifted(max(values)),
        families=families,
        table_version=table.version,
        shift=shift,
    )


def pressure_level(value: float) -> PressureLevel:
    """Low below 0.5, medium below 0.75, high from there: thirds of the table's range."""
    return PressureLevel(_table().levels.band_of(value).id)


def _checked(shift: OfficeShift, shift_max: float) -> float:
    if not shift.reason.strip():
        raise ValueError("an office shift needs a reason")
    if not abs(shift.amount) <= shift_max:
        raise ValueError(f"an office shift is at most {shift_max}, not {shift.amount}")
    return shift.amount


@cache
def _table() -> _Table:
    folder = files(__package__)
    head = tomllib.loads(folder.joinpath("families.toml").read_text(encoding="utf-8"))
    families = tuple(
        _Family(
            key=key,
            name=entry["name"],
            source=entry["source"],
            goalposts=Goalposts(entry["zero"], entry["one"]),
            scale=MappingProxyType(dict(entry.get("scale", {}))),
        )
        for key, entry in head["families"].items()
    )
    shares_2008 = {
        row["division"]: {family.key: family.share(row[family.key]) for family in families if row[family.key]}
        for row in _rows("wz2008.csv")
    }
    shares = {("2008", division): values for division, values in shares_2008.items()}
    for division, values in _joined(shares_2008, families, head["origin_share_min"]):
        shares["2025", division] = values
    return _Table(
        version=head["version"],
        low=head["low"],
        high=head["high"],
        levels=bands_from(list(head["levels"].items())),
        families=families,
        shares=MappingProxyType(shares),
    )


def _rows(name: str) -> Iterator[dict[str, str]]:
    yield from csv.DictReader(files(__package__).joinpath(name).read_text(encoding="utf-8").splitlines())


def _joined(
    shares_2008: Mapping[str, Mapping[str, float]], families: tuple[_Family, ...], share_min: float
) -> Iterator[tuple[str, dict[str, float]]]:
    """WZ 2025: each family's mean over the WZ 2008 divisions that a division came from, by their share.

    Origins below `share_min` do not count, or a restaurant would move for the new class of table-booking services.
    """
    origins: dict[str, list[tuple[str, float]]] = {}
    for row in _rows("wz2025_origins.csv"):
        if float(row["share"]) >= share_min:
            origins.setdefault(row["division"], []).append((row["wz2008_division"], float(row["share"])))
    for division, parts in origins.items():
        values = {}
        for family in families:
            known = [
                (shares_2008[origin][family.key], share) for origin, share in parts if family.key in shares_2008[origin]
            ]
            if known:
                values[family.key] = arithmetic_mean([value for value, _ in known], [share for _, share in known])
        yield division, values
