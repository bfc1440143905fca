"""Events of the core that plugins may emit or handle, and the parent class for a plugin's own."""

from dataclasses import dataclass

from wf40.base.events import Event

__all__ = ["Event", "FirmEvidenceChanged"]


@dataclass(frozen=True, slots=True)
class FirmEvidenceChanged(Event):
    """Something that the risk score rests on changed: a sector code, an answer, a signal. The core scores anew."""

    firm_ids: list[int]
    reason: str
