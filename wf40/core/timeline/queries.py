"""Gathers a firm's history from all slices and plugins, newest first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import groupby
from zoneinfo import ZoneInfo

from wf40.base.access import requires
from wf40.base.errors import Text
from wf40.base.uow import UnitOfWork
from wf40.pluginhost.calls import Failure, Hooks, Provided
from wf40.sdk.hookspecs import Spec
from wf40.sdk.refs import FirmRef
from wf40.sdk.services import Office
from wf40.sdk.values import TimelineEntry

FIRST_ASK = 100
_BEGINNING = datetime(1, 1, 2, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class History:
    """Part of a firm's history.

    ``kinds`` are the labels of all kinds met, for the filter. ``older`` is the day from which the rest goes on, ``None``
    when this is the end. ``failures`` name the plugins whose entries are missing.
    """

    entries: list[TimelineEntry]
    kinds: Mapping[str, Text]
    older: date | None
    failures: list[Failure]


@requires("firms.read")
def history(u: UnitOfWork, firm: FirmRef, size: int, kind: str = "", until: date | None = None) -> History:
    """Return at least ``size`` entries that are not younger than ``until``, and always whole days.

    Each provider gives its newest entries only, so it is asked for more until nothing can be missing in between.
    """
    zone = ZoneInfo(u.service(Office).timezone)
    ask = max(FIRST_ASK, size)
    while True:
        gathered = u.service(Hooks).gather(Spec.timeline, u, firm, ask)
        everything = sorted((p.value for p in gathered.provided), key=lambda entry: entry.at, reverse=True)
        horizon = _horizon(gathered.provided, ask)
        wanted = [e for e in everything if (not kind or e.kind == kind) and (until is None or _day(e, zone) <= until)]
        complete = [e for e in wanted if horizon is None or _day(e, zone) > _local_day(horizon, zone)]
        kinds = {e.kind: e.kind_label for e in reversed(everything)}
        entries, older = _whole_days(complete, size, zone)
        if horizon is None or older is not None:
            return History(entries, kinds, older, gathered.failures)
        ask *= 4


def _horizon(provided: list[Provided[TimelineEntry]], asked: int) -> datetime | None:
    """Return the moment before which some provider has not told everything; ``None`` when all have."""
    ordered = sorted(provided, key=lambda p: p.plugin)
    groups = [[p.value.at for p in group] for _, group in groupby(ordered, key=lambda p: p.plugin)]
    return max((min(moments) for moments in groups if len(moments) >= asked), default=None)


def _whole_days(entries: list[TimelineEntry], size: int, zone: ZoneInfo) -> tuple[list[TimelineEntry], date | None]:
    if len(entries) <= size:
        return entries, None
    last = _day(entries[size - 1], zone)
    rest = [e for e in entries[size:] if _day(e, zone) < last]
    return entries[: len(entries) - len(rest)], _day(rest[0], zone) if rest else None


def _day(entry: TimelineEntry, zone: ZoneInfo) -> date:
    return _local_day(entry.at, zone)


def _local_day(moment: datetime, zone: ZoneInfo) -> date:
    return max(moment, _BEGINNING).astimezone(zone).date()


def only_a_day(moment: datetime, zone: ZoneInfo) -> bool:
    """Tell whether a moment stands for a day whose hour nobody noted."""
    return moment.astimezone(zone).time() == time()
