"""Entries as the timeline's macro shows them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from wf40.base.errors import Text
from wf40.base.uow import UnitOfWork
from wf40.core.timeline.queries import only_a_day
from wf40.sdk.services import Office
from wf40.sdk.values import TimelineEntry
from wf40.web.formats import day, moment


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """One line, ready to show."""

    at: datetime
    when: str
    kind_label: Text
    title: Text
    text: Text
    who: str
    url: str
    icon: str
    confidential: bool


def shown(u: UnitOfWork, entries: Iterable[TimelineEntry]) -> list[ShownEntry]:
    """Return the entries with their moments in words; a confidential entry never carries text."""
    zone = ZoneInfo(u.service(Office).timezone)
    return [
        ShownEntry(
            e.at, day(e.at) if only_a_day(e.at, zone) else moment(e.at), e.kind_label, e.title,
            "" if e.confidential else e.text, e.actor, e.url, e.icon, e.confidential,
        )
        for e in entries
    ]  # fmt: skip
