"""Half-open bands over a scale: [0, 25), [25, 60), [60, 100]."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from wf40.scoring.intervals import Interval


@dataclass(frozen=True, slots=True)
class Band:
    """A band that starts at `lower` (included) and ends where the next one starts (not included)."""

    id: str
    lower: float


@dataclass(frozen=True, slots=True)
class Bands:
    """Bands in rising order without gap; the last one includes the end of the scale."""

    bands: tuple[Band, ...]

    def __post_init__(self) -> None:
        if not self.bands:
            raise ValueError("at least one band is needed")
        lowers = [band.lower for band in self.bands]
        if any(left >= right for left, right in pairwise(lowers)):
            raise ValueError(f"bands must start at strictly rising values: {lowers}")
        if len({band.id for band in self.bands}) != len(self.bands):
            raise ValueError("every band needs an id of its own")

    def __iter__(self) -> Iterator[Band]:
        return iter(self.bands)

    def band_of(self, value: float) -> Band:
        """The band that holds `value`.

        Raises ValueError below the first band.
        """
        index = bisect_right([band.lower for band in self.bands], value)
        if index == 0:
            raise ValueError(f"{value} lies below the first band, which starts at {self.bands[0].lower}")
        return self.bands[index - 1]

    def touched_by(self, interval: Interval) -> tuple[Band, ...]:
        """All bands that the interval reaches, lowest first."""
        first = self.bands.index(self.band_of(interval.low))
        last = self.bands.index(self.band_of(interval.high))
        return self.bands[first : last + 1]


def bands_from(pairs: Sequence[tuple[str, float]]) -> Bands:
    """Bands from (id, lower limit) pairs."""
    return Bands(tuple(Band(name, lower) for name, lower in pairs))
