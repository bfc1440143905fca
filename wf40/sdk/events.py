"""Events of the core that plugins may emit or handle, and the parent class for a plugin's own."""

from dataclasses import dataclass

from wf40.base.events import Event

__all__ = ["ConcernClosed", "Event", "FirmEvidenceChanged", "FirmLightChanged", "FirmResponded", "TaskClosed"]


@dataclass(frozen=True, slots=True)
class FirmEvidenceChanged(Event):
    """Something that the risk score rests on changed: a sector code, an answer, a signal. The core scores anew."""

    firm_ids: list[int]
    reason: str


@dataclass(frozen=True, slots=True)
class FirmLightChanged(Event):
    """A firm's Ampel changed, on the day ``on`` (ISO). ``light`` and ``before``: ``red``, ``yellow``, ``green``, ``grey``."""

    firm_id: int
    light: str
    before: str
    on: str


@dataclass(frozen=True, slots=True)
class FirmResponded(Event):
    """A firm sent something to the office, such as an answered check. ``key`` names it for ever, ``url`` shows it."""

    firm_id: int
    kind: str
    key: str
    url: str


@dataclass(frozen=True, slots=True)
class TaskClosed(Event):
    """A task is done or was dropped. ``origin`` is the slice or plugin that made it, ``key`` the one it was made with."""

    task_id: int
    firm_id: int | None
    origin: str
    key: str
    done: bool


@dataclass(frozen=True, slots=True)
class ConcernClosed(Event):
    """A concern is solved, cannot be solved, or was withdrawn; ``state`` says which."""

    concern_id: int
    firm_id: int
    owner_id: int | None
    state: str
